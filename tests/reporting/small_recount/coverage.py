"""帮扶到位 told again: who is entitled to each policy by the words of the plans (data/policies.csv), person by person.

How a household stood on the day say its events; a person is read as he stands. What changes by itself as time passes,
an age and the three years after an exit (脱贫不脱政策, 004 十二章二节五), is asked of every day of the year so far:
whoever was entitled on any of them got rightly what was delivered.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass

from households.models import Household, Living, Person, Shock, StatusEvent
from measures.models import Measure, Policy
from tests.reporting.small_recount import villages
from tests.reporting.small_recount.register import age, in_order
from tests.reporting.small_recount.rows import Asked, Counted, Day, Rows, by_then, share
from tests.reporting.small_recount.work import place_of
from villages.models import KeyVillage

ABLE = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")
OUT_OF_SCHOOL = "非在校生"


@dataclass
class Home:
    """On file on the day: registered and not cancelled. `left`: the day of the exit of one that is out."""

    village: int
    poor: bool
    left: Day | None
    grade: str
    struck: bool
    level: str
    members: list[Person]

    def supported(self, day: Day) -> bool:
        if self.poor:
            return True
        third_year = day.replace(year=day.year - 3, day=28 if (day.month, day.day) == (2, 29) else day.day)
        return self.left is not None and self.left > third_year


Of = Callable[[Person, Home, Day], bool]


def aged(low: int, high: int = 999) -> Of:
    return lambda person, home, day: low <= age(person.birth_date, day) <= high


def at(*stages: str, **ticked: bool) -> Of:
    """A poor family's pupil at a stage of that name, with these ticks."""
    return lambda person, home, day: (
        home.supported(day)
        and person.schooling.startswith(stages)
        and all(getattr(person, name) is value for name, value in ticked.items())
    )


def disabled(person: Person) -> bool:
    return "残疾" in person.health


def _pension_paid(person: Person, home: Home, day: Day) -> bool:
    """ "registered poor who cannot pay": still on the register, grown up, out of school, without an employee's pension."""
    out_of_school = person.schooling == OUT_OF_SCHOOL and 16 <= age(person.birth_date, day) <= 59
    return home.poor and out_of_school and person.employee_pension is not True


def _care(person: Person, home: Home, day: Day) -> bool:
    """ "severely disabled, or non-severe intellectual/mental and others"."""
    severe = person.disability_grade in ("一级", "二级")
    return disabled(person) and (severe or person.disability_category in ("智力残疾", "精神残疾"))


# Code → who is entitled, of the persons on file.
PERSONS: dict[str, Of] = {
    "AGE-80": aged(80, 89),
    "AGE-90": aged(90, 99),
    "AGE-100": aged(100),
    "DB-AGE-80": lambda one, home, day: one.subsistence_allowance is True and aged(80, 89)(one, home, day),
    "DB-AGE-90": lambda one, home, day: one.subsistence_allowance is True and aged(90, 99)(one, home, day),
    "EDU-PRE": at("学前教育"),
    "EDU-FREE-PRE": at("学前教育"),
    "EDU-BOARD-PRI": at("小学", boarding=True),
    "EDU-BOARD-JUN": at("七年级", "八年级", "九年级", boarding=True),
    "EDU-SENIOR": at("普通高中", "中职"),
    "EDU-FREE-SEN": at("普通高中"),
    "EDU-FREE-VOC": at("中职"),
    "EDU-UNI": at("高职高专", "大专", "本科", "硕士"),
    "YULU": at("中职", "高职高专", "技师学院"),
    "DIS-STU-SEN": lambda one, home, day: disabled(one) and at("普通高中")(one, home, day),
    "DIS-LIVE": lambda one, home, day: (
        disabled(one) and (home.supported(day) or one.subsistence_allowance is True)
    ),
    "DIS-CARE": _care,
    "WUBAO-IN": lambda one, home, day: one.extremely_poor_support is True and one.support_mode == "集中供养",
    "WUBAO-OUT": lambda one, home, day: one.extremely_poor_support is True and one.support_mode == "分散供养",
    "ORPHAN-OUT": lambda one, home, day: one.orphan is True and one.support_mode != "集中供养",
    "ORPHAN-IN": lambda one, home, day: one.orphan is True and one.support_mode == "集中供养",
    "CHILD-HARD": lambda one, home, day: one.child_in_difficulty is True,
    "PENSION-BASE": lambda one, home, day: one.resident_pension is True and aged(60)(one, home, day),
    "PENSION-PAID": _pension_paid,
    "YINLING-AGE": lambda one, home, day: home.supported(day) and aged(60)(one, home, day),
    "COOP-PARTY": lambda one, home, day: (
        home.supported(day) and one.political_status == "中共党员" and aged(80)(one, home, day)
    ),
}


def _able(home: Home) -> bool:
    return any(one.labour_capacity in ABLE for one in home.members)


