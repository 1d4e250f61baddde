"""`/households/find/`: one box for names, initials and every number; numbers travel in the body of a POST only."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import require
from accounts.roles import Capability
from households import lookup
from households.forms import LookupForm
from households.models import Household
from office import trail

MOST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """303 to the record when one is seen, to the list for a name; a number held elsewhere reads as unknown."""
    households = Household.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    form = LookupForm(request.POST if request.method == "POST" else None)
    asked, found = "", []
    if form.is_valid():
        if not lookup.is_number(form.cleaned_data["q"]):
            query = urlencode({"q": form.cleaned_data["q"]})
            return HttpResponseRedirect(f"{reverse('households:list')}?{query}", status=303)
        asked = lookup.masked(form.cleaned_data["q"])
        holding = households.filter(pk__in=lookup.holders(form.cleaned_data["q"]))
        found = list(holding.with_head().select_related("town", "village").order_by("number")[:MOST_SHOWN])
        one = found[0] if len(found) == 1 else None
        trail.record(
            "按号码查找",
            subject=one,
            area=one.village if one else None,
            detail={"号码": asked, "找到": len(found)},
            request=request,
        )
        if one:
            return HttpResponseRedirect(reverse("households:detail", args=[one.number]), status=303)
        form = LookupForm()  # what was typed is not written back: pages hold no number in full
    context = {"form": form, "asked": asked, "found": found}
    return render(request, "households/find.html", context, status=422 if form.errors else 200)
