"""Likely duplicates: found by set, seen only where both lie in the own area, decided once, merged with both histories."""

import datetime
from dataclasses import replace
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from households import invariants
from households.duplicates import found
from households.duplicates.jobs import KIND
from households.duplicates.likeness import Seen, likeness
from households.models import Duplicate, Household, Person
from office.jobs import run_now
from office.models import TrailRow
from tests.conftest import identity_number

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
BORN = datetime.date(1961, 5, 8)
ONE = Seen(1, "王小兰", "女", BORN, uuid4(), "a", 1, "东街1号", 1, 1)
OTHER = replace(ONE, pk=2, number="b", household=2, address="西街2号", village=2)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "姓名和出生日期相同"),
        ({"sex": "男", "town": 9}, "姓名和出生日期相同"),
        ({"name": "王·小兰 "}, "姓名和出生日期相同"),
        ({"born": datetime.date(1961, 6, 20)}, ""),
        ({"born": datetime.date(1961, 6, 20), "village": 1}, "同村同名，出生日期相近"),
        ({"born": datetime.date(1962, 6, 20), "village": 1}, ""),
        ({"born": datetime.date(1961, 8, 5), "village": 1}, "同村同名，出生日期相近"),
        ({"born": datetime.date(1991, 5, 8), "village": 1}, "同村同名，出生日期相近"),
        ({"born": datetime.date(1967, 9, 21), "village": 1}, ""),
        (
            {"born": datetime.date(1967, 9, 21), "village": 1, "address": "东街 1号"},
            "同村同名，住址相同",
        ),
        ({"born": datetime.date(1985, 9, 21), "village": 1, "address": "东街1号"}, ""),
        ({"born": datetime.date(1961, 6, 20), "village": 1, "sex": "男"}, ""),
        ({"name": "王晓兰"}, "同镇同日出生，姓名只差一字且同音"),
        ({"name": "王晓兰", "town": 2}, ""),
        ({"name": "王晓兰", "household": 1}, ""),
        ({"name": "王大兰"}, ""),
        ({"name": "李晓蓝"}, ""),
    ],
)
def test_who_may_be_one(changes, rule):
    assert likeness(ONE, replace(OTHER, **changes)) == rule
    assert likeness(replace(OTHER, **changes), ONE) == rule


def named(
    household: Household, name: str, born: datetime.date, serial: int, relation: str = "户主"
) -> Person:
    person = household.persons.get(relation=relation)
    person.name, person.birth_date, person.id_number = name, born, identity_number(serial, born)
    person.save(update_fields=["name", "birth_date", "id_number", "id_number_key"])
    return person


@pytest.fixture
def pair(make_household, ground) -> tuple[Person, Person]:
    """One name and birth date in two villages of one town."""
    here, there = make_household(persons=2), make_household(village=ground.sibling_village, persons=2)
    return named(here, "王小兰", BORN, 11), named(there, "王小兰", BORN, 13)


@pytest.fixture
def row(pair) -> Duplicate:
    run_now(KIND, params={"period": "2018-11-20"})
    return Duplicate.objects.get()


def test_the_night_finds_them_once_and_the_second_run_changes_nothing(row, pair):
    assert (row.one, row.other, row.rule) == (*pair, "姓名和出生日期相同")
    again = run_now(KIND, params={"period": "2018-11-20"}, key="again")
    assert again.result == {"pairs": 1, "opened": 0, "kept": 1, "gone": 0}
    assert TrailRow.objects.filter(action="查找疑似重复").count() == 2


def test_saving_one_household_finds_the_same_pairs_as_the_night(pair, make_household, ground):
    named(make_household(village=ground.sibling_village, persons=1), "王晓兰", BORN, 15)
    everywhere = found.everywhere()
    assert len(everywhere) == 3
    for person in pair:
        near, _ = found.of_households([person.household])
        assert near == {key: value for key, value in everywhere.items() if person.pk in key}


