"""Acts by form: joining, leaving, head, moving, splitting, merging, striking off. Figures and families stay right."""

import datetime

import pytest

from households import invariants, lookup, tally
from households.models import ClosedYear, Helper, Household, Kind, NameKey, Person, StatusEvent
from office import clock
from office.models import TrailRow
from tests.conftest import identity_number

pytestmark = pytest.mark.django_db
ON = datetime.date(2018, 11, 20)
TODAY = {"on": "2018-11-20"}


@pytest.fixture(autouse=True)
def _nothing_is_wrong_afterwards(db):
    yield
    assert list(invariants.problems(ON)) == []


@pytest.fixture
def household(make_household) -> Household:
    return make_household(persons=3)


def at(household: Household, *rest: object) -> str:
    return "/".join(["/households", household.number, *map(str, rest), ""])


def person(household: Household, relation: str) -> Person:
    return household.persons.get(relation=relation)


def typed(household: Household, **more) -> dict:
    household.refresh_from_db()
    return {"version": household.version, **TODAY, **more}


def newborn(household: Household, **more) -> dict:
    household.refresh_from_db()
    return {
        "version": household.version,
        "joined_on": "2018-11-20",
        "join_reason": "新生儿",
        "name": "演示新",
        "relation": "之孙子",
        "id_type": "出生医学证明",
        "id_number": "K370000123",
        "sex": "男",
        "birth_date": "2018-10-15",
        "ethnicity": "汉族",
        "health": "健康",
        **more,
    }


def stock(area) -> tuple[int, int]:
    now = tally.stock(StatusEvent.objects.in_area(area), ON, ON)
    return now.households, now.persons


def test_a_birth_is_entered_from_the_household_page(household, signed_in, ground):
    client = signed_in("village")
    assert f"/households/{household.number}/join/" in client.get(at(household)).content.decode()
    answer = client.post(at(household, "join"), newborn(household))
    assert (answer.status_code, answer["Location"]) == (303, at(household))
    household.refresh_from_db()
    assert household.member_count == 4
    assert stock(ground.village) == (1, 4)
    born = household.persons.get(name="演示新")
    assert (born.joined_on, born.join_reason) == (ON, "新生儿")
    assert NameKey.objects.filter(household=household, gram="示新").exists()
    row = TrailRow.objects.get(action="增加成员")
    assert (row.detail["成员"], row.detail["原因"]) == ("演示新", "新生儿")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"joined_on": "2018-11-21"}, "不能晚于今天"),
        ({"joined_on": "2015-11-30"}, "不能早于该户上一次动态"),
        ({"joined_on": "2018-10-01"}, "早于出生日期"),
        ({"join_reason": "分户转入"}, "没有“分户转入”这一项"),
        ({"join_reason": "新生儿", "birth_date": "2016-01-01"}, "不是新生儿"),
        ({"name": ""}, "还没有填"),
        ({"relation": "配偶"}, "本户有两个及以上配偶"),
        ({"relation": "之女"}, "与户主关系和性别不符"),
    ],
)
def test_a_wrong_birth_is_refused_beside_the_field_and_kept(household, signed_in, wrong, said):
    answer = signed_in("village").post(at(household, "join"), newborn(household, **wrong))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert said in html and "K370000123" in html
    assert household.persons.count() == 3


def test_a_number_that_is_taken_elsewhere_is_refused_without_saying_where(
    household, make_household, signed_in, ground
):
    far = make_household(village=ground.foreign_village, persons=1)
    wanted = {"id_type": "居民身份证", "id_number": far.head.id_number, "join_reason": "户籍迁入"}
    answer = signed_in("village").post(at(household, "join"), newborn(household, relation="其他", **wanted))
    html = answer.content.decode()
    assert answer.status_code == 422 and "该证件号码已在册" in html
    assert far.number not in html and "邻演示" not in html


def test_a_death_takes_one_from_the_stock(household, signed_in, ground):
    gone = person(household, "其他")
    answer = signed_in("village").post(
        at(household, "persons", gone.number, "leave"), typed(household, leave_reason="死亡")
    )
    assert answer.status_code == 303
    gone.refresh_from_db()
    assert (gone.present, gone.left_on, gone.leave_reason) == (False, ON, "死亡")
    assert stock(ground.village) == (1, 2)


def test_a_number_written_into_a_reason_is_masked(household, signed_in):
    gone, number = person(household, "其他"), identity_number(3, datetime.date(1950, 1, 1))
    form = typed(household, leave_reason="重复录入", reason=f"与{number}重复")
    assert signed_in("village").post(at(household, "persons", gone.number, "leave"), form).status_code == 303
    assert StatusEvent.objects.latest("pk").reason == f"与{number[:4]}{'*' * 10}{number[-4:]}重复"


