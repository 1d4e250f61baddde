"""A household typed on one sheet and saved whole, or not at all."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from households.models import ClosedYear, Household, Person, PersonYear, StatusEvent, Survey
from office.models import TrailRow
from tests.households.entry_pages import CONDITIONS, HOUSEHOLD, SURVEY, errors_of, person, sent_by

NEW = "/households/new/"
ADULT = datetime.date(1975, 3, 2)


@pytest.fixture
def typed(ground):
    """A household of three as a browser sends it."""
    return {
        "village": ground.village.pk,
        "version": "1",
        "p-TOTAL": "4",
        **HOUSEHOLD,
        **person(0, ADULT, relation="户主"),
        **person(1, datetime.date(1976, 5, 1), male=False, relation="配偶"),
        **person(2, datetime.date(1999, 5, 1), relation="之子"),
        **CONDITIONS,
        **SURVEY,
        "surveyor": "秦演示",
        "surveyed_on": "2018-11-18",
    }


def test_the_sheet_opens_for_who_may_edit(signed_in):
    page = signed_in("village").get(NEW)
    assert page.status_code == 200
    assert "不计入任何统计" in page.content.decode()


def test_a_whole_household_is_saved_at_once(signed_in, typed):
    answer = signed_in("village").post(NEW, typed)
    assert answer.status_code == 303, errors_of(answer.content.decode()) or answer.content.decode()
    household = Household.objects.get()
    assert answer["Location"] == reverse("households:detail", args=[household.number])
    assert (household.member_count, household.phone, household.village.name) == (3, "13800000000", "演示东村")
    head = household.head
    assert (head.sex, head.birth_date) == ("男", ADULT)
    survey = household.surveys.get()
    assert (survey.state, survey.member_count, str(survey.net_income_per_capita)) == ("已填报", 3, "4310.00")
    assert PersonYear.objects.filter(person__household=household, year=2018).count() == 3
    assert str(household.living.get().house_area) == "80.00"
    assert str(household.production.get().farmland) == "4.60"


def test_a_new_household_is_an_applicant_counted_nowhere(signed_in, typed):
    signed_in("town").post(NEW, typed)
    assert Household.objects.get().registered_on is None
    assert not StatusEvent.objects.exists()


def test_one_row_of_the_trail_names_what_changed_and_no_value(signed_in, typed):
    signed_in("village").post(NEW, typed)
    (row,) = TrailRow.objects.filter(action="新建贫困户")
    assert "新成员：演示甲0" in row.detail["改动"]
    assert "13800000000" not in str(row.detail)


def test_without_a_survey_none_is_made(signed_in, typed):
    for name in (*SURVEY, *CONDITIONS):
        typed.pop(name)
    assert signed_in("village").post(NEW, typed).status_code == 303
    assert not Survey.objects.exists()


def test_a_survey_that_is_not_complete_stays_a_draft(signed_in, typed):
    typed.pop("water_safe")
    typed |= {"reason-C038": "待核"}
    answer = signed_in("village").post(NEW, typed)
    assert answer.status_code == 303, answer.content.decode()
    assert Survey.objects.get().state == "草稿"


def test_a_village_elsewhere_is_no_choice(signed_in, typed, ground):
    answer = signed_in("village").post(NEW, {**typed, "village": ground.other_village.pk})
    assert answer.status_code == 422
    assert not Household.objects.exists()


def test_fields_that_are_not_on_the_sheet_change_nothing(signed_in, typed):
    signed_in("village").post(
        NEW,
        {**typed, "exit_mark": "脱贫", "member_count": "9", "registered_on": "2015-01-01", "state": "已封存"},
    )
    household = Household.objects.get()
    assert (household.exit_mark, household.registered_on, household.member_count) == ("", None, 3)
    assert household.surveys.get().state == "已填报"


def test_what_was_typed_stays_when_it_is_refused(signed_in, typed):
    answer = signed_in("village").post(NEW, {**typed, "p-1-id_number": "990405197605010021", "address": ""})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "校验码不对" in errors_of(page)
    assert 'href="#id_p-1-id_number"' in errors_of(page)
    assert sent_by(page)["villager_group"] == ["二组"]
    assert sent_by(page)["p-1-id_number"] == ["990405197605010021"]
    assert sent_by(page)["wage_income"] == ["8,400"]
    assert not Household.objects.exists()


def test_without_a_head_nothing_is_saved(signed_in, typed):
    answer = signed_in("village").post(NEW, {**typed, "p-0-relation": "其他"})
    assert answer.status_code == 422
    assert "没有户主" in errors_of(answer.content.decode())


def test_a_number_held_elsewhere_says_only_that_it_is_registered(signed_in, typed, make_household, ground):
    there = make_household(village=ground.foreign_village).head
    answer = signed_in("village").post(NEW, {**typed, "p-1-id_number": there.id_number})
    said = errors_of(answer.content.decode())
    assert "该证件号码已在册" in said
    assert there.household.number not in said
    assert ground.foreign_village.name not in answer.content.decode()


def test_a_warning_asks_a_reason_and_keeps_it(signed_in, typed):
    typed["phone"] = "1380000"
    client = signed_in("village")
    refused = client.post(NEW, typed)
    assert refused.status_code == 422
    assert 'name="reason-C040"' in refused.content.decode()
    assert client.post(NEW, {**typed, "reason-C040": "座机"}).status_code == 303
    assert TrailRow.objects.get(action="新建贫困户").detail["核实保留"] == {"C040": "座机"}


def test_an_error_of_the_rules_blocks_beside_its_field(signed_in, typed):
    answer = signed_in("village").post(NEW, {**typed, "p-1-health": ["健康", "残疾"]})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_p-1-health_error"' in page
    assert "不能与其他健康状况同选" in errors_of(page)


def test_twenty_members_are_saved(signed_in, typed, django_assert_max_num_queries):
    for place in range(3, 20):
        typed |= person(place, datetime.date(1990, 1, 1) + datetime.timedelta(days=place))
    typed["p-TOTAL"] = "20"
    client = signed_in("village")
    with django_assert_max_num_queries(300):
        answer = client.post(NEW, typed)
    assert answer.status_code == 303, errors_of(answer.content.decode())
    household = Household.objects.get()
    assert household.member_count == household.persons.count() == 20


def test_add_a_member_without_script(signed_in, typed):
    answer = signed_in("village").post(NEW, {**typed, "action": "add"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'id="p-4"' in page and sent_by(page)["p-0-name"] == ["演示甲0"]
    assert not Household.objects.exists()


def test_the_year_of_a_closed_county_is_only_read(signed_in, make_household, ground):
    household = make_household()
    Survey.objects.create(
        household=household,
        year=2018,
        surveyor="秦演示",
        surveyed_on="2018-03-01",
        wage_income=5,
        state="已封存",
    )
    ClosedYear.objects.create(county=ground.county, year=2018, closed_at=timezone.now())
    client, address = signed_in("town"), reverse("households:edit", args=[household.number])
    page = client.get(address).content.decode()
    assert "2018 年已经封存" in page and "wage_income" not in sent_by(page)
    client.post(address, {**sent_by(page), "wage_income": "900", "address": "新址"})
    assert Survey.objects.get().wage_income == 5


def test_a_role_without_the_right_is_refused(signed_in, make_household):
    household = make_household()
    address = reverse("households:edit", args=[household.number])
    assert signed_in("helper").get(address).status_code == 403
    assert signed_in("other_village_user").get(address).status_code == 404
    assert signed_in("helper").post(NEW, {}).status_code == 403


def test_a_cancelled_household_is_not_edited(signed_in, make_household):
    household = make_household()
    household.cancel(on=datetime.date(2018, 11, 1), removal_reason="全户死亡")
    assert signed_in("town").get(reverse("households:edit", args=[household.number])).status_code == 409
    assert Person.objects.filter(present=True).count() == 0
