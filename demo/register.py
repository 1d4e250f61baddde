"""Synthetic households, pure: the same random.Random gives the same register.

Mostly one or two old people, ill or disabled (004 第一章第二节). Lawful under the logic checks: relations,
sexes and ages agree, the cause of poverty is found in the household, whoever has no labour in the house
has 低保 or 特困. What changes from year to year (school, labour, work) is in yearly.py.
"""

import datetime
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from demo import people
from households.poverty import NATIONAL

GENERAL, SUBSISTENCE, NO_LABOUR, EXTREME = "一般贫困户", "低保贫困户", "低保户", "五保贫困户"
NEEDS = {
    "因病": "看病就医",
    "因残": "残疾康复",
    "缺劳力": "养老照料",
    "缺技术": "技能培训",
    "因学": "子女就学",
    "缺资金": "资金信贷",
}
CHRONIC = ("高血压", "糖尿病", "冠心病", "慢性支气管炎", "类风湿关节炎", "脑梗死后遗症", "腰椎间盘突出")
SEVERE = ("肺癌", "胃癌", "尿毒症", "肝硬化", "脑出血", "急性心肌梗死")
YEAR = datetime.timedelta(days=365)


@dataclass
class Person:
    """One person with the facts that stay; fields are named as in fields.csv."""

    name: str
    sex: str
    birth_date: datetime.date
    id_number: str
    relation: str
    joined_on: datetime.date
    id_type: str = "居民身份证"
    join_reason: str = "纳入时登记"
    left_on: datetime.date | None = None
    leave_reason: str = ""
    marital_status: str = ""
    political_status: str = "群众"
    health: tuple[str, ...] = ("健康",)
    disease_name: str = ""
    disability_category: str = ""
    disability_grade: str = ""
    disability_certificate: str = ""
    disability_certificate_year: int | None = None
    self_care: str = "能自理"
    schooled: str = "小学"
    able: bool = False
    skilled: bool = False
    works: str = ""
    work_months: int = 0
    post: str = ""
    studies_on: bool = False
    subsistence_allowance: bool = False
    extremely_poor_support: bool = False
    support_mode: str = ""
    left_behind_elder: bool = False
    left_behind_child: bool = False
    insured_since: int = 2000
    phone: str = ""

    def age(self, on: datetime.date) -> int:
        birth = self.birth_date
        return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))

    @property
    def ill(self) -> bool:
        return "长期慢性病" in self.health or "患有大病" in self.health

    @property
    def disabled(self) -> bool:
        return "残疾" in self.health


@dataclass
class Household:
    """One household as it was registered; `members` holds those who left too."""

    village: str
    villager_group: str
    address: str
    registered_on: datetime.date
    poverty_standard: str
    poverty_cause: str
    other_poverty_causes: tuple[str, ...] = ()
    attribute: str = GENERAL
    poverty_type: str = ""
    poverty_degree: str = "一般"
    assistance_need: tuple[str, ...] = ()
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""
    military_family: bool = False
    two_daughter_family: bool = False
    members: list[Person] = field(default_factory=list)
    # Who went to a household of their own: (person, from, to).
    former: list[tuple[Person, datetime.date, datetime.date]] = field(default_factory=list)

    def part_with(self, person: Person, on: datetime.date) -> None:
        self.members.remove(person)
        self.former.append((person, person.joined_on, on))

    def present(self, on: datetime.date) -> list[Person]:
        """Who belongs to the household at the end of the day."""
        return [
            person
            for person in self.members
            if person.joined_on <= on and (person.left_on is None or person.left_on > on)
        ] + [person for person, joined, left in self.former if joined <= on < left]

    @property
    def national(self) -> bool:
        return self.poverty_standard == NATIONAL


