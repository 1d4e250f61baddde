"""What may not be had together or twice: told on the form, refused or reasoned on saving, looked for every night."""

import datetime
from decimal import Decimal

import pytest

from measures import nightly, overlaps
from measures.models import Measure, Policy, State
from office.findings import Finding, FindingState

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
PUPIL = {"extras_stage": "中职", "extras_school": "演示学校"}


@pytest.fixture
def home(make_household):
    return make_household(persons=3)


def had(
    home, code: str, amount: str = "1", *, year: int = 2018, person=None, state=State.DELIVERED
) -> Measure:
    policy = Policy.objects.get(code=code)
    person = person or (home.head if "个人" in policy.target else None)
    facts = {"person": person} if person else {"household": home}
    made = Measure.plan(policy, year=year, on=DAY, by=None, amount=Decimal(amount), **facts)
    if state == State.DELIVERED:
        made.deliver(on=DAY, amount=Decimal(amount), payer="演示局", by=None, today=DAY)
    elif state == State.CANCELLED:
        made.cancel(on=DAY, reason="演示", by=None)
    return made


def typed(client, home, code: str, **more):
    policy = Policy.objects.get(code=code)
    form = {"policy": policy.pk, "year": 2018, **more}
    if "个人" in policy.target:
        form["person"] = home.head.pk
    return client.post(f"/households/{home.number}/measures/new/", form)


def test_every_rule_names_lines_of_the_catalogue():
    known = set(Policy.objects.values_list("code", flat=True))
    for rule in overlaps.RULES:
        named = [code for code in (*rule.codes, *rule.others) if not code.startswith(overlaps.NAMED)]
        assert set(named) <= known and rule.sentence and rule.source, rule.id
        assert rule.severity in ("error", "warning", "notice") and rule.span in ("ever", "year")


@pytest.mark.parametrize(
    ("first", "second", "year", "rule"),
    [
        ("HOUSE-REPAIR", "HOUSE-REBUILD", 2018, "O002"),
        ("HOUSE-REBUILD", "HOUSE-REPAIR", 2016, "O002"),
        ("CARE-FULL", "CARE-HALF", 2018, "O003"),
        ("CARE-FULL", "CARE-HALF", 2017, ""),
        ("WUBAO-IN", "WUBAO-OUT", 2018, "O004"),
        ("MOVE-SYNC", "MOVE-CENTRAL", 2016, "O006"),
        ("PENSION-300", "PENSION-500", 2018, "O007"),
        ("DB-AGE-80", "AGE-80", 2018, "O010"),
        ("AGE-80", "DIS-LIVE", 2018, ""),
    ],
)
def test_two_meet_in_either_order_within_the_span(home, first, second, year, rule):
    had(home, first, year=year)
    new = Measure(policy=Policy.objects.get(code=second), household=home, year=2018)
    if "个人" in new.policy.target:
        new.person = home.head
    found = [one.rule for one in overlaps.clashes(new, new.beside())]
    assert found == ([rule] if rule else [])


def test_a_start_up_subsidy_excludes_any_other_of_its_name(home):
    other = Policy.objects.get(code="STARTUP-ONEOFF")
    other.pk, other.code, other.name = None, "STARTUP-2", "大学生一次性创业补贴"
    other.save()
    had(home, "STARTUP-2", year=2016)
    new = Measure(
        policy=Policy.objects.get(code="STARTUP-ONEOFF"), household=home, person=home.head, year=2018
    )
    (clash,) = overlaps.clashes(new, new.beside())
    assert (clash.rule, clash.severity) == ("O001", "error") and "2016年" in clash.message


@pytest.mark.parametrize(
    ("code", "before", "now", "refused"),
    [
        ("YULU", "1500", "1500", False),
        ("YULU", "1500", "1500.01", True),
        ("AGE-80", "180", "180", False),
        ("AGE-80", "360", "0.01", True),
        ("POWER-FREE", "180", "1", True),
        ("EDU-PRE", "1200", "600", False),
        ("LOAN-ZZ-AMT", "50000", "50000", False),
        ("LOAN-ZZ-AMT", "1", "50000.01", True),
        ("PV-INCOME", "3000", "3000", False),
        ("FUNERAL", "600", "1", True),
        ("HOUSE-REBUILD", "25000", "1", True),
    ],
)
def test_a_ceiling_and_a_one_off_sum_hold_to_the_cent(home, code, before, now, refused):
    had(home, code, before)
    policy = Policy.objects.get(code=code)
    new = Measure(policy=policy, household=home, year=2018)
    if "个人" in policy.target:
        new.person = home.head
    found = [one.rule for one in overlaps.clashes(new, new.beside(), Decimal(now))]
    assert bool({"O901", "O902"} & set(found)) == refused


