"""计划退出的重点村, by name (R073, R064): the list with where each stands, the file that dates them, and where the
names do not come to what the plan table has (004 专栏2).

A village's year is a fact of its record (`KeyVillage.planned_exit_year`), whose history keeps the years before it.
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from audits.models import Entry
from audits.procedures import ListKind
from households import year_plan
from office.exports import exportable
from office.form_fields import Filter, SearchWord, choice, year_field
from office.listing import Column, Listed, area_in
from reporting.models import PlanTable
from reporting.plan_figures import PlanFigures
from reporting.plan_layout import ColumnKey
from reporting.planned_reading import PlannedLine
from reporting.reading import (
    ALL,
    MUNICIPAL,
    PROVINCIAL,
    VILLAGES,
    VILLAGES_LEAVING,
    PlanRefused,
    Problem,
    squash,
)
from villages.codes import CODES
from villages.models import KeyVillage

KEY = "reporting:planned-villages"
LEFT, LISTED, PLANNED, LATE, UNDATED = "left", "listed", "planned", "late", "undated"
STATES = {
    UNDATED: "没有定年度",
    LATE: "逾期未退出",
    PLANNED: "已定年度",
    LISTED: "在退出名单",
    LEFT: "已退出",
}
ORDER = ("area__code", "pk")
LEVELS = (ALL, PROVINCIAL, MUNICIPAL)


def asked_state(state: str, this_year: int) -> Q:
    """Each key village is in one of the states; who is on a list of exits is 在退出名单, late or not."""
    if state == LEFT:
        return Q(on_list=False)
    if state == LISTED:
        return Q(on_list=True, listed=True)
    waiting = Q(on_list=True, listed=False)
    if state == UNDATED:
        return waiting & Q(planned_exit_year__isnull=True)
    if state == LATE:
        return waiting & Q(planned_exit_year__lt=this_year)
    return waiting & Q(planned_exit_year__gte=this_year)


def state_of(row: Any, this_year: int) -> str:
    if not row.on_list:
        return LEFT
    if row.listed:
        return LISTED
    if row.planned_exit_year is None:
        return UNDATED
    return LATE if row.planned_exit_year < this_year else PLANNED


def with_lists(rows: Any) -> Any:
    """`listed`: it stands on a list of village exits."""
    entries = Entry.objects.standing().filter(area=OuterRef("area"), kind=ListKind.VILLAGE_EXIT)
    return rows.annotate(listed=Exists(entries))


def shared_out(part: str, year: int) -> Q:
    """Of rows with `listed`, those behind a figure of the year's distribution; parts as in households/year_plan.py.

    A village that left and came back within the year is on the list, and is one.
    """
    gone = Q(on_list=False, last_on__year=year)
    if part == year_plan.GONE:
        return gone
    if part == year_plan.STOCK:
        return Q(on_list=True) | gone
    return Q(on_list=True) & (Q(planned_exit_year__lte=year) | Q(listed=True)) | gone


class PlannedFilter(Filter):
    q = SearchWord(
        label="村名",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    year = year_field("计划年度")
    level = choice("级别", CODES["key_village_level"].words, "w4")
    state = choice("状态", list(STATES.items()), "w8")
    plan = choice("计划分解", list(year_plan.PARTS.items()))
    plan_year = year_field("分解年度")

    def matching(self, rows: Any, day: datetime.date) -> Any:
        asked = self.cleaned_data
        if asked["q"]:
            rows = rows.filter(area__name__contains=asked["q"])
        if asked["year"]:
            rows = rows.filter(planned_exit_year=asked["year"])
        if asked["level"]:
            rows = rows.filter(level=asked["level"])
        if asked["plan"]:
            rows = rows.filter(shared_out(asked["plan"], asked["plan_year"] or day.year))
        return rows.filter(asked_state(asked["state"], day.year)) if asked["state"] else rows


def _columns(this_year: int) -> list[Column]:
    return [
        Column(
            "village", "村", _opens, plain=lambda row: row.area.name, pinned=True, names_row=True, width=20
        ),
        Column("town", "镇街", lambda row: row.area.parent.name),
        Column("level", "级别", lambda row: row.level, width=8),
        Column("batch", "批次", lambda row: row.batch, "nb hide-phone"),
        Column(
            "planned",
            "计划退出年度",
            lambda row: f"{row.planned_exit_year}年" if row.planned_exit_year else "",
            plain=lambda row: row.planned_exit_year,
        ),
        Column(
            "state",
            "状态",
            lambda row: _state(state_of(row, this_year)),
            plain=lambda row: STATES[state_of(row, this_year)],
        ),
        Column(
            "left",
            "退出年度",
            lambda row: f"{row.exit_year}年" if row.exit_year else "",
            plain=lambda row: row.exit_year,
        ),
    ]


def _opens(row: KeyVillage) -> SafeString:
    return format_html(
        '<a href="{}">{}</a>', reverse("reporting:planned-village", args=[row.area.code]), row.area.name
    )


def _state(state: str) -> SafeString | str:
    if state in (LATE, UNDATED):
        return format_html('<b class="late">{}</b>', STATES[state])
    if state == LEFT:
        return format_html('<span class="chip chip-done">{}</span>', STATES[state])
    return STATES[state]


@exportable(KEY, title="计划退出重点村")
def planned(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = KeyVillage.objects.visible_to(user).select_related("area__parent")
    require(user, Capability.PLAN_VIEW)
    area, form, columns = area_in(query, user), PlannedFilter(query), _columns(day.year)
    if not form.is_valid():
        return Listed(visible.none(), columns, ORDER, form, area)
    rows = form.matching(with_lists(visible.in_area(area)), day)
    return Listed(rows, columns, ORDER, form, area)


@dataclass(frozen=True)
class Disagreement:
    """The plan table has one number of villages for a place, year and level, the names come to another.

    `carried`: what the adopted version took from this year into the next, where the names have followed.
    """

    area: Area
    year: int
    level: str
    printed: int
    named: int
    carried: int = 0

    @property
    def gap(self) -> str:
        more = self.named - (self.printed - self.carried)
        return f"{'多' if more > 0 else '少'} {abs(more)}"

    @property
    def list_url(self) -> str:
        level = "" if self.level == ALL else f"&level={self.level}"
        return f"{reverse(KEY)}?area={self.area.code}&year={self.year}{level}"


def disagreements(county: Area, day: datetime.date) -> list[Disagreement]:
    """Of the county and its towns, for every year and level of which the adopted plan prints a number."""
    table = PlanTable.adopted_for(county)
    if table is None:
        return []
    years = sorted(
        {
            int(cell.year_word)
            for cell in table.tidy
            if cell.group_word == VILLAGES_LEAVING and cell.kind == VILLAGES and cell.is_year
        }
    )
    plan, counts, carried = PlanFigures.of(county), _counts(county), _carried(table)
    towns = Area.objects.filter(parent=county, level=Level.TOWN).valid_on(day).order_by("code")
    found = []
    for area in (county, *towns):
        for year in years:
            for level in LEVELS:
                cell = plan.cell(area, ColumnKey(VILLAGES_LEAVING, VILLAGES, level, str(year)))
                printed = plan.amount(area, cell)
                named = counts[area.pk, year, level]
                over = carried[area.pk, year, level]
                if printed is not None and printed - over != named:
                    found.append(Disagreement(area, year, level, printed, named, over))
    return found


def _carried(table: PlanTable) -> Counter[tuple[int, int, str]]:
    """(area, year, level) → villages that the version carries out of the year."""
    found: Counter[tuple[int, int, str]] = Counter()
    for one in table.carries.filter(group=VILLAGES_LEAVING):
        found[one.area_id, one.year, one.standard] += one.carried
    return found


def _counts(county: Area) -> Counter[tuple[int, int, str]]:
    """(county or town, year, level) → villages that are planned for the year, whatever became of them."""
    counts: Counter[tuple[int, int, str]] = Counter()
    rows = KeyVillage.objects.in_area(county).filter(planned_exit_year__isnull=False).order_by()
    for town, year, level in rows.values_list("area__parent", "planned_exit_year", "level"):
        for area in (county.pk, town):
            counts[area, year, ALL] += 1
            counts[area, year, level] += 1
    return counts


def by_state(area: Area | None, user: User, day: datetime.date) -> dict[str, int]:
    """How many of those one sees are in each state."""
    rows = with_lists(KeyVillage.objects.visible_to(user).in_area(area)).order_by()
    return dict(Counter(state_of(row, day.year) for row in rows.only("on_list", "planned_exit_year")))


def matched(lines: Sequence[PlannedLine], county: Area, day: datetime.date) -> list[tuple[KeyVillage, int]]:
    """The key villages that the lines name, with their year; raises PlanRefused with every line that names none."""
    towns = _by_name(Area.objects.filter(parent=county).valid_on(day))
    below: dict[int | None, list[Area]] = defaultdict(list)
    for village in Area.objects.filter(parent__parent=county, level=Level.VILLAGE).valid_on(day):
        below[village.parent_id].append(village)
    keys = {key.area_id: key for key in KeyVillage.objects.in_area(county).select_related("area")}
    found: list[tuple[KeyVillage, int]] = []
    problems: list[Problem] = []
    seen: dict[int, int] = {}
    for line in lines:
        town = towns.get(squash(line.town))
        village = _by_name(below[town.pk]).get(squash(line.village)) if town is not None else None
        key = keys.get(village.pk) if village is not None else None
        if town is None:
            reason = f"{county.name}没有叫“{line.town}”的镇街"
        elif village is None:
            reason = f"{town.name}没有叫“{line.village}”的村"
        elif key is None:
            reason = f"{town.name}{village.name}不是重点村"
        elif key.level != line.level:
            reason = f"{village.name}是{key.level}重点村，不是{line.level}"
        elif not key.on_list and line.year > key.last_on.year:
            reason = f"{village.name}已于{key.last_on.year}年摘帽，一个村只退出一次"
        elif (before := seen.setdefault(key.pk, line.line)) != line.line:
            reason = f"{village.name}在第{before}行已有，一个村只退出一次"
        else:
            found.append((key, line.year))
            continue
        problems.append(Problem(line.line, reason))
    if problems:
        raise PlanRefused(problems)
    return found


def _by_name(areas: Iterable[Area]) -> dict[str, Area]:
    """By the whole name, else by the short one where only one of them has it."""
    areas = list(areas)
    short = Counter(squash(area.short_name) for area in areas)
    named = {squash(area.short_name): area for area in areas if short[squash(area.short_name)] == 1}
    return {**named, **{squash(area.name): area for area in areas}}


def date_all(rows: Sequence[tuple[KeyVillage, int]], *, by: Any, reason: str) -> int:
    """How many villages have another year now; all of them or, at a ValidationError, none."""
    with transaction.atomic():
        return sum(key.plan_exit(year, by=by, reason=reason) for key, year in rows)
