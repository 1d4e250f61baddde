"""含村: a form with the parts of its parts is the form itself, each part's own form beneath its row, added up once."""

import csv
import io

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from office import clock
from office.jobs import run_now
from office.models import JobState
from reporting import nesting, sums
from reporting.definitions import DEFINITIONS
from reporting.files import as_csv, as_json, as_workbook
from reporting.jobs import parameters
from reporting.models import ReportRun
from reporting.report import Mark, ReportRefused, Request
from tests.reporting.golden import compared
from tests.reporting.test_exit_tally import TODAY, at
from tests.reporting.test_workbooks import MADE, county  # noqa: F401

NESTING = [kind for kind, one in DEFINITIONS.items() if one.nests]


def made(kind, area, nested=True, year=2018) -> ReportRun:
    job = run_now("report", params=parameters(kind, area, year, TODAY, nested=nested))
    assert job.state == JobState.DONE, job.error
    return ReportRun.objects.get(pk=job.result["run"])


@pytest.fixture
def lived(ground, make_household, plan):
    """Homes in three of the villages; one left in 2018."""
    homes = [
        make_household(village=village, persons=persons)
        for village, persons in ((ground.village, 1), (ground.sibling_village, 3), (ground.other_village, 4))
    ]
    homes[1].leave_poverty(**at("2018-03-01"))
    return ground.county


def test_the_rows_of_a_town_stand_beneath_it_and_the_rest_is_as_before(lived, ground):
    nested, plain = made("exit-tally", lived), made("exit-tally", lived, nested=False)
    rows = {row.code: row for row in nested.figures.rows}
    assert [rows[row.code] for row in plain.figures.rows] == plain.figures.rows
    assert [cell for cell in nested.figures.cells if not rows[cell.row].under] == plain.figures.cells
    below = [row for row in nested.figures.rows if row.under]
    assert {(row.code, row.under) for row in below} >= {
        (ground.village.code, ground.town.code),
        (ground.sibling_village.code, ground.town.code),
        (ground.other_village.code, ground.other_town.code),
    }
    codes = [row.code for row in nested.figures.rows]
    assert (
        codes.index(ground.town.code) < codes.index(ground.village.code) < codes.index(ground.other_town.code)
    )
    assert (rows[lived.code].level, rows[ground.town.code].level, rows[ground.village.code].level) == (
        0,
        1,
        2,
    )


def test_the_lines_of_a_town_are_those_of_its_own_form(lived, ground):
    nested, own = made("causes", lived).figures, made("causes", ground.town, nested=False).figures
    for cell in own.cells:
        assert nested.cell(cell.row, cell.column) == cell
    assert [row.name for row in nested.rows if row.under == ground.town.code] == [
        row.name for row in own.rows if not row.top
    ]


def test_a_village_where_nothing_is_has_its_line_of_noughts(lived, ground):
    empty = ground.sibling_village
    figures = made("causes", lived).figures
    assert figures.value(empty.code, "total_households") == 0


def test_what_a_town_comes_to_alone_is_held_against_its_row(lived, ground):
    run = made("exit-tally", lived)
    definition, figures = DEFINITIONS[run.kind], run.figures
    checks = sums.checks_of(definition, figures, run.figures.blocks)
    assert sums.broken(checks) == []
    assert {sums.ALONE, sums.BELOW_SUM} <= {check.word for check in checks}
    place = next(
        i for i, cell in enumerate(figures.cells) if cell.row == ground.town.code and cell.value == 4
    )
    wrong = figures.cells[place]
    figures.cells[place] = type(wrong)(wrong.row, wrong.column, 5, wrong.unit, wrong.list_url)
    figures.__post_init__()
    broken = {(check.word, check.place, check.shown, check.other)
              for check in sums.broken(sums.checks_of(definition, figures, run.figures.blocks))}  # fmt: skip
    town = next(row.name for row in figures.rows if row.code == ground.town.code)
    assert {(sums.ALONE, town, 5, 4), (sums.BELOW_SUM, town, 5, 4)} <= broken


def test_csv_and_json_say_of_what_a_row_is_a_part(lived, ground):
    run = made("exit-tally", lived)
    lines = list(csv.DictReader(io.StringIO(as_csv(run).decode("utf-8-sig"))))
    told = {(one["row"], one["level"], one["under"]) for one in lines}
    assert told == {(one["row"], f"{one['level']}", one["under"]) for one in as_json(run)["cells"]}
    assert {
        (lived.code, "0", ""),
        (ground.town.code, "1", lived.code),
        (ground.village.code, "2", ground.town.code),
    } <= told
    of_towns = [one for one in lines if one["level"] == "1" and one["column"] == "now_persons"]
    (whole,) = [one for one in lines if one["level"] == "0" and one["column"] == "now_persons"]
    assert sum(int(one["value"]) for one in of_towns) == int(whole["value"])


