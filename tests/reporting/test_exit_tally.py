"""The yearly exit tally against a count of the raw events in plain Python, and against the lists it opens."""

import datetime
import re
from typing import Any

import pytest

from areas.models import Area
from households.models import Household, Person, StatusEvent
from office.clock import SHANGHAI
from reporting.definitions import DEFINITIONS, exit_tally
from reporting.report import ReportRefused, Request
from tests.reporting.small_days import evening

TODAY = datetime.date(2018, 11, 20)
TALLY = DEFINITIONS["exit-tally"]


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


def at(on: str) -> dict[str, Any]:
    return {"on": day(on), "by": None, "origin": "历史导入", "recorded_at": evening(day(on))}


@pytest.fixture
def lived(ground, make_household):
    """Households of both standards in three villages and two years of everything that happens to them."""
    homes = [
        make_household(village=village, persons=persons, standard=standard)
        for village in (ground.village, ground.sibling_village, ground.other_village)
        for persons, standard in ((1, "国家标准"), (2, "省定标准"), (3, "国家标准"), (4, "省定标准"))
    ]
    make_household(village=ground.foreign_village, persons=5)
    for home in (homes[0], homes[1], homes[5], homes[10]):
        home.leave_poverty(**at("2016-12-05"))
    for home in (homes[2], homes[6]):
        home.leave_poverty(**at("2017-12-06"))
    homes[0].return_to_poverty(**at("2017-03-01"))
    homes[7].cancel(**at("2017-04-01"), removal_reason=removal_reason())
    homes[3].correct_standard(standard="国家标准", reason="复核", **at("2017-05-01"))
    homes[4].move_to(ground.other_village, **at("2017-06-01"))
    make_household(village=ground.village, persons=2, standard="省定标准", on=day("2017-07-01"))
    return homes


def removal_reason() -> str:
    return Household._meta.get_field("removal_reason").code_list.words[0]


def counted_by_hand(area: Area, year: int, as_of: datetime.date, national: bool, unit: str) -> dict[str, int]:
    """Plain loops over plain rows: no aggregation, no query method of the program."""
    found = dict.fromkeys(("base", "new", "return", "other_in", "exit", "other_out", "now", "net"), 0)
    for event in StatusEvent.objects.all():
        if area.pk not in (event.village_id, event.town_id, event.county_id):
            continue
        if event.on > as_of or event.recorded_at.astimezone(SHANGHAI).date() > as_of or event.on.year > year:
            continue
        if national and event.standard != "国家标准":
            continue
        moved = getattr(event, unit)
        found["now"] += moved
        if event.on.year < year:
            found["base"] += moved
            continue
        found["net"] += moved
        if moved > 0:
            found[{"纳入": "new", "返贫": "return"}.get(event.kind, "other_in")] += moved
        else:
            found["exit" if event.kind == "退出" else "other_out"] -= moved
    return found


def run(area: Area, year: int, as_of: datetime.date = TODAY):
    return TALLY.figures(Request(area=area, year=year, as_of=as_of), lambda *_: None)


@pytest.mark.parametrize("year", [2016, 2017, 2018])
def test_every_figure_of_area_and_parts_equals_a_count_by_hand(lived, ground, year):
    figures = run(ground.county, year)
    assert [row.code for row in figures.rows] == [
        ground.county.code,
        ground.town.code,
        ground.other_town.code,
    ]
    for area in (ground.county, ground.town, ground.other_town):
        for national in (False, True):
            for unit in ("households", "persons"):
                for figure, count in counted_by_hand(area, year, TODAY, national, unit).items():
                    assert figures.value(area.code, exit_tally.key(figure, national, unit)) == count


@pytest.mark.parametrize("year", [2016, 2017, 2018])
def test_base_and_in_less_out_is_now_and_the_parts_add_up(lived, ground, year):
    figures = run(ground.county, year)
    for national in (False, True):
        for unit in ("households", "persons"):
            of = {
                figure: [
                    figures.value(row.code, exit_tally.key(figure, national, unit)) for row in figures.rows
                ]
                for figure in exit_tally.WORDS
            }
            for place in range(len(figures.rows)):
                into = of["new"][place] + of["return"][place] + of["other_in"][place]
                out = of["exit"][place] + of["other_out"][place]
                assert of["base"][place] + into - out == of["now"][place]
                assert into - out == of["net"][place]
            assert all(counts[0] == sum(counts[1:]) for counts in of.values())


def test_exits_by_cause_add_up_to_the_exits(lived, ground):
    figures = run(ground.county, 2016)
    causes = sum(
        figures.value(ground.county.code, exit_tally.cause_key(code)) for code, _ in exit_tally.CAUSES
    )
    assert causes == figures.value(ground.county.code, "exit_persons") == 8


