import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from households import invariants
from households.models import ClosedYear, Conflict, Household, Kind, Person, StatusEvent
from office import clock

ON = datetime.date(2018, 11, 20)
JUNE = datetime.date(2018, 6, 1)
OUT = datetime.date(2017, 12, 20)


def deltas(household, *kinds):
    return [
        (event.kind, event.households, event.persons)
        for event in household.events.filter(kind__in=kinds).order_by("on", "pk")
    ]


def newborn(number="9904052018051500"):
    return Person(
        name="演示新",
        sex="男",
        birth_date=datetime.date(2018, 5, 15),
        id_type="出生医学证明",
        id_number=f"K{number[-9:]}",
        relation="之孙子",
        health=("健康",),
    )


@pytest.fixture
def household(make_household):
    return make_household(persons=3)


@pytest.fixture(autouse=True)
def _nothing_is_wrong_afterwards(request, db):
    yield
    assert list(invariants.problems(ON)) == []


def test_entry_freezes_persons_standard_cause_and_area(household, ground):
    event = household.events.get()
    assert (event.kind, event.households, event.persons, event.members) == ("纳入", 1, 3, 3)
    assert (event.standard, event.national, event.cause) == ("国家标准", True, "因病")
    assert (event.village, event.town, event.county) == (ground.village, ground.town, ground.county)
    assert (household.exit_mark, household.registered_on) == ("未脱贫", event.on)
    assert set(household.persons.values_list("joined_on", flat=True)) == {event.on}


def test_exit_return_and_exit_again(household):
    household.leave_poverty(on=OUT)
    assert (household.exit_mark, household.exit_year, household.in_register) == ("脱贫", 2017, False)
    household.return_to_poverty(on=JUNE)
    assert (household.exit_mark, household.return_year, household.exit_year) == ("返贫", 2018, None)
    household.leave_poverty(on=ON)
    assert deltas(household, *Kind.values) == [
        ("纳入", 1, 3),
        ("退出", -1, -3),
        ("返贫", 1, 3),
        ("退出", -1, -3),
    ]


def test_reversal_keeps_the_exit_and_restores_what_was_before(household):
    exit_event = household.leave_poverty(on=OUT)
    event = household.reverse_exit(on=ON, reason="验收材料不实")
    assert (event.reverses, event.households, event.persons) == (exit_event, 1, 3)
    assert (household.exit_mark, household.exit_year, household.left_on) == ("未脱贫", None, None)
    with pytest.raises(ValidationError, match="没有退出"):
        household.reverse_exit(on=ON, reason="再来一次")


def test_reversal_of_a_second_exit_returns_to_poverty_returned(household):
    household.leave_poverty(on=OUT)
    household.return_to_poverty(on=JUNE)
    household.leave_poverty(on=ON)
    household.reverse_exit(on=ON, reason="验收材料不实")
    assert (household.exit_mark, household.return_year) == ("返贫", 2018)


def test_cancel_counts_only_what_is_in(make_household):
    inside, outside = make_household(persons=2), make_household(persons=4)
    outside.leave_poverty(on=OUT)
    inside.cancel(on=ON, removal_reason="全户死亡")
    outside.cancel(on=ON, removal_reason="全户迁出")
    assert deltas(inside, "注销") == [("注销", -1, -2)]
    assert deltas(outside, "注销") == [("注销", 0, 0)]
    assert not Person.objects.filter(present=True).exists()


def test_correction_is_a_pair_from_one_standard_to_the_other(household):
    household.correct_standard("省定标准", on=ON, reason="核查更正")
    events = household.events.filter(kind="更正").order_by("pk")
    assert [(event.standard, event.national, event.persons) for event in events] == [
        ("国家标准", True, -3),
        ("省定标准", False, 3),
    ]
    assert len({event.pair for event in events}) == 1
    assert household.below_national is False


def test_births_and_deaths_count_only_while_the_household_is_in(household):
    household.person_joins(newborn(), on=JUNE, join_reason="新生儿")
    gone = household.persons.get(relation="其他")
    household.person_leaves(gone, on=JUNE, leave_reason="死亡")
    household.leave_poverty(on=ON)
    household.person_joins(newborn("9904052018051501"), on=ON, join_reason="新生儿")
    assert [event[2] for event in deltas(household, "增员", "减员")] == [1, -1, 0]
    assert deltas(household, "退出") == [("退出", -1, -3)]
    assert household.member_count == household.persons.filter(present=True).count() == 4


def test_a_head_who_dies_leaves_another_head(household):
    head, spouse = household.head, household.persons.get(relation="配偶")
    with pytest.raises(ValidationError, match="新户主"):
        household.person_leaves(head, on=ON, leave_reason="死亡")
    household.person_leaves(head, on=ON, leave_reason="死亡", new_head=spouse)
    assert household.head == spouse


