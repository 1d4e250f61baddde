"""`/measures/`: who is helped by what; one measure with its steps; a household's measures on its own page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from households.models import Household
from measures import checks, extras
from measures.lists import PAID, measures
from measures.measure_forms import OF_PLACE, CancelForm, CompleteForm, DeliverForm, PlanForm
from measures.models import Measure, SocialHelp, State, Taken
from office import attachments, clock, trail
from office.attachments import Attachment
from office.listing import area_choices
from office.rulebook import ENTRY, NIGHTLY

WHERE = "village__parent__parent__parent__parent"
FIRM = "enterprise__area__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = measures(request.user, request.GET, day)
    area = listed.area
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=PAID),
        "columns": listed.columns,
        "ledger": listed.form.policy_name if listed.form.is_valid() else "",
        "area": area,
        "areas": area_choices(request.user, area, day),
        "may_edit": Capability.MEASURE_EDIT in request.user.capabilities(),
        "may_projects": Capability.PROJECT_VIEW in request.user.capabilities(),
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/list.html", context, status=422 if listed.refusal else 200)


@require_safe
def household(request: SignedIn, number: str) -> HttpResponse:
    """All of a household's measures: a page of its own, and for htmx the panel of the household's page."""
    home = _household(request, number, Capability.MEASURE_VIEW)
    rows = list(Measure.objects.filter(household=home).select_related("policy", "person"))
    able = request.user.scope_of(Capability.MEASURE_EDIT).covers(home.village)
    case = checks.of_these([home], clock.today())[home.pk]
    breaches = {breach.rule: breach for stage in (NIGHTLY, ENTRY) for breach in checks.run(case, stage)}
    context = {
        "household": home,
        "head_name": home.head.name if home.head else "",
        "rows": rows,
        "breaches": [breaches[rule] for rule in sorted(breaches)],
        "may_plan": able and home.removed_on is None,
        "paid": sum(row.amount for row in rows if row.state == State.DELIVERED and row.unit == "元"),
        "social": list(
            SocialHelp.objects.visible_to(request.user)
            .live()
            .filter(beneficiaries__household=home)
            .distinct()[:20]
        ),
    }
    name = "measures/_household.html" if getattr(request, "htmx", False) else "measures/household.html"
    return render(request, name, context)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _measure(request, pk, Capability.MEASURE_VIEW))


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: SignedIn, number: str) -> HttpResponse:
    home = _household(request, number, Capability.MEASURE_EDIT)
    if home.removed_on is not None:
        return refused(request, "该户已经注销，不再登记措施。")
    chosen = {name: request.GET[name] for name in ("policy", "person") if name in request.GET}
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data, day=clock.today(), household=home, initial=chosen)
    back = reverse("households:detail", args=[home.number])
    about = f"{home.village.name}　{home.head.name if home.head else home.number}户"
    return planning(request, form, about=about, back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def plan_village(request: SignedIn, code: str) -> HttpResponse:
    """For a village, or for the town or county itself where the catalogue has something of theirs."""
    try:
        village = Area.objects.visible_to(request.user).filter(level__in=OF_PLACE).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村、镇街或区县") from error
    require(request.user, Capability.MEASURE_EDIT, area=village)
    data = request.POST if request.method == "POST" else None
    chosen = {"policy": request.GET["policy"]} if "policy" in request.GET else {}
    form = PlanForm(data, day=clock.today(), village=village, initial=chosen)
    if village.level == Level.VILLAGE:
        back = reverse("villages:village", args=[village.code])
    else:
        back = f"{reverse('measures:points')}?level={village.level}"
    return planning(request, form, about=village.name, back=back)


@require_POST
def deliver(request: SignedIn, pk: int) -> HttpResponse:
    measure = _measure(request, pk, Capability.MEASURE_EDIT)
    form = DeliverForm(request.POST, request.FILES, measure=measure, day=clock.today())

    def act() -> None:
        asked = form.cleaned_data
        measure.deliver(
            on=asked["delivered_on"],
            amount=asked["amount"],
            payer=asked["payer"],
            voucher=asked["voucher"],
            note=asked["note"],
            extras=form.extras,
            by=request.user,
            today=clock.today(),
        )
        _bind(request, measure, asked["papers"])

    if not measure.is_planned:
        return _late(request, measure, "落实")
    return _step(request, measure, form, act, "落实措施", deliver_form=form)


@require_POST
def complete(request: SignedIn, pk: int) -> HttpResponse:
    """补登: further fields and photos of a measure, as long as it is not cancelled."""
    measure = _measure(request, pk, Capability.MEASURE_EDIT)
    form = CompleteForm(
        request.POST, request.FILES, measure=measure, day=clock.today(), auto_id="complete_%s"
    )

    def act() -> None:
        measure.complete(form.said, by=request.user)
        _bind(request, measure, form.cleaned_data["papers"])

    if measure.state == State.CANCELLED:
        return _late(request, measure, "补登")
    return _step(request, measure, form, act, "补登措施", complete_form=form)


@require_safe
def file(request: SignedIn, pk: int, file: int) -> HttpResponse:
    """A photo or voucher of a measure; reading it is in the trail."""
    measure = _measure(request, pk, Capability.MEASURE_VIEW)
    kept = get_object_or_404(Attachment.objects.of(measure), pk=file)
    answer = attachments.answer(kept)
    noted(request, "查看措施凭证", measure, 文件=kept.label)
    return answer


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    measure = _measure(request, pk, Capability.MEASURE_EDIT)
    form = CancelForm(request.POST)

    def act() -> None:
        reason = form.cleaned_data["cancel_reason"]
        measure.cancel(on=clock.today(), reason=reason, by=request.user)

    if not measure.is_planned:
        return _late(request, measure, "取消")
    return _step(request, measure, form, act, "取消措施", cancel_form=form)


def _household(request: SignedIn, number: str, capability: Capability) -> Household:
    visible = Household.objects.visible_to(request.user).select_related(WHERE)
    home: Household = get_object_or_404(visible, number=number)
    require(request.user, capability, area=home.village)
    return home


def _measure(request: SignedIn, pk: int, capability: Capability) -> Measure:
    visible = Measure.objects.visible_to(request.user).select_related(
        "policy", "person", f"household__{WHERE}", WHERE, FIRM, "planned_by", "closed_by"
    )
    measure: Measure = get_object_or_404(visible, pk=pk)
    require(request.user, capability, area=measure.place)
    return measure


def planning(request: SignedIn, form: PlanForm, *, about: str, back: str) -> HttpResponse:
    """The form of a plan: taken and on to the measure, or shown again with its reasons."""
    if form.is_valid():
        try:
            with transaction.atomic():
                measure = form.plan(request.user)
                noted(request, "计划措施", measure)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        else:
            said = f"已列入计划：{measure}。{measure.working}"
            messages.success(request, said)
            address = reverse("measures:measure", args=[measure.pk])
            return HttpResponseRedirect(address, status=303)
    # Another policy asks for other fields: with script they follow the choice, without it the next answer has them.
    form.fields["policy"].widget.attrs |= {
        "hx-get": request.path,
        "hx-select": "#further",
        "hx-target": "#further",
        "hx-swap": "outerHTML",
    }
    context = {"form": form, "about": about, "back": back}
    return render(request, "measures/plan.html", context, status=422 if form.errors else 200)


def _step(
    request: SignedIn, measure: Measure, form: Any, act: Callable[[], None], action: str, **forms: Any
) -> HttpResponse:
    """One step of a measure: done and back to it, or refused with its reason and what was typed."""
    if form.is_valid():
        try:
            with transaction.atomic():
                act()
                noted(request, action, measure)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            for name in getattr(refusal, "error_dict", {None: 0}):
                told = refusal.error_dict[name] if name else refusal
                form.add_error(name if name in form.fields else None, told)
        else:
            said = "补登" if action == "补登措施" else measure.state
            messages.success(request, f"已登记{said}：{measure}。")
            address = reverse("measures:measure", args=[measure.pk])
            return HttpResponseRedirect(address, status=303)
    return _page(request, measure, status=422, **forms)


def _late(request: SignedIn, measure: Measure, word: str) -> HttpResponse:
    return refused(request, f"这项措施已经是“{measure.state}”，不能再{word}。")


def _bind(request: SignedIn, measure: Measure, papers: list[attachments.Checked]) -> None:
    """In the transaction of the step: all of the files, or none and no step."""
    with attachments.all_on_disk(papers) as kept:
        for one in kept:
            one.bind(measure, by=request.user, at=clock.moment())


def _page(request: SignedIn, measure: Measure, status: int = 200, **forms: Any) -> HttpResponse:
    here = request.user.scope_of(Capability.MEASURE_EDIT).covers(measure.place)
    home, day = measure.household, clock.today()
    asked = extras.of(measure.policy.code)
    context = {
        "measure": measure,
        "household": home,
        "head_name": home.head.name if home is not None and home.head else "",
        "able": here and measure.is_planned,
        "may_complete": here and measure.state != State.CANCELLED,
        "said": [(one.label, one.shown(measure.extras.get(one.key, ""))) for one in asked],
        "files": list(Attachment.objects.of(measure)),
        "deliver_form": DeliverForm(measure=measure, day=day),
        "complete_form": CompleteForm(measure=measure, day=day, auto_id="complete_%s"),
        "cancel_form": CancelForm(auto_id="cancel_%s"),
        **forms,
    }
    return render(request, "measures/measure.html", context, status=status)


def noted(request: SignedIn, action: str, measure: Measure, **more: Any) -> None:
    detail = {
        "政策": measure.policy.code,
        "户编号": measure.household.number if measure.household else "",
        "人口编号": measure.person.number if measure.person else "",
        "年度": measure.year,
        "数额": measure.amount,
        "落实日期": measure.delivered_on,
        "凭证号": measure.voucher,
        "取消原因": measure.cancel_reason,
        "企业": measure.enterprise.name if measure.enterprise else "",
        **more,
    }
    kept = {name: value for name, value in detail.items() if value not in ("", None)}
    trail.record(action, request=request, subject=measure, area=measure.place, detail=kept)
