"""Reports beside what a plan asks for by a day: 脱贫渠道, 来料加工和电商, 水库移民 (R107, R177, R088, R096, R023)."""

import csv
import datetime
import re
from dataclasses import replace

import pytest

from areas.models import Area
from households.models import Household
from measures.models import Measure, Policy
from reporting import goals
from reporting.definitions import DEFINITIONS
from reporting.report import PERCENT, PERSONS, Request
from tests.measures.test_points import point
from tests.reporting.test_exit_tally import TODAY, at
from villages.models import KeyVillage, Post

pytestmark = pytest.mark.django_db
KINDS = ("channels", "points", "resettlers")
# Requirement, key, whose plan, figure, last day.
STATED = [
    ("R177", "ecology", "台儿庄区", 500, "2018-12-31"),
    ("R177", "ecology", "山东省", 40_000, "2020-12-31"),
    ("R322", "exits-2017", "台儿庄区", 1359, "2017-12-31"),
    ("R088", "processing", "", 100, "2020-12-31"),
    ("R096", "ecommerce", "", 100, "2018-12-31"),
    ("R023", "resettlers-2016", "", 70, "2016-12-31"),
    ("R023", "resettlers-2017", "", 100, "2017-12-31"),
]


@pytest.fixture
def lived(ground, make_household):
    """Five flagged households: in 2016 two left, in 2018 one; help of two chapters, of one, of none."""
    homes = [
        make_household(village=village, persons=size)
        for size, village in enumerate(
            (ground.village, ground.village, ground.other_village, ground.sibling_village, ground.village), 1
        )
    ]
    Household.objects.exclude(pk=homes[4].pk).update(reservoir_resettler=True)
    helped = ((0, "生态", "2016-03-01"), (2, "生态", "2017-03-01"), (2, "产业", "2018-03-01"))
    for place, chapter, on in helped:
        policy = Policy.objects.filter(chapter=chapter, kind="政策").order_by("pk")[0]
        Measure.objects.create(
            policy=policy, household=homes[place], year=int(on[:4]), state="落实", planned_on=on,
            delivered_on=on, payer="演示", amount=1,
        )  # fmt: skip
    for place, on in ((0, "2016-12-05"), (1, "2016-12-05"), (2, "2018-10-05"), (4, "2018-10-05")):
        homes[place].leave_poverty(**at(on))
    point(ground.sibling_village, "TASK-PROCESS")
    point(ground.village, "TASK-ECOM")
    point(ground.other_town, "TASK-ECOM-TOWN")
    return homes


def run(kind, area, as_of=TODAY):
    request = Request(area, as_of.year, as_of)
    DEFINITIONS[kind].check(request)
    return DEFINITIONS[kind].figures(request, lambda *_: None)


def of(figures, area, *keys):
    return [figures.value(area.code, key) for key in keys]


@pytest.mark.parametrize(("number", "key", "of_whom", "figure", "until"), STATED)
def test_a_goal_is_the_figure_that_the_plan_states(number, key, of_whom, figure, until):
    with goals.FILE.open(encoding="utf-8", newline="") as file:
        rows = {(row["key"], row["of"]): row for row in csv.DictReader(file)}
    row = rows[key, of_whom]
    assert (int(row["figure"]), row["until"]) == (figure, until) and row["document"].startswith("《")
    assert len(rows) == len(STATED) and row["place"]


@pytest.mark.parametrize(
    ("out", "whole", "day", "said"),
    [
        (7, 10, "2016-06-01", "已实现"),
        (6, 10, "2016-12-30", "未到期限"),
        (6, 10, "2016-12-31", "未实现"),
        (1399, 2000, "2016-12-31", "未实现"),  # 69.95 %, which is printed as 70.0
        (0, 0, "2017-01-01", None),
    ],
)
def test_a_goal_is_reached_or_missed_or_its_day_has_not_come(out, whole, day, said):
    found = goals.share_asked("resettlers-2016").verdict_of_share(
        out, whole, datetime.date.fromisoformat(day)
    )
    assert found == said


