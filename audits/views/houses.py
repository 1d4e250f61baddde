"""`/audits/<list>/entries/<entry>/house/`: one house on its way (R131–R143), its five signatures and patrols."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from audits.entry_names import name
from audits.house_forms import HouseForm, PatrolForm, SignForm
from audits.models import Entry, HouseCase
from audits.panels import acts, house
from audits.procedures import ListKind
from audits.views.fetch import entry_for
from audits.views.refusing import form_page
from office import clock

ASKED = ["GET", "HEAD", "POST"]
NO_CASE = "这种名单没有危房改造档案。"


@require_http_methods(ASKED)
def detail(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    """The case, and the form of what is open at the stage. `try`: the amounts are worked out and nothing is kept."""
    posted = request.method == "POST"
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT if posted else Capability.AUDIT_VIEW)
    case, day = _case(entry), clock.today()
    if case is None:
        return refused(request, NO_CASE)
    form = HouseForm(request.POST if posted else None, case=case, day=day)
    more: dict[str, Any] = {
        "template": "audits/house.html",
        "acts": acts.of(entry.audit_list, request.user, day),
    }
    if posted and "try" in request.POST and form.is_valid():
        return render(request, "audits/house.html", _context(entry, form, form.case, more))

    def act() -> str:
        case.fill(by=request.user, on=day, **form.facts())
        return f"{name(entry)}的改造档案已保存。"

    context = _context(entry, form, case, more)
    return form_page(
        request,
        entry.audit_list,
        form,
        act=act,
        **{name: context[name] for name in context if name not in ("audit_list", "form")},
    )


@require_http_methods(ASKED)
def sign(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    case = _case(entry)
    if case is None:
        return refused(request, NO_CASE)
    day = clock.today()
    data = request.POST if request.method == "POST" else None
    form = SignForm(data, case=case, initial={"signed_on": day})

    def act() -> str:
        asked = form.cleaned_data
        case.sign(
            asked["department"],
            signed_by=asked["signed_by"],
            signed_on=asked["signed_on"],
            paper=asked["paper"],
            accepted=asked["accepted"],
            note=asked["note"],
            by=request.user,
            on=day,
        )
        return f"已登记{asked['department']}验收。"

    return _small(request, entry, form, act, title="部门验收", submit="登记", template="audits/sign.html")


@require_http_methods(ASKED)
def patrol(request: SignedIn, pk: int, entry_pk: int) -> HttpResponse:
    entry = entry_for(request, pk, entry_pk, Capability.AUDIT_ACT)
    case = _case(entry)
    if case is None:
        return refused(request, NO_CASE)
    data = request.POST if request.method == "POST" else None
    form = PatrolForm(data, audit_list=entry.audit_list)

    def act() -> str:
        case.patrol(form.cleaned_data["finding"], by=request.user, on=clock.today())
        return "质量巡查已登记。"

    return _small(request, entry, form, act, title="质量巡查", submit="登记", template="audits/patrol.html")


def _case(entry: Entry) -> HouseCase | None:
    if entry.kind != ListKind.RENOVATION:
        return None
    case = HouseCase.objects.get(entry=entry)
    case.entry = entry
    return case


def _address(entry: Entry) -> str:
    return reverse("audits:house", args=[entry.audit_list.pk, entry.pk])


def _context(entry: Entry, form: HouseForm, case: HouseCase, more: dict[str, Any]) -> dict[str, Any]:
    return {
        "audit_list": entry.audit_list,
        "entry": entry,
        "form": form,
        "title": "改造档案",
        "submit": "保存",
        "back": _address(entry),
        "case": case,
        "name": name(entry),
        "house": house.of(case),
        **more,
    }


def _small(
    request: SignedIn, entry: Entry, form: Any, act: Any, *, title: str, submit: str, template: str
) -> HttpResponse:
    return form_page(
        request,
        entry.audit_list,
        form,
        title=f"{title}　{name(entry)}",
        submit=submit,
        act=act,
        back=_address(entry),
        template=template,
    )
