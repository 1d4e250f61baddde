"""第一书记 and 驻村工作队: who is posted where, days stayed, and what a key village lacks (R251, R254–R256)."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from office import clock
from office.models import TrailRow
from tests.villages.work_world import DAY, inspection_typed, post_typed, take, write
from villages import teams
from villages.models import KeyVillage, Post, PostKind, StayMonth
from villages.models.post import TERM_YEARS
from villages.models.work_record import OutOfTurn, quarter_end, quarter_of

pytestmark = pytest.mark.django_db
LIST = "/villages/teams/"


@pytest.fixture
def posted(ground):
    def make(kind=PostKind.FIRST_SECRETARY, area=None, start=datetime.date(2018, 3, 1), **facts) -> Post:
        told = {"name": "演示甲", "unit": "演示局", **facts}
        return Post.objects.create(
            kind=kind, area=area or ground.village, start_on=start, recorded_at=clock.moment(), **told
        )

    return make


def test_a_person_is_posted_stays_links_and_leaves(signed_in, ground):
    town, helper = signed_in("town"), signed_in("helper")
    at = write(town, "posts", post_typed(ground.village, phone="13800001234"))
    take(helper, at, "stay", year="2018", month="10", days="21")
    take(helper, at, "stay", year="2018", month="10", days="22")
    take(town, at, "link", on="2018-03-05")
    page = town.get(at).content.decode()
    assert "2018年10月" in page and ">22<" in page and ">21<" not in page
    assert "13800001234" not in page and "138****1234" in page
    take(town, at, "end", on="2018-11-01", reason="轮换，接任人演示乙")
    post = Post.objects.get()
    assert post.left_early and post.party_link_on == datetime.date(2018, 3, 5)
    assert StayMonth.objects.standing().get().days == 22 and StayMonth.objects.count() == 2
    assert "任期未满" in town.get(at).content.decode()
    assert {"登记人员", "登记驻村天数", "登记离岗"} <= set(TrailRow.objects.values_list("action", flat=True))
    take(town, at, "end", status=409, on="2018-11-02", reason="再来一次")


def test_a_village_has_one_first_secretary_at_a_time(signed_in, ground, posted):
    first = posted()
    page = write(signed_in("town"), "posts", post_typed(ground.village, name="演示乙"), status=422)
    assert "已有在任的第一书记" in page and "演示乙" in page
    with pytest.raises(IntegrityError), transaction.atomic():
        posted(name="演示乙")
    first.end(on=DAY, reason="轮换")
    assert posted(name="演示乙").pk


def test_a_term_is_two_years(posted):
    assert TERM_YEARS == 2
    assert posted(start=datetime.date(2016, 2, 29)).term_ends == datetime.date(2018, 2, 28)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"start_on": "2018-11-21"}, "不能晚于今天"),
        ({"party_link_on": "2018-02-01"}, "不能早于到岗"),
        ({"phone": "abc"}, "电话只能用数字"),
        ({"name": ""}, "请填姓名"),
        ({"kind": "镇街专职人员"}, "这里要选镇街"),
        ({"kind": "演示"}, "没有“演示”这一项"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(signed_in, ground, sent, said):
    page = write(signed_in("town"), "posts", post_typed(ground.village, **sent), status=422)
    assert said in page and "演示局" in page
    assert not Post.objects.exists()


def test_days_of_a_month_that_cannot_be_are_refused(posted):
    post = posted(start=datetime.date(2018, 3, 1))
    at = clock.moment()
    with pytest.raises(ValidationError, match="只有 30 天"):
        post.stay(year=2018, month=4, days=31, by=None, at=at)
    with pytest.raises(ValidationError, match="不在岗"):
        post.stay(year=2018, month=2, days=3, by=None, at=at)
    with pytest.raises(OutOfTurn):
        post.end(on=DAY, reason="轮换")
        post.end(on=DAY, reason="轮换")


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ((2018, 1, 1), (2018, 1, 1), (2018, 3, 31)),
        ((2018, 6, 30), (2018, 4, 1), (2018, 6, 30)),
        ((2018, 11, 20), (2018, 10, 1), (2018, 12, 31)),
    ],
)
def test_quarters(day, first, last):
    assert quarter_of(datetime.date(*day)) == (datetime.date(*first), datetime.date(*last))
    assert quarter_end(2018, 4) == datetime.date(2018, 12, 31)


@pytest.mark.parametrize(("size", "full"), [(3, True), (5, False)])
def test_a_team_is_full_by_the_number_the_county_sets(settings, chosen, ground, posted, size, full):
    """003 asks for 3, 001 for 5; the first secretary is not counted."""
    settings.TEAM_SIZE = size
    chosen(ground.village)
    posted()
    for place in range(3):
        posted(PostKind.TEAM_LEADER if place == 0 else PostKind.TEAM_MEMBER, name=f"演示{place}")
    villages = teams.key_villages(ground.county, DAY)
    assert teams.in_state(villages, teams.TEAM_FULL, DAY).exists() is full
    assert teams.in_state(villages, teams.TEAM_SHORT, DAY).exists() is not full


def test_the_list_says_what_each_key_village_lacks(signed_in, chosen, ground, posted):
    chosen(ground.village)
    chosen(ground.other_village, "市定")
    posted()
    for place in range(3):
        posted(PostKind.TEAM_MEMBER, name=f"演示{place}")
    district = signed_in("district")
    write(district, "inspections", inspection_typed(ground.village))
    page = district.get(LIST).content.decode()
    assert 'data-total="2"' in page and "演示甲" in page and "没有" in page

    def found(state: str, **asked) -> list[str]:
        rows = district.get(LIST, {"state": state, **asked}).context["page"].rows
        return [row.area.name for row in rows]

    assert found("lacking") == [ground.other_village.name]
    assert found("secretary") == found("team") == found("inspected") == [ground.village.name]
    assert found("no-secretary") == found("team-short") == found("uninspected") == [ground.other_village.name]
    assert found("inspected", on="2018-09-30") == []
    assert signed_in("town").get(LIST).context["page"].total == 1
    row = district.get(LIST).context["page"].rows[0]
    assert row.inspected == {1: 0, 2: 0, 3: 0, 4: 1} and row.team == 3


def test_a_village_is_short_of_days_where_one_through_a_month_stayed_less(
    settings, chosen, ground, posted, signed_in
):
    """STAY_DAYS_A_MONTH: 0 asks for none; whole months of the quarter that are over; nothing recorded is nothing stayed."""
    chosen(ground.village)
    post, late = posted(), posted(PostKind.TEAM_MEMBER, start=datetime.date(2018, 10, 15), name="演示乙")
    post.stay(year=2018, month=10, days=19, by=None, at=clock.moment())
    late.stay(year=2018, month=10, days=3, by=None, at=clock.moment())
    villages = teams.key_villages(ground.county, DAY)

    def short(day=DAY) -> bool:
        return teams.in_state(villages, teams.STAY_SHORT, day).exists()

    assert not short()
    for least, expected in ((19, False), (20, True)):
        settings.STAY_DAYS_A_MONTH = least
        assert short() is expected
        page = signed_in("district").get(LIST).content.decode()
        assert ("</b> 不足" in page) is expected
    assert not short(datetime.date(2018, 10, 30)) and short(datetime.date(2018, 9, 30))
    post.stay(year=2018, month=10, days=20, by=None, at=clock.moment())
    assert not short()


def test_a_village_that_left_the_list_keeps_its_team(chosen, ground):
    chosen(ground.village).remove_cap(on=datetime.date(2017, 12, 1), by=None, origin="历史导入")
    assert KeyVillage.objects.get().on_list is False
    assert teams.key_villages(ground.county, DAY).count() == 1


def test_who_ended_before_the_day_does_not_count(posted):
    post = posted()
    post.end(on=datetime.date(2018, 6, 30), reason="轮换")
    assert Post.objects.held(datetime.date(2018, 6, 30)).exists()
    assert not Post.objects.held(datetime.date(2018, 7, 1)).exists()
    assert not Post.objects.held(datetime.date(2018, 2, 28)).exists()


def test_who_was_taken_away_early_is_listed(signed_in, posted):
    posted().end(on=DAY - datetime.timedelta(days=1), reason="调回单位")
    page = signed_in("district").get("/villages/posts/", {"held": "任期未满离岗"})
    assert page.context["page"].total == 1
