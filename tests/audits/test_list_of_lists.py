"""`/audits/`: what it narrows to, what it counts; what waits for whom is what the machine would let them do."""

import datetime
import re

import pytest
from django.core.exceptions import PermissionDenied

from accounts.roles import Role
from audits import acting, waiting
from audits.models import AuditList, Delegation, Entry
from audits.procedures import TABLES, ListKind
from tests.conftest import make_user

DAY = datetime.date(2018, 10, 8)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def counts(client, query=""):
    answer = client.get(f"/audits/?{query}")
    assert answer.status_code == 200
    found = re.search(r'data-total="(\d+)" data-persons="(\d+)"', answer.content.decode())
    return tuple(map(int, found.groups()))


def test_it_counts_lists_and_the_persons_on_them(opened, signed_in, ground):
    opened("household-exit", count=3)
    opened("renovation")
    client = signed_in("town")
    assert counts(client) == (2, 8)
    assert counts(client, "kind=renovation") == (1, 2)
    assert counts(client, "year=2017") == (0, 0)
    assert counts(client, f"area={ground.sibling_village.code}") == (0, 0)


def test_what_was_struck_off_is_not_counted(opened, signed_in, cast):
    audit_list = opened("household-exit", count=2)
    first = audit_list.entries.first()
    audit_list.strike_off(first, by=cast["village"], on=DAY, reason="重复提报")
    assert counts(signed_in("town")) == (1, 2)


def test_no_two_of_its_filters_have_one_name(signed_in):
    fields = signed_in("town").get("/audits/").content.decode().split('class="filter"')[1].split("</form>")[0]
    labels = re.findall(r"<label[^>]*>(.*?)</label>", fields)
    assert len(labels) == len(set(labels)) == 7


def test_its_days_are_written_with_the_year_when_it_is_another(opened, signed_in, office_day):
    audit_list = opened("household-exit")
    since = audit_list.stage_since
    there = signed_in("town").get("/audits/").content.decode()
    assert f'data-label="到达日期">{since.month}月{since.day}日</td>' in there
    office_day(datetime.date(2019, 1, 8))
    then = signed_in("town").get("/audits/").content.decode()
    assert f'data-label="到达日期">2018年{since.month}月{since.day}日</td>' in then


@pytest.mark.parametrize(
    ("state", "found"),
    [("mine", 1), ("posted", 0), ("overdue", 0), ("back", 0), ("objected", 0), ("closed", 0)],
)
def test_a_state_narrows_the_list(opened, signed_in, state, found):
    opened("household-exit")
    assert counts(signed_in("village"), f"state={state}")[0] == found


def test_a_list_under_its_notice_waits_for_nobody_until_it_is_over(opened, driver, signed_in, office_day):
    audit_list = opened("household-exit")
    on = driver.reach(audit_list, "village-notice")
    office_day(on)
    assert counts(signed_in("village"), "state=mine")[0] == 1
    driver.post(audit_list, on)
    assert counts(signed_in("village"), "state=mine")[0] == 0
    assert counts(signed_in("village"), "state=posted")[0] == 1
    office_day(on + datetime.timedelta(days=8))
    assert counts(signed_in("village"), "state=mine")[0] == 1


def test_overdue_sent_back_objected_and_closed_are_found(opened, driver, cast, signed_in, office_day):
    audit_list = opened("household-exit", count=2)
    client = signed_in("village")
    office_day(DAY + datetime.timedelta(days=31))
    assert counts(client, "state=overdue")[0] == 1
    on = driver.reach(audit_list, "appraisal")
    audit_list.send_back("appraisal", "proposal", by=cast["village"], on=on, reason="提报不全")
    assert counts(client, "state=back")[0] == 1
    entry = audit_list.entries.first()
    audit_list.object_to("收入不实", by=cast["village"], on=on, entry=entry)
    assert counts(client, "state=objected")[0] == 1
    for entry in audit_list.entries.standing():
        audit_list.strike_off(entry, by=cast["village"], on=on, reason="不符合")
    assert counts(client, "state=closed")[0] == 1


STAGES = [(kind, stage.key) for kind, versions in TABLES.items() for stage in versions[-1].stages]


@pytest.mark.parametrize(("kind", "stage"), STAGES)
def test_what_waits_for_whom_is_what_acting_allows(opened, cast, kind, stage):
    audit_list = opened(ListKind(kind))
    AuditList.objects.filter(pk=audit_list.pk).update(stage=stage)
    audit_list.refresh_from_db()
    for role in Role:
        user = cast[role]
        try:
            actor = acting.require(user, audit_list.step.roles, audit_list.area, DAY, "办")
            acting.four_eyes(audit_list, audit_list.step, actor)
            may = True
        except PermissionDenied:
            may = False
        found = AuditList.objects.filter(waiting.mine(user, DAY), pk=audit_list.pk).exists()
        assert found == may, (role, stage)


def test_what_one_stands_in_for_waits_too(opened, cast, ground):
    audit_list = opened("household-exit")
    AuditList.objects.update(stage="approval")
    deputy = make_user("deputy", Role.DISTRICT, ground.county)
    assert not AuditList.objects.filter(waiting.mine(deputy, DAY)).exists()
    Delegation.give(principal=cast["approver"], deputy=deputy, start_on=DAY, end_on=DAY, reason="出差")
    assert AuditList.objects.filter(waiting.mine(deputy, DAY)).get() == audit_list


def test_whoever_decided_or_entered_waits_for_it_no_more(opened, driver, cast, ground):
    audit_list = opened("household-exit")
    other = make_user("town2", Role.TOWN, ground.town)
    driver.reach(audit_list, "acceptance")
    Entry.objects.filter(audit_list=audit_list).update(entered_by=cast["town"])
    assert not AuditList.objects.filter(waiting.mine(cast["town"], DAY)).exists()
    assert AuditList.objects.filter(waiting.mine(other, DAY)).get() == audit_list


def test_a_filter_that_cannot_be_read_is_told(signed_in, cast):
    assert signed_in("town").get("/audits/?year=1").status_code == 422
