"""`/desk/`: the consultation desk. A department sees what was handed to it, a town and the district their own."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import password_again
from accounts.models import User
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.units import Unit
from accounts.views.errors import refused
from households import reveal
from measures.desk.forms import CloseForm, ContactForm, HandOverForm, ReplyForm, TakeDownForm
from measures.desk.listing import desk_requests, results
from measures.models import DeskRequest, DeskState, Taken
from office import clock, trail
from office.listing import area_choices, asked_area
from office.models import Outcome
from office.pii import mask_phone


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = desk_requests(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "late": DeskRequest.objects.visible_to(request.user).in_area(listed.area).overdue(day).count(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/desk.html", context, status=422 if listed.refusal else 200)


@require_safe
def outcome(request: SignedIn) -> HttpResponse:
    """How many, how long, how satisfied: by desk."""
    require(request.user, Capability.DESK_ANSWER)
    area, day = asked_area(request), clock.today()
    rows, scores = results(DeskRequest.objects.visible_to(request.user).in_area(area), day)
    context = {
        "rows": rows,
        "scores": scores,
        "rated": sum(count for _, count in scores),
        "area": area,
        "areas": area_choices(request.user, area, day),
    }
    return render(request, "measures/desk_results.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    """By phone or in person; the code is told to the asker, who may look on the public page too."""
    require(request.user, Capability.DESK_ANSWER)
    asked, home = request.method == "POST", request.user.home_area
    form = TakeDownForm(
        request.POST if asked else None, user=request.user, initial={"area": home.code if home else ""}
    )
    if asked and form.is_valid():
        facts, now = form.cleaned_data, clock.moment()
        require(request.user, Capability.DESK_ANSWER, facts["area"])
        units = request.user.units_of(Capability.DESK_ANSWER)
        own = "" if len(units) == len(Unit) else units[0]
        with transaction.atomic():
            made, code = DeskRequest.ask(at=now, days=settings.DESK_DAYS, by=request.user, unit=own, **facts)
            _noted(request, "收到咨询", made)
        address = request.build_absolute_uri(reverse("measures:asked", args=[code]))
        messages.success(request, f"已登记。本人查答复的地址：{address}")
        return _to(made)
    return render(request, "measures/desk_new.html", {"form": form}, status=422 if asked else 200)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _request(request, pk))


@require_POST
def take(request: SignedIn, pk: int) -> HttpResponse:
    one = _request(request, pk)

    def act() -> None:
        one.take(by=request.user, at=clock.moment())

    return _step(request, one, act, "受理咨询", "已受理。")


@require_POST
def hand_over(request: SignedIn, pk: int) -> HttpResponse:
    one = _request(request, pk)
    form = HandOverForm(request.POST, user=request.user, day=clock.today())
    if one.state != DeskState.TAKEN:
        return refused(request, f"这件咨询现在是“{one.state}”，先受理再转办。")
    if not form.is_valid():
        return _page(request, one, hand_form=form, status=422)

    def act() -> None:
        one.hand_over(by=request.user, at=clock.moment(), **form.cleaned_data)

    return _step(request, one, act, "转办咨询", "已转办。")


@require_POST
def reply(request: SignedIn, pk: int) -> HttpResponse:
    one = _request(request, pk)
    form = ReplyForm(request.POST, day=clock.today())
    if one.state != DeskState.TAKEN:
        return refused(request, f"这件咨询现在是“{one.state}”，先受理再答复。")
    if not form.is_valid():
        return _page(request, one, reply_form=form, status=422)

    def act() -> None:
        one.reply(by=request.user, at=clock.moment(), **form.cleaned_data)

    return _step(request, one, act, "答复咨询", "已答复，提问的人在公开页上看到答复。")


@require_POST
def close(request: SignedIn, pk: int) -> HttpResponse:
    one = _request(request, pk)
    form = CloseForm(request.POST)
    if one.state not in (DeskState.TAKEN, DeskState.ANSWERED):
        return refused(request, f"这件咨询现在是“{one.state}”，不能办结。")
    if form.is_valid() and one.state == DeskState.TAKEN and not form.cleaned_data["note"]:
        form.add_error("note", "还没有答复，办结要写明为什么")
    if form.errors:
        return _page(request, one, close_form=form, status=422)

    def act() -> None:
        one.close(by=request.user, at=clock.moment(), note=form.cleaned_data["note"])

    return _step(request, one, act, "办结咨询", "已办结。")


@sensitive_post_parameters("password")
@require_POST
def contact(request: SignedIn, pk: int) -> HttpResponse:
    """The phone in full, once, for a reason: under the cap of the hour and in the trail (quality S2)."""
    one = _request(request, pk)
    form = ContactForm(request.POST)
    if not form.is_valid():
        return _page(request, one, contact_form=form, status=422)
    if problem := password_again.missing(request):
        form.add_error(None, problem)
        return _page(request, one, contact_form=form, asks_password=True, status=422)
    detail = {"内容": "联系电话", "原因": form.cleaned_data["reason"]}
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=request.user.pk)
        over = reveal.taken(user, clock.now()) >= settings.REVEALS_PER_HOUR
        state = Outcome.REFUSED if over else Outcome.OK
        trail.record(reveal.ACTION, request=request, subject=one, area=one.area, detail=detail, outcome=state)
    if over:
        form.add_error(None, f"一小时内最多查看 {settings.REVEALS_PER_HOUR} 个完整号码，请过一会儿再看。")
        return _page(request, one, contact_form=form, status=429)
    return _page(request, one, phone=one.phone)


def _request(request: SignedIn, pk: int) -> DeskRequest:
    """What is handed to a unit belongs to it: the right comes first, since it says what may be seen."""
    require(request.user, Capability.DESK_ANSWER)
    visible = DeskRequest.objects.visible_to(request.user).select_related(
        "area__parent", "household", "taken_by", "answered_by"
    )
    one: DeskRequest = get_object_or_404(visible, pk=pk)
    return one


def _step(
    request: SignedIn, one: DeskRequest, act: Callable[[], None], action: str, said: str
) -> HttpResponse:
    try:
        with transaction.atomic():
            act()
            _noted(request, action, one)
    except Taken as taken:
        return refused(request, f"{taken}。")
    messages.success(request, said)
    seen = DeskRequest.objects.visible_to(request.user).filter(pk=one.pk).exists()
    return _to(one) if seen else HttpResponseRedirect(reverse("measures:desk"), status=303)


def _page(request: SignedIn, one: DeskRequest, status: int = 200, **more: Any) -> HttpResponse:
    day = clock.today()
    able = Capability.REGISTER_VIEW in request.user.capabilities()
    context = {
        "one": one,
        "masked": mask_phone(one.phone),
        "late": one.is_late(day),
        "steps": one.steps.select_related("by"),
        "policies": one.policies.order_by("pk"),
        "household": one.household if able else None,
        "hand_form": HandOverForm(user=request.user, day=day, initial={"due_on": one.due_on}),
        "reply_form": ReplyForm(day=day),
        "close_form": CloseForm(),
        "contact_form": ContactForm(),
        **more,
    }
    return render(request, "measures/desk_request.html", context, status=status)


def _to(one: DeskRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse("measures:desk-request", args=[one.pk]), status=303)


def _noted(request: SignedIn, action: str, one: DeskRequest) -> None:
    detail = {"方式": one.channel, "类别": one.topic, "状态": one.state, "部门": one.unit}
    kept = {name: value for name, value in detail.items() if value}
    trail.record(action, request=request, subject=one, area=one.area, detail=kept)
