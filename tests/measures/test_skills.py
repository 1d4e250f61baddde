"""一户一人一技能 (R110): who is owed a course, who is unwilling, who is trained; one press plans the course."""

import datetime
from decimal import Decimal

import pytest

from areas.scope import AreaScope
from households.models import Person
from measures import skills
from measures.checks import Case, Given, Watched, run
from measures.coverage import Ground
from measures.models import Measure, Policy
from measures.skills import MET, OWED, REFUSED, WITH, WITHOUT, Worker, candidates, standing, why

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
PAGE, PLAN = "/measures/skills/", "/measures/skills/plan/"
A, B = Worker("甲"), Worker("乙")
NO_A, NO_B = Worker("甲", wish="不愿意", asked="2018-03-01"), Worker("乙", wish="不愿意", asked="2018-03-02")
CHILD = Worker("丙", able=False)


@pytest.mark.parametrize(
    ("members", "wanted"),
    [
        ((A, CHILD), OWED),
        ((NO_A, B), OWED),
        ((NO_A, NO_B, CHILD), REFUSED),
        ((NO_A, Worker("乙", trained=True)), MET),
        ((A, Worker("丙", able=False, trained=True)), MET),
    ],
)
def test_one_trained_member_is_enough_and_only_a_wholly_unwilling_house_is_told_apart(members, wanted):
    assert standing(members) == wanted


def test_the_reason_names_who_said_what_when():
    assert why((NO_A, B, CHILD)) == "没有人培训合格：甲2018年3月1日表示不愿意，乙还没有询问意愿"
    assert why((A, Worker("乙", trained=True))) == "乙培训合格"
    willing = Worker("乙", wish="愿意", asked="2018-03-02")
    assert candidates([NO_A, A, willing, CHILD]) == [willing, A]


@pytest.fixture
def home(make_household):
    """Two of whom both can work."""
    made = make_household(persons=2)
    Person.objects.update(labour_capacity="普通劳动力")
    return made


def wish(person, said: str, asked: str) -> Measure:
    facts = {"year": 2018, "on": DAY, "by": None, "extras": {"willing": said, "asked": asked}}
    return Measure.plan(Policy.objects.get(code="TASK-SKILL"), person=person, **facts)


def train(person, *, finished: str = "是", code: str = "TRAIN-FREE", year: int = 2018) -> Measure:
    course = Measure.plan(Policy.objects.get(code=code), person=person, year=year, on=DAY, by=None)
    said = {"course": "演示家政", "finished": finished}
    course.deliver(on=DAY, amount=Decimal(0), payer="演示局", by=None, today=DAY, extras=said)
    return course


def counts() -> dict[str, int]:
    return {one.kind: one.count for one in skills.figures(Ground(AreaScope.whole(), None, DAY))}


def test_every_figure_is_the_length_of_its_list_and_pure_and_database_agree(home, make_household):
    one, other = home.persons.order_by("number")
    trained, unwilling = make_household(persons=1), make_household(persons=1)
    make_household(persons=1).persons.update(labour_capacity="丧失劳动力")
    Person.objects.exclude(labour_capacity="丧失劳动力").update(labour_capacity="技能劳动力")
    train(trained.head, code="TRAIN-JUNIOR", year=2017)
    wish(unwilling.head, "不愿意", "2018-02-01")
    wish(one, "不愿意", "2018-02-01")
    assert counts() == {OWED: 1, REFUSED: 1, MET: 1, "labour": 3, WITHOUT: 3, WITH: 1, "workers": 4}
    ground = Ground(AreaScope.whole(), None, DAY)
    for kind, count in counts().items():
        assert skills.rows(kind, ground).count() == count, kind
    for kind in (OWED, REFUSED, MET):
        keys = list(skills.rows(kind, ground).values_list("pk", flat=True))
        members = skills.members_of(keys, DAY)
        assert {standing(members[key]) for key in keys} == {kind}
    wish(other, "不愿意", "2018-02-02")
    assert counts()[REFUSED] == 2 and counts()[OWED] == 0