def test_a_birthday_that_many_share_hides_nobody(make_household):
    """34 share 561 pairs, more than are kept of one group; only the last two are alike."""
    names = ["".join(map(chr, range(0x4E00 + 3 * place, 0x4E03 + 3 * place))) for place in range(34)]
    *_, one, other = [
        named(make_household(persons=1), name, BORN, 2 * place)
        for place, name in enumerate([*names, "王小兰", "王晓兰"])
    ]
    assert (one.pk, other.pk) in found.everywhere()


def test_who_has_left_is_nobodys_duplicate(row, pair, signed_in):
    household = pair[0].household
    spouse = household.persons.get(relation="配偶")
    household.person_leaves(pair[0], on=DAY, leave_reason="死亡", new_head=spouse)
    found.recheck([household], DAY)
    row.refresh_from_db()
    assert row.state == "已消除"


def test_a_pair_is_seen_only_by_who_sees_both(row, signed_in):
    assert 'data-total="1"' in signed_in("town").get("/duplicates/").content.decode()
    village = signed_in("village")
    assert 'data-total="0"' in village.get("/duplicates/").content.decode()
    assert village.get(f"/duplicates/{row.pk}/").status_code == 404
    assert village.post(f"/duplicates/{row.pk}/differ/", {"reason": "x"}).status_code == 404


def test_the_list_narrows_by_area_rule_and_state(row, signed_in, ground):
    client = signed_in("district")

    def total(**query) -> str:
        html = client.get("/duplicates/", query).content.decode()
        return html.split('data-total="')[1].split('"')[0]

    assert total(area=ground.sibling_village.code) == total(area=ground.town.code) == "1"
    assert total(area=ground.other_town.code) == "0"
    assert total(rule="姓名和出生日期相同") == total(state="all") == "1"
    assert total(rule="同村同名，住址相同") == total(state="不是同一人") == "0"
    assert client.get("/duplicates/", {"state": "什么"}).status_code == 422


def test_the_list_shows_ages_and_no_birth_date(row, signed_in):
    client = signed_in("town")
    html = client.get("/duplicates/").content.decode()
    assert ">57</td>" in html and "1961" not in html
    assert "1961年5月8日" in client.get(f"/duplicates/{row.pk}/").content.decode()


def test_the_list_takes_as_many_statements_for_many_pairs(make_household, signed_in, ground):
    client = signed_in("district")

    def taken() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/duplicates/")
        return len(seen)

    def add(serials: range) -> None:
        for serial in serials:
            for side in (0, 50):
                named(make_household(persons=1), f"王小{chr(0x4E00 + serial)}", BORN, serial * 2 + side)
        found.reconcile(found.everywhere(), Duplicate.objects.all(), DAY)

    client.get("/duplicates/")
    add(range(2))
    few = taken()
    add(range(2, 12))
    assert taken() == few <= 9


def test_the_pair_stands_side_by_side_masked_and_is_in_the_trail(row, pair, signed_in):
    html = signed_in("town").get(f"/duplicates/{row.pk}/").content.decode()
    assert all(person.id_number not in html for person in pair)
    assert "不同" in html and all(person.household.number in html for person in pair)
    assert TrailRow.objects.filter(action="查看疑似重复").count() == 2


def test_not_the_same_is_remembered_until_the_data_change(row, pair, signed_in, cast):
    client, address = signed_in("town"), f"/duplicates/{row.pk}/differ/"
    assert client.post(address, {"fingerprint": row.fingerprint, "reason": ""}).status_code == 422
    assert client.post(address, {"fingerprint": "old", "reason": "双胞胎"}).status_code == 409
    form = {"fingerprint": row.fingerprint, "reason": "派出所核实是两人"}
    assert client.post(address, form).status_code == 303
    late = client.post(address, form)
    assert late.status_code == 409 and f"已由{cast['town']}" in late.content.decode()
    run_now(KIND, params={"period": "2018-11-21"}, key="1")
    row.refresh_from_db()
    assert (row.state, row.reason, row.decided_by) == ("不是同一人", "派出所核实是两人", cast["town"])
    pair[0].household.address = "新街3号"
    pair[0].household.save(update_fields=["address"])
    run_now(KIND, params={"period": "2018-11-22"}, key="2")
    row.refresh_from_db()
    assert (row.state, row.reason) == ("待核", "派出所核实是两人")


