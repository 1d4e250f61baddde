"""`/households/events/`: the list behind a figure counts to it, in records and in persons."""

import datetime
import re

import pytest

from households import tally
from households.models import Kind, StatusEvent

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))


def figures(response) -> tuple[int, int]:
    found = re.search(r'data-total="(\d+)" data-persons="(\d+)"', response.content.decode())
    assert found
    return int(found[1]), int(found[2])


def at(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), SHANGHAI)


@pytest.fixture
def lives(ground, make_household):
    """Three households of 2016 and 2017: exits, a birth, a return; the last exit is recorded late."""
    first = make_household(village=ground.village, persons=2, standard="国家标准")
    second = make_household(village=ground.sibling_village, persons=3, standard="省定标准")
    third = make_household(village=ground.other_village, persons=4, standard="国家标准")
    exit_day, return_day = datetime.date(2016, 12, 20), datetime.date(2017, 6, 1)
    first.leave_poverty(on=exit_day, by=None, origin="历史导入", recorded_at=at(exit_day))
    second.leave_poverty(on=exit_day, by=None, origin="历史导入", recorded_at=at(exit_day))
    third.leave_poverty(on=exit_day, by=None, origin="历史导入", recorded_at=at(datetime.date(2017, 2, 1)))
    first.return_to_poverty(on=return_day, by=None, origin="登记", recorded_at=at(return_day))
    return first, second, third


def test_exits_of_a_year_as_the_tally_counts_them(lives, ground, signed_in):
    client = signed_in("district")
    for as_of in (datetime.date(2016, 12, 31), DAY):
        for area in (ground.county, ground.town, ground.other_village):
            left = tally.year_account(StatusEvent.objects.in_area(area), 2016, as_of).left
            for national in (False, True):
                query = {"area": area.code, "year": 2016, "kind": "退出", "direction": "out", "as_of": as_of}
                if national:
                    query["national"] = 1
                households = left.national_households if national else left.households
                persons = left.national_persons if national else left.persons
                assert figures(client.get("/households/events/", {**query, "counts": "households"})) == (
                    households,
                    persons,
                )
                assert (
                    figures(client.get("/households/events/", {**query, "counts": "persons"}))[1] == persons
                )


def test_several_kinds_are_counted_together(lives, signed_in):
    response = signed_in("district").get("/households/events/", {"kind": [Kind.EXIT, Kind.RETURN]})
    assert figures(response) == (4, 11)


def test_since_and_until_bound_the_effective_day(lives, signed_in):
    client = signed_in("district")
    assert figures(client.get("/households/events/", {"since": "2017-01-01", "as_of": "2018-11-20"})) == (
        1,
        2,
    )
    assert figures(client.get("/households/events/", {"until": "2015-12-31", "as_of": "2018-11-20"})) == (
        3,
        9,
    )


@pytest.mark.parametrize(
    ("role", "expected"), [("town", (5, 12)), ("village", (3, 6)), ("other_town_user", (2, 8))]
)
def test_events_of_ones_own_area_only(lives, signed_in, role, expected):
    assert figures(signed_in(role).get("/households/events/")) == expected


@pytest.mark.parametrize("role", ["department", "auditor", "outsider"])
def test_who_may_not_view_the_register_is_refused(lives, signed_in, role):
    assert signed_in(role).get("/households/events/").status_code == 403


def test_foreign_area_is_not_found(lives, ground, signed_in):
    assert signed_in("town").get("/households/events/", {"area": ground.other_town.code}).status_code == 404


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"as_of": "去年"}, "日期认不出来"),
        ({"year": "二〇一六"}, "年度应是四位数字"),
        ({"kind": "升天"}, "没有“升天”这一项"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_and_lists_nothing(lives, signed_in, query, message):
    response = signed_in("district").get("/households/events/", {"cause": "因病", **query})
    assert response.status_code == 422
    assert message in response.content.decode()
    assert 'value="因病" selected' in response.content.decode()
    assert figures(response) == (0, 0)


def test_statements_are_equal_for_5_and_50_rows(make_household, signed_in, django_assert_max_num_queries):
    client = signed_in("district")
    client.get("/households/events/")
    counts = []
    for more in (5, 45):
        for _ in range(more):
            make_household(persons=1)
        with django_assert_max_num_queries(12) as seen:
            client.get("/households/events/", {"year": 2015})
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_events_of_who_moved_away_stay_listed_without_a_link(lives, ground, signed_in):
    lives[0].move_to(ground.other_village, on=datetime.date(2018, 3, 1), by=None, reason="搬迁")
    response = signed_in("village").get("/households/events/")
    assert figures(response) == (4, 8)  # 纳入, 退出, 返贫, 转出
    assert f'href="/households/{lives[0].number}/"' not in response.content.decode()
