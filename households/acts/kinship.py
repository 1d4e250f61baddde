"""What each member is to a new head, from what he was to the old one (与户主关系, pure).

Only what follows for certain is given; where a family has two sons, say, a grandson may be either's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

HEAD, SPOUSE, OTHER = "户主", "配偶", "其他"
MALE = "男"
CHILDREN = {"之子", "之女"}
BELOW = {
    *CHILDREN,
    "之儿媳",
    "之女婿",
    "之孙子",
    "之孙女",
    "之外孙子",
    "之外孙女",
    "之曾孙子",
    "之曾孙女",
}
PARENTS = {"之父", "之母"}
SIBLING = "之兄弟姐妹"


@dataclass(frozen=True)
class Kin:
    """A member by any key, with the relation to the old head."""

    key: int
    relation: str
    sex: str


def relations_to(family: Iterable[Kin], new_head: int) -> dict[int, str]:
    """The relation of everybody else to the member who becomes head; "" where it has to be asked.

    `family` are the members as they are, the old head among them (who may be leaving).
    """
    everybody = list(family)
    head = next(one for one in everybody if one.key == new_head)
    old = next((one for one in everybody if one.relation == HEAD), None)
    if old is None or old.key == new_head:
        return {one.key: one.relation for one in everybody if one.key != new_head}
    table = _table(head, old, [one.relation for one in everybody])
    return {
        one.key: OTHER if one.relation == OTHER else _by_sex(table.get(one.relation, ""), one.sex)
        for one in everybody
        if one.key != new_head
    }


def _by_sex(words: str, sex: str) -> str:
    """Of "之父/之母" the one that fits."""
    male, _, female = words.partition("/")
    return male if sex == MALE or not female else female


def _table(head: Kin, old: Kin, relations: list[str]) -> dict[str, str]:
    """The new words by the old ones, "man's/woman's" where both are possible."""
    if head.relation == SPOUSE:
        mine, theirs = PARENTS_OF_SPOUSE[head.sex == MALE]
        return {
            HEAD: SPOUSE,
            **{word: word for word in BELOW},
            **dict.fromkeys(PARENTS, mine),
            **dict.fromkeys(theirs, "之父/之母"),
        }
    if head.relation in CHILDREN:
        only = relations.count(head.relation) == 1
        of_father = old.sex == MALE
        grand, other = ("之祖父/之祖母", "之外祖父/之外祖母")[:: 1 if of_father else -1]
        family = OWN_FAMILY[head.relation] if only else {}
        siblings = dict.fromkeys(CHILDREN, SIBLING)
        in_laws = {"之岳父": other, "之岳母": other, "之公公": other, "之婆婆": other}
        return {
            HEAD: "之父/之母",
            SPOUSE: "之父/之母",
            **siblings,
            **family,
            **dict.fromkeys(PARENTS, grand),
            **in_laws,
        }
    if head.relation in MARRIED_TO:
        child, parents = MARRIED_TO[head.relation]
        found = {HEAD: parents, SPOUSE: parents}
        if relations.count(child) == 1 and relations.count(head.relation) == 1:
            grandchildren = {word: now for word, now in OWN_FAMILY[child].items() if word not in MARRIED_TO}
            found |= {child: SPOUSE, **grandchildren}
        return found
    if head.relation in PARENTS:
        grandchild = "之孙子/之孙女" if old.sex == MALE else "之外孙子/之外孙女"
        return {
            HEAD: "之子/之女",
            SPOUSE: "之女婿/之儿媳",
            SIBLING: "之子/之女",
            **dict.fromkeys(PARENTS, SPOUSE),
            **dict.fromkeys(CHILDREN, grandchild),
        }
    return {}


# By whether the spouse is a man: what the old head's parents become, and the words for the spouse's own parents.
PARENTS_OF_SPOUSE = {
    True: ("之岳父/之岳母", ("之公公", "之婆婆")),
    False: ("之公公/之婆婆", ("之岳父", "之岳母")),
}
# An only son's or daughter's own spouse and children.
OWN_FAMILY = {
    "之子": {"之儿媳": SPOUSE, "之孙子": "之子", "之孙女": "之女"},
    "之女": {"之女婿": SPOUSE, "之外孙子": "之子", "之外孙女": "之女"},
}
# Who is married to a child of the old head: to which, and what the old head is then.
MARRIED_TO = {
    "之儿媳": ("之子", "之公公/之婆婆"),
    "之女婿": ("之女", "之岳父/之岳母"),
}