def merging(row: Duplicate, dropped: Person, kept: Person, **more) -> dict:
    dropped.household.refresh_from_db()
    return {
        "version": dropped.household.version,
        "fingerprint": row.fingerprint,
        "keep": kept.number,
        "on": "2018-11-20",
        "reason": "入户核实是同一人",
        "take_id_number": "theirs",
        **more,
    }


def test_two_records_become_one_with_the_facts_chosen(row, pair, signed_in):
    kept, dropped = pair
    number, client, address = dropped.id_number, signed_in("town"), f"/duplicates/{row.pk}/merge/"
    page = client.get(address, {"keep": kept.number}).content.decode()
    assert number not in page and kept.id_number not in page
    spouse = dropped.household.persons.get(relation="配偶")
    assert client.post(address, merging(row, dropped, kept)).status_code == 422  # the head needs a successor
    done = client.post(address, merging(row, dropped, kept, new_head=spouse.pk))
    assert (done.status_code, done["Location"]) == (303, f"/households/{kept.household.number}/")
    kept.refresh_from_db()
    dropped.refresh_from_db()
    row.refresh_from_db()
    assert (kept.id_number, kept.present) == (number, True)
    assert (dropped.present, dropped.leave_reason, dropped.household.head) == (False, "重复录入", spouse)
    assert (row.state, row.kept) == ("已合并", kept)
    assert Person.objects.holding(number).filter(present=True).get() == kept
    assert dropped.household.events.get(kind="减员").persons == -1
    assert kept.history.count() > 1 and dropped.history.count() > 1
    assert client.post(address, merging(row, dropped, kept, new_head=spouse.pk)).status_code == 409
    assert list(invariants.problems(DAY)) == []


def test_a_pair_that_changed_since_the_page_is_not_merged(row, pair, signed_in):
    kept, dropped = pair
    spouse = dropped.household.persons.get(relation="配偶")
    form = merging(row, dropped, kept, new_head=spouse.pk, fingerprint="old")
    assert signed_in("town").post(f"/duplicates/{row.pk}/merge/", form).status_code == 409
    dropped.refresh_from_db()
    assert dropped.present


def test_whoever_is_alone_is_merged_with_the_household(make_household, signed_in, ground):
    kept = named(make_household(persons=2), "王小兰", BORN, 11)
    dropped = named(make_household(village=ground.sibling_village, persons=1), "王小兰", BORN, 13)
    found.reconcile(found.everywhere(), Duplicate.objects.all(), DAY)
    row, client = Duplicate.objects.get(), signed_in("town")
    here, there = kept.household, dropped.household
    assert client.get(f"/duplicates/{row.pk}/merge/?keep={kept.number}").status_code == 422
    html = client.get(f"/duplicates/{row.pk}/").content.decode()
    assert f"/households/{here.number}/merge/?other={there.number}" in html
    assert f"?keep={kept.number}" not in html
    here.refresh_from_db()
    there.refresh_from_db()
    form = {
        "version": here.version,
        "other": there.number,
        "other_version": there.version,
        "on": "2018-11-20",
        "reason": "一户两村登记",
        f"same_{dropped.pk}": kept.pk,
    }
    assert client.post(f"/households/{here.number}/merge/", form).status_code == 303
    row.refresh_from_db()
    assert (row.state, row.kept) == ("已合并", kept)
    assert list(invariants.problems(DAY)) == []


def test_an_act_finds_the_new_pair_at_once(pair, make_household, signed_in):
    third = make_household(persons=1)
    born = {
        "version": third.version,
        "joined_on": "2018-11-20",
        "join_reason": "户籍迁入",
        "name": "王小兰",
        "relation": "其他",
        "id_type": "居民身份证",
        "id_number": identity_number(17, BORN),
        "ethnicity": "汉族",
        "health": "健康",
    }
    assert signed_in("village").post(f"/households/{third.number}/join/", born).status_code == 303
    assert Duplicate.objects.count() == 2
