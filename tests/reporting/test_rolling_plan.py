"""The rolling plan table: printed as printed, actual as the events say, the difference between them."""

import datetime
import re
from typing import Any

import pytest

from households.models import StatusEvent
from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request
from tests.reporting.small_days import evening
from villages.models import KeyVillage

TODAY = datetime.date(2018, 11, 20)
ROLLING = DEFINITIONS["rolling-plan"]


def at(*on: int) -> dict[str, Any]:
    day = datetime.date(*on)
    return {"on": day, "by": None, "origin": "历史导入", "recorded_at": evening(day)}


@pytest.fixture
def lived(ground, make_household):
    """Exits of three years, and key villages of both levels, one of which reached the standard in 十二五."""
    homes = [
        make_household(village=village, persons=persons, standard=standard)
        for village in (ground.village, ground.other_village)
        for persons, standard in ((1, "国家标准"), (2, "省定标准"), (3, "国家标准"), (4, "省定标准"))
    ]
    homes[0].leave_poverty(**at(2016, 12, 5))
    homes[1].leave_poverty(**at(2016, 12, 5))
    homes[4].leave_poverty(**at(2017, 12, 6))
    homes[5].leave_poverty(**at(2018, 11, 1))
    for area, level in (
        (ground.village, "省定"),
        (ground.sibling_village, "省定"),
        (ground.other_village, "市定"),
    ):
        KeyVillage.designate(area=area, level=level, batch="十二五", **at(2013, 1, 1))
    KeyVillage.objects.get(area=ground.sibling_village).remove_cap(**at(2015, 6, 30))
    KeyVillage.objects.get(area=ground.village).remove_cap(**at(2016, 12, 30))
    return homes


def run(area, year=2018, as_of=TODAY):
    return ROLLING.figures(Request(area=area, year=year, as_of=as_of), lambda *_: None)


def row(figures, area, prefix):
    return [figures.value(area.code, f"{prefix}_{number}") for number in range(1, 20)]


def test_the_nineteen_actual_figures_are_those_of_the_events(lived, ground):
    figures = run(ground.county)
    assert row(figures, ground.county, "actual") == [
        *(20, 8),
        *(3, 1, 2, 1, 1),
        *(3, 1, 1, 2, 6, 2),
        *(1, 1, 0, 0, 1, 1),
    ]
    assert row(figures, ground.other_town, "actual") == [10, 4, 1, 1, 0, 0, 0, 0, 0, 1, 2, 3, 1, *[0] * 6]
    left = dict.fromkeys((2016, 2017, 2018), 0)
    for event in StatusEvent.objects.all():
        if event.kind == "退出":
            left[event.on.year] -= event.persons
    assert [figures.value(ground.county.code, f"actual_{number}") for number in (8, 10, 11)] == list(
        left.values()
    )


def test_villages_that_were_out_by_the_base_and_those_left_are_told_apart(ground):
    for area in (ground.village, ground.sibling_village, ground.other_village):
        KeyVillage.designate(area=area, level="省定", batch="十二五", **at(2013, 1, 1))
    for area in (ground.village, ground.other_village):
        KeyVillage.objects.get(area=area).remove_cap(**at(2015, 6, 30))
    assert row(run(ground.county), ground.county, "actual")[2:7] == [3, 0, 3, 2, 1]


def test_printed_figures_stay_as_printed_and_the_difference_stands_beside_them(lived, ground, plan):
    figures = run(ground.county)
    assert row(figures, ground.county, "printed")[:2] == [30, 6]
    assert [figures.value(ground.town.code, f"printed_{number}") for number in (8, 9, 10, 12)] == [
        6,
        "全部脱贫",
        3,
        10,
    ]
    assert figures.value(ground.county.code, "diff_1") == 20 - 30
    assert figures.value(ground.county.code, "diff_9") == 1 - 6
    assert figures.value(ground.county.code, "printed_3") is None
    assert figures.value(ground.county.code, "diff_3") is None


def test_a_sum_that_cannot_be_right_is_marked_with_its_reason(lived, ground, plan):
    marks = run(ground.county).marks
    assert [(mark.row, mark.column, mark.sign) for mark in marks] == [
        (ground.county.code, "printed_10", "①"),
        (ground.county.code, "printed_12", "②"),
    ]
    assert all("相加" in mark.messages[0] for mark in marks)


def test_every_actual_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in):
    client = signed_in("district")
    for cell in run(ground.county).cells:
        if not cell.column.startswith("actual_"):
            assert cell.list_url is None
            continue
        page = client.get(cell.list_url).content.decode()
        shown = re.search(r'data-total="(\d+)"(?:[^>]*data-persons="(\d+)")?', page)
        assert shown is not None, cell
        assert int(shown[2 if cell.unit == "persons" else 1]) == cell.value, cell


def test_actual_figures_run_to_the_as_of_day_whatever_the_year(lived, ground):
    early = run(ground.county, year=2016, as_of=datetime.date(2017, 6, 30))
    assert row(early, ground.county, "actual")[7:13] == [3, 1, 0, 0, 3, 1]
    assert row(run(ground.county, year=2016), ground.county, "actual") == row(
        run(ground.county, year=2020), ground.county, "actual"
    )


@pytest.mark.parametrize("year", [2014, 2021])
def test_a_year_outside_the_plan_is_refused(year, ground):
    with pytest.raises(ReportRefused, match="规划期"):
        ROLLING.check(Request(area=ground.county, year=year, as_of=TODAY))


def test_a_town_reads_its_row_in_the_plan_of_its_county(lived, ground, plan):
    figures = run(ground.town)
    assert [line.code for line in figures.rows] == [
        ground.town.code,
        ground.village.code,
        ground.sibling_village.code,
    ]
    assert figures.value(ground.town.code, "printed_8") == 6
    assert figures.value(ground.village.code, "printed_8") is None


def test_the_head_has_four_rows_as_printed(ground):
    block = ROLLING.blocks(Request(area=ground.county, year=2018, as_of=TODAY))[0]
    head = block.head()
    assert [sum(cell.cols for cell in line) for line in head[:2]] == [19, 19]
    assert [(cell.text, cell.cols) for cell in head[0]] == [("贫困基数", 7), ("脱贫滚动计划", 12)]
    assert [cell.text for cell in head[3]][:5] == ["合计", "预退出", "剩余", "合计", "含国标"]
