"""人口结构: persons and households as they stood on a day, counted by hand and through the lists they open."""

import datetime
import re

import pytest

from households.models import Household, Person
from households.structure import AGES, TRAITS
from office import clock
from reporting.definitions import DEFINITIONS
from reporting.report import PERSONS, ReportRefused, Request
from tests.households.test_events import newborn
from tests.reporting.test_exit_tally import TODAY, at, day, evening, removal_reason

STRUCTURE = DEFINITIONS["structure"]


def stamp(on: str) -> None:
    """The versions written since the last stamp were written on that evening, as the office's clock has it."""
    for model in (Person, Household):
        fresh = model.history.filter(history_date__gte=clock.now() - datetime.timedelta(minutes=30))
        fresh.update(history_date=evening(day(on)) - SHIFT)


# Of the fixed office day; the real clock never moves that far while a test runs.
SHIFT = TODAY - clock.now().astimezone(clock.SHANGHAI).date()


@pytest.fixture
def lived(ground, make_household, office_day):
    """Four households; a member comes, one goes, one household leaves, one moves, one person falls ill later."""
    office_day(day("2015-12-01"))
    homes = [
        make_household(village=village, persons=persons)
        for village, persons in (
            (ground.village, 1),
            (ground.village, 7),
            (ground.sibling_village, 3),
            (ground.other_village, 2),
        )
    ]
    make_household(village=ground.foreign_village, persons=4)
    people = list(Person.objects.order_by("number"))
    for person, born, facts in (
        (people[0], "1930-05-05", {"health": ("残疾", "患有大病"), "labour_capacity": "丧失劳动力"}),
        (people[1], "2016-02-29", {"schooling": "学龄前儿童", "labour_capacity": "无劳动力"}),
        (people[2], "2008-01-01", {"schooling": "小学", "health": ("长期慢性病",)}),
        (people[3], "1999-01-01", {"schooling": "本科一年级"}),
    ):
        Person.objects.filter(pk=person.pk).update(birth_date=day(born))
        person.refresh_from_db()
        for name, value in facts.items():
            setattr(person, name, value)
        person.save(update_fields=["birth_date", *facts])
    stamp("2015-12-02")
    office_day(day("2017-12-05"))
    homes[3].leave_poverty(**at("2017-12-05"))
    office_day(day("2018-06-01"))
    homes[2].move_to(ground.other_village, **at("2018-06-01"))
    people[3].health = ("患有大病",)
    people[3].save(update_fields=["health"])
    stamp("2018-06-01")
    office_day(TODAY)
    return homes


def run(area, as_of=TODAY):
    request = Request(area, as_of.year, as_of, clock.shift())
    return STRUCTURE.figures(request, lambda *_: None)


def nonzero(figures, code, key):
    stem = f"{key}_"
    return {
        cell.column.removeprefix(stem): cell.value
        for cell in figures.cells
        if cell.row == code and cell.column.startswith(stem) and cell.value
    }


def test_persons_by_age_health_labour_and_schooling(lived, ground):
    figures = run(ground.county)
    code = ground.county.code
    assert figures.value(code, "total_persons") == 11 and figures.value(code, "total_households") == 3
    assert nonzero(figures, code, "age") == {"0-6": 1, "7-15": 1, "16-30": 1, "70-79": 7, "80+": 1}
    assert nonzero(figures, code, "health") == {"c01": 8, "c02": 1, "c03": 1, "several": 1}
    assert nonzero(figures, code, "labour") == {"c03": 1, "c04": 1, "unknown": 9}
    assert nonzero(figures, code, "schooling") == {"preschool": 1, "primary": 1, "higher": 1, "unknown": 8}
    assert nonzero(figures, code, "size") == {"1": 1, "3": 1, "6+": 1}


def test_each_trait_covers_everybody_once_and_the_parts_add_up(lived, ground):
    figures = run(ground.county)
    parts = [row.code for row in figures.rows if not row.top]
    for row in figures.rows:
        for key, trait in TRAITS.items():
            classes = [figures.value(row.code, f"{key}_{name}") for name in trait.words]
            assert sum(classes) == figures.value(row.code, "total_persons")
    for cell in figures.cells:
        if cell.row == ground.county.code:
            assert sum(figures.value(code, cell.column) for code in parts) == cell.value, cell
    assert figures.value(ground.other_town.code, "total_persons") == 3


