import datetime

import pytest

from office.models import TrailRow
from villages.models import Village, VillageYear

STAFF = {
    "kind": "村",
    "deep_poverty_village": "",
    "village_officer": "演示专干",
    "village_officer_phone": "13900001234",
    "information_officer": "演示信息员",
    "helping_unit": "",
    "village_council": "演示甲",
}
FACTS = {"year": "2017", "households": "310", "population": "1020", "rural_population": "990"}


@pytest.fixture
def village(villages) -> Village:
    return villages["village"]


@pytest.fixture
def facts(village) -> VillageYear:
    return VillageYear.objects.create(
        village=village, year=2016, households=300, population=1000, rural_population=950
    )


def test_the_page_shows_town_staff_and_facts(village, facts, signed_in, ground):
    page = signed_in("village").get(f"/villages/{village.code}/")
    text = page.content.decode()
    assert page.status_code == 200 and f'data-village="{village.code}"' in text
    assert "2016年" in text and "950" in text
    assert "省级扶贫重点镇" in text and ground.town.name in text


def test_the_page_shows_the_history_as_a_key_village(villages, chosen, signed_in, village):
    key = chosen(planned_exit_year=2016)
    key.remove_cap(on=datetime.date(2016, 12, 5), by=None)
    text = signed_in("town").get(f"/villages/{village.code}/").content.decode()
    assert "2016 年摘帽" in text and "2011年3月1日" in text and "2016年12月5日" in text


@pytest.mark.parametrize("who", ["other_village_user", "other_town_user", "outsider"])
def test_a_foreign_village_is_unknown(village, signed_in, who):
    client = signed_in(who)
    for address in ("", "staff/", "years/new/", "years/2016/"):
        assert client.get(f"/villages/{village.code}/{address}").status_code == 404


def test_a_former_code_still_opens_the_village(village, signed_in):
    old = village.area.code
    village.area.rename(on=datetime.date(2017, 1, 1), code="370405101299")
    assert signed_in("town").get(f"/villages/{old}/").status_code == 200


@pytest.mark.parametrize("who", ["village", "helper", "approver", "leader", "department"])
def test_only_town_and_district_type_in(village, facts, signed_in, who):
    client = signed_in(who)
    for address in ("staff/", "years/new/", "years/2016/"):
        assert client.get(f"/villages/{village.code}/{address}").status_code == 403
        assert client.post(f"/villages/{village.code}/{address}").status_code == 403


@pytest.mark.parametrize("who", ["town", "district"])
def test_staff_are_saved_with_history_and_trail(village, signed_in, who):
    answer = signed_in(who).post(f"/villages/{village.code}/staff/", STAFF)
    assert (answer.status_code, answer.url) == (303, f"/villages/{village.code}/")
    village.refresh_from_db()
    assert village.village_officer_phone == "13900001234"
    assert village.history.first().village_officer_phone == "13900001234"
    row = TrailRow.objects.get(action="修改村工作人员")
    assert row.area_id == village.area_id and "13900001234" not in str(row.detail)


def test_a_masked_phone_that_comes_back_is_left_alone(village, signed_in):
    client = signed_in("town")
    client.post(f"/villages/{village.code}/staff/", STAFF)
    form = client.get(f"/villages/{village.code}/staff/").content.decode()
    assert "139****1234" in form and "13900001234" not in form
    client.post(f"/villages/{village.code}/staff/", STAFF | {"village_officer_phone": "139****1234"})
    village.refresh_from_db()
    assert village.village_officer_phone == "13900001234"


@pytest.mark.parametrize("typed", ["139****9999", "一三九", "139"])
def test_a_bad_phone_is_refused_and_what_was_typed_stays(village, signed_in, typed):
    answer = signed_in("town").post(
        f"/villages/{village.code}/staff/", STAFF | {"village_officer_phone": typed}
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "电话只能用数字" in text and typed in text and "演示信息员" in text


def test_a_full_width_phone_is_read(village, signed_in):
    signed_in("town").post(
        f"/villages/{village.code}/staff/", STAFF | {"village_officer_phone": "１３９００００１２３４"}
    )
    village.refresh_from_db()
    assert village.village_officer_phone == "13900001234"


def test_extra_post_fields_change_nothing(village, signed_in, ground):
    signed_in("town").post(f"/villages/{village.code}/staff/", STAFF | {"area": ground.other_village.pk})
    village.refresh_from_db()
    assert village.area == ground.village


def test_a_new_year_is_filled_once(village, signed_in):
    client = signed_in("town")
    address = f"/villages/{village.code}/years/new/"
    more = {
        "hardened_road": "True",
        "bus_service": "",
        "tap_water_rate": "98.5",
        "five_connect": ["通电", "通路"],
    }
    assert client.post(address, FACTS | more).status_code == 303
    saved = village.years.get(year=2017)
    assert (saved.hardened_road, saved.bus_service, saved.five_connect) == (True, None, ("通路", "通电"))
    told = TrailRow.objects.get(subject_id=str(village.pk)).detail
    assert told["年度"] == 2017 and set(told) == {"年度", "修改"}
    again = client.post(address, FACTS)
    assert again.status_code == 422 and "已经填过" in again.content.decode()


def test_a_year_to_come_is_refused(village, signed_in):
    answer = signed_in("town").post(f"/villages/{village.code}/years/new/", FACTS | {"year": "2019"})
    assert answer.status_code == 422 and "还没有到 2019 年" in answer.content.decode()


def test_facts_are_changed_and_the_year_is_not(village, facts, signed_in):
    answer = signed_in("town").post(
        f"/villages/{village.code}/years/2016/", FACTS | {"year": "2010", "rural_population": "９４０"}
    )
    assert answer.status_code == 303
    facts.refresh_from_db()
    assert (facts.year, facts.rural_population, facts.history.count()) == (2016, 940, 2)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("rural_population", ""),
        ("rural_population", "-1"),
        ("rural_population", "1e308"),
        ("rural_population", "很多"),
        ("population", "99999999999999999999"),
        ("net_income_per_capita", "1e308"),
        ("net_income_per_capita", "NaN"),
        ("tap_water_rate", "100.01"),
        ("subsistence_households", "311"),
        ("hardened_road", "也许"),
        ("five_connect", "通飞机"),
    ],
)
def test_bad_facts_are_refused_and_what_was_typed_stays(village, facts, signed_in, field, typed):
    answer = signed_in("town").post(f"/villages/{village.code}/years/2016/", FACTS | {field: typed})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert 'value="310"' in answer.content.decode()
    facts.refresh_from_db()
    assert facts.households == 300


def test_a_year_without_facts_is_unknown(village, signed_in):
    assert signed_in("town").get(f"/villages/{village.code}/years/2012/").status_code == 404


def test_five_connect_says_what_is_there_and_what_is_lacking(village, facts, signed_in):
    facts.five_connect = ("通路", "通电")
    facts.save()
    page = signed_in("village").get(f"/villages/{village.code}/")
    (item,) = page.context["checklists"]
    assert (item.label, item.have, item.lack) == ("五通", ("通路", "通电"), ("通水", "通广播电视", "通信息"))
    assert "2/5" in page.content.decode()


def test_the_register_panel_is_asked_for_where_it_exists(village, signed_in):
    page = signed_in("village").get(f"/villages/{village.code}/").content.decode()
    assert f'hx-get="/households/village-panel/{village.code}/"' in page
