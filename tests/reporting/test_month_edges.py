"""A house step on the first and on the last day of a month is of that month in 危房改造月报, and of no other."""

import datetime

import pytest

from audits import procedures
from audits.models import AuditList, Entry, HouseCase
from reporting.definitions import DEFINITIONS
from reporting.report import Request
from tests.reporting.small_days import evening

OPENED = datetime.date(2018, 3, 1)


@pytest.mark.parametrize("started", [datetime.date(2018, 6, 1), datetime.date(2018, 6, 30)])
def test_a_step_on_the_edge_of_a_month_is_of_that_month(started, ground, cast, make_household):
    procedure = procedures.current("renovation", OPENED)
    made = AuditList.objects.create(
        kind="renovation", area=ground.village, year=2018, batch=1, procedure_version=procedure.version,
        stage=procedure.stages[0].key, stage_since=OPENED, opened_on=OPENED, opened_at=evening(OPENED),
    )  # fmt: skip
    entry = Entry.objects.create(
        audit_list=made, kind=made.kind, household=make_household(), area=made.area, place=1,
        entered_by=cast["village"], entered_at=evening(OPENED),
    )  # fmt: skip
    HouseCase.objects.create(entry=entry, case_number="演示1", started_on=started)
    told = {}
    for as_of in (datetime.date(2018, 5, 31), datetime.date(2018, 6, 30), datetime.date(2018, 7, 31)):
        figures = DEFINITIONS["houses"].figures(Request(ground.village, 2018, as_of), lambda *_: None)
        told[as_of.month] = [
            figures.value(ground.village.code, f"started_{span}") for span in ("month", "year")
        ]
    assert told == {5: [0, 0], 6: [1, 1], 7: [0, 1]}
