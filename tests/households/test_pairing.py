"""Helpers: who may arrange them, a change as a new line, warnings with a reason, the two lists."""

import datetime

import pytest

from households.care.owed import earliest_exit, owed_help, without_helper
from households.care.pairing import against_release
from households.checks import HelperFacts, HouseholdRecord, of_register
from households.colours import anniversary
from households.models import Helper, Household
from office.models import TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
TYPED = {
    "name": "演示帮",
    "unit_name": "演示农业局",
    "affiliation": "县",
    "phone": "13900005678",
    "start_on": "2018-11-01",
}


@pytest.fixture
def household(make_household) -> Household:
    return make_household(persons=2)


def paired(household: Household, name: str = "演示帮", start=datetime.date(2016, 3, 1), **more) -> Helper:
    facts = {"phone": "13900005678", "unit_name": "演示农业局", "affiliation": "县", **more}
    return Helper.objects.create(household=household, name=name, start_on=start, **facts)


def at(household: Household, *rest: object) -> str:
    return "/".join(["/households", household.number, *map(str, rest), ""])


@pytest.mark.parametrize(
    ("role", "status"), [("town", 303), ("district", 303), ("village", 403), ("helper", 403)]
)
def test_town_and_district_arrange_helpers(household, signed_in, role, status):
    assert signed_in(role).post(at(household, "helpers", "new"), TYPED).status_code == status
    assert household.helpers.count() == (1 if status == 303 else 0)


def test_it_is_in_the_trail_without_a_number(household, signed_in):
    signed_in("town").post(at(household, "helpers", "new"), TYPED)
    row = TrailRow.objects.get(action="安排帮扶责任人")
    assert row.detail["户编号"] == household.number
    assert "13900005678" not in str(row.detail)


def test_the_page_shows_phone_and_number_masked(household, signed_in):
    person = household.persons.first()
    paired(household, id_number=person.id_number)
    html = signed_in("district").get(at(household)).content.decode()
    assert "139****5678" in html
    assert "13900005678" not in html
    assert person.id_number not in html


