"""`/years/`: the years of a county, closed and reopened by the district (domain §3)."""

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from households.models import ClosedYear, Conflict, StatusEvent, Survey, YearAct
from households.models.survey import DRAFT
from households.models.year import to_seal, years_of
from households.year_forms import Reopening
from households.year_jobs import KIND, note
from office import attachments, clock, trail
from office.attachments import Attachment
from office.jobs import enqueue

AT_ONCE = 500  # surveys; sealing more is a job with its progress


@dataclass(frozen=True)
class Row:
    """One year of a county: how it stands and what is kept of it."""

    county: Area
    year: int
    closed: ClosedYear | None
    events: int
    surveys: int
    drafts: int
    may_close: bool
    may_reopen: bool


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.YEAR_CLOSE)
    rows = [row for county in _counties(request) for row in _rows(county)]
    return render(request, "households/years.html", {"rows": rows, "several": len(_counties(request)) > 1})


@require_safe
def record(request: SignedIn, code: str, year: int) -> HttpResponse:
    return _page(request, _county(request, code), year, Reopening())


@require_POST
def close(request: SignedIn, code: str, year: int) -> HttpResponse:
    county = _county(request, code)
    try:
        YearAct.check_close(county, year, clock.today())
        if to_seal(county, year) > AT_ONCE:
            params = {"county": county.pk, "year": year}
            job = enqueue(KIND, params=params, owner=request.user, key=f"{KIND}:{county.pk}:{year}")
            return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)
        with transaction.atomic():
            act = YearAct.close(county, year, by=request.user, on=clock.today(), at=clock.moment())
            note(act, request=request)
    except Conflict as late:
        return refused(request, f"{late.message}。")
    except ValidationError as refusal:
        return refused(request, f"{refusal.message}。", 422)
    messages.success(
        request,
        f"{year}年已封存：{act.surveys} 户采集不再修改，该年不再登记动态。确需更正的，写明原因并附依据。",
    )
    return _to(county, year)


@require_POST
def reopen(request: SignedIn, code: str, year: int) -> HttpResponse:
    county = _county(request, code)
    if not ClosedYear.objects.filter(county=county, year=year).exists():
        return refused(request, f"{year}年没有封存。")
    form = Reopening(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, county, year, form, 422)
    asked = form.cleaned_data
    try:
        with transaction.atomic(), attachments.on_disk(asked["document"]) as document:
            assert document is not None
            act = YearAct.reopen(county, year, by=request.user, reason=asked["reason"], at=clock.moment())
            document.bind(act, by=request.user, at=clock.moment())
            note(act, request=request, detail={"原因": act.reason, "依据": document.label})
    except ValidationError as refusal:
        return refused(request, f"{refusal.message}。")
    messages.success(request, f"{year}年已重开：{act.surveys} 户采集可以修改。改完请再封存。")
    return _to(county, year)


@require_safe
def document(request: SignedIn, pk: int) -> HttpResponse:
    """What a reopening rested on."""
    acts = YearAct.objects.visible_to(request.user)
    require(request.user, Capability.YEAR_CLOSE)
    act = get_object_or_404(acts.select_related("county"), pk=pk)
    answer = attachments.answer(get_object_or_404(Attachment.objects.of(act)))
    trail.record("查看重开依据", request=request, subject=act, area=act.county, detail={"年度": act.year})
    return answer


def _counties(request: SignedIn) -> list[Area]:
    scope = request.user.scope_of(Capability.YEAR_CLOSE)
    return list(
        Area.objects.in_scope(scope).filter(level=Level.COUNTY).valid_on(clock.today()).order_by("code")
    )


def _county(request: SignedIn, code: str) -> Area:
    """The county of the address, for who closes its years."""
    require(request.user, Capability.YEAR_CLOSE)
    scope = request.user.scope_of(Capability.YEAR_CLOSE)
    counties = Area.objects.in_scope(scope).filter(level=Level.COUNTY).valid_on(clock.today())
    county: Area = get_object_or_404(counties, code=code)
    return county


def _rows(county: Area) -> list[Row]:
    """Every year up to the last one that is over, the newest first; four statements a county."""
    years = years_of(county, clock.today())
    closed = {one.year: one for one in ClosedYear.objects.filter(county=county).select_related("closed_by")}
    events = dict(
        StatusEvent.objects.filter(county=county).order_by().values_list("on__year").annotate(Count("pk"))
    )
    surveys: dict[int, int] = {}
    drafts: dict[int, int] = {}
    counted = Survey.objects.filter(household__county=county).order_by().values_list("year", "state")
    for year, state, count in counted.annotate(Count("pk")):
        kept = drafts if state == DRAFT else surveys
        kept[year] = kept.get(year, 0) + count
    last = max(closed, default=0)
    following = min((year for year in years if year > last), default=0)
    return [
        Row(
            county,
            year,
            closed.get(year),
            events.get(year, 0),
            surveys.get(year, 0),
            drafts.get(year, 0),
            may_close=year not in closed and year <= max(following, last),
            may_reopen=year == last,
        )
        for year in sorted(set(years) | set(closed), reverse=True)
    ]


def _page(request: SignedIn, county: Area, year: int, form: Reopening, status: int = 200) -> HttpResponse:
    row = next((row for row in _rows(county) if row.year == year), None)
    if row is None:
        return refused(request, f"{year}年没有登记，或者还没有结束。", 404)
    acts = list(YearAct.objects.filter(county=county, year=year).select_related("by"))
    papers = Attachment.objects.on(YearAct, [act.pk for act in acts]) if acts else []
    labels = {int(paper.record_id): paper.label for paper in papers}
    context = {
        "row": row,
        "form": form,
        "acts": [(act, labels.get(act.pk, "")) for act in acts],
    }
    return render(request, "households/year.html", context, status=status)


def _to(county: Area, year: int) -> HttpResponse:
    return HttpResponseRedirect(reverse("households:year", args=[county.code, year]), status=303)
