"""`/audits/new/`, `/audits/candidates/`, `/audits/<list>/add/`: lists opened, and gathered by ease or by search."""

import datetime
from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from audits import applying, opening, procedures, ranking
from audits.models import AuditList, AuditSetting
from audits.models.proposing import candidates as ranked
from audits.models.setting import rules_of
from audits.opening import KINDS, grounds, standings, suggested
from audits.opening_forms import AddForm, CandidatesFilter, OpenForm, ProposeForm, Sought
from audits.procedures import ListKind
from audits.seen import SeenForm
from audits.views.fetch import list_for
from audits.views.refusing import Refusal, attempt, form_page
from households.models import Household
from households.record import head_names
from office import clock
from office.listing import area_choices, asked_area

ASKED = ["GET", "HEAD", "POST"]
WORDS = (ranking.EASY, ranking.MIDDLING, ranking.HARD)


@require_http_methods(ASKED)
def new(request: SignedIn) -> HttpResponse:
    """`?kind=`: areas depend on it. Households are put on the list afterwards, or chosen by ease before."""
    require(request.user, Capability.AUDIT_OPEN)
    day, kind = clock.today(), request.POST.get("kind") or request.GET.get("kind") or KINDS[0]
    if kind not in KINDS:
        raise Http404(f"no list of kind {kind} is opened here")
    areas = grounds(request.user, kind, day)
    asked = {"area": request.GET.get("area", ""), "year": day.year}
    form = OpenForm(request.POST if request.method == "POST" else None, areas=areas, initial=asked)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            area, year = form.cleaned_data["area"], form.cleaned_data["year"]
            outcome = attempt(
                lambda: AuditList.open_list(kind=kind, area=area, year=year, by=request.user, on=day)
            )
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已开{outcome}，现在可以提报。")
                return HttpResponseRedirect(reverse("audits:audit", args=[outcome.pk]), status=303)
            status = outcome.status
            for reason in outcome.reasons:
                form.add_error(None, reason)
    context = {
        "form": form,
        "kind": ListKind(kind),
        "kinds": [ListKind(one) for one in KINDS],
        "areas": areas,
        "applicants": applying.applicants(request.user, day) if kind == ListKind.VILLAGE_EXIT else [],
    }
    return render(request, "audits/new.html", context, status=status)


@require_http_methods(ASKED)
def candidates(request: SignedIn) -> HttpResponse:
    """年度预退出 (R034): a village's households ranked by ease, ticked onto a list; above it, its parts."""
    require(request.user, Capability.AUDIT_OPEN)
    require(request.user, Capability.REGISTER_VIEW)
    day = clock.today()
    form = CandidatesFilter({"year": request.GET.get("year") or day.year})
    area = asked_area(request) or _own(request)
    year = (form.cleaned_data["year"] if form.is_valid() else None) or day.year
    context: dict[str, Any] = {
        "form": form,
        "year": year,
        "area": area,
        "areas": area_choices(request.user, area, day),
    }
    if form.errors or area is None or area.level not in (Level.VILLAGE, Level.TOWN, Level.COUNTY):
        return render(request, "audits/candidates.html", context, status=422 if form.errors else 200)
    context["standing"] = standings([area], year)[0]
    if area.level != Level.VILLAGE:
        parts = standings(opening.parts_of(area, request.user, day), year)
        eases = _eases(area, year, day) if area.level == Level.TOWN else None
        context["parts"] = [
            (part, [eases[part.area.pk][word] for word in WORDS] if eases is not None else None)
            for part in parts
        ]
        if eases is not None:
            every = sum(eases.values(), Counter())
            context["eased"] = [every[word] for word in WORDS]
        return render(request, "audits/candidates.html", context)
    return _propose(request, area, year, day, context)


def _propose(
    request: SignedIn, area: Area, year: int, day: datetime.date, context: dict[str, Any]
) -> HttpResponse:
    """A village's candidates; on POST those that are ticked go onto a list in the order of their ease."""
    rows = _ranked(area, year, day)
    numbers = [household.number for household, _ in rows]
    form = ProposeForm(request.POST if request.method == "POST" else None, numbers=numbers)
    mine = AuditList.objects.visible_to(request.user).open().filter(area=area, year=year)
    first = procedures.current(ListKind.HOUSEHOLD_EXIT, day).first.key
    gathered = mine.filter(kind=ListKind.HOUSEHOLD_EXIT, stage=first).order_by("pk").last()
    status, refusal = 200, None
    if request.method == "POST":
        if not form.is_valid():
            reasons = [str(error) for errors in form.errors.values() for error in errors]
            status, refusal = 422, Refusal(422, tuple(reasons))
        else:
            outcome = attempt(lambda: _put(request, area, year, day, form, rows, mine))
            if not isinstance(outcome, Refusal):
                return HttpResponseRedirect(reverse("audits:audit", args=[outcome.pk]), status=303)
            status, refusal = outcome.status, outcome
    names = head_names(household.pk for household, _ in rows)
    ticked = set(request.POST.getlist("household"))
    context |= {
        "rows": [
            (household, names.get(household.pk, ""), ease, household.number in ticked)
            for household, ease in rows
        ],
        "gathered": gathered,
        "refusal": refusal,
        "may_open": area in grounds(request.user, ListKind.HOUSEHOLD_EXIT, day),
        "persons": sum(household.member_count for household, _ in rows),
    }
    return render(request, "audits/candidates.html", context, status=status)