def test_the_workbook_sets_villages_in_and_towns_apart(lived, ground):
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(made("exit-tally", lived), MADE))).worksheets[0]
    first = {cell.value: cell for cell in sheet["A"]}
    town, village = first["东演示"], first[ground.village.name]
    assert "含村" in sheet["A1"].value and first["镇（街）、村（社区）"]
    assert town.font.b and town.fill.fill_type and not village.font.b
    assert village.alignment.indent == 1 and not town.alignment.indent
    assert sheet.row_dimensions[village.row].outlineLevel == 1
    assert not sheet.sheet_properties.outlinePr.summaryBelow


def test_charts_have_each_area_once(lived):
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(made("exit-tally", lived), MADE)))
    assert [cell.value for cell in book["图1"]["A"] if cell.value and "演示" in cell.value][-2:] == [
        "东演示",
        "西演示",
    ]


def test_marks_are_numbered_through(lived, ground):
    figures = DEFINITIONS["exit-tally"].figures(Request(lived, 2017, TODAY), lambda *_: None)
    (mark,) = figures.marks
    below = DEFINITIONS["exit-tally"].figures(Request(ground.town, 2017, TODAY), lambda *_: None)
    below.marks = [
        Mark(ground.village.code, mark.column, "①", ("x",)),
        Mark(ground.town.code, mark.column, "②", ("y",)),
    ]
    joined = nesting.joined(figures, {ground.town.code: below})
    assert [(one.row, one.sign) for one in joined.marks] == [(lived.code, "①"), (ground.village.code, "②")]


def test_the_page_sets_them_in_and_adds_up_the_towns(lived, ground, signed_in):
    run = made("exit-tally", lived)
    page = signed_in("district").get(f"/reports/runs/{run.pk}/").content.decode()
    assert page.count('<tr class="inner">') == sum(bool(row.under) for row in run.figures.rows)
    assert page.count('<tr class="part">') == 2 and "二处相加" in page and "含村）" in page


@pytest.mark.parametrize("kind", sorted({*DEFINITIONS} - {*NESTING}))
def test_a_form_whose_rows_are_no_areas_or_the_plan_s_own_has_no_further_level(kind, county_asked):
    with pytest.raises(ReportRefused, match="不再分下一级"):
        nesting.check(DEFINITIONS[kind], county_asked)


@pytest.fixture
def county_asked(ground, monkeypatch):
    for kind in {*DEFINITIONS} - {*NESTING}:
        monkeypatch.setitem(DEFINITIONS, kind, type(DEFINITIONS[kind])(
            **{**vars(DEFINITIONS[kind]), "check": lambda request: None}))  # fmt: skip
    return Request(ground.county, 2018, TODAY, clock.shift(), nested=True)


@pytest.mark.parametrize("level", ["town", "village"])
def test_below_the_rows_of_a_town_there_is_nothing(level, lived, ground, signed_in):
    area = getattr(ground, level)
    asked = {"kind": "exit-tally", "area": area.code, "year": "2018", "as_of": f"{TODAY}", "nested": "on"}
    answer = signed_in("district").post("/reports/", asked)
    assert answer.status_code == 422 and "没有再下一级" in answer.content.decode()


def test_equal_means_with_the_same_levels(lived):
    asked = [parameters("causes", lived, 2018, TODAY, nested=nested) for nested in (True, False)]
    assert asked[0] != asked[1]
    one, other = made("causes", lived), made("causes", lived, nested=False)
    assert one.nested and not other.nested and one.checksum != other.checksum


def test_the_command_has_them_too(lived, ground, capsys):
    call_command("report", "causes", "--year", "2018", "--area", lived.code, "--nested")
    assert f'"under": "{ground.town.code}"' in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有再下一级"):
        call_command("report", "causes", "--year", "2018", "--area", ground.town.code, "--nested")


def test_the_province_has_its_counties_beneath_its_cities(lived, ground):
    figures = made("causes", ground.province).figures
    assert {row.code for row in figures.rows if row.under} >= {ground.county.code, ground.other_county.code}
    assert all(row.under == ground.city.code for row in figures.rows if row.under)


def test_a_nested_form_is_laid_out_as_it_was_looked_at(lived):
    compared("nested-exit-tally", as_workbook(made("exit-tally", lived), MADE))


def test_a_nested_form_of_several_lines_an_area_is_laid_out_as_it_was_looked_at(county):  # noqa: F811
    compared("nested-coverage", as_workbook(made("coverage", county), MADE))
