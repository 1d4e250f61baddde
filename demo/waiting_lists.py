"""Lists that wait in November 2018, at each stage of each procedure, taken there by the machine (demo/desk.py).

The home village and the home town are those of the ten accounts: what waits for a village, a helper, a town or
an approver waits there, the rest elsewhere in the county. A small county has fewer households than the plan
below has lists; the lists that find nobody are left out.
"""

import datetime
import random
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Sum

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from audits.models import AdjustmentWindow, AuditList, Delegation, Entry, Lookback, YearlyTarget
from audits.models.lookback import Result
from audits.procedures import ListKind
from audits.targets import Source
from demo import accounts, help_given, village_exits
from demo.applicants import Applicants
from demo.desk import Desk
from demo.incomes import LINES
from demo.officials import Officials
from demo.store import at
from demo.world import PLAN
from households import year_plan
from households.models import LEFT, Household, Survey
from villages.models import KeyVillage

HOME, TOWN, ELSEWHERE = "home", "town", "elsewhere"
WINDOWS = (
    (datetime.date(2017, 12, 1), datetime.date(2017, 12, 31)),
    (datetime.date(2018, 11, 1), datetime.date(2018, 12, 31)),
)
# A clean list of sixty, in the village with most households of the home town.
MANY_HOUSES, MANY_IN = 60, "耿山子村"
STORM = "2018年8月台风后房屋受损，鉴定为C级"
RUIN = "2018年8月台风后房屋严重受损，鉴定为D级，拆除重建"
FALLEN_BACK = "家庭主要劳动力患重病，收入下降，生活困难"
NEWLY_POOR = "家庭成员患重病，支出大，人均纯收入低于标准"
LARGEST_LIST = 8
# What the first visits found, and then all the others.
FOUND_AGAIN = (
    (Result.AT_RISK, "户主新查出慢性病，医药费增加，收入接近标准"),
    (Result.STABLE, "收入稳定，两不愁三保障都在"),
)
# One household there has not been given all it is entitled to.
OWED_IN = "德胜庄村"


def day(month: int, of: int) -> datetime.date:
    return datetime.date(2018, month, of)


@dataclass(frozen=True)
class Wait:
    """A list that waits at a stage. `ready`: all is there, a notice is over when the day has come; `part`: how
    many households of the village at most (all of them when 0); `ruin`: houses of grade D."""

    stage: str
    where: str
    opened: datetime.date
    ready: bool = False
    part: int = 0
    ruin: bool = False


