"""Each procedure from its first stage to its end, once, with what it leaves in the register."""

import datetime

import pytest

from audits.models import Decision, Entry, FrozenFacts, HouseCase
from audits.procedures import TABLES, ListKind
from households.models import Kind
from office.models import TrailRow
from villages.models import KeyVillageEvent

FIRST = datetime.date(2018, 10, 8)


def stages_passed(audit_list) -> list[str]:
    return list(
        Decision.objects.filter(audit_list=audit_list, verdict="通过").values_list("stage", flat=True)
    )


@pytest.mark.parametrize("kind", TABLES)
def test_a_list_goes_through_every_stage_once_and_is_closed(kind, opened, driver):
    audit_list = opened(kind)
    last = driver.reach(audit_list, None)
    assert not audit_list.is_open
    assert stages_passed(audit_list) == [stage.key for stage in TABLES[kind][0].stages]
    entry = Entry.objects.get()
    assert not entry.is_standing and entry.closed_on <= last
    assert TrailRow.objects.filter(action="通过环节").count() == len(TABLES[kind][0].stages)


@pytest.mark.parametrize("kind", TABLES)
def test_every_decision_keeps_what_it_rested_on(kind, opened, driver):
    driver.reach(opened(kind), None)
    binding = set(Decision.objects.filter(binding=True).values_list("pk", flat=True))
    assert binding == set(FrozenFacts.objects.values_list("decision", flat=True))
    assert len(binding) == sum(stage.decision for stage in TABLES[kind][0].stages)
    assert all(row.facts for row in FrozenFacts.objects.all())


def test_households_leave_on_the_day_of_the_strike_off(opened, driver):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT, 3)
    household = Entry.objects.first().household
    assert household.planned_exit_year == 2018 and household.shown_mark(2018) == "预脱贫"
    day = driver.reach(audit_list, "strike-off")
    assert not household.events.filter(kind=Kind.EXIT).exists()
    day = driver.step(audit_list, day)
    for entry in Entry.objects.all():
        assert (entry.outcome, entry.closed_on, entry.event.kind, entry.event.on) == (
            "退出",
            day,
            "退出",
            day,
        )
        assert entry.event.origin == "审核" and entry.event.persons == -2
        entry.household.refresh_from_db()
        assert entry.household.exit_mark == "脱贫" and entry.household.exit_year == 2018


def test_a_village_takes_off_its_cap(opened, driver):
    driver.reach(opened(ListKind.VILLAGE_EXIT), None)
    event = KeyVillageEvent.objects.get(kind="摘帽")
    assert (event.origin, Entry.objects.get().village_event) == ("审核", event)


def test_an_applicant_enters_and_one_who_left_returns(opened, driver, make_household):
    audit_list = opened(ListKind.ENTRY)
    back = make_household(standard="国家标准")
    back.leave_poverty(on=datetime.date(2018, 3, 1))
    audit_list.add(back, by=driver.cast["village"], on=FIRST, reason="主要劳动力患病", standard="省定标准")
    driver.reach(audit_list, None)
    outcomes = {entry.outcome: entry.event for entry in Entry.objects.all()}
    assert set(outcomes) == {"纳入", "返贫"}
    assert outcomes["返贫"].standard == "省定标准" and outcomes["返贫"].reason == "主要劳动力患病"


def test_a_reversal_brings_the_household_back_as_it_was(opened, driver):
    driver.reach(opened(ListKind.REVERSAL), None)
    entry = Entry.objects.get()
    entry.household.refresh_from_db()
    assert entry.outcome == "回退" and entry.event.reason == "因家庭变故"
    assert entry.household.in_register and entry.household.exit_mark == "未脱贫"


def test_houses_go_on_singly_after_the_third_notice(opened, driver, eligible):
    audit_list = opened(ListKind.RENOVATION, 3)
    day = driver.reach(audit_list, "agreement")
    lists = {entry.audit_list for entry in Entry.objects.all()}
    assert len(lists) == 3 and {each.stage for each in lists} == {"agreement"}
    assert sorted(each.part for each in lists) == [0, 1, 2]
    for each in lists:
        driver.reach(each, None, day)
        assert not each.is_open
    assert set(HouseCase.objects.values_list("household_size", flat=True)) == {2}
    assert set(Entry.objects.values_list("outcome", flat=True)) == {"拨付"}
