from django.urls import path

from households.views import events, household, lines, register, village_panel

app_name = "households"
urlpatterns = [
    path("households/", register.listing, name="list"),
    path("households/events/", events.listing, name="events"),
    path("households/village-panel/<str:code>/", village_panel.panel, name="village-panel"),
    path("households/<str:number>/", household.detail, name="detail"),
    path("lines/", lines.lines, name="lines"),
]
