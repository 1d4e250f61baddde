"""Key villages that take off their caps in late 2018: a list of one village at each stage of the procedure.

Six of the plan's 46 stand on the list by then, fewer than the stages. Four that had left came back in the spring,
as the look at them again found (invented, marked 演示): three are on their way out again, and the home village of
the accounts can apply.
"""

import datetime

from accounts.models import User
from areas.models import Area
from audits.models import AuditList
from audits.procedures import ListKind
from demo.accounts import VILLAGE
from demo.desk import Desk
from demo.store import at
from villages.models import KeyVillage

PLANNED = 2018
BACK_ON = datetime.date(2018, 3, 20)
BACK = ("夹坊村", "姜庄村", "新河崖村", VILLAGE)
BACK_REASON = "演示：退出后回头看，集体收入和安全饮水不稳定，返回重点村"
OF_HOME = "review"
ELSEWHERE = (
    "application",
    "village-notice",
    "submission",
    "acceptance",
    "decision",
    "announcement",
    "filing",
    "strike-off",
)
# Whose sheet hangs, or is about to; the others began in October.
LATE, EARLY = datetime.date(2018, 11, 5), datetime.date(2018, 10, 10)
NEAR_ITS_START = ("application", "review", "village-notice")
READY = ("village-notice", "announcement")


def come_back(by: User) -> None:
    """返回, before anybody is helped and before the lists of the year."""
    for key in KeyVillage.objects.filter(area__name__in=BACK, on_list=False).order_by("area__code"):
        key.return_to_list(on=BACK_ON, by=by, recorded_at=at(BACK_ON), reason=BACK_REASON)


def plan(by: User) -> None:
    """Every village still on the list is to leave in the last year of the plan."""
    for key in KeyVillage.objects.filter(on_list=True).select_related("area").order_by("area__code"):
        key.plan_exit(PLANNED, by=by, reason="演示：列入2018年退出计划")


def write(county: Area, desk: Desk, home_town: Area) -> list[AuditList]:
    """The lists; the village that may still apply is on none."""
    stages, lists = list(ELSEWHERE), []
    standing = KeyVillage.objects.filter(on_list=True, area__parent__parent=county).exclude(
        area__name=VILLAGE
    )
    for key in standing.select_related("area__parent__parent").order_by("area__code"):
        town = key.area.parent
        if town is None:
            raise ValueError(f"{key.area} lies in no town")
        stage = OF_HOME if town.pk == home_town.pk else stages.pop(0)
        opened = desk.open(
            ListKind.VILLAGE_EXIT, town, [key.area], on=LATE if stage in NEAR_ITS_START else EARLY
        )
        desk.reach(opened, stage, opened.opened_on, ready=stage in READY)
        lists.append(opened)
    return lists
