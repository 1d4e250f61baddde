"""Saving the sheet brings the findings of the household in line, and what was confirmed is not asked again."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from households import checks, doubts
from households.models import Household, Person
from office.findings import Finding
from tests.households.entry_pages import sent_by

DAY = datetime.date(2018, 11, 20)


@pytest.fixture
def household(make_household):
    made = make_household(persons=2, poverty_cause="因灾", phone="13812345678")
    answers = dict.fromkeys(
        ("critical_illness_insurance", "resident_medical_insurance", "resident_pension"), True
    ) | dict.fromkeys(
        ("employee_medical_insurance", "subsistence_allowance", "extremely_poor_support"), False
    )
    for person in made.persons.all():
        person.education, person.schooling, person.labour_capacity = "初中", "非在校生", "弱劳动力或半劳动力"
        for name, answer in answers.items():
            setattr(person, name, answer)
        person.save()
    return made


@pytest.fixture
def edit(household):
    return reverse("households:edit", args=[household.number])


def opened(client, address: str) -> dict[str, list[str]]:
    return sent_by(client.get(address).content.decode())


def states(household: Household) -> dict[str, str]:
    return dict(Finding.objects.of(household).values_list("rule", "state"))


def test_a_save_opens_and_closes_the_findings_of_its_household(signed_in, household, edit):
    client = signed_in("village")
    assert not Finding.objects.exists()
    answer = client.post(edit, {**opened(client, edit), "phone": "1381234", "reason-C040": "座机"})
    assert answer.status_code == 303, answer.content.decode()
    assert states(household) == {"C040": "核实保留", "C085": "待核"}
    client.post(edit, {**opened(client, edit), "phone": "13812345678"})
    assert states(household) == {"C040": "已消除", "C085": "待核"}


def test_the_night_finds_nothing_left_to_change(signed_in, household, edit):
    client = signed_in("village")
    client.post(edit, {**opened(client, edit), "phone": "1381234", "reason-C040": "座机"})
    tally = doubts.of_households(next(checks.batches(Household.objects.all(), DAY)), DAY)
    assert +tally == {"kept": 2}


def test_a_confirmed_exception_is_asked_again_only_when_its_data_change(signed_in, household, edit):
    client = signed_in("village")
    typed = opened(client, edit)
    refused = client.post(edit, {**typed, "phone": "1381234"})
    assert refused.status_code == 422 and 'name="reason-C040"' in refused.content.decode()
    assert client.post(edit, {**typed, "phone": "1381234", "reason-C040": "座机"}).status_code == 303
    row = Finding.objects.get(rule="C040")
    assert (row.reason, row.confirmed_by.username, row.confirmed_on) == ("座机", "village", DAY)
    again = client.post(edit, {**opened(client, edit), "address": "新址"})
    assert again.status_code == 303, again.content.decode()
    assert Finding.objects.get(rule="C040").state == "核实保留"
    changed = client.post(edit, {**opened(client, edit), "phone": "1399999"})
    assert changed.status_code == 422 and 'name="reason-C040"' in changed.content.decode()


def test_what_was_confirmed_on_the_work_list_is_not_asked_in_the_sheet(signed_in, household, edit, cast):
    Person.objects.filter(household=household).update(schooling="", education="")
    doubts.recheck(household, DAY)
    for finding in Finding.objects.of(household):
        finding.confirm(by=cast["town"], on=DAY, reason="查不到")
    client = signed_in("village")
    live = client.post(f"{edit}checks/", opened(client, edit)).content.decode()
    assert "文化程度和在校生状况都没填" not in live
    assert client.post(edit, {**opened(client, edit), "address": "新址"}).status_code == 303


def test_the_exception_of_one_member_does_not_cover_another(signed_in, household, edit, cast):
    head, other = household.persons.order_by("number")
    Person.objects.filter(pk=head.pk).update(schooling="", education="")
    doubts.recheck(household, DAY)
    Finding.objects.get(rule="C031", part=head.number).confirm(by=cast["town"], on=DAY, reason="查不到")
    client = signed_in("village")
    typed = {**opened(client, edit), "p-1-education": "", "p-1-schooling": ""}
    page = client.post(edit, typed).content.decode()
    assert 'name="reason-C031"' in page
    assert 'href="#id_p-1-education"' in page and 'href="#id_p-0-education"' not in page
    assert client.post(edit, {**typed, "reason-C031": "也查不到"}).status_code == 303
    reasons = dict(Finding.objects.filter(rule="C031").values_list("part", "reason"))
    assert reasons == {head.number: "查不到", other.number: "也查不到"}


def test_a_save_that_fails_leaves_the_findings_as_they_were(signed_in, household, edit, monkeypatch):
    client = signed_in("village")
    typed = {**opened(client, edit), "phone": "1381234", "reason-C040": "座机"}
    with pytest.raises(RuntimeError), monkeypatch.context() as broken:
        broken.setattr("households.views.entry.trail.record", _fails)
        client.post(edit, typed)
    assert not Finding.objects.exists() and Household.objects.get().phone == "13812345678"


def _fails(*args: object, **more: object) -> None:
    raise RuntimeError


def test_a_reason_may_have_two_hundred_characters(signed_in, household, edit):
    client = signed_in("village")
    typed = {**opened(client, edit), "phone": "1381234"}
    page = client.post(edit, {**typed, "reason-C040": "长" * 201})
    assert page.status_code == 422 and "最多写 200 字" in page.content.decode()
    assert client.post(edit, {**typed, "reason-C040": "一行\r\n两行\x00"}).status_code == 303
    assert Finding.objects.get(rule="C040").reason == "一行  两行"


def test_the_check_costs_as_much_for_a_large_household(household, make_household):
    def taken(of: Household) -> int:
        doubts.recheck(of, DAY)
        with CaptureQueriesContext(connection) as seen:
            doubts.recheck(of, DAY)
        return len(seen)

    assert taken(household) == taken(make_household(persons=8)) <= 24
