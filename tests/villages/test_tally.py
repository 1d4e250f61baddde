import datetime

import pytest

from villages import tally

BASE, NOW = datetime.date(2015, 12, 31), datetime.date(2018, 11, 20)


def test_the_base_holds_those_that_left_before_it(plan_base):
    assert tally.designated(plan_base.county, BASE, NOW).count() == 3
    assert tally.designated(plan_base.county, BASE, NOW, "省定").count() == 2
    assert tally.reached(plan_base.county, NOW, "省定").count() == 1
    assert tally.left_to_go(plan_base.county, NOW, "省定").count() == 1


def test_reached_and_left_to_go_are_the_base(plan_base):
    for area in (plan_base.county, plan_base.town, plan_base.other_town, plan_base.other_county, None):
        parts = tally.reached(area, NOW).count() + tally.left_to_go(area, NOW).count()
        assert parts == tally.designated(area, BASE, NOW).count()


def test_exits_are_counted_by_year(plan_base):
    assert tally.exits(plan_base.county, year=2016, as_of=NOW).count() == 1
    assert tally.exits(plan_base.county, year=2016, as_of=NOW, level="市定").count() == 0
    assert tally.exits(plan_base.county, year=2017, as_of=NOW).count() == 0
    assert tally.exits(plan_base.county, year=2014, as_of=NOW).count() == 1


def test_what_is_recorded_later_is_not_counted(plan_base):
    before = datetime.date(2016, 12, 4)
    assert tally.exits(plan_base.county, year=2016, as_of=before).count() == 0


def test_all_areas_at_once_agree_with_each_alone(plan_base, django_assert_num_queries):
    areas = [plan_base.province, plan_base.county, plan_base.town, plan_base.other_town, plan_base.village]
    with django_assert_num_queries(2):
        bases = tally.base_by_area(areas, BASE, NOW)
        exits = tally.exits_by_area(areas, years=(2016, 2017), as_of=NOW)
    for area in areas:
        base = bases[area.pk]
        assert base.total == tally.designated(area, BASE, NOW).count()
        assert base.city == tally.designated(area, BASE, NOW, "市定").count()
        assert base.provincial == tally.designated(area, BASE, NOW, "省定").count()
        assert base.provincial_reached == tally.reached(area, NOW, "省定").count()
        assert base.provincial_to_go == tally.left_to_go(area, NOW, "省定").count()
        assert (base.reached, base.to_go) == (
            tally.reached(area, NOW).count(),
            tally.left_to_go(area, NOW).count(),
        )
        for year in (2016, 2017):
            counted = exits[area.pk, year]
            assert counted.total == tally.exits(area, year=year, as_of=NOW).count()
            assert counted.provincial == tally.exits(area, year=year, as_of=NOW, level="省定").count()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("key=designated&on=2015-12-31&as_of=2018-11-20", 3),
        ("key=designated&level=省定&on=2015-12-31&as_of=2018-11-20", 2),
        ("key=designated&level=市定&on=2015-12-31&as_of=2018-11-20", 1),
        ("key=designated&on=2010-12-31", 0),
        ("key=reached&level=省定&as_of=2018-11-20", 1),
        ("key=left-to-go&level=省定&as_of=2018-11-20", 1),
        ("key=left-to-go", 2),
        ("key=standing", 1),
        ("level=市定", 1),
        ("level=省定", 0),
    ],
)
def test_the_list_behind_a_figure_counts_to_the_figure(plan_base, signed_in, query, count):
    page = signed_in("district").get(f"/villages/?area={plan_base.county.code}&{query}")
    assert f'data-total="{count}"' in page.content.decode()
    assert len(page.context["page"].rows) == count