EXITS = (
    Wait("verification", HOME, day(11, 14), part=1),
    Wait("appraisal", HOME, day(11, 16)),
    Wait("acceptance", TOWN, day(11, 1)),
    Wait("approval", TOWN, day(10, 30)),
    Wait("strike-off", TOWN, day(10, 12)),
    Wait("village-notice", TOWN, day(11, 9)),
    Wait("announcement", TOWN, day(10, 25), ready=True),
    Wait("approval", TOWN, day(10, 18)),
    Wait("filing", ELSEWHERE, day(10, 22)),
    Wait("village-notice", ELSEWHERE, day(11, 12), ready=True),
    Wait("village-notice", ELSEWHERE, day(11, 5), ready=True),
    Wait("proposal", ELSEWHERE, day(11, 19)),
    Wait("appraisal", ELSEWHERE, day(11, 15)),
    Wait("verification", ELSEWHERE, day(11, 15)),
    Wait("consent", ELSEWHERE, day(11, 14)),
    Wait("submission", ELSEWHERE, day(11, 5)),
    Wait("acceptance", ELSEWHERE, day(10, 10)),
    Wait("approval", ELSEWHERE, day(11, 1)),
    Wait("announcement", ELSEWHERE, day(10, 29), ready=True),
    Wait("filing", ELSEWHERE, day(10, 20)),
    Wait("filing", ELSEWHERE, day(10, 23)),
    Wait("strike-off", ELSEWHERE, day(10, 8)),
    Wait("proposal", ELSEWHERE, day(10, 9)),
)
ENTRIES = (
    Wait("verification", HOME, day(11, 17), part=1),
    Wait("village-notice", HOME, day(11, 6), ready=True, part=1),
    Wait("review", TOWN, day(11, 6), part=1),
    Wait("town-notice", TOWN, day(10, 19), ready=True, part=2),
    Wait("entering", TOWN, day(10, 8), part=1),
    Wait("application", ELSEWHERE, day(11, 19), part=2),
    Wait("appraisal", ELSEWHERE, day(11, 15), part=1),
    Wait("approval", ELSEWHERE, day(10, 22), part=1),
    Wait("announcement", ELSEWHERE, day(10, 20), part=1),
)
# Of households that were never registered; the ones above return.
NEW_ENTRIES = (
    Wait("application", HOME, day(11, 18)),
    Wait("review", TOWN, day(11, 5)),
    Wait("approval", ELSEWHERE, day(10, 22)),
    Wait("entering", TOWN, day(10, 6)),
)
HOUSES = (
    Wait("first-notice", HOME, day(11, 8), ready=True, part=2),
    Wait("second-notice", TOWN, day(10, 29), ready=True, part=2),
    Wait("agreement", TOWN, day(10, 8), part=1, ruin=True),
    Wait("works", TOWN, day(9, 24), part=1),
    Wait("archive", TOWN, day(9, 18), part=1),
    Wait("application", ELSEWHERE, day(11, 19), part=2),
    Wait("appraisal", ELSEWHERE, day(11, 16), part=1, ruin=True),
    Wait("review", ELSEWHERE, day(11, 6), part=3, ruin=True),
    Wait("approval", ELSEWHERE, day(10, 22), part=2),
    Wait("third-notice", ELSEWHERE, day(10, 18), ready=True, part=1),
    Wait("acceptance", ELSEWHERE, day(9, 20), part=1, ruin=True),
    Wait("payment", ELSEWHERE, day(9, 15), part=1, ruin=True),
)
REVERSALS = (
    Wait("proposal", TOWN, day(11, 19), part=1),
    Wait("approval", ELSEWHERE, day(11, 12), part=1),
    Wait("approval", TOWN, day(10, 15), part=1),
)


