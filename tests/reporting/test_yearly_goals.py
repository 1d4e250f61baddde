"""逐年脱贫目标 (R326, R327): persons and villages of each year, what the year is for, and whether it is reached."""

import datetime

import pytest

from areas.models import Area
from reporting import screen
from reporting.aims import FILE, KEEP, LEAVE, stated, verdict
from reporting.definitions import DEFINITIONS
from reporting.models import PlanTable
from reporting.reading import read_plan
from reporting.report import ReportRefused, Request
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, villages
from tests.reporting.test_exit_tally import TODAY, at, day, evening
from tests.reporting.year_forms import line, opens_what_it_counts, run
from villages.models import KeyVillage

KIND = "yearly-goals"
YEARS = (2016, 2017, 2018, 2019, 2020)


@pytest.fixture
def lived(ground, make_household):
    """Two towns: in the east all are out by 2017 and one of them comes back in 2018; in the west all stay out."""
    homes = [
        make_household(village=village, persons=size)
        for size, village in ((1, ground.village), (2, ground.sibling_village), (4, ground.other_village))
    ]
    homes[0].leave_poverty(**at("2016-12-05"))
    homes[1].leave_poverty(**at("2017-12-05"))
    homes[2].leave_poverty(**at("2017-12-06"))
    homes[0].return_to_poverty(**at("2018-03-01"))
    on = {"by": None, "recorded_at": evening(day("2016-12-30"))}
    KeyVillage.designate(area=ground.village, level="省定", batch="十三五", on=day("2016-01-10"), **on)
    KeyVillage.objects.get(area=ground.village).remove_cap(on=day("2016-12-30"), **on)
    return homes


@pytest.fixture
def yantai(ground):
    Area.objects.filter(pk=ground.city.pk).update(name="烟台市")
    return Area.objects.get(pk=ground.county.pk)


def test_the_first_plan_says_two_years_of_leaving_and_three_of_keeping(lived, ground, yantai):
    assert FILE.exists() and {row["place"] for row in stated()} == {"二章三节三"}
    figures = run(KIND, yantai)
    assert line(figures, yantai, "aim_", YEARS) == [LEAVE, LEAVE, KEEP, KEEP, KEEP]
    assert "烟台市" in figures.notes["years"]


def test_what_a_year_is_for_stands_in_one_line_whether_or_not_it_has_figures_yet(lived, ground, yantai):
    block = DEFINITIONS[KIND].blocks(Request(yantai, 2018, TODAY))[0]
    goals = next(screen.lines(run(KIND, yantai), block))
    assert [(cell.text, cell.classes) for cell in goals.cells[1:3]] == [(LEAVE, "n"), (KEEP, "n")]
    assert goals.cells[4] == goals.cells[2]


def test_elsewhere_the_adopted_plan_says_it_and_without_one_nobody(lived, ground, request):
    assert line(run(KIND, ground.county), ground.county, "aim_", YEARS) == [None] * 5
    request.getfixturevalue("plan")
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "aim_", YEARS) == [LEAVE, LEAVE, LEAVE, KEEP, KEEP]
    assert line(figures, ground.county, "printed_", YEARS) == [9, 6, 2, None, None]


def test_persons_and_villages_of_each_year_are_those_of_the_events(lived, ground):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "left_", YEARS) == [1, 6, 0, None, None]
    assert line(figures, ground.county, "back_", YEARS) == [0, 0, 1, None, None]
    assert line(figures, ground.county, "stock_", YEARS) == [6, 0, 1, None, None]
    assert line(figures, ground.county, "off_", YEARS) == [1, 0, 0, None, None]
    assert line(figures, ground.town, "left_", YEARS) == [1, 2, 0, None, None]


def test_villages_of_every_level_count_beside_what_the_plan_prints(lived, ground, plan):
    on = {"by": None, "recorded_at": evening(day("2017-11-01"))}
    KeyVillage.designate(area=ground.other_village, level="市定", batch="十三五", on=day("2016-01-10"), **on)
    KeyVillage.objects.get(area=ground.other_village).remove_cap(on=day("2017-11-01"), **on)
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "off_", YEARS) == [1, 1, 0, None, None]
    assert line(figures, ground.county, "printed_off_", YEARS) == [1, None, None, None, None]
    assert line(figures, ground.other_town, "printed_off_", YEARS)[0] == 0


