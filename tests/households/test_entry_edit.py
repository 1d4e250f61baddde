"""Changing a household: masks, a second editor, drafts, last year's survey, and who joins a registered one."""

import datetime

import pytest
from django.urls import reverse

from households.entry import drafts
from households.jobs import expire_drafts
from households.models import EntryDraft, Household, Person, StatusEvent, Survey
from office import clock
from tests.conftest import identity_number
from tests.households.entry_pages import SURVEY, errors_of, person, sent_by

REASONS = {
    f"reason-{rule}": "已核实"
    for rule in ("C030", "C031", "C033", "C038", "C039", "C049", "C062", "C069", "C070", "C078")
}


@pytest.fixture
def household(make_household):
    made = make_household(persons=2, address="旧址", phone="13812345678", bank_account="6222000011112222")
    head = made.head
    head.health, head.disease_name = ("长期慢性病",), "演示病名"
    head.save()
    return made


@pytest.fixture
def edit(household):
    return reverse("households:edit", args=[household.number])


def opened(client, address: str) -> dict[str, list[str]]:
    return sent_by(client.get(address).content.decode())


def test_saved_personal_data_is_shown_masked(signed_in, household, edit):
    page = signed_in("village").get(edit).content.decode()
    for secret in (household.phone, household.bank_account, household.head.id_number, "演示病名"):
        assert secret not in page
    assert "138****5678" in page


def test_a_mask_that_comes_back_leaves_the_value_alone(signed_in, household, edit):
    client = signed_in("village")
    answer = client.post(edit, {**opened(client, edit), **REASONS, "address": "新址"})
    assert answer.status_code == 303, answer.content.decode()
    after = Household.objects.get(pk=household.pk)
    assert (after.address, after.phone, after.bank_account) == ("新址", "13812345678", "6222000011112222")
    assert after.head.id_number == household.head.id_number
    assert after.head.disease_name == "演示病名"
    assert after.version == household.version + 1


def test_what_did_not_change_gets_no_history_row(signed_in, household, edit):
    client = signed_in("village")
    before = Person.history.count()
    client.post(edit, {**opened(client, edit), **REASONS, "address": "新址"})
    assert Person.history.count() == before


def test_a_new_number_replaces_the_masked_one(signed_in, household, edit):
    client = signed_in("village")
    client.post(edit, {**opened(client, edit), **REASONS, "phone": "１３９１２３４５６７８"})
    assert Household.objects.get().phone == "13912345678"


def test_a_change_of_head_demotes_first(signed_in, household, edit):
    client = signed_in("village")
    answer = client.post(
        edit, {**opened(client, edit), **REASONS, "p-0-relation": "配偶", "p-1-relation": "户主"}
    )
    assert answer.status_code == 303, errors_of(answer.content.decode())
    assert household.head.name == "演示乙"


def test_a_person_elsewhere_is_not_reached_by_its_number(signed_in, household, edit, make_household, ground):
    other = make_household(village=ground.foreign_village, persons=1).head
    client = signed_in("village")
    client.post(
        edit,
        {**opened(client, edit), **REASONS, "p-1-number": other.number, "p-1-name": "改名", "address": "新"},
    )
    assert Person.objects.get(pk=other.pk).name == other.name


def test_who_comes_to_a_registered_household_joins_by_an_event(signed_in, household, edit):
    client = signed_in("village")
    typed = opened(client, edit)
    born = datetime.date(2018, 9, 1)
    typed |= person(2, born, relation="之子", education="", schooling="", labour_capacity="", work_place="")
    typed |= {
        "p-TOTAL": "3",
        "p-2-work_months": "",
        "p-2-joined_on": "2018-11-01",
        "p-2-join_reason": "新生儿",
    }
    reasons = {"p-2-resident_pension": "", "reason-C022": "已核实"}
    answer = client.post(edit, {**typed, **REASONS, **reasons})
    assert answer.status_code == 303, answer.content.decode()
    event = StatusEvent.objects.get(kind="增员")
    assert (event.persons, event.on) == (1, datetime.date(2018, 11, 1))
    assert Household.objects.get().member_count == 3


