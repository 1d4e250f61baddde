"""考核 and 驻村情况: what they count, that each figure opens a list that counts to it, and how a score comes about."""

import datetime
import re
from decimal import Decimal

import pytest

from office import clock
from reporting.definitions import DEFINITIONS, assessment_facts
from reporting.report import Request
from tests.reporting.test_exit_tally import TODAY, at
from tests.villages.conftest import evening
from villages.models import (
    Inspection,
    KeyVillage,
    Letter,
    PlanItem,
    Post,
    PostKind,
    Rectification,
    WorkEvent,
)

ASSESSMENT, TEAMS = DEFINITIONS["assessment"], DEFINITIONS["teams"]
DAY = datetime.date(2018, 3, 1)


def posted(area, kind=PostKind.FIRST_SECRETARY, start=DAY) -> None:
    Post.objects.create(
        area=area, kind=kind, name="演示", unit="演示局", start_on=start, recorded_at=clock.moment()
    )


def inspected(area, *months) -> None:
    for month in months:
        Inspection.objects.create(
            area=area,
            kind="驻村督查",
            on=datetime.date(2018, month, 10),
            body="演示",
            inspectors="演示",
            inspected="演示",
            grade="好",
            findings="演示",
            recorded_at=clock.moment(),
        )


@pytest.fixture
def worked(ground, make_household):
    """Two key villages; the first has all it needs but the second quarter, the second has nothing."""
    homes = [make_household(village=village) for village in (ground.village, ground.other_village)]
    homes[0].leave_poverty(**at("2018-06-05"))
    for village in (ground.village, ground.other_village):
        KeyVillage.designate(
            area=village, level="省定", batch="十二五", on=DAY, by=None, recorded_at=evening(DAY)
        )
    posted(ground.village)
    for _ in range(3):
        posted(ground.village, PostKind.TEAM_MEMBER)
    inspected(ground.village, 2, 8, 11)
    made = {"recorded_at": clock.moment()}
    Letter.objects.create(
        area=ground.town,
        year=2018,
        tier="区—镇街",
        giver="演示",
        taker="演示",
        tasks="演示",
        state="已签订",
        signed_on=DAY,
        **made,
    )
    for due, done in ((DAY, DAY), (datetime.date(2018, 6, 1), None), (datetime.date(2018, 12, 1), None)):
        facts = {"year": 2018, "part": "时间表", "text": "演示", "holder": "演示"}
        PlanItem.objects.create(area=ground.village, due_on=due, done_on=done, **facts, **made)
    for due, reported in ((DAY, DAY), (datetime.date(2018, 6, 1), None), (datetime.date(2018, 7, 1), TODAY)):
        facts = {"source": "督查", "problem": "演示", "holder": "演示"}
        Rectification.objects.create(area=ground.village, due_on=due, reported_on=reported, **facts, **made)
    WorkEvent.objects.create(
        area=ground.town,
        kind="满意度调查",
        on=DAY,
        title="演示",
        host="演示",
        content="演示",
        asked=200,
        satisfied=181,
        **made,
    )
    return ground


def run(definition, area, year=2018):
    figures = definition.figures(Request(area=area, year=year, as_of=TODAY), lambda *_: None)
    return {(cell.row, cell.column): cell for cell in figures.cells}


def values(cells, area, *keys):
    return [cells[area.code, key].value for key in keys]


def test_teams_and_quarters_are_counted_by_town(worked):
    cells = run(TEAMS, worked.county)
    keys = ("villages", "secretary", "no_secretary", "team", "team_short", "q1", "q2", "q3", "q4")
    assert values(cells, worked.county, *keys) == [2, 1, 1, 1, 1, 1, 0, 1, 1]
    assert values(cells, worked.town, *keys) == [1, 1, 0, 1, 0, 1, 0, 1, 1]
    assert values(cells, worked.county, "secretary_rate", "team_rate") == ["50.0", "50.0"]
    assert values(cells, worked.other_town, *keys) == [1, 0, 1, 0, 1, 0, 0, 0, 0]


