"""`/audits/targets/`: how many are to leave in a year, set from county to towns to villages; what has left so far."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area, Level
from audits import counties
from audits.models import YearlyTarget
from audits.procedures import ListKind
from audits.targets import KINDS
from audits.views.refusing import Refusal, attempt
from households.models import Kind, StatusEvent
from office import clock
from office.form_fields import Figures
from office.listing import asked_area
from villages.models import KeyVillageEvent
from villages.models.key_village import KeyVillageEventKind

FIGURES = {ListKind.HOUSEHOLD_EXIT: ("households", "persons"), ListKind.VILLAGE_EXIT: ("villages",)}
WORDS = {"households": "户", "persons": "人", "villages": "村"}
LARGEST = 1_000_000


class AskForm(forms.Form):
    """Which year and kind; without them this year's household exits."""

    kind = forms.ChoiceField(
        label="事项", choices=[(kind.value, kind.label) for kind in KINDS], required=False
    )
    year = forms.IntegerField(
        label="年度",
        min_value=2010,
        max_value=2100,
        required=False,
        widget=Figures({"class": "w4"}),
    )


class TargetsForm(forms.Form):
    """One field a figure of each area ("households-17"); an area all of whose fields are empty is left alone."""

    def __init__(self, data: Any, *, areas: Sequence[Area], kind: str, now: dict[int, YearlyTarget]) -> None:
        super().__init__(data)
        self.areas, self.figures, self.now = areas, FIGURES[ListKind(kind)], now
        for area in areas:
            for name in self.figures:
                target = now.get(area.pk)
                self.fields[f"{name}-{area.pk}"] = forms.IntegerField(
                    label=f"{area.name}{WORDS[name]}数",
                    min_value=0,
                    max_value=LARGEST,
                    required=False,
                    initial=getattr(target, name) if target else None,
                    widget=Figures({"class": "w4 n-in"}),
                )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        for area in self.areas:
            values = [asked.get(f"{name}-{area.pk}") for name in self.figures]
            if any(value is None for value in values) and not all(value is None for value in values):
                self.add_error(
                    f"{self.figures[0]}-{area.pk}",
                    f"{area.name}的{'和'.join(WORDS[name] + '数' for name in self.figures)}要一起填",
                )
        return asked

    def changed_targets(self) -> list[tuple[Area, dict[str, int]]]:
        found = []
        for area in self.areas:
            values = {name: self.cleaned_data.get(f"{name}-{area.pk}") for name in self.figures}
            target = self.now.get(area.pk)
            stands = {name: getattr(target, name) if target else None for name in self.figures}
            if None not in values.values() and values != stands:
                found.append((area, {name: int(value or 0) for name, value in values.items()}))
        return found

    def of(self, area: Area) -> list[Any]:
        return [self[f"{name}-{area.pk}"] for name in self.figures]


@dataclass(frozen=True)
class Line:
    """An area with its target, the sum of the targets of its parts, and what has left; None is not set."""

    area: Area
    target: YearlyTarget | None
    planned: Sequence[int | None]
    left: Sequence[int]
    below: Sequence[int | None]
    fields: Sequence[Any]
    deep: int


