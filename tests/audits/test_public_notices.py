"""`/notices/`: what everybody reads without signing in, and the objections that come from there (threats H4)."""

import datetime

import pytest
from django.urls import reverse

from audits.models import AuditList, AuditSetting, Notice, Objection
from audits.procedures import ListKind
from tests.test_canary import WORDS, canary, content, found_in  # noqa: F401

A_DAY = datetime.timedelta(days=1)
TEXT = "户主在外有工资，收入不实"


@pytest.fixture
def hanging(opened, driver, office_day):
    """A list of two whose sheet was put up today."""
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    office_day(day)
    return Notice.objects.select_related("audit_list").get()


def address(notice):
    return reverse("notices:notice", args=[notice.token])


def send(client, notice, **typed):
    return client.post(address(notice), {"row": "1", "text": TEXT, **typed})


def test_everybody_reads_it_and_no_search_engine_keeps_it(hanging, signed_in):
    client = signed_in(None)
    for page in (client.get("/notices/"), client.get(address(hanging))):
        assert page.status_code == 200
        assert page["X-Robots-Tag"] == "noindex, nofollow, noarchive"
        assert '<meta name="robots" content="noindex' in page.content.decode()
        assert page["Cache-Control"] == "no-store"
    assert len(hanging.token) == 32
    assert address(hanging) in client.get("/notices/").content.decode()


def test_it_is_gone_when_it_is_over(hanging, signed_in, office_day):
    client = signed_in(None)
    office_day(hanging.ends_on)
    assert client.get(address(hanging)).status_code == 200
    office_day(hanging.ends_on + A_DAY)
    gone, never = client.get(address(hanging)), client.get("/notices/nothing/")
    assert gone.status_code == never.status_code == 404
    assert gone.content == never.content
    assert hanging.token not in client.get("/notices/").content.decode()
    assert send(client, hanging).status_code == 404


def test_a_sheet_that_was_taken_down_is_gone(hanging, signed_in):
    AuditList.objects.filter(pk=hanging.audit_list_id).update(round=2)
    assert signed_in(None).get(address(hanging)).status_code == 404


def test_the_deployment_and_the_county_turn_it_off(hanging, signed_in, settings):
    client, district = signed_in(None), signed_in("district")
    turned = district.post(reverse("audits:notices-public"), {"kinds": [ListKind.RENOVATION]})
    assert turned.status_code == 303
    assert client.get(address(hanging)).status_code == 404
    kept = set(AuditSetting.objects.filter(name="public").values_list("kind", flat=True))
    assert kept == {"household-exit", "village-exit", "entry"}
    district.post(reverse("audits:notices-public"), {"kinds": ["household-exit"]})
    assert client.get(address(hanging)).status_code == 200
    assert signed_in("town").post(reverse("audits:notices-public")).status_code == 403
    settings.PUBLIC_NOTICES = False
    assert client.get(address(hanging)).status_code == 404


def test_an_objection_holds_its_entry_at_once_and_says_by_when(hanging, signed_in, office_day):
    answer = send(signed_in(None), hanging, row="2", raised_by="演示村民", contact="13800000000")
    assert (answer.status_code, answer["Location"]) == (303, address(hanging))
    made = Objection.objects.get()
    assert made.entry_id == hanging.entry_keys[1] and made.state == "待受理"
    assert (made.origin, made.notice, made.recorded_by, made.contact) == (
        "公开页",
        hanging,
        None,
        "13800000000",
    )
    assert "127.0.0.1" not in made.source
    bar = signed_in("village").get(f"/audits/{hanging.audit_list_id}/").content.decode()
    assert "异议没有办结" in bar


def test_an_objection_finds_its_entry_on_the_remainder_list(hanging, signed_in, cast):
    audit_list = hanging.audit_list
    rest = audit_list.split(
        [hanging.entry_keys[0]], by=cast["village"], on=hanging.posted_on, reason="待补材料"
    )
    assert send(signed_in(None), hanging, row="1").status_code == 303
    assert Objection.objects.get().audit_list == rest
    assert send(signed_in(None), hanging, row="0").status_code == 303
    assert Objection.objects.last().entry is None


