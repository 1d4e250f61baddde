"""督查情况统计表 (R314): inspections by kind, monthly reports, and how far the problems are put right, as of a day."""

from datetime import timedelta

import pytest

from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request
from tests.audits.driver import evening
from tests.reporting import office_world
from tests.reporting.test_exit_tally import day
from tests.reporting.year_forms import line, opens_what_it_counts, run
from villages.models import Inspection, Rectification

KIND = "supervision"
LOOKED = ("total", "resident", "monthly", "third", "poor", "fed", "report", "dispatch")
MENDED = (
    "problems",
    "inspection",
    "other",
    "open",
    "under_way",
    "reported",
    "closed",
    "late",
    "left",
    "left_late",
)


@pytest.fixture
def inspected(ground, cast):
    office_world.inspected(ground, cast["town"], cast["district"])


def test_inspections_and_reports_of_the_month_and_of_the_year(inspected, ground):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "month_", LOOKED) == [2, 1, 1, 0, 1, 0, 1, 0]
    assert line(figures, ground.county, "year_", LOOKED) == [4, 1, 2, 1, 1, 2, 2, 1]
    assert figures.value(f"{ground.county.code}-own", "year_report") == 2
    assert line(figures, ground.other_town, "year_", LOOKED) == [1, 0, 0, 1, 0, 1, 0, 0]


def test_of_an_earlier_day_counts_what_was_known_and_stood_then(inspected, ground):
    """What was written down later, and what was struck out later, as the day knew it."""
    figures = run(KIND, ground.county, day("2018-10-31"))
    assert line(figures, ground.county, "year_", LOOKED) == [3, 0, 2, 1, 0, 1, 1, 1]
    for as_of, count in (("2018-11-06", 2), ("2018-11-09", 3), ("2018-11-12", 2)):
        assert run(KIND, ground.county, day(as_of)).value(ground.county.code, "year_monthly") == count, as_of


def test_problems_stand_where_their_steps_had_left_them(inspected, ground):
    now, before = run(KIND, ground.county), run(KIND, ground.county, day("2018-09-10"))
    assert line(now, ground.county, "", MENDED) == [4, 2, 2, 1, 1, 1, 1, 1, 1, 1]
    # One was reported and not sent back yet, one was not found yet; the old one was not late yet.
    assert line(before, ground.county, "", MENDED) == [3, 2, 1, 1, 0, 1, 1, 1, 1, 0]
    assert line(now, ground.other_town, "", MENDED[:1]) == [1]


@pytest.mark.parametrize("as_of", ["2018-11-20", "2018-09-10", "2018-10-31"])
def test_the_parts_add_up_and_every_figure_opens_what_it_counts(inspected, ground, signed_in, as_of):
    figures = run(KIND, ground.county, day(as_of))
    parts = [row.code for row in figures.rows if not row.top]
    for cell in figures.cells:
        if cell.row == ground.county.code:
            assert sum(figures.value(code, cell.column) for code in parts) == cell.value, cell
    assert opens_what_it_counts(signed_in("district"), figures) > 20


def test_the_list_of_a_past_day_says_the_state_of_that_day(inspected, ground, signed_in):
    address = run(KIND, ground.county, day("2018-09-10")).cell(ground.county.code, "reported").list_url
    page = signed_in("district").get(address).content.decode()
    assert ">待验收</span>" in page and ">整改中</span>" not in page


def test_what_was_struck_out_has_no_day_of_knowing(inspected, signed_in):
    page = signed_in("district").get("/villages/inspections/", {"as_of": "2018-11-20", "stands": "struck"})
    assert "登记截至只用于有效的记录" in page.content.decode()


def test_nothing_to_count_is_said(ground):
    with pytest.raises(ReportRefused, match="没有督查、月度报告和要整改的问题"):
        run(KIND, ground.county)
    with pytest.raises(ReportRefused, match="还没有数"):
        DEFINITIONS[KIND].check(Request(ground.county, 2019, office_world.TODAY))


def test_a_problem_extended_keeps_its_state(ground, cast):
    """延期 moves the limit, the state stays."""
    one = Rectification.objects.create(
        area=ground.village, source="督查", problem="演示", holder="演示", due_on=day("2018-03-01"),
        recorded_at=evening(day("2018-01-05")),
    )  # fmt: skip
    one.plan(measures="演示", by=cast["town"], at=evening(day("2018-01-06")))
    one.extend(due_on=day("2018-12-01"), note="演示", by=cast["district"], at=evening(day("2018-02-01")))
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "", ("under_way", "late")) == [1, 0]


def test_a_problem_is_late_from_the_day_after_its_limit(ground):
    Rectification.objects.create(
        area=ground.village, source="督查", problem="演示", holder="演示", due_on=day("2018-03-01"),
        recorded_at=evening(day("2018-01-05")),
    )  # fmt: skip
    for as_of, late in (("2018-03-01", 0), ("2018-03-02", 1)):
        assert run(KIND, ground.county, day(as_of)).value(ground.county.code, "late") == late, as_of


def test_what_was_fed_back_counts_from_its_day(inspected, ground):
    (fed, *_) = Inspection.objects.filter(fed_on__isnull=False).order_by("fed_on")
    told = [
        run(KIND, ground.county, on).value(ground.county.code, "year_fed")
        for on in (fed.fed_on - timedelta(days=1), fed.fed_on)
    ]
    assert told == [0, 1]


def test_what_was_closed_in_an_earlier_year_is_left_over_no_more(inspected, ground):
    left = run(KIND, ground.county, day("2019-01-05")).value(ground.county.code, "left")
    unfinished = [
        one for one in Rectification.objects.all() if one.state != "已销号" and one.recorded_at.year < 2019
    ]
    assert Rectification.objects.filter(state="已销号").exists() and left == len(unfinished)


def test_an_inspection_of_the_first_day_of_a_month_is_of_that_month(inspected, ground):
    Inspection.objects.update(on=day("2018-11-01"))
    figures = run(KIND, ground.county)
    assert (
        figures.value(ground.county.code, "month_total")
        == figures.value(ground.county.code, "year_total")
        > 0
    )
