"""`/households/<number>/history/` and `?on=`: who changed what, and the record as it was on a day."""

import datetime
import re
from decimal import Decimal

import pytest

from households import changes
from households.models import Household, Person, Survey
from office import clock, trail
from office.models import TrailRow

pytestmark = pytest.mark.django_db
SHANGHAI = clock.SHANGHAI


def page(client, household, **query) -> str:
    response = client.get(f"/households/{household.number}/history/", query)
    assert response.status_code == 200
    return re.sub(r"[ \n]+", " ", response.content.decode())


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html[html.index("<main") :])


def dated(record, day: datetime.date) -> None:
    """Moves the newest version of the record to noon of an office day."""
    row = type(record).history.filter(id=record.pk).latest()
    real = day - (clock.today() - clock.now().astimezone(SHANGHAI).date())
    row.history_date = datetime.datetime.combine(real, datetime.time(12), SHANGHAI)
    row.save(update_fields=["history_date"])


@pytest.fixture
def household(make_household) -> Household:
    return make_household(persons=2, address="演示东村一组1号")


@pytest.mark.parametrize(
    ("role", "status"),
    [("helper", 200), ("leader", 200), ("department", 403), ("other_village_user", 404), ("auditor", 404)],
)
def test_seen_where_the_household_is_seen(household, signed_in, role, status):
    assert signed_in(role).get(f"/households/{household.number}/history/").status_code == status


def test_a_change_says_who_what_from_and_to(household, cast, signed_in):
    household.address, household.one_child_family = "演示东村一组2号", True
    household._history_user = cast["town"]
    household.save()
    said = text(page(signed_in("district"), household))
    assert "家庭住址　演示东村一组1号 → 演示东村一组2号" in said
    assert "是否独生子女户　未填 → 是" in said
    assert cast["town"].display_name in said


def test_newest_first(household, signed_in):
    for group in ("二组", "三组"):
        household.villager_group = group
        household.save()
    said = text(page(signed_in("town"), household))
    assert said.index("二组 → 三组") < said.index("一组 → 二组")


def test_every_record_of_the_household_is_there(household, signed_in):
    survey = Survey.objects.create(
        household=household, year=2017, surveyor="演示采集员", surveyed_on=datetime.date(2017, 12, 10)
    )
    survey.wage_income = Decimal("8400")
    survey.save()
    for name in ("living", "production"):
        row = getattr(household, name).create(year=2017)
        field = "house_area" if name == "living" else "farmland"
        setattr(row, field, Decimal("3.50"))
        row.save()
    helper = household.helpers.create(
        name="演示帮",
        phone="13900005678",
        unit_name="演示站",
        affiliation="乡(镇、街道)",
        start_on="2016-03-01",
    )
    helper.unit_name = "演示农业站"
    helper.save()
    person = household.persons.first()
    person.education = "小学"
    person.save()
    said = text(page(signed_in("town"), household))
    for words in (
        "年度采集　2017年",
        "工资性收入　未填 → 8,400.00",
        "住房面积　未填 → 3.5 ㎡",
        "耕地面积　未填 → 3.5 亩",
        "单位名称　演示站 → 演示农业站",
        "文化程度　未填 → 小学",
    ):
        assert words in said


def test_events_stand_among_the_changes(household, cast, signed_in):
    household.leave_poverty(on=datetime.date(2018, 11, 1), by=cast["district"], origin="登记")
    said = text(page(signed_in("town"), household))
    assert "2018年11月1日生效　户 −1、人 −2" in said
    assert "脱贫标志　未脱贫 → 脱贫" in said


def test_a_secret_is_only_said_to_be_changed(household, signed_in):
    person = household.persons.first()
    person.disease_name = "演示旧病"
    person.save()
    person.disease_name, person.phone = "演示新病", "13800004321"
    person.save()
    html = page(signed_in("district"), household)
    assert "演示旧病" not in html
    assert "演示新病" not in html
    assert "13800004321" not in html
    assert person.id_number not in html
    said = text(html)
    assert "疾病名称　已修改" in said
    assert "成员联系电话　已修改（未填 → 138****4321）" in said


