"""Every official form as it was once looked at: sheets, heads, merges, formats, fills, sums. GOLDEN=write keeps anew."""

import datetime
import re
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest

from audits.procedures import ListKind
from measures.models import Measure, Policy
from office.clock import SHANGHAI
from reporting import goals
from reporting.definitions import DEFINITIONS
from reporting.files import as_workbook
from reporting.models import ReportRun
from reporting.report import Request
from tests.audits.driver import Driver
from tests.measures.test_points import point
from tests.reporting import golden, office_world
from tests.reporting.golden import compared
from tests.reporting.test_exit_tally import at, day
from villages import indicators
from villages.models import KeyVillage

TODAY = office_world.TODAY
# Kept by test_other_workbooks.py and test_nesting.py.
OTHERS = {
    "details",
    "distribution-household-exit",
    "distribution-village-exit",
    "nested-coverage",
    "nested-exit-tally",
    "plan-marked",
    "plan-plain",
    "plan-rolling",
    "plan-two-rows",
    "planned-villages",
}
MADE = datetime.datetime(2018, 11, 20, 18, tzinfo=SHANGHAI)


@pytest.fixture
def county(ground, plan, cast, make_household, office_day, monkeypatch):
    """A small county in which every form has something to say."""
    office_day(datetime.date(2015, 12, 1))
    homes = [
        make_household(village=village, persons=persons, poverty_cause=cause)
        for village, persons, cause in (
            (ground.village, 1, "因病"),
            (ground.sibling_village, 3, "因残"),
            (ground.other_village, 4, "因病"),
            (ground.village, 2, "缺劳力"),
        )
    ]
    for home in homes:
        home.refresh_colour(datetime.date(2016, 3, 1))
    homes[2].leave_poverty(**at("2016-12-05"))
    homes[3].leave_poverty(**at("2017-12-05"))
    homes[3].return_to_poverty(**at("2018-03-01"))
    KeyVillage.designate(
        area=ground.village, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None,
        recorded_at=MADE.replace(year=2016),
    )  # fmt: skip
    type(homes[0]).objects.filter(pk__in=[homes[0].pk, homes[2].pk]).update(reservoir_resettler=True)
    point(ground.village, "TASK-PROCESS", "2017-03-01")
    point(ground.other_town, "TASK-ECOM-TOWN", "2017-03-01")
    indicators.load_goals(ground.county)
    office_world.funded(ground)
    office_world.helped(ground)
    office_world.inspected(ground, cast["town"], cast["district"])
    office_world.delivered(ground, homes)
    office_world.looked_after(homes)
    office_world.listed(ground, cast, make_household, office_day)
    for kind in (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT, ListKind.REVERSAL):
        Driver(ground, cast).open(kind, on=TODAY)
    helped_out(make_household(village=ground.other_village, persons=2, poverty_cause="因学"))
    due(homes[0])
    # Of the paths of a plan this county has one printed.
    known = goals.goals()
    printed = replace(known[0], key="ecology", of=ground.county.name, figure=5)
    monkeypatch.setattr(goals, "goals", lambda: (*known, printed))
    return ground.county


def helped_out(home) -> None:
    """Left this year; what was planted with it the year before is its channel."""
    given(home, Policy.objects.filter(chapter="生态").order_by("pk").first(), "2017-06-01")
    home.leave_poverty(**at("2018-06-10"))


def due(home) -> None:
    """A person and a household that have what they are due."""
    old = home.persons.get()
    for rows in (type(old).objects.filter(pk=old.pk), old.history.all()):
        rows.update(birth_date=day("1936-05-01"), labour_capacity="弱劳动力或半劳动力")
    for code, person in (("AGE-80", old), ("PROJECT-PER-HH", None)):
        given(home, Policy.objects.in_force(day("2018-04-01")).get(code=code), "2018-04-01", person=person)


def given(home, policy, on: str, **to) -> None:
    Measure.objects.create(
        policy=policy, household=home, year=day(on).year, state="落实", planned_on=day(on), delivered_on=day(on),
        payer="演示局", amount=Decimal(10), unit="元", **to,
    )  # fmt: skip


def test_every_form_is_laid_out_as_it_was_looked_at(county):
    for kind, definition in DEFINITIONS.items():
        request = Request(county, 2018, TODAY)
        definition.check(request)
        figures = definition.figures(request, lambda *_: None)
        run = ReportRun(
            pk=uuid.UUID(int=1), kind=kind, area=county, year=2018, as_of=TODAY,
            figures_stored=figures.stored(), checksum=figures.checksum(),
        )  # fmt: skip
        compared(kind, as_workbook(run, MADE, definition.sheets(request)))


def test_every_sheet_that_is_kept_counts_something():
    """Noughts alone would be laid out alike, whatever they are formed of."""
    for path in golden.KEPT.glob("*.txt"):
        for sheet in path.read_text().split("## ")[1:]:
            numbers = re.findall(r"\| (-?[\d.]+)\[", sheet)
            assert not numbers or any(map(float, numbers)), (path.stem, sheet.split()[0])


def test_the_kept_forms_are_those_of_the_kinds_there_are_and_the_others():
    assert {path.stem for path in golden.KEPT.iterdir()} == {*DEFINITIONS, *OTHERS}
