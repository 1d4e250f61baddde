"""来料加工 of villages with poor people and the three levels of 电商 (R088, R096)."""

import datetime

import pytest

from areas.models import Level
from households.move import move_village
from measures import points
from measures.models import Enterprise, Measure, Policy
from tests.reporting.test_exit_tally import at

pytestmark = pytest.mark.django_db
PAGE, DAY = "/measures/points/", datetime.date(2018, 11, 20)


def point(place, code: str, on: str = "2018-03-01", **said) -> Measure:
    facts = {"year": int(on[:4]), "state": "落实", "planned_on": on, "delivered_on": on, "amount": 0}
    extras = {"operator": "演示经营者", "opened": on, **said}
    policy = Policy.objects.get(code=code)
    return Measure.objects.create(policy=policy, village=place, payer="演示", extras=extras, **facts)


def found(level, state, area, day=DAY) -> list[str]:
    rows = points.in_state(points.places(area, level, day), state, level, day)
    return sorted(rows.values_list("name", flat=True))


def test_a_village_has_contract_work_by_its_point_or_a_running_workshop(ground):
    point(ground.village, points.PROCESSING)
    firm = {"area": ground.other_village, "name": "演示车间", "kind": "扶贫车间"}
    shop = Enterprise.objects.create(**firm)
    assert found(Level.VILLAGE, points.PROCESS, ground.county) == ["演示东村", "演示西村"]
    assert found(Level.VILLAGE, points.NO_PROCESS, ground.county) == ["演示南村"]
    Enterprise.objects.filter(pk=shop.pk).update(closed=True)
    assert found(Level.VILLAGE, points.PROCESS, ground.county) == ["演示东村"]
    Enterprise.objects.filter(pk=shop.pk).update(closed=False, kind="企业")
    assert found(Level.VILLAGE, points.PROCESS, ground.county) == ["演示东村"]


@pytest.mark.parametrize(
    ("day", "there"),
    [((2018, 2, 28), False), ((2018, 3, 1), True), ((2018, 9, 30), True), ((2018, 10, 1), False)],
)
def test_a_point_stands_from_its_day_until_it_is_closed(ground, day, there):
    point(ground.village, "TASK-ECOM", closed="2018-10-01")
    shown = found(Level.VILLAGE, points.ECOM, ground.county, datetime.date(*day))
    assert shown == (["演示东村"] if there else [])


def test_a_village_that_passed_to_another_town_keeps_what_it_has(ground, signed_in, make_household):
    make_household(village=ground.village)
    point(ground.village, "TASK-ECOM")
    Enterprise.objects.create(area=ground.village, name="演示车间", kind="扶贫车间")
    new = move_village(ground.village, ground.other_town, code="370405102299", on=datetime.date(2018, 6, 1))
    assert found(Level.VILLAGE, points.PROCESS, ground.county) == [new.name]
    assert found(Level.VILLAGE, points.ECOM, ground.county) == [new.name]
    page = signed_in("other_town_user").get(f"{PAGE}?state=process").content.decode()
    assert 'data-total="1"' in page and "演示车间" in page and "演示经营者" in page


def test_each_level_of_ecommerce_is_its_own_record(ground):
    point(ground.village, "TASK-ECOM")
    point(ground.other_town, "TASK-ECOM-TOWN")
    assert found(Level.TOWN, points.ECOM, ground.county) == ["西演示镇"]
    assert found(Level.VILLAGE, points.ECOM, ground.county) == ["演示东村"]
    assert found(Level.COUNTY, points.ECOM, ground.county) == []
    point(ground.county, "TASK-ECOM-COUNTY")
    assert found(Level.COUNTY, points.ECOM, ground.county) == ["演示区"]


def test_villages_with_poor_people_are_those_with_somebody_on_the_register_that_day(ground, make_household):
    home = make_household(village=ground.village)
    make_household(village=ground.other_village).leave_poverty(**at("2017-12-05"))
    make_household(village=ground.sibling_village, on=None)

    def poor(day) -> list[str]:
        rows = points.places(ground.county, Level.VILLAGE, day)
        return sorted(points.with_poor(rows, day).values_list("name", flat=True))

    assert poor(DAY) == ["演示东村"]
    assert poor(datetime.date(2017, 12, 4)) == ["演示东村", "演示西村"]
    home.move_to(ground.sibling_village, **at("2018-05-01"))
    assert poor(DAY) == ["演示南村"]


def test_the_page_says_what_a_place_has_and_leads_to_recording_what_it_lacks(
    ground, signed_in, make_household
):
    make_household(village=ground.village, persons=2)
    given = point(ground.village, points.PROCESSING)
    page = signed_in("village").get(PAGE).content.decode()
    assert 'data-total="1"' in page and f"/measures/{given.pk}/" in page and "演示经营者" in page
    assert "登记电商" in page and "登记来料加工" not in page
    assert signed_in("village").get(f"{PAGE}?state=no-process").context["page"].total == 0
    assert "登记电商" not in signed_in("approver").get(PAGE).content.decode()
    district = signed_in("district")
    assert 'data-total="2"' in district.get(f"{PAGE}?level=town").content.decode()
    assert 'data-total="1"' in district.get(f"{PAGE}?poor=poor").content.decode()
    assert district.get(f"{PAGE}?state=nonsense").status_code == 422


def test_a_station_is_recorded_of_the_town_itself_and_nothing_else_is(ground, signed_in):
    district, town = signed_in("district"), signed_in("town")
    address = f"/villages/{ground.town.code}/measures/new/"
    policies = town.get(address).context["form"].fields["policy"].queryset
    assert [one.code for one in policies] == ["TASK-ECOM-TOWN"]
    station = policies.get()
    typed = {"policy": station.pk, "year": 2018, "extras_operator": "演示站"}
    assert town.post(address, typed).status_code == 303
    measure = Measure.objects.get()
    told = {"delivered_on": "2018-11-15", "amount": "0", "payer": "演示", "extras_opened": "2018-11-10"}
    assert (
        town.post(f"/measures/{measure.pk}/deliver/", {**told, "extras_operator": "演示站"}).status_code
        == 303
    )
    assert found(Level.TOWN, points.ECOM, ground.county) == ["东演示镇"]
    assert ground.town.name in district.get(f"/measures/{measure.pk}/").content.decode()
    assert signed_in("village").get(address).status_code == 404
    assert town.get(f"/villages/{ground.county.code}/measures/new/").status_code == 404


def test_where_nobody_is_poor_contract_work_is_not_asked_for(ground, signed_in, make_household):
    client = signed_in("village")
    assert "登记来料加工" not in client.get(PAGE).content.decode()
    make_household(village=ground.village)
    page = client.get(PAGE).content.decode()
    assert "登记来料加工" in page and '<span class="msg-warn">没有</span>' in page