# Code → which households are.
HOMES: dict[str, Callable[[Home, Day], bool]] = {
    "HOUSE-REBUILD": lambda home, day: home.supported(day) and home.grade == "D级",
    "HOUSE-REPAIR": lambda home, day: home.supported(day) and home.grade == "C级",
    "TEMP-AID": lambda home, day: home.struck,
    "PV-INCOME": lambda home, day: home.supported(day) and not _able(home),
    "POWER-FREE": lambda home, day: any(
        one.subsistence_allowance is True or one.extremely_poor_support is True for one in home.members
    ),
    "PROJECT-PER-HH": lambda home, day: home.supported(day) and _able(home),
    "INS-PROV": lambda home, day: home.supported(day) and home.level == "省定",
}


def homes(asked: Asked) -> dict[int, Home]:
    """Every household on file on the day, wherever it lies."""
    rows, day, found = asked.rows, asked.until, {}
    for home in rows.of(Household):
        known = [one for one in in_order(rows.by(StatusEvent, "household_id")[home.pk])
                 if one.on <= day and by_then(one.recorded_at, day)]  # fmt: skip
        if not known or known[-1].kind == "注销":
            continue
        poor = sum(one.households for one in known) == 1
        exits = [one.on for one in _past(rows, home, known) if one.kind == "退出"]
        grades = [(one.year, one.house_grade) for one in rows.by(Living, "household_id")[home.pk]
                  if one.year <= day.year]  # fmt: skip
        found[home.pk] = Home(
            village=known[-1].village_id,
            poor=poor,
            left=None if poor else exits[-1],
            grade=max(grades, default=(0, ""))[1],
            struck=any(_open(one, day) for one in rows.by(Shock, "household_id")[home.pk]),
            level=_level(rows, known[-1].village_id, day),
            members=[one for one in rows.by(Person, "household_id")[home.pk] if one.present],
        )
    return found


def _past(rows: Rows, home: Household, known: list[StatusEvent]) -> list[StatusEvent]:
    """What happened to the household; before it was split off, to the one it was part of."""
    if not home.split_from:
        return known
    (old,) = rows.by(Household, "number")[home.split_from]
    before = [one for one in in_order(rows.by(StatusEvent, "household_id")[old.pk]) if one.pk < known[0].pk]
    return [*_past(rows, old, before), *known] if before else known


def _open(shock: Shock, day: Day) -> bool:
    return shock.happened_on <= day and (shock.settled_on is None or shock.settled_on > day)


def _level(rows: Rows, village: int, day: Day) -> str:
    for one in rows.by(KeyVillage, "area_id")[village]:
        then = villages.stood(rows, one, day, day)
        if then and then.state != "摘帽":
            return then.level
    return ""


def in_force(rows: Rows, day: Day) -> set[str]:
    """Codes whose last line that has begun by the day has not ended."""
    last: dict[str, Policy] = {}
    for one in sorted(rows.of(Policy), key=lambda each: each.valid_from):
        if one.valid_from <= day:
            last[one.code] = one
    return {code for code, one in last.items() if one.valid_to is None or one.valid_to >= day}


def coverage(asked: Asked) -> Counted:
    """Entitled on the day; of those who had something delivered this year; who had not; what went to others."""
    rows, day = asked.rows, asked.until
    everywhere, told = homes(asked), {}
    year = [
        datetime.date(day.year, 1, 1) + datetime.timedelta(days=n) for n in range(day.timetuple().tm_yday)
    ]
    # Also what was given to a place or a firm: nobody is named who would be entitled.
    given = [one for one in rows.of(Measure) if one.state == "落实" and one.year == day.year
             and one.delivered_on <= day and asked.here(place_of(rows, one, day))]  # fmt: skip
    for code in sorted({*PERSONS, *HOMES} & in_force(rows, day)):
        of_home = code in HOMES

        def fulfils(home: Home, person: Person | None, on: Day, code: str = code) -> bool:
            return HOMES[code](home, on) if person is None else PERSONS[code](person, home, on)

        owners = {
            key: (home, person)
            for pk, home in everywhere.items()
            for key, person in ([(pk, None)] if of_home else [(one.pk, one) for one in home.members])
        }
        entitled = {key for key, (home, person) in owners.items()
                    if asked.here(home.village) and fulfils(home, person, day)}  # fmt: skip
        got = [one.household_id if of_home else one.person_id for one in given
               if rows.one(Policy, one.policy_id).code == code]  # fmt: skip
        undue = [key for key in got if key not in owners or not any(fulfils(*owners[key], on) for on in year)]
        met = len(entitled & set(got))
        told |= {
            f"entitled_{code}": len(entitled),
            f"met_{code}": met,
            f"unmet_{code}": len(entitled) - met,
            f"undue_{code}": len(undue),
            f"{code}_rate": share(met, len(entitled)),
        }
    return told
