"""What one choice leaves of another: by the rules alone, then on the page and while one types."""

import datetime
import json
import re
import time
from html import unescape

import pytest
from django.urls import reverse

from households.checks import PersonFacts
from households.codes import old_words
from households.entry.narrowing import of_members, step
from households.models import Person
from tests.conftest import identity_number
from tests.households.entry_pages import errors_of, person, sent_by

DAY = datetime.date(2018, 11, 20)
MAN = PersonFacts(relation="户主", sex="男", birth_date=datetime.date(1975, 3, 2))


def born(age: int) -> datetime.date:
    return datetime.date(2018 - age, 6, 1)


def narrowed(field: str, *others: PersonFacts, saved: bool = False, **facts):
    found = of_members([PersonFacts(**facts), *others], [saved, *(False for _ in others)], DAY)
    return found[0][field]


def test_a_relation_must_have_the_sex_of_the_person():
    refused = narrowed("relation", MAN, sex="女", birth_date=born(10)).refused
    assert {"之子", "之父", "之孙子"} <= set(refused)
    assert not {"之女", "之母", "之兄弟姐妹", "其他"} & set(refused)


def test_a_relation_that_needs_a_head_of_the_other_sex_is_not_offered():
    refused = narrowed("relation", MAN, sex="女", birth_date=born(70)).refused
    assert "之婆婆" in refused and "之岳母" not in refused
    same = narrowed("relation", MAN, sex="男", birth_date=born(40), saved=True).refused
    assert "配偶" in same and "户主" not in same


def test_a_generation_too_near_will_ask_a_reason():
    found = narrowed("relation", MAN, sex="男", birth_date=born(35))
    assert "之子" in found.questioned and "之子" not in found.refused


def test_who_is_new_is_no_second_head_and_no_second_spouse():
    wife = PersonFacts(relation="配偶", sex="女", birth_date=born(40))
    refused = narrowed("relation", MAN, wife, sex="女", birth_date=born(40)).refused
    assert {"户主", "配偶"} <= set(refused)


def test_the_age_narrows_the_school():
    found = narrowed("schooling", birth_date=born(9))
    assert {"普通高中一年级", "本科一年级", "七年级"} <= set(found.refused)
    assert not {"小学", "非在校生"} & set(found.refused)
    assert "普通高中一年级" in narrowed("schooling", birth_date=born(14)).questioned
    assert set(narrowed("schooling", birth_date=born(80)).refused) >= {"小学", "本科一年级"}


def test_nothing_known_refuses_only_words_of_old_forms():
    found = of_members([PersonFacts()], [False], DAY)[0]
    assert {field: set(by.refused) for field, by in found.items() if by.refused} == {
        "education": {"大专及以上", "学龄前儿童"},
        "schooling": {"大专及以上"},
    }
    assert not any(by.questioned for by in found.values())
    assert old_words("relation") == frozenset()


@pytest.mark.parametrize(
    ("school", "offered", "refused"),
    [
        ("小学", "小学", "初中"),
        ("八年级", "初中", "高中"),
        ("中职二年级", "高中", "大专"),
        ("高职高专一年级", "大专", "本科及以上"),
        ("硕士研究生及以上", "本科及以上", "大专及以上"),
    ],
)
def test_nobody_has_finished_more_than_they_attend(school, offered, refused):
    found = narrowed("education", schooling=school).refused
    assert offered not in found and refused in found


def test_education_narrows_the_school_and_who_is_out_of_school_may_have_any():
    refused = narrowed("schooling", education="高中").refused
    assert {"小学", "九年级"} <= set(refused) and not {"非在校生", "普通高中一年级"} & set(refused)
    assert step("非在校生") is None and step("") is None


def test_health_and_age_narrow_the_labour_capacity():
    found = narrowed("labour_capacity", birth_date=born(40), health=("健康",), schooling="非在校生")
    assert found.questioned == ("丧失劳动力", "无劳动力")
    assert not narrowed("labour_capacity", birth_date=born(40), health=("残疾",)).questioned
    assert "普通劳动力" in narrowed("labour_capacity", birth_date=born(8)).questioned


def test_the_certificate_narrows_category_and_grade():
    number = identity_number(1, born(40)) + "42"
    found = of_members([PersonFacts(disability_certificate=number, health=("残疾",))], [False], DAY)[0]
    assert "肢体残疾" not in found["disability_category"].questioned
    assert "视力残疾" in found["disability_category"].questioned
    assert set(found["disability_grade"].questioned) == {"一级", "三级", "四级"}


def test_twenty_members_are_narrowed_in_no_time():
    people = [MAN] + [PersonFacts(relation="之子", sex="男", birth_date=born(age)) for age in range(5, 24)]
    began = time.process_time()
    of_members(people, [True] * 20, DAY)
    assert time.process_time() - began < 1


# -- on the page ------------------------------------------------------------------------------------


@pytest.fixture
def edit(make_household):
    household = make_household(persons=2)
    Person.objects.filter(household=household, relation="配偶").update(schooling="小学", education="高中")
    return reverse("households:edit", args=[household.number])


def option(page: str, field: str, word: str) -> str:
    select = re.search(rf'<select[^>]* name="{field}".*?</select>', page, re.DOTALL)
    assert select
    found = re.search(rf'<option value="{word}"[^>]*>[^<]*', select.group())
    assert found
    return found.group()


def test_what_is_saved_stays_whatever_the_rules_say(signed_in, edit):
    page = signed_in("village").get(edit).content.decode()
    shown = option(page, "p-1-schooling", "小学")
    assert " selected" in shown and "disabled" not in shown and "（原值）" in shown
    assert " hidden disabled" in option(page, "p-1-schooling", "七年级")
    assert sent_by(page)["p-1-schooling"] == ["小学"]


def test_without_script_the_server_says_what_cannot_be(signed_in, edit):
    client = signed_in("village")
    typed = {**sent_by(client.get(edit).content.decode()), "p-1-schooling": "七年级", "p-1-relation": "之子"}
    said = errors_of(client.post(edit, typed).content.decode())
    assert "年龄与在校阶段不可能相符" in said and "与户主关系和性别不符" in said


def test_while_one_types_the_choices_follow_and_what_is_typed_stays(signed_in):
    child = person(1, born(9), relation="之子", schooling="普通高中一年级")
    typed = {"p-TOTAL": "2", **person(0, datetime.date(1975, 3, 2), relation="户主"), **child}
    client = signed_in("village")
    page = client.post("/households/new/checks/", typed).content.decode()
    found = re.findall(r'data-narrow="([^"]*)" data-of-row="(p-\d)"', page)
    assert [row for _, row in found] == ["p-0", "p-1"]
    by = json.loads(unescape(found[1][0]))
    assert "普通高中一年级" in by["schooling"][0] and "之女" in by["relation"][0]
    page = client.post("/households/new/identity/", {**typed, "row": "1"}).content.decode()
    assert re.findall(r'data-of-row="(p-\d)"', page) == ["p-1"]
    page = client.post("/households/new/", {**typed, "action": "add"}).content.decode()
    assert " selected" in option(page, "p-1-schooling", "普通高中一年级")
    assert "disabled" not in option(page, "p-1-schooling", "普通高中一年级")


def test_another_row_is_no_second_head(signed_in):
    typed = {"p-TOTAL": "1", **person(0, datetime.date(1975, 3, 2), relation="户主")}
    page = signed_in("village").post("/households/new/member/", typed).content.decode()
    assert " hidden disabled" in option(page, "p-1-relation", "户主")
