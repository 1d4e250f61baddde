"""`/villages/`: the villages of one's area. With `key=` it is the list behind a figure of villages/tally.py."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from office import clock
from office.listing import Page, area_choices
from villages.filters import KEYS
from villages.lists import villages


@require_safe
def village_list(request: SignedIn) -> HttpResponse:
    today = clock.today()
    listed = villages(request.user, request.GET, today)
    form, area = listed.form, listed.area
    page, title = Page(rows=[], total=0), ""
    if not listed.refusal:
        page = listed.page(request, exact=bool(form.by_key))
        title = KEYS.get(form.by_key, "")
    context = {
        "form": form,
        "page": page,
        "columns": listed.columns,
        "title": title,
        "area": area,
        "areas": area_choices(request.user, area, today),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "villages/list.html", context, status=422 if listed.refusal else 200)
