"""应享未享 and 不应享而享: counted by the database as a recount in plain Python finds them."""

import csv
import datetime
import io
import random
import uuid
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from areas.scope import AreaScope
from demo import load as loading
from households.models import Household, Living, Person
from measures import coverage
from measures.conditions import OF_PERSON
from measures.coverage import Ground
from measures.eligibility import NAMED, RULES
from measures.models import Measure, Policy, State
from office.jobs import run_job
from office.models import Job, TrailRow
from tests.measures.recount import OF_HOME, County, export
from tests.reporting.year_forms import run

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


def hold_against_a_recount(folder, codes=NAMED) -> dict[str, tuple[int, int, int]]:
    """Gives help to some, entitled and not, exports the tables and counts again by hand; the figures by policy."""
    rng, found = random.Random(11), {}
    before = County(export(folder), DAY)
    people = list(Person.objects.order_by("pk").values_list("pk", flat=True))
    homes = list(Household.objects.order_by("pk").values_list("pk", flat=True))
    for code in codes:
        everybody, entitled = people if RULES[code].of == OF_PERSON else homes, before.entitled(code)
        given = set(rng.sample(sorted(entitled), len(entitled) // 3)) | set(rng.sample(everybody, 5))
        give(code, given - before.had(code))
        give(code, rng.sample(everybody, 3), year=2017)
        give(code, rng.sample(everybody, 3), state=State.CANCELLED)
    county = County(export(folder), DAY)
    january = County(folder, datetime.date(2018, 1, 1))
    for code in codes:
        rule, entitled, had = RULES[code], county.entitled(code), county.had(code)
        # Who turned 90 this year, or whose three years after the exit ended, was entitled for a part of it.
        found[code] = (len(entitled), len(entitled - had), len(had - entitled - january.entitled(code)))
        assert set(coverage.unmet(rule, everything()).values_list("pk", flat=True)) == entitled - had, code
        assert coverage.undue(rule, everything()).count() == found[code][2], code
    figures = {one.policy.code: one for one in coverage.overview(everything())}
    assert {
        code: (figures[code].entitled, figures[code].unmet, figures[code].undue) for code in codes
    } == found
    return found


@pytest.fixture
def edges(make_household):
    """Persons at the very edges of what the named policies ask of a person, which chance seldom draws."""

    def person(years: int, *, days: int = 0, left: datetime.date | None = None, **facts: object) -> None:
        home = make_household(persons=1)
        born = DAY.replace(year=DAY.year - years) + datetime.timedelta(days=days)
        Person.objects.filter(household=home).update(birth_date=born, **facts)
        if left:
            fate = {"exit_mark": "脱贫", "left_on": left, "exit_year": left.year}
            Household.objects.filter(pk=home.pk).update(**fate)

    out_of_school = {"schooling": "非在校生", "employee_pension": False}
    for years in (16, 60):
        for days in (0, 1):
            person(years, days=days, **out_of_school)
    person(30, **out_of_school, left=datetime.date(2018, 6, 1))
    person(30, **{**out_of_school, "employee_pension": True})
    person(30, **{**out_of_school, "schooling": "本科一年级"})
    for years in (90, 100):
        for days in (0, 1):
            person(years, days=days, subsistence_allowance=True)


def test_ten_policies_are_counted_as_a_recount_counts_them(mixed, edges, tmp_path):
    found = hold_against_a_recount(tmp_path)
    assert all(entitled > 0 for entitled, *_ in found.values()), found


def test_so_they_are_in_the_demonstration_county(db, settings, monkeypatch, tmp_path):
    """A small county of the demonstration: its own households, events and surveys, not drawn by this test. The file of
    each list, as the district exports it, has the households that the recount names."""
    monkeypatch.setenv("DEMO_PASSWORD", "演示口令-2018")
    loading.load(seed=4, households=400, today=DAY)
    # No house of the demonstration is D: some poor households get one.
    for home in Household.objects.filter(exit_mark="未脱贫").order_by("pk")[:6]:
        Living.objects.update_or_create(household=home, year=DAY.year, defaults={"house_grade": "D级"})
    found = hold_against_a_recount(tmp_path)
    named = {code for code, (entitled, *_) in found.items() if entitled}
    assert named == set(NAMED), set(NAMED) - named
    county = County(tmp_path, DAY)
    district, numbers = User.objects.get(username="district"), {}
    for home, row in county.homes.items():
        numbers[int(home)] = row["number"]
    of_person = {int(row["id"]): row["household_id"] for row in county.people}
    for code in NAMED:
        keys = county.entitled(code) - county.had(code)
        homes = keys if code in OF_HOME else {int(of_person[key]) for key in keys}
        assert exported(district, code) == {numbers[home] for home in homes}, code


def exported(user: User, code: str) -> set[str]:
    """户编号 in the csv file of 应享未享, made by the job that makes every export."""
    asked = {"list": "measures:coverage-list", "query": f"policy={code}&kind=unmet", "format": "csv"}
    client = Client()
    client.force_login(user)
    assert client.post(reverse("accounts:export-new"), {**asked, "once": uuid.uuid4().hex}).status_code == 303
    job = Job.objects.waiting().get()
    run_job(str(job.pk))
    job.refresh_from_db()
    text = b"".join(client.get(job.result["url"])).decode("utf-8-sig")
    return {row["户编号"].lstrip("'") for row in csv.DictReader(io.StringIO(text))}


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
    assert html.split("</table>")[0].count('<th scope="row">') == len(coverage.overview(everything()))
    assert "/measures/coverage/list/?policy=AGE-80&amp;kind=unmet" in html


def test_the_list_says_who_and_why_and_counts_to_the_figure(signed_in, old_home):
    html = signed_in("town").get("/measures/coverage/list/?policy=AGE-80&kind=unmet").content.decode()
    assert 'data-total="1"' in html and old_home.number in html and "80至89周岁" in html
    young = old_home.persons.get(relation="配偶")
    give("AGE-80", [young.pk])
    html = signed_in("town").get("/measures/coverage/list/?policy=AGE-80&kind=undue").content.decode()
    assert 'data-total="1"' in html and "不符合“80至89周岁”" in html


def test_whoever_was_helped_and_is_in_another_household_now_is_said_to_be(
    signed_in, old_home, make_household
):
    young = old_home.persons.get(relation="配偶")
    give("AGE-80", [young.pk])
    Person.objects.filter(pk=young.pk).update(household=make_household(persons=1), relation="其他")
    html = signed_in("town").get("/measures/coverage/list/?policy=AGE-80&kind=undue").content.decode()
    assert 'data-total="1"' in html and "享受人已不在这一户" in html


def test_what_was_given_to_a_village_under_a_persons_policy_is_listed_and_names_nobody(
    signed_in, ground, old_home
):
    for place in (ground.village, ground.county):
        Measure.objects.create(
            policy=Policy.objects.get(code="AGE-80"),
            village=place,
            year=2018,
            state="落实",
            planned_on=DAY,
            delivered_on=DAY,
            payer="演示",
            amount=360,
        )
    listed = "/measures/coverage/list/?policy=AGE-80&kind=undue"
    html = signed_in("district").get(listed).content.decode()
    assert 'data-total="2"' in html and "没有写明享受人" in html and "全村" in html
    own = run("coverage", ground.county).cell(f"{ground.county.code}-own", "undue_AGE-80")
    assert own.value == 1 and own.list_url.endswith("&own=1")
    html = signed_in("district").get(own.list_url).content.decode()
    assert 'data-total="1"' in html and "全村" not in html


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