@pytest.fixture
def adopted(ground):
    """adopted(rows) has the county keep them as its plan."""

    def adopt(*rows) -> None:
        data = as_csv(rows)
        table = PlanTable.take_in(read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date())
        table.adopt(by=None, at=PLANNED)

    return adopt


def test_where_the_plan_leaves_the_sum_of_villages_blank_those_of_the_province_stand(lived, ground, adopted):
    printed = {"2016": ("", "5"), "2017": ("6", "5"), "2018": ("0", "5"), "2019": ("", "")}
    adopted(
        *(villages("全区", level, year, figures[place])
          for year, figures in printed.items() for place, level in enumerate(("合计", "省定"))),
        villages("东演示", "省定", "2016", "5"),
    )  # fmt: skip
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "printed_off_", YEARS) == [5, 6, 0, None, None]


def test_a_year_whose_villages_do_not_add_up_is_marked_where_they_are_planned(lived, ground, adopted):
    adopted(
        *(villages(area, "省定", year, figure)
          for year, figures in {"2016": "321", "2017": "421"}.items()
          for area, figure in zip(("全区", "东演示", "西演示"), figures, strict=True)),
    )  # fmt: skip
    figures = run(KIND, ground.county)
    assert [(mark.row, mark.column, mark.sign) for mark in figures.marks] == [
        (ground.county.code, "printed_off_2017", "①")
    ]


def test_every_counted_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in):
    assert opens_what_it_counts(signed_in("district"), run(KIND, ground.county)) > 9


def test_who_came_back_misses_the_year_of_keeping_and_who_stays_out_has_time(lived, ground, yantai):
    figures = run(KIND, yantai)
    assert line(figures, ground.town, "verdict_", YEARS) == [None, "已实现", "未实现", None, None]
    assert line(figures, ground.other_town, "verdict_", YEARS) == [None, "已实现", "未到期限", None, None]
    later = run(KIND, yantai, datetime.date(2019, 1, 5), 2018)
    assert line(later, ground.other_town, "verdict_", YEARS)[2] == "已实现"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"planned": 9, "left": 9}, "已实现"),
        ({"planned": 9, "left": 8}, "未实现"),
        ({"planned": 9, "left": 8, "until": datetime.date(2016, 12, 30)}, "未到期限"),
        ({"planned": None, "left": 8}, None),
        ({"planned": 9, "left": 9, "last": True, "stock": 1}, "未实现"),
        ({"planned": None, "left": 0, "last": True}, "已实现"),
        ({"aim": KEEP}, "已实现"),
        ({"aim": KEEP, "back": 1}, "未实现"),
        ({"aim": KEEP, "stock": 1}, "未实现"),
        ({"aim": KEEP, "until": datetime.date(2016, 12, 30)}, "未到期限"),
    ],
)
def test_what_is_said_of_a_year(facts, said):
    usual = {"aim": LEAVE, "until": datetime.date(2016, 12, 31), "last": False, "planned": 0}
    asked = {**usual, "left": 0, "back": 0, "stock": 0, **facts}
    assert verdict(asked.pop("aim"), year=2016, **asked) == said


def test_a_closed_year_says_the_same_whatever_follows(lived, ground):
    before = run(KIND, ground.county, datetime.date(2018, 1, 5), 2017)
    assert run(KIND, ground.county, TODAY, 2017).checksum() == before.checksum()


def test_a_year_before_the_plans_is_refused(lived, ground):
    with pytest.raises(ReportRefused, match="2015年"):
        DEFINITIONS[KIND].check(Request(ground.county, 2015, day("2015-12-31")))


def test_nothing_to_count_is_refused(ground):
    with pytest.raises(ReportRefused, match="没有可统计的数"):
        DEFINITIONS[KIND].check(Request(ground.county, 2018, TODAY))
