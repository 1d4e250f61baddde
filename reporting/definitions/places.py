"""Rows of what stands at an area of any level: the whole, its direct children, and what stands at the area itself.

A county's project or a town's list lies in none of the areas below; without a row of their own (区本级) the parts
would not add up to the whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from areas.models import Area
from reporting.definitions.rows import child_areas, report_rows
from reporting.report import Request, Row

OWN = "-own"
OWN_WORDS = {"省": "省本级", "市": "市本级", "区": "区本级", "县": "县本级", "镇": "镇本级", "乡": "乡本级"}
STEPS = ("pk", "parent", "parent__parent", "parent__parent__parent", "parent__parent__parent__parent")


@dataclass(frozen=True)
class Place:
    """A row: `area` and `own` are what its lists are opened with, `pk` what is counted for it (None: everything)."""

    code: str
    area: Area
    pk: int | None
    own: bool = False


def children_of(request: Request, ids: Iterable[int]) -> dict[int, int]:
    """The direct child in which each area lies, by id; the area asked about lies in itself."""
    found: dict[int, int] = {}
    for way in Area.objects.filter(pk__in=set(ids)).values_list(*STEPS):
        for place, above in zip(way, way[1:], strict=False):
            if above == request.area.pk:
                found[way[0]] = place
        if way[0] == request.area.pk:
            found[way[0]] = way[0]
    return found


def places(request: Request, counted: Iterable[int | None]) -> tuple[list[Row], list[Place]]:
    """The rows and what each counts; `counted` are the keys that have something to count."""
    own = request.area.pk
    keys = {key for key in counted if key is not None}
    children = child_areas(request, keys - {own})
    rows = report_rows(request.area, children)
    found = [Place(request.area.code, request.area, None)]
    found += [Place(child.code, child, child.pk) for child in children]
    if own in keys and children:
        code = f"{request.area.code}{OWN}"
        rows.append(Row(code, OWN_WORDS.get(request.area.name[-1:], "本级")))
        found.append(Place(code, request.area, own, own=True))
    return rows, found


def whole_of(place: int | None) -> tuple[int | None, ...]:
    """The keys a figure counts for: its own place and the whole."""
    return (None,) if place is None else (None, place)
