"""主要指标: the plan's fifteen lines, values entered by their named source, earlier ones kept in sight."""

import csv
import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Duty
from office import clock
from office.models import TrailRow
from tests.conftest import make_user
from villages import indicators
from villages.models import Indicator, IndicatorGoal, IndicatorValue
from villages.models.indicator import ValueTaken

pytestmark = pytest.mark.django_db
PAGE = "/indicators/"
FILE = Path(indicators.FILE)


@pytest.fixture
def water(cast):
    """The department's clerk belongs to 水务."""
    Duty.objects.filter(user=cast["department"]).update(unit="水务")
    return Indicator.objects.get(code="water")


def enter(client, code, **sent):
    return client.post(f"{PAGE}{code}/values/", {"year": "2017", "value": "98.5", "note": "", **sent})


def test_the_fifteen_lines_of_the_box_and_three_of_schools_are_there_after_every_migrate(ground):
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert Indicator.objects.count() == len(rows) == 18 and len(indicators.in_the_box()) == 15
    assert indicators.load() == 0
    assert indicators.load_goals(ground.county) == 18 and indicators.load_goals(ground.county) == 0
    for row in rows:
        one = Indicator.objects.get(code=row["code"])
        goal = IndicatorGoal.objects.get(indicator=one, area=ground.county)
        assert (one.name, one.unit, one.attribute, one.source) == tuple(
            row[name] for name in ("name", "unit", "attribute", "source")
        )
        assert (goal.base, goal.target, goal.base_year, goal.target_year) == (
            row["base"],
            row["target"],
            2015,
            2020,
        )
        assert one.registered or one.sources, "somebody enters it, or the register counts it"


def test_every_line_is_shown_with_base_target_and_source(ground, signed_in):
    indicators.load_goals(ground.county)
    for who in ("district", "town", "leader", "department"):
        page = signed_in(who).get(PAGE).content.decode()
        assert 'data-total="18"' in page
        for word in ("全部脱贫", "97.5", "台儿庄供电部", "预期性", "建档立卡贫困户危房改造率"):
            assert word in page


def test_the_named_source_enters_its_value_and_the_table_shows_it(water, signed_in, ground):
    client = signed_in("department")
    assert enter(client, "water").status_code == 303
    value = IndicatorValue.objects.get()
    assert (value.value, value.year, value.entered_unit, value.area) == (
        Decimal("98.5"),
        2017,
        "水务",
        ground.county,
    )
    assert Indicator.values_of(ground.county, 2018) == {("water", 2017): Decimal("98.5")}
    assert "98.5" in signed_in("leader").get(PAGE).content.decode()
    assert TrailRow.objects.get(action="填报指标").detail["部门"] == "水务"


def test_another_department_does_not_enter_it(water, signed_in):
    client = signed_in("department")
    answer = enter(client, "road")
    assert answer.status_code == 403 and "由区交通运输局填报" in answer.content.decode()
    assert "data-action" not in client.get(f"{PAGE}road/").content.decode().split("<main")[1]
    assert not IndicatorValue.objects.exists()


def test_the_district_enters_any_but_what_the_register_counts(signed_in):
    client = signed_in("district")
    assert enter(client, "road").status_code == 303
    answer = enter(client, "poor-national")
    assert answer.status_code == 422 and "由登记计算" in answer.content.decode()
    for who in ("town", "leader"):
        assert enter(signed_in(who), "road").status_code == 403


def test_a_later_value_takes_the_place_of_the_earlier_which_stays_in_sight(water, signed_in):
    client = signed_in("department")
    enter(client, "water")
    first = IndicatorValue.objects.get()
    assert enter(client, "water", value="99").status_code == 409, "the page had not shown the first"
    assert enter(client, "water", value="99", instead_of=f"2017:{first.pk}").status_code == 303
    assert enter(client, "water", value="97", instead_of=f"2017:{first.pk}").status_code == 409
    page = client.get(f"{PAGE}water/").content.decode()
    assert "98.5" in page and "99" in page and "已代替" in page and 'data-total="2"' in page
    assert [row.value for row in IndicatorValue.objects.standing()] == [Decimal(99)]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"year": "2014"}, "2015到2018之间"),
        ({"year": "2019"}, "2015到2018之间"),
        ({"year": "今年"}, "四位数字"),
        ({"value": ""}, "请填数值"),
        ({"value": "-1"}, "不能小于 0"),
        ({"value": "1e308"}, "数值"),
        ({"value": "100.1"}, "比率不能大于 100"),
        ({"value": "九成"}, "数值是数字"),
        ({"note": "长" * 101}, "最多 100 个字"),
        ({"instead_of": "2017:9" * 60}, "没有填报"),
    ],
)
def test_bad_input_is_refused_in_plain_words(signed_in, sent, why):
    answer = enter(signed_in("district"), "water", **sent)
    assert answer.status_code == 422 and why in answer.content.decode()
    assert not IndicatorValue.objects.exists()


def test_a_year_has_one_standing_value_whoever_is_first(ground, cast):
    one = Indicator.objects.get(code="water")
    facts = {"year": 2017, "unit": "", "by": cast["district"], "at": clock.moment()}
    one.enter(ground.county, value=Decimal(1), **facts)
    with pytest.raises(ValueTaken):
        one.enter(ground.county, value=Decimal(2), **facts)
    assert IndicatorValue.objects.get().value == 1


def test_base_and_target_are_put_right_by_who_adopts_the_plan(ground, signed_in):
    indicators.load_goals(ground.county)
    address = f"{PAGE}water/goal/"
    sent = {
        "base_year": "2015",
        "base": "97.5",
        "target_year": "2020",
        "target": "基本完成",
        "document": "演示规划",
    }
    assert signed_in("department").post(address, sent).status_code == 403
    assert signed_in("district").post(address, {**sent, "target_year": "2010"}).status_code == 422
    assert signed_in("district").post(address, {**sent, "base": ""}).status_code == 422
    assert signed_in("district").post(address, sent).status_code == 303
    assert IndicatorGoal.objects.get(indicator__code="water").target == "基本完成"


def test_another_county_has_values_of_its_own(ground, signed_in):
    enter(signed_in("district"), "water")
    make_user("neighbour", "district", ground.other_county)
    assert Indicator.values_of(ground.other_county, 2018) == {}
    client = signed_in("district")
    assert client.get(f"{PAGE}?area={ground.other_county.code}").status_code == 404
    assert client.get(f"{PAGE}water/?area={ground.other_county.code}").status_code == 404


def test_the_table_takes_as_many_statements_with_values_as_without(ground, signed_in, cast):
    client = signed_in("district")
    counts = []
    for _ in range(2):
        client.get(PAGE)
        with CaptureQueriesContext(connection) as seen:
            client.get(PAGE)
        counts.append(len(seen))
        if len(counts) == 2:
            break
        indicators.load_goals(ground.county)
        for one in Indicator.objects.filter(registered=False):
            for year in (2016, 2017, 2018):
                at = datetime.datetime(2018, 1, 1, tzinfo=datetime.UTC)
                one.enter(ground.county, year=year, value=Decimal(1), unit="", by=cast["district"], at=at)
    assert counts[0] == counts[1] <= 12
