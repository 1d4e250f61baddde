"""What members are to a new head, derived from what they were to the old one."""

import pytest

from households.acts.kinship import Kin, relations_to

FAMILY = {
    "户主": "男",
    "配偶": "女",
    "之子": "男",
    "之儿媳": "女",
    "之孙子": "男",
    "之孙女": "女",
    "之父": "男",
    "之岳母": "女",
    "其他": "女",
}


def family(*, woman: bool = False) -> list[Kin]:
    sexes = FAMILY | ({"户主": "女", "配偶": "男"} if woman else {})
    return [Kin(place, relation, sex) for place, (relation, sex) in enumerate(sexes.items())]


def asked(relation: str, **options) -> dict[str, str]:
    people = family(**options)
    head = next(one for one in people if one.relation == relation)
    found = relations_to(people, head.key)
    return {one.relation: found[one.key] for one in people if one.key in found}


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (
            "配偶",
            {
                "户主": "配偶",
                "之子": "之子",
                "之儿媳": "之儿媳",
                "之父": "之公公",
                "之岳母": "之母",
                "其他": "其他",
            },
        ),
        (
            "之子",
            {
                "户主": "之父",
                "配偶": "之母",
                "之儿媳": "配偶",
                "之孙子": "之子",
                "之父": "之祖父",
                "之岳母": "之外祖母",
            },
        ),
        ("之儿媳", {"户主": "之公公", "配偶": "之婆婆", "之子": "配偶", "之孙女": "之女", "之父": ""}),
        ("之父", {"户主": "之子", "配偶": "之儿媳", "之子": "之孙子", "之岳母": ""}),
        ("之孙子", {"户主": "", "之子": ""}),
    ],
)
def test_the_words_follow_the_new_head(head, expected):
    found = asked(head)
    assert {relation: found[relation] for relation in expected} == expected
    assert head not in found


def test_a_woman_head_gives_way_to_husband_and_daughter_line():
    found = asked("配偶", woman=True)
    assert (found["户主"], found["之父"]) == ("配偶", "之岳父")
    assert asked("之子", woman=True)["之父"] == "之外祖父"


def test_with_two_sons_nothing_is_guessed_about_the_grandchildren():
    people = [*family(), Kin(50, "之子", "男")]
    found = relations_to(people, next(one.key for one in people if one.relation == "之子"))
    of = {one.relation: found.get(one.key) for one in people}
    assert (of["之儿媳"], of["之孙子"]) == ("", "")
    assert found[50] == "之兄弟姐妹"


def test_without_an_old_head_everything_stays():
    assert relations_to([Kin(1, "之子", "男"), Kin(2, "配偶", "女")], 1) == {2: "配偶"}