def test_a_version_in_which_nothing_shown_changed_makes_no_line(household, signed_in):
    client = signed_in("town")
    before = page(client, household).count("<tr>")
    household.save()
    assert page(client, household).count("<tr>") == before


def test_a_first_version_without_one_before_says_so(household, signed_in):
    Household.history.all().delete()
    household.villager_group = "五组"
    household.save()
    assert "此前的内容没有留下历史" in page(signed_in("town"), household)


def test_what_a_person_was_elsewhere_is_not_told(ground, household, make_household, signed_in):
    other = make_household(village=ground.other_village, persons=3)
    person = other.persons.exclude(relation="户主").last()
    person.employer = "别处的厂"
    person.save()
    household.persons.exclude(relation="户主").delete()
    person.household, person.employer = household, "本处的厂"
    person.save(update_fields=["household", "employer"])
    said = text(page(signed_in("village"), household))
    assert "由他户转入" in said
    assert "别处的厂" not in said


def test_reads_are_listed_apart(household, cast, signed_in):
    signed_in("helper").get(f"/households/{household.number}/")
    client = signed_in("town")
    assert "查看贫困户" not in text(page(client, household))
    reads = text(page(client, household, shown="reads"))
    assert "查看贫困户" in reads
    assert cast["helper"].display_name in reads
    assert "查看贫困户" in text(page(client, household, shown="all"))


def test_a_save_noted_in_the_trail_is_not_said_twice(household, signed_in):
    trail.record("修改贫困户", subject=household, area=household.village)
    assert "修改贫困户" not in text(page(signed_in("town"), household, shown="all"))


def test_each_page_of_a_record_is_one_row_of_the_trail(household, cast, signed_in):
    client = signed_in("village")
    for address in ("", "history/", "?on=2018-11-20"):
        client.get(f"/households/{household.number}/{address}")
    rows = TrailRow.objects.order_by("pk")
    assert [row.action for row in rows] == ["查看贫困户", "查看修改历史", "查看贫困户"]
    assert {row.actor for row in rows} == {cast["village"]}
    assert {row.subject_id for row in rows} == {str(household.pk)}
    assert rows.last().detail == {"户编号": household.number, "日期": "2018-11-20"}


def test_who_may_not_see_leaves_the_row_of_a_refusal_alone(household, signed_in):
    signed_in("other_village_user").get(f"/households/{household.number}/")
    assert [(row.action, row.outcome) for row in TrailRow.objects.all()] == [("访问被拒绝", "refused")]


def test_pages_follow_each_other_without_loss(household):
    for turn in range(12):
        household.villager_group = f"{turn}组"
        household.save()
    whole, rest = changes.entries(household, changes.ALL, datetime.timedelta())
    assert rest == ""
    keys, after = [], None
    while True:
        rows, following = changes.entries(household, changes.ALL, datetime.timedelta(), after, size=5)
        keys += [row.key for row in rows]
        if not following:
            break
        after = changes.read_key(following)
    assert keys == [row.key for row in whole]
    assert len(set(keys)) == len(keys)


def test_rows_of_one_moment_are_neither_lost_nor_doubled(household):
    same = datetime.datetime(2018, 1, 5, 4, tzinfo=datetime.UTC)
    Household.history.update(history_date=same)
    Person.history.update(history_date=same)
    whole, _ = changes.entries(household, changes.ALL, datetime.timedelta())
    keys, token = [], ""
    while True:
        rows, token = changes.entries(
            household, changes.ALL, datetime.timedelta(), changes.read_key(token), size=1
        )
        keys += [row.key for row in rows]
        if not token:
            break
    assert keys == [row.key for row in whole]


@pytest.mark.parametrize("token", ["x", "WzFd", "W10", "bnVsbA", "WyIyMDE4LTAxLTAxIiwwLDFd"])
def test_a_place_that_is_none_is_refused(household, signed_in, token):
    client = signed_in("town")
    assert client.get(f"/households/{household.number}/history/", {"after": token}).status_code == 400


