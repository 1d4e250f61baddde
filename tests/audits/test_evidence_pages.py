"""Papers of a list: brought at its stage, given out by scope, struck out while the stage is not passed."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audits.models import Evidence
from audits.procedures import ListKind
from office.attachments import Attachment
from office.models import TrailRow
from tests.office.handmade import PDF, png

DAY = datetime.date(2018, 10, 8)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def seen(audit_list, **typed):
    audit_list.refresh_from_db()
    return {"stage": audit_list.stage, "version": audit_list.version, **typed}


def scan(name="提报.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


def keep(client, audit_list, *files, kind="proposal", **typed):
    files = files or (scan(),)
    told = seen(audit_list, kind=kind, file=list(files), **typed)
    return client.post(f"/audits/{audit_list.pk}/evidence/new/", told)


def test_what_is_missing_is_said_until_its_scan_is_there(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    client, page = signed_in("village"), f"/audits/{audit_list.pk}/"
    assert "还缺" in client.get(page).content.decode()
    assert keep(client, audit_list, scan(), scan("二.png", png()), note="到会12人").status_code == 303
    text = client.get(page).content.decode()
    assert "还缺" not in text and "提报.pdf" in text and "到会12人" in text
    paper = Evidence.objects.get()
    assert paper.files.count() == 2
    assert client.post(f"/audits/{audit_list.pk}/pass/", seen(audit_list)).status_code == 303


@pytest.mark.parametrize(
    ("files", "said"),
    [([], "请选择文件"), ([scan("a.exe", b"MZ" + b"0" * 90)], "只收"), ([scan("b.pdf", b"")], "空的")],
)
def test_a_file_that_is_none_is_refused_and_nothing_is_kept(opened, signed_in, files, said):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    told = seen(audit_list, kind="proposal", file=files)
    answer = signed_in("village").post(f"/audits/{audit_list.pk}/evidence/new/", told)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not Evidence.objects.exists() and not Attachment.objects.exists()


def test_a_scan_is_a_download_for_who_sees_the_list_and_reading_it_is_in_the_trail(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    keep(signed_in("village"), audit_list)
    paper, file = Evidence.objects.get(), Attachment.objects.get()
    address = f"/audits/{audit_list.pk}/evidence/{paper.pk}/files/{file.pk}/"
    answer = signed_in("leader").get(address)
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert "attachment" in answer["Content-Disposition"]
    assert TrailRow.objects.filter(action="查看佐证材料").exists()
    assert signed_in("other_town_user").get(address).status_code == 404


def test_a_paper_is_struck_out_with_a_reason_and_counts_no_more(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    client = signed_in("village")
    keep(client, audit_list)
    paper = Evidence.objects.get()
    strike = f"/audits/{audit_list.pk}/evidence/{paper.pk}/strike/"
    assert client.post(strike, seen(audit_list)).status_code == 422
    assert client.post(strike, seen(audit_list, reason="传错了")).status_code == 303
    assert client.post(strike, seen(audit_list, reason="传错了")).status_code == 409
    assert client.post(f"/audits/{audit_list.pk}/pass/", seen(audit_list)).status_code == 422
    text = client.get(f"/audits/{audit_list.pk}/").content.decode()
    assert "还缺" in text and "已作废：传错了" in text


def test_what_a_stage_was_passed_on_is_not_struck_out(opened, signed_in, driver):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    driver.reach(audit_list, "appraisal", DAY)
    paper = Evidence.objects.get()
    strike = f"/audits/{audit_list.pk}/evidence/{paper.pk}/strike/"
    assert signed_in("village").post(strike, seen(audit_list, reason="传错了")).status_code == 409


def test_a_paper_of_one_village_is_not_another_villages_to_read(opened, signed_in, ground):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    entry = audit_list.entries.get()
    keep(signed_in("town"), audit_list, kind="application", entry=entry.pk)
    paper, file = Evidence.objects.get(), Attachment.objects.get()
    Evidence.objects.filter(pk=paper.pk).update(entry=entry)
    entry.area = ground.sibling_village
    entry.save(update_fields=["area"])
    address = f"/audits/{audit_list.pk}/evidence/{paper.pk}/files/{file.pk}/"
    assert signed_in("village").get(address).status_code == 404
    assert signed_in("town").get(address).status_code == 200


def test_who_has_not_the_list_at_hand_brings_no_papers(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    assert keep(signed_in("leader"), audit_list).status_code == 403