# -- two editors ------------------------------------------------------------------------------------


def test_the_second_editor_is_shown_what_changed_and_keeps_what_was_typed(signed_in, household, edit):
    mine, theirs = signed_in("village"), signed_in("town")
    typed = opened(mine, edit)
    theirs.post(edit, {**opened(theirs, edit), **REASONS, "address": "他写的", "villager_group": "九组"})
    answer = mine.post(edit, {**typed, **REASONS, "address": "我写的", "bank_name": "演示农商银行"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "他写的" in page and "演示town" in page
    again = sent_by(page)
    assert again["address"] == ["我写的"] and again["bank_name"] == ["演示农商银行"]
    assert again["villager_group"] == ["九组"]
    assert Household.objects.get().address == "他写的"

    assert mine.post(edit, {**again, **REASONS}).status_code == 303
    after = Household.objects.get()
    assert (after.address, after.villager_group, after.bank_name) == ("我写的", "九组", "演示农商银行")


def test_a_conflict_shows_no_number_in_full(signed_in, household, edit):
    mine, theirs = signed_in("village"), signed_in("town")
    typed = opened(mine, edit)
    theirs.post(edit, {**opened(theirs, edit), **REASONS, "phone": "13900001111"})
    page = mine.post(edit, {**typed, **REASONS, "address": "我写的"}).content.decode()
    assert "13900001111" not in page and "139****1111" in page


# -- drafts -----------------------------------------------------------------------------------------


def test_a_draft_is_kept_encrypted_and_offered_again(signed_in, cast):
    client = signed_in("village")
    number = identity_number(7)
    kept = client.post(
        "/households/new/draft/", {"villager_group": "七组", "p-TOTAL": "1", "p-0-id_number": number}
    )
    assert kept.status_code == 200 and "已自动保存" in kept.content.decode()
    stored = EntryDraft.objects.values_list("content", flat=True).get()
    assert number not in str(stored) and str(stored).startswith("v1:")
    page = signed_in("village").get("/households/new/").content.decode()
    assert "还没有保存" in page and sent_by(page)["villager_group"] == ["七组"]


def test_a_draft_is_seen_by_its_owner_alone(signed_in, edit):
    signed_in("village").post(f"{edit}draft/", {"address": "半截"})
    assert "半截" not in signed_in("town").get(f"{edit}").content.decode()
    assert "半截" in signed_in("village").get(f"{edit}").content.decode()


def test_one_draft_a_user_and_household_and_none_after_saving(signed_in, household, edit):
    client = signed_in("village")
    for address in ("一", "二"):
        client.post(f"{edit}draft/", {**opened(client, edit), "address": address})
    client.post("/households/new/draft/", {"address": "新户"})
    assert EntryDraft.objects.count() == 2
    client.post(edit, {**opened(client, edit), **REASONS, "address": "新址"})
    assert [draft.household for draft in EntryDraft.objects.all()] == [None]


def test_a_draft_of_an_older_version_meets_the_change(signed_in, household, edit):
    mine, theirs = signed_in("village"), signed_in("town")
    mine.post(f"{edit}draft/", {**opened(mine, edit), "address": "我写的"})
    theirs.post(edit, {**opened(theirs, edit), **REASONS, "address": "他写的"})
    assert mine.post(edit, {**opened(mine, edit), **REASONS}).status_code == 409


def test_a_draft_that_comes_after_the_save_is_not_kept(signed_in, household, edit):
    client = signed_in("village")
    typed = {**opened(client, edit), **REASONS, "address": "新址"}
    assert client.post(edit, typed).status_code == 303
    assert client.post(f"{edit}draft/", typed).status_code == 200
    assert not EntryDraft.objects.exists()


def test_the_button_keeps_a_draft_without_script(signed_in, edit):
    client = signed_in("village")
    answer = client.post(edit, {**opened(client, edit), "address": "半截", "action": "draft"})
    assert answer.status_code == 303
    assert opened(client, answer["Location"])["address"] == ["半截"]
    assert Household.objects.get().address == "旧址"


def test_a_draft_that_is_not_wanted_goes(signed_in, edit):
    client = signed_in("village")
    client.post(f"{edit}draft/", {"address": "半截"})
    assert client.post(f"{edit}draft/", {"action": "drop"}).status_code == 303
    assert not EntryDraft.objects.exists()


def test_drafts_of_seven_days_are_deleted_by_the_daily_job(signed_in, edit):
    signed_in("village").post(f"{edit}draft/", {"address": "半截"})
    expire_drafts(None, period="2018-11-20")
    assert EntryDraft.objects.count() == 1
    EntryDraft.objects.update(saved_at=clock.moment() - datetime.timedelta(days=drafts.DAYS_KEPT, minutes=1))
    assert expire_drafts(None, period="2018-11-27") == {"deleted": 1}


# -- while one types --------------------------------------------------------------------------------


def test_a_number_tells_sex_birth_date_and_age(signed_in):
    number = identity_number(4, datetime.date(2008, 3, 14), male=False)
    page = (
        signed_in("village")
        .post(
            "/households/new/identity/",
            {"row": "0", "p-TOTAL": "1", "p-0-id_type": "居民身份证", "p-0-id_number": number},
        )
        .content.decode()
    )
    assert "女" in page and "2008年3月14日" in page and "10 岁" in page


def test_a_wrong_number_tells_nothing_but_what_is_wrong(signed_in):
    page = (
        signed_in("village")
        .post(
            "/households/new/identity/",
            {"row": "0", "p-TOTAL": "1", "p-0-id_type": "居民身份证", "p-0-id_number": "990405200803140021"},
        )
        .content.decode()
    )
    assert "待证件号码" in page and "校验码不对" in page


def test_the_checks_answer_while_one_types_and_save_nothing(signed_in, edit):
    client = signed_in("village")
    typed = opened(client, edit)
    page = client.post(f"{edit}checks/", {**typed, **SURVEY, "p-1-health": ["健康", "残疾"]}).content.decode()
    assert "不能与其他健康状况同选" in page and "#id_p-1-health" in page
    assert "6,465.00" in page
    assert not Survey.objects.exists()


def test_another_row_comes_with_the_new_count(signed_in, edit):
    page = signed_in("village").post(f"{edit}member/", {"p-TOTAL": "2"}).content.decode()
    assert 'name="p-2-name"' in page and 'value="3" hx-swap-oob' in page


# -- the year before --------------------------------------------------------------------------------


def test_last_years_survey_fills_what_is_empty(signed_in, household, edit):
    Survey.objects.create(
        household=household,
        year=2017,
        surveyor="秦演示",
        surveyed_on=datetime.date(2017, 11, 1),
        wage_income=7000,
        property_income=300,
        food_assured=True,
        state="已填报",
    )
    household.living.create(year=2017, house_area=66, fuel="煤炭")
    client = signed_in("village")
    typed = opened(client, edit)
    page = client.post(edit, {**typed, "property_income": "1", "action": "copy"}).content.decode()
    filled = sent_by(page)
    assert filled["wage_income"] == ["7000.00"] and filled["property_income"] == ["1"]
    assert filled["food_assured"] == ["True"] and filled["fuel"] == ["煤炭"]
    assert filled["house_area"] == ["66.00"]
    assert Survey.objects.count() == 1


def test_a_submitted_survey_changed_is_submitted_anew(signed_in, household, edit):
    client = signed_in("village")
    answer = client.post(edit, {**opened(client, edit), **REASONS, **SURVEY, "surveyed_on": "2018-11-18"})
    assert answer.status_code == 303, errors_of(answer.content.decode())
    assert Survey.objects.get().state == "已填报"
    client.post(edit, {**opened(client, edit), **REASONS, "wage_income": "9000"})
    survey = Survey.objects.get()
    assert (survey.state, survey.wage_income, survey.member_count) == ("已填报", 9000, 2)
    refused = client.post(edit, {**opened(client, edit), **REASONS, "wage_income": ""})
    assert refused.status_code == 422
