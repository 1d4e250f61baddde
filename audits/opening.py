"""Opening a list and putting households or villages on it: who may, where, whom, and how many the year's plan has."""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from accounts.models import User
from areas.models import Area, Level
from areas.scope import AreaScope
from audits import checks, procedures
from audits.models import AuditList, Delegation, Entry
from audits.procedures import ListKind
from audits.targets import YearlyTarget
from households.lookup import plain
from households.models import LEFT, Household, Living, Watch
from households.models.number import WIDTHS
from households.record import head_names
from villages.models import KeyVillage

# 回退 is opened from what it undoes.
KINDS = (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT, ListKind.ENTRY, ListKind.RENOVATION)
MOST_SHOWN = 200


def reach(user: User, roles: Collection[str], on: datetime.date) -> AreaScope:
    """Where the user has one of the roles, or stands in for who has."""
    duties = [duty for duty in user.valid_duties() if duty.role in roles]
    for delegation in Delegation.objects.valid_on(on).filter(deputy=user).select_related("principal"):
        duties += [duty for duty in delegation.principal.valid_duties() if duty.role in roles]
    return AreaScope.of([duty.area for duty in duties])


def grounds(user: User, kind: str, on: datetime.date) -> list[Area]:
    """Areas in which the user may open a list of the kind, in code order."""
    procedure = procedures.current(kind, on)
    able = reach(user, procedure.openers, on)
    visible = Area.objects.visible_to(user).valid_on(on).filter(level=procedure.unit)
    return [
        area
        for area in visible.select_related("parent__parent__parent__parent").order_by("code")
        if able.covers(area)
    ]


@dataclass(frozen=True)
class Standing:
    """How the year stands in an area: its plan (None: none was set), and households and persons by what became
    of them. The plan is shown, never a quota: nothing passes or is stopped for it."""

    area: Area
    target: YearlyTarget | None
    register: tuple[int, int]
    listed: tuple[int, int]
    left: tuple[int, int]


def standings(areas: Sequence[Area], year: int) -> list[Standing]:
    """Of areas of one level (county, town or village), in four statements."""
    if not areas:
        return []
    column = f"{areas[0].level}_id"
    ids = [area.pk for area in areas]
    here = Household.objects.filter(**{f"{column}__in": ids})
    on_list = Entry.objects.standing().filter(
        household=OuterRef("pk"), kind=ListKind.HOUSEHOLD_EXIT, audit_list__year=year
    )
    register = _counted(here.in_register(), column)
    listed = _counted(here.filter(Exists(on_list)), column)
    left = _counted(here.filter(exit_mark=LEFT, exit_year=year, removed_on__isnull=True), column)
    plans = YearlyTarget.objects.current().filter(area__in=ids, year=year, kind=ListKind.HOUSEHOLD_EXIT)
    targets = {plan.area_id: plan for plan in plans}
    none = (0, 0)
    return [
        Standing(
            area,
            targets.get(area.pk),
            register.get(area.pk, none),
            listed.get(area.pk, none),
            left.get(area.pk, none),
        )
        for area in areas
    ]


def _counted(rows: Any, column: str) -> dict[int, tuple[int, int]]:
    found = rows.order_by().values_list(column).annotate(households=Count("pk"), persons=Sum("member_count"))
    return {area: (households, persons) for area, households, persons in found}


@dataclass(frozen=True)
class Suggested:
    """Who may be put on a list: `key` is what is ticked, `said` why it is suggested."""

    key: str
    name: str
    where: str
    said: str
    subject: Household | Area


def suggested(audit_list: AuditList, user: User, asked: str) -> tuple[list[Suggested], bool]:
    """Those whom the kind of list is for, or with a word those whose name or 户编号 it is; whether there are more."""
    if audit_list.kind == ListKind.VILLAGE_EXIT:
        return list(_villages(audit_list, user, asked)), False
    listed = Entry.objects.standing().filter(kind=audit_list.kind, household=OuterRef("pk"))
    rows: Any = (
        Household.objects.visible_to(user)
        .in_area(audit_list.area)
        .filter(~Exists(listed), removed_on__isnull=True)
        .annotate(grade=Subquery(_grades().values("house_grade")[:1]))
        .annotate(watched=Exists(Watch.objects.filter(household=OuterRef("pk"), risk_removed=False)))
        .select_related("village")
        .order_by("number")
    )
    if asked:
        number = plain(asked)
        by_number = Q(number=number.zfill(WIDTHS["household"])) if number.isdecimal() else Q(pk__in=())
        rows = rows.filter(by_number | Q(pk__in=Household.objects.named(asked).values("pk")))
    rows = rows.filter(_meant(audit_list.kind, sought=bool(asked)))
    found = list(rows[: MOST_SHOWN + 1])
    names = head_names(row.pk for row in found)
    shown = [
        Suggested(
            row.number,
            names.get(row.pk, ""),
            f"{row.village.name} {row.villager_group}",
            _said(audit_list.kind, row),
            row,
        )
        for row in found[:MOST_SHOWN]
    ]
    return shown, len(found) > MOST_SHOWN


def _meant(kind: str, *, sought: bool) -> Q:
    """Whom a list of the kind may take; unsought, of 已脱贫 only those that are watched, of houses the unsafe ones."""
    if kind == ListKind.HOUSEHOLD_EXIT:
        return Q(exit_mark__in=("未脱贫", "返贫"), registered_on__isnull=False)
    if kind == ListKind.ENTRY:
        left = Q(exit_mark=LEFT) if sought else Q(exit_mark=LEFT, watched=True)
        return Q(registered_on__isnull=True) | left
    if kind == ListKind.RENOVATION:
        unsafe = Q() if sought else Q(grade__in=checks.UNSAFE)
        return Q(registered_on__isnull=False) & unsafe
    return Q(exit_mark=LEFT)


def _grades() -> Any:
    return Living.objects.filter(household=OuterRef("pk")).order_by("-year")


def _said(kind: str, row: Any) -> str:
    words = [f"{row.member_count}人"]
    if kind == ListKind.RENOVATION:
        words.append(f"房屋{row.grade}" if row.grade else "房屋等级未填")
    elif kind == ListKind.ENTRY:
        words.append("申请户" if row.registered_on is None else f"{row.exit_year or ''}年脱贫")
        if row.watched:
            words.append("监测对象")
    return "　".join(words)


def _villages(audit_list: AuditList, user: User, asked: str) -> Iterator[Suggested]:
    listed = Entry.objects.standing().filter(kind=ListKind.VILLAGE_EXIT, area=OuterRef("area"))
    rows = (
        KeyVillage.objects.visible_to(user)
        .in_area(audit_list.area)
        .filter(~Exists(listed), on_list=True, area__name__contains=asked)
        .select_related("area__parent")
        .order_by("area__code")
    )
    for row in rows:
        said = f"{row.level}重点村　{row.batch}"
        if row.planned_exit_year is not None:
            said += f"　计划{row.planned_exit_year}年退出"
        yield Suggested(row.area.code, row.area.name, str(row.area.parent), said, row.area)


def parts_of(area: Area, user: User, on: datetime.date) -> list[Area]:
    """Towns of a county, villages of a town: what lies below and is seen."""
    below = {Level.COUNTY: Level.TOWN, Level.TOWN: Level.VILLAGE}[Level(area.level)]
    visible = Area.objects.visible_to(user).valid_on(on).filter(parent=area, level=below)
    return list(visible.order_by("code"))
