"""Plan tables as printed: versions of a table, its cells, and which one stands for an area.

Nothing printed is ever changed; findings are worked out from the cells each time they are shown.
"""

from __future__ import annotations

import datetime
import hashlib
import io
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Q

from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope, ScopedQuerySet
from office.workbook_write import write_csv
from reporting.linking import link, unlinked
from reporting.plan_rules import ERROR, NOTICE, Finding
from reporting.reading import COLUMNS, TidyCell, squash
from reporting.reconcile import reconcile

VERSION_TRIES = 5


class Overtaken(Exception):
    """There is a newer version; the reason in Chinese."""


class CannotAdopt(Exception):
    """The table is about no area of the tree; the reason in Chinese."""


class AlreadyAdopted(Exception):
    """Somebody adopted it before; the reason in Chinese."""


def ids_above(scope: AreaScope) -> set[int]:
    """The areas above those of a scope."""
    own = scope.counties | scope.towns | scope.villages
    chains = Area.objects.filter(pk__in=own).values_list(
        "parent", "parent__parent", "parent__parent__parent", "parent__parent__parent__parent"
    )
    return {pk for chain in chains for pk in chain if pk is not None}


def as_csv(cells: Sequence[TidyCell]) -> bytes:
    """The cells as a file that could be imported again; its checksum is the version's."""
    file = io.StringIO()
    write_csv(file, COLUMNS, (list(cell.printed().values()) for cell in cells))
    return file.getvalue().encode()


class PlanTableQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> PlanTableQuerySet:
        """A plan is a published document: it is seen in its area, above it and below it.

        Tables that are about no known area are seen by who may import them.
        """
        scope = user.area_scope()
        if scope.everything:
            return self
        seen = scope.area_q("area") | Q(area__in=ids_above(scope))
        if Capability.PLAN_IMPORT in user.capabilities():
            seen |= Q(area__isnull=True)
        return self.filter(seen)

    def newest(self, name: str) -> PlanTable:
        """The version that is read; raises PlanTable.DoesNotExist."""
        found: Any = self.filter(name=name).order_by("-version").first()
        if found is None:
            raise PlanTable.DoesNotExist(f"没有叫“{name}”的规划表")
        return found

    def standing(self) -> PlanTableQuerySet:
        return self.filter(adopted_at__isnull=False, retired_at__isnull=True)


