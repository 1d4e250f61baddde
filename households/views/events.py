"""`/households/events/`: the dated events behind a report's figure. The list counts to its cell."""

from django.db.models import Sum
from django.db.models.functions import Abs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.forms import EventFilter
from households.models import StatusEvent
from households.models.event import day_of
from households.record import head_names, signed, within, written
from office import clock
from office.listing import Column, Page, area_choices, asked_area, page_by_key

COLUMNS = [
    Column("kind", "事项", lambda event: event.kind, "nb s2", said=False),
    Column("on", "发生日期", lambda event: written(event.on), "nb s4", said=False),
    Column("households", "户", lambda event: signed(event.households), "n s1"),
    Column("persons", "人", lambda event: signed(event.persons), "n s1"),
    Column("person", "成员", lambda event: event.person.name if event.person else ""),
    Column("standard", "标准", lambda event: event.standard),
    Column("town", "镇街", lambda event: event.town.name, "nb s3", said=False),
    Column("village", "村", lambda event: event.village.name, "nb s3", said=False),
    Column("cause", "致贫原因", lambda event: event.cause, "nb hide-phone", said=False),
    Column("origin", "来源", lambda event: event.origin, "nb hide-phone", said=False),
    Column(
        "recorded", "登记日期", lambda event: written(day_of(event.recorded_at)), "nb hide-phone", said=False
    ),
]
# Columns of the tables that a row needs.
NEEDED = (
    "kind",
    "on",
    "households",
    "persons",
    "standard",
    "cause",
    "origin",
    "recorded_at",
    "household__number",
    "household__county",
    "household__town",
    "household__village",
    "person__name",
    "town__name",
    "village__name",
)


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Records in `data-total`, persons moved in or out in `data-persons`, both for the whole filter."""
    events = StatusEvent.objects.visible_to(request.user)
    require(request.user, Capability.REGISTER_VIEW)
    area = asked_area(request)
    scope: AreaScope = request.user.area_scope()  # type: ignore[union-attr]
    form = EventFilter(request.GET)
    page = Page(rows=[], total=0)
    if form.is_valid():
        page = page_by_key(
            form.matching(events.in_area(area))
            .select_related("household", "person", "village", "town")
            .only(*NEEDED),
            request,
            order=("-on", "-pk"),
            sums={"persons": Sum(Abs("persons")), "households": Sum(Abs("households"))},
            exact=any(form.cleaned_data.values()),
        )
        names = head_names(event.household_id for event in page.rows)
        for event in page.rows:
            event.head_name = names.get(event.household_id, "")
            event.may_open = within(scope, event.household)
    context = {
        "form": form,
        "page": page,
        "area": area,
        "columns": COLUMNS,
        "areas": area_choices(request.user, area, clock.today()),
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "households/events.html", context, status=200 if form.is_valid() else 422)
