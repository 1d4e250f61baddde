"""Margins of the four colours: set by a county from a day on, used by every judgement, and the counts by colour."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households import colours
from households.checks.others import Lines
from households.margins.jobs import KIND
from households.models import ColourFactors, CountyStandard, Household, PovertyLine, Survey
from households.recolour import recolour
from office import clock
from office.jobs import run_now
from office.models import Job, TrailRow

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
TYPED = {
    "fringe": "1.3",
    "watched": "1.5",
    "years": "5",
    "from_on": "2018-11-20",
    "source": "区扶贫办〔2018〕9号",
}


@pytest.fixture
def lines(ground):
    for county in (ground.county, ground.other_county):
        CountyStandard.objects.create(county=county, standard="省定标准", from_year=2014)
    PovertyLine.publish("省定标准", 2017, 3000, source="演示", at=clock.moment())


def surveyed(household: Household, per_head: int) -> Household:
    facts = {"surveyor": "演示甲", "surveyed_on": datetime.date(2017, 12, 1), "state": "已填报"}
    Survey.objects.create(household=household, year=2017, member_count=2, wage_income=per_head * 2, **facts)
    household.refresh_colour(DAY)
    return household


@pytest.fixture
def fringe(lines, make_household) -> Household:
    """3 600 yuan a head, line 3 000: over 1.1 times the line."""
    return surveyed(make_household(persons=2), 3600)


@pytest.fixture
def left(lines, make_household) -> Household:
    """3 900 yuan a head, four years out."""
    household = make_household(persons=2, on=datetime.date(2013, 1, 1))
    household.leave_poverty(on=datetime.date(2014, 12, 20))
    return surveyed(household, 3900)


def test_factors_hold_from_their_day_on_and_for_their_county_alone(ground):
    set_ = {"source": "演示", "at": clock.moment()}
    ColourFactors.enter(ground.county, colours.Factors(Decimal("1.3")), from_on=DAY, **set_)
    before = DAY - datetime.timedelta(days=1)
    assert ColourFactors.applied(ground.county.pk, DAY).fringe == Decimal("1.3")
    assert ColourFactors.applied(ground.county.pk, before) == colours.FACTORS
    assert ColourFactors.applied(ground.other_county.pk, DAY) == colours.FACTORS
    assert ColourFactors.objects.on(DAY).keys() == {ground.county.pk}
    ColourFactors.enter(ground.county, colours.Factors(Decimal("1.4")), from_on=DAY, **set_)
    assert ColourFactors.applied(ground.county.pk, DAY).fringe == Decimal("1.4")
    assert ColourFactors.objects.count() == 2


def test_the_district_sets_them_and_its_households_are_judged_anew(fringe, left, signed_in, ground):
    assert (fringe.explain_colour(DAY).note, left.colour) == ("待退出", "绿")
    answer = signed_in("district").post("/colours/factors/", {**TYPED, "county": ground.county.pk})
    assert (answer.status_code, answer["Location"]) == (303, "/colours/")
    job = Job.objects.get(kind=KIND)
    run_now(KIND, params=job.params, key="now")
    left.refresh_from_db()
    assert (fringe.explain_colour(DAY).note, left.colour) == ("", "黄")
    assert "退出未满5年" in left.explain_colour(DAY).reasons[0]
    assert "不超过它的1.3倍（3900.00元）" in fringe.explain_colour(DAY).reasons[0]
    assert TrailRow.objects.get(action="设定四色界限").detail["橙色边缘"] == "1.3"
    done = TrailRow.objects.get(action="重新判定四色")
    assert (done.area, done.detail["改判"]) == (ground.county, 1)


def test_one_by_one_and_many_at_once_judge_alike(fringe, left, ground):
    wide = colours.Factors(Decimal(2), Decimal(2), 9)
    ColourFactors.enter(ground.county, wide, from_on=DAY, source="演示", at=clock.moment())
    everybody = list(Household.objects.order_by("pk"))
    recolour(everybody, DAY, Lines.read(DAY))
    for household in Household.objects.all():
        assert household.colour == household.explain_colour(DAY).colour
    left.refresh_from_db()
    assert left.colour == "黄"


def test_the_page_of_the_household_says_the_figures(fringe, signed_in):
    html = signed_in("village").get(f"/households/{fringe.number}/").content.decode()
    assert "超过标准3000元的1.1倍（3300.00元）" in html
    assert "/colours/?area=" in html


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"fringe": "0.9"}, "不能小于 1"),
        ({"fringe": "多"}, "请填数字"),
        ({"fringe": "1.123"}, "最多两位小数"),
        ({"watched": "1e308"}, "不能大于 5"),
        ({"years": "-1"}, "不能小于 0"),
        ({"from_on": "2018-11-19"}, "以前的判定不变"),
        ({"source": ""}, "还没有填"),
    ],
)
def test_wrong_factors_are_refused_and_kept(signed_in, ground, wrong, said):
    form = {**TYPED, "county": ground.county.pk, **wrong}
    answer = signed_in("district").post("/colours/factors/", form)
    html = answer.content.decode()
    assert answer.status_code == 422 and said in html
    assert all(f'value="{value}"' in html for key, value in form.items() if key != "county" and value)
    assert not ColourFactors.objects.exists()


def test_full_width_digits_are_read(signed_in, ground):
    form = {**TYPED, "county": ground.county.pk, "fringe": "１．２５"}
    assert signed_in("district").post("/colours/factors/", form).status_code == 303
    assert ColourFactors.objects.get().fringe == Decimal("1.25")


def test_only_the_district_and_only_its_own_county(signed_in, ground):
    assert signed_in("town").post("/colours/factors/", TYPED).status_code == 403
    other = {**TYPED, "county": ground.other_county.pk}
    assert signed_in("district").post("/colours/factors/", other).status_code == 422
    assert "设定界限" not in signed_in("town").get("/colours/").content.decode()


def test_counts_by_colour_add_up_and_open_what_they_count(fringe, left, make_household, signed_in, ground):
    surveyed(make_household(village=ground.other_village, persons=3), 1000)
    make_household(village=ground.foreign_village)
    client = signed_in("district")
    html = client.get("/colours/").content.decode()
    assert 'data-total="3" data-persons="7"' in html
    for colour, total, persons in (("红", 1, 3), ("橙", 1, 2), ("绿", 1, 2), ("黄", 0, 0)):
        assert f"/households/?area={ground.county.code}&amp;colour={colour}" in html
        listed = client.get("/households/", {"area": ground.county.code, "colour": colour}).content.decode()
        assert f'data-total="{total}" data-persons="{persons}"' in listed
    town = client.get("/colours/", {"area": ground.town.code}).content.decode()
    assert ground.village.name in town and 'data-total="2"' in town
    village = client.get("/colours/", {"area": ground.village.code}).content.decode()
    assert 'data-total="2"' in village
    assert client.get("/colours/", {"area": ground.other_county.code}).status_code == 404


def test_the_page_takes_as_many_statements_for_many_villages(fringe, make_household, signed_in, ground):
    client = signed_in("district")

    def taken() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/colours/").status_code == 200
        return len(seen)

    client.get("/colours/")
    few = taken()
    for village in (ground.sibling_village, ground.other_village):
        make_household(village=village)
    assert taken() == few <= 12


def test_a_run_that_was_killed_writes_each_change_once(fringe, left, ground):
    """Killed after its work (tests/delivered.py): the second attempt finds nothing left to judge."""
    factors = colours.Factors(Decimal("1.3"), Decimal("1.5"), 5)
    ColourFactors.enter(ground.county, factors, from_on=DAY, source="演示", at=clock.moment())
    before = left.colour_changes.count()
    assert run_now(KIND, params={"county": ground.county.pk}).state == "done"
    left.refresh_from_db()
    assert left.colour == "黄" and left.colour_changes.count() == before + 1