# Relation, sex and age of each member by size; "m"/"f" fixed, "o" the head's other sex, "?" any.
Shape = Sequence[tuple[str, str, tuple[int, int]]]
HEAD, SPOUSE = "户主", "配偶"
OLD_COUPLE: Shape = ((HEAD, "m", (64, 84)), (SPOUSE, "f", (62, 82)))
COUPLE: Shape = ((HEAD, "m", (36, 52)), (SPOUSE, "f", (35, 50)))
GRANDCHILD: Shape = (("孙", "?", (2, 16)),)
SHAPES: dict[int, list[tuple[int, Shape]]] = {
    1: [(86, ((HEAD, "?", (62, 88)),)), (14, ((HEAD, "?", (46, 61)),))],
    2: [
        (66, OLD_COUPLE),
        (10, ((HEAD, "m", (46, 61)), (SPOUSE, "f", (45, 60)))),
        (12, ((HEAD, "?", (66, 84)), ("之子", "m", (36, 48)))),
        (12, ((HEAD, "?", (64, 76)), ("孙", "?", (6, 16)))),
    ],
    3: [
        (34, (*OLD_COUPLE, ("之子", "m", (32, 46)))),
        (40, (*COUPLE, ("子", "?", (5, 18)))),
        (26, ((HEAD, "m", (38, 52)), ("之母", "f", (66, 82)), ("子", "?", (5, 16)))),
    ],
    4: [
        (50, (*COUPLE, ("子", "?", (6, 17)), ("子", "?", (2, 12)))),
        (30, (*COUPLE, ("子", "?", (5, 17)), ("之母", "f", (68, 84)))),
        (20, (*OLD_COUPLE, ("之子", "m", (32, 44)), *GRANDCHILD)),
    ],
    5: [
        (60, (*COUPLE, ("子", "?", (6, 17)), ("子", "?", (2, 12)), ("之母", "f", (68, 84)))),
        (40, (*OLD_COUPLE, ("之子", "m", (30, 42)), ("之儿媳", "f", (28, 40)), *GRANDCHILD)),
    ],
    6: [
        (
            50,
            (
                *COUPLE,
                ("子", "?", (6, 17)),
                ("子", "?", (2, 12)),
                ("之父", "m", (72, 86)),
                ("之母", "f", (70, 84)),
            ),
        ),
        (50, (*OLD_COUPLE, ("之子", "m", (34, 42)), ("之儿媳", "f", (33, 40)), *GRANDCHILD, *GRANDCHILD)),
    ],
}
GENERATION = {"之子": 1, "之女": 1, "之孙子": 2, "之孙女": 2, "之母": -1, "之父": -1}