def test_the_last_person_leaves_by_cancellation_only(make_household):
    alone = make_household(persons=1)
    with pytest.raises(ValidationError, match="注销"):
        alone.person_leaves(alone.head, on=ON, leave_reason="死亡")


def test_a_swap_of_heads_demotes_first(household):
    spouse = household.persons.get(relation="配偶")
    household.change_head(spouse, old_head_relation="配偶")
    assert household.head == spouse


def test_a_move_is_a_pair_with_each_its_own_area(household, ground):
    household.move_to(ground.other_village, on=ON)
    out, into = household.events.filter(kind__in=["转出", "转入"]).order_by("pk")
    assert (out.town, out.households, out.persons) == (ground.town, -1, -3)
    assert (into.town, into.households, into.persons) == (ground.other_town, 1, 3)
    assert out.pair == into.pair
    assert household.town == ground.other_town


def test_a_split_moves_persons_and_makes_a_household(household):
    spouse = household.persons.get(relation="配偶")
    new = household.split([spouse], head=spouse, on=ON)
    assert deltas(household, "转出") == [("转出", 0, -1)]
    assert deltas(new, "转入") == [("转入", 1, 1)]
    assert (new.exit_mark, new.registered_on, new.head) == ("未脱贫", household.registered_on, spouse)
    assert (new.member_count, household.member_count) == (1, 2)


def test_a_split_of_an_exited_household_counts_nothing(household):
    household.leave_poverty(on=OUT)
    spouse = household.persons.get(relation="配偶")
    new = household.split([spouse], head=spouse, on=ON)
    assert deltas(new, "转入") == [("转入", 0, 0)]
    assert (new.exit_mark, new.exit_year) == ("脱贫", 2017)


def test_a_merge_takes_all_persons_and_cancels_the_other(make_household):
    one, other = make_household(persons=2), make_household(persons=2)
    one.merge(other, relations={person.pk: "其他" for person in other.persons.all()}, on=ON)
    assert deltas(other, "转出", "注销") == [("转出", -1, -2), ("注销", 0, 0)]
    assert deltas(one, "转入") == [("转入", 0, 2)]
    assert (one.member_count, other.member_count, other.removal_reason) == (4, 0, "并入他户")


def test_households_of_different_standards_do_not_merge(make_household):
    one, other = make_household(), make_household(standard="省定标准")
    with pytest.raises(ValidationError, match="更正识别标准"):
        one.merge(other, relations={person.pk: "其他" for person in other.persons.all()}, on=ON)


def test_no_event_is_dated_in_a_closed_year(household, ground):
    ClosedYear.objects.create(county=ground.county, year=2017, closed_at=clock.moment())
    with pytest.raises(ValidationError, match="2017年已经封存"):
        household.leave_poverty(on=OUT)
    household.leave_poverty(on=JUNE)


@pytest.mark.parametrize(
    ("on", "said"), [(datetime.date(2018, 11, 21), "晚于"), (datetime.date(2015, 11, 30), "早于")]
)
def test_no_event_lies_in_the_future_or_before_the_last_one(household, on, said):
    with pytest.raises(ValidationError, match=said):
        household.leave_poverty(on=on)


def test_of_two_at_once_one_is_told(household):
    second = Household.objects.get(pk=household.pk)
    household.leave_poverty(on=JUNE)
    with pytest.raises(Conflict, match="别人"):
        second.leave_poverty(on=ON)
    assert second.exit_mark == "未脱贫"
    assert deltas(household, "退出") == [("退出", -1, -3)]


def test_a_form_opened_before_an_event_does_not_undo_it(household):
    opened = Household.objects.get(pk=household.pk)
    household.leave_poverty(on=JUNE)
    opened.address, opened.poverty_standard = "演示路1号", "省定标准"
    opened.save()
    household.refresh_from_db()
    assert (household.address, household.exit_mark) == ("演示路1号", "脱贫")
    assert household.poverty_standard == "国家标准"


def test_an_applicant_is_counted_nowhere(make_household):
    applicant = make_household(on=None)
    with pytest.raises(ValidationError, match="不是在册"):
        applicant.leave_poverty(on=ON)
    assert not StatusEvent.objects.exists()


def test_events_are_never_changed_nor_deleted(household):
    event = household.events.get()
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_the_database_refuses_a_transfer_without_its_pair(household, ground):
    with pytest.raises(IntegrityError), transaction.atomic():
        household.events.create(
            kind="转出", origin="登记", on=ON, recorded_at=clock.moment(), members=3, national=True,
            village=ground.village, town=ground.town, county=ground.county,
        )  # fmt: skip


def test_an_event_leaves_a_history_row_with_who_and_what(household, cast):
    household.leave_poverty(on=ON, by=cast["district"])
    row = household.history.first()
    assert (row.exit_mark, row.history_change_reason, row.history_user) == ("脱贫", "退出", cast["district"])
