"""`/audits/watch/`: policies that stopped after an exit; the database finds what the pure rule finds."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audits import continued, watched
from audits.continued import Help, Term
from audits.models import AuditSetting, StopReason
from measures.models import Measure, Policy

DAY = datetime.date(2018, 11, 20)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def deliver(home, code, on, person=None):
    policy = Policy.objects.get(code=code)
    measure = Measure.plan(policy, household=home, person=person, year=on.year, on=on, by=None)
    measure.deliver(on=on, amount=Decimal(30), payer="演示局", by=None, today=on)
    return measure


@pytest.fixture
def left(make_household):
    home = make_household()
    home.leave_poverty(on=datetime.date(2017, 12, 20))
    return home


@pytest.fixture
def gone(left):
    """Given in 2017, not in 2018."""
    return deliver(left, "POWER-FREE", datetime.date(2017, 6, 1))


def total(client, query=""):
    page = client.get(f"/audits/watch/{query}").content.decode()
    return page.split('data-total="')[1].split('"')[0], page


def test_what_was_given_in_the_year_of_leaving_and_not_since_is_listed(gone, signed_in):
    found, page = total(signed_in("town"))
    assert found == "1" and "2018年还没有落实" in page and gone.policy.name in page


def test_what_goes_on_is_not(gone, left, signed_in):
    deliver(left, "POWER-FREE", datetime.date(2018, 6, 1))
    assert total(signed_in("town"))[0] == "0"


def test_of_several_deliveries_of_a_year_one_row(gone, left, signed_in):
    deliver(left, "POWER-FREE", datetime.date(2017, 9, 1))
    assert total(signed_in("town"))[0] == "1"


def test_a_person_who_has_gone_is_not_missed(left, signed_in):
    person = left.persons.order_by("pk").last()
    deliver(left, "AGE-80", datetime.date(2017, 6, 1), person)
    assert total(signed_in("town"))[0] == "1"
    type(person).objects.filter(pk=person.pk).update(present=False, left_on=DAY, leave_reason="死亡")
    assert total(signed_in("town"))[0] == "0"


def test_who_is_back_on_the_register_is_not_listed(gone, left, signed_in):
    left.refresh_from_db()
    left.return_to_poverty(on=datetime.date(2018, 3, 1), standard="省定标准", reason="患病")
    assert total(signed_in("town"))[0] == "0"


def test_by_policy_and_area(gone, left, ground, signed_in):
    deliver(left, "PV-INCOME", datetime.date(2017, 6, 1))
    client = signed_in("district")
    assert total(client)[0] == "2"
    assert total(client, "?policy=PV-INCOME")[0] == "1"
    assert total(client, f"?area={left.village.code}")[0] == "2"
    assert total(client, f"?area={ground.sibling_village.code}")[0] == "0"


@pytest.mark.parametrize(
    ("name", "was", "said"),
    [("policy_years", "3 年内", "2 年内"), ("subsistence_months", "3 个月", "2 个月")],
)
def test_the_district_settles_how_long(gone, ground, signed_in, name, was, said):
    assert was in total(signed_in("town"))[1]
    form = {
        "county": ground.county.pk,
        "setting": f"household-exit {name}",
        "value": "2",
        "from_on": "2018-11-20",
    }
    assert signed_in("district").post("/audits/settings/", form).status_code == 303
    assert said in total(signed_in("town"))[1]


@pytest.mark.parametrize("value", ["0", "1.5"])
def test_a_term_that_cannot_be_is_refused(ground, signed_in, value):
    form = {
        "county": ground.county.pk,
        "setting": "household-exit policy_years",
        "value": value,
        "from_on": "2018-11-20",
    }
    assert signed_in("district").post("/audits/settings/", form).status_code == 422
    assert not AuditSetting.objects.exists()


def test_a_reason_is_noted_once(gone, signed_in):
    address = f"/audits/watch/{gone.pk}/"
    client = signed_in("town")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "本人放弃"}).status_code == 303
    assert StopReason.objects.get().reason == "本人放弃"
    assert signed_in("district").post(address, {"reason": "另一原因"}).status_code == 409
    assert total(client, "?state=open")[0] == "0"
    found, page = total(client, "?state=noted")
    assert found == "1" and "本人放弃" in page


def test_the_village_does_not_excuse(gone, signed_in):
    assert signed_in("village").post(f"/audits/watch/{gone.pk}/", {"reason": "放弃"}).status_code == 403


def test_nothing_is_excused_that_did_not_stop(gone, left, signed_in):
    deliver(left, "POWER-FREE", datetime.date(2018, 6, 1))
    assert signed_in("town").post(f"/audits/watch/{gone.pk}/", {"reason": "放弃"}).status_code == 409


def test_subsistence_is_kept_three_months_and_no_longer(left, signed_in):
    deliver(left, "DIBAO-GRACE", datetime.date(2017, 12, 1))
    assert total(signed_in("town"))[0] == "1"
    deliver(left, "DIBAO-GRACE", datetime.date(2018, 3, 1))
    assert total(signed_in("town"))[0] == "0"


def test_statements_do_not_grow_with_the_rows(make_household, signed_in):
    client = signed_in("town")
    client.get("/audits/watch/")

    def statements(count):
        for _ in range(count):
            home = make_household()
            home.leave_poverty(on=datetime.date(2017, 12, 20))
            deliver(home, "POWER-FREE", datetime.date(2017, 6, 1))
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/audits/watch/").status_code == 200
        return len(seen)

    few = statements(3)
    assert statements(12) == few
    assert few <= 14


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    years=st.sets(st.integers(2014, 2020), min_size=1),
    code=st.sampled_from(["POWER-FREE", "INS-PROV", "COOP-PARTY", "DIBAO-GRACE"]),
    day=st.dates(datetime.date(2016, 1, 1), datetime.date(2021, 12, 31)),
    term=st.builds(Term, years=st.integers(1, 4), months=st.integers(1, 6)),
)
def test_the_database_and_the_rule_agree(make_household, years, code, day, term):
    home = make_household(on=datetime.date(2014, 1, 5))
    left_on = datetime.date(2016, 12, 20)
    home.leave_poverty(on=left_on)
    policy = Policy.objects.get(code=code)
    days = [datetime.date(year, 6, 1) for year in sorted(years)]
    for on in days:
        deliver(home, code, on)
    rows = watched.stopped(Measure.objects.filter(household=home), day, term)
    case = Help(
        code=code, period=policy.period, left_on=left_on, given=years, last_on=days[-1], ends=policy.valid_to
    )
    wanted = continued.stopped(case, day, term)
    # The rows hang on a delivery in the year of the exit.
    assert rows.exists() == (wanted is not None and 2016 in years)
