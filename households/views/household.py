"""`/households/<number>/`: one household's record (一户一档), as it is and as it came to be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households import reveal as numbers
from households.models import Household
from households.record import DATED, FACTS, LIVING, PRODUCTION, facts, standing, survey_rows
from households.views.as_of import page_of_day
from households.views.care_panels import panels
from households.views.history import seen
from office import clock
from office.findings import Finding

YEARS_SHOWN = 5


@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """`<main data-village>` holds the village's code; `?on=DAY` shows the record of that day.

    Identity, phone and account numbers stay masked. Each view is a row of the trail.
    """
    visible = Household.objects.visible_to(request.user).select_related(
        "village__parent__parent__parent__parent", "county"
    )
    household = get_object_or_404(visible.with_head(), number=number)
    require(request.user, Capability.REGISTER_VIEW)
    if "on" in request.GET:
        return page_of_day(request, household)
    seen(request, household)
    day = clock.today()
    scope: AreaScope = request.user.area_scope()  # type: ignore[union-attr]
    people = sorted(household.persons.all(), key=lambda person: (not person.is_head, person.number))
    for person in people:
        person.years_old = person.age(day)
    surveys = list(household.surveys.counted()[:YEARS_SHOWN])
    living, production = household.living.first(), household.production.first()
    conditions = (facts(living, LIVING) if living else []) + (
        facts(production, PRODUCTION) if production else []
    )
    colour, beside = standing(household, day)
    care = panels(request.user, household, day)  # type: ignore[arg-type]
    context = {
        "household": household,
        "above": [area for area in (*household.village.ancestors(), household.village) if scope.covers(area)],
        "facts": facts(household, [name for name in FACTS if name not in DATED or getattr(household, name)]),
        "members": [person for person in people if person.present],
        "gone": [person for person in people if not person.present],
        "surveys": surveys,
        "survey_rows": survey_rows(surveys),
        "conditions": conditions,
        "conditions_year": max((one.year for one in (living, production) if one), default=None),
        "events": household.events.select_related("person", "village", "recorded_by").order_by("on", "pk"),
        "findings": Finding.objects.of(household).waiting(),
        "colour": colour,
        "standing": beside,
        "hidden": numbers.hidden(household, people, care["helpers"])
        if Capability.REVEAL in request.user.capabilities()  # type: ignore[union-attr]
        else [],
        "may_edit": household.removed_on is None and Capability.REGISTER_EDIT in request.user.capabilities(),  # type: ignore[union-attr]
        "may_close_years": Capability.YEAR_CLOSE in request.user.capabilities(),  # type: ignore[union-attr]
        **care,
    }
    return render(request, "households/detail.html", context)
