import datetime

import pytest

from areas.models import Area, Level
from areas.scope import AreaScope
from households.models import Household
from villages.models import Village

DAY = datetime.date(2017, 1, 1)
PLACES = ("county", "town", "other_town", "village", "sibling_village", "other_village", "foreign_village")


@pytest.fixture
def rows(ground):
    """A village record for each village of the ground: rows with an `area_field`."""
    for name in ("village", "sibling_village", "other_village", "foreign_village"):
        Village.objects.create(area=getattr(ground, name))
    return ground


def seen(scope: AreaScope) -> set[str]:
    return {village.area.name for village in Village.objects.in_scope(scope).select_related("area")}


@pytest.mark.parametrize(
    ("level", "names"),
    [
        ("village", {"演示东村"}),
        ("town", {"演示东村", "演示南村"}),
        ("county", {"演示东村", "演示南村", "演示西村"}),
        ("city", {"演示东村", "演示南村", "演示西村", "邻演示村"}),
        ("province", {"演示东村", "演示南村", "演示西村", "邻演示村"}),
    ],
)
def test_who_holds_an_area_sees_what_lies_in_it(rows, level, names):
    assert seen(AreaScope.of([getattr(rows, level)])) == names


def test_several_areas_are_seen_together(rows):
    assert seen(AreaScope.of([rows.village, rows.other_town])) == {"演示东村", "演示西村"}


def test_nothing_sees_nothing(rows):
    assert AreaScope.of([]) == AreaScope.nothing()
    assert not AreaScope.nothing()
    assert seen(AreaScope.nothing()) == set()
    assert not Area.objects.in_scope(AreaScope.nothing()).exists()
    assert not Household.objects.in_scope(AreaScope.nothing()).exists()


def test_the_whole_sees_all(rows):
    assert AreaScope.whole()
    assert len(seen(AreaScope.whole())) == 4
    assert AreaScope.whole().covers(rows.foreign_village)


@pytest.mark.parametrize(
    ("holder", "covered"),
    [
        ("county", {"county", "town", "other_town", "village", "sibling_village", "other_village"}),
        ("town", {"town", "village", "sibling_village"}),
        ("village", {"village"}),
    ],
)
def test_covers_what_lies_whole_within(ground, holder, covered):
    scope = AreaScope.of([getattr(ground, holder)])
    assert {name for name in PLACES if scope.covers(getattr(ground, name))} == covered


def test_nothing_covers_nothing(ground):
    assert not AreaScope.nothing().covers(ground.village)


@pytest.mark.parametrize("holder", ["village", "town", "county"])
def test_who_holds_the_successor_sees_the_closed_area(rows, holder):
    """A village that moved in from a town of another county."""
    rows.foreign_village.close(on=DAY, successor=rows.village)
    scope = AreaScope.of([getattr(rows, holder)])
    assert "邻演示村" in seen(scope)
    assert rows.foreign_village in Area.objects.in_scope(scope)


def test_a_chain_of_successors_is_followed(rows):
    middle = Area.objects.create(
        level=Level.VILLAGE, code="370405101203", name="中间村", parent=rows.town, valid_from=DAY
    )
    rows.foreign_village.close(on=DAY, successor=middle)
    middle.close(on=DAY, successor=rows.other_village)
    assert "邻演示村" in seen(AreaScope.of([rows.other_village]))


def test_who_holds_the_closed_area_does_not_see_the_successor(rows):
    rows.village.close(on=DAY, successor=rows.other_village)
    assert seen(AreaScope.of([rows.village])) == {"演示东村"}


def test_the_successors_of_a_town_take_its_villages_along(rows):
    rows.other_town.close(on=DAY, successor=rows.town)
    assert seen(AreaScope.of([rows.town])) == {"演示东村", "演示南村", "演示西村"}


def test_figures_of_an_area_leave_out_its_closed_predecessor(rows):
    rows.foreign_village.close(on=DAY, successor=rows.village)
    assert Village.objects.in_area(rows.village).count() == 1


@pytest.mark.parametrize(
    ("level", "count"), [("village", 1), ("town", 2), ("county", 3), ("city", 4), ("province", 4)]
)
def test_in_area_counts_an_area_of_any_level(rows, level, count):
    assert Village.objects.in_area(getattr(rows, level)).count() == count


def test_in_area_of_nothing_is_the_whole_deployment(rows):
    assert Village.objects.in_area(None).count() == 4


@pytest.mark.parametrize(
    ("level", "count"), [("village", 1), ("town", 2), ("county", 3), ("city", 4), ("province", 4)]
)
def test_rows_with_columns_of_their_own_are_scoped_alike(ground, make_household, level, count):
    for name in ("village", "sibling_village", "other_village", "foreign_village"):
        make_household(village=getattr(ground, name), on=None)
    place = getattr(ground, level)
    assert Household.objects.in_area(place).count() == count
    assert Household.objects.in_scope(AreaScope.of([place])).count() == count


def test_a_user_sees_through_the_duties_of_the_day(rows, cast):
    assert Village.objects.visible_to(cast["town"]).count() == 2
    assert Village.objects.visible_to(cast["outsider"]).count() == 0
    assert Village.objects.visible_to(cast["auditor"]).count() == 0
