"""The rows of a report: the area as its form prints it, then its direct children."""

from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Q

from areas.models import Area, Level
from reporting.report import Request, Row

# What a form calls the row of the whole, by the last sign of the area's name.
WHOLE = {"省": "全省", "市": "全市", "区": "全区", "县": "全县", "镇": "全镇", "乡": "全乡", "道": "全街道"}
BELOW: dict[str, str] = {
    Level.PROVINCE: "county__parent_id",
    Level.CITY: "county_id",
    Level.COUNTY: "town_id",
    Level.TOWN: "village_id",
}
# The head of the column of areas.
FIRST: dict[str, str] = {
    Level.PROVINCE: "市",
    Level.CITY: "区（县）",
    Level.COUNTY: "镇（街）",
    Level.TOWN: "村（社区）",
    Level.VILLAGE: "村（社区）",
}


def whole_name(area: Area) -> str:
    return area.name if area.level == Level.VILLAGE else WHOLE.get(area.name[-1:], area.name)


def child_areas(request: Request, counted: Collection[int | None]) -> list[Area]:
    """Children valid on the as-of day, and any other that has something to count (closed or moved meanwhile)."""
    if request.area.level == Level.VILLAGE:
        return []
    valid = Q(pk__in=request.area.parts(request.as_of).values("pk"))
    return list(
        Area.objects.filter(valid | Q(pk__in=[pk for pk in counted if pk is not None])).order_by("code", "pk")
    )


def report_rows(area: Area, children: list[Area]) -> list[Row]:
    short = area.level in (Level.COUNTY, Level.CITY, Level.PROVINCE)
    rows = [Row(area.code, whole_name(area), top=True)]
    return rows + [Row(child.code, child.short_name if short else child.name) for child in children]


def share(part: int | Decimal, whole: int | Decimal) -> str | None:
    """Percent to one decimal, half up; unknown over nothing."""
    if not whole:
        return None
    return str((Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), ROUND_HALF_UP))
