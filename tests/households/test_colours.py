import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from households.colours import Factors, Situation, verdict
from households.models import CountyStandard, PovertyLine, Shock, Survey

ON = datetime.date(2018, 11, 20)
POOR = Situation(on=ON, in_register=True, year=2018, income=Decimal(3000), line=3000)
LEFT = replace(POOR, in_register=False, left_on=datetime.date(2016, 12, 20), income=Decimal(3600))


@pytest.mark.parametrize(
    ("case", "colour", "note"),
    [
        (POOR, "红", ""),
        (replace(POOR, income=None, line=None), "红", ""),
        (replace(POOR, income=Decimal("3000.01")), "橙", ""),
        (replace(POOR, income=Decimal(3300)), "橙", ""),
        (replace(POOR, income=Decimal("3300.01")), "橙", "待退出"),
        (LEFT, "绿", ""),
        (replace(LEFT, income=Decimal("3599.99")), "黄", ""),
        (replace(LEFT, income=Decimal("3599.99"), left_on=datetime.date(2015, 11, 20)), "黄", ""),
        (replace(LEFT, income=Decimal("3599.99"), left_on=datetime.date(2015, 11, 19)), "绿", ""),
        (replace(LEFT, failing=("住房安全有保障",)), "黄", ""),
        (replace(LEFT, open_shocks=("2018年5月1日 重大疾病",), left_on=datetime.date(2014, 1, 1)), "黄", ""),
        (Situation(on=ON, in_register=False), "", ""),
    ],
)
def test_the_colour_follows_the_rule(case, colour, note):
    found = verdict(case)
    assert (found.colour, found.note) == (colour, note)


def test_a_yellow_household_says_why():
    reasons = verdict(replace(LEFT, income=Decimal(3100), failing=("不愁吃",))).reasons
    assert "2018年人均纯收入3100元，低于标准3000元的1.2倍（3600.00元）" in reasons[0]
    assert reasons[1] == "2018年采集：不愁吃为否"


def test_a_green_household_says_since_when():
    assert verdict(LEFT).reasons == ("2016年12月20日退出，没有返贫风险",)


def test_the_factors_are_arguments():
    assert verdict(POOR, Factors(fringe=Decimal("1.0"))).colour == "红"
    assert verdict(LEFT, Factors(watched=Decimal("1.3"))).colour == "黄"


@pytest.fixture
def left(ground, make_household):
    CountyStandard.objects.create(county=ground.county, standard="省定标准", from_year=2014)
    at = datetime.datetime(2018, 1, 5, tzinfo=datetime.UTC)
    PovertyLine.publish("省定标准", 2017, 3509, source="004", at=at)
    household = make_household(persons=2)
    Survey.objects.create(
        household=household,
        year=2017,
        member_count=2,
        wage_income=Decimal(9000),
        surveyor="演示甲",
        surveyed_on=datetime.date(2017, 12, 1),
        state="已填报",
    )
    household.leave_poverty(on=datetime.date(2017, 12, 20))
    return household


def test_every_event_refreshes_the_colour(left):
    assert (left.colour, left.coloured_on) == ("绿", ON)
    left.reverse_exit(on=ON, reason="数据有误")
    assert left.colour == "橙"


def test_an_open_shock_colours_an_exited_household_until_it_is_settled(left):
    shock = Shock.objects.create(household=left, kind="重大疾病", happened_on=datetime.date(2018, 5, 1))
    assert left.explain_colour(ON).reasons == ("变故未消除：2018年5月1日 重大疾病",)
    shock.settled_on = ON
    shock.save(update_fields=["settled_on"])
    assert left.explain_colour(ON).colour == "绿"


def test_a_cancelled_household_has_no_colour(left):
    left.cancel(on=ON, removal_reason="全户迁出")
    assert left.colour == ""


def test_every_change_is_kept_with_day_reason_and_person(make_household, signed_in, cast):
    """R082: by whose request, or nobody when the night found it."""
    household = make_household(persons=1, on=datetime.date(2016, 1, 1))
    assert [(one.was, one.colour) for one in household.colour_changes.all()] == [("", "红")]
    household.leave_poverty(on=datetime.date(2017, 12, 1), by=None)
    settled = household.colour_changes.count()
    address = f"/households/{household.number}/shocks/new/"
    typed = {"kind": "自然灾害", "happened_on": "2018-11-10", "amount": "20000"}
    assert signed_in("village").post(address, typed).status_code == 303
    newest = household.colour_changes.first()
    assert household.colour_changes.count() == settled + 1
    assert (newest.colour, newest.on, newest.by) == ("黄", datetime.date(2018, 11, 20), cast["village"])
    assert "自然灾害" in newest.reasons


def test_what_stays_is_no_change(make_household):
    household = make_household(persons=1)
    before = household.colour_changes.count()
    household.refresh_colour(datetime.date(2018, 11, 20))
    assert household.colour_changes.count() == before
