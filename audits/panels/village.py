"""What stands behind each factor of a village's exit (R057, R060): the facts of its year, and where they are kept."""

import datetime
from urllib.parse import urlencode

from django.urls import reverse

from accounts.roles import Capability
from areas.models import Area
from audits.cases import VillageCase

INCIDENCE, ROADS = "贫困发生率", "基础设施"


def evidence(case: VillageCase, name: str) -> list[str]:
    """Figures behind a line that says only what they come to; the incidence is computed and never typed."""
    if name == INCIDENCE:
        rural = "未填" if case.rural is None else f"{case.rural} 人"
        return [
            f"在册贫困人口 {case.poor} 人（省定标准，含国标），由贫困户动态计算",
            f"农村户籍人口 {rural}，{case.year}年村情",
        ]
    if name == ROADS and case.five_connect is not None:
        return ["　".join(f"{word} {'✓' if word in case.five_connect else '缺'}" for word in case.all_five)]
    return []


def links(area: Area, name: str, able: frozenset[Capability], on: datetime.date) -> list[tuple[str, str]]:
    """(word, address): the households that the incidence counts, and the year's facts of the village."""
    found = []
    if name == INCIDENCE and Capability.REGISTER_VIEW in able:
        asked = urlencode({"area": area.code, "on_register": on.isoformat()})
        found.append(("看在册名单", f"{reverse('households:list')}?{asked}"))
    if Capability.VILLAGE_VIEW in able:
        found.append(("看村情", reverse("villages:village", args=[area.code])))
    return found
