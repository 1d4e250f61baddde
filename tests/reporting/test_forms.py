"""The smaller official forms: parts add up to the whole, and every counted figure opens a list that counts to it."""

import datetime
import re

import pytest

from households.models import ColourChange, Household
from measures.models import Measure, Policy, State
from office import clock
from reporting.definitions import DEFINITIONS
from reporting.report import PERCENT, PERSONS, Request, headings
from tests.reporting.test_exit_tally import TODAY, at, day
from villages.models import KeyVillage

KINDS = ("causes", "colours", "coverage", "key-villages")


@pytest.fixture
def lived(ground, make_household, settings):
    """Five households with causes, colours, help and two key villages; a neighbour county that counts nowhere."""
    for place, (village, persons, cause) in enumerate(
        (
            (ground.village, 1, "因病"),
            (ground.village, 2, "因残"),
            (ground.sibling_village, 3, "因病"),
            (ground.other_village, 4, "缺劳力"),
            (ground.foreign_village, 5, "因病"),
        )
    ):
        home = make_household(village=village, persons=persons, poverty_cause=cause)
        home.persons.filter(relation="户主").update(birth_date=datetime.date(1930 + place, 1, 1))
        home.refresh_colour(day("2016-03-01"))
    homes = list(Household.objects.order_by("pk"))
    homes[2].leave_poverty(**at("2017-12-05"))
    homes[2].refresh_colour(day("2017-12-05"))
    Measure.objects.create(
        policy=Policy.objects.get(code="AGE-80"),
        person=homes[0].head,
        household=homes[0],
        year=2018,
        state=State.DELIVERED,
        planned_on=day("2018-01-01"),
        delivered_on=day("2018-02-01"),
        payer="演示局",
        amount=1,
    )
    chosen = {
        "batch": "十二五",
        "on": day("2012-01-01"),
        "by": None,
        "recorded_at": at("2012-01-01")["recorded_at"],
    }
    first = KeyVillage.designate(area=ground.village, level="省定", **chosen)
    KeyVillage.designate(area=ground.other_village, level="市定", **chosen)
    KeyVillage.designate(area=ground.foreign_village, level="市定", **chosen)
    first.remove_cap(on=day("2016-12-01"), by=None, recorded_at=at("2016-12-01")["recorded_at"])
    return homes


def run(kind, area, year=2018, as_of=TODAY):
    return DEFINITIONS[kind].figures(
        Request(area=area, year=year, as_of=as_of, shift=clock.shift()), lambda *_: None
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_add_up_to_the_whole(lived, ground, kind):
    figures = run(kind, ground.county)
    keys = {cell.column for cell in figures.cells if cell.unit != PERCENT}
    parts = [row.code for row in figures.rows if not row.top]
    assert parts == [ground.town.code, ground.other_town.code] and keys
    for key in keys:
        assert figures.value(ground.county.code, key) == sum(figures.value(code, key) for code in parts), key
    assert any(figures.value(ground.county.code, key) for key in keys)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("as_of", ["2018-11-20", "2017-12-01"])
def test_every_counted_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in, kind, as_of):
    client, opened = signed_in("district"), 0
    for cell in run(kind, ground.county, int(as_of[:4]), day(as_of)).cells:
        if cell.unit == PERCENT:
            assert cell.list_url is None
            continue
        if kind == "coverage" and not cell.value and not cell.column.endswith("_AGE-80"):
            continue  # hundreds of lists of nobody
        page = client.get(cell.list_url)
        shown = re.search(r'data-total="(\d+)"(?: data-persons="(\d+)")?', page.content.decode())
        of_persons = cell.unit == PERSONS and kind != "coverage"
        assert page.status_code == 200 and int(shown[2 if of_persons else 1]) == cell.value, cell
        opened += 1
    assert opened > 10


def test_a_cause_that_is_typed_anew_without_an_event_moves_no_figure(lived, ground):
    before = run("causes", ground.county).checksum()
    Household.objects.filter(pk=lived[0].pk).update(poverty_cause="因灾")
    assert run("causes", ground.county).checksum() == before


def test_causes_of_a_day_are_those_of_the_households_that_stood_then(lived, ground):
    ill = [
        key
        for key in headings(DEFINITIONS["causes"].blocks(Request(ground.county, 2018, TODAY)))
        if key.endswith("_persons")
    ]
    now, then = run("causes", ground.county), run("causes", ground.county, 2017, day("2017-12-01"))
    assert now.value(ground.county.code, "total_persons") == 7 and len(ill) > 5
    assert then.value(ground.county.code, "total_persons") == 10


def test_colours_stay_those_of_the_day(lived, ground):
    then = run("colours", ground.county, 2017, day("2017-12-01"))
    now = run("colours", ground.county)
    assert [then.value(ground.county.code, f"{key}_households") for key in ("total", "red")] == [4, 4]
    left = [now.value(ground.county.code, f"{key}_households") for key in ("yellow", "green")]
    assert sum(left) == 1 and now.value(ground.county.code, "red_households") == 3


def test_colours_of_a_year_that_is_over_are_those_of_its_last_day(lived, ground):
    red = Household.objects.in_area(ground.county).filter(colour="红").first()
    ColourChange.objects.create(household=red, on=day("2018-03-01"), colour="橙")
    over, now = run("colours", ground.county, 2017), run("colours", ground.county)
    assert over.value(ground.county.code, "red_households") == 3
    assert now.value(ground.county.code, "red_households") == 2


def test_help_given_after_the_day_does_not_count(lived, ground):
    assert run("coverage", ground.county).value(ground.county.code, "met_AGE-80") == 1
    assert (
        run("coverage", ground.county, 2018, day("2018-01-31")).value(ground.county.code, "met_AGE-80") == 0
    )


def test_key_villages_by_level_and_the_list_by_name(lived, ground):
    figures = run("key-villages", ground.county, 2016)
    of = {cell.column: cell.value for cell in figures.cells if cell.row == ground.county.code}
    assert (of["designated_total"], of["designated_provincial"], of["cap_removed_total"]) == (2, 1, 1)
    assert (of["reached_total"], of["left_to_go_total"], of["standing_total"]) == (0, 2, 1)
    (form,) = DEFINITIONS["key-villages"].sheets(Request(ground.county, 2016, TODAY))
    assert [row[2] for row in form.rows] == ["演示东村", "演示西村"]
    assert form.rows[0][6] == day("2016-12-01") and form.rows[1][6] is None


def test_a_village_that_came_back_on_the_list_has_no_day_of_leaving_it(lived, ground):
    back = {"on": day("2018-02-01"), "by": None, "recorded_at": at("2018-02-01")["recorded_at"]}
    KeyVillage.objects.get(area=ground.village).return_to_list(**back)
    for on, left in ((day("2018-01-31"), day("2016-12-01")), (TODAY, None)):
        (form,) = DEFINITIONS["key-villages"].sheets(Request(ground.county, 2018, on))
        assert [row[6] for row in form.rows] == [left, None], on
