"""What falls on the edge of a period is of it, and what is recorded later is of it as soon as it is known."""

import datetime
import re

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


@pytest.mark.parametrize("kind, column", [("colours", "total_persons"), ("causes", "total_persons")])
def test_who_was_entered_late_is_among_those_of_the_day_as_known_later(
    kind, column, ground, make_household, signed_in
):
    """Domain §3: as of a day is what happened by the one and was recorded by the other. Its list counts the same."""
    end, entered = datetime.date(2017, 12, 31), datetime.date(2018, 1, 5)
    first = make_household(on=datetime.date(2016, 1, 4), persons=3)
    first.refresh_colour(datetime.date(2016, 1, 4))
    late = make_household(on=None, persons=2)
    late.register(on=end, by=None, origin="历史导入", recorded_at=evening(entered))
    definition, told = DEFINITIONS[kind], []
    for as_of in (end, datetime.date(2018, 1, 8)):
        cell = definition.figures(Request(ground.county, 2017, as_of), lambda *_: None).cell(
            ground.county.code, column
        )
        page = signed_in("district").get(cell.list_url).content.decode()
        assert re.search(r'data-persons="(\d+)"', page)[1] == str(cell.value)
        told.append(cell.value)
    assert told == [3, 5]
