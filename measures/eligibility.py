"""Who is entitled to which policy, as the record says: declared conditions by the code of the catalogue.

A policy that is not here cannot be told from the record (an illness treated, a course attended) and has no
coverage. Readings where the plans leave a condition open:
- 贫困家庭, 贫困人口 is whoever is on the register or left it less than three years ago (004 十二章二节五); allowances
  by age are everybody's who is on file.
- 雨露计划: the stages of C090 (中职, 高职高专, 技师学院), which is narrower than 专栏9's 中高等职业教育.
- 困难残疾人生活补贴: a household of the register is a 困难家庭 (004 专栏22).
- 养老缴费代缴: "cannot pay" is not in any record; read as still on the register, 16 to 59, out of school, without an
  employee's pension (004 九章二节一).
- 临时救助: a shock that is entered and not settled (004 十二章二节五, R276).
- 光伏: households without anybody able to work come first (003 三章四节二; domain §6); the others are not entitled.
- 危房重建: grade D, 修缮加固: grade C (004 五章一节二 rebuilds no C); by the last year's appraisal.
- 失能护理补贴 (CARE-*): which old people have it at all is not written, only the sums by grade; it has no coverage, and
  the page says so (measures.untold).
- 高龄补贴 and 低保高龄补贴: whether one replaces the other is not stated; both are counted, each for itself.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from households.codes import CODES
from households.models import Household, Person
from measures.conditions import (
    OF_HOUSEHOLD,
    OF_PERSON,
    Age,
    All,
    Condition,
    Either,
    Flag,
    Health,
    HouseGrade,
    InKeyVillage,
    Is,
    Member,
    Not,
    OpenShock,
    Supported,
    missing,
)
from measures.facts import Case, When

LEFT_FILE = "已不在册（减员、注销或未纳入）"


@dataclass(frozen=True)
class Rule:
    """The condition of one policy, and of whom it is asked."""

    code: str
    of: str
    condition: Condition

    @property
    def sentence(self) -> str:
        return self.condition.sentence

    def holds(self, case: Case, when: When) -> bool:
        return case.counted and self.condition.holds(case, when)

    def why_not(self, case: Case, when: When) -> list[str]:
        """What is missing, in sentences; empty for whoever is entitled."""
        if not case.counted:
            return [LEFT_FILE]
        return [f"不符合“{sentence}”" for sentence in missing(self.condition, case, when)]

    @property
    def model(self) -> Any:
        return Person if self.of == OF_PERSON else Household

    @property
    def on_file(self) -> Q:
        """Registered and not cancelled; a person is present as long as that is so."""
        if self.of == OF_PERSON:
            return Q(present=True, household__registered_on__isnull=False)
        return Q(registered_on__isnull=False, removed_on__isnull=True)

    def q(self, when: When) -> Q:
        """Everybody entitled, as a condition on persons or households."""
        return self.on_file & self.condition.q(when, self.of)

    def entitled(self, when: When) -> Any:
        """Everybody entitled in the whole deployment."""
        return self.model.objects.filter(self.q(when))


def _stages(*beginnings: str) -> tuple[str, ...]:
    """Every word of 在校生状况 that begins so: 中职 is 中职一年级, 中职二年级, 中职三年级."""
    return tuple(word for word in CODES["schooling"].words if word.startswith(beginnings))


OUT_OF_SCHOOL = "非在校生"
POOR_FAMILY = Supported()
LOW_INCOME = Flag("subsistence_allowance", "享受低保")
EXTREME = Flag("extremely_poor_support", "特困（五保）供养")
DISABLED = Health("残疾")
SEVERE = Is("disability_grade", ("一级", "二级"), "重度残疾（一级、二级）")
MIND = Is("disability_category", ("智力残疾", "精神残疾"), "智力或精神残疾")
KINDERGARTEN = Is("schooling", _stages("学前教育"), "在园幼儿")
PRIMARY = Is("schooling", _stages("小学"), "小学在校生")
JUNIOR = Is("schooling", _stages("七年级", "八年级", "九年级"), "初中在校生")
SENIOR = Is("schooling", _stages("普通高中"), "普通高中在校生")
VOCATIONAL = Is("schooling", _stages("中职"), "中职在校生")
TRADE = Is("schooling", _stages("中职", "高职高专", "技师学院"), "中职、高职高专或技师学院在校生")
COLLEGE = Is("schooling", _stages("高职高专", "大专及以上", "本科", "硕士"), "高校在校生")
ORPHAN = Flag("orphan", "孤儿")
IN_CARE = Is("support_mode", ("集中供养",), "集中供养")
BOARDER = Flag("boarding", "寄宿")
ABLE = Is("labour_capacity", ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力"), "有劳动能力")


def _persons(*rules: tuple[str, Condition]) -> list[Rule]:
    return [Rule(code, OF_PERSON, condition) for code, condition in rules]


def _households(*rules: tuple[str, Condition]) -> list[Rule]:
    return [Rule(code, OF_HOUSEHOLD, condition) for code, condition in rules]


RULES: dict[str, Rule] = {
    rule.code: rule
    for rule in (
        *_persons(
            ("AGE-80", Age(80, 89)),
            ("AGE-90", Age(90, 99)),
            ("AGE-100", Age(100)),
            ("DB-AGE-80", All(Age(80, 89), LOW_INCOME)),
            ("DB-AGE-90", All(Age(90, 99), LOW_INCOME)),
            ("EDU-PRE", All(POOR_FAMILY, KINDERGARTEN)),
            ("EDU-FREE-PRE", All(POOR_FAMILY, KINDERGARTEN)),
            ("EDU-BOARD-PRI", All(POOR_FAMILY, PRIMARY, BOARDER)),
            ("EDU-BOARD-JUN", All(POOR_FAMILY, JUNIOR, BOARDER)),
            ("EDU-SENIOR", All(POOR_FAMILY, Either(SENIOR, VOCATIONAL))),
            ("EDU-FREE-SEN", All(POOR_FAMILY, SENIOR)),
            ("EDU-FREE-VOC", All(POOR_FAMILY, VOCATIONAL)),
            ("EDU-UNI", All(POOR_FAMILY, COLLEGE)),
            ("YULU", All(POOR_FAMILY, TRADE)),
            ("DIS-STU-SEN", All(POOR_FAMILY, DISABLED, SENIOR)),
            ("DIS-LIVE", All(DISABLED, Either(POOR_FAMILY, LOW_INCOME))),
            ("DIS-CARE", All(DISABLED, Either(SEVERE, MIND))),
            ("WUBAO-IN", All(EXTREME, IN_CARE)),
            ("WUBAO-OUT", All(EXTREME, Is("support_mode", ("分散供养",), "分散供养"))),
            ("ORPHAN-OUT", All(ORPHAN, Not(IN_CARE, "不在机构集中供养"))),
            ("ORPHAN-IN", All(ORPHAN, IN_CARE)),
            ("CHILD-HARD", Flag("child_in_difficulty", "困境儿童")),
            ("PENSION-BASE", All(Age(60), Flag("resident_pension", "参加居民基本养老保险"))),
            (
                "PENSION-PAID",
                All(
                    Supported(years=0),
                    Age(16, 59),
                    Is("schooling", (OUT_OF_SCHOOL,), "不在校"),
                    Not(Flag("employee_pension", ""), "没有参加职工养老保险"),
                ),
            ),
            ("YINLING-AGE", All(POOR_FAMILY, Age(60))),
            (
                "COOP-PARTY",
                All(POOR_FAMILY, Age(80), Is("political_status", ("中共党员",), "中共党员")),
            ),
        ),
        *_households(
            ("HOUSE-REBUILD", All(POOR_FAMILY, HouseGrade(("D级",)))),
            ("HOUSE-REPAIR", All(POOR_FAMILY, HouseGrade(("C级",)))),
            ("TEMP-AID", OpenShock()),
            ("PV-INCOME", All(POOR_FAMILY, Not(Member(ABLE), "家中没有人有劳动能力"))),
            ("POWER-FREE", Member(Either(LOW_INCOME, EXTREME))),
            ("PROJECT-PER-HH", All(POOR_FAMILY, Member(ABLE))),
            ("INS-PROV", All(POOR_FAMILY, InKeyVillage(("省定",)))),
        ),
    )
}
# The ten whose coverage is held against a recount (issue: must show), in the order they are named there.
NAMED = (
    "AGE-80",
    "DB-AGE-90",
    "YULU",
    "DIS-LIVE",
    "HOUSE-REBUILD",
    "EDU-PRE",
    "PENSION-PAID",
    "TEMP-AID",
    "PV-INCOME",
    "POWER-FREE",
)
