"""A village applies to leave the list of key villages itself, before its town has begun a list (R058)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.roles import Role
from audits.models import AuditList, Entry, Evidence
from audits.procedures import ListKind
from tests.audits.driver import refused
from tests.conftest import make_user
from tests.office.handmade import PDF
from villages.models import KeyVillage

DAY = datetime.date(2018, 10, 8)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


@pytest.fixture
def address(ground):
    return f"/villages/{ground.village.code}/apply-exit/"


def form(**typed):
    return {"file": SimpleUploadedFile("申请书.pdf", PDF), **typed}


def test_it_opens_its_towns_list_and_sees_it_from_then_on(key_village, ground, cast, signed_in, address):
    client = signed_in("village")
    answer = client.post(address, form(note="村民代表会议10月6日"))
    audit_list = AuditList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{audit_list.pk}/")
    assert (audit_list.kind, audit_list.area, audit_list.stage) == (
        "village-exit",
        ground.town,
        "application",
    )
    entry = audit_list.entries.get()
    assert (entry.area, entry.agreed, entry.entered_by) == (ground.village, True, cast["village"])
    paper = Evidence.objects.get()
    assert (paper.kind, paper.entry, paper.files.count()) == ("application", entry, 1)
    page = client.get(answer["Location"]).content.decode()
    assert "申请书.pdf" in page and "本村申请" in page
    entry_page = client.get(f"{answer['Location']}entries/{entry.pk}/").content.decode()
    assert "<dt>申请</dt><dd>申请　2018年10月8日" in entry_page


def test_the_town_goes_on_with_nothing_else_to_ask(key_village, cast, signed_in, address):
    signed_in("village").post(address, form())
    audit_list = AuditList.objects.get()
    assert str(audit_list) in signed_in("town").get("/audits/many/").content.decode()
    audit_list.pass_stage("application", by=cast["town"], on=DAY)
    audit_list.refresh_from_db()
    assert audit_list.stage == "review"


def test_two_villages_of_a_town_come_onto_one_list_and_see_their_own(
    key_village, ground, cast, signed_in, address
):
    KeyVillage.designate(
        area=ground.sibling_village, level="市定", batch="十三五", on=datetime.date(2017, 1, 1), by=None
    )
    cast["sibling"] = make_user("sibling", Role.VILLAGE, ground.sibling_village)
    signed_in("village").post(address, form())
    signed_in("sibling").post(f"/villages/{ground.sibling_village.code}/apply-exit/", form())
    audit_list = AuditList.objects.get()
    assert audit_list.entries.count() == 2
    page = signed_in("village").get(f"/audits/{audit_list.pk}/").content.decode()
    assert "名单上还有 1 个村" in page and ground.sibling_village.name not in page


def test_the_list_waits_for_each_villages_own_paper(key_village, ground, cast, driver, signed_in, address):
    signed_in("village").post(address, form())
    KeyVillage.designate(
        area=ground.sibling_village, level="市定", batch="十三五", on=datetime.date(2017, 1, 1), by=None
    )
    audit_list = AuditList.objects.get()
    other = audit_list.add(ground.sibling_village, by=cast["town"], on=DAY)
    other.agree(True, by=make_user("sibling", Role.VILLAGE, ground.sibling_village), on=DAY)
    audit_list.refresh_from_db()
    wanted = f"{ground.sibling_village}缺申请书"
    refused(
        ValidationError, lambda: audit_list.pass_stage("application", by=cast["town"], on=DAY), f"^..{wanted}"
    )
    client, keep = signed_in("town"), f"/audits/{audit_list.pk}/evidence/new/"
    page = client.get(f"/audits/{audit_list.pk}/").content.decode()
    assert page.count(f"{keep}?kind=application") == 1
    assert f"{keep}?kind=application&amp;entry={other.pk}" in page and wanted in page
    told = {"stage": "application", "version": audit_list.version, "kind": "application"}
    for_all = client.post(keep, form(**told))
    assert for_all.status_code == 422 and "请选择是谁的" in for_all.content.decode()
    assert client.post(keep, form(**told, entry=other.pk)).status_code == 303
    audit_list.refresh_from_db()
    audit_list.pass_stage("application", by=cast["town"], on=DAY)
    assert audit_list.stage == "review"


def test_it_comes_onto_the_list_that_the_town_gathers(key_village, driver, signed_in, address):
    gathered = driver.open(ListKind.VILLAGE_EXIT)
    signed_in("village").post(address, form())
    assert AuditList.objects.get() == gathered and Entry.objects.get().audit_list == gathered


def test_it_is_asked_once(key_village, signed_in, address):
    client = signed_in("village")
    client.post(address, form())
    again = client.post(address, form())
    assert again.status_code == 409 and "已在" in again.content.decode()
    assert Entry.objects.count() == Evidence.objects.count() == 1


def test_nothing_is_kept_without_the_paper_and_the_words_are(key_village, signed_in, address):
    answer = signed_in("village").post(address, {"note": "村民代表会议10月6日"})
    text = answer.content.decode()
    assert answer.status_code == 422 and "请选择文件" in text and "村民代表会议10月6日" in text
    assert not AuditList.objects.exists()


@pytest.mark.parametrize(
    ("role", "status"), [("town", 403), ("district", 403), ("helper", 403), ("leader", 403)]
)
def test_nobody_else_applies_for_it(key_village, signed_in, address, role, status):
    assert signed_in(role).post(address, form()).status_code == status
    assert not AuditList.objects.exists()


def test_another_village_is_not_there(key_village, ground, signed_in):
    for other in (ground.sibling_village, ground.foreign_village):
        page = f"/villages/{other.code}/apply-exit/"
        assert signed_in("village").get(page).status_code == 404
        assert signed_in("village").post(page, form()).status_code == 404


@pytest.mark.parametrize("key", [True, False], ids=["cap taken off", "never chosen"])
def test_who_is_no_key_village_does_not_apply(request, ground, signed_in, county, address, key):
    if key:
        request.getfixturevalue("key_village").remove_cap(on=datetime.date(2018, 1, 5), by=None)
    answer = signed_in("village").post(address, form())
    assert answer.status_code == 409 and "不是没有摘帽的重点村" in answer.content.decode()


def test_the_page_says_how_it_stands_to_the_standard(key_village, make_household, signed_in, address):
    client = signed_in("village")
    assert "达标" in client.get(address).content.decode()
    make_household(persons=1).events.update(persons=20)
    text = client.get(address).content.decode()
    assert "2.00%（20人÷1000人），须低于2%" in text and "镇街初审评估时通不过" in text


def test_the_way_there_is_shown_to_the_village_while_it_can_be_gone(key_village, ground, signed_in, address):
    pages = (f"/villages/{ground.village.code}/audits/", "/audits/new/?kind=village-exit")
    village, town = signed_in("village"), signed_in("town")
    assert all(address in village.get(page).content.decode() for page in pages)
    assert not any(address in town.get(page).content.decode() for page in pages)
    village.post(address, form())
    assert not any(address in village.get(page).content.decode() for page in pages)


def test_a_village_brings_no_paper_for_the_whole_list_of_its_town(key_village, cast, signed_in, address):
    client = signed_in("village")
    client.post(address, form())
    audit_list = AuditList.objects.get()
    told = {"stage": "application", "version": audit_list.version, "kind": "application"}
    page = f"/audits/{audit_list.pk}/evidence/new/"
    assert client.post(page, form(**told)).status_code == 403
    assert client.post(page, form(**told, entry=audit_list.entries.get().pk)).status_code == 303
