"""The town team's record over HTTP: the homes are drawn by the program, kept, and all visited (R041)."""

import datetime

import pytest

from audits.models import Acceptance, Drawn, HomeVisit
from audits.models.acceptance import ITEMS, draw, sample_size
from audits.procedures import ListKind

DAY = datetime.date(2018, 10, 8)


@pytest.fixture
def at_acceptance(opened, driver, office_day):
    """at_acceptance(count) is a list that has just come to the town's team."""

    def reach(count=1):
        audit_list = opened(ListKind.HOUSEHOLD_EXIT, count)
        office_day(driver.reach(audit_list, "acceptance", DAY))
        return audit_list

    return reach


def record(audit_list, **typed):
    audit_list.refresh_from_db()
    told = {"stage": audit_list.stage, "version": audit_list.version, "team": "演示甲、演示乙"}
    told |= dict.fromkeys(ITEMS, "yes")
    for entry in audit_list.entries.standing().filter(drawn__round=audit_list.round):
        part = f"home-{entry.pk}"
        told |= {
            f"{part}-on": str(audit_list.stage_since),
            f"{part}-confirmed": "yes",
            f"{part}-finding": "属实",
        }
    return {**told, **typed}


def drawn(audit_list):
    return set(Drawn.objects.filter(entry__audit_list=audit_list).values_list("entry_id", flat=True))


def text(answer) -> str:
    return answer.content.decode()


@pytest.mark.parametrize(("entries", "homes"), [(1, 1), (10, 1), (11, 2), (60, 6)])
def test_one_home_in_ten_is_drawn_and_never_fewer_than_one(entries, homes):
    assert sample_size(entries) == homes
    picked = draw(range(entries), [])
    assert len(picked) == len(set(picked)) == homes and set(picked) <= set(range(entries))


def test_every_home_may_be_drawn():
    assert {pk for _ in range(200) for pk in draw(range(10), [])} == set(range(10))


def test_what_was_drawn_stays_and_only_the_gap_is_drawn_again():
    assert draw(range(20), [3, 4]) == []
    (one,) = draw(range(20), [3, 99])
    assert one != 3


def test_homes_are_drawn_when_the_list_arrives_and_not_again(at_acceptance, signed_in):
    audit_list = at_acceptance(11)
    before = drawn(audit_list)
    assert len(before) == 2
    told = {"stage": audit_list.stage, "version": audit_list.version}
    assert signed_in("town").post(f"/audits/{audit_list.pk}/draw/", told).status_code == 409
    assert drawn(audit_list) == before


def test_a_home_that_left_the_list_is_replaced(at_acceptance, signed_in, cast):
    audit_list = at_acceptance(2)
    (gone,) = audit_list.entries.filter(pk__in=drawn(audit_list))
    audit_list.strike_off(gone, by=cast["town"], on=audit_list.stage_since, reason="家有病人")
    client, told = signed_in("town"), {"stage": audit_list.stage, "version": audit_list.version}
    assert "补抽 1 户" in text(client.get(f"/audits/{audit_list.pk}/"))
    assert client.post(f"/audits/{audit_list.pk}/draw/", told).status_code == 303
    assert drawn(audit_list) == {gone.pk, audit_list.entries.standing().get().pk}


def test_the_record_is_kept_and_shown_with_the_list(at_acceptance, signed_in):
    audit_list = at_acceptance()
    client, address = signed_in("town"), f"/audits/{audit_list.pk}/acceptance/"
    assert "home-" in text(client.get(address))
    assert client.post(address, record(audit_list)).status_code == 303
    kept = Acceptance.objects.get()
    assert kept.team == ["演示甲", "演示乙"] and not kept.failed
    assert HomeVisit.objects.get().finding == "属实"
    assert "演示甲、演示乙" in text(client.get(f"/audits/{audit_list.pk}/"))
    assert client.post(address, record(audit_list)).status_code == 409


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"team": "演示甲"}, "2名以上"),
        ({"minutes": ""}, "还没有填"),
        ({"team": ""}, "还没有填"),
    ],
)
def test_a_record_that_is_not_whole_is_refused_with_what_was_typed(at_acceptance, signed_in, typed, said):
    audit_list = at_acceptance()
    answer = signed_in("town").post(f"/audits/{audit_list.pk}/acceptance/", record(audit_list, **typed))
    assert answer.status_code == 422 and said in text(answer) and "属实</textarea>" in text(answer)
    assert not Acceptance.objects.exists()


def test_a_visit_is_not_of_tomorrow(at_acceptance, signed_in):
    audit_list = at_acceptance()
    (pk,) = drawn(audit_list)
    told = record(audit_list, **{f"home-{pk}-on": "2018-12-31"})
    answer = signed_in("town").post(f"/audits/{audit_list.pk}/acceptance/", told)
    assert answer.status_code == 422 and "不能晚于今天" in text(answer)


def test_the_list_waits_for_every_home_that_was_drawn(at_acceptance, signed_in, cast, driver):
    audit_list = at_acceptance(2)
    driver.paper(audit_list, "acceptance-sheet", audit_list.stage_since, cast["town"])
    items = dict.fromkeys(ITEMS, True)
    audit_list.accept(by=cast["town"], on=audit_list.stage_since, team=["甲", "乙"], items=items)
    client, page = signed_in("town"), f"/audits/{audit_list.pk}/"
    told = {"stage": audit_list.stage, "version": audit_list.version}
    refused = client.post(f"{page}pass/", told)
    assert refused.status_code == 422 and "抽到了，还没有入户" in text(refused)
    assert client.post(f"{page}acceptance/", record(audit_list)).status_code == 303
    audit_list.refresh_from_db()
    assert client.post(f"{page}pass/", {**told, "version": audit_list.version}).status_code == 303


def test_only_the_town_records_it(at_acceptance, signed_in):
    audit_list = at_acceptance()
    answer = signed_in("approver").post(f"/audits/{audit_list.pk}/acceptance/", record(audit_list))
    assert answer.status_code == 403