@dataclass
class Waiting:
    county: Area
    officials: Officials
    taken: set[int] = field(default_factory=set)
    lists: list[tuple[str, AuditList]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.officials)
        places = accounts.areas_of(self.county)
        self.home, self.town = places[Role.VILLAGE], places[Role.TOWN]

    def help(self, rng: random.Random, left: Collection[int], by: User, today: datetime.date) -> None:
        """What they are entitled to, for those who left in 2017 and for those who are to leave in 2018."""
        leaving = [each for homes in self._leaving().values() for each in homes]
        owed = [each.pk for each in leaving if each.village.name == OWED_IN][:1]
        help_given.give(rng, left, datetime.date(today.year - 1, 12, 15), by=by)
        help_given.afforest(left, today.year - 1, by=by)
        help_given.give(rng, left, today, by=by, stopped=help_given.STOPPED)
        help_given.give(rng, [each.pk for each in leaving], today, by=by, without=owed)

    def write(self, today: datetime.date) -> None:
        """Everything after the windows and targets of 2017 and 2018 are there."""
        self._kind(ListKind.HOUSEHOLD_EXIT, EXITS, self._leaving())
        left = self._left()
        self._many_houses(left)
        self._kind(ListKind.RENOVATION, HOUSES, left, reason=STORM)
        self._kind(ListKind.ENTRY, ENTRIES, left, reason=FALLEN_BACK)
        self._kind(ListKind.REVERSAL, REVERSALS, left, reason="复核发现退出时收入核算有误，应予回退")
        self._applicants(today)
        self.lists += [
            (self._where(each.area), each) for each in village_exits.write(self.county, self.desk, self.town)
        ]
        self._send_back()
        self._objections()
        self._delegations(today)
        self._looked_at_again(today)

    def _leaving(self) -> dict[Area, list[Household]]:
        """Who has a survey of 2018 that lets them leave, by village."""
        surveyed = Survey.objects.filter(
            year=2018, food_assured=True, surveyed_on__month=9, net_income_per_capita__gt=LINES[2018]
        )
        rows = Household.objects.in_register().filter(
            planned_exit_year=2018, pk__in=surveyed.values("household"), registered_on__year__lt=2018
        )
        return self._by_village(rows.exclude(return_year=2018))

    def _left(self) -> dict[Area, list[Household]]:
        """Who left in 2016 and 2017 and is still there: houses, returns and reversals are theirs."""
        return self._by_village(Household.objects.filter(exit_mark=LEFT, removed_on__isnull=True))

    def _by_village(self, rows: object) -> dict[Area, list[Household]]:
        found: dict[Area, list[Household]] = defaultdict(list)
        related = rows.select_related("village__parent", "county")  # type: ignore[attr-defined]
        for household in related.order_by("village__code", "number"):
            found[household.village].append(household)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))

    def _kind(
        self, kind: str, plan: Sequence[Wait], by_village: dict[Area, list[Household]], reason: str = ""
    ) -> None:
        for wait in plan:
            village = self._village(kind, wait, by_village)
            if village is None:
                continue
            here = [each for each in by_village[village] if each.pk not in self.taken]
            chosen = here[: wait.part or LARGEST_LIST]
            self.taken |= {each.pk for each in chosen}
            if wait.ruin:
                self.desk.past_repair |= {each.pk for each in chosen}
            opened = self.desk.open(
                kind,
                village,
                chosen,
                on=wait.opened,
                reason=RUIN if wait.ruin else reason,
                standard="省定标准" if kind == ListKind.ENTRY else "",
            )
            self.desk.reach(opened, wait.stage, wait.opened, ready=wait.ready)
            self.lists.append((wait.where, opened))

    def _village(self, kind: str, wait: Wait, by_village: dict[Area, list[Household]]) -> Area | None:
        """The village of the place with most households left over, one that has no list of the kind yet first."""
        listed = {each.area_id for _, each in self.lists if each.kind == kind}
        free = [
            village
            for village, households in by_village.items()
            if self._where(village) == wait.where and any(each.pk not in self.taken for each in households)
        ]
        free.sort(key=lambda village: village.pk in listed)
        if wait.where != HOME:
            free = [village for village in free if village.pk not in listed]
        return free[0] if free else None

    def _where(self, village: Area) -> str:
        if village.pk == self.home.pk:
            return HOME
        return TOWN if village.parent_id == self.town.pk else ELSEWHERE

    def _applicants(self, today: datetime.date) -> None:
        """One household a list, in the first village of the place that has no list of the kind."""
        made = Applicants(self.officials, today)
        for wait in NEW_ENTRIES:
            listed = {each.area_id for _, each in self.lists if each.kind == ListKind.ENTRY}
            there = [each for each in self.county.villages() if self._where(each) == wait.where]
            village = min(there, key=lambda each: (each.pk in listed, each.code))
            home = made.take_down(village, wait.opened)
            opened = self.desk.open(ListKind.ENTRY, village, [home], on=wait.opened, reason=NEWLY_POOR)
            self.desk.reach(opened, wait.stage, wait.opened)
            self.lists.append((wait.where, opened))

    def _many_houses(self, left: dict[Area, list[Household]]) -> None:
        """Sixty houses of one village after a storm: a clean list that waits for the approver."""
        village = next(
            (each for each in left if each.name == MANY_IN and each.parent_id == self.town.pk), None
        )
        if village is None:
            return
        chosen = left[village][:MANY_HOUSES]
        self.taken |= {each.pk for each in chosen}
        opened = self.desk.open(ListKind.RENOVATION, village, chosen, on=day(11, 5), reason=STORM)
        self.desk.reach(opened, "review", day(11, 5))
        self.lists.append((TOWN, opened))

    def _looked_at_again(self, today: datetime.date) -> None:
        """回头看 of 2017: one of the county, visited in part, and one of the home town that is late."""
        for area, role, percent, drawn_on, due_on in (
            (self.county, Role.DISTRICT, 5, day(9, 10), day(12, 10)),
            (self.town, Role.TOWN, 10, day(10, 8), day(11, 15)),
        ):
            sample = Lookback.draw(
                area=area,
                year=today.year - 1,
                seed=f"演示{drawn_on:%m%d}",
                due_on=due_on,
                by=self.officials.of(role, area),
                on=drawn_on,
                percent=percent,
                visitor="镇驻村工作队",
                at=at(drawn_on),
            )
            visits = list(sample.visits.select_related("village", "lookback"))
            for place, visit in enumerate(visits[: len(visits) * 2 // 3]):
                result, finding = FOUND_AGAIN[min(place, len(FOUND_AGAIN) - 1)]
                on = drawn_on + datetime.timedelta(days=3 + place % 20)
                visit.record(
                    result=result,
                    finding=finding,
                    visitor=visit.visitor,
                    visited_on=on,
                    by=self.officials.of(Role.HELPER, visit.village),
                    on=on,
                    at=at(on),
                )

    def _at(self, kind: str, stage: str) -> list[AuditList]:
        return [each for _, each in self.lists if each.kind == kind and each.stage == stage]

    def _send_back(self) -> None:
        """A list came back from the acceptance to be appraised anew."""
        for audit_list in self._at(ListKind.HOUSEHOLD_EXIT, "acceptance")[1:2]:
            on = day(11, 12)
            audit_list.send_back(
                "acceptance",
                "appraisal",
                by=self.desk.actor(audit_list),
                on=on,
                reason="村民代表到会人数不足三分之二，请重新召开会议评议",
                at=at(on),
            )

    def _objections(self) -> None:
        """Two stand open: one may still be answered in time, the other should have been."""
        placed = (
            (
                ListKind.HOUSEHOLD_EXIT,
                "village-notice",
                day(11, 17),
                "反映该户儿子在外务工，收入没有如实计算",
            ),
            (ListKind.ENTRY, "town-notice", day(10, 31), "反映该户在城里有住房，不符合纳入条件"),
        )
        for kind, stage, on, text in placed:
            for audit_list in self._at(kind, stage)[:1]:
                if on < audit_list.stage_since:
                    on = audit_list.stage_since
                entry = Entry.objects.standing().filter(audit_list=audit_list).select_related("area")[0]
                audit_list.object_to(
                    text,
                    by=self.officials.of(Role.VILLAGE, entry.area),
                    on=on,
                    entry=entry,
                    raised_by="演示村民",
                    contact="电话另记",
                    at=at(on),
                )

    def _delegations(self, today: datetime.date) -> None:
        """The approver's colleague is away for two weeks, and so is the town's; the accounts stand in."""
        for role in (Role.TOWN, Role.LEADER):
            Delegation.give(
                principal=self.officials.of(role, self.town),
                deputy=User.objects.get(username=role),
                start_on=today - datetime.timedelta(days=5),
                end_on=today + datetime.timedelta(days=9),
                reason="外出培训",
                at=at(today - datetime.timedelta(days=6)),
            )


def windows(county: Area, by: User) -> None:
    """When the national system could be changed, as the district recorded it."""
    for opens, closes in WINDOWS:
        told = opens - datetime.timedelta(days=10)
        AdjustmentWindow.objects.create(
            county=county,
            opens_on=opens,
            closes_on=closes,
            source="全国扶贫开发信息系统动态调整通知（演示）",
            recorded_by=by,
            recorded_at=at(told),
        )


def targets(county: Area, by: User) -> None:
    """What 004 专栏2 wants out in 2017 and 2018, by town; households at the county's mean of a town's plan.

    Never more than a town has to share out in the year, which may be less than the plan printed.
    """
    for town in county.children.all():
        for year in (2017, 2018):
            here = Household.objects.in_area(town)
            stock = year_plan.shared_out(here, year_plan.STOCK, year).aggregate(
                homes=Count("pk"), people=Sum("member_count")
            )
            persons = min(PLAN[town.name][year], stock["people"] or 0)
            YearlyTarget.set(
                area=town,
                year=year,
                kind=ListKind.HOUSEHOLD_EXIT,
                by=by,
                at=at(datetime.date(year, 3, 1)),
                source=Source.PLAN,
                households=min((persons * 10 + 20) // 21, stock["homes"]),
                persons=persons,
            )
        standing = KeyVillage.objects.filter(on_list=True, area__parent=town).count()
        if standing:
            YearlyTarget.set(
                area=town,
                year=2018,
                kind=ListKind.VILLAGE_EXIT,
                by=by,
                at=at(datetime.date(2018, 3, 1)),
                source=Source.PLAN,
                villages=standing,
            )
