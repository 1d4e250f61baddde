"""What every page shows around itself: the words of the top bar, the area, the day and who is signed in."""

import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from accounts.chapters import chapter_of
from accounts.models import User
from accounts.roles import Capability
from areas.models import Area
from office import clock


class Word(NamedTuple):
    word: str
    url: str
    current: bool


class Entrance(NamedTuple):
    """A word of the top bar; `capability` opens it (None: everybody signed in). Whoever holds `within` finds it
    on another page and not in the bar, which has nine words at most (look.md). `also`: where else the addresses
    begin of the pages that it leads to."""

    word: str
    url_name: str
    capability: Capability | None = None
    within: Capability | None = None
    also: tuple[str, ...] = ()


# In the order of the top bar.
WORDS = [
    Entrance("工作台", "reporting:workbench"),
    Entrance(
        "贫困户",
        "households:list",
        Capability.REGISTER_VIEW,
        also=("/visits/", "/helpers/", "/watch/", "/colours/", "/lines/", "/years/"),
    ),
    Entrance("村", "villages:list", Capability.VILLAGE_VIEW),
    Entrance(
        "帮扶措施",
        "measures:list",
        Capability.MEASURE_VIEW,
        also=("/society/", "/projects/", "/policies/"),
    ),
    Entrance("项目", "measures:projects", Capability.PROJECT_VIEW, within=Capability.MEASURE_VIEW),
    Entrance("审核", "audits:list", Capability.AUDIT_VIEW),
    Entrance("政策", "measures:policies", within=Capability.MEASURE_VIEW),
    Entrance("疑点", "households:findings", Capability.REGISTER_VIEW),
    Entrance("滚动规划", "reporting:plans", Capability.PLAN_VIEW),
    Entrance(
        "报表",
        "reporting:reports",
        Capability.REPORT_VIEW,
        also=("/dashboards/", "/wall/", "/assessments/"),
    ),
    Entrance("用户", "accounts:users", Capability.USERS_MANAGE),
    Entrance("操作日志", "accounts:trail", Capability.TRAIL_VIEW),
    Entrance("系统状态", "accounts:system", Capability.SYSTEM_VIEW),
    Entrance("任务", "accounts:jobs", within=Capability.REGISTER_VIEW),
]


def desk(request: HttpRequest) -> dict[str, Any]:
    """Context processor; for nobody signed in it holds the day alone."""
    user = getattr(request, "user", None)
    day: datetime.date = clock.today()
    page = request.resolver_match.view_name if request.resolver_match else ""
    outside: dict[str, Any] = {
        "nav": [],
        "desk_area": None,
        "today": day,
        "who": "",
        "may_search": False,
        "help_chapter": chapter_of(page),
        "demonstration": not settings.PRODUCTION,
    }
    if not isinstance(user, User):
        return outside
    able = user.capabilities()
    area: Area | None = user.home_area
    return {
        **outside,
        "nav": _words(request.path, able),
        "desk_area": area,
        "who": f"{user.display_name}　{user.role_label}",
        "may_search": Capability.REGISTER_VIEW in able,
    }


def _words(path: str, able: frozenset[Capability]) -> list[Word]:
    """The words that the duties open; a page that this deployment does not have is left out."""
    words = []
    for word, name, capability, within, also in WORDS:
        if (capability is not None and capability not in able) or within in able:
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        words.append(Word(word, url, path == url if url == "/" else path.startswith((url, *also))))
    return words