def test_a_head_who_dies_leaves_a_head_and_what_the_others_are_to_him(household, signed_in):
    head, spouse, third = household.head, person(household, "配偶"), person(household, "其他")
    born = datetime.date(1990, 1, 1)
    third.relation, third.birth_date, third.id_number = "之子", born, identity_number(77, born)
    third.save(update_fields=["relation", "birth_date", "id_number", "id_number_key"])
    address = at(household, "persons", head.number, "leave")
    client = signed_in("village")
    assert "新户主" in client.post(address, typed(household, leave_reason="死亡")).content.decode()
    assert household.head == head
    assert client.post(address, typed(household, leave_reason="死亡", new_head=third.pk)).status_code == 303
    spouse.refresh_from_db()
    assert (household.head, spouse.relation) == (third, "之母")


def test_who_left_may_come_back_under_the_old_number(household, signed_in, ground):
    gone, client = person(household, "其他"), signed_in("village")
    client.post(at(household, "persons", gone.number, "leave"), typed(household, leave_reason="判刑收监"))
    back = at(household, "persons", gone.number, "rejoin")
    assert back in client.get(at(household)).content.decode()
    answer = client.post(back, typed(household, join_reason="刑满释放", relation="其他"))
    assert answer.status_code == 303
    gone.refresh_from_db()
    assert (gone.present, gone.left_on, gone.leave_reason) == (True, None, "")
    kinds = household.events.filter(person=gone).order_by("pk").values_list("kind", "persons")
    assert list(kinds) == [("减员", -1), ("增员", 1)]
    assert stock(ground.village) == (1, 3)
    assert client.post(back, typed(household, join_reason="刑满释放", relation="其他")).status_code == 409


def test_the_last_person_is_struck_off_with_the_household(make_household, signed_in):
    alone = make_household(persons=1)
    answer = signed_in("village").get(at(alone, "persons", alone.head.number, "leave"))
    assert answer.status_code == 422 and "注销" in answer.content.decode()


def test_entered_twice_needs_words(household, signed_in):
    gone = person(household, "其他")
    address = at(household, "persons", gone.number, "leave")
    answer = signed_in("village").post(address, typed(household, leave_reason="重复录入"))
    assert answer.status_code == 422 and "写明与哪一条重复" in answer.content.decode()


def test_the_second_of_two_tabs_is_told_who_was_first(household, signed_in, cast):
    gone, other = person(household, "其他"), person(household, "配偶")
    opened = typed(household, leave_reason="死亡")
    first, second = signed_in("village"), signed_in("town")
    assert first.post(at(household, "persons", gone.number, "leave"), opened).status_code == 303
    again = second.post(at(household, "persons", gone.number, "leave"), opened)
    assert again.status_code == 409 and f"已由{cast['village']}于" in again.content.decode()
    stale = second.post(at(household, "persons", other.number, "leave"), {**opened, "reason": "我写的说明"})
    html = stale.content.decode()
    assert stale.status_code == 409 and "（减员）" in html and "我写的说明" in html
    other.refresh_from_db()
    assert other.present


def test_the_old_head_is_demoted_and_the_family_follows(household, signed_in, ground):
    head, spouse = household.head, person(household, "配偶")
    answer = signed_in("village").post(
        at(household, "head"), typed(household, new_head=spouse.pk, reason="户主外出")
    )
    assert answer.status_code == 303
    head.refresh_from_db()
    assert (household.head, head.relation) == (spouse, "配偶")
    assert stock(ground.village) == (1, 3)
    assert TrailRow.objects.get(action="变更户主").detail["新户主"] == spouse.name
    stale = signed_in("town").post(
        at(household, "head"), {"version": 1, "new_head": head.pk, "reason": "再改"}
    )
    assert stale.status_code == 409 and "（变更户主）" in stale.content.decode()


def test_a_household_moves_within_the_own_scope_alone(household, signed_in, ground):
    town = signed_in("town")
    where = {"villager_group": "三组", "address": "演示路9号", "reason": "整户搬迁"}
    beyond = typed(household, village=ground.other_village.pk, **where)
    answer = town.post(at(household, "move"), beyond)
    assert answer.status_code == 422 and "不在当前任职的区域内" in answer.content.decode()
    assert (
        town.post(
            at(household, "move"), typed(household, village=ground.sibling_village.pk, **where)
        ).status_code
        == 303
    )
    household.refresh_from_db()
    assert (household.village, household.villager_group, household.address) == (
        ground.sibling_village,
        "三组",
        "演示路9号",
    )
    assert stock(ground.village) == (0, 0) and stock(ground.sibling_village) == (1, 3)


