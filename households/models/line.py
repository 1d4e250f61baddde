"""Poverty lines as they were published, price indexes, and which standard a county applies (domain §2)."""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from households import poverty
from households.codes import CODES
from office.codes import CodeField


class PovertyLineQuerySet(models.QuerySet):
    def current(self) -> "PovertyLineQuerySet":
        return self.filter(replaced_at__isnull=True)

    def book(self) -> poverty.Lines:
        """Every current published line and price index, for any number of questions."""
        return poverty.Lines(
            published={(line.standard, line.year): line.published for line in self.current()},
            cpi={(index.kind, index.year): index.value for index in Cpi.objects.all()},
        )

    def line(self, standard: str, year: int) -> poverty.Line:
        """The line of a year; raises LineMissing."""
        return self.book().line(standard, year)


class PovertyLine(models.Model):
    """A published line. Another figure for the same year is a new row; the old one stays (R028)."""

    standard = CodeField(CODES, "poverty_standard", verbose_name="标准", max_length=6)
    year = models.PositiveSmallIntegerField("年度")
    published = models.PositiveIntegerField("公布标准（元）")
    source = models.CharField("依据", max_length=200)
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    replaced_at = models.DateTimeField("停用时间", null=True, blank=True, editable=False)

    objects = PovertyLineQuerySet.as_manager()

    class Meta:
        verbose_name = "扶贫标准"
        ordering = ["standard", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["standard", "year"],
                condition=Q(replaced_at__isnull=True),
                name="poverty_line_once",
                violation_error_message="该标准本年度已有公布数",
            )
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.standard}{self.published}元"

    @classmethod
    def publish(
        cls, standard: str, year: int, amount: int, *, source: str, at: datetime.datetime, by: Any = None
    ) -> "PovertyLine":
        """Enters a published figure; one that stands already is kept as an old version."""
        with transaction.atomic():
            cls.objects.current().filter(standard=standard, year=year).update(replaced_at=at)
            return cls.objects.create(
                standard=standard, year=year, published=amount, source=source, recorded_at=at, recorded_by=by
            )


class Cpi(models.Model):
    """Rural consumer price index of a year, previous year = 100."""

    kind = models.CharField("类别", max_length=20, choices=poverty.CPI_KINDS)
    year = models.PositiveSmallIntegerField("年度")
    value = models.DecimalField("指数（上年=100）", max_digits=6, decimal_places=2)
    source = models.CharField("依据", max_length=200)

    class Meta:
        verbose_name = "价格指数"
        ordering = ["kind", "-year"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "year"], name="cpi_once_a_year"),
            models.CheckConstraint(condition=Q(value__gt=Decimal(0)), name="cpi_above_nought"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.kind}{self.value}"


class CountyStandard(models.Model):
    """The standard a county applies from a year on (R025)."""

    area_field = "county"

    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区县")
    standard = CodeField(CODES, "poverty_standard", verbose_name="执行标准", max_length=6)
    from_year = models.PositiveSmallIntegerField("起始年度")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "执行标准"
        ordering = ["county", "from_year"]
        constraints = [models.UniqueConstraint(fields=["county", "from_year"], name="county_standard_once")]

    def __str__(self) -> str:
        return f"{self.county}{self.from_year}年起{self.standard}"

    @classmethod
    def applied(cls, county: Area, year: int) -> str:
        """The standard of the county in the year; raises LineMissing when it has named none."""
        found = cls.objects.filter(county=county, from_year__lte=year).order_by("-from_year").first()
        if found is None:
            raise poverty.LineMissing(f"{county}没有登记{year}年执行的扶贫标准")
        return found.standard


class SubsistenceStandard(models.Model):
    """低保标准 of a county and year, yuan a head and year, held against the 省定 line (两线合一, R031)."""

    area_field = "county"

    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区县")
    year = models.PositiveSmallIntegerField("年度")
    amount = models.PositiveIntegerField("农村低保标准（元/年）")
    source = models.CharField("依据", max_length=200)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "低保标准"
        ordering = ["county", "-year"]
        constraints = [models.UniqueConstraint(fields=["county", "year"], name="subsistence_standard_once")]

    def __str__(self) -> str:
        return f"{self.county}{self.year}年低保标准{self.amount}元"
