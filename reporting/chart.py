"""退出：计划与实际 as bars of an SVG drawn on the server; it prints and needs no script (look.md §8)."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, WIDEST, STEP = 44.5, 238.0, 44


@dataclass(frozen=True)
class YearBars:
    """A year's pair of bars: `planned` hollow, `left` solid; None draws no bar."""

    year: int
    planned: int | None
    left: int | None


@dataclass(frozen=True)
class Bar:
    classes: str
    y: float
    width: str
    label: str
    label_x: str
    label_y: float


@dataclass(frozen=True)
class ChartYear:
    year: int
    y: float
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    """Heights and lengths are in the units of the viewBox, `width` × `height`."""

    years: list[ChartYear]
    height: int
    words: str
    width: int = 372


def draw(years: Sequence[YearBars]) -> Chart:
    """Both bars from zero on one scale; figures stand at the bars, and again in the words read aloud."""
    most = max((figure for year in years for figure in (year.planned, year.left) if figure), default=1)
    drawn = []
    for place, year in enumerate(years):
        top = place * STEP + 0.5
        bars = []
        if year.planned is not None:
            bars.append(_bar("plan-bar", top, year.planned, most, f"计划 {year.planned}"))
        if year.left is not None:
            bars.append(_bar("real-bar", top + 15, year.left, most, f"已退出 {year.left}"))
        drawn.append(ChartYear(year.year, top + 18.5, bars))
    words = "；".join(
        f"{year.year}年" + "，".join(bar.label for bar in drawn[place].bars)
        for place, year in enumerate(years)
    )
    return Chart(drawn, max(1, len(years)) * STEP - 16, words)


def _bar(classes: str, y: float, figure: int, most: int, label: str) -> Bar:
    # Tenths of a unit in whole numbers: the page needs no more.
    tenths = figure * int(WIDEST * 10) // most
    width = f"{tenths // 10}.{tenths % 10}"
    return Bar(classes, y, width, label, f"{int(LEFT) + tenths // 10 + 7}", y + 10.5)