def test_a_past_day_shows_what_was_known_then_wherever_the_household_is_now(lived, ground):
    then = run(ground.county, day("2017-06-30"))
    assert then.value(ground.town.code, "total_persons") == 11
    assert then.value(ground.other_town.code, "total_persons") == 2
    # The illness of 2018 is not yet known.
    assert "c03" not in nonzero(then, ground.county.code, "health")
    before = then.checksum()
    Person.objects.filter(household__in=lived).update(labour_capacity="普通劳动力")
    assert run(ground.county, day("2017-06-30")).checksum() == before


def test_every_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in):
    client, opened = signed_in("district"), 0
    for figures in (run(ground.county), run(ground.county, day("2017-06-30"))):
        for cell in figures.cells:
            if not cell.value and opened % 7:
                continue
            page = client.get(cell.list_url).content.decode()
            assert int(re.search(r'data-total="(\d+)"', page)[1]) == cell.value, cell
            opened += 1
    assert opened > 40


def test_ages_of_any_day_and_birthday_are_in_one_band(ground, make_household):
    home = make_household(persons=1)
    person = home.persons.get()
    for born in ("2012-02-29", "2011-03-01", "1938-11-20", "1938-11-21"):
        Person.objects.update(birth_date=day(born))
        person.refresh_from_db()
        for on in (day("2018-02-28"), day("2018-03-01"), day("2020-02-29"), TODAY):
            bands = [
                name
                for name, (low, high) in AGES.items()
                if low <= person.age(on) and (high is None or person.age(on) <= high)
            ]
            found = [name for name in AGES if Person.objects.filter(TRAITS["age"].q(name, on)).exists()]
            assert found == bands, (born, on)


def test_members_that_come_and_go_count_on_their_days(ground, make_household, office_day):
    office_day(day("2015-12-01"))
    home = make_household(persons=3)
    stamp("2015-12-01")
    leaver = home.persons.order_by("number").last()
    office_day(day("2017-05-01"))
    home.person_leaves(leaver, leave_reason=LEAVE, **at("2017-05-01"))
    stamp("2017-05-01")
    office_day(TODAY)
    assert [run(ground.county, on).value(ground.county.code, "total_persons") for on in (
        day("2017-04-30"), day("2017-05-01"), TODAY
    )] == [3, 2, 2]  # fmt: skip


@pytest.fixture
def late(ground, make_household, office_day):
    """Two households that are known by versions since they were entered."""
    office_day(day("2015-12-01"))
    home = make_household(village=ground.village, persons=4)
    other = make_household(village=ground.sibling_village, persons=2)
    stamp("2015-12-01")
    office_day(TODAY)
    return home, other


def once(moment: str, act) -> None:
    """An act of the end of 2017, or of the day itself, that was recorded at a moment of the new year."""
    when = datetime.datetime.fromisoformat(f"{moment}+08:00")
    before = (
        set(Person.history.values_list("pk", flat=True)),
        set(Household.history.values_list("pk", flat=True)),
    )
    act(recorded_at=when, by=None)
    for model, known in zip((Person, Household), before, strict=True):
        model.history.exclude(pk__in=known).update(history_date=when - SHIFT + datetime.timedelta(seconds=1))


def members_then(area, as_of, year=2017):
    """Persons by their records and as frozen, and what their list counts to."""
    figures = STRUCTURE.figures(Request(area, year, day(as_of), clock.shift()), lambda *_: None)
    frozen = DEFINITIONS["exit-tally"].figures(
        Request(area, year, day(as_of), clock.shift()), lambda *_: None
    )
    cell = next(one for one in figures.cells if one.row == area.code and one.column == "total_persons")
    return cell.value, frozen.value(area.code, "now_persons"), cell.list_url


