"""How a household stands by the record: the assessment's indicators (R020) and the test of 特困人员 (R019).

Pure. The plans name an indicator set (农村贫困家庭状况评估指标体系) and leave its content to 民政: this one
reads what the register knows anyway, and weighs nothing. The test of 特困 (004 第九章第一节二) only says who
is to be examined by 民政, which alone recognises.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

AGED_FROM, MINOR_BELOW = 60, 16
NO_LABOUR = ("无劳动力", "丧失劳动力")
ILL = ("长期慢性病", "患有大病")
DISABLED = "残疾"
UNSAFE = ("C级", "D级")


@dataclass(frozen=True)
class Member:
    name: str
    age: int
    health: tuple[str, ...] = ()
    labour_capacity: str = ""
    schooling: str = ""
    supported: bool = False

    @property
    def able(self) -> bool:
        """Somebody who can support others; a capacity that was not entered counts as one."""
        return self.age >= MINOR_BELOW and self.labour_capacity not in NO_LABOUR


@dataclass(frozen=True)
class Standing:
    """Per-head income and the line of its year, in yuan; None is unknown."""

    members: Sequence[Member]
    income: Decimal | None = None
    line: int | None = None
    house_grade: str = ""
    water_safe: bool | None = None


@dataclass(frozen=True)
class Indicator:
    label: str
    value: str
    burdened: bool


def indicators(home: Standing) -> list[Indicator]:
    members = home.members
    without = sum(not one.able for one in members)
    ill = sum(bool(set(ILL) & set(one.health)) for one in members)
    disabled = sum(DISABLED in one.health for one in members)
    pupils = sum(one.schooling not in ("", "非在校生") for one in members)
    found = [
        Indicator(
            "没有劳动能力的成员", f"{without}／{len(members)} 人", bool(members) and without == len(members)
        ),
        Indicator("患病成员", f"{ill} 人", ill > 0),
        Indicator("残疾成员", f"{disabled} 人", disabled > 0),
        Indicator("在校生", f"{pupils} 人", pupils > 0),
    ]
    if home.income is not None and home.line is not None:
        share = home.income * 100 / home.line
        found.insert(0, Indicator("人均纯收入相当于标准的", f"{share:.0f}%", home.income <= home.line))
    if home.house_grade:
        found.append(Indicator("住房等级", home.house_grade, home.house_grade in UNSAFE))
    if home.water_safe is not None:
        found.append(Indicator("饮水", "安全" if home.water_safe else "不安全", not home.water_safe))
    return found


def to_be_examined(home: Standing) -> list[tuple[str, str]]:
    """(name, why) of members who by the record meet all of: aged, disabled or minor; no labour capacity; no
    income over the line; nobody in the household able to support them. Who is supported already is left out."""
    if home.income is not None and home.line is not None and home.income > home.line:
        return []
    if any(one.able for one in home.members):
        return []
    found = []
    for one in home.members:
        why = [
            word
            for word, holds in (
                (f"年满{AGED_FROM}周岁", one.age >= AGED_FROM),
                ("残疾", DISABLED in one.health),
                (f"未满{MINOR_BELOW}周岁", one.age < MINOR_BELOW),
            )
            if holds
        ]
        if why and not one.supported:
            found.append((one.name, f"{'、'.join(why)}，没有劳动能力，家中没有能赡养、抚养、扶养的人"))
    return found
