"""Assessments of the demonstration: 2016 settled, 2017 drawn up and waiting for the leading group."""

import datetime

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from demo.store import at
from reporting import settling
from reporting.definitions.assessment import DEFINITION
from reporting.models import ReportRun, TownAssessment
from villages.models import Rectification
from villages.models.rectification import Source

SETTLED, WAITING = 2016, 2017
YEARS = (SETTLED, WAITING)
DRAWN_ON, SETTLED_ON = (1, 10), (1, 20)  # month and day of the next year
DAY = datetime.timedelta(days=1)


def load(county: Area) -> None:
    """From the kept sheets of both years; nothing where an assessment is there already."""
    if TownAssessment.objects.filter(area__parent=county).exists():
        return
    clerk, leader = (
        User.objects.get(username=f"{role}-{county.code}") for role in (Role.DISTRICT, Role.LEADER)
    )
    for year in YEARS:
        run = ReportRun.objects.filter(kind=DEFINITION.kind, area=county, year=year).first()
        if run is None:
            continue
        TownAssessment.draw(run, settling.facts(run), by=clerk, at=at(datetime.date(year + 1, *DRAWN_ON)))
        if year == SETTLED:
            rows = TownAssessment.objects.filter(area__parent=county, year=year)
            on = at(datetime.date(year + 1, *SETTLED_ON))
            TownAssessment.settle(rows, document=f"演示〔{year + 1}〕1号", by=leader, at=on)
            _mended(county, clerk, leader, datetime.date(year + 1, *SETTLED_ON))


def _mended(county: Area, clerk: User, leader: User, settled_on: datetime.date) -> None:
    """What the settled year found missed was put right in the spring after it."""
    missed = Rectification.objects.filter(area__parent=county, source=Source.ASSESSMENT)
    for one in missed.filter(recorded_by=leader):
        one.plan(measures="逐村排任务，挂图作战（演示）", by=clerk, at=at(settled_on + 10 * DAY))
        one.report(result="任务已补上（演示）", by=clerk, at=at(settled_on + 60 * DAY))
        one.verify(note="复核属实（演示）", by=leader, at=at(settled_on + 70 * DAY))