def test_a_village_has_nowhere_to_move_a_household_to(household, signed_in):
    assert signed_in("village").get(at(household, "move")).status_code == 422


def test_a_split_makes_two_households_that_name_each_other(household, signed_in, ground):
    Helper.objects.create(
        household=household, name="演示帮", phone="13900005678", unit_name="演示局", affiliation="县",
        start_on=datetime.date(2016, 3, 1),
    )  # fmt: skip
    spouse, third = person(household, "配偶"), person(household, "其他")
    form = typed(
        household,
        head=spouse.pk,
        remaining_head=household.head.pk,
        reason="儿子成家",
        **{f"goes_{spouse.pk}": "on"},
    )
    client = signed_in("village")
    assert client.post(at(household, "split"), {**form, "head": third.pk}).status_code == 422
    assert client.post(at(household, "split"), form).status_code == 303
    new = Household.objects.exclude(pk=household.pk).get()
    household.refresh_from_db()
    assert (new.split_from, new.member_count, household.member_count) == (household.number, 1, 2)
    assert (new.head, new.poverty_cause, new.registered_on) == (spouse, "因病", household.registered_on)
    assert new.helpers.get().name == "演示帮" and new.helpers.get().start_on == ON
    assert stock(ground.village) == (2, 3)
    assert NameKey.objects.filter(household=new).exists()
    assert new.number in client.get(at(household)).content.decode()
    assert f'由户 <a href="{at(household)}"' in client.get(at(new)).content.decode()


def test_a_head_who_goes_leaves_another_behind(household, signed_in):
    head, spouse, third = household.head, person(household, "配偶"), person(household, "其他")
    goes = {f"goes_{one.pk}": "on" for one in (head, spouse)}
    form = typed(household, head=head.pk, remaining_head=third.pk, reason="分家", **goes)
    assert signed_in("village").post(at(household, "split"), form).status_code == 303
    new = Household.objects.exclude(pk=household.pk).get()
    spouse.refresh_from_db()
    assert (household.head, new.head, spouse.relation) == (third, head, "配偶")


def merged(one: Household, other: Household, **more) -> dict:
    one.refresh_from_db()
    other.refresh_from_db()
    return {
        "version": one.version,
        "other": other.number,
        "other_version": other.version,
        **TODAY,
        "reason": "父子合户",
        **more,
    }


def test_a_merge_carries_the_members_over_and_keeps_both_histories(make_household, signed_in, ground):
    one, other = make_household(persons=2, address="东街1号"), make_household(persons=2, address="西街2号")
    client = signed_in("village")
    assert client.get(at(one, "merge"), {"other": "999"}).status_code == 422
    html = client.get(at(one, "merge"), {"other": other.number}).content.decode()
    assert "东街1号" in html and "西街2号" in html
    relations = {f"relation_{each.pk}": "其他" for each in other.persons.all()}
    form = merged(one, other, take_address="theirs", **relations)
    assert client.post(at(one, "merge"), {**form, **dict.fromkeys(relations, "")}).status_code == 422
    assert client.post(at(one, "merge"), form).status_code == 303
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.member_count, other.member_count, one.address) == (4, 0, "西街2号")
    assert (other.merged_into, other.removal_reason) == (one.number, "并入他户")
    assert stock(ground.village) == (1, 4)
    assert f'已并入户 <a href="{at(one)}"' in client.get(at(other)).content.decode()
    assert client.post(at(one, "merge"), form).status_code == 409


def test_a_phone_taken_over_is_found_by_its_number(make_household, signed_in):
    one, other = make_household(persons=1), make_household(persons=1, phone="13900001111")
    form = merged(one, other, take_phone="theirs", **{f"relation_{other.head.pk}": "其他"})
    client = signed_in("village")
    assert "13900001111" not in client.get(at(one, "merge"), {"other": other.number}).content.decode()
    assert client.post(at(one, "merge"), form).status_code == 303
    one.refresh_from_db()
    assert one.phone == "13900001111"
    assert one.pk in lookup.holders("13900001111")


