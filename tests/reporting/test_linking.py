"""A table's areas are linked by the names it prints; what matches nothing stays unlinked with a notice."""

import datetime

import pytest

from areas.models import Area, Level
from reporting.linking import link, unlinked
from tests.reporting.tables import cells, persons

DAY = datetime.date(2018, 11, 20)


def table(*names):
    return cells(*(persons(name, "省定", "2016", "1") for name in names))


def linked(*names, ground=None):
    links = link(table(*names), DAY, ground)
    return {name: area.name for name, area in links.by_name.items()}, links.top


@pytest.fixture
def street(ground):
    return Area.objects.create(
        level=Level.TOWN,
        code="370405103000",
        name="运演示街道",
        parent=ground.county,
        valid_from=datetime.date(2010, 1, 1),
    )


def test_towns_are_known_by_short_and_full_names_and_the_top_is_the_county(ground, street):
    by_name, top = linked("全区", "东演示", "西演示镇", "运演示")
    assert by_name == {"全区": "演示区", "东演示": "东演示镇", "西演示镇": "西演示镇", "运演示": "运演示街道"}
    assert top == ground.county


def test_blanks_inside_a_name_do_not_matter(ground):
    assert linked("全 区", "东 演 示", "西演示")[1] == ground.county


def test_a_name_that_matches_nothing_stays_unlinked(ground, street):
    by_name, top = linked("全区", "东演示", "西演示", "别处")
    assert "别处" not in by_name
    assert top == ground.county


def test_a_table_of_another_place_is_not_linked_by_one_chance_name(ground):
    assert linked("全区", "东演示", "甲", "乙") == ({}, None)


def test_towns_of_two_counties_alike_link_to_neither(ground):
    for code, name in (("370406102000", "东演示镇"), ("370406103000", "西演示镇")):
        Area.objects.create(
            level=Level.TOWN,
            code=code,
            name=name,
            parent=ground.other_county,
            valid_from=datetime.date(2010, 1, 1),
        )
    assert linked("全区", "东演示", "西演示") == ({}, None)
    assert linked("全区", "东演示", "西演示", ground=ground.other_county)[1] == ground.other_county


def test_counties_make_a_city_and_cities_a_province(ground):
    assert linked("全市", "演示", "邻演示")[1] == ground.city
    assert linked("全省", "演示市")[1] == ground.province


def test_a_top_of_another_level_is_not_linked(ground):
    by_name, top = linked("全省", "东演示", "西演示")
    assert set(by_name) == {"东演示", "西演示"}
    assert top is None


def test_a_table_without_top_is_about_no_area(ground):
    by_name, top = linked("东演示", "西演示")
    assert set(by_name) == {"东演示", "西演示"}
    assert top is None


def test_a_table_of_one_area_is_about_it(ground):
    assert linked("东演示镇")[1] == ground.town
    assert linked("演示区") == ({"演示区": "演示区"}, ground.county)


def test_a_top_alone_is_the_only_area_of_its_level(ground):
    assert linked("全区")[1] is None
    assert linked("全市")[1] == ground.city
    assert linked("全区", ground=ground.county)[1] == ground.county


def test_a_closed_area_is_not_linked(ground):
    ground.other_town.close(on=datetime.date(2017, 1, 1))
    assert "西演示" not in linked("全区", "东演示", "西演示", ground=ground.county)[0]


def test_unlinked_areas_are_noticed_with_their_cells():
    (finding,) = unlinked(table("全区", "甲"), {"全区"})
    assert (finding.rule, finding.severity, [cell.area for cell in finding.cells]) == (
        "unlinked_area",
        "notice",
        ["甲"],
    )


def test_of_two_names_of_one_area_the_second_stays_unlinked(ground):
    by_name, _ = linked("全区", "东演示", "东演示镇", "西演示")
    assert by_name == {"全区": "演示区", "东演示": "东演示镇", "西演示": "西演示镇"}


def test_two_parts_that_match_are_enough_among_strangers(ground):
    assert linked("全区", "东演示", "西演示", "甲", "乙", "丙")[1] == ground.county
