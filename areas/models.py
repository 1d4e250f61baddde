"""The ground: 省 → 市 → 区/县 → 镇/街道 → 村/社区, with its history.

An area has an id of its own; its code (12-digit 统计用区划代码) and name have validity; a renamed,
merged or moved village has a successor, and figures of its time stay with the old one (domain §1).
"""

import datetime
import re
from collections.abc import Collection

from django.db import connection, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from areas.scope import AreaScope, ScopedQuerySet

ALWAYS = datetime.date(1949, 10, 1)
CODE = re.compile(r"[0-9]{12}")
SUFFIXES = re.compile(r"(街道办事处|街道|镇|乡|村|社区|区|县|市|省)$")


class Level(models.TextChoices):
    PROVINCE = "province", "省"
    CITY = "city", "市"
    COUNTY = "county", "区县"
    TOWN = "town", "镇街"
    VILLAGE = "village", "村居"


def valid_q(day: datetime.date, to: str = "") -> Q:
    """Condition that an area is valid on the day; `to` is the way to it from another model, as "area__"."""
    still = Q(**{f"{to}valid_to__isnull": True}) | Q(**{f"{to}valid_to__gt": day})
    return Q(**{f"{to}valid_from__lte": day}) & still


class AreaQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "AreaQuerySet":
        return self.filter(scope.area_q())

    def in_area(self, area: "Area | None") -> "AreaQuerySet":
        """The area itself and what lies below it."""
        if area is None:
            return self
        return self.filter(
            Q(pk=area.pk)
            | Q(parent=area.pk)
            | Q(parent__parent=area.pk)
            | Q(parent__parent__parent=area.pk)
            | Q(parent__parent__parent__parent=area.pk)
        )

    def valid_on(self, day: datetime.date) -> "AreaQuerySet":
        return self.filter(valid_q(day))

    def held_open(self, ids: Collection[int], day: datetime.date) -> "AreaQuerySet":
        """Those of the ids that are valid on the day, and stay so until the caller's transaction ends.

        Whoever closes one of them waits for it, and takes along what was written into it. On SQLite, where one
        writes at a time, nothing need be held.
        """
        if connection.features.has_select_for_update:
            # Shared: entries and imports into one village do not wait for each other.
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM areas_area WHERE id = ANY(%s) FOR SHARE", [sorted(ids)])
        return self.filter(pk__in=ids).valid_on(day)

    def succeeded(self) -> list[tuple]:
        """Areas that another has taken over: (id, level, the two above it; the successor, the two above that)."""
        way, over = (
            ("parent", "parent__parent"),
            ("successor", "successor__parent", "successor__parent__parent"),
        )
        return list(self.filter(successor__isnull=False).order_by().values_list("pk", "level", *way, *over))

    def by_code(self, code: str) -> "Area":
        """The area that has, or last had, this code; raises Area.DoesNotExist."""
        if not CODE.fullmatch(code):
            raise Area.DoesNotExist("区划代码是12位数字")
        found: Area | None = self.filter(code=code).order_by(F("valid_to").desc(nulls_first=True)).first()
        if found is None:
            name = AreaName.objects.filter(code=code, area__in=self).order_by("-valid_from").first()
            if name is None:
                raise Area.DoesNotExist(f"没有代码为 {code} 的区划")
            found = name.area
        return found


class Area(models.Model):
    level = models.CharField("级别", max_length=8, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="上级"
    )
    code = models.CharField("统计用区划代码", max_length=12)
    name = models.CharField("名称", max_length=60)
    valid_from = models.DateField("启用日期", default=ALWAYS)
    valid_to = models.DateField("停用日期", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="并入或更名后",
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = "区划"
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=Q(valid_to__isnull=True), name="area_code_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="area_closes_after_opening",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The name as plan tables print it: 张山子镇 → 张山子, 运河街道 → 运河."""
        return SUFFIXES.sub("", self.name) or self.name

    def ancestors(self) -> list["Area"]:
        """From the province down to the parent."""
        found: list[Area] = []
        above = self.parent
        while above is not None:
            found.insert(0, above)
            above = above.parent
        return found

    def at(self, level: str) -> "Area | None":
        """This area or the one above it that has the level."""
        area: Area | None = self
        while area is not None and area.level != level:
            area = area.parent
        return area

    def parts(self, on: datetime.date) -> models.QuerySet["Area"]:
        """Direct children valid on the day, by code."""
        return Area.objects.filter(parent=self).valid_on(on).order_by("code")

    def villages(self) -> models.QuerySet["Area"]:
        """Every village in this area, closed ones too; the area itself if it is a village."""
        return Area.objects.filter(AreaScope.of([self]).area_q(), level=Level.VILLAGE)

    def rename(self, *, on: datetime.date, name: str = "", code: str = "") -> None:
        """New name or code from the day on; the old ones stay in the history."""
        with transaction.atomic():
            AreaName.objects.create(
                area=self,
                code=self.code,
                name=self.name,
                valid_from=self.names.aggregate(last=models.Max("valid_to"))["last"] or self.valid_from,
                valid_to=on,
            )
            self.name, self.code = name or self.name, code or self.code
            self.save(update_fields=["name", "code"])

    def close(self, *, on: datetime.date, successor: "Area | None" = None) -> None:
        """Ends the area on the day; raises ValueError when it is closed already."""
        closed = Area.objects.filter(pk=self.pk, valid_to__isnull=True).update(
            valid_to=on, successor=successor
        )
        if not closed:
            raise ValueError(f"{self.name}已经停用")
        self.valid_to, self.successor = on, successor


class AreaName(models.Model):
    """A code and name that an area had before the present ones."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="names", verbose_name="区划")
    code = models.CharField("统计用区划代码", max_length=12, db_index=True)
    name = models.CharField("名称", max_length=60)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("停用日期")
    recorded_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "曾用名"
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return f"{self.name}（{self.valid_from}—{self.valid_to}）"