def _put(
    request: SignedIn, area: Area, year: int, day: datetime.date, form: ProposeForm, rows: Any, mine: Any
) -> AuditList:
    user, onto = request.user, form.cleaned_data["onto"]
    if onto is not None:
        audit_list = get_object_or_404(mine.select_related("area__parent__parent__parent__parent"), pk=onto)
    else:
        kind = ListKind.HOUSEHOLD_EXIT
        audit_list = AuditList.open_list(kind=kind, area=area, year=year, by=user, on=day)
    asked = set(form.cleaned_data["household"])
    chosen = [(household, ease) for household, ease in rows if household.number in asked]
    audit_list.propose(chosen, by=user, on=day)
    persons = sum(household.member_count for household, _ in chosen)
    messages.success(request, f"{audit_list}列入 {len(chosen)} 户 {persons} 人。{_against(area, year)}")
    return audit_list


def _against(area: Area, year: int) -> str:
    """How the year stands after it: a plan is looked at, not fulfilled at any price."""
    now = standings([area], year)[0]
    if now.target is None:
        return f"{year}年没有下达{area}的计划。"
    return f"{year}年计划 {now.target.households} 户，已列入和已退出 {now.listed[0] + now.left[0]} 户。"


@require_http_methods(ASKED)
def add(request: SignedIn, pk: int) -> HttpResponse:
    """提报: those ticked among the suggested or the found ones."""
    audit_list = list_for(request, pk, Capability.AUDIT_OPEN)
    if not audit_list.step.adds or not audit_list.is_open:
        return refused(request, f"名单已在{audit_list.step.label}，不能再提报。")
    sought = Sought(request.GET)
    word = sought.cleaned_data["q"] if sought.is_valid() else ""
    rows, more = suggested(audit_list, request.user, word)
    data = request.POST if request.method == "POST" else None
    form = AddForm(data, audit_list=audit_list, rows=rows)

    def act() -> str:
        asked = form.cleaned_data
        for key in asked["subject"]:
            audit_list.add(
                form.rows[key].subject,
                by=request.user,
                on=clock.today(),
                reason=asked.get("reason", ""),
                standard=asked.get("standard", ""),
            )
        return f"已提报 {len(asked['subject'])} 条。"

    return form_page(
        request,
        audit_list,
        form,
        title="提报",
        submit="列入名单",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/add.html",
        rows=rows,
        more=more,
        sought=sought,
        word=word,
        ticked=request.POST.getlist("subject"),
    )


@require_POST
def rank(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_OPEN)
    form = SeenForm(request.POST, audit_list=audit_list)

    def act() -> str:
        audit_list.rank(by=request.user, on=clock.today())
        return "已按难易程度排序，手工调整的顺序不再保留。"

    return form_page(
        request,
        audit_list,
        form,
        title="按难易程度排序",
        submit="排序",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/rank.html",
    )


def _own(request: SignedIn) -> Area | None:
    """Whose scope is one area need not name it."""
    own = request.user.area_scope().own
    if len(own) != 1:
        return None
    visible = Area.objects.visible_to(request.user).select_related("parent__parent__parent__parent")
    return visible.filter(pk__in=own).first()


def _ranked(area: Area, year: int, day: datetime.date) -> list[tuple[Household, ranking.Ease]]:
    county = area.at(Level.COUNTY)
    if county is None:
        return []
    frozen = AuditSetting.objects.frozen(county, ListKind.HOUSEHOLD_EXIT, day)
    return ranked(area, year, day, rules_of(frozen))


def _eases(area: Area, year: int, day: datetime.date) -> dict[int, Counter[str]]:
    """Of a town's villages: how many households are 易, 中, 难."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for household, ease in _ranked(area, year, day):
        found[household.village_id][ease.word] += 1
    return found
