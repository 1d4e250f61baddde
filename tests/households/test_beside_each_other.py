"""Acts that would undo each other, at the same instant (threats F2): one wins and the other is told; a village that
passes on while an import or an entry writes into it takes along what was written.

The order that hurts is made to happen: the second act begins when the first has looked and not yet written."""

import datetime
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.urls import reverse

from areas.models import Area
from households.entry.sheet import Sheet
from households.invariants import problems
from households.models import Household, ImportState, StatusEvent
from households.move import move_village
from households.workbook import importing
from office import clock
from tests.households.test_import import compared, imported, workbook
from tests.households.test_import_new import new_file
from tests.households.test_together import applicant, office

__all__ = ["compared", "imported", "new_file", "office", "workbook"]
pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 11, 20)
ROUNDS = 20


def test_an_exit_and_a_removal_at_once_are_one_of_them(make_household, office):  # noqa: F811
    keys = [make_household().pk for _ in range(ROUNDS)]
    doors = office()

    def exit_of(pk):
        return Household.objects.get(pk=pk).leave_poverty(on=DAY).kind

    def removal_of(pk):
        return Household.objects.get(pk=pk).cancel(on=DAY, removal_reason="全户迁出", reason="演示").kind

    for pk in keys:
        answers = doors.at_once(lambda pk=pk: exit_of(pk), lambda pk=pk: removal_of(pk))
        refused = [each for each in answers if isinstance(each, Exception)]
        assert all(isinstance(each, ValidationError) for each in refused), answers

        def left(pk=pk):
            events = list(StatusEvent.objects.filter(household=pk, on=DAY).values_list("kind", flat=True))
            return Household.objects.get(pk=pk), events

        household, events = doors.see(left)
        # Either one alone, or the exit and the removal of who had left, one after the other.
        assert len(events) == len(answers) - len(refused) >= 1
        assert ("注销" in events) == (household.removed_on is not None)
    assert doors.see(lambda: list(problems(DAY))) == []


class Beside:
    """`begin` starts the act in a thread of its own, once, and gives it a moment; `end` waits for it."""

    def __init__(self, act) -> None:
        self.act, self.thread, self.answer = act, None, None

    def begin(self, *told) -> None:
        if self.thread is None:
            self.thread = threading.Thread(target=self._run)
            self.thread.start()
            self.thread.join(1)

    def end(self):
        self.thread.join(60)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def _run(self) -> None:
        try:
            self.answer = self.act()
        except Exception as raised:  # noqa: BLE001
            self.answer = raised
        finally:
            connections.close_all()


@pytest.fixture
def passing_on(ground):
    """The village passes to the other town."""
    return Beside(
        lambda: move_village(
            Area.objects.get(pk=ground.village.pk),
            Area.objects.get(pk=ground.other_town.pk),
            code="370405102299",
            on=DAY,
            reason="演示调整",
        )
    )


def in_an_open_village(household: Household) -> bool:
    return household.village.valid_to is None


def test_households_written_while_their_village_passes_on_go_with_it(
    new_file,  # noqa: F811
    imported,  # noqa: F811
    cast,
    ground,
    office,  # noqa: F811
    passing_on,
    monkeypatch,
):
    batch = imported(new_file(), write=False)
    assert batch.move(ImportState.READY, ImportState.APPLYING)
    doors = office()
    whole = importing.writing.write_made

    def slowly(*args):
        passing_on.begin()
        return whole(*args)

    monkeypatch.setattr(importing.writing, "write_made", slowly)

    def write():
        return importing.apply(batch, cast["village"], DAY, clock.moment(), lambda *told: None, lambda: None)

    doors.see(write)
    new = passing_on.end()
    household = doors.see(lambda: Household.objects.select_related("village").get())
    assert household.village_id == new.pk and in_an_open_village(household)
    assert doors.see(lambda: list(problems(DAY))) == []


def test_an_import_into_a_village_that_passed_on_before_writes_nothing(
    new_file,  # noqa: F811
    imported,  # noqa: F811
    cast,
    passing_on,
):
    batch = imported(new_file(), write=False)
    assert batch.move(ImportState.READY, ImportState.APPLYING)
    passing_on.act()
    importing_refused = None
    try:
        importing.apply(batch, cast["village"], DAY, clock.moment(), lambda *told: None, lambda: None)
    except ValidationError as refused:
        importing_refused = refused
    assert importing_refused is not None and not Household.objects.exists()


def test_a_household_entered_while_its_village_passes_on_goes_with_it_or_is_told(
    signed_in,
    ground,
    office,  # noqa: F811
    passing_on,
    monkeypatch,
):
    client = signed_in("village")
    doors = office()
    whole = Sheet.save

    def slowly(sheet):
        saved = whole(sheet)
        passing_on.begin()
        return saved

    monkeypatch.setattr(Sheet, "save", slowly)
    answer = doors.see(lambda: client.post(reverse("households:new"), applicant(1, ground.village.pk)))
    passing_on.end()
    rows = doors.see(lambda: list(Household.objects.select_related("village")))
    if answer.status_code == 303:
        (household,) = rows
        assert in_an_open_village(household)
    else:
        assert answer.status_code == 422 and not rows and "刚刚停用" in answer.content.decode()
