"""No kind makes an empty file: a clear reason is given instead, whatever is missing."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from households.models import ColourChange
from office import clock
from office.models import Job
from reporting.definitions import DEFINITIONS
from reporting.models import PlanCell, ReportFile, ReportRun
from reporting.report import ReportRefused, Request
from tests.reporting.test_exit_tally import TODAY, day


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_an_empty_area_is_refused_with_the_reason(ground, kind):
    for area in (ground.county, ground.village):
        with pytest.raises(ReportRefused, match="没有"):
            DEFINITIONS[kind].check(Request(area, 2018, TODAY))


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_a_year_without_data_is_refused_with_the_reason(ground, make_household, kind):
    make_household()
    for year in (1999, 2012, 2099):
        with pytest.raises(ReportRefused, match=f"{year}年"):
            DEFINITIONS[kind].check(Request(ground.county, year, TODAY))


@pytest.mark.parametrize("kind", DEFINITIONS)
def test_a_year_of_the_register_gives_figures_or_a_reason(ground, make_household, kind, tmp_path):
    """From the first one on: a form has columns and a number, or it is refused; noughts and blanks alone are no count."""
    make_household(on=day("2014-06-01"))
    for year in range(2014, 2019):
        as_of = min(TODAY, day(f"{year}-12-31"))
        asked = ["report", kind, "--year", f"{year}", "--area", ground.county.code, "--as-of", f"{as_of}"]
        try:
            call_command(*asked, "--out", str(tmp_path / f"{year}.csv"), stdout=io.StringIO())
        except CommandError as reason:
            assert "没有" in str(reason)
            assert not (tmp_path / f"{year}.csv").exists()
        else:
            figures = ReportRun.objects.get(kind=kind, year=year).figures
            assert figures.blocks and any(cell.value for cell in figures.cells), year


@pytest.mark.parametrize("kind", ["rolling-plan", "two-standards", "yearly-goals"])
def test_a_town_with_nothing_is_refused_though_its_county_has_a_plan(ground, plan, kind, tmp_path):
    PlanCell.objects.filter(area=ground.other_town).update(area=None)
    with pytest.raises(CommandError, match="没有一项有数"):
        call_command(
            "report", kind, "--year", "2018", "--area", ground.other_town.code, "--out", str(tmp_path / "表.xlsx"),
            stdout=io.StringIO(),
        )  # fmt: skip
    assert not ReportFile.objects.exists()


@pytest.mark.parametrize("kind", ["rolling-plan", "two-standards", "yearly-goals"])
def test_a_town_of_which_the_plan_says_nothing_but_that_all_leave_has_its_file(ground, plan, kind, tmp_path):
    """A word of the plan is a figure, though no number stands beside it."""
    of_town = PlanCell.objects.filter(area=ground.other_town)
    only = of_town.get(group="贫困人口脱贫", standard="省定", year="2016")
    of_town.exclude(pk=only.pk).update(area=None)
    PlanCell.objects.filter(pk=only.pk).update(value="全部脱贫")
    out = tmp_path / "表.csv"
    call_command("report", kind, "--year", "2018", "--area", ground.other_town.code, "--out", str(out),
                 stdout=io.StringIO())  # fmt: skip
    assert "全部脱贫" in out.read_text()


def test_persons_in_ten_thousands_are_figures(ground, make_household, tmp_path):
    """Kept as the text of a decimal; no village, and no plan."""
    make_household(on=day("2014-06-01"))
    call_command(
        "report", "two-standards", "--year", "2018", "--area", ground.county.code, "--as-of", f"{TODAY}",
        "--out", str(tmp_path / "表.csv"), stdout=io.StringIO(),
    )  # fmt: skip
    assert ReportRun.objects.get().kind == "two-standards"


@pytest.mark.parametrize("kind", ["rolling-plan", "two-standards", "yearly-goals", "causes", "structure"])
def test_an_area_that_has_nobody_on_the_day_is_refused(ground, make_household, kind):
    """First registered later, without a plan; or, of forms that sort who is on the register, all gone by then."""
    home = make_household(on=day("2017-06-01"))
    with pytest.raises(ReportRefused, match="没有"):
        DEFINITIONS[kind].check(Request(ground.county, 2016, day("2016-12-31")))
    DEFINITIONS[kind].check(Request(ground.county, 2017, day("2017-12-31")))
    if kind in ("causes", "structure"):
        home.leave_poverty(
            on=day("2018-05-01"), by=None, origin="历史导入", recorded_at=clock.end_of(day("2018-05-01"))
        )
        with pytest.raises(ReportRefused, match="没有在册的户"):
            DEFINITIONS[kind].check(Request(ground.county, 2018, TODAY))


def test_without_a_poverty_line_nobody_has_a_colour_and_that_is_said(ground, make_household):
    home = make_household()
    ColourChange.objects.all().delete()
    with pytest.raises(ReportRefused, match="请到“扶贫标准”公布"):
        DEFINITIONS["colours"].check(Request(ground.county, 2018, TODAY))
    ColourChange.objects.create(household=home, on=day("2018-01-05"), colour="红")
    DEFINITIONS["colours"].check(Request(ground.county, 2018, TODAY))


def test_a_refused_report_leaves_its_reason_and_no_file(ground, tmp_path):
    out = tmp_path / "表.xlsx"
    with pytest.raises(CommandError, match="还没有登记过贫困户"):
        call_command(
            "report", "causes", "--year", "2018", "--area", ground.county.code, "--out", str(out),
            stdout=io.StringIO(),
        )  # fmt: skip
    assert not out.exists() and not ReportRun.objects.exists() and not ReportFile.objects.exists()
    assert "没有可统计的数" in Job.objects.get().error
