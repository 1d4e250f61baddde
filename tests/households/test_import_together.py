"""Two imports of overlapping rows at the same instant (quality F6, threats F5): no update is lost, none half made."""

import datetime

import pytest

from households.models import Household, ImportBatch, ImportState, Person, StatusEvent
from households.workbook import importing
from households.workbook.writing import Overtaken
from office import clock
from office.jobs import enqueue, run_job
from office.models import JobState
from tests.households.national_sheets import HEAD, SPOUSE, said_of, workbook
from tests.households.test_together import office  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 11, 20)
ROUNDS = 5


def checked(user, area, data):
    """An upload that waits to be confirmed; its id."""
    batch = importing.take_in(user, area, "采集.xlsx", data, clock.moment())
    importing.keep(batch, importing.compare(user, data, DAY, lambda *told: None))
    assert batch.state == ImportState.READY
    return batch.pk


def writing(pk, user):
    """Confirms the batch as its job does."""
    batch = ImportBatch.objects.get(pk=pk)
    assert batch.move(ImportState.READY, ImportState.APPLYING)
    importing.apply(batch, user, DAY, clock.moment(), lambda *told: None, lambda: None)


def states(*keys):
    found = dict(ImportBatch.objects.filter(pk__in=keys).values_list("pk", "state"))
    return [found[key] for key in keys]


def facts(households):
    pks = [one.pk for one in households]
    people = Person.objects.filter(household__in=pks, relation="户主")
    return {person.household_id: (person.education, person.work_months) for person in people}


def sheet(households, **more):
    """Every household, the head's row changed, as one file."""
    return workbook(*(row for one in households for row in said_of(one, **more)))


@pytest.fixture
def three(make_household):
    """Three households that the sheets know by number already."""
    made = [make_household(persons=1) for _ in range(3)]
    for one in made:
        Household.objects.filter(pk=one.pk).update(national_number=f"QG{one.number}")
        for person in one.persons.all():
            Person.objects.filter(pk=person.pk).update(national_number=f"QG{person.number}")
        one.refresh_from_db()
    return made


@pytest.mark.parametrize("month", range(1, ROUNDS + 1))
def test_of_two_imports_that_share_a_household_one_is_written_whole_and_the_other_told(
    month,
    three,
    cast,
    ground,
    office,  # noqa: F811
):
    first, shared, last = three
    files = [sheet([first, shared], **{"务工时间(月)": str(month)}), sheet([last, shared], 文化程度="小学")]
    users, areas = (cast["village"], cast["town"]), (ground.village, ground.town)
    doors = office()
    keys = doors.see(lambda: [checked(*one) for one in zip(users, areas, files, strict=True)])
    answers = doors.at_once(lambda: writing(keys[0], users[0]), lambda: writing(keys[1], users[1]))
    assert sorted(type(one).__name__ for one in answers) == ["NoneType", "Overtaken"], answers
    won, lost = answers.index(None), 1 - answers.index(None)
    assert doors.see(lambda: states(keys[won], keys[lost])) == [ImportState.APPLIED, ImportState.READY]
    expected = {one.pk: ("", None) for one in three}
    for household in (first, shared) if won == 0 else (last, shared):
        expected[household.pk] = ("", month) if won == 0 else ("小学", None)
    assert doors.see(lambda: facts(three)) == expected, "the loser left something"
    # Uploaded again it is held against what the winner wrote, and both stand.
    again = doors.see(lambda: checked(users[lost], areas[lost], files[lost]))
    doors.see(lambda: writing(again, users[lost]))
    assert doors.see(lambda: facts(three))[shared.pk] == ("小学", month)


def test_imports_that_share_nothing_are_both_written(three, cast, ground, office):  # noqa: F811
    first, second, _ = three
    files = [sheet([first], 文化程度="小学"), sheet([second], 文化程度="初中")]
    doors = office()
    keys = doors.see(
        lambda: (
            checked(cast["village"], ground.village, files[0]),
            checked(cast["town"], ground.town, files[1]),
        )
    )
    answers = doors.at_once(lambda: writing(keys[0], cast["village"]), lambda: writing(keys[1], cast["town"]))
    assert answers == [None, None]
    found = doors.see(lambda: facts(three))
    assert (found[first.pk][0], found[second.pk][0]) == ("小学", "初中")


def test_the_same_new_family_twice_at_once_is_one_family(cast, ground, office):  # noqa: F811
    doors = office()
    other = {**HEAD, "户编号": "另一户", "人口编号": "P77"}
    files = [workbook(HEAD, SPOUSE), workbook({**other, "户编号": "H77"})]
    keys = doors.see(
        lambda: (
            checked(cast["village"], ground.village, files[0]),
            checked(cast["town"], ground.town, files[1]),
        )
    )
    answers = doors.at_once(lambda: writing(keys[0], cast["village"]), lambda: writing(keys[1], cast["town"]))
    assert answers.count(None) == 1 and sum(isinstance(one, Overtaken) for one in answers) == 1

    def left():
        return Household.objects.count(), Person.objects.filter(name="演示张三").count()

    assert doors.see(left) == (1, 1)


def test_fifty_clicks_on_confirm_write_once(three, cast, ground, office):  # noqa: F811
    (first, *_) = three
    rows = said_of(first)
    child = {
        **rows[0],
        "人口编号": "P9",
        "姓名": "演示小",
        "证件号码": "990405201006150055",
        "与户主关系": "之子",
    }
    child.update({"性别": "男", "出生日期": "2010-06-15", "健康状况": "健康"})
    data = workbook(*rows, child)
    doors = office()
    key = doors.see(lambda: checked(cast["village"], ground.village, data))

    def press():
        batch = ImportBatch.objects.get(pk=key)
        if not batch.move(ImportState.READY, ImportState.APPLYING):
            return "told"
        job = enqueue("register-import-apply", params={"batch": str(key)}, owner=cast["village"])
        run_job(str(job.pk))
        job.refresh_from_db()
        return job.state

    answers = doors.at_once(*[press] * 50)
    assert sorted(map(str, answers)) == sorted([JobState.DONE, *["told"] * 49])

    def left():
        return StatusEvent.objects.filter(kind="增员").count(), first.persons.filter(present=True).count()

    assert doors.see(left) == (1, 2)
