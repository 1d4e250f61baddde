"""滚动规划表 in the shape of 003 专栏2.1 (R320): two lines an area, 万人 with up to four decimals, blanks and words."""

import dataclasses
import io

import openpyxl
import pytest

from reporting.definitions import DEFINITIONS
from reporting.files import as_workbook
from reporting.models import PlanTable, ReportRun
from reporting.reading import read_plan
from reporting.report import Request, ten_thousands
from reporting.screen import lines
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, persons, read, villages
from tests.reporting.test_exit_tally import TODAY, at, day, evening
from tests.reporting.year_forms import line, opens_what_it_counts, run
from villages.models import KeyVillage

KIND = "two-standards"
PROVINCIAL, NATIONAL = ("pbase", "p2016", "p2017", "p2018"), ("nbase", "n2016", "n2017", "n2018")


@pytest.fixture
def lived(ground, make_household):
    """Of both counties: five households at the end of 2015, exits of two years; three villages of the province, one of
    them 摘帽 before and one in 2016, and one of the city."""
    homes = [
        make_household(village=village, persons=size, standard=standard)
        for village, size, standard in (
            (ground.village, 1, "国家标准"),
            (ground.sibling_village, 2, "省定标准"),
            (ground.other_village, 4, "国家标准"),
            (ground.foreign_village, 8, "国家标准"),
            (ground.foreign_village, 16, "省定标准"),
        )
    ]
    homes[0].leave_poverty(**at("2016-12-05"))
    homes[1].leave_poverty(**at("2016-12-05"))
    homes[3].leave_poverty(**at("2018-11-01"))
    for village, level in (
        (ground.village, "省定"), (ground.sibling_village, "省定"), (ground.foreign_village, "省定"),
        (ground.other_village, "市定"),
    ):  # fmt: skip
        KeyVillage.designate(area=village, level=level, batch="十二五", **_on("2013-01-01"))
    KeyVillage.objects.get(area=ground.sibling_village).remove_cap(**_on("2015-06-30"))
    KeyVillage.objects.get(area=ground.village).remove_cap(**_on("2016-12-30"))
    KeyVillage.objects.get(area=ground.other_village).remove_cap(**_on("2017-12-30"))
    return homes


def _on(text):
    return {"on": day(text), "by": None, "recorded_at": evening(day(text))}


@pytest.fixture
def provincial_plan(ground):
    """In 万人, as a province prints it: decimals, 全部脱贫, blanks."""
    rows = [
        *(persons(area, "省定", "基期2015", "0.0031", "万人") for area in ("全省", "演示市")),
        *(persons(area, "省定", "2016", "0.0005", "万人") for area in ("全省", "演示市")),
        *(persons(area, "国标", "基期2015", "0.0013", "万人") for area in ("全省", "演示市")),
        *(persons(area, "国标", "2016", "全部脱贫", "万人") for area in ("全省", "演示市")),
        *(persons(area, "国标", "2017", "", "万人") for area in ("全省", "演示市")),
        *(villages(area, "省定", "基期2015", "2") for area in ("全省", "演示市")),
    ]
    data = as_csv(rows)
    table = PlanTable.take_in(read_plan(data), name="演示省规划", data=data, at=PLANNED, on=PLANNED.date())
    table.adopt(by=None, at=PLANNED)
    return table


def test_people_in_ten_thousands_above_villages_of_the_province(lived, ground):
    figures = run(KIND, ground.province)
    assert line(figures, ground.province, "actual_persons_", PROVINCIAL) == [
        "0.0031",
        "0.0003",
        "0",
        "0.0008",
    ]
    assert line(figures, ground.city, "actual_persons_", NATIONAL) == ["0.0013", "0.0001", "0", "0.0008"]
    assert line(figures, ground.province, "actual_villages_", PROVINCIAL) == [2, 1, 0, 0]
    assert line(figures, ground.province, "actual_villages_", NATIONAL) == [None] * 4
    county = run(KIND, ground.county)
    assert [row.name for row in county.rows] == ["全区", "东演示", "西演示"]
    assert line(county, ground.town, "actual_persons_", PROVINCIAL) == ["0.0003", "0.0003", "0", "0"]


@pytest.mark.parametrize(
    ("persons_there", "said"),
    [(0, "0"), (1, "0.0001"), (12_300, "1.23"), (10_000, "1"), (1_000_000, "100"), (-25, "-0.0025")],
)
def test_ten_thousands_have_four_decimals_and_no_noughts_behind(persons_there, said):
    assert ten_thousands(persons_there) == said


