"""Shocks and the watch list: the colour follows at once; kinds exist from their own day only."""

import datetime
from decimal import Decimal

import pytest

from households.care.watching import against, first_kind_from, kinds_on
from households.models import CountyStandard, Household, PovertyLine, Shock, Watch
from office.models import TrailRow

pytestmark = pytest.mark.django_db
LEFT_ON, NOW = datetime.date(2019, 12, 20), datetime.date(2021, 11, 20)
TYPED = {
    "kind": "脱贫不稳定户",
    "identified_on": "2021-11-01",
    "risk_1": "因残",
    "risk_2": "因病",
    "education_assured": "True",
    "housing_assured": "True",
    "water_assured": "False",
    "health_assured": "True",
    "industry_help": "大棚一座",
}
REMOVAL = {
    "removed_on": "2021-11-19",
    "removal_way": "帮扶消除",
    "wage_income": "12,000",
    "business_income": "6000",
    "property_income": "0",
    "transfer_income": "3000.50",
    "business_expense": "1000",
    "claim_income": "5000",
}


@pytest.fixture
def left(make_household, ground, office_day) -> Household:
    """Two persons who left poverty in 2019; the office stands in 2021."""
    office_day(datetime.date(2019, 12, 31))
    household = make_household(persons=2)
    household.leave_poverty(on=LEFT_ON, by=None, origin="历史导入")
    office_day(NOW)
    return household


def at(household: Household, *rest: object) -> str:
    return "/".join(["/households", household.number, *map(str, rest), ""])


def watched(household: Household, **more) -> Watch:
    assured = dict.fromkeys(("education_assured", "housing_assured", "water_assured", "health_assured"), True)
    facts = {"kind": "脱贫不稳定户", "identified_on": datetime.date(2021, 5, 1), "risks": ("因病",)}
    return Watch.objects.create(household=household, **{**facts, **assured, **more})


def test_a_shock_turns_green_to_yellow_and_its_end_turns_it_back(left, signed_in):
    client = signed_in("village")
    left.refresh_colour(NOW)
    assert left.colour == "绿"
    typed = {"kind": "自然灾害", "happened_on": "2021-11-10", "amount": "20,000"}
    answer = client.post(at(left, "shocks", "new"), typed)
    assert answer.status_code == 303
    left.refresh_from_db()
    assert left.colour == "黄"
    shock = left.shocks.get()
    assert shock.amount == Decimal(20000)
    settle = at(left, "shocks", shock.pk, "settle")
    assert client.post(settle, {"settled_on": "2021-11-09"}).status_code == 422
    assert client.post(settle, {"settled_on": "2021-11-20"}).status_code == 303
    assert client.post(settle, {"settled_on": "2021-11-20"}).status_code == 409
    left.refresh_from_db()
    assert left.colour == "绿"
    assert TrailRow.objects.filter(action__in=("登记变故", "消除变故")).count() == 2


@pytest.mark.parametrize(
    "wrong",
    [{"kind": ""}, {"kind": "不在内"}, {"happened_on": "2021-11-21"}, {"amount": "-1"}, {"amount": "多"}],
)
def test_a_wrong_shock_is_refused(left, signed_in, wrong):
    typed = {"kind": "自然灾害", "happened_on": "2021-11-10", **wrong}
    assert signed_in("village").post(at(left, "shocks", "new"), typed).status_code == 422
    assert not Shock.objects.exists()


def test_kinds_begin_on_their_days():
    assert kinds_on(datetime.date(2018, 11, 20)) == ()
    assert kinds_on(datetime.date(2020, 1, 1)) == ("脱贫不稳定户", "边缘易致贫户")
    assert len(kinds_on(datetime.date(2021, 1, 1))) == 3
    assert first_kind_from() == datetime.date(2020, 1, 1)


def test_in_2018_there_is_nothing_to_watch_and_the_page_says_why(make_household, signed_in):
    household, client = make_household(), signed_in("town")
    assert "类别从2020年1月1日起才有" in client.get("/watch/").content.decode()
    assert client.get(at(household, "watch", "new")).status_code == 409
    assert client.post(at(household, "watch", "new"), TYPED).status_code == 409
    assert "watch/new" not in client.get(at(household)).content.decode()


def test_a_household_is_entered_with_its_risks_in_order_of_weight(left, signed_in):
    client = signed_in("town")
    assert client.post(at(left, "watch", "new"), TYPED).status_code == 303
    watch = Watch.objects.get()
    assert watch.risks == ("因残", "因病")
    assert (watch.water_assured, watch.health_assured, watch.industry_help) == (False, True, "大棚一座")
    html = client.get("/watch/").content.decode()
    assert 'data-total="1" data-persons="2"' in html
    assert "因残、因病" in html
    assert TrailRow.objects.get(action="列入监测对象").detail["类别"] == "脱贫不稳定户"
    assert client.post(at(left, "watch", "new"), TYPED).status_code == 409


