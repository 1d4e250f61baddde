"""Versions, adoption and who sees a plan table."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from areas.scope import AreaScope
from reporting.models import AlreadyAdopted, CannotAdopt, PlanCell, PlanTable
from tests.reporting.tables import cells, persons

DAY = datetime.date(2018, 11, 20)
AT = datetime.datetime(2018, 11, 20, 9, tzinfo=datetime.UTC)
LATER = AT + datetime.timedelta(hours=1)


def take_in(name="演示规划", top="全区", parts=("东演示", "西演示"), **options):
    table = cells(*(persons(area, "省定", "2016", "3") for area in (top, *parts)))
    return PlanTable.take_in(table, name=name, data=b"x", at=options.pop("at", AT), on=DAY, **options)


def test_the_same_name_again_is_a_new_version_and_the_newest_is_read(ground):
    first, second = take_in(), take_in(top="全县")
    assert (first.version, second.version) == (1, 2)
    assert PlanTable.objects.newest("演示规划") == second
    assert take_in(name="别的").version == 1


def test_an_unknown_name_is_said(db):
    with pytest.raises(PlanTable.DoesNotExist, match="没有叫“无”的规划表"):
        PlanTable.objects.newest("无")


def test_a_version_that_was_taken_in_between_is_counted_on(ground, monkeypatch):
    take_in()
    create = PlanTable.objects.create
    calls = []

    def slow(**fields):
        calls.append(fields["version"])
        if len(calls) == 1:
            fields["version"] = 1
        return create(**fields)

    monkeypatch.setattr(PlanTable.objects, "create", slow)
    assert take_in().version == 2
    assert len(calls) == 2


def test_a_failure_leaves_nothing_half_loaded(ground, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(PlanCell.objects, "bulk_create", broken)
    with pytest.raises(RuntimeError):
        take_in()
    assert not PlanTable.objects.exists()


def test_cells_come_back_as_they_were_read(ground):
    table = take_in()
    kept = PlanTable.objects.get(pk=table.pk)
    assert [cell.value for cell in kept.tidy] == ["3", "3", "3"]
    assert [cell.line for cell in kept.tidy] == [2, 3, 4]
    assert {row.area for row in kept.rows} == {ground.county, ground.town, ground.other_town}
    assert [finding.rule for finding in kept.findings] == ["parts_sum_to_top"]


def test_adoption_stands_once_per_area_and_retires_the_older(ground):
    first, second = take_in(), take_in(name="别的")
    first.adopt(by=None, at=AT)
    second.adopt(by=None, at=LATER)
    first.refresh_from_db()
    assert (first.is_adopted, first.retired_at, second.is_adopted) == (False, LATER, True)
    assert PlanTable.adopted_for(ground.county) == second


def test_an_older_version_may_be_adopted_again(ground):
    first, second = take_in(), take_in()
    for table in (first, second, first):
        table.adopt(by=None, at=AT)
    assert PlanTable.adopted_for(ground.county) == first


def test_adopting_twice_is_told(cast):
    table = take_in()
    table.adopt(by=cast["district"], at=AT)
    with pytest.raises(AlreadyAdopted, match="已由演示district采用演示规划（第1版）"):
        PlanTable.objects.get(pk=table.pk).adopt(by=cast["district"], at=LATER)
    table.refresh_from_db()
    assert table.adopted_at == AT


def test_an_unlinked_table_cannot_be_adopted(ground):
    table = take_in(parts=("甲", "乙"))
    with pytest.raises(CannotAdopt, match="没有对上区划"):
        table.adopt(by=None, at=AT)


def test_the_database_holds_one_adoption_per_area(ground):
    first, second = take_in(), take_in()
    first.adopt(by=None, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanTable.objects.filter(pk=second.pk).update(adopted_at=AT)


def test_the_nearest_adopted_table_is_read(ground):
    table = take_in()
    table.adopt(by=None, at=AT)
    assert PlanTable.adopted_for(ground.town) == table
    assert PlanTable.adopted_for(ground.city) is None
    assert PlanTable.adopted_for(ground.other_county) is None
    town = take_in(name="镇规划", top="东演示镇", parts=())
    town.adopt(by=None, at=AT)
    assert PlanTable.adopted_for(ground.village) == town
    assert PlanTable.adopted_for(ground.other_town) == table


@pytest.mark.parametrize("who", ["village", "town", "approver", "district", "leader"])
def test_a_plan_is_seen_in_its_area_and_below(cast, who):
    table = take_in()
    assert list(PlanTable.objects.visible_to(cast[who])) == [table]


@pytest.mark.parametrize("who", ["auditor", "security", "admin", "outsider"])
def test_who_has_no_area_sees_no_plan(cast, who):
    take_in()
    take_in(name="别处", parts=("甲", "乙"))
    assert not PlanTable.objects.visible_to(cast[who]).exists()


def test_a_plan_of_another_county_is_not_seen(cast, ground):
    take_in(top="全区", parts=("邻演示镇",), ground=ground.other_county)
    assert not PlanTable.objects.visible_to(cast["district"]).exists()


def test_unlinked_tables_are_seen_by_who_imports(cast):
    table = take_in(parts=("甲", "乙"))
    assert list(PlanTable.objects.visible_to(cast["district"])) == [table]
    assert not PlanTable.objects.visible_to(cast["town"]).exists()


def test_a_table_about_an_area_out_of_reach_stays_unlinked(cast, ground):
    scope = AreaScope.of([ground.county])
    assert take_in(parts=("邻演示镇",), ground=ground.other_county, within=scope).area is None
    assert take_in(within=scope).area == ground.county
    assert take_in(top="全市", parts=("演示区", "邻演示区"), within=scope).area == ground.city
