"""The yearly rules of project money that state a number (R239, R240, R247); pure, the bars are the catalogue's.

R239: 财政专项扶贫资金 grow well above the local revenue; read as: by more percent than the revenue, since "well" has
no figure. R240: of the other farm funds at least 20 % go to this work. R247: of the income from land quotas all.
R245 (001 十章四节二): the yearly review changes next year's share. No plan gives a factor, so only the direction is
told: more after 优, as before after 良 or 中, less where something was 差; who decides enters the budget.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


# The line of the catalogue that states the bar of a pot; 彩票公益金 leans to key villages without a figure.
BARS = {"其他涉农资金": "AGRI-FUND-SHARE", "增减挂钩收益": "LAND-BACK"}


@dataclass(frozen=True)
class Verdict:
    """`holds` is None when something it needs is not known."""

    holds: bool | None
    sentence: str


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """To one decimal, as it is written."""
    return (part * 100 / whole).quantize(TENTH, ROUND_HALF_UP)


def at_least(part: Decimal, pool: Decimal, bar: Decimal, what: str) -> Verdict:
    """`part` of `pool`, both in yuan, against a bar in percent."""
    holds = part * 100 >= pool * bar
    word = "达到" if holds else "没有达到"
    return Verdict(holds, f"{what}用于扶贫 {percent(part, pool)}%，{word} {bar.normalize():f}%")


def bound(what: str, part: Decimal, pool: Decimal, bar: Decimal | None) -> Verdict:
    """What binds the part of a pot; where no bar is known its share alone is said."""
    if bar is None:
        return Verdict(None, f"{what}用于扶贫 {percent(part, pool)}%")
    return at_least(part, pool, bar, what)


def growth(this: Decimal, last: Decimal, revenue: Decimal | None) -> Verdict:
    """Special funds of this and last year in yuan, the growth of the local revenue in percent."""
    if not last:
        return Verdict(None, "没有上年的财政专项扶贫资金，不能比较增幅")
    grown = percent(this - last, last)
    if revenue is None:
        return Verdict(None, f"财政专项扶贫资金增长 {grown}%，还没有填地方财政收入增幅")
    holds = (this - last) * 100 > last * revenue
    word = "高于" if holds else "没有高于"
    return Verdict(holds, f"财政专项扶贫资金增长 {grown}%，{word}地方财政收入增幅 {revenue.normalize():f}%")


def leaning(grades: Mapping[str, int]) -> str:
    """Where next year's share leans, by how many reviews of the year had each grade; empty without a review."""
    if grades.get("差"):
        return "调减"
    if not any(grades.values()):
        return ""
    return "倾斜" if grades.get("优", 0) * 2 > sum(grades.values()) else "保持"
