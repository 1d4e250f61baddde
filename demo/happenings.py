"""What chance does to households in a year: deaths, births, marriages, moves, returns, corrections."""

import datetime
from collections.abc import Callable, Sequence

from demo import ground, surveys
from demo.history import County, Life
from demo.register import GENERAL, HEAD, SPOUSE, Person, Register
from households.poverty import NATIONAL, PROVINCIAL

# How often in the whole county (3317 households), by year; 2016 has most people on the register.
OFTEN: dict[int, dict[str, int]] = {
    2016: {
        "death": 68,
        "death_after": 0,
        "birth": 10,
        "bride": 5,
        "wedding": 3,
        "away": 3,
        "move": 7,
        "wrong": 1,
    },
    2017: {
        "death": 12,
        "death_after": 55,
        "birth": 5,
        "bride": 3,
        "wedding": 3,
        "away": 2,
        "move": 5,
        "wrong": 1,
    },
    2018: {
        "death": 3,
        "death_after": 60,
        "birth": 4,
        "bride": 2,
        "wedding": 2,
        "away": 2,
        "move": 4,
        "wrong": 0,
    },
}
RETURNS = {2016: 0, 2017: 9, 2018: 6}
CORRECTIONS = {2016: 2, 2017: 1, 2018: 2}
REVERSALS = {2016: 0, 2017: 1, 2018: 0}
SPLITS = {2016: 3, 2017: 1, 2018: 1}
SHOCKS = 18
SHOCK_KINDS = ("重大疾病", "意外事故", "自然灾害", "产业失败或失业")
WHY_BACK = ("家庭主要劳动力患重病", "子女意外受伤，医疗支出大", "务工收入中断")
LAST_DAY = 145


