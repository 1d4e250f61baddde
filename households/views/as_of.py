"""`/households/<number>/?on=DAY`: the page of a household as the register had it on that day."""

import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.views.errors import refused
from households import as_of
from households.models import Household
from households.record import DATED, FACTS, LIVING, PRODUCTION, facts, survey_rows
from households.views.history import DayAsked, seen
from office import clock


def page_of_day(request: HttpRequest, household: Household) -> HttpResponse:
    """The household's page as of `?on=`; the caller has fetched the household in its scope."""
    form = DayAsked(request.GET, today=clock.today())
    if not form.is_valid():
        return refused(request, "；".join(str(error) for error in form.errors["on"]) + "。", 422)
    day: datetime.date = form.cleaned_data["on"]
    seen(request, household, 日期=day.isoformat())
    then = as_of.record(household, day, clock.shift())
    for person in then.members:
        person.years_old = person.age(day)  # type: ignore[attr-defined]
    conditions = (facts(then.living, LIVING) if then.living else []) + (
        facts(then.production, PRODUCTION) if then.production else []
    )
    context = {
        "household": household,
        "then": then,
        "day": day,
        "form": form,
        "facts": facts(
            then.household, [name for name in FACTS if name not in DATED or getattr(then.household, name)]
        ),
        "survey_rows": survey_rows(then.surveys),
        "conditions": conditions,
    }
    return render(request, "households/as_of.html", context)
