"""`report KIND`: JSON alone on stdout, or a file; the same figures in every form; refusals with exit code 1."""

import csv
import datetime
import io
import json
import re
from decimal import Decimal

import openpyxl
import pytest
from django.core.management import CommandError, call_command

from office.models import Job, JobState
from reporting.management.commands.report import Command
from reporting.models import ReportRun
from tests.reporting.conftest import PLANNED
from tests.reporting.test_exit_tally import at
from villages.models import KeyVillage


@pytest.fixture
def county(ground, make_household, plan):
    home, _ = (
        make_household(village=village, persons=2) for village in (ground.village, ground.other_village)
    )
    home.leave_poverty(**at("2016-03-05"))
    home.return_to_poverty(**at("2016-10-08"))
    since = {"on": datetime.date(2012, 1, 1), "by": None, "recorded_at": PLANNED.replace(year=2012)}
    KeyVillage.designate(area=ground.village, level="市定", batch="十二五", **since)
    return ground.county


def report(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("report", *arguments, stdout=out)
    return json.loads(out.getvalue())


def amounts(values) -> list[Decimal]:
    """The numbers among them; a rate is kept as text and written as a number."""
    return [Decimal(str(value)) for value in values if re.fullmatch(r"-?\d+(\.\d)?", str(value))]


def refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refusal:
        call_command("report", *arguments, stdout=io.StringIO())
    assert refusal.value.returncode == 1
    return str(refusal.value)


@pytest.mark.parametrize(
    "kind",
    ["exit-tally", "rolling-plan", "returns", "key-villages", "indicators", "causes", "colours", "coverage"],
)
def test_without_area_the_county_that_holds_the_whole_register(county, ground, kind):
    answer = report(kind, "--year", "2016")
    assert set(answer) == {"run", "cells"}
    assert {cell["row"] for cell in answer["cells"]} == {
        ground.county.code,
        ground.town.code,
        ground.other_town.code,
    }
    assert all(set(cell) == {"row", "column", "value", "unit", "list_url"} for cell in answer["cells"])
    assert ReportRun.objects.get(pk=answer["run"]).area == county


def test_the_same_again_gives_the_same_figures_and_checksum(county):
    first, second = report("exit-tally", "--year", "2016"), report("exit-tally", "--year", "2016")
    assert first["cells"] == second["cells"]
    assert first["run"] != second["run"]
    assert len(set(ReportRun.objects.values_list("checksum", flat=True))) == 1


@pytest.mark.parametrize("kind", ["exit-tally", "rolling-plan", "returns"])
def test_workbook_csv_json_and_screen_have_the_same_figures(county, kind, tmp_path, signed_in):
    paths = {form: tmp_path / f"表.{form}" for form in ("xlsx", "csv", "json")}
    for path in paths.values():
        out = io.StringIO()
        call_command("report", kind, "--year", "2016", "--out", str(path), stdout=out)
        assert out.getvalue() == ""
    cells = json.loads(paths["json"].read_text())["cells"]
    rows = list(csv.DictReader(io.StringIO(paths["csv"].read_bytes().decode("utf-8-sig"))))
    assert [(row["row"], row["column"], row["value"]) for row in rows] == [
        (cell["row"], cell["column"], "" if cell["value"] is None else str(cell["value"])) for cell in cells
    ]
    run = ReportRun.objects.filter(kind=kind).latest("created_at")
    book, client = openpyxl.load_workbook(paths["xlsx"]), signed_in("district")
    blocks = client.get(f"/reports/runs/{run.pk}/").context["blocks"]
    for sheet, block in zip(book.worksheets, blocks, strict=False):
        keys = [key for _, line in block.line_keys() for key in line]
        wanted = [run.figures.value(row.code, key) for row in run.figures.rows for key in keys]
        written = [cell.value for line in sheet.iter_rows(min_row=3 + block.depth) for cell in line[1:]]
        lines = client.get(f"/reports/runs/{run.pk}/?block={block.key}").context["lines"]
        shown = [cell.text.replace("−", "-").replace("＋", "") for line in lines for cell in line.cells]
        assert shown == ["" if value is None else str(value) for value in wanted]
        assert amounts(written) == amounts(wanted)
    assert book.sheetnames[-1] == "来源"
    source = {line[0].value: line[1].value for line in book["来源"].iter_rows() if line[0].value}
    assert source["数字校验码"] == run.checksum


def test_the_official_form_has_merged_head_unit_notes_and_signatures(county, tmp_path):
    path = tmp_path / "规划.xlsx"
    call_command("report", "rolling-plan", "--year", "2018", "--out", str(path), stdout=io.StringIO())
    sheet = openpyxl.load_workbook(path)["照印"]
    texts = {str(cell.value) for line in sheet.iter_rows() for cell in line if cell.value}
    assert "A3:A6" in {str(merged) for merged in sheet.merged_cells.ranges}
    assert any(text.startswith("单位：") for text in texts)
    assert any("制表人" in text for text in texts) and any("审核人" in text for text in texts)
    assert sheet["A7"].value == "全区"
    marked = [cell for line in sheet.iter_rows() for cell in line if cell.comment]
    assert [cell.value for cell in marked] == [6, 17]


def test_a_user_sees_only_the_own_area(county, ground, cast):
    assert "没有这个区划" in refused(
        "exit-tally", "--year", "2016", "--area", ground.other_town.code, "--user", "town"
    )
    assert report("exit-tally", "--year", "2016", "--user", "town")["cells"][0]["row"] == ground.town.code


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--year", "2016", "--area", "999999000000"), "没有这个区划"),
        (("--year", "2019"), "还没有数"),
        (("--year", "2013"), "名册从2015年开始"),
        (("--year", "0"), "没有登记"),
        (("--year", "2016", "--as-of", "2030-01-01"), "不能晚于今天"),
        (("--year", "2016", "--user", "nobody"), "没有用户"),
        (("--year", "2016", "--user", "auditor"), "没有这个区划"),
        (("--year", "2016", "--user", "helper"), "不能生成报表"),
    ],
)
def test_what_cannot_be_done_is_refused_with_its_reason(county, cast, arguments, reason):
    assert reason in refused("exit-tally", *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-kind", "--year", "2016"),
        ("exit-tally", "--year", "last"),
        ("exit-tally",),
        ("exit-tally", "--year", "2016", "--out", "table.pdf"),
        ("exit-tally", "--year", "2016", "--as-of", "yesterday"),
    ],
)
def test_wrong_usage_is_an_error_of_usage(db, arguments):
    with pytest.raises(SystemExit) as usage:
        Command().run_from_argv(["manage.py", "report", *arguments])
    assert usage.value.code == 2
    assert not Job.objects.exists()


def test_an_empty_register_wants_an_area(ground):
    assert "--area" in refused("exit-tally", "--year", "2016")
    assert "还没有登记过贫困户" in refused("exit-tally", "--year", "2016", "--area", ground.county.code)


def test_the_command_is_a_job_like_any_other(county):
    report("exit-tally", "--year", "2016")
    job = Job.objects.get()
    assert (job.kind, job.state, job.done_count) == ("report", JobState.DONE, 2)
    assert job.result["url"] == f"/reports/runs/{job.result['run']}/"
