"""Relation, schooling, education, health and labour capacity narrow each other: what a choice would come to (pure).

Every word of a list is tried in the member's place and the numbered rules are asked, so that no rule stands
twice: a word that an error forbids is not offered, one that a warning would question is marked. What is
chosen already is always shown; what the rules say of it stands beside it when it is checked.
"""

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from households.checks import BOOK, ENTRY, Context, HouseholdRecord, PersonFacts
from households.checks.case import HEAD, OUT_OF_SCHOOL, SPOUSE, Case
from households.codes import CODES, old_words
from office.rulebook import ERROR

# The rules that a field is tried against.
ASKED = {
    "relation": ("C020", "C021", "C022"),
    "schooling": ("C041", "C042", "C043"),
    "education": ("C048",),
    "labour_capacity": ("C054", "C055", "C056"),
    "disability_category": ("C010",),
    "disability_grade": ("C010",),
}
# Health words that exclude all others (codes.csv, note).
ALONE = tuple(code.label for code in CODES["health"].codes if "excludes the others" in code.note)
# How high a school and an education stand, so that nobody has finished more than they attend.
_STEPS = (
    ("学前", "学龄前", "文盲"),
    ("小学",),
    ("七年级", "八年级", "九年级", "初中"),
    ("普通高中", "中职", "高中"),
    ("高职", "技师学院", "大专"),
    ("本科",),
    ("硕士",),
)
# Early words that stand for several steps.
_ANY_STEP = ("大专及以上",)


@dataclass(frozen=True)
class Narrowed:
    """Words that cannot be, and words that will ask a reason."""

    refused: tuple[str, ...] = ()
    questioned: tuple[str, ...] = ()


def _words(field: str) -> tuple[str, ...]:
    return CODES[field].words


OLD = {field: old_words(field) for field in ASKED}


def step(word: str) -> int | None:
    """The step of a school or an education; None for what has none."""
    if not word or word in (OUT_OF_SCHOOL, *_ANY_STEP):
        return None
    return next((place for place, starts in enumerate(_STEPS) if word.startswith(starts)), None)


def _above_school(person: PersonFacts) -> bool:
    attends, finished = step(person.schooling), step(person.education)
    return attends is not None and finished is not None and finished > attends


def of_members(
    people: Sequence[PersonFacts], saved: Sequence[bool], day: datetime.date
) -> list[Mapping[str, Narrowed]]:
    """For each member, by field. A `saved` one may become head: the old head is changed on the same sheet."""
    context = Context(day=day, stage=ENTRY)
    everybody = [replace(person, position=place) for place, person in enumerate(people, 1)]
    return [
        _of_member(person, everybody, kept, context) for person, kept in zip(everybody, saved, strict=True)
    ]


def _of_member(
    person: PersonFacts, everybody: Sequence[PersonFacts], saved: bool, context: Context
) -> Mapping[str, Narrowed]:
    others = [other for other in everybody if other.position != person.position]
    found = {}
    for field, rules in ASKED.items():
        tried = _tried(person, others, field, rules, context)
        refused = [word for word in _words(field) if word in OLD[field] or tried(word) == ERROR]
        if field == "relation" and not saved:
            refused += [word for word in (HEAD, SPOUSE) if any(one.relation == word for one in others)]
        questioned = [word for word in _words(field) if word not in refused and tried(word)]
        found[field] = Narrowed(tuple(refused), tuple(questioned))
    return found


def _tried(
    person: PersonFacts,
    others: Sequence[PersonFacts],
    field: str,
    rules: Sequence[str],
    context: Context,
) -> Callable[[str], str]:
    """The gravest thing said of a word in this field; empty when nothing is."""
    # Relations are held against the head, everything else against the person alone.
    beside = [other for other in others if other.relation == HEAD] if field == "relation" else []
    known: dict[str, str] = {}

    def said(word: str) -> str:
        if word not in known:
            tried: PersonFacts = replace(person, **{field: word})  # type: ignore[arg-type]
            case = Case(HouseholdRecord(persons=(tried, *beside)), context)
            found = {
                breach.severity
                for rule in rules
                for breach in BOOK.rules[rule].breaches(case)
                if breach.person in (None, person.position)
            }
            if field in ("schooling", "education") and _above_school(tried):
                found.add(ERROR)
            known[word] = min(found, default="")  # "error" before "warning"
        return known[word]

    return said
