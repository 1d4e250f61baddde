"""Whether a household or a village may leave, with every reason (R030, R033, R057; 004 L1029–1032, L1072–1077; pure).

A verdict is 达标 (nothing against it), 存疑 (only what the acceptance must answer: water, measures, findings) or
不达标 (an error of data/checks.csv). It is overruled only upward, to something stricter, and lifted only by a
higher level (models/entry.py): no pressure from above or below turns 不达标 into 达标.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum

from audits import checks
from audits.cases import HouseholdCase, VillageCase, YesNo
from office.rulebook import ERROR, Breach


class Result(IntEnum):
    """The higher the stricter; what overrules is the higher of two."""

    MET = 0
    DOUBTFUL = 1
    UNMET = 2

    @property
    def label(self) -> str:
        return ("达标", "存疑", "不达标")[self]


@dataclass(frozen=True)
class Item:
    """One line of the criteria panel: its name, whether it holds (None: not known), and what is known of it.

    `blocks` says whether it is part of the standard or only shown beside it.
    """

    name: str
    holds: YesNo
    said: str
    blocks: bool = True


@dataclass(frozen=True)
class Concern:
    """Something that does not block and must be answered; `key` stays the same while the matter does."""

    key: str
    text: str


@dataclass(frozen=True)
class Verdict:
    result: Result
    items: tuple[Item, ...]
    errors: tuple[Concern, ...] = ()
    concerns: tuple[Concern, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(each.text for each in (*self.errors, *self.concerns))


NAMES = dict(zip(checks.FIVE, ("不愁吃", "不愁穿", "义务教育", "基本医疗", "住房安全"), strict=True))
WORDS = {True: "是", False: "否", None: "未填"}


def household(case: HouseholdCase) -> Verdict:
    breaches = checks.run(case)
    errors = _said([each for each in breaches if each.severity == ERROR], case)
    concerns = _said([each for each in breaches if each.severity != ERROR], case)
    concerns += tuple(Concern(key, text) for key, text in case.findings)
    return Verdict(_result(errors, concerns), _household_items(case), errors, concerns)


def village(case: VillageCase) -> Verdict:
    """Every factor must hold; one that is not filled in does not. Only incidence has a number in the plan."""
    items = (_incidence(case), *_factors(case))
    errors = tuple(
        Concern(item.name, f"{item.name}：{item.said}") for item in items if item.blocks and not item.holds
    )
    return Verdict(_result(errors, ()), items, errors)


def strictest(verdict: Verdict, overruled: Result | None) -> Result:
    """The verdict that counts: never milder than the computed one."""
    return verdict.result if overruled is None else max(verdict.result, overruled)


def _result(errors: Sequence[Concern], concerns: Sequence[Concern]) -> Result:
    if errors:
        return Result.UNMET
    return Result.DOUBTFUL if concerns else Result.MET


def _said(breaches: Sequence[Breach], case: HouseholdCase) -> tuple[Concern, ...]:
    """One concern a rule: three ill members without insurance are one thing to answer, with their names."""
    found: dict[str, list[str]] = {}
    messages: dict[str, str] = {}
    for breach in breaches:
        messages[breach.rule] = breach.message
        named = found.setdefault(breach.rule, [])
        if breach.person is not None:
            named.append(case.members[breach.person - 1].name)
    extra = {"C095": [income_said(case)], "C102": list(case.undelivered)}
    return tuple(
        Concern(rule, message + (f"（{'、'.join(detail)}）" if detail else ""))
        for rule, message in messages.items()
        for detail in [found[rule] or extra.get(rule, [])]
    )


def income_said(case: HouseholdCase) -> str:
    if not case.surveyed:
        return f"没有{case.year}年已填报的采集"
    if case.income is None:
        return f"{case.year}年收入未填"
    if case.bar is None:
        return case.line_missing or f"没有{case.year}年扶贫标准"
    return f"{case.year}年人均纯收入{case.income}元，{case.standard}{case.bar.normalize():f}元"


def _household_items(case: HouseholdCase) -> tuple[Item, ...]:
    income_holds = None if case.income is None or case.bar is None else case.income > case.bar
    five = tuple(Item(NAMES[name], getattr(case, name), WORDS[getattr(case, name)]) for name in checks.FIVE)
    water = case.water_safe if case.water_difficult is not True else False
    return (
        Item("收入", income_holds, income_said(case)),
        *five,
        Item("饮水安全", water, WORDS[water], case.rules.water_blocks),
        Item("应享措施", not case.undelivered, "、".join(case.undelivered) or "没有未落实的", False),
        Item("疑点", not case.findings, f"{len(case.findings)}条未核" if case.findings else "没有", False),
    )


def _incidence(case: VillageCase) -> Item:
    """As shown, with two decimals: 1.996 % is shown as 2.00 % and is not under 2 %."""
    limit = case.rules.incidence
    if case.incidence is None:
        return Item("贫困发生率", None, "没有填农村户籍人口")
    said = f"{case.incidence}%（{case.poor}人÷{case.rural}人），须低于{limit.normalize():f}%"
    return Item("贫困发生率", case.incidence < limit, said)


def _factors(case: VillageCase) -> tuple[Item, ...]:
    """The plan names four and gives no bar: ours are 五通 all there, a standard clinic, an industry or a
    cooperative, and collective income (the third of 一高一低一无, which made it a key village)."""
    missing = None if case.five_connect is None else [w for w in case.all_five if w not in case.five_connect]
    industries, cooperatives = case.specialty_industries, case.cooperatives
    any_industry: YesNo = None
    if industries is not None or cooperatives is not None:
        any_industry = bool(industries or cooperatives)
    income = case.collective_income
    return (
        Item(
            "基础设施",
            None if missing is None else not missing,
            "没有填五通" if missing is None else (f"缺{'、'.join(missing)}" if missing else "五通齐全"),
        ),
        Item("公共服务", case.standard_clinic, f"有无标准化卫生室：{WORDS[case.standard_clinic]}"),
        Item(
            "产业",
            any_industry,
            "没有填特色产业和合作社"
            if any_industry is None
            else f"特色产业{industries or 0}个，合作社{cooperatives or 0}个",
        ),
        Item(
            "集体收入",
            None if income is None else income > Decimal(0),
            "没有填村集体经济收入" if income is None else f"{case.year}年{income}元",
        ),
    )
