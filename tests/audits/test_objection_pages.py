"""`/audits/objections/`: written down, taken up, answered by who is not concerned, printed, listed."""

import datetime
import re

import pytest

from accounts.roles import Role
from audits.models import Entry, Notice, Objection
from audits.papers.answer import answer_paper
from office.models import TrailRow
from tests.audits.test_list_page import seen
from tests.conftest import make_user

A_DAY = datetime.timedelta(days=1)
TEXT = "家有小汽车，收入不实，电话13977260481"
WORDS = {"investigation": "入户查看，车是亲戚的", "answer": "经查不属实", "upheld": "no"}


@pytest.fixture
def hanging(opened, driver, office_day):
    """A list of two at its notice, today."""
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, "village-notice")
    driver.post(audit_list, day)
    office_day(day)
    return audit_list


def record(client, audit_list, **typed):
    entry = audit_list.entries.first()
    facts = {"entry": entry.pk, "text": TEXT, "raised_by": "演示村民", "contact": "13800000000", **typed}
    return client.post(f"/audits/{audit_list.pk}/objections/new/", seen(audit_list, **facts))


def settle(client, objection, **typed):
    return client.post(f"/audits/objections/{objection.pk}/settle/", {**WORDS, **typed})


@pytest.fixture
def objection(hanging, cast):
    return hanging.object_to(
        TEXT,
        by=cast["village"],
        on=hanging.stage_since,
        entry=hanging.entries.first(),
        raised_by="演示村民",
        contact="13800000000",
    )


def test_an_objection_is_written_down_and_stands_on_the_page_of_its_list(hanging, signed_in):
    client = signed_in("village")
    assert record(client, hanging).status_code == 303
    made = Objection.objects.get()
    assert made.entry == hanging.entries.first() and made.state == "调查中"
    assert "13977260481" not in made.text and "139****0481" in made.text
    page = client.get(f"/audits/{hanging.pk}/").content.decode()
    assert f"/audits/objections/{made.pk}/" in page
    hanging.refresh_from_db()
    assert record(client, hanging, entry="0").status_code == 303
    assert Objection.objects.last().entry is None


def test_what_is_missing_is_said_and_the_typed_stays(hanging, signed_in):
    answer = record(signed_in("town"), hanging, text="", entry="999999")
    page = answer.content.decode()
    assert answer.status_code == 422 and "请写明异议的内容" in page and "演示村民" in page
    assert record(signed_in("approver"), hanging).status_code == 403
    assert record(signed_in("other_village_user"), hanging).status_code == 404
    assert not Objection.objects.exists()


def test_who_is_concerned_does_not_close_it_and_another_does(objection, signed_in, cast, ground):
    make_user("town2", Role.TOWN, ground.town)
    page = signed_in("village").get(f"/audits/objections/{objection.pk}/").content.decode()
    assert 'data-action="settle"' not in page
    assert settle(signed_in("village"), objection).status_code == 403
    # The approver has not decided yet, so it does not concern him.
    assert settle(signed_in("approver"), objection, answer="").status_code == 422
    done = settle(signed_in("approver"), objection)
    assert done.status_code == 303
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("不成立", "经查不属实")
    assert settle(signed_in("town"), objection).status_code == 409


def test_the_appraiser_of_the_list_may_not_close_it(hanging, cast, signed_in, driver):
    by_district = hanging.object_to(TEXT, by=cast["district"], on=hanging.stage_since, entry=None)
    answer = settle(signed_in("district"), by_district)
    assert answer.status_code == 403 and "不能办结" in answer.content.decode()
    assert settle(signed_in("town"), by_district).status_code == 303


def test_upheld_strikes_its_entry_off(objection, signed_in):
    assert settle(signed_in("town"), objection, upheld="yes").status_code == 303
    entry = Entry.objects.get(pk=objection.entry_id)
    assert entry.outcome == "剔除" and entry.outcome_reason.startswith("异议成立")
    page = signed_in("town").get(f"/audits/objections/{objection.pk}/").content.decode()
    assert "异议成立，已剔除" in page


def test_one_from_the_public_page_is_taken_up_before_it_is_answered(hanging, signed_in):
    notice = Notice.objects.get()
    public = hanging.object_publicly(
        TEXT, notice=notice, on=notice.posted_on, source="x", most=5, entry=hanging.entries.first()
    )
    client = signed_in("town")
    assert settle(client, public).status_code == 409
    assert "还没有受理" in client.get(f"/audits/objections/{public.pk}/").content.decode()
    address = f"/audits/objections/{public.pk}/take-up/"
    assert signed_in("approver").post(address).status_code == 403
    assert signed_in("village").post(address).status_code == 303
    assert client.post(address).status_code == 409
    assert settle(client, public).status_code == 303
    public.refresh_from_db()
    assert str(public.taken_up_by) == "演示village"


def test_an_objection_to_a_list_that_ended_is_still_answered(objection, signed_in, cast, hanging):
    for entry in hanging.entries.standing():
        hanging.strike_off(entry, by=cast["village"], on=hanging.stage_since, reason="本人放弃")
    assert not hanging.is_open
    assert settle(signed_in("town"), objection, upheld="yes").status_code == 303


def test_how_the_writer_is_reached_is_a_reveal(objection, signed_in, settings):
    client, address = signed_in("town"), f"/audits/objections/{objection.pk}/"
    assert "13800000000" not in client.get(address).content.decode()
    assert "138****0000" in client.get(address).content.decode()
    assert client.post(f"{address}contact/").status_code == 422
    session = client.session
    session["began"] = 10**12
    session.save()
    shown = client.post(f"{address}contact/", {"reason": "送达书面答复"})
    assert shown.status_code == 200 and "13800000000" in shown.content.decode()
    assert TrailRow.objects.filter(action="查看完整号码", outcome="ok").count() == 1
    settings.REVEALS_PER_HOUR = 1
    assert client.post(f"{address}contact/", {"reason": "送达书面答复"}).status_code == 429
    assert signed_in("approver").post(f"{address}contact/", {"reason": "看看"}).status_code == 403


def test_the_written_answer_is_printed_without_contact(objection, signed_in):
    address = f"/audits/objections/{objection.pk}/answer/"
    assert signed_in("town").get(address).status_code == 409
    settle(signed_in("town"), objection)
    page = signed_in("town").get(address).content.decode()
    assert "异议答复书" in page and "经查不属实" in page and "138" not in page
    objection.refresh_from_db()
    assert answer_paper(objection).pages[0][3].text == "经查不属实"


def test_the_list_tells_open_late_and_closed_apart(objection, hanging, signed_in, office_day):
    client = signed_in("town")

    def total(query=""):
        page = client.get(f"/audits/objections/{query}").content.decode()
        return int(re.search(r'data-total="(\d+)"', page)[1])

    assert [total(f"?state={state}") for state in ("open", "new", "late", "closed")] == [1, 0, 0, 0]
    office_day(objection.due_on + A_DAY)
    assert total("?state=late") == 1
    assert "超期未答复" in client.get(f"/audits/objections/{objection.pk}/").content.decode()
    settle(client, objection)
    assert [total(f"?state={state}") for state in ("open", "late", "closed")] == [0, 0, 1]
    assert total("?origin=公开页") == 0
    assert client.get("/audits/objections/?state=x").status_code == 422
    other = signed_in("other_village_user").get("/audits/objections/").content.decode()
    assert 'data-total="0"' in other
