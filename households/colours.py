"""Four colours (四色管理, domain §4, R078–R082; pure): a verdict with its reasons.

The plans leave the margins open: the factors are those the county has set from a day on, else FACTORS (domain §4).
"""

import datetime
from dataclasses import dataclass
from decimal import Decimal

from office.days import written

RED, ORANGE, YELLOW, GREEN = "红", "橙", "黄", "绿"
PENDING_EXIT = "待退出"


@dataclass(frozen=True)
class Factors:
    """Multiples of the line, and the years after the exit in which income is watched."""

    fringe: Decimal = Decimal("1.1")
    watched: Decimal = Decimal("1.2")
    years: int = 3


FACTORS = Factors()


@dataclass(frozen=True)
class Situation:
    """What the colour of a household rests on.

    `income` is net income a head of the last counted survey in yuan, `line` the line of that survey's
    year; both are None without a survey. `failing` are the labels of the five answered 否.
    """

    on: datetime.date
    in_register: bool
    left_on: datetime.date | None = None
    year: int | None = None
    income: Decimal | None = None
    line: int | None = None
    failing: tuple[str, ...] = ()
    open_shocks: tuple[str, ...] = ()
    factors: Factors = FACTORS


@dataclass(frozen=True)
class Verdict:
    """`colour` is empty for who was cancelled or never registered; `note` is 待退出 or empty."""

    colour: str
    reasons: tuple[str, ...] = ()
    note: str = ""


def anniversary(day: datetime.date, years: int) -> datetime.date:
    """The same day some years on; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def verdict(case: Situation, factors: Factors | None = None) -> Verdict:
    """By the factors of the case, unless others are given."""
    factors = factors or case.factors
    if case.in_register:
        return on_the_register(case, factors)
    if case.left_on is not None:
        return after_exit(case, case.left_on, factors)
    return Verdict("")


def on_the_register(case: Situation, factors: Factors) -> Verdict:
    if case.income is None or case.line is None:
        return Verdict(RED, ("在册，还没有年度采集的收入",))
    said = f"{case.year}年人均纯收入{case.income}元"
    if case.income <= case.line:
        return Verdict(RED, (f"在册，{said}，不超过标准{case.line}元",))
    fringe = case.line * factors.fringe
    if case.income > fringe:
        return Verdict(
            ORANGE,
            (f"在册，{said}，超过标准{case.line}元的{factors.fringe}倍（{fringe:.2f}元）",),
            PENDING_EXIT,
        )
    return Verdict(
        ORANGE, (f"在册，{said}，高于标准{case.line}元，不超过它的{factors.fringe}倍（{fringe:.2f}元）",)
    )


def after_exit(case: Situation, left_on: datetime.date, factors: Factors) -> Verdict:
    reasons = []
    if case.income is not None and case.line is not None and case.on <= anniversary(left_on, factors.years):
        limit = case.line * factors.watched
        if case.income < limit:
            reasons.append(
                f"退出未满{factors.years}年，{case.year}年人均纯收入{case.income}元，"
                f"低于标准{case.line}元的{factors.watched}倍（{limit:.2f}元）"
            )
    reasons += [f"{case.year}年采集：{label}为否" for label in case.failing]
    reasons += [f"变故未消除：{shock}" for shock in case.open_shocks]
    if reasons:
        return Verdict(YELLOW, tuple(reasons))
    return Verdict(GREEN, (f"{written(left_on)}退出，没有返贫风险",))
