"""Amounts, areas and signatures of house renovation (R134–R140)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from audits import renovation
from audits.codes import CODES
from audits.renovation import DEPARTMENTS, REBUILD, REPAIR, House

D = Decimal
SOUND = House(
    grade="D级",
    way=REBUILD,
    willing=True,
    persons=2,
    area=D(45),
    cost=D(40000),
    subsidy=D(28000),
    upper=D(20000),
    district=D(6000),
    town=D(2000),
)


def fields(wrong) -> list[str]:
    return [each.field for each in wrong]


@pytest.mark.parametrize(
    ("persons", "least", "most"),
    [(1, 20, 60), (2, 30, 60), (3, 40, 60), (4, 52, 72), (6, 78, 108)],
)
def test_area_limits_by_size_of_household(persons, least, most):
    limits = renovation.area_limits(persons)
    assert (limits.least, limits.most) == (least, most)
    for area, wrong in (
        (least, []),
        (most, []),
        (least - D("0.01"), ["area_planned"]),
        (most + 1, ["area_planned"]),
    ):
        assert fields(renovation.applied(replace(SOUND, persons=persons, area=D(area)))) == wrong


def test_a_house_for_nobody_has_no_limits():
    with pytest.raises(ValueError, match="somebody"):
        renovation.area_limits(0)
    assert fields(renovation.applied(replace(SOUND, persons=0))) == ["area_planned"]


def test_a_repaired_house_keeps_its_area():
    assert not renovation.applied(replace(SOUND, way=REPAIR, area=None))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"grade": "B级"}, ["grade"]),
        ({"grade": ""}, ["grade"]),
        ({"willing": None}, ["willing"]),
        ({"grade": "C级"}, ["way"]),
        ({"grade": "C级", "way": REPAIR}, []),
        ({"way": REPAIR}, []),
        ({"way": "公租房"}, []),
    ],
)
def test_who_may_apply_and_how(change, wrong):
    assert fields(renovation.applied(replace(SOUND, **change))) == wrong


@pytest.mark.parametrize(
    ("grade", "way", "cost", "least", "most"),
    [
        ("D级", REBUILD, 40000, 25000, 40000),
        ("D级", REPAIR, 40000, 8000, 40000),
        ("C级", REPAIR, 9000, 8000, 9000),
        ("C级", REPAIR, 6000, 6000, 6000),
        ("D级", REBUILD, 20000, 20000, 20000),
        ("C级", REBUILD, 40000, 0, 0),
        ("D级", "幸福院", 40000, 0, 40000),
    ],
)
def test_the_floor_holds_and_never_above_the_real_cost(grade, way, cost, least, most):
    bounds = renovation.subsidy_bounds(grade, way, D(cost))
    assert (bounds.least, bounds.most) == (least, most)


@pytest.mark.parametrize(
    ("upper", "fund", "expected"),
    [(20000, 6000, (20000, 6000, 2000)), (30000, 6000, (28000, 0, 0)), (0, 0, (0, 0, 28000))],
)
def test_the_gap_goes_from_above_to_the_district_to_the_town(upper, fund, expected):
    shares = renovation.shares(D(28000), D(upper), D(fund))
    assert (shares.upper, shares.district, shares.town) == expected
    assert shares.total == 28000


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, []),
        ({"subsidy": None}, ["subsidy"]),
        ({"cost": None}, ["subsidy"]),
        ({"town": D(1000)}, ["subsidy_upper"]),
        ({"upper": D(-2000), "district": D(30000), "town": D(0)}, ["subsidy_upper"]),
        ({"cost": D(27999)}, ["subsidy"]),
        ({"subsidy": D(24999), "upper": D(24999), "district": None, "town": None}, ["subsidy"]),
        ({"grade": "C级"}, ["subsidy"]),
        ({"grade": "C级", "subsidy": D(0), "upper": None, "district": None, "town": None}, []),
    ],
)
def test_what_stands_against_a_payment(change, wrong):
    assert fields(renovation.paid(replace(SOUND, **change))) == wrong


def test_real_cost_is_needed_for_the_acceptance():
    assert fields(renovation.built(replace(SOUND, cost=None))) == ["cost_actual"]
    assert fields(renovation.built(SOUND)) == []


def test_all_five_departments_accept_or_none_does():
    signed = dict.fromkeys(DEPARTMENTS, True)
    assert not renovation.accepted(signed)
    for name in DEPARTMENTS:
        assert renovation.accepted({**signed, name: False}) == [f"{name}验收不合格"]
        assert renovation.accepted({key: True for key in signed if key != name}) == [f"{name}还没有签字"]


@pytest.mark.parametrize("way", ["统建", "空置房置换", "闲置房修缮", "公租房", "零租房", "幸福院"])
def test_ways_for_special_hardship_have_no_floor(way):
    assert way in CODES["renovation_way"].words
    assert renovation.subsidy_bounds("D级", way, Decimal(5000)) == renovation.Bounds(
        Decimal(0), Decimal(5000)
    )
