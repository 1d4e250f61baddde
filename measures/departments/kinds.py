"""The kinds of lists that departments send, and what of the register answers to each (R281, R286, R287; pure).

A kind says which units send it, what being on it means in the register, and whether a value is compared.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import Q

from accounts.units import Unit
from households.codes import CODES
from households.models import Person

BAD_HOUSES = ("C级", "D级")
NOT_AT_SCHOOL = ("", "非在校生", "学龄前儿童")
DISABLED = "残疾"


@dataclass(frozen=True)
class Facts:
    """A person as the register has them; `house_grade` of the household's last year."""

    person: Person
    house_grade: str = ""


def _nothing(facts: Facts) -> str:
    return ""


@dataclass(frozen=True)
class ListKind:
    """`flag` names what the list says of everybody on it; `likely` are the persons of whom it may hold.

    `words` is the code list in which a value is read; empty where no value is compared.
    """

    word: str
    units: tuple[Unit, ...]
    flag: str
    holds: Callable[[Facts], bool]
    likely: Q
    value: Callable[[Facts], str] = _nothing
    words: str = ""
    value_title: str = ""

    def read(self, text: str) -> str:
        """The value as the register words it; the text itself where its code list does not know it."""
        return (CODES[self.words].read(text) or text) if self.words and text else ""


KINDS: dict[str, ListKind] = {
    kind.word: kind
    for kind in (
        ListKind(
            "低保",
            (Unit.CIVIL_AFFAIRS,),
            "享受低保",
            lambda facts: facts.person.subsistence_allowance is True,
            Q(subsistence_allowance=True),
        ),
        ListKind(
            "特困供养",
            (Unit.CIVIL_AFFAIRS,),
            "特困供养",
            lambda facts: facts.person.extremely_poor_support is True,
            Q(extremely_poor_support=True),
        ),
        ListKind(
            "残疾证",
            (Unit.DISABLED,),
            "持残疾证",
            lambda facts: bool(facts.person.disability_grade) or DISABLED in facts.person.health,
            ~Q(disability_grade="") | Q(health__holds=DISABLED),
            lambda facts: str(facts.person.disability_grade),
            "disability_grade",
            "残疾等级",
        ),
        ListKind(
            "医保参保",
            (Unit.INSURANCE, Unit.LABOUR),
            "参加基本医疗保险",
            lambda facts: bool(
                facts.person.resident_medical_insurance or facts.person.employee_medical_insurance
            ),
            Q(resident_medical_insurance=True) | Q(employee_medical_insurance=True),
        ),
        ListKind(
            "养老参保",
            (Unit.LABOUR,),
            "参加基本养老保险",
            lambda facts: bool(facts.person.resident_pension or facts.person.employee_pension),
            Q(resident_pension=True) | Q(employee_pension=True),
        ),
        ListKind(
            "学籍",
            (Unit.EDUCATION,),
            "在校",
            lambda facts: facts.person.schooling not in NOT_AT_SCHOOL,
            ~Q(schooling__in=NOT_AT_SCHOOL),
            lambda facts: str(facts.person.schooling),
            "schooling",
            "在校生状况",
        ),
        ListKind(
            "危房",
            (Unit.HOUSING,),
            "住危房",
            lambda facts: facts.house_grade in BAD_HOUSES,
            Q(relation="户主", household__living__house_grade__in=BAD_HOUSES),
            lambda facts: facts.house_grade,
            "house_grade",
            "房屋等级",
        ),
        ListKind(
            "就业",
            (Unit.LABOUR,),
            "务工或在公益性岗位",
            lambda facts: bool(facts.person.work_months or facts.person.public_service_post_months),
            Q(work_months__gt=0) | Q(public_service_post_months__gt=0),
        ),
    )
}


def of_units(units: list[str]) -> list[ListKind]:
    """The kinds that these units send."""
    return [kind for kind in KINDS.values() if set(kind.units) & set(units)]
