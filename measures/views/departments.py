"""`/departments/`: lists sent by departments, their rows, and the differences that the district settles.

What may be seen comes from the duty's unit, so the capability is asked for before the fetch.
"""

import uuid
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.workbook import importing, upload
from measures.departments import taken, telling
from measures.departments.forms import ListForm, ReasonForm
from measures.departments.jobs import KIND
from measures.departments.listing import department_lists, fetch, list_differences, rows_of
from measures.models import DepartmentList, DifferenceKind, ListDifference, ListRow, ListState, Settled
from office import clock, trail
from office.jobs import enqueue
from office.listing import area_choices
from office.models import Job


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The lists; POST takes one in and has it compared."""
    asked, day = request.method == "POST", clock.today()
    require(request.user, Capability.LISTS_UPLOAD if asked else Capability.LISTS_VIEW)
    able = request.user.capabilities()
    home = request.user.home_area
    form = ListForm(
        request.POST if asked else None,
        request.FILES if asked else None,
        user=request.user,
        day=day,
        initial={"area": home.code if home else "", "as_on": day},
    )
    if asked and form.is_valid():
        return _begin(request, form)
    context: dict[str, Any] = {"form": form, "may_upload": Capability.LISTS_UPLOAD in able, "listed": None}
    status = 422 if asked else 200
    if Capability.LISTS_VIEW in able:
        listed = department_lists(request.user, request.GET, day)
        context |= {
            "listed": listed,
            "filter": listed.form,
            "page": listed.page(request),
            "columns": listed.columns,
            "area": listed.area,
            "areas": area_choices(request.user, listed.area, day),
            "may_settle": Capability.LISTS_SETTLE in able,
            "narrowed": any(request.GET.get(name) for name in ("area", "unit", "kind")),
        }
        status = 422 if listed.refusal else status
    return render(request, "measures/departments.html", context, status=status)


def _begin(request: SignedIn, form: ListForm) -> HttpResponse:
    asked = form.cleaned_data
    require(request.user, Capability.LISTS_UPLOAD, asked["area"])
    data = asked["file"].read()
    made = DepartmentList(
        owner=request.user,
        unit=form.unit,
        kind=asked["kind"],
        area=asked["area"],
        as_on=asked["as_on"],
        file_name=(asked["file"].name or "")[:120],
        checksum=importing.checksum(data),
        uploaded_at=clock.moment(),
    )
    upload.keep(made.pk, data)
    with transaction.atomic():
        made.save(force_insert=True)
        detail = {"部门": made.unit, "名单": made.kind, "文件": made.file_name, "校验码": made.checksum}
        trail.record("上传部门名单", subject=made, area=made.area, detail=detail, request=request)
        enqueue(KIND, params={"department_list": str(made.pk)}, owner=request.user)
    return HttpResponseRedirect(reverse("measures:department-list", args=[made.pk]), status=303)


@require_safe
def record(request: SignedIn, pk: UUID) -> HttpResponse:
    """One list: its progress, then its rows, each with a word that does not depend on the register."""
    shown = fetch(request.user, str(pk))
    settles = Capability.LISTS_SETTLE in request.user.capabilities()
    context: dict[str, Any] = {"list": shown, "may_settle": settles}
    if shown.state != ListState.DONE:
        jobs = Job.objects.of(request.user).filter(params__department_list=str(shown.pk))
        context["job"] = jobs.order_by("-queued_at").first()
        return render(request, "measures/department_list.html", context)
    listed = rows_of(shown, request.GET)
    query = request.GET.copy()
    query["list"] = str(shown.pk)
    context |= {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "narrowed": bool(request.GET.get("word")),
        "export_query": query.urlencode(),
        "once": uuid.uuid4().hex,
        "kinds": _counts(shown) if settles else [],
    }
    return render(request, "measures/department_list.html", context, status=422 if listed.refusal else 200)


def _counts(shown: DepartmentList) -> list[tuple[str, str, int]]:
    """(kind, words, how many, settled or not), for the district."""
    found = ListDifference.objects.filter(department_list=shown).order_by().values_list("kind")
    counts = dict(found.annotate(count=Count("pk")))
    return [(str(kind), str(words), counts.get(kind, 0)) for kind, words in DifferenceKind.choices]


@require_POST
def tell(request: SignedIn, pk: UUID) -> HttpResponse:
    """通报部门: the counts in words, small ones suppressed."""
    require(request.user, Capability.LISTS_SETTLE)
    visible = DepartmentList.objects.filter(request.user.unit_q(Capability.LISTS_SETTLE))
    shown: DepartmentList = get_object_or_404(visible.select_related("area"), pk=pk)
    if shown.state != ListState.DONE:
        return refused(request, f"这份名单{shown.get_state_display()}，还不能通报。")
    parts = {"一致": shown.agreeing, "不一致": shown.matched - shown.agreeing}
    compared = shown.rows - shown.faulty
    words = telling.in_words(compared, shown.matched, parts, shown.told_before())
    with transaction.atomic():
        done = shown.tell(words, by=request.user, at=clock.moment())
        if done:
            detail = {"部门": shown.unit, "名单": shown.kind}
            trail.record("通报部门名单核对", subject=shown, area=shown.area, detail=detail, request=request)
    if not done:
        return refused(request, "这份名单已经通报过。")
    messages.success(request, f"已向{shown.unit}通报核对情况，小于 10 的数不公布。")
    return HttpResponseRedirect(reverse("measures:department-list", args=[shown.pk]), status=303)


@require_safe
def differences(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = list_differences(request.user, request.GET, day)
    asked = request.GET.get("list", "")
    shown = fetch(request.user, asked) if asked else None
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "list": shown,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    status = 422 if listed.refusal else 200
    return render(request, "measures/list_differences.html", context, status=status)


@require_safe
def difference(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _difference(request, pk))


@require_POST
def take(request: SignedIn, pk: int) -> HttpResponse:
    """Taken over: a 疑点 where the household lies, until the register says what the list says."""
    one = _difference(request, pk)

    def act() -> bool:
        return taken.take(one, by=request.user, on=clock.today())

    return _settle(request, one, act, "差异转为疑点", "已转为疑点，户所在的村镇在“疑点”里核实。")


@require_POST
def keep(request: SignedIn, pk: int) -> HttpResponse:
    """The register stays as it is; quiet in later lists until one of the two changes."""
    one, form = _difference(request, pk), ReasonForm(request.POST, auto_id="keep_%s")
    if one.is_open and not form.is_valid():
        return _page(request, one, keep_form=form, status=422)

    def act() -> bool:
        reason = form.cleaned_data["reason"]
        return one.settle(Settled.KEPT, by=request.user, on=clock.today(), reason=reason)

    return _settle(request, one, act, "差异予以保留", "已保留。两边不变动，以后的名单不再列出。")


@require_POST
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    """The department is told of this one row, on purpose and with a reason."""
    one, form = _difference(request, pk), ReasonForm(request.POST, auto_id="return_%s")
    if one.is_open and one.row is None:
        return refused(request, "名单里没有这个人，没有哪一行可以退回。", 422)
    if one.is_open and not form.is_valid():
        return _page(request, one, return_form=form, status=422)

    def act() -> bool:
        reason = form.cleaned_data["reason"]
        done = one.settle(Settled.RETURNED, by=request.user, on=clock.today(), reason=reason)
        if done and one.row is not None:
            rows = ListRow.objects.filter(department_list=one.department_list, row=one.row)
            rows.update(returned=reason)
        return done

    return _settle(request, one, act, "差异退回部门", "已退回部门核实，部门在自己的名单里看到这一行和说明。")


def _difference(request: SignedIn, pk: int) -> ListDifference:
    require(request.user, Capability.LISTS_SETTLE)
    visible = ListDifference.objects.visible_to(request.user).select_related(
        "department_list__area", "household", "person", "village__parent", "settled_by"
    )
    found: ListDifference = get_object_or_404(visible, pk=pk)
    return found


def _settle(
    request: SignedIn, one: ListDifference, act: Callable[[], bool], action: str, said: str
) -> HttpResponse:
    try:
        with transaction.atomic():
            done = one.is_open and act()
            if done:
                listed = one.department_list
                number = one.household.number if one.household else ""
                detail = {"部门": listed.unit, "名单": listed.kind, "项目": one.title, "户编号": number}
                trail.record(action, subject=one, area=listed.area, detail=detail, request=request)
    except ValidationError as refusal:
        return refused(request, f"{'；'.join(refusal.messages)}。", 422)
    if not done:
        one.refresh_from_db()
        return refused(request, f"这条差异已由{one.settled_by}办理：{one.settled}。")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("measures:list-difference", args=[one.pk]), status=303)


def _page(request: SignedIn, one: ListDifference, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "difference": one,
        "list": one.department_list,
        "told": one.told,
        "keep_form": ReasonForm(auto_id="keep_%s"),
        "return_form": ReasonForm(auto_id="return_%s"),
        **forms,
    }
    return render(request, "measures/list_difference.html", context, status=status)
