"""`/households/members/`: the persons behind a figure of the structure of the registered population."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from households.lists.members import members
from office import clock
from office.listing import Page, area_choices


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = members(request.user, request.GET, day)
    form, area = listed.form, listed.area
    page = Page(rows=[], total=0)
    if not listed.refusal:
        page = listed.page(request, exact=any(form.cleaned_data.values()))
    context = {
        "form": form,
        "page": page,
        "area": area,
        "columns": listed.columns,
        "areas": area_choices(request.user, area, day),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/members.html", context, status=422 if listed.refusal else 200)