def test_a_village_reports_itself_alone(lived, ground):
    figures = run(ground.village, 2016)
    assert [row.code for row in figures.rows] == [ground.village.code]
    assert figures.value(ground.village.code, "exit_households") == 2


def test_what_was_recorded_after_the_as_of_day_is_not_yet_known(lived, ground):
    assert run(ground.county, 2016, day("2016-12-04")).value(ground.county.code, "exit_households") == 0
    assert run(ground.county, 2016, day("2016-12-05")).value(ground.county.code, "exit_households") == 4


def test_without_an_adopted_plan_printed_and_difference_are_unknown(lived, ground):
    figures = run(ground.county, 2016)
    cells = [cell for cell in figures.cells if cell.column.startswith(("printed_", "diff_"))]
    assert len(cells) == 3 * 4
    assert all(cell.value is None and cell.list_url is None for cell in cells)


def test_every_counted_figure_opens_a_list_that_counts_to_it(lived, ground, signed_in):
    client = signed_in("district")
    opened = 0
    for year in (2016, 2017):
        for cell in run(ground.county, year).cells:
            if cell.list_url is None:
                assert cell.column.startswith(("printed_", "diff_", "net_"))
                continue
            page = client.get(cell.list_url).content.decode()
            shown = re.search(r'data-total="(\d+)"[^>]*data-persons="(\d+)"', page)
            assert shown is not None, cell
            assert int(shown[2 if cell.unit == "persons" else 1]) == cell.value, cell
            opened += 1
    assert opened == 2 * 3 * (28 + len(exit_tally.CAUSES))


def test_what_each_town_was_to_do_stands_beside_what_it_did(lived, ground, plan):
    figures, key = run(ground.county, 2017), exit_tally.key("exit", False, "persons")
    for area, planned, left in ((ground.county, 6, 6), (ground.town, 3, 6), (ground.other_town, 2, 0)):
        told = [figures.value(area.code, f"{prefix}{key}") for prefix in ("printed_", "", "diff_")]
        assert told == [planned, left, left - planned], area


def test_each_standard_stands_beside_its_own_printed_figure(lived, ground, plan):
    figures, left = run(ground.county, 2016), {}
    for national, printed, planned in ((False, 9, 9), (True, "全部脱贫", 6)):
        key = exit_tally.key("exit", national, "persons")
        left[national] = figures.value(ground.county.code, key)
        told = [figures.value(ground.county.code, f"{prefix}{key}") for prefix in ("printed_", "diff_")]
        assert told == [printed, left[national] - planned], national
    assert left[True] != left[False]


def test_what_the_words_of_the_plan_say_of_a_year_stands_in_the_note(lived, ground):
    """004 二章三节二 says 1359 of 2017, which is no sum of its table."""
    type(ground.county).objects.filter(pk=ground.county.pk).update(name="台儿庄区")
    county = type(ground.county).objects.get(pk=ground.county.pk)
    assert "1359人" in run(county, 2017).notes["all"] and "1359" not in run(county, 2016).notes["all"]


def test_a_year_after_the_as_of_day_and_one_before_the_register_are_refused(lived, ground):
    for year in (2014, 2019):
        with pytest.raises(ReportRefused):
            TALLY.check(Request(area=ground.county, year=year, as_of=TODAY))


def test_a_closed_village_keeps_its_row_while_it_has_figures(lived, ground):
    ground.sibling_village.close(on=day("2018-03-01"), successor=ground.village)
    figures = run(ground.town, 2017)
    assert figures.value(ground.sibling_village.code, "base_persons") > 0
    assert figures.value(ground.sibling_village.code, "now_persons") == 0


def test_the_number_of_statements_does_not_grow_with_the_register(
    lived, ground, make_household, django_assert_num_queries
):
    with django_assert_num_queries(3):
        run(ground.county, 2016)
    for _ in range(5):
        make_household(village=ground.village)
    with django_assert_num_queries(3):
        run(ground.county, 2016)


def test_a_death_is_other_out_of_persons_and_moves_no_household(lived, ground):
    home = lived[11]
    member = Person.objects.filter(household=home).exclude(relation="户主").first()
    home.person_leaves(member, leave_reason=leave_reason(), **at("2018-05-01"))
    figures = run(ground.county, 2018)
    assert figures.value(ground.county.code, "other_out_persons") == 1
    assert figures.value(ground.county.code, "other_out_households") == 0


def leave_reason() -> str:
    return Person._meta.get_field("leave_reason").code_list.words[0]