def test_statements_do_not_grow_with_the_history(household, signed_in, django_assert_max_num_queries):
    for turn in range(30):
        household.villager_group = f"{turn}组"
        household.save()
    client = signed_in("town")
    with django_assert_max_num_queries(24):
        page(client, household)


# --- the record of a day ---


def then(client, household, day: str, status: int = 200) -> str:
    response = client.get(f"/households/{household.number}/", {"on": day})
    assert response.status_code == status
    return text(re.sub(r"[ \n]+", " ", response.content.decode()))


def test_facts_and_members_as_they_were(household, signed_in):
    dated(household, datetime.date(2017, 1, 10))
    Household.history.filter(id=household.pk, history_type="+").delete()
    Household.history.update(history_type="+")
    for person in household.persons.all():
        dated(person, datetime.date(2017, 1, 10))
    household.address = "演示东村一组9号"
    household.save()
    dated(household, datetime.date(2018, 5, 1))
    left = household.persons.exclude(relation="户主").get()
    household.refresh_from_db()
    household.person_leaves(left, on=datetime.date(2018, 6, 1), leave_reason="死亡", by=None, origin="登记")
    client = signed_in("helper")
    old = then(client, household, "2018-04-30")
    assert "演示东村一组1号" in old
    assert "家庭成员　2 人" in old
    assert left.name in old
    assert "不是现在的" in old
    assert "没有留下修改历史" not in old
    new = then(client, household, "2018-11-20")
    assert "演示东村一组9号" in new
    assert "家庭成员　1 人" in new


def test_standing_is_what_the_events_said(household, signed_in):
    noon = datetime.datetime(2017, 12, 20, 4, tzinfo=datetime.UTC)
    household.leave_poverty(on=datetime.date(2017, 12, 20), by=None, origin="历史导入", recorded_at=noon)
    client = signed_in("town")
    assert "2 人 未脱贫" in then(client, household, "2017-12-19")
    assert "2 人 脱贫" in then(client, household, "2017-12-20")
    assert "脱贫年度2017" in then(client, household, "2018-11-19")


def test_what_was_recorded_later_was_not_known(household, signed_in):
    household.leave_poverty(on=datetime.date(2018, 10, 1), by=None, origin="登记")
    assert "2 人 未脱贫" in then(signed_in("town"), household, "2018-11-01")


def test_surveys_as_they_were(household, signed_in):
    survey = Survey.objects.create(
        household=household,
        year=2017,
        wage_income=Decimal(100),
        surveyor="演示采集员",
        surveyed_on=datetime.date(2017, 12, 10),
        state="已填报",
    )
    dated(survey, datetime.date(2018, 1, 10))
    survey.wage_income = Decimal(200)
    survey.save()
    client = signed_in("town")
    assert "100.00" in then(client, household, "2018-02-01")
    assert "200.00" in then(client, household, "2018-11-20")


def test_before_the_register_knew_it_there_is_nothing(make_household, signed_in):
    applicant = make_household(on=None)
    shown = then(signed_in("town"), applicant, "2018-11-19")
    assert "这一天该户还没有登记" in shown
    assert "最早的记录在 2018年11月20日" in shown


def test_a_record_loaded_without_versions_says_so(household, signed_in):
    for model in (Household, Person):
        model.history.all().delete()
    shown = then(signed_in("town"), household, "2016-05-01")
    assert "该户没有修改历史" in shown
    assert "家庭成员　2 人" in shown


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2018-02-30", "日期认不出来"),
        ("昨天", "日期认不出来"),
        ("", "请填日期"),
        ("2018-11-21", "这一天还没有到"),
        ("0001-01-01", "日期认不出来"),
    ],
)
def test_a_bad_day_is_refused_with_a_sentence(household, signed_in, day, words):
    assert words in then(signed_in("town"), household, day, 422)


def test_a_day_of_a_foreign_household_is_not_found(household, signed_in):
    client = signed_in("other_village_user")
    assert client.get(f"/households/{household.number}/?on=2018-01-01").status_code == 404


def test_the_record_of_a_day_shows_masks_only(household, signed_in):
    response = signed_in("district").get(f"/households/{household.number}/?on=2018-11-20")
    for person in household.persons.all():
        assert person.id_number.encode() not in response.content