def test_a_number_is_held_against_the_plan_of_its_area():
    path = goals.goal("ecology", "台儿庄区")
    assert path and [path.verdict(500, path.until), path.verdict(499, path.until)] == ["已实现", "未实现"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("as_of", ["2018-11-20", "2016-12-31"])
def test_every_counted_figure_opens_a_list_that_counts_to_it_and_parts_add_up(
    lived, ground, signed_in, kind, as_of
):
    figures, client, pages = (
        run(kind, ground.county, datetime.date.fromisoformat(as_of)),
        signed_in("district"),
        {},
    )
    parts = [row.code for row in figures.rows if not row.top]
    for cell in figures.cells:
        if cell.list_url is None:
            continue
        if cell.list_url not in pages:
            page = client.get(cell.list_url).content.decode()
            pages[cell.list_url] = dict(re.findall(r'data-(total|persons)="(\d+)"', page))
        shown = pages[cell.list_url]["persons" if cell.unit == PERSONS else "total"]
        assert int(shown) == cell.value, cell
        if cell.row == ground.county.code and not cell.column.startswith(("counties", "centres")):
            assert cell.value == sum(figures.value(code, cell.column) for code in parts), cell
    assert len(pages) > 8 and any(cell.value for cell in figures.cells if cell.list_url)
    assert not any(cell.list_url for cell in figures.cells if cell.unit == PERCENT)


def test_a_household_counts_in_each_of_its_channels_and_once_in_the_total(lived, ground):
    figures = run("channels", ground.county)
    keys = ("total_households", "total_persons", "c01_persons", "c07_persons", "none_persons")
    assert of(figures, ground.county, *keys) == [2, 8, 3, 3, 5]
    assert of(figures, ground.other_town, *keys) == [1, 3, 3, 3, 0]
    assert of(run("channels", ground.county, datetime.date(2016, 12, 31)), ground.county, *keys) == [
        2,
        3,
        0,
        1,
        2,
    ]
    tally = run("exit-tally", ground.county)
    assert of(tally, ground.county, "exit_households", "exit_persons") == [2, 8]


def test_the_path_of_a_plan_stands_beside_its_own_area_alone(lived, ground):
    keys = ("printed_ecology", "since_ecology", "diff_ecology", "verdict_ecology")
    assert of(run("channels", ground.county), ground.county, *keys) == [None, 4, None, None]
    Area.objects.filter(pk=ground.county.pk).update(name="台儿庄区")
    ground.county.refresh_from_db()
    figures = run("channels", ground.county)
    assert of(figures, ground.county, *keys) == [500, 4, -496, "未到期限"]
    assert of(figures, ground.other_town, *keys) == [None, 3, None, None]
    assert (
        "台儿庄区" in figures.plan
        and run("points", ground.county).plan
        and run("resettlers", ground.county).plan
    )
    assert "2018年底前" in figures.notes["path"] and "八章" in figures.notes["path"]


def test_each_path_has_who_left_by_it_and_stays_empty_where_no_plan_prints_it(lived, district):
    figures = run("channels", district)
    assert of(figures, district, "since_industry", "printed_industry", "diff_industry") == [3, None, None]
    assert of(figures, district, "since_safety", "verdict_safety") == [0, None]
    said = "产业、转移就业、易地搬迁、社保兜底没有录入规划人数，空着"
    assert said in figures.notes["path"] and "生态补偿500人" in figures.notes["path"]


def test_a_path_that_a_plan_prints_is_held_against_it(lived, district, monkeypatch):
    """A row of goals.csv is all that it takes."""
    path = replace(goals.goal("ecology", "台儿庄区"), key="industry", figure=2)
    monkeypatch.setattr(goals, "goals", lambda: (path,))
    figures = run("channels", district)
    keys = ("printed_industry", "since_industry", "diff_industry", "verdict_industry", "printed_ecology")
    assert of(figures, district, *keys) == [2, 3, 1, "已实现", None]


@pytest.fixture
def district(ground):
    """The county whose plan prints the path."""
    Area.objects.filter(pk=ground.county.pk).update(name="台儿庄区")
    ground.county.refresh_from_db()
    return ground.county


def planted(home, *years) -> None:
    policy = Policy.objects.filter(chapter="生态", kind="政策").order_by("pk")[0]
    for year in years:
        on = datetime.date(year, 2, 1)
        Measure.objects.create(
            policy=policy, household=home, year=year, state="落实", planned_on=on, delivered_on=on, payer="演示",
            amount=1,
        )  # fmt: skip


def test_who_left_twice_is_lifted_once_and_whose_exit_was_undone_not_at_all(
    district, make_household, signed_in
):
    again, undone, back = (make_household(persons=size) for size in (1, 2, 4))
    for home in (again, undone, back):
        planted(home, 2016, 2018)
        home.leave_poverty(**at("2016-12-05"))
    undone.reverse_exit(**at("2017-01-09"), reason="演示")
    for home in (again, back):
        home.return_to_poverty(**at("2017-12-01"))
    again.leave_poverty(**at("2018-10-05"))
    cell = run("channels", district).cell(district.code, "since_ecology")
    page = signed_in("district").get(cell.list_url).content.decode()
    assert cell.value == 1 and 'data-total="1" data-persons="1"' in page
    then = run("channels", district, datetime.date(2016, 12, 31))
    assert of(then, district, "since_ecology") == [7]


def test_who_leaves_after_the_plans_day_does_not_fulfil_it(district, make_household, signed_in, monkeypatch):
    path = goals.goal("ecology", "台儿庄区")
    early = replace(path, until=datetime.date(2018, 10, 4), figure=1)
    monkeypatch.setattr("reporting.definitions.channels.goal", lambda *_: early)
    home = make_household(persons=3)
    planted(home, 2018)
    home.leave_poverty(**at("2018-10-05"))
    figures = run("channels", district)
    assert of(figures, district, "total_persons", "since_ecology", "verdict_ecology") == [3, 0, "未实现"]
    url = figures.cell(district.code, "since_ecology").list_url
    assert 'data-total="0"' in signed_in("district").get(url).content.decode()


def test_coverage_of_contract_work_and_of_three_levels_of_ecommerce(lived, ground):
    figures = run("points", ground.county)
    assert of(figures, ground.county, "poor", "process", "noprocess", "process_rate") == [1, 1, 0, "100.0"]
    assert of(figures, ground.county, "printed_process_rate", "verdict_process_rate") == ["100", "已实现"]
    assert of(figures, ground.county, "towns", "stations", "stations_rate", "counties", "centres_rate") == [
        2, 1, "50.0", 1, "0.0"
    ]  # fmt: skip
    assert of(figures, ground.county, "verdict_stations_rate", "points", "points_rate") == [
        "未到期限",
        1,
        "33.3",
    ]
    assert of(figures, ground.other_town, "stations_rate", "centres", "centres_rate") == ["100.0", None, None]
    then = run("points", ground.county, datetime.date(2017, 12, 31))
    assert of(then, ground.county, "poor", "process", "process_rate") == [3, 0, "0.0"]


def test_a_station_that_came_after_the_plans_day_is_counted_and_the_goal_missed(lived, ground, monkeypatch):
    early = {
        key: replace(goals.share_asked(key), until=datetime.date(2018, 2, 28))
        for key in ("processing", "ecommerce")
    }
    monkeypatch.setattr("reporting.definitions.points.share_asked", early.__getitem__)
    figures = run("points", ground.other_town)
    assert of(figures, ground.other_town, "stations_rate", "verdict_stations_rate") == ["100.0", "未实现"]
    point(ground.other_town, "TASK-ECOM-TOWN", "2018-02-28")
    assert of(run("points", ground.other_town), ground.other_town, "verdict_stations_rate") == ["已实现"]


def test_resettlers_are_held_against_the_deadline_of_each_year_end(lived, ground):
    figures = run("resettlers", ground.county)
    assert of(figures, ground.county, "all_2016_households", "out_2016_households", "out_2016_rate") == [
        4, 2, "50.0"
    ]  # fmt: skip
    assert of(figures, ground.county, "printed_2016_rate", "verdict_2016_rate") == ["70", "未实现"]
    assert of(figures, ground.county, "verdict_2017_rate", "all_now_persons", "out_now_persons") == [
        "未实现", 10, 6
    ]  # fmt: skip
    before = run("resettlers", ground.county, datetime.date(2016, 12, 30))
    assert (
        of(before, ground.county, "out_2016_rate", "all_2016_households", "verdict_2016_rate") == [None] * 3
    )
    assert of(before, ground.county, "out_now_rate") == ["50.0"]


def test_villages_short_of_days_are_counted_where_the_county_asks_for_days(ground, settings, signed_in):
    """STAY_DAYS_A_MONTH: nothing to count without it; with it the figure opens its villages (R255)."""
    KeyVillage.designate(
        area=ground.village, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None
    )
    Post.objects.create(
        area=ground.village, kind="第一书记", name="演示甲", unit="演示局", start_on=datetime.date(2018, 3, 1),
        recorded_at=at("2018-03-01")["recorded_at"],
    )  # fmt: skip
    assert run("teams", ground.county).cell(ground.county.code, "stay_short").value is None
    settings.STAY_DAYS_A_MONTH = 20
    figures = run("teams", ground.county)
    assert of(figures, ground.county, "stay_short") == of(figures, ground.town, "stay_short") == [1]
    assert of(figures, ground.other_town, "stay_short") == [0] and "不少于 20 天" in figures.notes["all"]
    page = signed_in("district").get(figures.cell(ground.county.code, "stay_short").list_url).content.decode()
    assert 'data-total="1"' in page
