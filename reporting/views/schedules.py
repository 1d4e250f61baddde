"""定期报表: what is made by itself every month, quarter or year; what ran, what is due next; pause and go on."""

from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from office import clock, trail
from office.days import written
from office.listing import asked_area, page_by_key
from reporting.definitions import DEFINITIONS
from reporting.forms import ScheduleForm
from reporting.jobs import take_up_due, try_again
from reporting.models import ReportSchedule, ScheduleMoved, SchedulePeriod
from reporting.nesting import titled

C = Capability


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """Every schedule of the own area; POST sets one up, and takes up what is over of it."""
    visible = ReportSchedule.objects.visible_to(request.user)
    if request.method != "POST":
        require(request.user, C.REPORT_VIEW)
        return _page(request, visible)
    require(request.user, C.REPORT_SCHEDULE)
    form = ScheduleForm(request.POST, areas=_areas(request), today=clock.today())
    if not form.is_valid():
        return _page(request, visible, form)
    asked = form.cleaned_data
    require(request.user, C.REPORT_SCHEDULE, asked["area"])
    try:
        with transaction.atomic():
            made = ReportSchedule.objects.create(owner=request.user, set_at=clock.moment(), **asked)
            _told(request, "排定定期报表", made)
    except IntegrityError:
        form.add_error(None, "这张表在这个区划已经按这个周期排定")
        return _page(request, visible, form)
    _made_up(request, made, "已排定")
    return _to(made)


@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    """One schedule: every period that was taken up, and what became of it."""
    schedule = _found(request, pk)
    require(request.user, C.REPORT_VIEW, schedule.area)
    periods = schedule.periods.select_related("job", "run")
    context = {
        "schedule": schedule,
        "title": _title(schedule),
        "next_due": schedule.next_due(clock.today()),
        "page": page_by_key(periods.defer("run__figures_stored"), request, order=("-as_of", "pk")),
        "may_set": request.user.scope_of(C.REPORT_SCHEDULE).covers(schedule.area),
    }
    return render(request, "reporting/schedule.html", context)


@require_POST
def pause(request: SignedIn, pk: int) -> HttpResponse:
    schedule = _found(request, pk)
    require(request.user, C.REPORT_SCHEDULE, schedule.area)
    try:
        with transaction.atomic():
            schedule.pause(at=clock.moment())
            _told(request, "暂停定期报表", schedule)
    except ScheduleMoved as moved:
        return refused(request, f"{moved}。")
    messages.success(request, "已暂停，到期不再生成。")
    return _to(schedule)


@require_POST
def resume(request: SignedIn, pk: int) -> HttpResponse:
    """Whoever presses it is from now on the one whose rights count; `make_up` asks for the periods of the pause."""
    schedule = _found(request, pk)
    require(request.user, C.REPORT_SCHEDULE, schedule.area)
    try:
        with transaction.atomic():
            make_up = "make_up" in request.POST
            schedule.resume(by=request.user, today=clock.today(), make_up=make_up)
            _told(request, "恢复定期报表", schedule, **{"补上暂停的各期": "是" if make_up else "否"})
    except ScheduleMoved as moved:
        return refused(request, f"{moved}。")
    _made_up(request, schedule, "已恢复")
    return _to(schedule)


@require_POST
def retry(request: SignedIn, pk: int) -> HttpResponse:
    """A period that failed, for whoever may set schedules up there: whose rights made it fail may be gone."""
    visible = SchedulePeriod.objects.visible_to(request.user).filter(schedule__kind__in=DEFINITIONS)
    period = get_object_or_404(visible.select_related("schedule__area__parent__parent", "job"), pk=pk)
    schedule = period.schedule
    require(request.user, C.REPORT_SCHEDULE, schedule.area)
    try:
        with transaction.atomic():
            try_again(period, by=request.user)
            _told(request, "重新生成定期报表", schedule, 期=period.word)
    except ScheduleMoved as moved:
        return refused(request, f"{moved}。")
    messages.success(request, f"{period.word}正在重新生成。")
    return _to(schedule)


def _found(request: SignedIn, pk: int) -> ReportSchedule:
    visible = ReportSchedule.objects.visible_to(request.user)
    found: ReportSchedule = get_object_or_404(
        visible.select_related("area__parent__parent", "owner"), pk=pk, kind__in=DEFINITIONS
    )
    return found


def _title(schedule: ReportSchedule) -> str:
    return titled(DEFINITIONS[schedule.kind].title, schedule.area, schedule.nested)


def _areas(request: SignedIn) -> Any:
    return Area.objects.filter(request.user.areas_of(C.REPORT_SCHEDULE))


def _told(request: SignedIn, action: str, schedule: ReportSchedule, **more: str) -> None:
    detail = {
        "报表": _title(schedule),
        "周期": schedule.get_rhythm_display(),
        "起": f"{written(schedule.since)}",
        **more,
    }
    trail.record(action, request=request, subject=schedule, area=schedule.area, detail=detail)


def _made_up(request: SignedIn, schedule: ReportSchedule, done: str) -> None:
    taken = take_up_due(schedule)
    due = schedule.next_due(clock.today())
    message = f"{done}，下一期在{written(due)}生成" if due else done
    messages.success(request, f"{message}；已经过去的 {taken} 期正在补。" if taken else f"{message}。")


def _page(request: SignedIn, visible: Any, form: ScheduleForm | None = None) -> HttpResponse:
    area, today, status = asked_area(request), clock.today(), 422 if form is not None else 200
    latest = SchedulePeriod.objects.select_related("job").order_by("-as_of")
    rows = visible.filter(kind__in=DEFINITIONS).in_area(area).select_related("area", "owner")
    page = page_by_key(
        rows.prefetch_related(Prefetch("periods", latest)),
        request,
        order=("kind", "area__code", "rhythm", "pk"),
    )
    if form is None and C.REPORT_SCHEDULE in request.user.capabilities():
        home = request.user.home_area
        asked = {"kind": request.GET.get("kind", ""), "area": home.code if home else "", "since": today}
        form = ScheduleForm(None, areas=_areas(request), today=today, initial=asked)
    context = {
        "form": form,
        "page": page,
        "schedules": [
            (_title(one), one, one.next_due(today), next(iter(one.periods.all()), None)) for one in page.rows
        ],
    }
    return render(request, "reporting/schedules.html", context, status=status)


def _to(schedule: ReportSchedule) -> HttpResponse:
    return HttpResponseRedirect(reverse("reporting:schedule", args=[schedule.pk]), status=303)
