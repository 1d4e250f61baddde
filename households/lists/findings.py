"""疑点数据: what the logic checks found, as a work list."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.doubts import HOUSEHOLD, VILLAGE_YEAR
from households.finding_forms import FindingFilter
from households.models import Household, Person
from households.models.person import HEAD
from households.record import written
from office.exports import exportable
from office.findings import Finding
from office.listing import Column, Listed, area_in
from villages.models import VillageYear

KEY = "households:findings"
COLUMNS = [
    Column(
        "message",
        "问题",
        lambda row: _message(row),
        "s6",
        plain=lambda row: f"{row.rule} {row.message}",
        pinned=True,
        names_row=True,
        width=50,
    ),
    Column(
        "severity",
        "程度",
        lambda row: render_to_string("_/sign.html", {"word": row.get_severity_display()}),
        "nb s1",
        said=False,
        plain=lambda row: row.get_severity_display(),
        width=8,
    ),
    Column(
        "place",
        "户、村",
        lambda row: format_html('<a href="{}">{}</a>', row.place.url, row.place.what),
        "nb s5",
        said=False,
        plain=lambda row: row.place.what,
        width=28,
    ),
    Column("which", "成员、年度", lambda row: row.place.which, "nb s2"),
    Column("area", "所在", lambda row: row.area.name, "nb hide-phone", said=False, width=18),
    Column("seen", "发现", lambda row: written(row.first_seen), "nb s2", plain=lambda row: row.first_seen),
    Column("owner", "核实人", lambda row: _owner(row), "nb s2", plain=lambda row: str(row.owner or "未分派")),
    Column("due", "期限", lambda row: _due(row), "nb s2", plain=lambda row: row.due_on),
    Column("state", "状态", lambda row: row.get_state_display(), "nb s2"),
]
ORDER = ("severity", "rule", "pk")


@dataclass(frozen=True)
class Place:
    """What a finding is about: the words of the record, which of its persons or years, and its address."""

    what: str
    which: str = ""
    url: str = ""


# Records of rooms to the left: label_lower → what finds the places of these subjects; they add theirs.
ELSEWHERE: dict[str, Callable[[set[int]], dict[int, Place]]] = {}


@exportable(KEY, title="疑点数据")
def findings(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Finding.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area = area_in(query, user)
    owners = visible.exclude(owner=None).order_by("owner__display_name")
    named = owners.values_list("owner", "owner__display_name").distinct()
    form = FindingFilter(query, owners=list(named))
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(visible.in_area(area), user).select_related("area__parent", "owner")
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, day=day))


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    found = places(rows)
    for row in rows:
        row.place, row.late = found[row.pk], row.is_open and bool(row.due_on and row.due_on < day)


def places(findings: Iterable[Finding]) -> dict[int, Place]:
    """What each is about, in three statements at most. `area` and its parent are loaded."""
    rows = list(findings)
    homes = dict(Household.objects.filter(pk__in=_ids(rows, HOUSEHOLD)).values_list("pk", "number"))
    names = _names(homes, {row.part for row in rows if row.subject_type == HOUSEHOLD})
    years = VillageYear.objects.select_related("village__area").in_bulk(_ids(rows, VILLAGE_YEAR))
    further = {kind: of(_ids(rows, kind)) for kind, of in ELSEWHERE.items() if _ids(rows, kind)}
    found = {}
    for row in rows:
        key = int(row.subject_id)
        if row.subject_type == HOUSEHOLD and key in homes:
            url = reverse("households:detail", args=[homes[key]])
            what = f"{names.get(key, '')}户 {homes[key]}"
            found[row.pk] = Place(what, names.get(row.part, ""), url)
        elif row.subject_type == VILLAGE_YEAR and key in years:
            url = reverse("villages:village", args=[years[key].village.area.code])
            found[row.pk] = Place(years[key].village.area.name, f"{years[key].year}年", url)
        elif key in further.get(row.subject_type, {}):
            found[row.pk] = further[row.subject_type][key]
        else:
            url = f"{reverse('households:list')}?area={row.area.code}"
            found[row.pk] = Place(row.area.name, f"{row.part}年" if row.part else "", url)
    return found


def _names(homes: Iterable[int], numbers: set[str]) -> dict[int | str, str]:
    """The head's name by household id, and persons' names by person number; of a cancelled household the last."""
    wanted = Q(household__in=list(homes), relation=HEAD) | Q(number__in=numbers - {""})
    names: dict[int | str, str] = {}
    people = Person.objects.filter(wanted).order_by("present", "left_on")
    for household, number, name, relation in people.values_list("household", "number", "name", "relation"):
        names[number] = name
        if relation == HEAD:
            names[household] = name
    return names


def _ids(rows: Iterable[Finding], kind: str) -> set[int]:
    return {int(row.subject_id) for row in rows if row.subject_type == kind}


def _message(row: Finding) -> SafeString:
    url = reverse("households:finding", args=[row.pk])
    return format_html('<a href="{}">{}</a> <span class="quiet nb">{}</span>', url, row.message, row.rule)


def _owner(row: Finding) -> SafeString | str:
    return str(row.owner) if row.owner else format_html('<span class="quiet">{}</span>', "未分派")


def _due(row: Any) -> SafeString | str:
    if row.late:
        return format_html('<b class="msg-err">{}　已逾期</b>', written(row.due_on))
    return written(row.due_on)