@pytest.mark.parametrize(
    "wrong",
    [
        {"risk_1": ""},
        {"risk_2": "因残"},
        {"risk_5": "没有这项"},
        {"kind": "边缘易致贫户"},
        {"identified_on": "2019-12-31"},
        {"identified_on": "2021-11-21"},
        {"water_assured": ""},
    ],
)
def test_a_wrong_entry_is_refused_and_stays(left, signed_in, wrong):
    answer = signed_in("town").post(at(left, "watch", "new"), {**TYPED, **wrong})
    assert answer.status_code == 422
    assert 'value="大棚一座"' in answer.content.decode()
    assert not Watch.objects.exists()


def test_which_kind_fits_which_household(left, make_household):
    poor, applicant = make_household(), make_household(on=None)
    fits = {
        (kind, name): not against(kind, household)
        for kind in ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
        for name, household in (("left", left), ("poor", poor), ("applicant", applicant))
    }
    assert {pair for pair, fit in fits.items() if fit} == {
        ("脱贫不稳定户", "left"),
        ("边缘易致贫户", "applicant"),
        ("突发严重困难户", "left"),
        ("突发严重困难户", "applicant"),
    }


def test_an_applicant_household_can_be_watched(make_household, signed_in, office_day):
    applicant = make_household(on=None)
    office_day(NOW)
    typed = {**TYPED, "kind": "边缘易致贫户"}
    assert signed_in("village").post(at(applicant, "watch", "new"), typed).status_code == 303


def test_an_open_record_is_changed_as_the_risk_changes(left, signed_in):
    watch, client = watched(left), signed_in("town")
    address = at(left, "watch", watch.pk, "change")
    assert address in client.get(at(left)).content.decode()
    page = client.get(address).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    typed = {**TYPED, "identified_on": "2021-05-01", "job_help": "公益岗位", "seen": seen}
    assert client.post(address, {**typed, "risk_1": ""}).status_code == 422
    assert client.post(address, typed).status_code == 303
    watch.refresh_from_db()
    assert (watch.risks, watch.job_help) == (("因残", "因病"), "公益岗位")
    assert client.post(address, typed).status_code == 409
    assert "就业帮扶" in TrailRow.objects.get(action="修改监测对象").detail["改动"]


def test_a_record_whose_risk_is_removed_is_not_changed(left, signed_in):
    removed = {"risk_removed": True, "removed_on": datetime.date(2021, 6, 1), "removal_way": "自然消除"}
    watch = watched(left, **removed)
    assert signed_in("town").get(at(left, "watch", watch.pk, "change")).status_code == 409


@pytest.mark.parametrize(("claims", "income"), [(False, "10,000.25"), (True, "12,500.25")])
def test_a_removal_says_when_how_and_with_what_income(left, signed_in, settings, claims, income):
    settings.CLAIMS_ARE_INCOME = claims
    watch, client = watched(left), signed_in("town")
    address = at(left, "watch", watch.pk, "remove")
    assert client.post(address, {**REMOVAL, "wage_income": ""}).status_code == 422
    assert client.post(address, {**REMOVAL, "removed_on": "2021-04-30"}).status_code == 422
    assert client.post(address, REMOVAL).status_code == 303
    assert client.post(address, REMOVAL).status_code == 409
    watch.refresh_from_db()
    assert (watch.risk_removed, watch.removal_way) == (True, "帮扶消除")
    assert TrailRow.objects.get(action="消除监测风险").detail["消除后人均纯收入"] == income


@pytest.mark.parametrize(
    ("query", "households"),
    [
        ("", 2),
        ("?kind=脱贫不稳定户", 1),
        ("?risk=因灾", 1),
        ("?open=在监测", 1),
        ("?open=已消除", 1),
        ("?kind=突发严重困难户&risk=因病", 0),
    ],
)
def test_the_list_is_narrowed_and_counts_households(
    left, make_household, signed_in, ground, query, households
):
    watched(left)
    removed = {"risk_removed": True, "removed_on": datetime.date(2021, 6, 1), "removal_way": "自然消除"}
    other = make_household(village=ground.other_village)
    for risks in (("因灾",), ("因学", "因灾")):
        watched(other, kind="突发严重困难户", risks=risks, **removed)
    watched(make_household(village=ground.foreign_village))
    html = signed_in("district").get(f"/watch/{query}").content.decode()
    assert f'data-total="{households}"' in html


def test_an_unknown_filter_word_is_refused(signed_in):
    assert signed_in("district").get("/watch/?kind=别的").status_code == 422


def test_the_list_of_a_town_holds_its_own(left, signed_in, ground):
    watched(left)
    assert 'data-total="0"' in signed_in("other_town_user").get("/watch/").content.decode()
    assert (
        'data-total="0"'
        in signed_in("district").get(f"/watch/?area={ground.other_town.code}").content.decode()
    )


def test_the_line_of_the_county_is_not_needed_to_record_a_shock(left, signed_in):
    PovertyLine.objects.all().delete()
    CountyStandard.objects.all().delete()
    typed = {"kind": "其他", "happened_on": "2021-11-10"}
    assert signed_in("village").post(at(left, "shocks", "new"), typed).status_code == 303
