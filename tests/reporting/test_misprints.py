"""Likely misprints: the fewest figures whose change lets every rule hold, said beside the table and never changed."""

import io
import json

import highspy  # noqa: F401  (missing, these tests fail: they are never left out)
import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from reporting import misprints
from reporting.models import PlanTable
from reporting.reading import read_plan
from reporting.reconcile import reconcile
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import DATA, as_csv, cells, changed, errors, persons, read, villages

# 004 专栏2, of its persons leaving: base 省定 and 国标; leaving 2016 省定, 国标, 2017, 2018, 合计 省定, 国标.
PRINTED = {
    "全区": (7294, 4221, 6039, 4221, 1422, 299, 7760, 4221),
    "张山子": (1853, 551, 1503, 551, 375, 24, 1902, 551),
    "涧头集": (2456, 1857, 2054, 1857, 459, 77, 2590, 1857),
    "运河": (125, 70, 109, 870, 256, 8, 373, 870),
    "邳庄": (953, 567, 745, 567, 230, 40, 1015, 567),
    "马兰屯": (362, 192, 362, 192, 0, 52, 414, 192),
    "泥沟": (1545, 984, 1266, 984, 302, 98, 1666, 984),
}
PLACES = (
    ("省定", "基期2015"),
    ("国标", "基期2015"),
    ("省定", "2016"),
    ("国标", "2016"),
    ("省定", "2017"),
    ("省定", "2018"),
    ("省定", "合计"),
    ("国标", "合计"),
)


def box():
    return [
        persons(area, standard, year, str(value))
        for area, values in PRINTED.items()
        for (standard, year), value in zip(PLACES, values, strict=True)
    ]


def proposed(table):
    proposal = misprints.propose(table)
    return [(one.cell.area, one.cell.standard, one.cell.year, one.needed) for one in proposal.misprints]


def test_the_four_figures_of_one_row_are_found_with_what_they_should_be():
    table = cells(*box())
    assert proposed(table) == [
        ("运河", "国标", "2016", "70"),
        ("运河", "省定", "2017", "56"),
        ("运河", "省定", "合计", "173"),
        ("运河", "国标", "合计", "70"),
    ]
    assert misprints.propose(table).words == "改动最少的一组：4 个数，在运河1行里"
    assert [cell.value for cell in table] == [row[5] for row in box()]


def test_a_table_without_an_error_has_none():
    assert misprints.propose(read("county.csv")) is None
    assert misprints.propose(read("province.csv")) is None


@pytest.mark.parametrize("name", ["county.csv", "province.csv"])
def test_one_figure_printed_wrong_is_mended_by_one_figure(name):
    right = read(name)
    tried = 0
    for place, cell in enumerate(right):
        if not cell.number or place % 5:
            continue
        wrong = changed(right, place, "9.0001" if cell.in_ten_thousands else str(cell.number + 7))
        if not errors(wrong):
            continue
        found = misprints.propose(wrong).misprints
        assert len(found) == 1, (cell, found)
        mended = changed(wrong, wrong.index(found[0].cell), found[0].needed)
        assert not errors(mended)
        tried += 1
    assert tried > 2


def test_a_figure_that_is_not_whole_becomes_whole():
    table = cells(
        persons("全区", "省定", "基期2015", "30"),
        persons("东镇", "省定", "基期2015", "20.5"),
        persons("西镇", "省定", "基期2015", "10"),
    )
    assert proposed(table) == [("东镇", "省定", "基期2015", "20")]


def test_villages_that_reached_the_standard_before_may_be_left_out_of_the_years():
    table = cells(
        villages("全区", "省定", "基期2015", "40"),
        villages("全区", "省定", "基期2015", "30", "预退出"),
        villages("全区", "省定", "基期2015", "10", "剩余"),
        villages("全区", "省定", "2016", "7"),
        villages("全区", "省定", "2017", "4"),
    )
    (finding,) = [one for one in reconcile(table) if one.severity == "error"]
    assert finding.rule == "years_sum_to_base"
    assert [area for area, *_ in proposed(table)] == ["全区"]


def test_without_the_solver_the_reason_is_said(monkeypatch):
    monkeypatch.setattr(misprints, "highspy", None)
    proposal = misprints.propose(cells(*box()))
    assert proposal.misprints == () and "misprints" in proposal.reason


@pytest.fixture
def kept(ground):
    data = as_csv(box())
    return PlanTable.take_in(read_plan(data), name="演示专栏", data=data, at=PLANNED, on=PLANNED.date())


def test_the_page_of_the_plan_says_them_and_keeps_the_printed_figures(kept, signed_in, monkeypatch):
    page = signed_in("district").get(f"/plans/{kept.pk}/").content.decode()
    assert "可能印错的数" in page and "改动最少的一组：4 个数" in page and "照印数不改" in page
    monkeypatch.setattr(misprints, "highspy", None)
    assert "扩展 misprints" in signed_in("district").get(f"/plans/{kept.pk}/").content.decode()
    kept.refresh_from_db()
    assert [cell.value for cell in kept.tidy] == [row[5] for row in box()]


def sheets(client, plan):
    return load_workbook(io.BytesIO(client.get(f"/plans/{plan.pk}/xlsx/").content))


def test_the_workbook_says_them_on_a_sheet_of_their_own(kept, signed_in, monkeypatch):
    sheet = sheets(signed_in("district"), kept)["可能印错"]
    said = [[cell.value for cell in row] for row in sheet.iter_rows(min_col=1, max_col=4)]
    assert [row[2:] for row in said if row[0] and row[0].startswith("运河")] == [
        [870, 70],
        [256, 56],
        [373, 173],
        [870, 70],
    ]
    assert "照印数不改" in str(said)
    monkeypatch.setattr(misprints, "highspy", None)
    sheet = sheets(signed_in("district"), kept)["可能印错"]
    assert "扩展 misprints" in str([cell.value for row in sheet.iter_rows() for cell in row])


def test_a_table_that_holds_has_no_such_sheet(ground, signed_in):
    data = (DATA / "county.csv").read_bytes()
    kept = PlanTable.take_in(read_plan(data), name="演示", data=data, at=PLANNED, on=PLANNED.date())
    assert sheets(signed_in("district"), kept).sheetnames == ["演示", "核对"]


def test_the_command_adds_them_only_when_asked(kept, capfd):
    plain, asked = io.StringIO(), io.StringIO()
    call_command("reconcile", "演示专栏", stdout=plain)
    call_command("reconcile", "演示专栏", "--misprints", stdout=asked)
    before, after = json.loads(plain.getvalue()), json.loads(asked.getvalue())
    assert after[:-1] == before and after[-1]["rule"] == "likely_misprints"
    assert after[-1]["severity"] == "notice"
    assert [cell["value"] for cell in after[-1]["cells"]] == ["870", "256", "373", "870"]
    assert "运河省定2017年 256 应为 56" in after[-1]["message"]
    assert capfd.readouterr().out == ""