@pytest.mark.parametrize("then", ["", "2018-01-05 11:00", "2018-02-01 09:00"])
@pytest.mark.parametrize("act", ["leave", "join", "split", "merge"])
def test_what_was_recorded_after_its_day_counts_as_the_events_froze_it(act, then, late, ground, signed_in):
    home, other = late
    last = home.persons.order_by("number").last()
    on = day("2017-12-20")
    did = {
        "leave": lambda **how: home.person_leaves(last, on=on, leave_reason=LEAVE, **how),
        "join": lambda **how: home.person_joins(newborn(), on=on, join_reason="新生儿", **how),
        "split": lambda **how: home.split([last], head=last, on=on, **how),
        "merge": lambda **how: home.merge(
            other, on=on, relations={one.pk: "其他" for one in other.persons.all()}, **how
        ),
    }
    once("2018-01-05 09:00", did[act])
    counted = {"leave": 5, "join": 7, "split": 6, "merge": 6}[act]
    if then:
        # What is dated in the new year, on the same day of recording or later, is not of the old one.
        newer = day(then[:10])
        once(
            then,
            lambda **how: home.person_joins(
                newborn("9904052018051502"), on=newer, join_reason="新生儿", **how
            ),
        )
        first = home.persons.order_by("number")[1]
        once(then.replace(":00", ":30"), lambda **how: home.split([first], head=first, on=newer, **how))
    client = signed_in("district")
    for as_of in ("2018-01-31", "2018-02-28", "2018-11-20"):
        records, frozen, url = members_then(ground.county, as_of)
        assert records == frozen == counted, as_of
        assert f'data-total="{counted}"' in client.get(url).content.decode()
    # The old year's last day did not know it.
    assert members_then(ground.county, "2017-12-31")[:2] == (6, 6)


def test_a_list_of_a_day_has_the_members_that_were_recorded_by_an_earlier_one(late, signed_in):
    home, _ = late
    last = home.persons.order_by("number").last()
    once(
        "2018-06-10 09:00",
        lambda **how: home.person_leaves(last, on=day("2018-06-10"), leave_reason=LEAVE, **how),
    )
    client = signed_in("district")
    for as_of, counted in (("2018-03-01", 6), ("2018-06-10", 5)):
        page = client.get("/households/members/", {"on": "2018-11-20", "as_of": as_of}).content.decode()
        assert f'data-total="{counted}"' in page, as_of


def test_the_households_of_a_size_are_listed_as_the_day_counted_them(late, ground, signed_in):
    home, _ = late
    last = home.persons.order_by("number").last()
    home.person_leaves(last, leave_reason=LEAVE, **at("2018-06-10"))
    client = signed_in("district")
    for on, size in (("2018-03-01", "4"), ("2018-11-20", "3")):
        figures = run(ground.village, day(on))
        (cell,) = (
            one for one in figures.cells if one.column == f"size_{size}" and one.row == ground.village.code
        )
        page = client.get(cell.list_url).content.decode()
        assert cell.value == 1 and 'data-total="1"' in page and home.number in page, on


LEAVE = Person._meta.get_field("leave_reason").code_list.words[0]


def test_nobody_on_the_register_is_said(lived, ground):
    Household.objects.get(pk=lived[2].pk).leave_poverty(**at("2018-11-01"))
    with pytest.raises(ReportRefused, match="2018年11月20日没有在册的户"):
        STRUCTURE.check(Request(ground.other_town, 2018, TODAY))
    STRUCTURE.check(Request(ground.village, 2018, TODAY))


def test_a_record_without_versions_counts_by_its_dates(lived, ground):
    Person.history.all().delete()
    Household.history.all().delete()
    assert run(ground.county).value(ground.county.code, f"total_{PERSONS}") == 11


def test_who_went_with_a_household_that_was_struck_off_counts_until_then(ground, make_household):
    """The record of a load without versions, cancelled later: nobody of it left, the household did."""
    home = make_household(village=ground.village, persons=3)
    make_household(village=ground.village, persons=1)
    home.cancel(**at("2018-06-01"), removal_reason=removal_reason())
    for model in (Person, Household):
        model.history.all().delete()
    before, now = run(ground.county, day("2018-05-31")), run(ground.county)
    assert [figures.value(ground.county.code, "total_persons") for figures in (before, now)] == [4, 1]
