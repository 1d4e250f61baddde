"""`/households/`: who sees which households, and a list that counts to its figure."""

import datetime
import re

import pytest

from households import tally
from households.models import Household, StatusEvent

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


def figures(response) -> tuple[int, int]:
    """data-total and data-persons of the list."""
    html = response.content.decode()
    found = re.search(r'data-total="(\d+)" data-persons="(\d+)"', html)
    assert found, html
    return int(found[1]), int(found[2])


def numbers(response) -> set[str]:
    return set(re.findall(r'href="/households/(\d+)/"', response.content.decode()))


@pytest.fixture
def three(ground, make_household):
    """2 + 3 persons in the town (one household within 国标), 4 in the other town."""
    return [
        make_household(village=ground.village, persons=2, standard="国家标准"),
        make_household(village=ground.sibling_village, persons=3, standard="省定标准", poverty_cause="因残"),
        make_household(village=ground.other_village, persons=4, standard="国家标准"),
    ]


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("district", (3, 9)),
        ("leader", (3, 9)),
        ("town", (2, 5)),
        ("village", (1, 2)),
        ("other_village_user", (1, 4)),
    ],
)
def test_each_role_sees_and_counts_its_own_area(three, signed_in, role, expected):
    response = signed_in(role).get("/households/")
    assert response.status_code == 200
    assert figures(response) == expected
    assert len(numbers(response)) == expected[0]


@pytest.mark.parametrize("role", ["department", "auditor", "security", "admin", "outsider"])
def test_who_may_not_view_the_register_is_refused(three, signed_in, role):
    assert signed_in(role).get("/households/").status_code == 403


def test_area_filter_narrows_and_links_down(three, ground, signed_in):
    response = signed_in("district").get("/households/", {"area": ground.town.code})
    html = response.content.decode()
    assert figures(response) == (2, 5)
    assert f"area={ground.sibling_village.code}" in html
    assert "合计　2 户　5 人" in html


def test_parts_add_up_to_the_total(three, signed_in):
    parts = signed_in("district").get("/households/").context["parts"]
    assert [(part.households, part.persons) for part in parts] == [(2, 5), (1, 4)]


@pytest.mark.parametrize("code", ["990000000000", "x", "370405102000"])
def test_unknown_and_foreign_areas_are_not_found_alike(three, signed_in, code):
    response = signed_in("town").get("/households/", {"area": code})
    assert response.status_code == 404
    assert "这里没有内容" in response.content.decode()


def test_filters_of_standard_cause_state_and_name(three, signed_in):
    client = signed_in("district")
    three[2].leave_poverty(on=datetime.date(2016, 12, 20), by=None, origin="历史导入")
    for query, expected in [
        ({"standard": "national"}, (2, 6)),
        ({"cause": "因残"}, (1, 3)),
        ({"exit_mark": "脱贫"}, (1, 4)),
        ({"exit_mark": "未脱贫"}, (2, 5)),
        ({"q": three[0].number}, (1, 2)),
        ({"q": "演示甲"}, (3, 9)),
        ({"q": "演示丁"}, (1, 4)),
        ({"q": "演示戊"}, (0, 0)),
    ]:
        assert figures(client.get("/households/", query)) == expected, query


def test_unregistered_and_cancelled_households_are_listed_only_when_asked_for(
    three, make_household, signed_in
):
    client = signed_in("district")
    make_household(on=None, persons=1)
    three[0].cancel(on=DAY, by=None, removal_reason="其他", origin="登记")
    assert figures(client.get("/households/"))[0] == 2
    assert figures(client.get("/households/", {"exit_mark": "未纳入"}))[0] == 1
    assert figures(client.get("/households/", {"exit_mark": "注销"}))[0] == 1


