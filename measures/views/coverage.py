"""`/measures/coverage/`: who is entitled and got nothing, who got what was not theirs; one press plans it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from households.models import Person
from measures import coverage, held, skills, solar, untold
from measures.conditions import OF_PERSON
from measures.coverage import UNDUE, UNMET, WORDS, Ground
from measures.coverage_lists import coverage_list, place_of, subject_of
from measures.eligibility import RULES, Rule
from measures.extras import PLANNING
from measures.held import Held
from measures.models import Measure, Policy, Taken
from measures.proposals import propose, rates
from measures.views.measures import noted
from office import clock, trail
from office.listing import PLACE, Listed, area_choices, area_in, asked_area

# Of those held back a message names so many.
NAMED = 5


@require_safe
def overview(request: SignedIn) -> HttpResponse:
    scope = request.user.area_scope()
    require(request.user, Capability.MEASURE_VIEW)
    day, area = clock.today(), asked_area(request)
    ground = Ground(scope, area, day)
    context = {
        "rows": coverage.overview(ground),
        "figures": skills.figures(ground),
        "untold": untold.by_reason(day),
        "area": area,
        "areas": area_choices(request.user, area, day),
        "day": day,
        "query": f"&area={area.code}" if area else "",
    }
    return render(request, "measures/coverage.html", context)


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = coverage_list(request.user, request.GET, day)
    area, page = listed.area, listed.page(request)
    context: dict[str, Any] = {
        "form": listed.form,
        "page": page,
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "year": day.year,
    }
    if not listed.refusal:
        policy, rule, kind = listed.form.chosen
        context["year"] = listed.form.day.year
        may_plan = (
            kind == UNMET
            and listed.form.day == day
            and Capability.MEASURE_EDIT in request.user.capabilities()
        )
        context |= {
            "policy": policy,
            "rule": rule,
            "kind": kind,
            "word": WORDS[kind],
            "sun": solar.RULE if policy.code == solar.POLICY else "",
            "sun_source": solar.SOURCE,
            "parts": _parts(listed, rule, kind, area or request.user.home_area),
            "parts_url": _without_area(request),
            "may_plan": may_plan,
            "asked": (asked := coverage.asks_each(policy)),
            "to_plan": _to_plan(request, rule, area).count() if may_plan and not asked else 0,
        }
    return render(request, "measures/coverage_list.html", context, status=422 if listed.refusal else 200)


@require_POST
def plan(request: SignedIn) -> HttpResponse:
    """One of the list: planned for this year with the amount the standard gives."""
    require(request.user, Capability.MEASURE_EDIT)
    if not (request.POST.get("policy") and request.POST.get("subject")):
        return refused(request, "没有写明是哪项政策、给谁，请从名单里列入计划。", 422)
    policy, rule = _asked(request)
    subject = subject_of(rule, request.POST.get("subject", ""), request.user)
    if subject is None:
        raise Http404("nobody of this number")
    place = place_of(subject)
    require(request.user, Capability.MEASURE_EDIT, area=place)
    day = clock.today()
    ground = Ground(request.user.area_scope(), None, day)
    if not coverage.unmet(rule, ground).filter(pk=subject.pk).exists():
        return refused(request, f"不在应享未享的名单里：{policy}。可能刚刚落实，或者情况有了变化。")
    person = subject if isinstance(subject, Person) else None
    home = None if isinstance(subject, Person) else subject
    if asked := coverage.asks_each(policy):
        return refused(request, _asks(asked), 422)
    try:
        worked = propose(
            policy,
            rates(day),
            age=person.age(day) if person else None,
            members=home.member_count if home else 0,
        )
        amount: dict[str, Any] = {}
        if worked is not None:
            amount = {"amount": worked.value, "unit": worked.unit, "working": worked.working}
        would = Measure(
            policy=policy,
            person=person,
            household=subject.household if isinstance(subject, Person) else subject,
            year=day.year,
            **amount,
        )
        if said := held.why(would, would.beside(), PLANNING, rates(day)):
            return refused(request, f"没有列入计划：{said}。", 422)
        with transaction.atomic():
            measure = Measure.plan(
                policy, person=person, household=home, year=day.year, on=day, by=request.user, **amount
            )
            noted(request, "计划措施", measure)
    except Taken as taken:
        return refused(request, f"{taken}。")
    except (ValidationError, ValueError) as error:
        said = "；".join(error.messages) if isinstance(error, ValidationError) else str(error)
        return refused(request, said, 422)
    messages.success(request, f"已列入计划：{measure}。{measure.working}")
    return HttpResponseRedirect(reverse("measures:measure", args=[measure.pk]), status=303)


@require_POST
def plan_all(request: SignedIn) -> HttpResponse:
    """Everybody of the list for whom nothing is planned; as many as the page said, or none."""
    require(request.user, Capability.MEASURE_EDIT)
    if not request.POST.get("policy"):
        return refused(request, "没有写明是哪项政策，请从名单里列入计划。", 422)
    policy, rule = _asked(request)
    if asked := coverage.asks_each(policy):
        return refused(request, _asks(asked), 422)
    area, day = area_in(request.POST, request.user), clock.today()
    if area is not None:
        require(request.user, Capability.MEASURE_EDIT, area=area)
    rows = _to_plan(request, rule, area)
    now, expected = rows.count(), request.POST.get("expected", "")
    if not now or expected != str(now):
        return refused(request, f"待列入计划的现在是 {now} {_unit(rule)}，和页面上的不同，请刷新后再办。")
    try:
        with transaction.atomic():
            done, back = coverage.plan_all(rule, policy, rows, day=day, by=request.user)
            if not done:
                return refused(request, f"没有列入计划：{_named(back)}。", 422)
            trail.record(
                "整单计划措施",
                request=request,
                subject=policy,
                area=area or request.user.home_area,
                detail={"政策": policy.code, "年度": day.year, "项数": done, "没有列入": len(back)},
            )
    except IntegrityError:
        return refused(request, "有几项刚刚由别人列入计划，请刷新后再办。")
    messages.success(request, f"已列入计划 {done} 项：{policy}，{day.year}年。")
    if back:
        messages.warning(request, f"有 {len(back)} 项没有列入，单独办理：{_named(back)}。")
    query = f"?policy={policy.code}&year={day.year}&state=计划" + (f"&area={area.code}" if area else "")
    return HttpResponseRedirect(reverse("measures:list") + query, status=303)


def _asked(request: SignedIn) -> tuple[Policy, Rule]:
    code = request.POST.get("policy", "")
    policy = Policy.objects.in_force(clock.today()).filter(code=code).first()
    if policy is None or code not in RULES:
        raise Http404("no such policy")
    return policy, RULES[code]


def _to_plan(request: SignedIn, rule: Rule, area: Area | None) -> Any:
    """Of the list, those without a plan that lie where the user may enter one."""
    day = clock.today()
    ground = Ground(request.user.scope_of(Capability.MEASURE_EDIT), area, day)
    return coverage.without_plan(rule, coverage.unmet(rule, ground), day.year)


def _asks(labels: list[str]) -> str:
    return f"这项政策每项还要填{'、'.join(labels)}，在户的页面单独登记，或者用措施工作簿一次填好。"


def _named(back: list[Held]) -> str:
    """The first of those held back, each with its household and reason."""
    said = "；".join(
        f"{one.measure.household.number if one.measure.household else ''} {one}" for one in back[:NAMED]
    )
    return f"{said}；还有 {len(back) - NAMED} 项" if len(back) > NAMED else said


def _unit(rule: Rule) -> str:
    return "人" if rule.of == OF_PERSON else "户"


def _parts(listed: Listed, rule: Rule, kind: str, top: Area | None) -> list[tuple[str, str, str, int]]:
    """How many lie in each town of a county, else in each village."""
    of_home = kind != UNDUE and rule.of != OF_PERSON
    level = Level.TOWN if top is not None and top.level == Level.COUNTY else Level.VILLAGE
    if back := listed.form.back:
        return coverage.parts_then(listed.rows, "pk" if of_home else "household_id", back, level)
    return coverage.parts(listed.rows, f"{'' if of_home else 'household__'}{level}")


def _without_area(request: SignedIn) -> str:
    query = request.GET.copy()
    for name in ("area", *PLACE):
        query.pop(name, None)
    query["area"] = ""
    return f"{request.path}?{query.urlencode()}"