def test_what_is_cancelled_or_another_members_does_not_count(home):
    had(home, "YULU", "3000", state=State.CANCELLED)
    had(home, "YULU", "3000", person=home.persons.exclude(pk=home.head.pk).first())
    new = Measure(policy=Policy.objects.get(code="YULU"), household=home, person=home.head, year=2018)
    assert overlaps.clashes(new, new.beside(), Decimal(3000)) == []


def test_the_form_tells_before_and_refuses_after(signed_in, home):
    client = signed_in("village")
    policy = Policy.objects.get(code="HOUSE-REBUILD")
    page = client.get(f"/households/{home.number}/measures/new/?policy={policy.pk}").content.decode()
    assert "只补助一样" in page
    had(home, "HOUSE-REPAIR", "8000", year=2017)
    answer = typed(client, home, "HOUSE-REBUILD", extras_grade="D级", note="演示备注")
    html = answer.content.decode()
    assert answer.status_code == 422 and "只补助一样：2017年" in html and "演示备注" in html
    assert Measure.objects.count() == 1


def test_a_warning_wants_a_reason_in_the_remark(signed_in, home):
    client = signed_in("village")
    had(home, "AGE-80", "90")
    bare = typed(client, home, "AGE-90", amount="60")
    assert bare.status_code == 422 and "写明理由" in bare.content.decode()
    assert typed(client, home, "AGE-90", amount="60", note="十月满90岁").status_code == 303


def test_a_second_payment_over_the_standard_is_refused_at_delivery(signed_in, home):
    client = signed_in("village")
    had(home, "YULU", "3000")
    policy = Policy.objects.get(code="YULU")
    second = Measure.plan(
        policy, person=home.head, year=2018, on=DAY, by=None, extras={"stage": "中职", "school": "演示"}
    )
    form = {"delivered_on": "2018-11-10", "amount": "3000", "payer": "演示局", **PUPIL}
    answer = client.post(f"/measures/{second.pk}/deliver/", form)
    assert answer.status_code == 422 and "已经落实 3000" in answer.content.decode()
    second.refresh_from_db()
    assert second.is_planned


def test_the_night_finds_what_came_in_past_the_form_and_closes_it_again(signed_in, home, ground):
    had(home, "CARE-FULL", "2000")
    second = had(home, "CARE-HALF", "1000")
    assert nightly.recheck(DAY) == 1
    finding = Finding.objects.get(rule="O003")
    assert finding.area == home.village and home.head.name in finding.message
    page = signed_in("village").get("/findings/?rule=O003").content.decode()
    assert f"/households/{home.number}/measures/" in page
    assert signed_in("village").get(f"/findings/{finding.pk}/").status_code == 200
    nightly.recheck(DAY)
    assert Finding.objects.filter(rule="O003").count() == 1
    Measure.objects.filter(pk=second.pk).update(note="年中降级，民政局批准")
    nightly.recheck(DAY)
    assert Finding.objects.filter(rule="O003", state=FindingState.OPEN).exists(), (
        "an error stays with a remark"
    )
    Measure.objects.filter(pk=second.pk).update(state=State.CANCELLED, cancelled_on=DAY, cancel_reason="退回")
    nightly.recheck(DAY)
    assert Finding.objects.get(rule="O003").state == FindingState.GONE


def test_the_night_brings_the_checks_of_measures_to_the_work_list(home, signed_in):
    had(home, "YULU", "3000")
    nightly.recheck(DAY)
    finding = Finding.objects.get(rule="C090")
    assert finding.part == home.head.number and "雨露计划" in finding.message
    assert "C090" in signed_in("village").get("/findings/?rule=C090").content.decode()
