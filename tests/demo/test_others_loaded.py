"""Society, the desk, incidents, a department's list and indicators of the demonstration, loaded onto a small county."""

import datetime
import random

import pytest

from accounts.roles import Role
from demo import consultations, duties, society, teams, unit_lists
from demo.officials import Officials
from households.models import Person
from measures.models import (
    CharityFund,
    DeskRequest,
    DeskState,
    HelpKind,
    HelpState,
    ListDifference,
    SocialHelp,
)
from tests.conftest import make_user
from villages.models import (
    Incident,
    IncidentState,
    IndicatorGoal,
    IndicatorValue,
    KeyVillage,
    Letter,
    Post,
    PostKind,
    Rectification,
    RectState,
    Responsibility,
    WorkEvent,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)


@pytest.fixture
def others(ground, make_household):
    for village in (ground.village, ground.sibling_village, ground.other_village):
        for _ in range(8):
            make_household(village=village)
    some = list(Person.objects.order_by("pk").values_list("pk", flat=True)[:12])
    Person.objects.filter(pk__in=some).update(extremely_poor_support=True)
    by, sender = (
        make_user("one", "district", ground.county),
        make_user("two", "department", ground.county, "民政"),
    )
    rng = random.Random(1)
    society.load(ground.county, by=by, today=DAY, rng=rng)
    consultations.load(ground.county, by=by, today=DAY, rng=rng)
    for village in (ground.village, ground.sibling_village, ground.other_village):
        KeyVillage.designate(
            area=village, level="省定", batch="十二五", on=datetime.date(2011, 3, 1), by=None
        )
    clerks = {
        (str(Role.TOWN), town.pk): make_user(f"clerk{town.pk}", "town", town)
        for town in (ground.town, ground.other_town)
    }
    teams.load(ground.county, by=by, today=DAY, rng=rng)
    duties.load(ground.county, Officials(clerks), by=by, today=DAY, rng=rng)
    unit_lists.load(ground.county, by=by, sender=sender, today=DAY, rng=rng)
    return ground


def test_every_page_has_something_to_show(others):
    kinds = set(SocialHelp.objects.values_list("kind", flat=True))
    assert kinds >= {*HelpKind.values} - {"国企分红", "其他"}
    assert {*SocialHelp.objects.values_list("state", flat=True)} >= {*HelpState.values} - {"已取消"}
    assert {*DeskRequest.objects.values_list("state", flat=True)} == {*DeskState.values}
    assert {*Incident.objects.values_list("state", flat=True)} == {*IncidentState.values}
    assert DeskRequest.objects.overdue(DAY).count() < 10 and DeskRequest.objects.filter(score__gt=0).exists()
    assert len({*ListDifference.objects.values_list("kind", flat=True)}) >= 3
    assert IndicatorGoal.objects.count() == 18 and IndicatorValue.objects.count() == 22


def test_the_fund_balances_and_everything_invented_says_so(others):
    fund = CharityFund.objects.get()
    assert fund.balance > 0 and sum(use.amount for use in fund.uses.all()) == fund.spent
    for one in SocialHelp.objects.exclude(kind="春节慰问"):
        assert "演示" in f"{one.title}{one.giver}" or one.state == "待对接", one
    assert all("演示" in one.asker for one in DeskRequest.objects.all())


def test_people_and_work_wait_at_every_stage_and_say_that_they_are_invented(others):
    assert {*Post.objects.values_list("kind", flat=True)} == {*PostKind.values}
    assert {*Rectification.objects.values_list("state", flat=True)} == {*RectState.values}
    assert len({*Responsibility.objects.exclude(unit="").values_list("unit", flat=True)}) == 25
    assert {*Letter.objects.values_list("state", flat=True)} == {"待签订", "已签订"}
    assert WorkEvent.objects.filter(published_at__isnull=False).count() == 2
    assert all("演示" in f"{post.name}{post.unit}" for post in Post.objects.all())
    assert all("演示" in one.problem for one in Rectification.objects.all())
