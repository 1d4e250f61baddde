"""应享未享 and 不应享而享: counted by the database as a recount in plain Python finds them."""

import datetime
import random
from decimal import Decimal

import pytest

from areas.scope import AreaScope
from demo import load as loading
from households.models import Household, Person
from measures import coverage
from measures.conditions import OF_PERSON
from measures.coverage import Ground
from measures.eligibility import NAMED, RULES
from measures.models import Measure, Policy, State
from office.models import TrailRow
from tests.measures.recount import County

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


def everything(area=None) -> Ground:
    return Ground(AreaScope.whole(), area, DAY)


def give(code: str, keys, year: int = 2018, state: str = State.DELIVERED) -> None:
    """Delivered (or else) to these persons or households, whoever they are."""
    policy, rule = Policy.objects.get(code=code), RULES[code]
    homes = dict(Person.objects.filter(pk__in=keys).values_list("pk", "household"))
    Measure.objects.bulk_create(
        Measure(
            policy=policy,
            year=year,
            state=state,
            planned_on=DAY,
            delivered_on=DAY,
            payer="演示局",
            amount=Decimal(1),
            cancel_reason="演示" if state == State.CANCELLED else "",
            cancelled_on=DAY if state == State.CANCELLED else None,
            person_id=key if rule.of == OF_PERSON else None,
            household_id=homes[key] if rule.of == OF_PERSON else key,
        )
        for key in keys
    )


def hold_against_a_recount(codes=NAMED) -> dict[str, tuple[int, int, int]]:
    """Gives help to some, entitled and not, and counts again by hand; the figures by policy."""
    rng, found = random.Random(11), {}
    county, january = County(DAY), County(datetime.date(2018, 1, 1))
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    homes = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    for code in codes:
        rule, entitled = RULES[code], county.entitled(code)
        everybody = people if rule.of == OF_PERSON else homes
        had = set(
            Measure.objects.delivered().of_policy(code).filter(year=2018).values_list(rule.of, flat=True)
        )
        given = set(rng.sample(sorted(entitled), len(entitled) // 3)) | set(rng.sample(everybody, 5))
        give(code, given - had)
        given |= had
        give(code, rng.sample(everybody, 3), year=2017)
        give(code, rng.sample(everybody, 3), state=State.CANCELLED)
        # Who turned 90 this year, or whose three years after the exit ended, was entitled for a part of it.
        before = january.entitled(code)
        found[code] = (len(entitled), len(entitled - given), len(given - entitled - before))
        assert set(coverage.unmet(rule, everything()).values_list("pk", flat=True)) == entitled - given, code
        assert coverage.undue(rule, everything()).count() == found[code][2], code
    figures = {one.policy.code: one for one in coverage.overview(everything())}
    assert {
        code: (figures[code].entitled, figures[code].unmet, figures[code].undue) for code in codes
    } == found
    return found


def test_ten_policies_are_counted_as_a_recount_counts_them(mixed):
    found = hold_against_a_recount()
    assert sum(entitled > 0 for entitled, *_ in found.values()) >= 8


def test_so_they_are_in_the_demonstration_county(db, settings, monkeypatch):
    """A small county of the demonstration: its own households, events and surveys, not drawn by this test."""
    monkeypatch.setenv("DEMO_PASSWORD", "演示口令-2018")
    loading.load(seed=4, households=400, today=DAY)
    found = hold_against_a_recount()
    named = {code: Policy.objects.get(code=code).name for code, (entitled, *_) in found.items() if entitled}
    assert {"AGE-80", "DIS-LIVE", "PENSION-PAID", "PV-INCOME", "POWER-FREE"} <= set(named)


def test_the_figures_take_as_many_statements_for_any_number(mixed, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        coverage.overview(everything())


def test_an_area_counts_its_own(mixed, ground):
    parts = [coverage.overview(everything(area)) for area in (ground.town, ground.other_town)]
    whole = coverage.overview(everything(ground.county))
    for place, one in enumerate(whole):
        assert one.entitled == sum(part[place].entitled for part in parts), one.policy.code


@pytest.fixture
def old_home(make_household):
    """A household with one person of 83 and one of 45."""
    home = make_household()
    home.persons.filter(relation="户主").update(birth_date=datetime.date(1935, 1, 1))
    home.persons.filter(relation="配偶").update(birth_date=datetime.date(1973, 1, 1))
    return home


def test_the_page_shows_each_policy_with_its_figures(signed_in, old_home):
    html = signed_in("village").get("/measures/coverage/").content.decode()
    assert html.count('<th scope="row">') == len(coverage.overview(everything()))
    assert "/measures/coverage/list/?policy=AGE-80&amp;kind=unmet" in html


def test_the_list_says_who_and_why_and_counts_to_the_figure(signed_in, old_home):
    html = signed_in("town").get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert 'data-total="1"' in html and old_home.number in html and "80至89周岁" in html
    young = old_home.persons.get(relation="配偶")
    give("AGE-80", [young.pk])
    html = signed_in("town").get("/measures/coverage/list/?policy=AGE-80&kind=undue").content.decode()
    assert 'data-total="1"' in html and "不符合“80至89周岁”" in html


def test_one_click_plans_the_measure(signed_in, old_home):
    client, old = signed_in("village"), old_home.persons.get(relation="户主")
    form = {"policy": "AGE-80", "subject": old.number}
    answer = client.post("/measures/coverage/plan/", form)
    measure = Measure.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/measures/{measure.pk}/")
    assert (measure.person, measure.amount, measure.year) == (old, 360, 2018)
    assert client.post("/measures/coverage/plan/", form).status_code == 409
    html = client.get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert 'data-total="1"' in html and "已列入计划" in html


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"policy": "AGE-80", "subject": "没有"}, 404),
        ({"policy": "AGE-80"}, 422),
        ({"policy": "NONE", "subject": "1"}, 404),
        ({}, 422),
    ],
)
def test_who_is_not_on_the_list_cannot_be_planned_from_it(signed_in, old_home, form, status):
    assert signed_in("village").post("/measures/coverage/plan/", form).status_code == status
    young = old_home.persons.get(relation="配偶")
    refused = signed_in("village").post(
        "/measures/coverage/plan/", {"policy": "AGE-80", "subject": young.number}
    )
    assert refused.status_code == 409 and "不在应享未享" in refused.content.decode()


