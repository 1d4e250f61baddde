"""Two people at the same instant, each on a connection of their own (quality F1, F2; threats E): one wins,
the other is told, nothing is lost.

The requests run in threads. On SQLite the test's database lives in memory, where connections would share one
lock; it is copied into a file for them, as an office has it.
"""

import datetime
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from households.models import ColourFactors, Household, Person, StatusEvent, Watch
from tests.conftest import identity_number
from tests.households.entry_pages import errors_of, person, sent_by
from tests.households.test_entry_edit import REASONS
from tests.households.test_watch_list import TYPED, left  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
NEW = reverse("households:new")
ROUNDS = 100


class Office:
    """Calls side by side, and looks at what they left."""

    def at_once(self, *works: Callable[[], object]) -> list:
        """The answers of calls that start together; what one raises is its answer."""
        answers: list = [None] * len(works)
        start = threading.Barrier(len(works))

        def run(place: int, work: Callable[[], object]) -> None:
            start.wait(30)
            try:
                answers[place] = work()
            except Exception as raised:  # noqa: BLE001
                answers[place] = raised
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(300)
        return answers

    def see(self, work: Callable[[], object]) -> object:
        (seen,) = self.at_once(work)
        if isinstance(seen, Exception):
            raise seen
        return seen


@pytest.fixture
def office(tmp_path: Path, monkeypatch) -> Iterator[Callable[[], Office]]:
    """office() when everything stands: from then on only its calls see what is written."""

    def open_doors() -> Office:
        if connection.vendor == "sqlite":
            file = tmp_path / "together.sqlite3"
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(file)])
            # An office's file writes ahead since migrate; a change of the mode does not wait, so it is made alone.
            sqlite3.connect(file).execute("PRAGMA journal_mode=WAL").connection.close()
            monkeypatch.setitem(connections.settings["default"], "NAME", str(file))
        return Office()

    yield open_doors


def applicant(serial: int, village: int) -> dict[str, str]:
    """The smallest household that is saved: one person with the number of the round."""
    born = datetime.date(1960, 1, 1) + datetime.timedelta(days=serial)
    return {
        "village": str(village),
        "version": "1",
        "p-TOTAL": "1",
        "villager_group": "一组",
        "attribute": "一般贫困户",
        "poverty_standard": "国家标准",
        "poverty_cause": "缺技术",
        **person(0, born, relation="户主"),
        "p-0-id_number": identity_number(serial, born),
    }


def test_one_number_in_two_villages_a_hundred_times_has_one_winner_each_time(office, ground, signed_in):
    clerks = {"village": ground.village, "other_village_user": ground.other_village}
    clients = {name: signed_in(name) for name in clerks}
    doors, turn = office(), threading.Barrier(len(clerks))

    def type_in(name: str) -> list:
        answers = []
        for serial in range(ROUNDS):
            turn.wait(30)
            answer = clients[name].post(NEW, applicant(serial, clerks[name].pk))
            answers.append((answer.status_code, answer.content.decode()))
        return answers

    mine, theirs = doors.at_once(*(lambda name=name: type_in(name) for name in clerks))
    assert isinstance(mine, list) and isinstance(theirs, list), (mine, theirs)
    for pair in zip(mine, theirs, strict=True):
        assert sorted(status for status, _ in pair) == [303, 422], pair
        (told,) = (page for status, page in pair if status == 422)
        assert "已在册" in errors_of(told)
        # Who is told learns nothing of the other village.
        assert not (ground.other_village.name in told and ground.village.name in told)
    won = {status for status, _ in mine} | {status for status, _ in theirs}
    assert won == {303, 422}
    assert doors.see(lambda: (Household.objects.count(), Person.objects.count())) == (ROUNDS, ROUNDS)


