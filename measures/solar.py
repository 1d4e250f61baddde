"""光伏优先次序 (R101; 004 第三章第五节一): who comes first where photovoltaic help is given.

Villages without collective income, and households without labour, without resources and without a stable income.
A household is ranked by how many of the four conditions hold; among equals one of a village without collective income
comes first. A village is ranked by whether it has collective income, then by how many of its poor households have none
of the three. Readings: what is not on record fulfils no condition and is named; resources are land and water of the
last year taken down; a stable income is wages or business in the last survey, or a member at work.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Case as Choice
from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models import When as Where
from django.db.models.functions import Coalesce

from areas.models import Area, Level
from households.models import Household
from measures import hiring, means
from measures.conditions import OF_HOUSEHOLD, All, Condition, Is, Member, Not
from measures.eligibility import ABLE, POOR_FAMILY
from measures.facts import Case, HomeFacts, When, collective, homes, newest
from measures.models import Project
from measures.models.asset import SOLAR_POLICY

POLICY, WORD = SOLAR_POLICY, "光伏"
# A farm project that says so is one of these.
PROJECTS = (Q(chapter=hiring.CHAPTER) | Q(category=hiring.CATEGORY)) & (
    Q(name__contains=WORD) | Q(content__contains=WORD)
)
RULE = "光伏项目和收益先给没有集体收入的村，先给没有劳动力、没有资源、没有稳定收入的贫困户"
SOURCE = "《台儿庄区“十三五”脱贫攻坚规划》（台政发〔2018〕2号）三章五节一"
UNKNOWN_LABOUR = Member(Is("labour_capacity", ("",)))


class NoLabour(All):
    """Nobody able to work, and of nobody unknown."""

    def __init__(self) -> None:
        super().__init__(Not(Member(ABLE), ""), Not(UNKNOWN_LABOUR, ""))

    @property
    def sentence(self) -> str:
        return "没有劳动力"


NO_COLLECTIVE: Condition = means.NoCollectiveIncome()
NO_LABOUR: Condition = NoLabour()
NO_RESOURCES: Condition = means.NoResources()
NO_INCOME: Condition = means.NoStableIncome()
OF_HOME = (NO_LABOUR, NO_RESOURCES, NO_INCOME)
CONDITIONS = (NO_COLLECTIVE, *OF_HOME)
THREE = All(*OF_HOME)
# What a list of households is ordered by, and one of villages.
ORDER = ("-solar_rank", "-solar_village", "pk")
VILLAGE_ORDER = ("-solar_village", "-solar_homes", "code")
# Of the select of an application: towns and counties in front of the villages.
CHOICE_ORDER = (Choice(Where(level=Level.VILLAGE, then=Value(1)), default=Value(0)), *VILLAGE_ORDER)


@dataclass(frozen=True)
class Priority:
    """What of the rule holds, each with the record it rests on, and what the record does not say."""

    met: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def rank(self) -> int:
        return len(self.met)

    @property
    def sentence(self) -> str:
        said = f"符合 {self.rank} 项：{'；'.join(self.met)}" if self.met else "不符合优先条件"
        return f"{said}。没有登记{'、'.join(self.unknown)}" if self.unknown else said


def of_home(home: HomeFacts, day: datetime.date) -> Priority:
    """The priority of one household."""
    case, when = Case(home), When(day)
    here = [one for one in home.members if one.present]
    told = {
        NO_COLLECTIVE: f"所在村{home.collective_year}年没有村集体经济收入",
        NO_LABOUR: f"家中{len(here)}人都没有劳动能力",
        NO_RESOURCES: f"{home.land_year}年没有耕地、林地、林果、牧草地和水面",
        NO_INCOME: f"{home.earned_year}年没有工资和生产经营收入，也没有人务工",
    }
    unknown = {
        "村集体经济收入": home.collective is None,
        "劳动能力": UNKNOWN_LABOUR.holds(case, when) and not Member(ABLE).holds(case, when),
        "土地": home.land is None,
        "收入": home.earned is None,
    }
    return Priority(
        tuple(said for condition, said in told.items() if condition.holds(case, when)),
        tuple(word for word, missing in unknown.items() if missing),
    )


def of_homes(households: Iterable[int], day: datetime.date) -> dict[int, Priority]:
    return {home.id: of_home(home, day) for home in homes(households, day)}


def ranked(households: Any, day: datetime.date) -> Any:
    """Households with `head_name`, and `solar_rank` and `solar_village`, what ORDER goes by."""
    when = When(day)
    parts = [_one(condition.q(when, OF_HOUSEHOLD)) for condition in CONDITIONS]
    return households.with_head().annotate(solar_rank=sum(parts[1:], parts[0]), solar_village=parts[0])


def three_none(households: Any, day: datetime.date) -> Any:
    """Poor households on file that have neither labour nor resources nor a stable income."""
    when = When(day)
    poor = households.filter(registered_on__isnull=False, removed_on__isnull=True)
    return poor.filter(POOR_FAMILY.q(when, OF_HOUSEHOLD), THREE.q(when, OF_HOUSEHOLD))


def villages(areas: Any, day: datetime.date) -> Any:
    """Areas with what ranks them: `solar_village` (1: a village without collective income), `solar_homes` (how many
    households have none of the three), `collective` and `collective_year`, and `stations`, its projects so far."""
    income = collective(OuterRef("pk"), day)
    homes_here = three_none(Household.objects.filter(village=OuterRef("pk")), day)
    projects = Project.objects.filter(PROJECTS, area=OuterRef("pk")).live()
    return areas.annotate(
        collective=newest(income, "value"),
        collective_year=newest(income, "year"),
        solar_village=_one(Q(level=Level.VILLAGE) & means.none(income)),
        solar_homes=_count(homes_here, "village"),
        stations=_count(projects, "area"),
    )


def said_of(area: Any) -> str:
    """Why a village stands where it does; `area` is one of `villages`."""
    if area.collective is None:
        first = "没有登记村集体经济收入"
    elif area.solar_village:
        first = f"{area.collective_year}年没有村集体经济收入"
    else:
        first = f"{area.collective_year}年村集体经济收入 {area.collective:,.2f} 元"
    return f"{first}；没有劳动力、资源和稳定收入的贫困户 {area.solar_homes} 户"


def is_solar(project: Project) -> bool:
    """As PROJECTS asks the database."""
    return hiring.is_farm(project.chapter, project.category) and WORD in f"{project.name} {project.content}"


@dataclass(frozen=True)
class Standing:
    """Where the village of a project stands among those of its county."""

    reason: str
    ahead: int


def of_project(project: Project, day: datetime.date) -> Standing | None:
    """`ahead`: how many villages come before it and have no solar project yet; None for any other project or place."""
    place = project.area
    if not is_solar(project) or place.level != Level.VILLAGE or place.parent is None:
        return None
    mine = villages(Area.objects.filter(pk=place.pk), day).get()
    others = Area.objects.valid_on(day).filter(level=Level.VILLAGE, parent__parent=place.parent.parent_id)
    before = Q(solar_village__gt=mine.solar_village) | Q(
        solar_village=mine.solar_village, solar_homes__gt=mine.solar_homes
    )
    ahead = villages(others.exclude(pk=place.pk), day).filter(before, stations=0).count()
    return Standing(said_of(mine), ahead)


def _one(condition: Q) -> Choice:
    return Choice(Where(condition, then=Value(1)), default=Value(0), output_field=IntegerField())


def _count(rows: Any, by: str) -> Coalesce:
    counted = rows.order_by().values(by).annotate(here=Count("pk")).values("here")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))
