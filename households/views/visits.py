"""Visits at the door: listed, written on a telephone, struck out with a reason, the photo given out to who may see."""

from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.care.visiting import StrikeOut, VisitForm
from households.lists.visits import visits
from households.models import Visit
from households.views.care_form import Late, form_page, household_for
from office import attachments, clock, trail
from office.attachments import Attachment
from office.days import written
from office.listing import Page, area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """`/visits/`: the visits behind a report's figure, or those of the own area."""
    day = clock.today()
    listed = visits(request.user, request.GET, day)
    form, page = listed.form, Page(rows=[], total=0)
    if not listed.refusal:
        sums = {"homes": Count("household", distinct=True)}
        page = listed.page(request, sums=sums, exact=bool(form.cleaned_data["as_of"]))
    context = {
        "form": form,
        "page": page,
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "may_report": Capability.REPORT_VIEW in request.user.capabilities(),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/visits.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, number: str) -> HttpResponse:
    household = household_for(request, number, Capability.VISIT_RECORD)
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    visit = Visit(household=household, recorded_by=request.user, recorded_at=clock.moment())  # type: ignore[misc]
    form = VisitForm(*typed, instance=visit, household=household, day=clock.today(), by=request.user)

    def save() -> str:
        with attachments.all_on_disk(form.cleaned_data["photo"]) as photos:
            form.save()
            for photo in photos:
                photo.bind(visit, by=request.user, at=clock.moment())
            detail = {
                "户编号": household.number,
                "走访日期": visit.visited_on,
                "方式": visit.way,
                "照片": len(photos),
            }
            trail.record("登记走访", request=request, subject=visit, area=household.village, detail=detail)
        return f"已登记{written(visit.visited_on)}的走访。登记后不能修改，写错了可以作废重登。"

    return form_page(request, household, form, title="登记走访", submit="登记", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """By who recorded it, or by who arranges the helpers."""
    household = household_for(request, number, Capability.VISIT_RECORD)
    visit = get_object_or_404(household.visits, pk=pk)
    if visit.recorded_by_id != request.user.pk and Capability.HELPER_EDIT not in request.user.capabilities():
        raise PermissionDenied("走访记录由登记人本人、镇街或区扶贫办作废")
    if visit.struck_at is not None:
        return refused(request, "这条走访记录已经作废")
    form = StrikeOut(request.POST if request.method == "POST" else None)

    def save() -> str:
        reason = form.cleaned_data["reason"]
        if not visit.strike(by=request.user, at=clock.moment(), reason=reason):
            raise Late("这条走访记录已经作废")
        detail = {"户编号": household.number, "走访日期": visit.visited_on, "原因": reason}
        trail.record("作废走访", request=request, subject=visit, area=household.village, detail=detail)
        return f"{written(visit.visited_on)}的走访记录已作废，原记录仍然保留。"

    title = f"作废{written(visit.visited_on)}的走访"
    return form_page(request, household, form, title=title, submit="作废", save=save)


@require_safe
def photo(request: SignedIn, number: str, pk: int, photo: int) -> HttpResponse:
    """Reading it is in the trail: it shows people in their home."""
    household = household_for(request, number, Capability.REGISTER_VIEW)
    visit = get_object_or_404(household.visits, pk=pk)
    kept = get_object_or_404(Attachment.objects.of(visit), pk=photo)
    answer = attachments.answer(kept)
    detail = {"户编号": household.number, "走访日期": visit.visited_on}
    trail.record("查看走访照片", request=request, subject=visit, area=household.village, detail=detail)
    return answer