@pytest.mark.parametrize("how", ["unfinished", "planned", "another kind of help", "gone"])
def test_what_is_no_finished_course_of_a_present_member_counts_for_nothing(home, how):
    one = home.persons.get(relation="配偶")
    if how == "unfinished":
        train(one, finished="否")
    elif how == "planned":
        Measure.plan(Policy.objects.get(code="TRAIN-FREE"), person=one, year=2018, on=DAY, by=None)
    elif how == "another kind of help":
        train(one, code="AGE-80")
    else:
        train(one)
        Person.objects.filter(pk=one.pk).update(present=False, left_on=DAY, leave_reason="死亡")
    assert counts()[MET] == 0 and counts()[OWED] == 1


def test_what_was_said_last_holds_by_its_day(home):
    one, other = home.persons.order_by("number")
    first = wish(one, "不愿意", "2018-05-01")
    wish(other, "不愿意", "2018-05-01")
    assert counts()[REFUSED] == 1
    first.complete({"willing": "愿意", "asked": "2018-09-01"}, by=None)
    assert counts()[OWED] == 1
    facts = {"year": 2017, "on": DAY, "by": None, "extras": {"willing": "不愿意", "asked": "2017-01-01"}}
    Measure.plan(Policy.objects.get(code="TASK-SKILL"), person=one, **facts)
    assert counts()[OWED] == 1, "said before, entered later"


def test_a_day_to_come_says_nothing_yet(home):
    for person in home.persons.all():
        wish(person, "不愿意", "2018-11-21")
    assert counts()[OWED] == 1 and counts()[REFUSED] == 0


def test_one_press_plans_the_course_for_who_is_willing(home, signed_in):
    one, other = home.persons.order_by("number")
    wish(one, "不愿意", "2018-05-01")
    client = signed_in("village")
    html = client.get(PAGE).content.decode()
    assert 'data-total="1"' in html and f"{one.name}2018年5月1日表示不愿意" in html
    assert f"给{other.name}列入培训" in html and f"给{one.name}列入培训" not in html
    assert f"登记{other.name}的意愿" in html and "四章一节一" in html
    refused = client.post(PLAN, {"subject": one.number})
    assert refused.status_code == 409 and "不愿意" in refused.content.decode()
    assert client.post(PLAN, {"subject": other.number}).status_code == 303
    course = Measure.objects.get(policy__code="TRAIN-FREE")
    assert (course.person, course.state, course.planned_by.username) == (other, "计划", "village")
    assert client.post(PLAN, {"subject": other.number}).status_code == 409
    assert f"已列入计划：{other.name}" in client.get(PAGE).content.decode()
    course.deliver(on=DAY, amount=Decimal(0), payer="演示局", by=None, today=DAY, extras={"finished": "是"})
    assert 'data-total="0"' in client.get(PAGE).content.decode()
    answer = client.post(PLAN, {"subject": other.number})
    assert answer.status_code == 409 and "可能刚刚培训合格" in answer.content.decode()


def test_a_list_and_a_press_keep_to_the_own_area_and_the_right(home, signed_in):
    assert 'data-total="0"' in signed_in("other_town_user").get(PAGE).content.decode()
    form = {"subject": home.head.number}
    assert signed_in("other_town_user").post(PLAN, form).status_code == 404
    assert signed_in("leader").post(PLAN, form).status_code == 403
    assert 'data-action="plan' not in signed_in("leader").get(PAGE).content.decode()
    assert signed_in("village").post(PLAN, {}).status_code == 422
    assert signed_in("village").get(f"{PAGE}?kind=all").status_code == 422


def test_the_page_of_coverage_shows_the_figures_and_each_opens_its_list(home, signed_in):
    client = signed_in("town")
    html = client.get("/measures/coverage/").content.decode()
    for kind, count in counts().items():
        assert f"/measures/skills/?kind={kind}" in html
        assert f'data-total="{count}"' in client.get(f"{PAGE}?kind={kind}").content.decode(), kind


def test_asking_somebody_is_no_help_for_who_is_watched():
    asked = Given(
        policy="TASK-SKILL", name="演示", chapter="转移就业", year=2018, state="计划", planned_on=DAY
    )
    case = Case(day=DAY, watches=(Watched(identified_on=datetime.date(2018, 1, 1)),), measures=(asked,))
    assert [one.rule for one in run(case)] == ["C088"]
