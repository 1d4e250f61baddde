"""`/imports/agreement/`: a national person sheet held against the register (账账相符), without importing it."""

import uuid
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area
from households.agreement.forms import AgreementForm
from households.lists.agreement import KEY, fetch, lines_of
from households.models import Agreement, AgreementState, DisagreementKind
from households.workbook import importing, upload
from office import clock, trail
from office.jobs import enqueue
from office.listing import EXACT_UP_TO, PLACE, area_choices, kept_a_minute, page_by_key
from office.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The own comparisons; POST uploads a sheet and queues one."""
    own = Agreement.objects.own(request.user).select_related("area")
    require(request.user, Capability.REGISTER_EDIT)
    asked, home = request.method == "POST", request.user.home_area
    form = AgreementForm(
        request.POST if asked else None,
        request.FILES if asked else None,
        user=request.user,
        initial={"area": home.code if home else ""},
    )
    if asked and form.is_valid():
        return _begin(request, form.cleaned_data["area"], form.cleaned_data["file"])
    page = page_by_key(own, request, order=("-uploaded_at", "-pk"))
    context = {"form": form, "page": page}
    return render(request, "households/agreements.html", context, status=422 if asked else 200)


def _begin(request: SignedIn, area: Area, file: Any) -> HttpResponse:
    require(request.user, Capability.REGISTER_EDIT, area)
    data = file.read()
    made = Agreement(
        owner=request.user,
        area=area,
        file_name=(file.name or "")[:120],
        checksum=importing.checksum(data),
        uploaded_at=clock.moment(),
    )
    upload.keep(made.pk, data)
    with transaction.atomic():
        made.save(force_insert=True)
        trail.record(
            "上传核对表",
            subject=made,
            area=area,
            detail={"文件": made.file_name, "校验码": made.checksum},
            request=request,
        )
        enqueue("register-agreement", params={"agreement": str(made.pk)}, owner=request.user)
    return HttpResponseRedirect(reverse("households:agreement", args=[made.pk]), status=303)


@require_safe
def record(request: SignedIn, pk: UUID) -> HttpResponse:
    """One comparison: its progress, then what does not agree, by village and kind."""
    shown = fetch(request.user, str(pk))
    require(request.user, Capability.REGISTER_EDIT)
    if shown.state != AgreementState.DONE:
        jobs = Job.objects.of(request.user).filter(params__agreement=str(shown.pk))
        context: dict[str, Any] = {"agreement": shown, "job": jobs.order_by("-queued_at").first()}
        return render(request, "households/agreement.html", context)
    query = request.GET.copy()
    query["agreement"] = str(shown.pk)
    listed = lines_of(shown, request.user, request.GET)
    page = listed.page(request)
    long = page.total > EXACT_UP_TO
    counted = listed.rows.select_related(None).order_by()
    kinds, villages, titles = (
        kept_a_minute(counted, "disagreements", lambda: _counts(counted)) if long else _counts(counted)
    )
    narrowed = any(request.GET.get(name) for name in ("area", "kind", "title"))
    context = {
        "agreement": shown,
        "page": page,
        "columns": listed.columns,
        "form": listed.form,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, clock.today()),
        "kinds": kinds,
        "villages": villages,
        "titles": titles,
        "kind_url": _without(request, "kind"),
        "area_url": _without(request, "area"),
        "title_url": _without(request, "title"),
        "narrowed": narrowed,
        "export": {"key": KEY, "query": query.urlencode(), "once": uuid.uuid4().hex},
    }
    return render(request, "households/agreement.html", context, status=422 if listed.refusal else 200)


def _counts(counted: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """(key, word, count) by kind, by village in code order, by what differs."""
    words = dict(DisagreementKind.choices)
    by_kind = dict(counted.values_list("kind").annotate(count=Count("pk")))
    by_village = counted.exclude(village=None).values_list("village__code", "village__name")
    by_title = counted.values_list("title").annotate(count=Count("pk"))
    return (
        [(key, words[key], by_kind[key]) for key in DisagreementKind.values if key in by_kind],
        sorted(by_village.annotate(count=Count("pk"))),
        sorted(by_title, key=lambda one: (-one[1], one[0])),
    )


def _without(request: SignedIn, name: str) -> str:
    """The page's address with this condition open at its end."""
    query = request.GET.copy()
    for each in (name, *PLACE):
        query.pop(each, None)
    query[name] = ""
    return f"{request.path}?{query.urlencode()}"
