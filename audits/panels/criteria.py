"""The criteria of one entry: each line of the standard and what is shown beside it, with its evidence and a link.

Income of the year against the line, 吃, 穿, the three guarantees; beside them 饮水, entitled measures, findings
(R030, R033, R057).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from accounts.roles import Capability
from audits.cases import HouseholdCase, VillageCase
from audits.criteria import Concern
from audits.models import Answer
from audits.panels import village
from audits.panels.entries import FINDINGS, SHOWS_IN, Row


@dataclass(frozen=True)
class Link:
    word: str
    url: str


@dataclass(frozen=True)
class Line:
    """`sign` is ✓, 疑 or —; `against` says why it does not hold, `concerns` what is to be answered, each with the
    acceptance's answer; `evidence` further facts the register has of it."""

    name: str
    sign: str
    said: str
    blocks: bool
    against: Sequence[str]
    concerns: Sequence[tuple[Concern, Answer | None]]
    evidence: Sequence[str]
    links: Sequence[Link]


def criteria(row: Row, able: frozenset[Capability], on: datetime.date) -> list[Line]:
    """Empty for kinds that have no standard."""
    if row.verdict is None:
        return []
    lines = []
    for item in row.verdict.items:
        against = [each.text for each in row.verdict.errors if _column(each) == item.name]
        concerns = [pair for pair in row.answered if _column(pair[0]) == item.name]
        bad = against or concerns or item.holds is False or (item.holds is None and item.blocks)
        lines.append(
            Line(
                item.name,
                "疑" if bad else "—" if item.holds is None else "✓",
                item.said,
                item.blocks,
                against,
                concerns,
                _evidence(row.case, item.name),
                _links(row, item.name, able, on),
            )
        )
    return lines


def others(row: Row) -> list[str]:
    """Errors that are no line of the standard (a household that came this year, an overruling)."""
    shown = set(SHOWS_IN.values()) | {item.name for item in (row.verdict.items if row.verdict else ())}
    verdict = row.verdict
    found = [] if verdict is None else [each.text for each in verdict.errors if _column(each) not in shown]
    return found + [said for said in row.errors if said.startswith("改判")]


def _column(concern: Concern) -> str:
    """A finding's key has its rule and part; a village's concern is named as its line."""
    if concern.key in SHOWS_IN:
        return SHOWS_IN[concern.key]
    return FINDINGS if ":" in concern.key else concern.key


def _evidence(case: object, name: str) -> list[str]:
    if isinstance(case, VillageCase):
        return village.evidence(case, name)
    if not isinstance(case, HouseholdCase):
        return []
    if name == "收入":
        return [
            f"{each.year}年 {each.income if each.income is not None else '未填'}，标准 {each.line or '没有'}"
            for each in case.earlier
        ]
    if name == "义务教育":
        return [
            f"{each.name} {each.age} 岁 {each.schooling or '未填'}"
            for each in case.members
            if each.age is not None and each.age < 18
        ]
    if name == "基本医疗":
        return [
            f"{each.name} {'、'.join(each.health)}"
            for each in case.members
            if each.health not in ((), ("健康",))
        ]
    if name == "住房安全":
        area = f"{case.house_area.normalize():f} ㎡" if case.house_area else "面积未填"
        return [f"鉴定 {case.house_grade or '未填'}，{area}"]
    return []


def _links(row: Row, name: str, able: frozenset[Capability], on: datetime.date) -> list[Link]:
    household = row.entry.household
    if household is None:
        return [Link(word, url) for word, url in village.links(row.entry.area, name, able, on)]
    if name == "应享措施" and Capability.MEASURE_VIEW in able:
        return [Link("看帮扶措施", reverse("measures:household", args=[household.number]))]
    if Capability.REGISTER_VIEW not in able:
        return []
    home = reverse("households:detail", args=[household.number])
    if name == FINDINGS:
        return [Link("看疑点", f"{reverse('households:findings')}?area={row.entry.area.code}")]
    return [Link("看该户", home)]
