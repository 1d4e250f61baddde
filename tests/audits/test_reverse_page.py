"""`/households/<number>/reverse-exit/`: asking for 回退, and what its approval does."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audits.models import AuditList
from audits.procedures import ListKind
from tests.office.handmade import PDF

DAY = datetime.date(2018, 11, 20)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


@pytest.fixture
def left(make_household):
    home = make_household()
    home.leave_poverty(on=datetime.date(2018, 3, 1))
    return home


def asked(**change):
    file = SimpleUploadedFile("依据.pdf", PDF)
    return {"reason": "收入核算有误", "document": "台扶办〔2018〕演示号", "file": file, **change}


def test_a_town_asks_and_the_district_approves(left, signed_in):
    answer = signed_in("town").post(f"/households/{left.number}/reverse-exit/", asked())
    opened = AuditList.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{opened.pk}/")
    assert (opened.kind, opened.stage) == (ListKind.REVERSAL, "approval")
    evidence = opened.evidence.get()
    assert (evidence.kind, evidence.note) == ("reversal-grounds", "台扶办〔2018〕演示号")
    assert evidence.files.count() == 1
    left.refresh_from_db()
    assert left.exit_mark == "脱贫"

    seen = {"stage": opened.stage, "version": opened.version}
    assert signed_in("district").post(f"/audits/{opened.pk}/pass/", seen).status_code == 303
    left.refresh_from_db()
    assert left.exit_mark == "未脱贫"
    event = left.events.get(kind="回退")
    assert (event.reason, event.on) == ("收入核算有误", DAY)


def test_who_asked_does_not_approve(left, signed_in):
    client = signed_in("district")
    assert client.post(f"/households/{left.number}/reverse-exit/", asked()).status_code == 303
    opened = AuditList.objects.get()
    seen = {"stage": opened.stage, "version": opened.version}
    assert client.post(f"/audits/{opened.pk}/pass/", seen).status_code == 403


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"reason": ""}, "请写明回退的事由"),
        ({"document": ""}, "请写明依据的文件"),
        ({"file": ""}, "请选择依据的扫描件"),
        ({"file": SimpleUploadedFile("a.txt", b"no")}, "只收"),
    ],
)
def test_what_is_missing_is_said(left, signed_in, change, said):
    answer = signed_in("town").post(f"/households/{left.number}/reverse-exit/", asked(**change))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not AuditList.objects.exists()


def test_it_is_asked_for_once_and_only_of_who_has_left(left, make_household, signed_in):
    client = signed_in("town")
    client.post(f"/households/{left.number}/reverse-exit/", asked())
    assert client.get(f"/households/{left.number}/reverse-exit/").status_code == 409
    poor = make_household()
    assert client.get(f"/households/{poor.number}/reverse-exit/").status_code == 409


@pytest.mark.parametrize("role", ["village", "approver", "leader"])
def test_others_do_not_ask(left, signed_in, role):
    answer = signed_in(role).post(f"/households/{left.number}/reverse-exit/", asked())
    assert answer.status_code == 403
    assert not AuditList.objects.exists()