class Register:
    """Makes households one after another; holds only the random source and the numbers given out."""

    def __init__(self, rng: random.Random, numbers: people.IdentityNumbers) -> None:
        self.rng = rng
        self.numbers = numbers

    def household(self, village: str, size: int, standard: str, cause: str, on: datetime.date) -> Household:
        """A household registered on the day."""
        rng = self.rng
        group = rng.choice("一二三四五六")
        made = Household(
            village=village,
            villager_group=f"{group}组",
            address=f"演示路{rng.randrange(1, 200)}号",
            registered_on=on,
            poverty_standard=standard,
            poverty_cause=cause,
            other_poverty_causes=self._other_causes(cause),
            poverty_degree=rng.choices(("一般", "较重", "特重"), (6, 3, 1))[0],
            phone=people.phone(rng),
            military_family=rng.random() < 0.01,
        )
        if rng.random() < 0.6:
            made.bank_name = "演示农村商业银行"
            made.bank_account = f"{people.REGION}{rng.randrange(10**13):013d}"
        made.members = self._members(size, cause, on)
        self._trouble(made, cause)
        self._labour(made, on)
        self._support(made, on)
        needs = [NEEDS.get(cause, "产业发展")]
        if made.attribute != GENERAL:
            needs.append("低保兜底")
        made.assistance_need = tuple(needs)
        return made

    def person(
        self, relation: str, sex: str, birth: datetime.date, on: datetime.date, family: str = ""
    ) -> Person:
        number, birth = self.numbers.take(birth, sex)
        return Person(
            name=people.person_name(self.rng, sex, family),
            sex=sex,
            birth_date=birth,
            id_number=number,
            relation=relation,
            joined_on=on,
        )

    def number(self, person: Person) -> None:
        """Another identity number; the 残疾人证 follows it."""
        person.id_number, person.birth_date = self.numbers.take(person.birth_date, person.sex)
        if person.disabled:
            person.disability_certificate = people.disability_certificate(
                person.id_number, person.disability_category, person.disability_grade
            )

    def _other_causes(self, cause: str) -> tuple[str, ...]:
        others = [other for other in ("缺资金", "缺技术", "缺劳力", "因灾") if other != cause]
        return tuple(self.rng.sample(others, self.rng.choices((0, 1, 2), (6, 3, 1))[0]))

    def _shape(self, size: int, cause: str) -> Shape:
        shapes = SHAPES[size]
        if cause == "因学":
            shapes = [each for each in shapes if any(part[0] in ("子", "孙") for part in each[1])]
        return self.rng.choices([shape for _, shape in shapes], [weight for weight, _ in shapes])[0]

    def _members(self, size: int, cause: str, on: datetime.date) -> list[Person]:
        rng = self.rng
        members: list[Person] = []
        ages: dict[str, int] = {}
        for relation, wanted, (low, high) in self._shape(size, cause):
            sex = {"m": "男", "f": "女"}.get(wanted) or rng.choice(("男", "女"))
            if relation in ("子", "孙"):
                if cause == "因学":
                    low, high = 7, 13
                relation = {"子": ("之子", "之女"), "孙": ("之孙子", "之孙女")}[relation][sex == "女"]
            low, high = self._fit(relation, low, high, ages)
            age = rng.randint(low, high)
            ages.setdefault(relation, age)
            birth = on - YEAR * age - datetime.timedelta(days=age // 4 + rng.randrange(1, 364))
            family = members[0].name[0] if members and self._of_the_family(relation, members[0]) else ""
            members.append(self.person(relation, sex, birth, on, family))
        for person in members:
            self._person_facts(person, members, on)
        return members

    @staticmethod
    def _of_the_family(relation: str, head: Person) -> bool:
        return relation in ("之子", "之女", "之孙子", "之孙女", "之父") and head.sex == "男"

    @staticmethod
    def _fit(relation: str, low: int, high: int, ages: dict[str, int]) -> tuple[int, int]:
        """Narrows an age so that parents are at least 20 years older, grandparents 42 (C022 asks 15 and 30)."""
        head = ages.get(HEAD, 0)
        if relation == SPOUSE:
            low, high = max(low, head - 5), min(high, head + 3)
        generation = GENERATION.get(relation)
        if generation == -1:
            low = max(low, head + 20)
        elif generation:
            gap = 20 if generation == 1 else 42
            parents = [ages[each] for each in (HEAD, SPOUSE) if each in ages]
            high = min(high, min(parents) - gap)
            if generation == 2:
                between = [ages[each] for each in ("之子", "之儿媳") if each in ages]
                high = min([high, *(age - 20 for age in between)])
            low = min(low, high)
        return low, max(low, high)

    def _person_facts(self, person: Person, members: Sequence[Person], on: datetime.date) -> None:
        rng, age = self.rng, person.age(on)
        relations = {other.relation for other in members}
        paired = {HEAD, SPOUSE} if SPOUSE in relations else set()
        if "之儿媳" in relations:
            paired |= {"之子", "之儿媳"}
        if age >= 20:
            if person.relation in paired:
                person.marital_status = "已婚"
            elif age >= 60:
                person.marital_status = "丧偶" if person.sex == "女" or rng.random() < 0.5 else "未婚"
            else:
                person.marital_status = rng.choice(("未婚", "离婚"))
        if age >= 40 and rng.random() < 0.04:
            person.political_status = "中共党员"
        person.insured_since = 2000 if age >= 60 or rng.random() < 0.4 else rng.randrange(2016, 2020)
        person.left_behind_child = (
            age < 16 and person.relation in ("之孙子", "之孙女") and self._alone(members)
        )
        if age >= 60:
            person.schooled = rng.choices(("文盲或半文盲", "小学", "初中"), (55, 38, 7))[0]
        elif age >= 24:
            person.schooled = rng.choices(("小学", "初中", "高中"), (35, 55, 10))[0]
        else:
            person.studies_on = rng.random() < 0.5
            person.schooled = "大专" if person.studies_on else "高中"
        person.left_behind_elder = age >= 60 and rng.random() < 0.1

    @staticmethod
    def _alone(members: Sequence[Person]) -> bool:
        return not any(person.relation in ("之子", "之儿媳") for person in members)

    def _trouble(self, household: Household, cause: str) -> None:
        """Illness and disability: what the main cause says (C049, C051), and some more with age."""
        rng, on = self.rng, household.registered_on
        adults = [person for person in household.members if person.age(on) >= 18]
        for person in adults:
            if rng.random() < (0.22 if person.age(on) >= 60 else 0.05):
                self.fall_ill(person)
            if rng.random() < 0.05:
                self._disable(person)
        if cause == "因病" and not any(person.ill for person in adults):
            self.fall_ill(rng.choice(adults))
        if cause == "因残" and not any(person.disabled for person in adults):
            self._disable(rng.choice(adults))

    def fall_ill(self, person: Person) -> None:
        severe = self.rng.random() < 0.2
        kept = ("残疾",) if person.disabled else ()
        person.health = ("患有大病" if severe else "长期慢性病", *kept)
        person.disease_name = self.rng.choice(SEVERE if severe else CHRONIC)

    def _disable(self, person: Person) -> None:
        rng = self.rng
        person.health = (*(word for word in person.health if word != "健康"), "残疾")
        person.disability_category = rng.choices(people.DISABILITY_KINDS, (15, 12, 4, 45, 12, 9, 3))[0]
        person.disability_grade = rng.choices(people.DISABILITY_GRADES, (15, 30, 30, 25))[0]
        person.disability_certificate = people.disability_certificate(
            person.id_number, person.disability_category, person.disability_grade
        )
        person.disability_certificate_year = rng.randrange(2009, 2015)
        if person.disability_grade in ("一级", "二级"):
            person.self_care = rng.choices(("能自理", "半自理", "完全不能自理"), (4, 4, 2))[0]

    def _labour(self, household: Household, on: datetime.date) -> None:
        """Who can work, and who does (yearly.py turns this into the words of a year)."""
        rng = self.rng
        for person in household.members:
            heavy = person.disability_grade in ("一级", "二级")
            person.able = not heavy and (person.age(on) < 60 or rng.random() < 0.5)
            person.skilled = person.able and person.health == ("健康",) and rng.random() < 0.08
            may_work = person.able and 24 <= person.age(on) <= 60
            if may_work and rng.random() < (0.55 if person.health == ("健康",) else 0.2):
                person.works = rng.choices(
                    ("乡（镇）内务工", "乡（镇）外县内务工", "县外省内务工", "省外务工"), (55, 25, 12, 8)
                )[0]
                person.work_months = rng.randrange(3, 11)
                if rng.random() < 0.1:
                    person.post = rng.choice(("护林员", "保洁员", "护路员", "护水员"))
            if person.age(on) >= 16 and rng.random() < 0.25:
                person.phone = people.phone(rng)

    def _support(self, household: Household, on: datetime.date) -> None:
        """低保 and 特困: always where nobody can work (C077), by chance elsewhere."""
        rng, members = self.rng, household.members
        alone = len(members) == 1 and members[0].age(on) >= 60 and members[0].marital_status == "未婚"
        helpless = not any(person.able and person.age(on) >= 20 for person in members)
        if alone and rng.random() < 0.6:
            members[0].able = False
            members[0].works, members[0].work_months, members[0].post = "", 0, ""
            members[0].extremely_poor_support = True
            members[0].support_mode = rng.choices(("分散供养", "集中供养"), (9, 1))[0]
            household.attribute = EXTREME
        elif helpless:
            household.attribute = NO_LABOUR
        elif rng.random() < 0.22:
            household.attribute = SUBSISTENCE
        if household.attribute in (NO_LABOUR, SUBSISTENCE):
            for person in members:
                person.subsistence_allowance = True
        if household.attribute in (NO_LABOUR, EXTREME):
            household.poverty_type = "无劳动能力需兜底"
        elif any(person.works for person in members):
            household.poverty_type = "有劳动能力可发展"
        else:
            household.poverty_type = "弱劳动能力需带动"


def registration_day(rng: random.Random) -> datetime.date:
    """A working day of 2014 or 2015, when the base register was made."""
    first = datetime.date(2014, 4, 1) if rng.random() < 0.75 else datetime.date(2015, 6, 1)
    day = first + datetime.timedelta(days=rng.randrange(180))
    return day - datetime.timedelta(days=max(0, day.weekday() - 4))


def households(
    make: Register, villages: Sequence[str], wanted: Sequence[tuple[int, str, str]]
) -> Iterable[Household]:
    """One household for each (size, standard, cause), in the village of the same place."""
    for village, (size, standard, cause) in zip(villages, wanted, strict=True):
        yield make.household(village, size, standard, cause, registration_day(make.rng))
