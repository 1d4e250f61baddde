"""退出：计划与实际, and 四色, as bars of an SVG drawn on the server; they print and need no script (look.md §8)."""

from collections.abc import Sequence
from dataclasses import dataclass

LEFT, WIDEST, STEP = 44.5, 238.0, 44
KINDS = {"plan-bar": "计划", "real-bar": "已退出", "way-bar": "审核中"}
KEYS = {"红": "r", "橙": "o", "黄": "y", "绿": "g"}
# A segment of the 四色 bar that is narrower keeps its word in the key below alone.
NARROWEST = 20


@dataclass(frozen=True)
class YearBars:
    """A year's pair of bars: `planned` hollow, `left` solid and behind it `under_way` hatched; None draws no bar."""

    year: int
    planned: int | None
    left: int | None
    under_way: int = 0


@dataclass(frozen=True)
class Bar:
    classes: str
    x: str
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

    @property
    def keys(self) -> list[tuple[str, str]]:
        """(classes, word) of the kinds of bars that are drawn, for the key below."""
        drawn = {bar.classes for year in self.years for bar in year.bars}
        return [(classes, word) for classes, word in KINDS.items() if classes in drawn]

    @property
    def has_plan(self) -> bool:
        return any(classes == "plan-bar" for classes, _ in self.keys)


def draw(years: Sequence[YearBars]) -> Chart:
    """Both bars from zero on one scale; figures stand at the bars, and again in the words read aloud."""
    most = max((max(year.planned or 0, (year.left or 0) + year.under_way) for year in years), default=0) or 1
    drawn = []
    for place, year in enumerate(years):
        top = place * STEP + 0.5
        bars = []
        if year.planned is not None:
            bars.append(_bar("plan-bar", top, 0, year.planned, most, f"计划 {year.planned}"))
        if year.left is not None:
            said = f"已退出 {year.left}"
            bars.append(_bar("real-bar", top + 15, 0, year.left, most, "" if year.under_way else said))
            if year.under_way:
                words = f"{said}，审核中 {year.under_way}"
                bars.append(_bar("way-bar", top + 15, year.left, year.under_way, most, words))
        drawn.append(ChartYear(year.year, top + 18.5, bars))
    words = "；".join(
        f"{year.year}年" + "，".join(bar.label for bar in drawn[place].bars if bar.label)
        for place, year in enumerate(years)
    )
    return Chart(drawn, max(1, len(years)) * STEP - 16, words)


def _bar(classes: str, y: float, behind: int, figure: int, most: int, label: str) -> Bar:
    """Beginning where a bar of `behind` ends."""
    # Tenths of a unit in whole numbers: the page needs no more.
    begins, ends = (each * int(WIDEST * 10) // most for each in (behind, behind + figure))
    x = _tenths(int(LEFT * 10) + begins)
    return Bar(classes, x, y, _tenths(ends - begins), label, f"{int(LEFT) + ends // 10 + 7}", y + 10.5)


@dataclass(frozen=True)
class Segment:
    """`key` is the letter of the colour's classes and pattern; `label_x` is empty where no word fits."""

    key: str
    word: str
    x: str
    width: str
    label_x: str


@dataclass(frozen=True)
class ColourBar:
    segments: list[Segment]
    words: str
    width: int = 372
    height: int = 26


def colour_bar(figures: Sequence[tuple[str, int]]) -> ColourBar:
    """四色 as one bar, its segments in the order given; a colour of nobody has none."""
    total = sum(count for _, count in figures)
    shown = [(word, count) for word, count in figures if count]
    # Tenths of a unit in whole numbers, with a gap of 1.5 units between two segments.
    room = 3720 - 15 * (len(shown) - 1)
    segments, x = [], 0
    for word, count in shown:
        width = room * count // total
        middle = x + width // 2
        label_x = f"{middle // 10}.{middle % 10}" if width >= NARROWEST * 10 else ""
        segments.append(
            Segment(KEYS[word], word, f"{x // 10}.{x % 10}", f"{width // 10}.{width % 10}", label_x)
        )
        x += width + 15
    words = "，".join(f"{word} {count}" for word, count in figures)
    return ColourBar(segments, f"{total} 户：{words}")


@dataclass(frozen=True)
class FlowStep:
    """A term of a balance: `sign` is "" for a stock, ＋ for what comes, − for what goes."""

    sign: str
    word: str
    amount: int


@dataclass(frozen=True)
class FlowBar:
    classes: str
    word: str
    label: str
    y: int
    x: str
    width: str
    label_x: str
    # Where the next bar begins, and from where to where the thin line leads there.
    join: str

    @property
    def text_y(self) -> int:
        return self.y + 14

    @property
    def join_ends(self) -> int:
        return self.y + FLOW_STEP


@dataclass(frozen=True)
class FlowChart:
    bars: list[FlowBar]
    words: str
    height: int
    width: int = 372


FLOW_LEFT, FLOW_WIDEST, FLOW_STEP = 66, 228, 24
FLOW_CLASSES = {"": "real-bar", "＋": "in-bar", "−": "out-bar"}


def flow_chart(steps: Sequence[FlowStep]) -> FlowChart:
    """One bar a term, each beginning where the one before it ended, from zero and on one scale."""
    level, most = 0, 1
    for step in steps:
        level = step.amount if not step.sign else level + (step.amount if step.sign == "＋" else -step.amount)
        most = max(most, level)
    bars, level = [], 0
    for place, step in enumerate(steps):
        if not step.sign:
            low, level = 0, step.amount
        elif step.sign == "＋":
            low, level = level, level + step.amount
        else:
            level -= step.amount
            low = level
        x = FLOW_LEFT * 10 + low * FLOW_WIDEST * 10 // most
        end = FLOW_LEFT * 10 + (low + step.amount) * FLOW_WIDEST * 10 // most
        width = max(end - x, 10 if step.amount else 0)
        label = f"{step.sign}{step.amount}" if step.amount else "0"
        classes = FLOW_CLASSES[step.sign]
        joined = FLOW_LEFT * 10 + level * FLOW_WIDEST * 10 // most
        join = _tenths(joined) if place < len(steps) - 1 else ""
        bars.append(
            FlowBar(
                classes,
                step.word,
                label,
                place * FLOW_STEP,
                _tenths(x),
                _tenths(width),
                _tenths(x + width + 60),
                join,
            )
        )
    words = "，".join(f"{step.word} {step.amount}" for step in steps)
    return FlowChart(bars, words, len(steps) * FLOW_STEP - 4)


def _tenths(number: int) -> str:
    return f"{number // 10}.{number % 10}"