@pytest.mark.parametrize("standard", ["national", "all"])
def test_stock_of_a_day_is_what_the_tally_counts(three, ground, signed_in, standard):
    three[0].leave_poverty(
        on=datetime.date(2016, 12, 20), by=None, origin="历史导入", recorded_at=_at(2016, 12, 20)
    )
    three[1].move_to(
        ground.other_village,
        on=datetime.date(2017, 3, 1),
        by=None,
        reason="搬迁",
        recorded_at=_at(2017, 3, 1),
    )
    client = signed_in("district")
    for day in (datetime.date(2015, 11, 30), datetime.date(2015, 12, 31), datetime.date(2016, 12, 31), DAY):
        for area in (ground.county, ground.town, ground.other_town, ground.village):
            query = {"area": area.code, "on_register": day, "as_of": DAY, "standard": standard}
            stock = tally.stock(StatusEvent.objects.in_area(area), day, DAY)
            expected = (
                (stock.national_households, stock.national_persons)
                if standard == "national"
                else (stock.households, stock.persons)
            )
            response = client.get("/households/", query)
            assert figures(response) == expected, query
            assert len(response.context["page"].rows) == expected[0]


def test_who_moved_away_stays_in_the_old_stock_without_a_link(three, ground, signed_in):
    three[0].move_to(
        ground.other_village,
        on=datetime.date(2017, 3, 1),
        by=None,
        reason="搬迁",
        recorded_at=_at(2017, 3, 1),
    )
    response = signed_in("village").get("/households/", {"on_register": "2016-12-31"})
    assert figures(response) == (1, 2)
    assert numbers(response) == set()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"on_register": "2018-02-30"}, "日期认不出来"),
        ({"q": "李"}, "至少写两个字"),
        ({"q": "990405195006151234"}, "这里不用证件号码"),
        ({"as_of": "2018-01-01"}, "要和在册时点或四色时点一起用"),
        ({"cause": "因懒"}, "没有“因懒”这一项"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said_beside_its_field_and_kept(three, signed_in, query, message):
    response = signed_in("district").get("/households/", {"exit_mark": "脱贫", **query})
    html = response.content.decode()
    assert response.status_code == 422
    assert message in html
    assert 'value="脱贫" selected' in html
    if "on_register" in query:
        assert 'value="2018-02-30"' in html


def test_empty_list_says_why_and_offers_the_way_out(three, signed_in):
    client = signed_in("district")
    assert "清除条件" in client.get("/households/", {"q": "没有的人"}).content.decode()
    Household.objects.update(registered_on=None)
    assert "还没有建档立卡贫困户" in client.get("/households/").content.decode()


def test_no_identity_number_reaches_the_page(three, signed_in):
    html = signed_in("district").get("/households/").content.decode()
    for household in three:
        for person in household.persons.all():
            assert person.id_number not in html


def test_statements_are_equal_for_5_and_50_rows(
    ground, make_household, signed_in, django_assert_max_num_queries
):
    client = signed_in("district")
    client.get("/households/")  # the first request of a session also writes when it began
    counts = []
    for more in (5, 45):
        for _ in range(more):
            make_household(persons=1)
        with django_assert_max_num_queries(12) as seen:
            client.get("/households/", {"area": ground.town.code})
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pages_by_key_keep_the_filter(ground, make_household, signed_in):
    for _ in range(52):
        make_household(persons=1)
    client = signed_in("town")
    first = client.get("/households/", {"cause": "因病"})
    second = client.get(first.context["page"].next_url)
    assert len(numbers(first)) == 50
    assert len(numbers(second)) == 2
    assert figures(second) == (52, 52)
    assert numbers(client.get(second.context["page"].previous_url)) == numbers(first)


def test_chosen_columns(three, signed_in):
    html = signed_in("town").get("/households/", {"column": ["attribute", "village"]}).content.decode()
    assert "贫困户属性" in html
    assert '<th scope="col">贫困户属性</th>' in html
    assert '<th scope="col">主要致贫原因</th>' not in html


def _at(year: int, month: int, day: int) -> datetime.datetime:
    return datetime.datetime(year, month, day, 12, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))