@pytest.mark.parametrize("turn", range(5))
def test_two_saves_of_one_household_at_once_lose_nothing(office, make_household, signed_in, turn):
    household = make_household(persons=2, address="旧址")
    edit = reverse("households:edit", args=[household.number])
    clients = {"甲": signed_in("village"), "乙": signed_in("town")}
    typed = {
        who: {**sent_by(client.get(edit).content.decode()), **REASONS, "address": f"{who}写的"}
        for who, client in clients.items()
    }
    doors = office()
    answers = dict(
        zip(
            clients,
            doors.at_once(*(lambda who=who: clients[who].post(edit, typed[who]) for who in clients)),
            strict=True,
        )
    )
    statuses = {who: answer.status_code for who, answer in answers.items()}
    assert sorted(statuses.values()) == [303, 409]
    (second,) = (who for who, status in statuses.items() if status == 409)
    (first,) = set(clients) - {second}
    page = answers[second].content.decode()
    assert f"{first}写的" in page
    assert sent_by(page)["address"] == [f"{second}写的"]
    assert doors.see(lambda: Household.objects.get().address) == f"{first}写的"


def test_the_same_sheet_pressed_ten_times_is_one_household(office, ground, signed_in):
    clients = [signed_in("village") for _ in range(10)]
    doors = office()
    answers = doors.at_once(
        *(lambda client=client: client.post(NEW, applicant(7, ground.village.pk)) for client in clients)
    )
    assert sorted(answer.status_code for answer in answers) == [303] + [422] * 9
    assert doors.see(Household.objects.count) == 1


def test_one_number_comes_to_two_households_at_once(office, ground, make_household, signed_in):
    """The number joins existing households, each by its own sheet."""
    homes = {
        "village": make_household(village=ground.village, persons=2),
        "other_village_user": make_household(village=ground.other_village, persons=2),
    }
    clients: dict[str, Client] = {name: signed_in(name) for name in homes}
    edits = {name: reverse("households:edit", args=[home.number]) for name, home in homes.items()}
    born = datetime.date(1970, 5, 5)
    joins = {
        **person(2, born, relation="其他"),
        "p-TOTAL": "3",
        "p-2-joined_on": "2018-11-01",
        "p-2-join_reason": "其他转入",
        "reason-C022": "已核实",
    }
    typed = {
        name: {**sent_by(clients[name].get(edits[name]).content.decode()), **REASONS, **joins}
        for name in homes
    }
    doors = office()
    answers = doors.at_once(
        *(lambda name=name: clients[name].post(edits[name], typed[name]) for name in homes)
    )
    assert sorted(answer.status_code for answer in answers) == [303, 422], [
        errors_of(answer.content.decode()) for answer in answers
    ]
    assert doors.see(lambda: Person.objects.filter(birth_date=born).count()) == 1
    assert doors.see(lambda: StatusEvent.objects.filter(kind="增员").count()) == 1


def test_a_household_is_put_on_the_watch_list_once(office, left, signed_in):  # noqa: F811
    address = reverse("households:watch-new", args=[left.number])
    clients = [signed_in("village"), signed_in("town"), signed_in("district")]
    doors = office()
    answers = doors.at_once(*(lambda client=client: client.post(address, TYPED) for client in clients))
    # Who comes while the form is read is told by the form.
    first, *told = sorted(answer.status_code for answer in answers)
    assert first == 303 and set(told) <= {409, 422}
    assert doors.see(Watch.objects.count) == 1


def test_two_who_set_the_margins_of_one_day_are_both_kept_and_one_holds(office, ground, signed_in):
    typed = {
        "county": ground.county.pk,
        "watched": "1.3",
        "years": "5",
        "from_on": "2018-11-20",
        "source": "演示",
    }
    clients = [signed_in("district") for _ in range(4)]
    doors = office()
    answers = doors.at_once(
        *(
            lambda client=client, fringe=fringe: client.post("/colours/factors/", {**typed, "fringe": fringe})
            for client, fringe in zip(clients, ("1.2", "1.3", "1.4", "1.5"), strict=True)
        )
    )
    assert [getattr(answer, "status_code", answer) for answer in answers] == [303] * 4
    assert doors.see(ColourFactors.objects.count) == 4
    assert doors.see(ColourFactors.objects.current().count) == 1
