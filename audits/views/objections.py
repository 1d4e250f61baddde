"""`/audits/objections/`: the list; one objection, taken up, investigated, answered in writing, printed."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
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
from accounts.views.errors import refused
from areas.models import Area
from audits import acting
from audits.models import Objection
from audits.models.noticing import CLOSERS, RECORDERS
from audits.objection_forms import AnswerForm, ContactForm, ObjectionForm
from audits.objection_list import objections, visible_objections
from audits.papers.answer import answer_paper
from audits.views.fetch import list_for
from audits.views.refusing import Refusal, attempt, form_page
from households import reveal
from households.record import head_names
from office import clock, trail
from office.listing import area_choices
from office.models import Outcome
from office.pii import mask_phone

WHERE = "audit_list__area__parent__parent__parent__parent"
CONTACT = "异议人联系方式"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = objections(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "audits/objections.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    if not audit_list.is_open:
        return refused(request, "名单已经办结，退出有误的按回退办理。")
    data = request.POST if request.method == "POST" else None
    form = ObjectionForm(data, audit_list=audit_list, user=request.user)

    def act() -> str:
        asked = form.cleaned_data
        made = audit_list.object_to(
            asked["text"],
            by=request.user,
            on=clock.today(),
            entry=form.chosen,
            raised_by=asked["raised_by"],
            contact=asked["contact"],
        )
        return f"异议已登记，有关的户（村）暂停办理，{made.due_on.month}月{made.due_on.day}日前书面答复。"

    return form_page(
        request,
        audit_list,
        form,
        title="登记异议",
        submit="登记异议",
        act=act,
        back=reverse("audits:audit", args=[pk]),
        template="audits/objection_new.html",
    )


@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _fetch(request, pk, Capability.AUDIT_VIEW))


@require_POST
def take_up(request: SignedIn, pk: int) -> HttpResponse:
    objection = _fetch(request, pk, Capability.AUDIT_ACT)
    if objection.taken_up_on is not None:
        return refused(request, f"这件异议已由{objection.taken_up_by}受理。")
    outcome = attempt(lambda: objection.audit_list.take_up(objection, by=request.user, on=clock.today()))
    if isinstance(outcome, Refusal):
        return refused(request, "；".join(outcome.reasons), outcome.status)
    messages.success(request, "异议已受理。")
    return _to(objection)


@require_POST
def settle(request: SignedIn, pk: int) -> HttpResponse:
    """办结 by somebody whom it does not concern (403); upheld it strikes the entry off."""
    objection = _fetch(request, pk, Capability.AUDIT_ACT)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, objection, form, 422)
    asked = form.cleaned_data
    outcome = attempt(
        lambda: objection.audit_list.settle(
            objection,
            upheld=asked["upheld"],
            investigation=asked["investigation"],
            answer=asked["answer"],
            by=request.user,
            on=clock.today(),
        )
    )
    if isinstance(outcome, Refusal):
        for reason in outcome.reasons:
            form.add_error(None, reason)
        return _page(request, _fetch(request, pk, Capability.AUDIT_ACT), form, outcome.status)
    struck = "，这一户（村）已剔除" if objection.upheld and objection.entry is not None else ""
    messages.success(request, f"异议已办结：{objection.state}{struck}。请把书面答复送异议人。")
    return _to(objection)


@sensitive_post_parameters("password")
@require_POST
def contact(request: SignedIn, pk: int) -> HttpResponse:
    """How the writer is reached, in full, once, for a reason; a reveal like any other (quality S2)."""
    objection = _fetch(request, pk, Capability.REVEAL)
    require(request.user, Capability.REVEAL, area=objection.place)
    form, value, status = ContactForm(request.POST), "", 200
    if not form.is_valid():
        status = 422
    elif missing := password_again.missing(request):
        status = 422
        form.add_error(None, missing)
    else:
        try:
            value = _opened(request, objection, form.cleaned_data["reason"], clock.now())
        except reveal.TooMany as refusal:
            status = 429
            _note(request, objection, form.cleaned_data["reason"], Outcome.REFUSED)
            form.add_error(None, str(refusal))
    return _page(request, objection, status=status, contact_form=form, contact=value)


@transaction.atomic
def _opened(request: SignedIn, objection: Objection, reason: str, now: datetime.datetime) -> str:
    """Raises TooMany over the cap of the hour; the user's row is locked while counting."""
    user = User.objects.select_for_update().get(pk=request.user.pk)
    if reveal.taken(user, now) >= settings.REVEALS_PER_HOUR:
        raise reveal.TooMany(f"一小时内最多查看 {settings.REVEALS_PER_HOUR} 个完整号码，请过一会儿再看。")
    _note(request, objection, reason)
    return str(objection.contact)


