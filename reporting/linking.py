"""Which areas of the tree a printed plan speaks of: 张山子 = 张山子镇, 运河 = 运河街道, 全区 = the county.

A table names its areas itself and keeps them as printed. What matches no area stays unlinked with a notice:
tables of other counties, cities and provinces are welcome.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from areas.models import Area, Level
from reporting.plan_rules import NOTICE, Finding
from reporting.reading import TidyCell, squash

SUFFIXES = ("", "镇", "乡", "街道", "街道办事处", "村", "社区", "区", "县", "市", "省")
# What a top area may be called at each level; 县级市 call themselves 全市.
TOPS = {
    Level.PROVINCE: ("全省", "全区", "全市"),
    Level.CITY: ("全市", "全州", "全盟"),
    Level.COUNTY: ("全区", "全县", "全市", "全旗"),
    Level.TOWN: ("全镇", "全街", "全街道", "全乡"),
    Level.VILLAGE: ("全村",),
}


@dataclass(frozen=True)
class Links:
    """Areas by the printed name (blanks dropped); `top` is the area the whole table is about."""

    by_name: dict[str, Area] = field(default_factory=dict)
    top: Area | None = None


def link(cells: Sequence[TidyCell], on: datetime.date, ground: Area | None = None) -> Links:
    """The areas valid on the day that the table names; `ground` says which area it is about.

    Without it, it is the one area that has two or more of the printed parts, or more than half of them, among
    its own, and more of them than any other. Of two printed names of one area the second stays unlinked.
    """
    names = list(dict.fromkeys(cell.area_word for cell in cells))
    top = next((cell.area_word for cell in cells if cell.is_top), None)
    parts = [name for name in names if name != top]
    found = _by_parent(parts, on)
    if ground is None and top is None and len(parts) == 1:
        return _single(parts[0], found)
    if ground is None:
        ground = _ground(found, len(parts)) if parts else _only_one(top, on)
    if ground is None:
        return Links()
    by_name = _each_once(names, found.get(ground.pk, {}))
    for own in {squash(ground.name), squash(ground.short_name)} & set(parts):
        by_name.setdefault(own, ground)
    whole = top or (parts[0] if len(names) == 1 and by_name.get(parts[0]) == ground else None)
    if whole is None or (top and top not in TOPS[Level(ground.level)]):
        return Links(by_name)
    return Links({**by_name, whole: ground}, ground)


def _each_once(names: Iterable[str], by_name: dict[str, Area]) -> dict[str, Area]:
    """In the order of the table; a second name of an area is left out."""
    kept: dict[str, Area] = {}
    for name in names:
        area = by_name.get(name)
        if area is not None and area not in kept.values():
            kept[name] = area
    return kept


def _by_parent(names: Iterable[str], on: datetime.date) -> dict[int | None, dict[str, Area]]:
    """Areas of these names by their parent: parent id → printed name → area."""
    wanted = set(names)
    spelled = {name + suffix for name in wanted for suffix in SUFFIXES}
    found: dict[int | None, dict[str, Area]] = defaultdict(dict)
    for area in Area.objects.valid_on(on).filter(name__in=spelled).select_related("parent").order_by("code"):
        for name in {squash(area.name), squash(area.short_name)} & wanted:
            known = found[area.parent_id].get(name)
            if known is None or squash(area.name) == name:
                found[area.parent_id][name] = area
    return found


def _ground(found: dict[int | None, dict[str, Area]], parts: int) -> Area | None:
    ranked = sorted(found.items(), key=lambda item: len(item[1]), reverse=True)
    if not ranked or (len(ranked[0][1]) < 2 and len(ranked[0][1]) * 2 <= parts):
        return None
    if len(ranked) > 1 and len(ranked[1][1]) == len(ranked[0][1]):
        return None
    return next(iter(ranked[0][1].values())).parent


def _only_one(top: str | None, on: datetime.date) -> Area | None:
    """For a table with a top row alone: 全区 is the one 区 of the deployment, if there is only one."""
    if top is None:
        return None
    kept = list(Area.objects.valid_on(on).filter(name__endswith=top[1]).exclude(level=Level.VILLAGE)[:2])
    return kept[0] if len(kept) == 1 else None


def _single(name: str, found: dict[int | None, dict[str, Area]]) -> Links:
    areas = [by_name[name] for by_name in found.values()]
    return Links({name: areas[0]}, areas[0]) if len(areas) == 1 else Links()


def unlinked(cells: Sequence[TidyCell], linked: Iterable[str]) -> list[Finding]:
    """A notice for each printed area that is not among the linked names."""
    known = set(linked)
    apart: dict[str, list[TidyCell]] = defaultdict(list)
    for cell in cells:
        if cell.area_word not in known:
            apart[cell.area_word].append(cell)
    return [
        Finding("unlinked_area", NOTICE, tuple(own), f"{own[0].area}没有对上区划，照印保留")
        for own in apart.values()
    ]
