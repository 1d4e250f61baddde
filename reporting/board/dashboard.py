"""The board of an area: the same page from the province down to a village, every figure one of the reports'.

四色 and causes ask for the last event of every household; of a long register they are a minute old at most, as the
workbench's figures are.
"""

import datetime
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from areas.models import Area, Level
from households.models import StatusEvent
from office.listing import kept_if_long
from reporting.board import flows, ground
from reporting.board.ground import Figure, Ground
from reporting.board.shading import Leads, tile_map
from reporting.board.tiles import TileMap
from reporting.board.years import YearLine, YearLines
from reporting.chart import Chart, ColourBar, FlowChart, YearBars, colour_bar, draw, flow_chart
from reporting.definitions import causes, colours, exit_tally, rolling_plan
from reporting.definitions.rows import share
from reporting.lists import colour_list, register_list
from reporting.report import HOUSEHOLDS, PERSONS, ReportRefused, Request
from reporting.under_way import under_way

MEANINGS = {
    "red": "在册，收入不过线",
    "orange": "在册，收入过线",
    "yellow": "已退出，有返贫风险",
    "green": "已退出，稳定",
    "unjudged": "还没有评定",
}


@dataclass(frozen=True)
class ColourLine:
    colour: str
    says: str
    households: Figure
    persons: Figure


@dataclass(frozen=True)
class CauseLine:
    """`share` is of the households on the register; `width` the length of its bar in hundredths of the longest."""

    cause: str
    households: Figure
    persons: Figure
    share: str | None
    width: int


@dataclass
class Section:
    """A part of the page that may have nothing to show, and then says why."""

    refused: str = ""


@dataclass
class Years(Section):
    """`on_its_way`: 审核中 is known, which it is of today."""

    lines: list[YearLine] = field(default_factory=list)
    on_its_way: bool = False
    chart: Chart | None = None
    base: Figure = Figure(None)


@dataclass
class Colours(Section):
    lines: list[ColourLine] = field(default_factory=list)
    bar: ColourBar | None = None
    total: int = 0


@dataclass(frozen=True)
class Dashboard:
    ground: Ground
    map: TileMap
    years: Years
    terms: list[flows.Term]
    flow: FlowChart
    colours: Colours
    causes: list[CauseLine]


def of(request: Request, shade: str, leads: Leads, today: datetime.date) -> Dashboard:
    """Raises ReportRefused where nobody was ever on the register by the day, or the year has none."""
    exit_tally.registered(request)
    found = ground.of(request)
    terms = flows.terms(found)
    return Dashboard(
        ground=found,
        map=tile_map(found, shade, leads),
        years=_years(found, today),
        terms=terms,
        flow=flow_chart(flows.steps(terms)),
        colours=_colours(request),
        causes=_causes(request),
    )


def _years(found: Ground, today: datetime.date) -> Years:
    try:
        rolling_plan.check(found.request)
    except ReportRefused as refusal:
        return Years(str(refusal))
    area, of_years = found.request.area, YearLines(found)
    is_now = found.request.until == today
    lines = of_years.of(area, under_way(area) if is_now else None)
    chart = draw([_bars(line) for line in lines])
    return Years(lines=lines, on_its_way=is_now, chart=chart, base=of_years.base(area))


def _bars(line: YearLine) -> YearBars:
    left, way = line.left.value, line.under_way.value
    return YearBars(
        line.year,
        line.planned,
        left if isinstance(left, int) else None,
        way if line.begun and isinstance(way, int) else 0,
    )


def _colours(request: Request) -> Colours:
    try:
        colours.check(request)
    except ReportRefused as refusal:
        return Colours(str(refusal))
    counts = _kept(request, "colours", colours.count)

    def of_colour(key: str, colour: str, unit: str) -> Figure:
        url = colour_list(request.area.code, colour, request.until, request.as_of)
        return Figure(counts[None, key, unit], url)

    lines = [
        ColourLine(colour, MEANINGS[key], of_colour(key, colour, HOUSEHOLDS), of_colour(key, colour, PERSONS))
        for key, colour in colours.COLOURS.items()
    ]
    judged = [(line.colour, int(line.households.value or 0)) for line in lines[:4]]
    return Colours(lines=lines, bar=colour_bar(judged), total=counts[None, colours.TOTAL, HOUSEHOLDS])


def _causes(request: Request) -> list[CauseLine]:
    """The most frequent first; those of nobody are left out."""
    counts = _kept(request, "causes", causes.count)
    whole = counts[None, causes.TOTAL, HOUSEHOLDS]
    found = sorted(
        ((counts[None, code, HOUSEHOLDS], code, word) for code, word in causes.CAUSES.items()),
        key=lambda line: (-line[0], line[1]),
    )
    most = max(1, found[0][0])

    def of_cause(code: str, word: str, unit: str) -> Figure:
        url = register_list(request.area.code, request.until, request.as_of, cause=word)
        return Figure(counts[None, code, unit], url)

    return [
        CauseLine(
            cause=word,
            households=of_cause(code, word, HOUSEHOLDS),
            persons=of_cause(code, word, PERSONS),
            share=share(homes, whole),
            width=homes * 100 // most,
        )
        for homes, code, word in found
        if homes
    ]


def _kept(request: Request, what: str, count: Callable[[Request], Counter[Any]]) -> Counter[Any]:
    events = StatusEvent.objects.in_area(request.area)
    asked = f"board {what} {request.until} {request.as_of}"
    found: Counter[Any] = kept_if_long(events, asked, lambda: count(request))
    return found


def parts_word(area: Area, level: str) -> str:
    """What the parts of an area are called; a village has none."""
    if area.level == Level.VILLAGE:
        return "本村"
    words: dict[str, str] = {
        Level.CITY: "各市",
        Level.COUNTY: "各区县",
        Level.TOWN: "各镇街",
        Level.VILLAGE: "各村",
    }
    return words[level]
