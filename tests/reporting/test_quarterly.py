"""季总结 (R304): the quarter up to the last day beside the year so far, and how far the year's plan is done."""

import datetime

import pytest

from office import clock
from reporting.definitions import DEFINITIONS
from reporting.models import ReportRun, ReportSchedule
from reporting.report import Request
from tests.reporting import office_world
from tests.reporting.test_exit_tally import TODAY, at, day, evening
from tests.reporting.test_schedules import beat
from tests.reporting.year_forms import line, opens_what_it_counts, run
from villages.models import KeyVillage

KIND = "quarterly"
STEMS = (
    "left_households", "left_persons", "back_households", "back_persons", "off_villages", "help_items", "help_yuan",
)  # fmt: skip


@pytest.fixture
def lived(ground, make_household):
    """Exits of three quarters and of the year before, one of them back in the fourth; a village; deliveries of each."""
    homes = [
        make_household(village=village, persons=size)
        for size, village in enumerate(
            (ground.village, ground.sibling_village, ground.other_village, ground.village, ground.village), 1
        )
    ]
    for place, on in enumerate(("2017-12-05", "2018-03-31", "2018-09-30", "2018-10-01")):
        homes[place].leave_poverty(**at(on))
    homes[0].return_to_poverty(**at("2018-11-01"))
    for village, on in ((ground.village, "2018-10-01"), (ground.other_village, "2018-09-30")):
        told = {"by": None, "recorded_at": evening(day(on))}
        KeyVillage.designate(area=village, level="省定", batch="十三五", on=day("2018-01-10"), **told)
        KeyVillage.objects.get(area=village).remove_cap(on=day(on), **told)
    office_world.delivered(ground, homes)
    return homes


def test_the_quarter_begins_with_its_first_day_and_the_year_with_its_own(lived, ground):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "quarter_", STEMS) == [1, 4, 1, 1, 1, 3, "440.10"]
    assert line(figures, ground.county, "year_", STEMS) == [3, 9, 1, 1, 2, 5, "640.10"]
    assert line(figures, ground.other_town, "quarter_", STEMS) == [0, 0, 0, 0, 0, 1, "100.00"]
    assert line(figures, ground.other_town, "year_", STEMS) == [1, 3, 0, 0, 1, 1, "100.00"]


@pytest.mark.parametrize(
    ("as_of", "left", "items"), [("2018-03-31", 2, 0), ("2018-06-30", 0, 2), ("2018-09-30", 3, 0)]
)
def test_each_quarter_has_its_own_figures(lived, ground, as_of, left, items):
    figures = run(KIND, ground.county, day(as_of))
    assert line(figures, ground.county, "quarter_", ("left_persons", "help_items")) == [left, items]


def test_the_parts_add_up_and_every_figure_opens_what_it_counts(lived, ground, signed_in):
    figures = run(KIND, ground.county)
    parts = [row.code for row in figures.rows if not row.top]
    for span in ("quarter_", "year_"):
        for stem in STEMS[:-1]:
            added = sum(figures.value(code, f"{span}{stem}") for code in parts)
            assert added == figures.value(ground.county.code, f"{span}{stem}"), (span, stem)
    assert opens_what_it_counts(signed_in("district"), figures) > 20


def test_how_far_the_plan_of_the_year_is_done(lived, ground, plan):
    figures = run(KIND, ground.county)
    keys = ("printed_left", "year_left_persons", "done_rate")
    assert [figures.value(ground.county.code, key) for key in keys] == [2, 9, "450.0"]
    assert [figures.value(ground.village.parent.code, key) for key in keys] == [1, 6, "600.0"]
    alone = run(KIND, ground.county, datetime.date(2018, 6, 30))
    assert alone.value(ground.county.code, "done_rate") == "100.0"


def test_the_form_names_its_quarter(lived, ground):
    summary, _ = DEFINITIONS[KIND].blocks(Request(ground.county, 2018, day("2018-09-30")))
    assert summary.title == "演示区2018年第3季度脱贫攻坚总结表"


def test_it_is_made_by_itself_each_quarter_with_the_quarters_last_day(lived, ground, cast):
    ReportSchedule.objects.create(
        kind=KIND, area=ground.county, rhythm="quarter", since=day("2018-05-15"), owner=cast["district"],
        set_at=clock.moment(),
    )  # fmt: skip
    beat()
    made = ReportRun.objects.filter(kind=KIND).order_by("as_of")
    assert [one.as_of for one in made] == [day("2018-06-30"), day("2018-09-30")]
    assert made[1].figures.value(ground.county.code, "quarter_left_persons") == 3
    assert made[1].as_of < TODAY
