"""Boards of areas and the three 挂图: every figure is the report's, opens the list that counts to it, and adds up."""

import datetime
import re
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import Duty
from areas.models import Area, Level
from audits.procedures import ListKind
from audits.targets import YearlyTarget
from households.models import Helper, Household
from office.clock import SHANGHAI
from reporting.board import flows, pairing
from reporting.board import ground as grounds
from reporting.definitions import DEFINITIONS, exit_tally
from reporting.report import PERSONS, Request, headings
from tests.audits.driver import Driver
from tests.reporting.test_exit_tally import TODAY, at, day, lived  # noqa: F401
from villages.incidence import incidence
from villages.models import KeyVillage, Letter, Post, Village, VillageYear

BOARD, MAP, WAR, PAIRS = (
    reverse(f"reporting:{name}")
    for name in ("dashboard", "wall-distribution", "wall-campaign", "wall-pairing")
)
ALL = (BOARD, MAP, WAR, PAIRS)
RURAL = {"演示东村": 400, "演示南村": 300, "演示西村": 500}


def moment(on: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(on, datetime.time(18), SHANGHAI)


@pytest.fixture
def county(lived, plan, ground):  # noqa: F811
    """A year of everything, the plan, rural population, key villages, and colours of the day."""
    for village in (ground.village, ground.sibling_village, ground.other_village):
        of = Village.objects.create(area=village)
        facts = {"households": 100, "population": 500, "rural_population": RURAL[village.name]}
        VillageYear.objects.create(village=of, year=2018, **facts)
        VillageYear.objects.create(village=of, year=2017, **{**facts, "rural_population": 350})
    for home in Household.objects.all():
        home.refresh_colour(day("2018-11-01"))
    chosen = {
        "batch": "十二五",
        "on": day("2012-01-01"),
        "by": None,
        "recorded_at": moment(day("2012-01-01")),
    }
    out = KeyVillage.designate(area=ground.village, level="省定", **chosen)
    out.remove_cap(on=day("2016-12-01"), by=None, recorded_at=moment(day("2016-12-01")))
    KeyVillage.designate(area=ground.other_village, level="市定", **chosen)
    KeyVillage.objects.filter(area=ground.other_village).update(planned_exit_year=2018)
    return ground.county


@pytest.fixture
def posted(county, ground, make_household):
    """Who is posted and who helps: a first secretary and a team in one village, helpers of two units."""
    facts = {"start_on": day("2017-01-01"), "recorded_at": moment(day("2017-01-01"))}
    for kind, name, unit in (
        ("第一书记", "演示书记", "演示区水务局"),
        ("驻村工作队长", "演示队长", "演示区水务局"),
        ("驻村工作队员", "演示队员", "演示区水务局"),
        ("常委包村", "演示常委", "演示区委"),
    ):
        Post.objects.create(kind=kind, area=ground.village, name=name, unit=unit, **facts)
    homes = Household.objects.in_area(county).filter(removed_on=None).order_by("pk")
    for place, home in enumerate(homes[:5]):
        Helper.objects.create(
            household=home,
            name=f"演示帮{place % 2}",
            unit_name=("演示区医院", "演示镇农业站")[place % 2],
            affiliation="县",
            phone="13900005678",
            start_on=day("2017-01-01"),
        )
    Letter.objects.create(
        area=ground.town, year=2018, tier="区—镇街", giver="演示区", taker="东演示镇党委", tasks="演示",
        state="已签订", signed_on=day("2018-03-01"), recorded_at=moment(day("2018-03-01")),
    )  # fmt: skip
    return county


def report(kind: str, area: Area, year: int = 2018, as_of: datetime.date = TODAY):
    return DEFINITIONS[kind].figures(Request(area=area, year=year, as_of=as_of), lambda *_: None)


def counted(client, url: str) -> dict[str, int]:
    page = client.get(url)
    assert page.status_code == 200, url
    found = re.search(r'data-total="(\d+)"(?: data-persons="(\d+)")?', page.content.decode())
    return {"total": int(found[1]), "persons": int(found[2] or 0)}


@pytest.mark.parametrize("year", [2016, 2017, 2018])
@pytest.mark.parametrize("place", ["county", "town", "village"])
def test_every_figure_of_a_board_is_the_one_of_the_report_with_its_list(
    county, ground, signed_in, year, place
):
    area = getattr(ground, place)
    board = signed_in("district").get(BOARD, {"area": area.code, "year": year}).context["board"]
    tally, plan = report("exit-tally", area, year), report("rolling-plan", area, year)
    keys, causes, colours = (report(kind, area, year) for kind in ("key-villages", "causes", "colours"))
    now, left = (exit_tally.key(figure, False, PERSONS) for figure in (exit_tally.NOW, exit_tally.EXIT))
    assert len(board.ground.parts) == len(tally.rows) - 1
    for part in (board.ground.whole, *board.ground.parts):
        code = part.area.code
        for figure, key in (
            (part.persons, now),
            (part.households, exit_tally.key(exit_tally.NOW, False, "households")),
            (part.left, left),
        ):
            cell = tally.cell(code, key)
            assert (figure.value, figure.url) == (cell.value, cell.list_url)
        assert part.planned == tally.value(code, f"printed_{left}")
        for figure, key in ((part.chosen, "designated_total"), (part.standing, "standing_total")):
            assert (figure.value, figure.url) == (keys.value(code, key), keys.cell(code, key).list_url)
    for line, number in zip(board.years.lines, (8, 10, 11), strict=True):
        cell = plan.cell(area.code, f"actual_{number}")
        assert (line.left.value, line.left.url) == (cell.value, cell.list_url)
        assert line.planned == plan.value(area.code, f"printed_{number}")
    for line in board.causes:
        key = next(key for key, word in headings(DEFINITIONS["causes"].blocks(Request(area, year, TODAY))).items()
                   if word == f"户和人 {line.cause} 户")  # fmt: skip
        assert line.households.value == causes.value(area.code, key)
    assert sum(line.households.value for line in board.causes) == causes.value(area.code, "total_households")
    for line, key in zip(board.colours.lines, ("red", "orange", "yellow", "green", "unjudged"), strict=True):
        cell = colours.cell(area.code, f"{key}_households")
        assert (line.households.value, line.households.url) == (cell.value, cell.list_url)


@pytest.mark.parametrize("year", [2016, 2017, 2018])
def test_the_flows_of_a_year_add_up_and_each_opens_its_events(county, signed_in, year):
    client = signed_in("district")
    terms = client.get(BOARD, {"year": year}).context["board"].terms
    for unit in ("households", "persons"):
        amounts = [(term.sign, getattr(term, unit).value) for term in terms]
        start, *moves, end = amounts
        assert start[1] + sum(n if sign == "＋" else -n for sign, n in moves) == end[1]
    for term in terms:
        assert counted(client, term.persons.url)["persons"] == term.persons.value, term.word
        households = counted(client, term.households.url)
        assert households["total"] == term.households.value, term.word
    assert year != 2017 or [t.persons.value for t in terms if t.word in ("返贫", "注销")] == [1, 4]


def test_the_parts_add_up_to_the_whole(county, signed_in):
    ground = signed_in("district").get(BOARD).context["board"].ground
    for name in ("households", "persons", "left", "chosen", "standing"):
        assert getattr(ground.whole, name).value == sum(getattr(part, name).value for part in ground.parts)
    assert ground.whole.rural == sum(part.rural for part in ground.parts) == 1200


def test_every_figure_of_the_table_opens_a_list_that_counts_to_it(county, signed_in):
    client = signed_in("district")
    for page, query in ((BOARD, {}), (MAP, {"by": "village"}), (MAP, {"by": "child", "year": "2016"})):
        context = client.get(page, query).context
        ground = context["board"].ground if page == BOARD else context["ground"]
        for part in (ground.whole, *ground.parts):
            assert counted(client, part.persons.url)["persons"] == part.persons.value
            for figure in (part.households, part.chosen, part.standing):
                assert counted(client, figure.url)["total"] == figure.value
            assert counted(client, part.left.url)["persons"] == part.left.value


def test_a_village_of_the_county_map_counts_as_in_the_report_of_its_town(county, ground, signed_in):
    found = signed_in("district").get(MAP).context["ground"]
    assert [part.area.name for part in found.parts] == ["演示东村", "演示南村", "演示西村"]
    for town in (ground.town, ground.other_town):
        tally = report("exit-tally", town)
        for part in found.parts:
            if part.area.parent_id == town.pk:
                key = exit_tally.key(exit_tally.NOW, False, PERSONS)
                assert part.persons.value == tally.value(part.area.code, key)


def test_a_county_of_very_many_villages_is_drawn_by_town(county, signed_in, monkeypatch):
    monkeypatch.setattr(grounds, "VILLAGES", 2)
    context = signed_in("district").get(MAP, {"by": "village"}).context
    assert [part.area.level for part in context["ground"].parts] == ["town", "town"] and not context["by"]


def test_incidence_is_the_stock_over_the_rural_population_of_the_year(county, ground):
    found = grounds.of(Request(county, 2018, TODAY))
    for part in (found.whole, *found.parts):
        assert part.incidence == incidence(part.persons.value, part.rural) is not None
    assert [part.rural for part in found.parts] == [700, 500]
    assert grounds.of(Request(county, 2017, TODAY)).whole.rural == 1050
    VillageYear.objects.filter(village__area=ground.village).delete()
    found = grounds.of(Request(county, 2018, TODAY))
    assert [part.incidence is None for part in (found.whole, *found.parts)] == [True, True, False]


def test_the_tiles_step_down_and_say_by_word_what_the_shade_says(county, ground, signed_in):
    client = signed_in("district")
    for shade, word in (("persons", "多"), ("incidence", "很低"), ("progress", "刚开始")):
        answer = client.get(BOARD, {"shade": shade})
        page, (tiles,) = answer.content.decode(), (group.tiles for group in answer.context["map"].groups)
        assert [tile.name for tile in tiles] == ["东演示镇", "西演示镇"]
        assert word in {tile.word for tile in tiles} and f"{word}</text>" in page
        for tile in tiles:
            below = client.get(tile.url)
            assert below.status_code == 200 and below.context["area"].name == tile.name
            assert f"shade={shade}" in tile.url
            assert client.get(tile.list_url).status_code == 200


def test_a_village_without_a_printed_plan_has_its_yearly_target(county, ground, signed_in):
    for area, persons in ((ground.village, 3), (ground.town, 9)):
        YearlyTarget.set(
            area=area, year=2018, kind=ListKind.HOUSEHOLD_EXIT, households=1, persons=persons, by=None,
            at=moment(TODAY),
        )  # fmt: skip
    board = signed_in("district").get(BOARD, {"area": ground.town.code}).context["board"]
    assert [part.planned for part in board.ground.parts] == [3, None]
    assert board.ground.whole.planned == 1  # the town's is printed and stays


def test_the_campaign_has_targets_done_and_left_key_villages_and_who_answers(posted, ground, signed_in):
    answer = signed_in("district").get(WAR)
    whole, town, other = answer.context["war"].lines
    plan = report("rolling-plan", posted)
    for line in (whole, town, other):
        code = line.part.area.code
        for year, number in zip(line.years, (8, 10, 11), strict=True):
            printed, done = (plan.value(code, f"{word}_{number}") for word in ("printed", "actual"))
            assert (year.planned, year.left.value, year.short) == (printed, done, max(0, printed - done))
        assert line.base.value == plan.value(code, "actual_1")
    assert (town.letter, town.signed, town.leaders, whole.posted) == (
        "东演示镇党委",
        True,
        ["演示常委（演示东村）"],
        1,
    )
    assert [(word, [key.name for key in keys]) for word, keys in town.keys] == [
        ("2016年已摘帽", ["演示东村"])
    ]
    assert [(word, [key.name for key in keys]) for word, keys in other.keys] == [
        ("计划2018年退出", ["演示西村"])
    ]
    below = signed_in("district").get(WAR, {"area": ground.town.code}).context["war"].lines
    assert below[1].leaders == ["常委包村 演示常委"] and below[2].leaders == []
    page = signed_in("village").get(WAR).content.decode()
    assert "常委包村 演示常委" in page and "省定重点村，<b>2016年已摘帽</b>" in page


def test_a_letter_signed_after_the_day_was_not_signed_on_it(posted, signed_in):
    client = signed_in("district")
    for as_of, signed in (("2018-02-28", False), ("2018-03-01", True)):
        town = client.get(WAR, {"as_of": as_of}).context["war"].lines[1]
        assert town.signed is signed, as_of


def test_pairing_counts_as_its_lists_do_and_names_officials_alone(posted, ground, signed_in):
    client = signed_in("district")
    answer = client.get(PAIRS, {"of": "all"})
    page, found = answer.content.decode(), answer.context["pairing"]
    assert found.whole.pairs.paired.value == 5 and found.whole.pairs.unpaired.value > 0
    for line in (found.whole, *found.parts):
        for figure in (line.pairs.paired, line.pairs.unpaired, line.secretaries, line.team, line.helpers):
            assert counted(client, figure.url)["total"] == figure.value
    chains = [chain for _, of_town in found.groups for chain in of_town]
    for chain in chains:
        for figure in (chain.pairs.paired, chain.pairs.unpaired):
            assert counted(client, figure.url)["total"] == figure.value
    assert sum(chain.pairs.paired.value for chain in chains) == 5
    first = chains[0]
    assert (first.secretary, first.team) == ("演示书记", ["演示队长", "演示队员"])
    assert "演示书记" in page and "演示区医院" in page
    assert not re.search(r"演示[甲乙丙丁戊己庚辛]|13900005678|1390\*", page)
    assert "演示帮0" in client.get(PAIRS, {"area": ground.town.code}).content.decode()


def test_only_key_villages_are_drawn_where_they_are_asked_for(posted, signed_in):
    found = signed_in("district").get(PAIRS).context["pairing"]
    assert [[c.area.name for c in chains] for _, chains in found.groups] == [["演示东村"], ["演示西村"]]


@pytest.mark.parametrize("page", ALL)
def test_an_area_elsewhere_is_not_there_and_the_own_one_comes_unasked(county, ground, signed_in, page):
    for name, own in (("district", ground.county), ("town", ground.town), ("village", ground.village)):
        client = signed_in(name)
        assert client.get(page).context["area"] == own
        for code in (ground.foreign_village.code, ground.foreign_town.code, ground.city.code, "1"):
            assert client.get(page, {"area": code}).status_code == 404
    assert signed_in("town").get(page, {"area": ground.other_village.code}).status_code == 404
    for name in ("helper", "department", "outsider"):
        assert signed_in(name).get(page).status_code == 403
    assert ground.other_village.name not in signed_in("town").get(page).content.decode()


def test_who_helps_in_one_village_and_works_in_another_town_gets_the_board_of_the_town(
    county, ground, cast, signed_in
):
    Duty.objects.create(user=cast["helper"], role="town", area=ground.other_town, start_on=day("2017-01-01"))
    client = signed_in("helper")
    for page in ALL:
        assert client.get(page).context["area"] == ground.other_town
        assert client.get(page, {"area": ground.village.code}).status_code == 403


@pytest.mark.parametrize("page", ALL)
def test_an_empty_area_and_a_year_without_figures_say_so(ground, signed_in, page, county):
    client, empty = signed_in("district"), Area.objects.create(
        level=Level.TOWN, code="370405109000", name="空演示镇", parent=ground.county,
        valid_from=day("2010-01-01"),
    )  # fmt: skip
    answer = client.get(page, {"area": empty.code})
    assert answer.status_code == 200
    if page == PAIRS:
        assert "没有重点村，也没有派驻的人" in answer.content.decode()
        return
    assert "空演示镇到2018年11月20日还没有登记过贫困户" in answer.content.decode()
    assert "2014年没有登记" in client.get(page, {"year": "2014"}).content.decode()
    assert client.get(page, {"as_of": "2018-11-21"}).status_code == 422
    assert client.get(page, {"year": "x"}).status_code == 422


@pytest.mark.parametrize("page", [*ALL, f"{PAIRS}?of=all"])
def test_statements_do_not_grow_with_the_areas(
    posted, ground, make_household, signed_in, django_assert_max_num_queries, page
):
    client = signed_in("district")
    client.get(page)
    with django_assert_max_num_queries(STATEMENTS[page.partition("?")[0]]) as few:
        client.get(page)
    for number in range(4):
        code, name = f"3704051012{number + 50}", f"演示村{number}"
        village = Area.objects.create(
            level=Level.VILLAGE, code=code, name=name, parent=ground.town, valid_from=day("2010-01-01")
        )
        make_household(village=village)
        Area.objects.create(
            level=Level.TOWN, code=f"37040515{number}000", name=f"演示{number}镇", parent=ground.county,
            valid_from=day("2010-01-01"),
        )  # fmt: skip
    with django_assert_max_num_queries(STATEMENTS[page.partition("?")[0]]) as many:
        client.get(page)
    assert len(few) == len(many)


STATEMENTS: dict[str, int] = {BOARD: 40, MAP: 30, WAR: 40, PAIRS: 30}


def test_who_is_on_an_exit_list_today_stands_beside_what_has_left_and_opens_the_lists(
    county, ground, cast, signed_in
):
    home = Household.objects.in_area(ground.village).filter(removed_on=None).order_by("pk").first()
    Driver(ground, cast).open("household-exit", home, on=day("2018-11-05"))
    client = signed_in("leader")
    board = client.get(BOARD).context["board"].years
    (line,) = [line for line in board.lines if line.year == 2018]
    assert line.under_way.value == home.member_count and line.short is not None
    assert f"，审核中 {home.member_count}" in board.chart.words
    assert f'data-persons="{home.member_count}"' in client.get(line.under_way.url).content.decode()
    # What lists there were on another day is not among the figures of a board.
    earlier = client.get(BOARD, {"as_of": "2018-11-10"}).context["board"].years
    assert not earlier.on_its_way and "审核中" not in earlier.chart.words


def test_terms_of_flow_are_those_of_the_tally(county):
    """注销 and the rest of 其他减少 are together what the report has under it."""
    tally = report("exit-tally", county, 2017)
    terms = {term.word: term for term in flows.terms(grounds.of(Request(county, 2017, TODAY)))}
    for unit in ("households", "persons"):
        parted: list[Any] = [getattr(terms[word], unit).value for word in ("注销", "其他减少")]
        assert sum(parted) == tally.value(county.code, exit_tally.key(exit_tally.OTHER_OUT, False, unit))


def test_the_units_shown_are_those_with_the_most_households(posted, ground):
    units = pairing._units(posted, TODAY)
    for found in units.values():
        assert [homes for *_, homes in found] == sorted((homes for *_, homes in found), reverse=True)
