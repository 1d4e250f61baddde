"""The factors of the four colours, as a county sets them from a day on; the plans leave them open (R079, R080)."""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from households import colours
from office.days import written


class ColourFactorsQuerySet(ScopedQuerySet):
    def current(self) -> "ColourFactorsQuerySet":
        return self.filter(replaced_at__isnull=True)

    def on(self, day: datetime.date) -> dict[int, colours.Factors]:
        """What each county applies on the day, by county id; a county that set nothing is left out."""
        rows = self.current().filter(from_on__lte=day).order_by("from_on")
        return {row.county_id: row.factors for row in rows}


class ColourFactors(models.Model):
    """Other figures from the same day on are a new row; the old one stays."""

    area_field = "county"

    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区县")
    from_on = models.DateField("起用日期")
    fringe = models.DecimalField("橙色边缘（标准的倍数）", max_digits=4, decimal_places=2)
    watched = models.DecimalField("黄色警戒（标准的倍数）", max_digits=4, decimal_places=2)
    years = models.PositiveSmallIntegerField("退出后看收入的年数")
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

    objects = ColourFactorsQuerySet.as_manager()

    class Meta:
        verbose_name = "四色界限"
        ordering = ["county", "-from_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "from_on"],
                condition=Q(replaced_at__isnull=True),
                name="colour_factors_once_a_day",
            ),
            models.CheckConstraint(
                condition=Q(fringe__gte=Decimal(1), watched__gte=Decimal(1)),
                name="colour_factors_not_below_the_line",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.county}{written(self.from_on)}起"

    @property
    def factors(self) -> colours.Factors:
        return colours.Factors(self.fringe.normalize(), self.watched.normalize(), self.years)

    @classmethod
    def applied(cls, county: int | None, on: datetime.date) -> colours.Factors:
        """The factors of the county on the day; those of domain §4 when it has set none."""
        row = cls.objects.current().filter(county=county, from_on__lte=on).order_by("-from_on").first()
        return row.factors if row is not None else colours.FACTORS

    @classmethod
    def enter(
        cls,
        county: Area,
        factors: colours.Factors,
        *,
        from_on: datetime.date,
        source: str,
        at: datetime.datetime,
        by: Any = None,
    ) -> "ColourFactors":
        """Sets the factors from a day on; a setting for the same day is kept as an old version."""
        with transaction.atomic():
            # One after another: of two at once the second replaces the first.
            Area.objects.select_for_update().get(pk=county.pk)
            cls.objects.current().filter(county=county, from_on=from_on).update(replaced_at=at)
            return cls.objects.create(
                county=county,
                from_on=from_on,
                fringe=factors.fringe,
                watched=factors.watched,
                years=factors.years,
                source=source,
                recorded_at=at,
                recorded_by=by,
            )  # fmt: skip