@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: SignedIn) -> HttpResponse:
    area = asked_area(request) or _own(request)
    require(request.user, Capability.AUDIT_VIEW)
    day = clock.today()
    ask = AskForm(request.GET)
    asked = ask.cleaned_data if ask.is_valid() else {}
    kind, year = asked.get("kind") or str(ListKind.HOUSEHOLD_EXIT), asked.get("year") or day.year
    if area is None:
        return render(request, "audits/targets.html", {"ask": ask, "lines": []})
    able = request.user.scope_of(Capability.AUDIT_SETTINGS).covers(area)
    if request.method == "POST":
        require(request.user, Capability.AUDIT_SETTINGS, area=area)
    parts = _parts(area, day)
    every = [area, *parts]
    now = {
        target.area_id: target
        for target in YearlyTarget.objects.current().filter(year=year, kind=kind, area__in=every)
    }
    form, status = None, 200 if ask.is_valid() else 422
    if able:
        form = TargetsForm(
            request.POST if request.method == "POST" else None, areas=every, kind=kind, now=now
        )
    if request.method == "POST" and form is not None:
        status = 422
        if form.is_valid():
            outcome = attempt(lambda: _save(request, form, year, kind))
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已登记 {outcome} 处计划。" if outcome else "没有改动。")
                address = f"{reverse('audits:targets')}?area={area.code}&year={year}&kind={kind}"
                return HttpResponseRedirect(address, status=303)
            status = outcome.status
            form.add_error(None, list(outcome.reasons))
    figures = FIGURES[ListKind(kind)]
    below = _below(every, year, kind, figures)
    left = _left(area, parts, year, kind, day)
    lines = [
        Line(
            area=one,
            target=now.get(one.pk),
            planned=[getattr(now[one.pk], name) if one.pk in now else None for name in figures],
            left=left.get(one.pk, [0] * len(figures)),
            below=below.get(one.pk, [None] * len(figures)),
            fields=form.of(one) if form is not None else [],
            deep=0 if one.pk == area.pk else 1,
        )
        for one in every
    ]
    context = {
        "ask": AskForm(initial={"kind": kind, "year": year}) if ask.is_valid() else ask,
        "area": area,
        "year": year,
        "kind": ListKind(kind),
        "lines": lines,
        "words": [WORDS[name] for name in figures],
        "form": form,
        "above": [one for one in area.ancestors() if request.user.area_scope().covers(one)],
        "apart": _apart(lines),
        "may_plan": Capability.PLAN_VIEW in request.user.capabilities(),
    }
    return render(request, "audits/targets.html", context, status=status)


def _own(request: SignedIn) -> Area | None:
    """One's own area; of a city or province its first county."""
    home = request.user.home_area
    if home is not None and home.level in (Level.COUNTY, Level.TOWN, Level.VILLAGE):
        return home
    return next(iter(counties.of(request.user)), None)


def _parts(area: Area, day: datetime.date) -> list[Area]:
    """The towns of a county, the villages of a town."""
    if area.level not in (Level.COUNTY, Level.TOWN):
        return []
    return list(Area.objects.filter(parent=area).valid_on(day).order_by("code"))


def _save(request: SignedIn, form: TargetsForm, year: int, kind: str) -> int:
    changed = form.changed_targets()
    for area, values in changed:
        figures: dict[str, Any] = dict(values)
        YearlyTarget.set(area=area, year=year, kind=kind, by=request.user, at=clock.moment(), **figures)
    return len(changed)


def _below(areas: Sequence[Area], year: int, kind: str, figures: Sequence[str]) -> dict[int, list[int]]:
    """What the targets of the parts of each area come to, where any is set."""
    rows = YearlyTarget.objects.current().filter(year=year, kind=kind, area__parent__in=areas).order_by()
    sums = rows.values("area__parent").annotate(**{f"sum_{name}": Sum(name) for name in figures})
    return {row["area__parent"]: [row[f"sum_{name}"] for name in figures] for row in sums}


def _left(
    area: Area, parts: Sequence[Area], year: int, kind: str, day: datetime.date
) -> dict[int, list[int]]:
    """What has left in the year so far, of the area and of each of its parts, counted from the events."""
    if kind == ListKind.VILLAGE_EXIT:
        removed = KeyVillageEvent.objects.in_area(area).filter(
            kind=KeyVillageEventKind.CAP_REMOVED, on__year=year, on__lte=day
        )
        up = "area" if area.level == Level.TOWN else "area__parent"
        found = {row[up]: [row["count"]] for row in removed.order_by().values(up).annotate(count=Count("pk"))}
        return {**found, area.pk: [removed.count()]}
    exits = StatusEvent.objects.in_area(area).counted(kinds=[str(Kind.EXIT)], year=year, until=day, as_of=day)
    up = "village_id" if area.level == Level.TOWN else "town_id"
    rows = exits.order_by().values(up).annotate(homes=Sum("households"), people=Sum("persons"))
    found = {row[up]: [-row["homes"], -row["people"]] for row in rows} if parts else {}
    whole = exits.aggregate(homes=Sum("households"), people=Sum("persons"))
    return {**found, area.pk: [-(whole["homes"] or 0), -(whole["people"] or 0)]}


def _apart(lines: Sequence[Line]) -> list[str]:
    """Where the targets of the parts do not come to that of the whole."""
    said = []
    for line in lines:
        if line.target is None or None in line.below:
            continue
        for planned, below in zip(line.planned, line.below, strict=True):
            if planned != below:
                said.append(
                    f"{line.area.name}计划 {planned}，下级合计 {below}，相差 {abs((planned or 0) - (below or 0))}"
                )
    return said