def test_in_a_merge_who_is_here_already_is_not_carried_over(make_household, signed_in, ground):
    one, other = make_household(persons=2), make_household(persons=3)
    twin, *rest = other.persons.order_by("number")
    form = merged(
        one, other, **{f"same_{twin.pk}": one.head.pk}, **{f"relation_{each.pk}": "其他" for each in rest}
    )
    assert signed_in("village").post(at(one, "merge"), form).status_code == 303
    twin.refresh_from_db()
    assert (twin.present, twin.leave_reason, twin.household) == (False, "重复录入", other)
    assert stock(ground.village) == (1, 4)
    events = other.events.exclude(kind="纳入").order_by("pk").values_list("kind", "households", "persons")
    assert list(events) == [("减员", 0, -1), ("转出", -1, -2), ("注销", 0, 0)]


def test_a_household_entered_twice_leaves_nobody_to_carry_over(make_household, signed_in, ground):
    one, other = make_household(persons=2), make_household(persons=2)
    pairs = zip(other.persons.order_by("number"), one.persons.order_by("number"), strict=True)
    form = merged(one, other, **{f"same_{theirs.pk}": ours.pk for theirs, ours in pairs})
    version = one.version
    assert signed_in("village").post(at(one, "merge"), form).status_code == 303
    one.refresh_from_db()
    other.refresh_from_db()
    assert stock(ground.village) == (1, 2)
    assert (other.merged_into, one.version) == (one.number, version + 1)
    assert not other.persons.filter(present=True).exists()


def test_only_households_of_one_standing_merge(make_household, signed_in):
    one, other = make_household(persons=1), make_household(persons=1)
    other.leave_poverty(on=datetime.date(2017, 12, 20))
    form = merged(one, other, **{f"relation_{other.head.pk}": "其他"})
    answer = signed_in("village").post(at(one, "merge"), form)
    assert answer.status_code == 422 and "脱贫标志不同" in answer.content.decode()
    assert Household.objects.get(pk=other.pk).removed_on is None


def test_a_household_of_another_village_cannot_be_taken_in(make_household, signed_in, ground):
    one, far = make_household(), make_household(village=ground.other_village)
    known = signed_in("village").get(at(one, "merge"), {"other": far.number})
    unknown = signed_in("village").get(at(one, "merge"), {"other": "9999999999"})
    assert (known.status_code, unknown.status_code) == (422, 422)
    assert "不在当前任职的区域内" in known.content.decode()


def test_a_household_is_struck_off_with_reason_and_day(household, signed_in, ground):
    client = signed_in("village")
    address = at(household, "remove")
    assert "识别有误清退</option>" not in client.get(address).content.decode()
    assert (
        client.post(address, typed(household, removal_reason="识别有误清退", reason="x")).status_code == 422
    )
    assert client.post(address, typed(household, removal_reason="其他")).status_code == 422
    assert client.post(address, typed(household, removal_reason="全户迁出")).status_code == 303
    household.refresh_from_db()
    assert (household.removed_on, household.removal_reason) == (ON, "全户迁出")
    assert stock(ground.village) == (0, 0)
    again = client.post(address, typed(household, removal_reason="全户迁出"))
    assert again.status_code == 409 and "已由" in again.content.decode()
    for act in ("join", "head", "move", "split", "merge"):
        assert client.get(at(household, act)).status_code == 409, act


def test_the_county_may_strike_off_who_was_identified_wrongly(household, signed_in):
    form = typed(household, removal_reason="识别有误清退", reason="区领导小组〔2018〕3号")
    assert signed_in("district").post(at(household, "remove"), form).status_code == 303
    assert household.events.get(kind=Kind.CANCEL).reason == "区领导小组〔2018〕3号"


def test_no_act_is_dated_in_a_closed_year(household, signed_in, ground):
    ClosedYear.objects.create(county=ground.county, year=2018, closed_at=clock.moment())
    for act, more in (("remove", {"removal_reason": "全户迁出"}), ("join", newborn(household))):
        answer = signed_in("village").post(at(household, act), typed(household, **more))
        assert answer.status_code == 422 and "已经封存" in answer.content.decode(), act


def test_findings_follow_at_once(household, signed_in):
    signed_in("village").post(at(household, "join"), newborn(household))
    assert household.number  # the household has no helper: C085 is a finding without any nightly check
    html = signed_in("village").get(at(household)).content.decode()
    assert "没有帮扶责任人" in html


def test_a_form_without_its_version_is_refused(household, signed_in):
    answer = signed_in("village").post(at(household, "remove"), {**TODAY, "removal_reason": "全户迁出"})
    assert answer.status_code == 422
    assert Household.objects.get(pk=household.pk).removed_on is None


def test_an_applicant_changes_by_the_entry_sheet(make_household, signed_in):
    applicant = make_household(on=None)
    for act in ("join", "split"):
        assert signed_in("village").get(at(applicant, act)).status_code == 409
