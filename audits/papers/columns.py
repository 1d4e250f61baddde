"""The columns of papers: what each shows of an entry, in the words of the forms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from audits.papers.facts import ListFacts, Row
from audits.papers.paper import Grid
from office.days import written
from office.pii import mask_account

YES = {True: "是", False: "否", None: ""}


@dataclass(frozen=True)
class PaperColumn:
    label: str
    said: Callable[[Row], str]
    number: bool = False
    # Money of the house that the last line adds up, by the name of its field.
    sum_of: str = ""


def money(value: Any) -> str:
    return "" if value in (None, "") else f"{Decimal(str(value)):,.2f}"


def amount(value: Any) -> str:
    """A measure without needless zeros."""
    return "" if value in (None, "") else f"{Decimal(str(value)).normalize():f}"


def _case(name: str, form: Callable[[Any], str] = amount) -> Callable[[Row], str]:
    return lambda row: form(row.facts.get(name))


def _yes(name: str) -> Callable[[Row], str]:
    return lambda row: YES[row.facts.get(name)]


def _house(name: str, form: Callable[[Any], str]) -> Callable[[Row], str]:
    return lambda row: form(getattr(row.entry.house_case, name))


def _agreed(row: Row) -> str:
    if row.entry.agreed is None:
        return ""
    return f"{'认可' if row.entry.agreed else '不认可'} {written(row.entry.agreed_on)}"


def _outcome(row: Row) -> str:
    return f"{row.entry.outcome} {written(row.entry.closed_on)}".strip()


def _account(row: Row) -> str:
    household = row.entry.household
    return mask_account(household.bank_account) if household is not None else ""


def _paid(label: str, name: str) -> PaperColumn:
    return PaperColumn(label, _house(name, money), number=True, sum_of=name)


COLUMNS: dict[str, PaperColumn] = {
    "number": PaperColumn("序号", lambda row: str(row.number), number=True),
    "village": PaperColumn("村(社区)", lambda row: row.village),
    "group": PaperColumn("村民小组", lambda row: row.group),
    "head": PaperColumn("户主姓名", lambda row: row.head),
    "persons": PaperColumn("家庭人口数", lambda row: amount(row.persons), number=True),
    "income": PaperColumn("人均纯收入（元）", _case("income", money), number=True),
    "line": PaperColumn("扶贫标准（元）", _case("line"), number=True),
    "food": PaperColumn("吃", _yes("food_assured")),
    "clothing": PaperColumn("穿", _yes("clothing_assured")),
    "education": PaperColumn("义务教育", _yes("education_guaranteed")),
    "medical": PaperColumn("基本医疗", _yes("medical_guaranteed")),
    "housing": PaperColumn("住房安全", _yes("housing_guaranteed")),
    "water": PaperColumn("饮水", _yes("water_safe")),
    "result": PaperColumn("结论", lambda row: row.result),
    "reason": PaperColumn("事由", lambda row: row.entry.reason),
    "standard": PaperColumn("标准", lambda row: row.entry.standard or str(row.facts.get("standard", ""))),
    "agreed": PaperColumn("本户意见", _agreed),
    "outcome": PaperColumn("办理结果", _outcome),
    "for": PaperColumn("同意", lambda row: ""),
    "against": PaperColumn("不同意", lambda row: ""),
    "abstained": PaperColumn("弃权", lambda row: ""),
    "signed": PaperColumn("签字", lambda row: ""),
    "incidence": PaperColumn("贫困发生率（%）", _case("incidence", str), number=True),
    "grade": PaperColumn("鉴定等级", _house("grade", str)),
    "way": PaperColumn("改造方式", _house("way", str)),
    "area_planned": PaperColumn("计划面积（㎡）", _house("area_planned", amount), number=True),
    "area_built": PaperColumn("竣工面积（㎡）", _house("area_built", amount), number=True),
    "cost": PaperColumn("实际造价（元）", _house("cost_actual", money), number=True),
    "subsidy": _paid("补助金额（元）", "subsidy"),
    "upper": _paid("中央省市（元）", "subsidy_upper"),
    "district": _paid("区级（元）", "subsidy_district"),
    "town": _paid("镇街（元）", "subsidy_town"),
    "paid": PaperColumn("拨付日期", _house("paid_on", written)),
    "account": PaperColumn("一卡通账号", _account),
}


def grid(facts: ListFacts, rows: Sequence[Row], keys: Sequence[str], caption: str = "") -> Grid:
    """The rows with these columns and the sum of households and persons below."""
    columns = [COLUMNS[key] for key in keys]
    return Grid(
        head=[column.label for column in columns],
        rows=[[column.said(row) for column in columns] for row in rows],
        total=f"合计　{facts.said(rows)}{_sums(rows, columns)}" if rows else "",
        caption=caption,
        numbers=frozenset(place for place, column in enumerate(columns) if column.number),
    )


def _sums(rows: Sequence[Row], columns: Sequence[PaperColumn]) -> str:
    """补助金额 9,000.00 元 and so on, of the columns that add up."""
    told = ""
    for column in columns:
        if column.sum_of:
            amounts = [getattr(row.entry.house_case, column.sum_of) for row in rows]
            if None in amounts:
                continue
            told += f"　{column.label.removesuffix('（元）')} {money(sum(amounts))} 元"
    return told


def pairs(row: Row, keys: Sequence[str]) -> list[tuple[str, str]]:
    return [(COLUMNS[key].label, COLUMNS[key].said(row)) for key in keys]
