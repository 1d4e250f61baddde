"""`/society/`: help by society, one record with its steps and beneficiaries; sums by kind and year."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.record import head_names
from measures.models import Beneficiary, HelpState, SocialHelp, Taken
from measures.society.forms import BeneficiaryForm, CancelForm, HelpForm
from measures.society.listing import SUMS, society, sums
from office import clock, trail
from office.listing import area_choices, asked_area, page_by_key

UP = "area__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = society(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=SUMS),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "may_edit": Capability.SOCIETY_EDIT in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/society.html", context, status=422 if listed.refusal else 200)


@require_safe
def by_year(request: SignedIn) -> HttpResponse:
    """Sums by kind and year; each count opens the list it counts."""
    require(request.user, Capability.MEASURE_VIEW)
    area = asked_area(request)
    years, lines, whole = sums(request.user, area)
    context = {
        "years": years,
        "lines": lines,
        "whole": whole,
        "area": area,
        "areas": area_choices(request.user, area, clock.today()),
    }
    return render(request, "measures/society_sums.html", context)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _help(request, pk, Capability.MEASURE_VIEW))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.SOCIETY_EDIT)
    home = request.user.home_area
    chosen = {
        "area": home.code if home else "",
        "start_on": clock.today(),
        "kind": request.GET.get("kind", ""),
    }
    data = request.POST if request.method == "POST" else None
    form = HelpForm(data, user=request.user, initial=chosen)
    if form.is_valid():
        record = form.save(commit=False)
        require(request.user, Capability.SOCIETY_EDIT, record.area)
        with transaction.atomic():
            record.recorded_by = record._history_user = request.user
            record.save()
            _noted(request, "登记社会帮扶", record)
        return _saved(record, request, "已登记")
    context = {"form": form, "record": None}
    return render(request, "measures/social_help_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """As long as it is open; a need gets its giver here and begins (待对接 → 进行中)."""
    record = _help(request, pk, Capability.SOCIETY_EDIT)
    if not record.is_open:
        return refused(request, f"这条记录已经是“{record.state}”，不能再改；写错的请取消后重新登记。")
    data = request.POST if request.method == "POST" else None
    form = HelpForm(data, instance=record, user=request.user)
    if form.is_valid():
        require(request.user, Capability.SOCIETY_EDIT, form.cleaned_data["area"])
        try:
            with transaction.atomic():
                form.instance.revise(by=request.user, version=form.cleaned_data["seen"])
                _noted(request, "修改社会帮扶", form.instance)
        except Taken as taken:
            return refused(request, f"{taken}。")
        return _saved(form.instance, request, "已保存")
    context = {"form": form, "record": record}
    return render(request, "measures/social_help_form.html", context, status=422 if form.errors else 200)


@require_POST
def finish(request: SignedIn, pk: int) -> HttpResponse:
    record = _help(request, pk, Capability.SOCIETY_EDIT)
    if record.state != HelpState.RUNNING:
        return refused(request, f"这条记录现在是“{record.state}”，不能办结。")

    def act() -> None:
        record.finish(by=request.user, on=clock.today())

    return _step(request, record, act, "办结社会帮扶")


@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    record = _help(request, pk, Capability.SOCIETY_EDIT)
    form = CancelForm(request.POST)
    if record.state == HelpState.CANCELLED:
        return refused(request, "这条记录已经取消。")
    if not form.is_valid():
        return _page(request, record, cancel_form=form, status=422)

    def act() -> None:
        record.cancel(by=request.user, reason=form.cleaned_data["state_reason"])

    return _step(request, record, act, "取消社会帮扶")


@require_POST
def beneficiary_new(request: SignedIn, pk: int) -> HttpResponse:
    record = _help(request, pk, Capability.SOCIETY_EDIT)
    form = BeneficiaryForm(request.POST, user=request.user)
    if record.state == HelpState.CANCELLED:
        return refused(request, "这条记录已经取消，不再列受益对象。")
    if not form.is_valid():
        return _page(request, record, beneficiary_form=form, status=422)
    village = form.home.village if form.home is not None else form.cleaned_data["village"]
    made = Beneficiary(social_help=record, village=village, household=form.home, person=form.member)
    try:
        with transaction.atomic():
            made.save()
            detail = {"村": str(village), "户编号": form.home.number if form.home else ""}
            trail.record("列入受益对象", request=request, subject=record, area=village, detail=detail)
    except IntegrityError:
        form.add_error(None, "这个受益对象已经列入")
        return _page(request, record, beneficiary_form=form, status=409)
    messages.success(request, f"已列入：{made}。")
    return _to(record)


@require_POST
def beneficiary_remove(request: SignedIn, pk: int, beneficiary: int) -> HttpResponse:
    record = _help(request, pk, Capability.SOCIETY_EDIT)
    seen = record.beneficiaries.visible_to(request.user)
    one = get_object_or_404(seen.select_related("village", "household"), pk=beneficiary)
    with transaction.atomic():
        detail = {"村": str(one.village), "户编号": one.household.number if one.household else ""}
        trail.record("移出受益对象", request=request, subject=record, area=one.village, detail=detail)
        one.delete()
    messages.success(request, "已移出这个受益对象。")
    return _to(record)


def _help(request: SignedIn, pk: int, capability: Capability) -> SocialHelp:
    """To change it, its own area must be within the duty; to read it, a village it helps is enough."""
    visible = SocialHelp.objects.visible_to(request.user).select_related(UP, "recorded_by")
    record: SocialHelp = get_object_or_404(visible, pk=pk)
    require(request.user, capability, None if capability == Capability.MEASURE_VIEW else record.area)
    return record


def _step(request: SignedIn, record: SocialHelp, act: Callable[[], None], action: str) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
            _noted(request, action, record)
    except Taken as taken:
        return refused(request, f"{taken}。")
    except ValidationError as refusal:
        return refused(request, f"{'；'.join(refusal.messages)}。")
    return _saved(record, request, f"现在是“{record.state}”")


def _page(request: SignedIn, record: SocialHelp, status: int = 200, **forms: Any) -> HttpResponse:
    """Beneficiaries elsewhere than in the own area are not shown, nor how many there are."""
    seen = record.beneficiaries.visible_to(request.user)
    seen = seen.select_related("village__parent", "household", "person")
    page = page_by_key(seen, request)
    names = head_names(row.household_id for row in page.rows if row.household_id)
    for row in page.rows:
        row.head_name = names.get(row.household_id, "")
    able = request.user.scope_of(Capability.SOCIETY_EDIT).covers(record.area)
    context = {
        "record": record,
        "page": page,
        "able": able,
        "may_register": Capability.REGISTER_VIEW in request.user.capabilities(),
        "cancel_form": CancelForm(),
        "beneficiary_form": BeneficiaryForm(user=request.user) if able else None,
        **forms,
    }
    return render(request, "measures/social_help.html", context, status=status)


def _to(record: SocialHelp) -> HttpResponse:
    return HttpResponseRedirect(reverse("measures:social-help", args=[record.pk]), status=303)


def _saved(record: SocialHelp, request: SignedIn, said: str) -> HttpResponse:
    messages.success(request, f"{said}：{record}。")
    return _to(record)


def _noted(request: SignedIn, action: str, record: SocialHelp) -> None:
    detail = {
        "类别": record.kind,
        "事项": record.title,
        "帮扶方": record.giver,
        "金额": record.amount,
        "进入专户": "是" if record.to_fund else "",
        "取消原因": record.state_reason,
    }
    kept = {name: value for name, value in detail.items() if value not in ("", None)}
    trail.record(action, request=request, subject=record, area=record.area, detail=kept)
