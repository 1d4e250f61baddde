"""`/findings/`: 疑点数据 as a work list, and one finding with what is to be done about it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from households import doubts
from households.doubts import RULES
from households.finding_forms import Assignment, Confirmation
from households.lists.findings import findings as found_for
from households.lists.findings import places
from office import clock, trail
from office.findings import Finding, FindingState
from office.listing import EXACT_UP_TO, PLACE, area_choices, kept_a_minute

# The area of a finding and those above it, up to the province.
UP = ("area", *(f"area__{'parent__' * steps}parent" for steps in range(4)))


@dataclass(frozen=True)
class Part:
    area: Area
    count: int


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = found_for(request.user, request.GET, day)
    form, area, scope = listed.form, listed.area, request.user.area_scope()
    areas = area_choices(request.user, area, day)
    page = listed.page(request)
    rules: list[tuple[str, str, int]] = []
    parts: list[Part] = []
    if not listed.refusal:
        counts = _counts(listed.rows, page.total)
        rules, parts = _by_rule(counts), _by_part(counts, area or request.user.home_area, areas)
    context = {
        "form": form,
        "page": page,
        "columns": listed.columns,
        "area": area,
        "areas": areas,
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "rules": rules,
        "parts": parts,
        "parts_url": _without(request, "area"),
        "rules_url": _without(request, "rule"),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/findings.html", context, status=422 if listed.refusal else 200)


@require_safe
def record(request: SignedIn, pk: int) -> HttpResponse:
    finding = _fetch(request, pk)
    require(request.user, Capability.REGISTER_VIEW)
    return _page(request, finding)


@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """核实保留: quiet until the data change."""
    finding = _fetch(request, pk)
    require(request.user, Capability.REGISTER_EDIT, finding.area)
    form = Confirmation(request.POST)
    if finding.is_open and not finding.may_be_confirmed:
        return refused(request, "这是错误，须改正数据，不能核实保留。", 422)
    if finding.is_open and not form.is_valid():
        return _page(request, finding, confirmation=form, status=422)
    if not finding.is_open:
        return refused(request, f"这条疑点{_standing(finding)}。", 409)
    if form.cleaned_data["fingerprint"] != finding.fingerprint:
        return refused(request, "打开本页以后数据有变动，请刷新后再核实。", 409)
    with transaction.atomic():
        done = finding.confirm(by=request.user, on=clock.today(), reason=form.cleaned_data["reason"])
        if done:
            _note(request, finding, "核实保留", {"原因": form.cleaned_data["reason"]})
    if not done:
        return refused(request, "这条疑点刚刚有变动，请刷新后再核实。", 409)
    messages.success(request, "已核实保留。数据不变动就不再提醒。")
    return _to(finding)


@require_POST
def assign(request: SignedIn, pk: int) -> HttpResponse:
    """Names who verifies the finding and by when, or takes the name back."""
    finding = _fetch(request, pk)
    require(request.user, Capability.FINDINGS_ASSIGN, finding.area)
    form = Assignment(request.POST, finding=finding, on=clock.today())
    if not finding.is_open:
        return refused(request, f"这条疑点{_standing(finding)}，不用再分派。", 409)
    if not form.is_valid():
        return _page(request, finding, assignment=form, status=422)
    owner, due_on = form.cleaned_data["owner"], form.cleaned_data["due_on"]
    with transaction.atomic():
        done = finding.assign(owner=owner, due_on=due_on)
        if done:
            _note(request, finding, "分派疑点", {"核实人": str(owner or ""), "期限": due_on})
    if not done:
        return refused(request, "这条疑点刚刚有变动，请刷新后再分派。", 409)
    messages.success(request, f"已分派给{owner}。" if owner else "已改为未分派。")
    return _to(finding)


def _fetch(request: SignedIn, pk: int) -> Finding:
    rows = Finding.objects.visible_to(request.user)
    related = ("area__parent__parent__parent__parent", "owner", "confirmed_by")
    found: Finding = get_object_or_404(rows.select_related(*related), pk=pk)
    return found


def _to(finding: Finding) -> HttpResponse:
    return HttpResponseRedirect(reverse("households:finding", args=[finding.pk]), status=303)


def _note(request: SignedIn, finding: Finding, action: str, detail: dict[str, Any]) -> None:
    place = places([finding])[finding.pk]
    told = {"规则": finding.rule, "对象": f"{place.what}　{place.which}".rstrip(), **detail}
    trail.record(action, subject=finding, area=finding.area, detail=told, request=request)


def _standing(finding: Finding) -> str:
    if finding.state == FindingState.CONFIRMED:
        return f"已由{finding.confirmed_by}核实保留"
    return "已消除"


def _page(
    request: SignedIn,
    finding: Finding,
    confirmation: Confirmation | None = None,
    assignment: Assignment | None = None,
    status: int = 200,
) -> HttpResponse:
    able, scope = request.user.capabilities(), request.user.area_scope()
    day = clock.today()
    context = {
        "finding": finding,
        "place": places([finding])[finding.pk],
        "line": RULES.get(finding.rule),
        "fields": [word for word in map(doubts.label, finding.fields) if word],
        "late": finding.is_open and bool(finding.due_on and finding.due_on < day),
        "above": [one for one in (*finding.area.ancestors(), finding.area) if scope.covers(one)],
        "confirmation": confirmation or Confirmation(initial={"fingerprint": finding.fingerprint}),
        "assignment": assignment
        or Assignment(finding=finding, on=day, initial={"owner": finding.owner_id, "due_on": finding.due_on}),
        "may_confirm": finding.may_be_confirmed and Capability.REGISTER_EDIT in able,
        "may_assign": finding.is_open and Capability.FINDINGS_ASSIGN in able,
    }
    return render(request, "households/finding.html", context, status=status)


def _counts(found: Any, total: int) -> list[dict[str, Any]]:
    """How many of each rule in each area, with the ids of the areas above, in one statement."""
    query = found.order_by().values("rule", "message", *UP).annotate(count=Count("pk"))
    if total > EXACT_UP_TO:
        return list(kept_a_minute(found, "rules and areas", lambda: list(query)))
    return list(query)


def _by_rule(counts: list[dict[str, Any]]) -> list[tuple[str, str, int]]:
    """(rule, message, count), most frequent first."""
    sums: Counter[tuple[str, str]] = Counter()
    for row in counts:
        sums[row["rule"], row["message"]] += row["count"]
    return [(*key, sums[key]) for key in sorted(sums, key=lambda key: (-sums[key], key))]


def _by_part(counts: list[dict[str, Any]], top: Area | None, areas: list[Area]) -> list[Part]:
    """Findings of each direct part of `top`, and of `top` itself when it has some; none for a village."""
    if top is None or top.level == Level.VILLAGE:
        return []
    sums: Counter[int] = Counter()
    for row in counts:
        way = [row[name] for name in UP]
        place = way.index(top.pk) if top.pk in way else 0
        sums[way[max(0, place - 1)]] += row["count"]
    known = {area.pk: area for area in (*areas, top)}
    if closed := sums.keys() - known.keys():
        known |= Area.objects.in_bulk(closed)
    found = [known[pk] for pk in sums]
    return [Part(area, sums[area.pk]) for area in sorted(found, key=lambda area: area.code)]


def _without(request: SignedIn, name: str) -> str:
    """This list from its first page, ready for another value of one condition to be written behind it."""
    query = request.GET.copy()
    for each in (name, *PLACE):
        query.pop(each, None)
    query[name] = ""
    return f"{request.path}?{query.urlencode()}"
