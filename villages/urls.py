"""Addresses of villages and key villages."""

from django.urls import path

from villages.views import (
    edit,
    events,
    incidents,
    indicators,
    listing,
    published,
    record,
    standing,
    work,
    work_import,
)
from villages.work.kinds import addresses

app_name = "villages"

urlpatterns = [
    path("villages/", listing.village_list, name="list"),
    path("villages/events/", events.event_list, name="events"),
    path("incidents/", incidents.listing, name="incidents"),
    path("incidents/new/", incidents.new, name="incident-new"),
    path("incidents/<int:pk>/", incidents.detail, name="incident"),
    path("incidents/<int:pk>/report/", incidents.report, name="incident-report"),
    path("incidents/<int:pk>/handle/", incidents.handle, name="incident-handle"),
    path("incidents/<int:pk>/close/", incidents.close, name="incident-close"),
    path("indicators/", indicators.listing, name="indicators"),
    path("indicators/<slug:code>/", indicators.detail, name="indicator"),
    path("indicators/<slug:code>/values/", indicators.enter, name="indicator-enter"),
    path("indicators/<slug:code>/goal/", indicators.goal, name="indicator-goal"),
    path("villages/teams/", standing.teams, name="teams"),
    path("villages/letters/missing/", standing.letters_missing, name="letters-missing"),
    path("villages/offices/", standing.offices, name="offices"),
    path("villages/offices/<str:code>/", standing.office, name="office"),
    path("villages/public/", published.inspections, name="public-inspections"),
    path("villages/public/models/", published.models, name="public-models"),
    *addresses(work, work_import.book),
    path("villages/<str:code>/", record.village, name="village"),
    path("villages/<str:code>/staff/", edit.staff, name="staff"),
    path("villages/<str:code>/years/new/", edit.new_year, name="year-new"),
    path("villages/<str:code>/years/<int:year>/", edit.year, name="year"),
]