def test_what_cannot_be_taken_stays_in_the_form(hanging, signed_in):
    client = signed_in(None)
    for typed, said in (
        ({"text": " "}, "请写明反映的情况"),
        ({"text": "长" * 1001}, "不超过 1000 个字"),
        ({"row": "9"}, "公示表上没有这一行"),
        ({"row": ""}, "请选择对哪一户"),
    ):
        answer = send(client, hanging, contact="写过的联系方式", **typed)
        assert answer.status_code == 422
        assert said in answer.content.decode() and "写过的联系方式" in answer.content.decode()
    hanging.audit_list.entries.filter(pk=hanging.entry_keys[0]).update(
        outcome="剔除", outcome_reason="x", closed_at=hanging.recorded_at
    )
    assert send(client, hanging).status_code == 409
    assert not Objection.objects.exists()


def test_an_address_sends_so_many_a_day_and_again_the_next(hanging, signed_in, settings, office_day):
    settings.PUBLIC_OBJECTIONS_PER_DAY = 2
    client = signed_in(None)
    assert [send(client, hanging).status_code for _ in range(3)] == [303, 303, 429]
    assert (
        client.post(address(hanging), {"row": "1", "text": TEXT}, REMOTE_ADDR="10.0.0.9").status_code == 303
    )
    office_day(hanging.posted_on + A_DAY)
    assert send(client, hanging).status_code == 303


def test_a_list_takes_so_many_a_day_from_everywhere(hanging, signed_in, monkeypatch):
    monkeypatch.setattr("audits.models.noticing.MOST_A_LIST_A_DAY", 2)
    client = signed_in(None)

    def from_elsewhere(number):
        sent = {"row": "1", "text": TEXT}
        return client.post(address(hanging), sent, REMOTE_ADDR=f"10.0.0.{number}").status_code

    assert [from_elsewhere(number) for number in range(3)] == [303, 303, 429]


def test_a_form_from_elsewhere_is_not_taken(hanging, signed_in):
    client = signed_in(None)
    client.handler.enforce_csrf_checks = True
    assert send(client, hanging).status_code == 403


def test_no_question_in_an_address_shows_more_than_the_sheet(canary, driver, signed_in, office_day):  # noqa: F811
    audit_list = driver.open("household-exit", canary)
    AuditList.objects.filter(pk=audit_list.pk).update(stage="village-notice")
    audit_list.refresh_from_db()
    driver.post(audit_list, audit_list.opened_on)
    office_day(audit_list.opened_on)
    notice = Notice.objects.get()
    inside = f"/audits/{audit_list.pk}/notices/{notice.pk}/"
    row = "".join(f"<td>{value}</td>" for value in notice.sheet[0])
    for role, where in ((None, address(notice)), ("district", inside), ("district", f"{inside}sheet/")):
        page = signed_in(role).get(f"{where}?full=1&reveal=1&unmask=id_number&columns=id_number&row=1")
        assert page.status_code == 200 and row in page.content.decode()
        assert not found_in(content(page)), where


def test_public_pages_hold_nothing_of_a_person_but_the_sheet(canary, driver, signed_in, office_day):  # noqa: F811
    audit_list = driver.open("household-exit", canary)
    AuditList.objects.filter(pk=audit_list.pk).update(stage="village-notice")
    audit_list.refresh_from_db()
    driver.post(audit_list, audit_list.opened_on)
    office_day(audit_list.opened_on)
    notice, client = Notice.objects.get(), signed_in(None)
    said = f"电话{WORDS['成员联系电话']}，证件{WORDS['证件号码']}"
    assert send(client, notice, text=said, contact=WORDS["户联系电话"]).status_code == 303
    assert not found_in(Objection.objects.get().text)
    for where in ("/notices/", address(notice)):
        page = client.get(where)
        assert page.status_code == 200
        assert not found_in(content(page))
    pages = [f"/audits/objections/{Objection.objects.get().pk}/", f"/audits/{audit_list.pk}/"]
    for role in ("village", "town", "district"):
        assert not {page for page in pages if found_in(content(signed_in(role).get(page)))}