def test_what_was_typed_stays_when_it_is_refused(household, signed_in):
    answer = signed_in("town").post(at(household, "helpers", "new"), {**TYPED, "start_on": "2018-11-21"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "不能晚于今天" in html
    assert 'value="演示农业局"' in html


def test_a_change_is_a_new_line_and_ends_the_old_one_the_day_before(household, signed_in):
    old = paired(household)
    answer = signed_in("town").post(at(household, "helpers", old.pk, "change"), {**TYPED, "name": "演示新"})
    assert answer.status_code == 303
    old.refresh_from_db()
    assert old.end_on == datetime.date(2018, 10, 31)
    assert [one.name for one in household.helpers.valid_on(DAY)] == ["演示新"]
    assert [one.name for one in household.helpers.valid_on(datetime.date(2018, 10, 31))] == ["演示帮"]
    assert old.history.count() == 2


def test_the_new_one_begins_after_the_old_one(household, signed_in):
    old = paired(household, start=datetime.date(2018, 11, 1))
    answer = signed_in("town").post(at(household, "helpers", old.pk, "change"), {**TYPED, "name": "演示新"})
    assert answer.status_code == 422
    assert household.helpers.count() == 1


def test_an_end_is_written_once(household, signed_in):
    helper, client = paired(household), signed_in("town")
    address, why = at(household, "helpers", helper.pk, "end"), {"reason": "本人病故"}
    assert client.post(address, {"end_on": "2016-02-01", **why}).status_code == 422
    assert client.post(address, {"end_on": "2018-11-19", **why}).status_code == 303
    assert client.post(address, {"end_on": "2018-11-18", **why}).status_code == 409
    helper.refresh_from_db()
    assert helper.end_on == datetime.date(2018, 11, 19)


def test_a_helper_is_not_released_before_the_task_is_done_without_a_reason(household, signed_in):
    """不脱钩、不撤回 (R254); with a reason it is done and the reason is in the trail."""
    helper, client = paired(household), signed_in("town")
    address = at(household, "helpers", helper.pk, "end")
    refused = client.post(address, {"end_on": "2018-11-19"})
    assert refused.status_code == 422
    assert "任务没有完成" in refused.content.decode()
    assert client.post(address, {"end_on": "2018-11-19", "reason": "本人病故"}).status_code == 303
    assert TrailRow.objects.get(action="结束帮扶").detail["提前撤出的理由"] == "本人病故"


def test_once_the_household_has_left_no_reason_is_asked(household, signed_in):
    helper = paired(household)
    household.leave_poverty(on=datetime.date(2018, 10, 1), by=None, origin="历史导入")
    address = at(household, "helpers", helper.pk, "end")
    assert signed_in("town").post(address, {"end_on": "2018-11-19"}).status_code == 303


@pytest.mark.parametrize(
    ("poor", "another", "end", "reasons"),
    [
        (True, False, datetime.date(2018, 11, 19), 1),
        (True, True, datetime.date(2018, 11, 19), 0),
        (True, True, datetime.date(2017, 2, 28), 1),
        (True, False, datetime.date(2017, 2, 28), 2),
        (False, False, datetime.date(2017, 2, 28), 0),
    ],
)
def test_what_speaks_against_a_release(poor, another, end, reasons):
    """One stint is two years (003); another who stays takes the task over."""
    assert len(against_release(datetime.date(2016, 3, 1), end, poor=poor, another=another)) == reasons


def test_the_same_helper_twice_is_refused(household, signed_in):
    paired(household)
    assert signed_in("town").post(at(household, "helpers", "new"), TYPED).status_code == 422


def test_a_strange_phone_is_saved_with_a_reason(household, signed_in):
    client, typed = signed_in("town"), {**TYPED, "phone": "2345678"}
    refused = client.post(at(household, "helpers", "new"), typed)
    assert refused.status_code == 422
    assert "联系电话不是11位数字" in refused.content.decode()
    assert client.post(at(household, "helpers", "new"), {**typed, "reason": "座机"}).status_code == 303
    assert TrailRow.objects.get(action="安排帮扶责任人").detail["核实保留"] == {"C040": "座机"}


def test_a_helper_who_is_on_the_register_himself_is_warned_of_and_not_named(
    household, make_household, ground, signed_in
):
    poor = make_household(village=ground.foreign_village, persons=1)
    number = poor.persons.get().id_number
    refused = signed_in("town").post(at(household, "helpers", "new"), {**TYPED, "id_number": number})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "帮扶责任人本人是在册贫困人口" in html
    assert poor.number not in html


def test_who_has_left_poverty_may_help(household, make_household, signed_in):
    left = make_household(persons=1)
    left.leave_poverty(on=datetime.date(2017, 12, 20), by=None, origin="历史导入")
    typed = {**TYPED, "id_number": left.persons.get().id_number}
    assert signed_in("town").post(at(household, "helpers", "new"), typed).status_code == 303


def test_the_list_is_what_the_nightly_check_finds(make_household):
    on, gone, old = make_household(), make_household(), make_household()
    helped, applicant, lately = make_household(), make_household(on=None), make_household()
    paired(helped)
    paired(lately, end_on=datetime.date(2018, 11, 19))
    old.leave_poverty(on=datetime.date(2015, 12, 20), by=None, origin="历史导入", recorded_at=None)
    for household in (gone,):
        household.leave_poverty(on=datetime.date(2016, 12, 20), by=None, origin="历史导入")
    Household.objects.filter(pk=old.pk).update(left_on=datetime.date(2015, 11, 19))
    listed = set(without_helper(Household.objects.all(), DAY))
    found = {
        household
        for household, breaches in of_register(Household.objects.all(), DAY)
        if any(breach.rule == "C085" for breach in breaches)
    }
    assert listed == found == {on, gone, lately}
    assert applicant not in owed_help(Household.objects.all(), DAY)


def test_the_oldest_exit_agrees_with_the_anniversary():
    for day in (DAY, datetime.date(2020, 2, 29), datetime.date(2019, 2, 28), datetime.date(2019, 3, 1)):
        oldest = earliest_exit(day)
        assert day <= anniversary(oldest, 3)
        assert day > anniversary(oldest - datetime.timedelta(days=1), 3)


def test_the_list_is_of_the_own_area_and_counts_its_parts(make_household, ground, signed_in):
    near, far = make_household(persons=3), make_household(village=ground.other_village)
    html = signed_in("town").get("/households/without-helper/").content.decode()
    assert 'data-total="1" data-persons="3"' in html
    assert near.number in html
    assert far.number not in html
    county = signed_in("district").get("/households/without-helper/").content.decode()
    assert 'data-total="2" data-persons="5"' in county
    assert ground.other_town.name in county


def test_the_load_of_a_helper_is_counted_by_name_and_unit(make_household, signed_in, ground):
    for _ in range(3):
        paired(make_household())
    paired(make_household(), unit_name="演示教育局")
    paired(make_household(), end_on=datetime.date(2018, 1, 1))
    paired(make_household(village=ground.foreign_village))
    client = signed_in("district")
    html = client.get("/helpers/").content.decode()
    assert 'data-total="2"' in html
    assert '<td class="n s2" data-label="帮扶户数">3</td>' in html
    assert 'data-total="1"' in client.get("/helpers/?least=2").content.decode()
    assert client.get("/helpers/?least=x").status_code == 422


def test_a_helper_alone_makes_a_record_for_the_rules():
    assert HouseholdRecord(helpers=(HelperFacts(phone="1"),)).persons == ()


def test_a_cancelled_household_gets_no_helper(household, signed_in):
    household.cancel(on=DAY, by=None, origin="登记", reason="整户死亡", removal_reason="全户死亡")
    assert signed_in("town").post(at(household, "helpers", "new"), TYPED).status_code == 409