def _note(request: SignedIn, objection: Objection, reason: str, outcome: str = Outcome.OK) -> None:
    detail = {"名单": str(objection.audit_list), "内容": CONTACT, "原因": reason}
    trail.record(
        reveal.ACTION,
        request=request,
        subject=objection,
        area=objection.place,
        detail=detail,
        outcome=outcome,
    )


@require_safe
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """The written answer, to be printed and handed over; 409 before there is one."""
    objection = _fetch(request, pk, Capability.AUDIT_VIEW)
    if objection.is_open:
        return refused(request, "这件异议还没有办结，没有书面答复。")
    context = {"audit_list": objection.audit_list, "objection": objection, "paper": answer_paper(objection)}
    return render(request, "audits/objection_answer.html", context)


def _fetch(request: SignedIn, pk: int, capability: Capability) -> Objection:
    seen = visible_objections(request.user).select_related(
        WHERE,
        "audit_list__split_from",
        "entry__household",
        "entry__area__parent__parent",
        "recorded_by",
        "taken_up_by",
        "closed_by",
        "notice",
    )
    objection: Objection = get_object_or_404(seen, pk=pk)
    require(request.user, capability)
    return objection


def _to(objection: Objection) -> HttpResponse:
    return HttpResponseRedirect(reverse("audits:objection", args=[objection.pk]), status=303)


def _page(
    request: SignedIn,
    objection: Objection,
    form: AnswerForm | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    day, user = clock.today(), request.user
    acts = Capability.AUDIT_ACT in user.capabilities()
    household = objection.entry.household_id if objection.entry is not None else None
    context = {
        "objection": objection,
        "audit_list": objection.audit_list,
        "head": head_names([household]).get(household, "") if household else "",
        "stage": _stage(objection),
        "late": objection.is_overdue(day),
        "masked": mask_phone(objection.contact),
        "may_take_up": acts
        and objection.is_open
        and objection.taken_up_on is None
        and not _barred(user, RECORDERS, objection.place, day),
        "barred": barred_from_settling(objection, user, day) if acts else "当前任职只能查看。",
        "form": form or AnswerForm(),
        "contact_form": ContactForm(),
        "may_reveal": bool(objection.contact)
        and Capability.REVEAL in user.capabilities()
        and user.scope_of(Capability.REVEAL).covers(objection.place),
        "asks_password": not password_again.entered_lately(request),
        **more,
    }
    return render(request, "audits/objection.html", context, status=status)


def barred_from_settling(objection: Objection, user: User, on: datetime.date) -> str:
    """Why this user may not close it; empty for who may."""
    if barred := _barred(user, CLOSERS, objection.audit_list.area, on):
        return barred
    if user.pk in objection.concerned():
        return "提报、决定或登记这件事的人不能办结对它的异议。"
    return ""


def _barred(user: User, roles: tuple[str, ...], area: Area, on: datetime.date) -> str:
    try:
        acting.require(user, roles, area, on, "异议")
    except PermissionDenied as refusal:
        return f"{refusal}。"
    return ""


def _stage(objection: Objection) -> str:
    procedure = objection.audit_list.procedure
    return procedure[objection.stage].label if objection.stage in procedure else ""
