"""`/audits/watch/`: policies that stopped within three years of an exit, and why (脱贫不脱政策)."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from audits import watched
from audits.after_forms import NoteForm
from audits.after_lists import said, stopped_policies
from audits.models import StopReason
from audits.views.refusing import Refusal, attempt
from measures.models import Measure
from office import clock
from office.listing import area_choices

WHERE = "household__village__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = stopped_policies(request.user, request.GET, day)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
        "term": watched.term_of(listed.area or request.user.home_area, day),
    }
    return render(request, "audits/watch.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def note(request: SignedIn, pk: int) -> HttpResponse:
    """Why it stopped, once; the measure is the last of its kind in the year of the exit."""
    visible = Measure.objects.visible_to(request.user).filter(household__isnull=False)
    measure = get_object_or_404(visible.select_related("policy", "person", WHERE), pk=pk)
    require(request.user, Capability.AUDIT_ACT)
    require(request.user, Capability.MEASURE_VIEW)
    day, status = clock.today(), 200
    rows = list(
        watched.stopped(
            Measure.objects.filter(pk=pk).select_related("policy", "household"),
            day,
            watched.term_of(measure.place, day),
        )
    )
    watched.dress(rows, day, watched.term_of(measure.place, day))
    noted = StopReason.objects.filter(measure=measure).select_related("noted_by").first()
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if not rows:
            status = 409
            form.add_error(None, "这项政策没有提前停止，不用说明")
        elif form.is_valid():
            reason = form.cleaned_data["reason"]
            outcome = attempt(lambda: StopReason.note(measure, reason, by=request.user, on=day))
            if not isinstance(outcome, Refusal):
                messages.success(request, f"已说明：{measure.policy.name}，{outcome.reason}。")
                return HttpResponseRedirect(reverse("audits:watch"), status=303)
            status = outcome.status
            for refusal in outcome.reasons:
                form.add_error(None, refusal)
    context = {
        "measure": measure,
        "form": form,
        "noted": noted,
        "row": rows[0] if rows else None,
        "stop": said(rows[0].stop) if rows else "",
    }
    return render(request, "audits/watch_note.html", context, status=status)