class Happenings:
    """One household has at most one of them a year, from January to May, so that its days stay in order."""

    def __init__(
        self, county: County, make: Register, villages: Sequence[ground.Village], scale: float
    ) -> None:
        self.county, self.make, self.villages, self.scale = county, make, villages, scale
        self.rng = make.rng
        self.touched: set[int] = set()

    def of(self, year: int) -> None:
        self.touched.clear()
        often = OFTEN[year]
        self._reversals(year)
        self._each(RETURNS[year], year, self._left(), self._return)
        self._each(CORRECTIONS[year], year, self.county.poor(), self._correct)
        self._each(SPLITS[year], year, self.county.poor(), self._split)
        self._each(often["death"], year, self.county.poor(), self._death)
        self._each(often["death_after"], year, self._left(), self._death)
        for name, act in (
            ("birth", self._birth),
            ("bride", self._bride),
            ("wedding", self._wedding),
            ("away", self._away),
            ("move", self._move),
            ("wrong", self._wrong),
        ):
            self._each(often[name], year, self.county.poor() + self._left(), act)

    def shocks(self) -> None:
        """Open shocks of households that left: they colour them 黄 (domain §4)."""
        left = self._left()
        for life in self.rng.sample(left, min(len(left), self._times(SHOCKS))):
            life.shock = self.rng.choice(SHOCK_KINDS)

    def _left(self) -> list[Life]:
        return [life for life in self.county.lives if life.out]

    def _times(self, often: int) -> int:
        exact = often * self.scale
        return int(exact) + (self.rng.random() < exact % 1)

    def _each(
        self, often: int, year: int, lives: list[Life], act: Callable[[Life, datetime.date], bool]
    ) -> None:
        """Does the act so many times, to households it is possible for."""
        wanted = self._times(often)
        self.rng.shuffle(lives)
        for life in lives:
            if wanted <= 0:
                return
            if id(life) in self.touched:
                continue
            on = datetime.date(year, 1, 6) + datetime.timedelta(days=self.rng.randrange(LAST_DAY))
            if act(life, on):
                self.touched.add(id(life))
                wanted -= 1

    def _reversals(self, year: int) -> None:
        def undo(life: Life, on: datetime.date) -> bool:
            self.county.reverse_exit(life, on, "区扶贫办复核：退出时收入核算有误")
            return True

        self._each(REVERSALS[year], year, self._left(), undo)

    def _return(self, life: Life, on: datetime.date) -> bool:
        self.county.return_to_poverty(life, on, self.rng.choice(WHY_BACK))
        return True

    def _correct(self, life: Life, on: datetime.date) -> bool:
        """In 2016 only out of 国标, so that no more leave it than the published base holds."""
        if on.year == 2016 and not life.sheet.national:
            return False
        to = PROVINCIAL if life.sheet.national else NATIONAL
        self.county.correct_standard(life, to, on, "登记时标准填错，经核实更正")
        return True

    def _death(self, life: Life, on: datetime.date) -> bool:
        members = life.members(on)
        if len(members) == 1:
            if members[0].age(on) < 70 or self.rng.random() < 0.8:
                return False
            self.county.cancel(life, on, "全户死亡")
            return True
        old = [person for person in members if person.age(on) >= 60 and self._can_go(life, person, on)]
        if not old:
            return False
        self.county.leave(life, max(old, key=lambda person: person.age(on)), on, "死亡")
        return True

    def _can_go(self, life: Life, person: Person, on: datetime.date) -> bool:
        """Who stays keeps a grown-up head, the cause of poverty, and somebody who works or has 低保."""
        rest = [other for other in life.members(on) if other is not person]
        if person.relation == HEAD and not any(other.relation == SPOUSE for other in rest):
            return False
        cause = life.sheet.poverty_cause
        if cause == "因病" and not any(other.ill for other in rest):
            return False
        if cause == "因残" and not any(other.disabled for other in rest):
            return False
        able = any(other.able and other.age(on) >= 20 for other in rest)
        return any(other.age(on) >= 20 for other in rest) and (life.sheet.attribute != GENERAL or able)

    def _birth(self, life: Life, on: datetime.date) -> bool:
        mother = next(
            (
                person
                for person in life.members(on)
                if person.relation in (SPOUSE, "之儿媳") and person.sex == "女" and 20 <= person.age(on) <= 42
            ),
            None,
        )
        head = next(person for person in life.members(on) if person.relation == HEAD)
        if mother is None or head.sex != "男":
            return False
        sex = self.rng.choice("男女")
        own, grand = ("之子", "之孙子") if sex == "男" else ("之女", "之孙女")
        relation = own if mother.relation == SPOUSE else grand
        born = on - datetime.timedelta(days=self.rng.randrange(5, 40))
        child = self.make.person(relation, sex, born, on, head.name[0])
        child.able = True
        self._with_support(life, child)
        self.county.join(life, child, "新生儿")
        return True

    def _bride(self, life: Life, on: datetime.date) -> bool:
        members = life.members(on)
        sons = [
            person
            for person in members
            if person.relation == "之子" and 24 <= person.age(on) <= 40 and person.health == ("健康",)
        ]
        if len(sons) != 1 or any(person.relation == "之儿媳" for person in members):
            return False
        age = sons[0].age(on) - self.rng.randrange(0, 4)
        born = on - datetime.timedelta(days=365 * age + age // 4 + self.rng.randrange(1, 300))
        bride = self.make.person("之儿媳", "女", born, on)
        bride.marital_status = sons[0].marital_status = "已婚"
        bride.schooled, bride.able = "初中", True
        self._with_support(life, bride)
        self.county.join(life, bride, "嫁入")
        return True

    @staticmethod
    def _with_support(life: Life, person: Person) -> None:
        person.subsistence_allowance = any(
            other.subsistence_allowance for other in life.members(person.joined_on)
        )

    def _wedding(self, life: Life, on: datetime.date) -> bool:
        return self._goes(life, on, "之女", (19, 30), "嫁出")

    def _away(self, life: Life, on: datetime.date) -> bool:
        return self._goes(life, on, "之子", (20, 48), "户籍迁出")

    def _goes(self, life: Life, on: datetime.date, relation: str, ages: tuple[int, int], reason: str) -> bool:
        members = life.members(on)
        if any(person.relation == "之儿媳" for person in members):
            return False
        for person in members:
            fits = person.relation == relation and ages[0] <= person.age(on) <= ages[1]
            if fits and person.health == ("健康",) and self._can_go(life, person, on):
                self.county.leave(life, person, on, reason)
                return True
        return False

    def _move(self, life: Life, on: datetime.date) -> bool:
        """Mostly to a village of the same town."""
        town = self.county.towns[life.village]
        same = self.rng.random() < 0.7
        there = [
            village.code
            for village in self.villages
            if village.code != life.village and (village.town == town) == same
        ]
        self.county.move(life, self.rng.choice(there), on)
        return True

    def _wrong(self, life: Life, on: datetime.date) -> bool:
        if not life.poor:
            return False
        self.county.cancel(life, on, "识别有误清退")
        return True

    def _split(self, life: Life, on: datetime.date) -> bool:
        """A married son sets up house with his wife and children."""
        members = life.members(on)
        leaving = [
            person
            for person in members
            if person.relation in ("之子", "之儿媳", "之孙子", "之孙女") and person.health == ("健康",)
        ]
        staying = [person for person in members if person not in leaving]
        sons = [person for person in leaving if person.relation == "之子"]
        wives = [person for person in leaving if person.relation == "之儿媳"]
        parents = [person for person in staying if person.relation in (HEAD, SPOUSE)]
        if len(sons) != 1 or len(wives) != 1 or len(parents) != len(staying) or len(staying) != 2:
            return False
        if life.sheet.attribute == GENERAL and not any(person.able for person in staying):
            return False
        if life.sheet.poverty_cause in ("因学", "因残", "因病"):
            return False
        leaving.sort(key=lambda person: person.relation != "之子")
        home = surveys.home(self.rng, len(leaving))
        self.touched.add(id(self.county.split(life, leaving, home, on)))
        return True