class PlanTable(models.Model):
    name = models.CharField("名称", max_length=60)
    version = models.PositiveIntegerField("版次")
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="plan_tables", verbose_name="区划"
    )
    file_name = models.CharField("来源文件", max_length=200, blank=True)
    checksum = models.CharField("校验码", max_length=64)
    # Why there is another version, and of which one it is made; a file as printed has neither.
    reason = models.CharField("版次说明", max_length=200, blank=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由哪一版改成"
    )
    imported_at = models.DateTimeField("导入时间")
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="导入人",
    )
    adopted_at = models.DateTimeField("采用时间", null=True, blank=True)
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="采用人",
    )
    retired_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = PlanTableQuerySet.as_manager()
    area_field = "area"

    class Meta:
        verbose_name = "规划表"
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["name", "version"], name="plan_version_once"),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(adopted_at__isnull=False, retired_at__isnull=True),
                name="plan_adopted_once_per_area",
            ),
            models.CheckConstraint(
                condition=Q(adopted_at__isnull=True) | Q(area__isnull=False), name="plan_adopted_has_area"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（第{self.version}版）"

    @classmethod
    def take_in(
        cls,
        cells: Sequence[TidyCell],
        *,
        name: str,
        data: bytes,
        at: datetime.datetime,
        on: datetime.date,
        file_name: str = "",
        by: Any = None,
        ground: Area | None = None,
        within: AreaScope | None = None,
        reason: str = "",
        based_on: PlanTable | None = None,
    ) -> PlanTable:
        """A new version with its cells, all or nothing; areas are linked as they stand on the day.

        A table about an area that is neither in the scope `within` nor above it stays unlinked.
        """
        links = link(cells, on, ground)
        about = links.top
        if about and within and not within.covers(about) and about.pk not in ids_above(within):
            about = None
        attempt = 0
        while True:
            attempt += 1
            try:
                with transaction.atomic():
                    last = cls.objects.filter(name=name).aggregate(last=models.Max("version"))["last"]
                    table = cls.objects.create(
                        name=name,
                        version=(last or 0) + 1,
                        area=about,
                        file_name=file_name[:200],
                        checksum=hashlib.sha256(data).hexdigest(),
                        reason=reason,
                        based_on=based_on,
                        imported_at=at,
                        imported_by=by,
                    )
                    PlanCell.objects.bulk_create(
                        PlanCell(
                            table=table,
                            place=place,
                            line=cell.line,
                            area_name=cell.area,
                            area=links.by_name.get(cell.area_word),
                            group=cell.group,
                            measure=cell.measure,
                            standard=cell.standard,
                            year=cell.year,
                            value=cell.value,
                        )
                        for place, cell in enumerate(cells)
                    )
                    return table
            except IntegrityError:
                # Another import of the same name took the version number first.
                if attempt == VERSION_TRIES:
                    raise

    @classmethod
    def unsaved(cls, name: str, cells: Sequence[TidyCell]) -> PlanTable:
        """A table that is only looked at: while it is being entered."""
        table = cls(name=name)
        table.tidy, table.rows = list(cells), []
        return table

    def change(
        self,
        cells: Sequence[TidyCell],
        *,
        reason: str,
        by: Any,
        at: datetime.datetime,
        on: datetime.date,
        within: AreaScope | None = None,
    ) -> PlanTable:
        """The next version, with other cells, for a reason; this one stays as it is.

        Raises Overtaken when it is not the newest any more: of two who change one, the slower sees so.
        """
        data = as_csv(cells)
        self._not_overtaken(self)
        with transaction.atomic():
            made = PlanTable.take_in(
                cells,
                name=self.name,
                data=data,
                at=at,
                on=on,
                by=by,
                ground=self.area,
                within=within,
                reason=reason,
                based_on=self,
            )
            # Of two at once the slower took its number after the other's version was there to be seen.
            self._not_overtaken(made)
        return made

    def _not_overtaken(self, made: PlanTable) -> None:
        newer = self.versions().filter(version__gt=self.version).exclude(pk=made.pk).first()
        if newer is not None:
            raise Overtaken(f"已经有第{newer.version}版，请在那一版上改")

    def versions(self) -> PlanTableQuerySet:
        """All of this table, the newest first; another county may have one of the same name."""
        return PlanTable.objects.filter(name=self.name, area=self.area_id).order_by("-version")

    @property
    def newest(self) -> PlanTable:
        return self.versions()[0]

    @property
    def is_adopted(self) -> bool:
        return self.adopted_at is not None and self.retired_at is None

    def adopt(self, *, by: Any, at: datetime.datetime) -> None:
        """Reports read this table for its area from now on; an older adoption there is retired.

        Raises CannotAdopt for a table without area, AlreadyAdopted when it stands already.
        """
        if self.area_id is None:
            raise CannotAdopt("这张表的总计行没有对上区划，不能采用；可以在导入时指明是哪个区划的表")
        waiting = Q(adopted_at__isnull=True) | Q(retired_at__isnull=False)
        try:
            with transaction.atomic():
                standing = PlanTable.objects.standing().filter(area=self.area_id).exclude(pk=self.pk)
                standing.update(retired_at=at)
                done = PlanTable.objects.filter(waiting, pk=self.pk).update(
                    adopted_at=at, adopted_by=by, retired_at=None
                )
                if not done:
                    raise AlreadyAdopted(self._already())
        except IntegrityError:
            raise AlreadyAdopted(self._already()) from None
        self.refresh_from_db()

    def _already(self) -> str:
        now = PlanTable.objects.select_related("adopted_by").standing().filter(area=self.area_id).first()
        if now is None:
            return "这张表刚刚停用"
        who = now.adopted_by or "系统"
        return f"已由{who}采用{now}"

    @classmethod
    def adopted_for(cls, area: Area) -> PlanTable | None:
        """The adopted table of the area itself, else of the nearest area above it that has one."""
        line = [area, *reversed(area.ancestors())]
        tables = {table.area_id: table for table in cls.objects.standing().filter(area__in=line)}
        return next((tables[here.pk] for here in line if here.pk in tables), None)

    @cached_property
    def tidy(self) -> list[TidyCell]:
        """The cells as they were read, in the order of the file."""
        return [cell.as_tidy() for cell in self.rows]

    @cached_property
    def rows(self) -> list[PlanCell]:
        return list(self.cells.all())

    @cached_property
    def findings(self) -> list[Finding]:
        """Broken rules of the table, then its areas that are not linked."""
        linked = {squash(row.area_name) for row in self.rows if row.area_id is not None}
        return [*reconcile(self.tidy), *unlinked(self.tidy, linked)]

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def error_count(self) -> int:
        return self.count(ERROR)

    @property
    def notice_count(self) -> int:
        return self.count(NOTICE)


class PlanCell(models.Model):
    """One printed figure with the file's own strings; `place` is its order in the file."""

    table = models.ForeignKey(PlanTable, models.CASCADE, related_name="cells", verbose_name="规划表")
    place = models.PositiveIntegerField("次序")
    line = models.PositiveIntegerField("行号")
    area_name = models.CharField("地区（照印）", max_length=60)
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="区划"
    )
    group = models.CharField("组别", max_length=40)
    measure = models.CharField("项目", max_length=120)
    standard = models.CharField("标准", max_length=20)
    year = models.CharField("年度", max_length=20)
    value = models.CharField("数值（照印）", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()
    area_field = "table__area"

    class Meta:
        verbose_name = "规划数"
        ordering = ["table", "place"]
        constraints = [models.UniqueConstraint(fields=["table", "place"], name="plan_cell_place_once")]

    def __str__(self) -> str:
        return f"{self.area_name} {self.measure} {self.standard} {self.year}：{self.value}"

    def as_tidy(self) -> TidyCell:
        return TidyCell(
            self.area_name, self.group, self.measure, self.standard, self.year, self.value, line=self.line
        )
