"""What stands behind each factor of a village's exit (R057, R060): the facts of its year, and where they are kept."""

import datetime
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Capability
from areas.models import Area
from audits.cases import VillageCase

INCIDENCE, ROADS = "贫困发生率", "基础设施"
YES_NO = {True: "有", False: "没有", None: "未填"}


def evidence(case: VillageCase, name: str) -> list[str]:
    """Figures as they were entered; the incidence is computed and never typed."""
    if name == INCIDENCE:
        rural = "未填" if case.rural is None else f"{case.rural} 人"
        return [
            f"在册贫困人口 {case.poor} 人（省定标准，含国标），由贫困户动态计算",
            f"农村户籍人口 {rural}，{case.year}年村情",
        ]
    if name == ROADS:
        if case.five_connect is None:
            return ["五通没有填"]
        return [f"{word}：{'有' if word in case.five_connect else '缺'}" for word in case.all_five]
    known = {
        "公共服务": [f"标准化卫生室：{YES_NO[case.standard_clinic]}"],
        "产业": [
            f"特色产业 {_count(case.specialty_industries)}，农民合作社 {_count(case.cooperatives)}",
        ],
        "集体收入": [
            f"{case.year}年村集体经济收入 "
            + ("未填" if case.collective_income is None else f"{case.collective_income:,.2f} 元")
        ],
    }
    return known.get(name, [])


def links(area: Area, name: str, able: frozenset[Capability], on: datetime.date) -> list[tuple[str, str]]:
    """(word, address): the households that the incidence counts, and the year's facts of the village."""
    found = []
    if name == INCIDENCE and Capability.REGISTER_VIEW in able:
        asked = urlencode({"area": area.code, "on_register": on.isoformat()})
        found.append(("看在册名单", f"{reverse('households:list')}?{asked}"))
    if Capability.VILLAGE_VIEW in able:
        found.append(("看村情", reverse("villages:village", args=[area.code])))
    return found


def _count(number: int | None) -> str:
    return "未填" if number is None else f"{number} 个"
