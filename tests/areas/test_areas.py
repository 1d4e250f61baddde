import datetime

import pytest
from django.db import IntegrityError, transaction

from areas.models import Area, Level

DAY = datetime.date(2017, 1, 1)
BEFORE = DAY - datetime.timedelta(days=1)


def test_a_place_knows_what_is_above_it(ground):
    assert ground.village.ancestors() == [ground.province, ground.city, ground.county, ground.town]
    assert ground.village.at(Level.TOWN) == ground.town
    assert ground.town.at(Level.TOWN) == ground.town
    assert ground.county.at(Level.TOWN) is None


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("张山子镇", "张山子"),
        ("运河街道", "运河"),
        ("运河街道办事处", "运河"),
        ("台儿庄区", "台儿庄"),
        ("镇", "镇"),
    ],
)
def test_the_short_name_is_what_plan_tables_print(name, short):
    assert Area(name=name).short_name == short


def test_villages_of_any_area(ground):
    assert set(ground.town.villages()) == {ground.village, ground.sibling_village}
    assert set(ground.village.villages()) == {ground.village}
    assert ground.county.villages().count() == 3


def test_parts_are_the_children_valid_on_the_day(ground):
    ground.sibling_village.close(on=DAY)
    assert list(ground.town.parts(BEFORE)) == [ground.village, ground.sibling_village]
    assert list(ground.town.parts(DAY)) == [ground.village]


def test_renaming_keeps_the_former_name_and_its_days(ground):
    ground.village.rename(on=DAY, name="新演示村")
    ground.village.rename(on=datetime.date(2018, 1, 1), code="370405101299")
    names = [(was.name, was.code, was.valid_from, was.valid_to) for was in ground.village.names.all()]
    assert names == [
        ("演示东村", "370405101201", datetime.date(2010, 1, 1), DAY),
        ("新演示村", "370405101201", DAY, datetime.date(2018, 1, 1)),
    ]
    ground.village.refresh_from_db()
    assert (ground.village.name, ground.village.code) == ("新演示村", "370405101299")


def test_a_former_code_finds_the_area(ground):
    ground.village.rename(on=DAY, code="370405101299")
    assert Area.objects.by_code("370405101201") == ground.village
    assert Area.objects.by_code("370405101299") == ground.village


def test_the_code_of_a_closed_area_finds_it_until_another_takes_the_code(ground):
    ground.village.close(on=DAY)
    assert Area.objects.by_code(ground.village.code) == ground.village
    taken = Area.objects.create(
        level=Level.VILLAGE, code=ground.village.code, name="新村", parent=ground.town, valid_from=DAY
    )
    assert Area.objects.by_code(taken.code) == taken


def test_an_unknown_code_is_said(ground):
    with pytest.raises(Area.DoesNotExist, match="999999999999"):
        Area.objects.by_code("999999999999")


def test_by_code_looks_only_where_it_is_asked_to(ground, cast):
    ground.other_village.rename(on=DAY, code="370405102299")
    for code in ("370405102299", "370405102201"):
        with pytest.raises(Area.DoesNotExist):
            Area.objects.visible_to(cast["town"]).by_code(code)


def test_closing_names_the_successor_and_happens_once(ground):
    ground.village.close(on=DAY, successor=ground.sibling_village)
    assert list(ground.sibling_village.predecessors.all()) == [ground.village]
    with pytest.raises(ValueError, match="已经停用"):
        Area.objects.get(pk=ground.village.pk).close(on=DAY)


def test_validity_ends_on_the_day_of_closing(ground):
    ground.village.close(on=DAY)
    assert ground.village in Area.objects.valid_on(BEFORE)
    assert ground.village not in Area.objects.valid_on(DAY)


def test_two_open_areas_never_have_one_code(ground):
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.create(level=Level.VILLAGE, code=ground.village.code, name="重码村", parent=ground.town)


def test_an_area_does_not_close_before_it_opens(ground):
    with pytest.raises(IntegrityError), transaction.atomic():
        ground.village.close(on=datetime.date(2009, 12, 31))
