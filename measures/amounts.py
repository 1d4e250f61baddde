"""What a measure comes to, with the working shown; pure, the rates are the caller's (from the catalogue).

Readings where the plan leaves a figure open:
- The tiers of the workshop bonus are paid beside the 1000 a head (004 专栏5 does not say): instead of it, the
  fifteenth worker would bring the workshop hardly more and the twenty-first less than fewer had.
- 每段补偿比例提高5% of the poor is five percentage points (60, 70, 75 %); the yearly cap holds for the sum.
- A monthly 低保 standard is a twelfth of the year's, to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONTHS = 12


@dataclass(frozen=True)
class Amount:
    """A sum and, in one line, how it came about; `unit` is 元 but for help in kind."""

    value: Decimal
    working: str
    unit: str = "元"


@dataclass(frozen=True)
class Band:
    """The part of a cost from `above` on is paid at `percent`, up to where the next band begins."""

    above: Decimal
    percent: Decimal


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def plain(value: Decimal) -> str:
    """As it is written in a working: 30, 325, 1950.50."""
    return f"{cents(value):f}".removesuffix(".00")


def fixed(rate: Decimal, unit: str = "元") -> Amount:
    """One payment of the standard itself."""
    return Amount(cents(rate), f"{plain(rate)}{unit}", unit)


def monthly(rate: Decimal, months: int = MONTHS, unit: str = "元") -> Amount:
    """So much a month; ValueError for no month or more than a year."""
    _within("月数", months, 1, MONTHS)
    value = cents(rate * months)
    return Amount(value, f"{plain(rate)}{unit}×{months}个月＝{plain(value)}{unit}", unit)


def temporary_aid(yearly_standard: Decimal, members: int, months: int) -> Amount:
    """临时救助 = monthly 低保 standard × members × months (004 专栏20)."""
    _within("家庭人口", members, 1, 99)
    _within("救助月数", months, 1, MONTHS)
    month = cents(yearly_standard / MONTHS)
    value = cents(month * members * months)
    working = (
        f"月低保标准{plain(yearly_standard)}÷12＝{plain(month)}元；"
        f"{plain(month)}元×{members}人×{months}个月＝{plain(value)}元"
    )
    return Amount(value, working)


def old_age(age: int, rates: Sequence[tuple[int, Decimal]], step: Decimal, months: int = MONTHS) -> Amount:
    """高龄补贴 by age: `rates` are (from this 周岁, yuan a month); from 100 on `step` more for each year above.

    ValueError below the first age.
    """
    fitting = [(low, rate) for low, rate in rates if age >= low]
    if not fitting:
        raise ValueError(f"{age}周岁不到高龄补贴的年龄")
    low, rate = max(fitting)
    more = step * max(0, age - 100)
    paid = monthly(rate + more, months)
    how = f"{age}周岁，{low}周岁起每月{plain(rate)}元"
    if more:
        how += f"，100岁以上{age - 100}年×{plain(step)}元，合每月{plain(rate + more)}元"
    return Amount(paid.value, f"{how}；{paid.working}")


def workshop_bonus(people: int, per_head: Decimal, tiers: Sequence[tuple[int, Decimal]]) -> Amount:
    """扶贫车间奖补 for the poor employed: 1000 a head, and 20 000 from 15, 30 000 from 30 (004 专栏5)."""
    _within("吸纳人数", people, 0, 10_000)
    heads = per_head * people
    working = f"{plain(per_head)}元×{people}人＝{plain(heads)}元"
    reached = [(low, bonus) for low, bonus in tiers if people >= low]
    if not reached:
        return Amount(cents(heads), working)
    low, bonus = max(reached)
    value = cents(heads + bonus)
    return Amount(value, f"{working}；{low}人以上再奖{plain(bonus)}元；合计{plain(value)}元")


def critical_illness(
    cost: Decimal, bands: Sequence[Band], *, deductible: Decimal, more: Decimal = Decimal(0), cap: Decimal
) -> Amount:
    """大病保险 of a year's cost (yuan) that basic insurance left: nothing up to the deductible, then band by band.

    For the poor the deductible is halved and every band pays `more` points (004 七章二节一); the first band
    begins where the deductible ends, each other where its figure says.
    """
    if cost < 0:
        raise ValueError("费用不能小于 0")
    total, steps = Decimal(0), []
    for place, band in enumerate(bands):
        begins = deductible if place == 0 else band.above
        ends = bands[place + 1].above if place + 1 < len(bands) else cost
        part = max(Decimal(0), min(cost, ends) - begins)
        if part:
            paid = cents(part * (band.percent + more) / 100)
            steps.append(f"{plain(part)}元×{plain(band.percent + more)}%＝{plain(paid)}元")
            total += paid
    if not steps:
        return Amount(Decimal("0.00"), f"费用{plain(cost)}元，没有超过起付标准{plain(deductible)}元")
    working = f"起付标准{plain(deductible)}元；" + "；".join(steps)
    if total > cap:
        return Amount(cents(cap), f"{working}；合计{plain(total)}元，按最高限额{plain(cap)}元")
    return Amount(cents(total), f"{working}；合计{plain(total)}元")


def share_of(cost: Decimal, percent: Decimal) -> Amount:
    """So many percent of a cost in yuan; ValueError for a cost below nought."""
    if cost < 0:
        raise ValueError("费用不能小于 0")
    value = cents(cost * percent / 100)
    return Amount(value, f"{plain(cost)}元×{plain(percent)}%＝{plain(value)}元")


def times(rate: Decimal, count: Decimal, unit: str) -> Amount:
    """So many at the rate, 亩 or 岗位; ValueError below nought."""
    if count < 0:
        raise ValueError("数量不能小于 0")
    value = cents(rate * count)
    return Amount(value, f"{plain(rate)}元×{plain(count)}{unit}＝{plain(value)}元")


def _within(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueError(f"{what}应在{least}到{most}之间")
