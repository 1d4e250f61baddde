"""What is done with an entry, or several ticked ones, from the page of the list: who, when, and what is refused."""

import datetime

import pytest

from audits.criteria import Result
from audits.models import Answer, AuditList, Entry
from audits.models.entry import Outcome
from audits.procedures import ListKind

DAY = datetime.date(2018, 10, 8)
DRY = {"survey": {"water_safe": False}}


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


@pytest.fixture
def at(opened, driver, office_day):
    """at(stage, count) is a list of household exits that stands there today."""

    def reach(stage, count=2, **fields):
        audit_list = opened(ListKind.HOUSEHOLD_EXIT, count, **fields)
        office_day(driver.reach(audit_list, stage, DAY))
        return audit_list

    return reach


def seen(audit_list, **typed):
    audit_list.refresh_from_db()
    return {"stage": audit_list.stage, "version": audit_list.version, **typed}


def address(entry, act):
    return f"/audits/{entry.audit_list_id}/entries/{entry.pk}/{act}/"


def text(answer) -> str:
    return answer.content.decode()


def test_consent_is_recorded_by_the_village_one_and_all(at, signed_in):
    audit_list = at("consent", 3)
    one, other, third = audit_list.entries.all()
    village = signed_in("village")
    page = text(village.get(f"/audits/{audit_list.pk}/"))
    assert f'name="entry" value="{one.pk}" form="ticked"' in page
    assert village.post(address(one, "agree"), seen(audit_list, agreed="no")).status_code == 303
    ticked = f"/audits/{audit_list.pk}/agree/"
    both = seen(audit_list, entry=[one.pk, other.pk])
    assert village.post(ticked, both).status_code == 409
    assert village.post(ticked, seen(audit_list, entry=[other.pk, third.pk])).status_code == 303
    assert [entry.agreed for entry in audit_list.entries.all()] == [False, True, True]
    assert signed_in("town").post(address(one, "agree"), seen(audit_list, agreed="yes")).status_code == 403


def test_holding_needs_a_reason_and_is_lifted(at, signed_in):
    audit_list = at("appraisal")
    entry = audit_list.entries.first()
    client = signed_in("village")
    assert client.post(address(entry, "hold"), seen(audit_list)).status_code == 422
    assert client.post(address(entry, "release"), seen(audit_list)).status_code == 409
    assert client.post(address(entry, "hold"), seen(audit_list, reason="缺收入证明")).status_code == 303
    assert "暂缓办理" in text(client.get(f"/audits/{audit_list.pk}/"))
    assert client.post(address(entry, "release"), seen(audit_list)).status_code == 303
    assert Entry.objects.get(pk=entry.pk).hold_reason == ""


def test_striking_off_keeps_the_reason_and_is_done_once(at, signed_in):
    audit_list = at("appraisal")
    entry = audit_list.entries.first()
    client = signed_in("village")
    before = seen(audit_list, reason="家有病人")
    assert client.post(address(entry, "strike"), before).status_code == 303
    assert client.post(address(entry, "strike"), seen(audit_list, reason="家有病人")).status_code == 409
    entry.refresh_from_db()
    assert (entry.outcome, entry.outcome_reason) == (Outcome.STRUCK, "家有病人")


def test_a_long_number_in_a_reason_is_masked(at, signed_in):
    audit_list = at("appraisal")
    entry = audit_list.entries.first()
    told = seen(audit_list, reason="与990405194001020010重复")
    signed_in("village").post(address(entry, "strike"), told)
    entry.refresh_from_db()
    assert "990405194001020010" not in entry.outcome_reason


def test_who_has_not_the_list_at_hand_does_nothing_with_it(at, signed_in):
    audit_list = at("appraisal")
    entry = audit_list.entries.first()
    for role in ("town", "approver", "leader"):
        client = signed_in(role)
        for act in ("hold", "strike"):
            answer = client.post(address(entry, act), seen(audit_list, reason="不妥"))
            assert answer.status_code == 403 and "村级采集员" in text(answer)
    assert signed_in("other_town_user").get(address(entry, "strike")).status_code == 404


