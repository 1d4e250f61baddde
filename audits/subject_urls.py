"""Addresses of what the audits know of a household or a village, below its own address."""

from django.urls import path

from audits.views import of_household, of_village

app_name = "audited"

urlpatterns = [
    path("households/<str:number>/audits/", of_household.panel, name="household"),
    path("households/<str:number>/reverse-exit/", of_household.reverse_exit, name="reverse-exit"),
    path("households/<str:number>/fall-back/", of_household.fall_back, name="fall-back"),
    path("villages/<str:code>/audits/", of_village.panel, name="village"),
    path("villages/<str:code>/apply-exit/", of_village.apply, name="apply-exit"),
]
