"""再列下一级 (含村): a form whose parts have their own parts beneath them: of a county its towns and their villages.

Nothing is counted here. The form of the area is counted, and the same form of each of its parts; the rows of a part's form
are set beneath the row of the part. What the part comes to in its own form is kept (`Figures.alone`): it must be what its row
says (reporting/sums.py). Every part has its lines, one in which there is nothing lines of noughts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from areas.models import Area, Level
from reporting.definitions.rows import FIRST
from reporting.report import Block, Figures, ReportDefinition, ReportRefused, Request, Row, ordinal

# What such a form says it has, by the level of its area.
WORDS: dict[str, str] = {Level.COUNTY: "含村", Level.CITY: "含镇（街）", Level.PROVINCE: "含区（县）"}
BELOW: dict[str, str] = {
    Level.COUNTY: Level.TOWN,
    Level.CITY: Level.COUNTY,
    Level.PROVINCE: Level.CITY,
}


def titled(title: str, area: Area, nested: bool) -> str:
    """年度退出统计（含村）, of a title that has brackets behind it already （省定标准，含村）."""
    if not nested:
        return title
    word = WORDS[area.level]
    return f"{title.removesuffix('）')}，{word}）" if title.endswith("）") else f"{title}（{word}）"


def check(definition: ReportDefinition, request: Request) -> None:
    """As the definition's own; refused too where there is no level below the rows."""
    definition.check(request)
    if request.nested:
        must_nest(definition, request.area)


def must_nest(definition: ReportDefinition, area: Area) -> None:
    """ReportRefused where the rows are no areas, or nothing is below them."""
    if not definition.nests:
        raise ReportRefused(f"{definition.title}的各行不再分下一级，不能选“再列下一级”")
    if area.level not in WORDS:
        raise ReportRefused(f"{area}的表各行以下没有再下一级，不能选“再列下一级”")


def parts(request: Request, whole: Figures) -> list[Request]:
    """What is asked of each area that has a row in the form of the whole."""
    codes = [row.code for row in whole.parts(whole.whole)]
    areas = Area.objects.filter(parent=request.area, code__in=codes).select_related("parent__parent__parent")
    by_code = {area.code: area for area in areas.order_by("valid_from", "pk")}
    return [
        replace(request, area=by_code[code], nested=False, part_of=request.area)
        for code in codes
        if code in by_code
    ]


def joined(whole: Figures, of_parts: Mapping[str, Figures]) -> Figures:
    """The form of the whole with the rows of its parts' forms, by their code, each beneath the part's row."""
    found = replace(whole, rows=[], cells=[], marks=[], alone=[])
    for row in whole.rows:
        found.rows.append(row)
        found.cells += [cell for cell in whole.cells if cell.row == row.code]
        found.marks += [mark for mark in whole.marks if mark.row == row.code]
        below = of_parts.get(row.code)
        if below is None:
            continue
        found.rows += [replace(one, under=row.code) for one in below.rows if not one.top]
        found.cells += [cell for cell in below.cells if cell.row != row.code]
        found.alone += [replace(cell, list_url=None) for cell in below.cells if cell.row == row.code]
        found.marks += [mark for mark in below.marks if mark.row != row.code]
    marks = [replace(mark, sign=ordinal(number)) for number, mark in enumerate(found.marks)]
    # Made anew: what is found by its place is worked out when it is made.
    return replace(found, marks=marks)


def blocks(definition: ReportDefinition, request: Request) -> list[Block]:
    """The definition's; of a form with a further level title and head of the areas say so."""
    found = list(definition.blocks(request))
    if not request.nested:
        return found
    level = request.area.level
    first = f"{FIRST[level]}、{FIRST[BELOW[level]]}"
    return [
        replace(block, title=titled(block.title, request.area, nested=True), first=first) for block in found
    ]


def places(rows: Sequence[Row]) -> dict[str, str]:
    """What each row is called where it stands without the one above it: 东演示 演示东村."""
    names = {row.code: row.name for row in rows}
    return {row.code: f"{names[row.under]} {row.name}" if row.under else row.name for row in rows}
