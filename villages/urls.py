"""Addresses of villages and key villages."""

from django.urls import path

from villages.views import edit, events, listing, record

app_name = "villages"

urlpatterns = [
    path("villages/", listing.village_list, name="list"),
    path("villages/events/", events.event_list, name="events"),
    path("villages/<str:code>/", record.village, name="village"),
    path("villages/<str:code>/staff/", edit.staff, name="staff"),
    path("villages/<str:code>/years/new/", edit.new_year, name="year-new"),
    path("villages/<str:code>/years/<int:year>/", edit.year, name="year"),
]
