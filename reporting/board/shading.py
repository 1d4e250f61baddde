"""The tile map of a board's ground: what each tile says, and where it leads."""

from collections.abc import Callable
from decimal import Decimal
from itertools import groupby

from areas.models import Level
from reporting.board.ground import Figure, Ground, Part
from reporting.board.tiles import INCIDENCE, PERSONS, PROGRESS, SHADES, Tile, TileGroup, TileMap, scale

Leads = Callable[[str], str]


def amount(part: Part, shade: str) -> Decimal | int | None:
    if shade == PROGRESS:
        return None if part.progress is None else Decimal(part.progress)
    if shade == INCIDENCE:
        return part.incidence
    return int(part.persons.value or 0)


def said(part: Part, shade: str) -> Figure:
    """The figure as the tile writes it, and its list."""
    if shade == PROGRESS:
        return Figure("—" if part.progress is None else f"{part.progress}%", part.left.url)
    if shade == INCIDENCE:
        return Figure("—" if part.incidence is None else f"{part.incidence}%", part.persons.url)
    return Figure(f"{part.persons.value} 人", part.persons.url)


def under(part: Part, shade: str) -> str:
    if shade == PROGRESS:
        planned = "—" if part.planned is None else part.planned
        return f"计划 {planned} 已退 {part.left.value} 人"
    homes = f"{part.households.value} 户"
    return homes if shade == PERSONS else f"{homes} {part.persons.value} 人"


def mark(part: Part) -> tuple[str, bool]:
    """What a tile says of key villages, and whether all of them have left the list."""
    if not part.keys:
        return "", False
    out = all(key.out for key in part.keys)
    if part.area.level == Level.VILLAGE:
        (key,) = part.keys[:1]
        return f"{key.level}{'已摘' if out else ''}", out
    return f"重点村{len(part.keys)}", out


def tile_map(ground: Ground, shade: str, leads: Leads) -> TileMap:
    """`leads` makes of an area's code the address of its board."""
    measure = scale(shade, [amount(part, shade) for part in ground.parts])

    def tile(part: Part) -> Tile:
        step, figure, (word, out) = measure.step(amount(part, shade)), said(part, shade), mark(part)
        return Tile(
            part.area.name,
            leads(part.area.code),
            str(figure.value),
            figure.url,
            measure.word(step),
            under(part, shade),
            word,
            step,
            out,
        )

    groups = [TileGroup("", "", (), [tile(part) for part in ground.parts])]
    if ground.level == Level.VILLAGE and ground.request.area.level == Level.COUNTY:
        groups = []
        for town, of_it in groupby(ground.parts, key=lambda part: part.area.parent):
            parts = list(of_it)
            name, code = (town.name, town.code) if town is not None else ("", "")
            homes, people = (
                sum(int(getattr(part, unit).value or 0) for part in parts)
                for unit in ("households", "persons")
            )
            comes_to = (f"{len(parts)} 个村", f"{homes} 户", f"{people} 人")
            groups.append(TileGroup(name, leads(code), comes_to, [tile(part) for part in parts]))
    return TileMap(groups, measure, f"{ground.request.area.name}各地{SHADES[shade]}")
