"""一高一低一无: the test by which key villages are chosen (R055; 004 第二章第四节; domain §1)."""

from dataclasses import dataclass
from decimal import Decimal

# 一高: at least twice the province's incidence. 一低: under 60 % of the province's average net income.
TIMES_THE_PROVINCE = 2
SHARE_OF_THE_PROVINCE = Decimal("0.60")
INCOME_YEAR = 2013


@dataclass(frozen=True)
class Figures:
    """A village's figures beside the province's: percent, yuan a head (2013), yuan. None is unknown."""

    incidence: Decimal | None
    province_incidence: Decimal
    net_income: Decimal | None
    province_net_income: Decimal
    collective_income: Decimal | None


@dataclass(frozen=True)
class Finding:
    """One of the three: its name, whether it holds (None: a figure is missing) and why."""

    name: str
    holds: bool | None
    reason: str


@dataclass(frozen=True)
class Verdict:
    findings: tuple[Finding, Finding, Finding]

    @property
    def chosen(self) -> bool | None:
        """True when all three hold, False when one does not, None when it cannot be said yet."""
        held = [finding.holds for finding in self.findings]
        if False in held:
            return False
        return None if None in held else True

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(finding.reason for finding in self.findings)


def selection_verdict(figures: Figures) -> Verdict:
    """Whether the village is one to choose, with a reason for each of the three."""
    return Verdict((_high(figures), _low(figures), _none(figures)))


def _high(figures: Figures) -> Finding:
    bar = figures.province_incidence * TIMES_THE_PROVINCE
    if figures.incidence is None:
        return Finding("一高", None, "没有填贫困发生率")
    holds = figures.incidence >= bar
    word = "达到" if holds else "不到"
    return Finding(
        "一高",
        holds,
        f"贫困发生率 {figures.incidence}%，{word}全省 {figures.province_incidence}% 的 {TIMES_THE_PROVINCE} 倍",
    )


def _low(figures: Figures) -> Finding:
    if figures.net_income is None:
        return Finding("一低", None, f"没有填 {INCOME_YEAR} 年农民人均纯收入")
    holds = figures.net_income < figures.province_net_income * SHARE_OF_THE_PROVINCE
    word = "低于" if holds else "不低于"
    return Finding(
        "一低",
        holds,
        f"{INCOME_YEAR} 年农民人均纯收入 {figures.net_income} 元，"
        f"{word}全省平均 {figures.province_net_income} 元的 {SHARE_OF_THE_PROVINCE:.0%}",
    )


def _none(figures: Figures) -> Finding:
    if figures.collective_income is None:
        return Finding("一无", None, "没有填村集体经济收入")
    if figures.collective_income <= 0:
        return Finding("一无", True, "没有村集体经济收入")
    return Finding("一无", False, f"有村集体经济收入 {figures.collective_income} 元")