def test_a_quarter_to_come_is_unknown(worked):
    request = Request(area=worked.county, year=2018, as_of=datetime.date(2018, 5, 1))
    figures = TEAMS.figures(request, lambda *_: None)
    assert [figures.value(worked.county.code, f"q{each}") for each in (1, 2, 3, 4)] == [1, 0, None, None]


def test_the_facts_of_a_town(worked):
    cells = run(ASSESSMENT, worked.county)
    facts = {
        "exits_part": 2,
        "printed_exits": None,
        "teams_whole": 1,
        "teams_part": 1,
        "inspections_part": 0,
        "letters_part": 2,
        "plans_whole": 2,
        "plans_part": 1,
        "rectifications_whole": 3,
        "rectifications_part": 2,
        "satisfaction_whole": 1,
        "satisfaction_rate": "90.5",
        "plans_rate": "50.0",
        "rectifications_rate": "33.3",
        "houses_rate": None,
    }
    assert {key: cells[worked.town.code, key].value for key in facts} == facts


def test_a_score_weighs_what_counts_and_leaves_out_what_does_not(worked):
    sheet = assessment_facts.sheet(Request(area=worked.county, year=2018, as_of=TODAY))
    code = worked.town.code
    rates = {
        item: Decimal(rate)
        for item in assessment_facts.items()
        if (rate := sheet.facts[code, item.key].rate) is not None
    }
    wanted = sum(item.weight * rate for item, rate in rates.items()) / sum(item.weight for item in rates)
    assert sheet.score(code) == str(wanted.quantize(Decimal("0.1")))
    assert 0 < len(rates) < len(assessment_facts.items())


def test_the_declared_items_weigh_a_hundred_and_name_their_source():
    assert sum(item.weight for item in assessment_facts.items()) == 100
    assert all(item.source for item in assessment_facts.items())
    assert {item.key for item in assessment_facts.items()} == set(assessment_facts.COUNTED)


@pytest.mark.parametrize("definition", [ASSESSMENT, TEAMS])
def test_every_counted_figure_opens_a_list_that_counts_to_it(worked, signed_in, definition):
    client, opened = signed_in("district"), 0
    for area in (worked.county, worked.town):
        for cell in run(definition, area).values():
            if cell.list_url is None:
                assert cell.value is None or cell.unit == "percent" or cell.column.startswith("printed_"), (
                    cell
                )
                continue
            page = client.get(cell.list_url).content.decode()
            if cell.unit == "persons":
                found = re.search(r'data-persons="(\d+)"', page).group(1)
            elif cell.unit == "yuan":
                found = re.search(r'data-yuan="([\d.]+)"', page).group(1)
            else:
                found = re.search(r'data-total="(\d+)"', page).group(1)
            assert Decimal(found) == Decimal(cell.value or 0), cell
            opened += 1
    assert opened > 20


@pytest.mark.parametrize("definition", [ASSESSMENT, TEAMS])
def test_the_parts_add_up_to_the_whole(worked, definition):
    for area in (worked.county, worked.town):
        figures = definition.figures(Request(area=area, year=2018, as_of=TODAY), lambda *_: None)
        parts = [row.code for row in figures.rows if not row.top]
        for cell in figures.cells:
            known = isinstance(cell.value, int) and not cell.column.startswith("printed_")
            if cell.row == area.code and known:
                added = sum(figures.value(code, cell.column) or 0 for code in parts)
                assert added == cell.value, cell


def test_the_form_has_a_column_for_every_cell(worked):
    request = Request(area=worked.county, year=2018, as_of=TODAY)
    for definition in (ASSESSMENT, TEAMS):
        shown = {column.key for block in definition.blocks(request) for column in block.columns}
        assert {cell.column for cell in definition.figures(request, lambda *_: None).cells} == shown