def test_the_whole_list_is_planned_at_once_and_once(signed_in, old_home, make_household, ground):
    other = make_household(village=ground.other_village)
    other.persons.filter(relation="户主").update(birth_date=datetime.date(1930, 1, 1))
    client, form = signed_in("town"), {"policy": "AGE-80", "expected": "1"}
    assert client.post("/measures/coverage/plan-all/", {**form, "expected": "2"}).status_code == 409
    assert client.post("/measures/coverage/plan-all/", form).status_code == 303
    measure = Measure.objects.get()
    assert (measure.person.household, measure.amount) == (old_home, 360)
    assert measure.history.get().history_user.username == "town"
    assert TrailRow.objects.get(action="整单计划措施").detail["项数"] == 1
    assert client.post("/measures/coverage/plan-all/", form).status_code == 409


def test_who_only_looks_is_offered_nothing_to_press(signed_in, old_home):
    html = signed_in("leader").get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert 'data-total="1"' in html and 'data-action="plan' not in html
    form = {"policy": "AGE-80", "subject": old_home.persons.get(relation="户主").number}
    assert signed_in("leader").post("/measures/coverage/plan/", form).status_code == 403


def test_a_list_shows_the_own_area_only(signed_in, old_home, ground):
    client = signed_in("other_town_user")
    html = client.get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert 'data-total="0"' in html and old_home.number not in html
    old = old_home.persons.get(relation="户主")
    answer = client.post("/measures/coverage/plan/", {"policy": "AGE-80", "subject": old.number})
    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["", "policy=NONE&kind=unmet", "policy=AGE-80&kind=all"])
def test_an_unknown_question_is_refused_in_chinese(signed_in, query):
    answer = signed_in("town").get(f"/measures/coverage/list/?{query}")
    assert answer.status_code == 422 and "没有列出" in answer.content.decode()