def test_every_figure_opens_a_list_of_as_many_persons_or_villages(lived, ground, signed_in):
    assert opens_what_it_counts(signed_in("district"), run(KIND, ground.county)) > 9


def test_the_printed_plan_stays_as_printed_and_the_difference_stands_beside_it(
    lived, ground, provincial_plan
):
    figures = run(KIND, ground.province)
    assert line(figures, ground.city, "printed_persons_", PROVINCIAL) == ["0.0031", "0.0005", None, None]
    assert line(figures, ground.city, "printed_persons_", NATIONAL) == ["0.0013", "全部脱贫", None, None]
    assert line(figures, ground.city, "diff_persons_", PROVINCIAL) == ["0", "-0.0002", None, None]
    assert figures.value(ground.city.code, "diff_persons_n2016") == "-0.0012"
    assert line(figures, ground.city, "diff_villages_", PROVINCIAL) == [0, None, None, None]


def test_a_plan_printed_in_persons_is_brought_to_ten_thousands(lived, ground, plan):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "printed_persons_", PROVINCIAL) == [
        "0.003",
        "0.0009",
        "0.0006",
        "0.0002",
    ]
    assert figures.value(ground.county.code, "printed_persons_n2016") == "全部脱贫"
    assert ("printed_persons_p2017", "①") in {(mark.column, mark.sign) for mark in figures.marks}


@pytest.mark.parametrize(
    ("not_told", "said"), [((), (7, 3)), (("剩余",), (None, None)), (("剩余", "预退出"), (12, 6))]
)
def test_villages_left_at_the_base_stand_beside_those_that_a_plan_prints(lived, ground, not_told, said):
    """Of two one was done in 十二五. The plan prints the rest beside the whole, or the whole alone as what was left."""
    table = [
        dataclasses.replace(cell, area=cell.area.replace("东河", "东演示"))
        for cell in read("county.csv")
        if cell.part not in not_told
    ]
    kept = PlanTable.take_in(
        table, name="演示区规划", data=b"x", at=PLANNED, on=PLANNED.date(), ground=ground.county
    )
    kept.adopt(by=None, at=PLANNED)
    figures = run(KIND, ground.county)
    for area, printed in zip((ground.county, ground.town), said, strict=True):
        assert figures.value(area.code, "printed_villages_pbase") == printed
        assert figures.value(area.code, "actual_villages_pbase") == 1
        gap = None if printed is None else 1 - printed
        assert figures.value(area.code, "diff_villages_pbase") == gap


def test_a_year_after_the_one_asked_for_is_blank_and_opens_nothing(lived, ground):
    figures = run(KIND, ground.county, TODAY, 2016)
    assert line(figures, ground.county, "actual_persons_", PROVINCIAL) == ["0.0007", "0.0003", None, None]
    assert figures.cell(ground.county.code, "actual_persons_p2017").list_url is None


def test_page_and_workbook_have_two_lines_an_area_under_two_heads(lived, ground, provincial_plan):
    request = Request(ground.province, 2018, TODAY)
    figures = run(KIND, ground.province)
    printed, actual, _ = DEFINITIONS[KIND].blocks(request)
    assert [[(cell.text, cell.cols) for cell in row] for row in actual.head()] == [
        [("省定扶贫标准", 4), ("国家扶贫标准", 4)],
        [("基期数", 1), ("2016年", 1), ("2017年", 1), ("2018年", 1)] * 2,
    ]
    shown = [(each.name, each.word, [cell.text for cell in each.cells]) for each in lines(figures, printed)]
    assert shown[:2] == [
        ("全省", "脱贫人口（万人）", ["0.0031", "0.0005", "", "", "0.0013", "全部脱贫", "", ""]),
        ("", "摘帽村（个）", ["2", *[""] * 7]),
    ]
    run_kept = ReportRun(
        kind=KIND, area=ground.province, year=2018, as_of=TODAY, figures_stored=figures.stored(),
        checksum=figures.checksum(),
    )  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(as_workbook(run_kept, evening(TODAY))))["实际"]
    (people,) = [
        row for row in sheet.iter_rows(values_only=True) if row[:2] == ("全省", "实际脱贫人口（万人）")
    ]
    assert people[2:10] == pytest.approx((0.0031, 0.0003, 0, 0.0008, 0.0013, 0.0001, 0, 0.0008))
