"""Acts at the same instant (quality F1): one wins, the others are told, and the accounts are right."""

import datetime

import pytest

from households import invariants
from households.duplicates import found
from households.models import Duplicate, Household, StatusEvent
from tests.households.test_acts import at, merged, person, typed
from tests.households.test_duplicates import BORN, merging, named
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 11, 20)
CLICKS = 8


def told(answers: list) -> list[int]:
    raised = [answer for answer in answers if isinstance(answer, Exception)]
    assert not raised, raised
    return sorted(answer.status_code for answer in answers)


def problems(doors) -> list[str]:
    return doors.see(lambda: list(invariants.problems(DAY)))


def test_many_clicks_on_one_death_are_one_death(office, make_household, signed_in):  # noqa: F811
    household = make_household(persons=3)
    gone = person(household, "其他")
    form = typed(household, leave_reason="死亡")
    clients = [signed_in("village") for _ in range(CLICKS)]
    address, doors = at(household, "persons", gone.number, "leave"), office()
    answers = doors.at_once(*(lambda client=client: client.post(address, form) for client in clients))
    assert told(answers) == [303] + [409] * (CLICKS - 1)
    assert doors.see(lambda: StatusEvent.objects.filter(kind="减员").count()) == 1
    assert problems(doors) == []


@pytest.mark.parametrize("turn", range(3))
def test_two_who_merge_crosswise_do_not_wait_for_each_other(office, make_household, signed_in, turn):  # noqa: F811
    one, other = make_household(persons=2), make_household(persons=2)
    forms = {}
    for here, there in ((one, other), (other, one)):
        relations = {f"relation_{each.pk}": "其他" for each in there.persons.all()}
        forms[at(here, "merge")] = merged(here, there, **relations)
    clients = [signed_in("village"), signed_in("town")]
    doors = office()
    answers = doors.at_once(
        *(
            lambda client=client, address=address: client.post(address, forms[address])
            for client, address in zip(clients, forms, strict=True)
        )
    )
    assert told(answers) == [303, 409]
    assert doors.see(lambda: Household.objects.filter(removed_on__isnull=True).count()) == 1
    assert problems(doors) == []


@pytest.mark.parametrize("turn", range(3))
def test_of_one_person_and_two_persons_one_verdict_holds(office, make_household, ground, signed_in, turn):  # noqa: F811
    kept = named(make_household(persons=2), "王小兰", BORN, 11)
    dropped = named(make_household(village=ground.sibling_village, persons=2), "王小兰", BORN, 13)
    found.reconcile(found.everywhere(), Duplicate.objects.all(), DAY)
    row = Duplicate.objects.get()
    spouse = dropped.household.persons.get(relation="配偶")
    one, two = signed_in("town"), signed_in("district")
    same = merging(row, dropped, kept, new_head=spouse.pk)
    different = {"fingerprint": row.fingerprint, "reason": "派出所核实是两人"}
    doors = office()
    answers = doors.at_once(
        lambda: one.post(f"/duplicates/{row.pk}/merge/", same),
        lambda: two.post(f"/duplicates/{row.pk}/differ/", different),
    )
    assert told(answers) == [303, 409]
    state = doors.see(lambda: Duplicate.objects.get().state)
    left = doors.see(lambda: StatusEvent.objects.filter(kind="减员").count())
    assert (state, left) in (("已合并", 1), ("不是同一人", 0))
    assert problems(doors) == []
