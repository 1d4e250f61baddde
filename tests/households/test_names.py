"""The name index: what a name is found by, and that it follows the name on every path."""

import pytest

from households import bulk, names
from households.models import Household, Load, NameKey, Person
from tests.conftest import identity_number


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("王小兰", {"wxl"}),
        ("单小兰", {"sxl"}),
        ("解建国", {"xjg"}),
        ("查秀英", {"zxy"}),
        ("仇明", {"qm"}),
        ("曾强", {"zq"}),
        ("区伟", {"ow"}),
        ("朴勇", {"py"}),
        ("尉迟恭", {"ycg"}),
        ("李长春", {"lcc", "lzc"}),
        ("阿依古丽·买买提", {"ayglmmt"}),
    ],
)
def test_initials_know_surnames_and_double_readings(name, expected):
    assert names.initials(name) == expected


def test_one_form_for_every_spelling():
    spellings = ("阿依·买买提", "阿依•买买提", "阿依．买买提", "阿依・买买提", "阿依买买提", " 阿依 买买提")
    assert len({names.searched(spelling) for spelling in spellings}) == 1
    unseen = ("阿依\u200b买买提", "\u202e阿依买买提\u202c", "\ufeff阿依·买\u00ad买提")
    assert {names.searched(spelling) for spelling in unseen} == {"阿依买买提"}
    assert names.searched("ＬＩ") == names.searched("Li")
    assert names.searched("金\uf90a") == "金金"  # a compatibility form of 金


def test_grams_are_parts_of_two_and_three_and_the_beginning_of_the_initials():
    assert names.grams("王小兰") == {"王小", "小兰", "王小兰", "wx", "wxl"}


def test_a_rare_character_without_pinyin_is_found_by_itself():
    assert names.grams("王\U0003106c") == {"王\U0003106c"}


def found(asked: str) -> set[str]:
    """Names of the heads of the households found."""
    return set(Household.objects.named(asked).with_head().values_list("head_name", flat=True))


@pytest.fixture
def lan(make_household):
    household = make_household(persons=1)
    person = household.persons.get()
    person.name = "王小兰"
    person.save(update_fields=["name"])
    return person


@pytest.mark.parametrize("asked", ["王小", "小兰", "王小兰", "wx", "WXL"])
def test_two_characters_anywhere_and_initials_from_the_first_find(lan, asked):
    assert found(asked) == {"王小兰"}


@pytest.mark.parametrize("asked", ["演示", "小%", "%兰", "__", "小_", "xl", "兰王", "·", "' OR 1=1"])
def test_old_names_and_signs_of_patterns_find_nothing(lan, asked):
    assert found(asked) == set()


def test_only_who_has_what_is_asked_in_the_name_is_said_to_match():
    assert names.holds("王小兰", "小兰") and names.holds("王小兰", "wx")
    assert not names.holds("李二", "小兰") and not names.holds("王小兰", "xl")
    # Both its ends are there, and not the whole.
    assert not names.holds("依古丽阿依古", "阿依古丽")


def test_a_whole_save_without_update_fields_keeps_the_index(lan):
    lan.name = "单小兰"
    lan.save()
    assert found("sxl") == {"单小兰"}
    assert found("王小") == set()


@pytest.mark.parametrize("asked", ["阿依古", "古丽买买提", "阿依古丽·买买提", "ayg", "ayglmmt"])
def test_long_names_are_found_by_any_part(lan, asked):
    lan.name = "阿依古丽·买买提"
    lan.save(update_fields=["name"])
    assert found(asked) == {"阿依古丽·买买提"}


def test_who_goes_to_another_household_is_found_there_alone(lan, make_household):
    other = make_household(persons=1)
    lan.household, lan.relation = other, "其他"
    lan.save(update_fields=["household", "relation"])
    assert set(Household.objects.named("小兰")) == {other}


def test_names_written_in_bulk_are_found_after_renew(lan):
    Person.objects.update(name="李长春")
    NameKey.objects.renew([Person.objects.get()])
    assert found("lcc") == {"李长春"}
    assert found("王小") == set()


def test_bulk_loading_fills_the_index(ground):
    facts = {"attribute": "一般贫困户", "poverty_cause": "因病", "poverty_standard": "国家标准"}
    household = Household(village=ground.village, villager_group="一组", **facts)
    person = Person(
        household=household,
        name="区小明",
        sex="男",
        birth_date="1950-06-15",
        id_number=identity_number(1),
        relation="户主",
        health=("健康",),
    )
    bulk.write(households=[household], persons=[person], load=Load())
    assert found("oxm") == {"区小明"}