def test_an_old_page_is_told_that_the_list_has_moved_on(at, signed_in, driver):
    audit_list = at("appraisal")
    old = seen(audit_list, reason="家有病人")
    driver.step(audit_list, driver.bring(audit_list, audit_list.stage_since))
    answer = signed_in("helper").post(address(audit_list.entries.first(), "strike"), old)
    assert answer.status_code == 409
    assert audit_list.entries.standing().count() == 2
    assert "家有病人" in text(answer)


def test_a_verdict_is_overruled_upward_alone(at, signed_in):
    audit_list = at("acceptance")
    entry = audit_list.entries.first()
    client, up = signed_in("town"), address(entry, "overrule")
    page = text(client.get(up))
    assert "存疑" in page and "不达标" in page and 'value="0"' not in page
    assert client.post(up, seen(audit_list, result="0", reason="可以")).status_code == 422
    assert client.post(up, seen(audit_list, result="2")).status_code == 422
    assert client.post(up, seen(audit_list, result="2", reason="邻居反映")).status_code == 303
    entry.refresh_from_db()
    assert entry.overruling is Result.UNMET
    milder = client.post(up, seen(audit_list, result="none", reason="弄错"))
    assert milder.status_code == 403 and "上一级" in text(milder)


def test_a_place_is_changed_by_hand_with_a_reason(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT, 3)
    last = audit_list.entries.last()
    client = signed_in("village")
    assert client.post(address(last, "move"), seen(audit_list, place=1)).status_code == 422
    told = seen(audit_list, place=1, reason="收入更稳")
    assert client.post(address(last, "move"), told).status_code == 303
    assert audit_list.entries.first() == last
    assert client.post(f"/audits/{audit_list.pk}/rank/", seen(audit_list)).status_code == 303
    assert audit_list.entries.first() != last


def test_an_answer_is_bound_to_the_wording_it_was_read_with(at, signed_in, driver):
    audit_list = at("acceptance", 1, **DRY)
    entry, client = audit_list.entries.get(), signed_in("town")
    page = text(client.get(f"/audits/{audit_list.pk}/"))
    assert 'data-action="answer"' in page
    wording = page.split('name="concern" value="')[1].split('"')[0]
    old = seen(audit_list, key="C099", concern=wording + "。", answer="已接自来水")
    assert client.post(address(entry, "answer"), old).status_code == 409
    assert not Answer.objects.exists()
    told = seen(audit_list, key="C099", concern=wording, answer="")
    assert client.post(address(entry, "answer"), told).status_code == 422
    told["answer"] = "已接自来水"
    assert client.post(address(entry, "answer"), told).status_code == 303
    assert Answer.objects.get().answered_by.username == "town"
    assert "已接自来水" in text(client.get(f"/audits/{audit_list.pk}/entries/{entry.pk}/"))


def test_several_ticked_ones_are_split_off_with_a_reason(at, signed_in):
    audit_list = at("appraisal", 3)
    first, second, third = audit_list.entries.all()
    client, split = signed_in("village"), f"/audits/{audit_list.pk}/split/"
    page = text(client.get(f"{split}?entry={first.pk}&entry={second.pk}"))
    assert page.count("checked") == 2
    assert client.post(split, seen(audit_list, entry=[first.pk])).status_code == 422
    told = {"entry": [first.pk, second.pk], "reason": "等补材料"}
    assert client.post(split, seen(audit_list, **told)).status_code == 303
    remainder = AuditList.objects.get(split_from=audit_list)
    assert {entry.pk for entry in remainder.entries.all()} == {first.pk, second.pk}
    all_of_it = seen(audit_list, entry=[third.pk], reason="全部")
    assert client.post(split, all_of_it).status_code == 422


def test_a_village_applies_for_itself_on_its_towns_list(opened, signed_in, office_day):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    entry = audit_list.entries.get()
    answer = signed_in("village").post(address(entry, "agree"), seen(audit_list, agreed="yes"))
    assert answer.status_code == 303
    assert Entry.objects.get(pk=entry.pk).agreed is True
