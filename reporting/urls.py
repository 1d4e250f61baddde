"""Addresses of the plan tables and a household's papers; the workbench and the reports have their own list."""

from django.urls import path

from reporting import report_urls
from reporting.views import dossier, letters, plans

app_name = "reporting"

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/import/", plans.plan_import, name="plan-import"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/adopt/", plans.plan_adopt, name="plan-adopt"),
    path("plans/<int:pk>/<str:fmt>/", plans.plan_export, name="plan-export"),
    path("households/<str:number>/dossier/", dossier.file, name="dossier"),
    path("households/<str:number>/card/", dossier.card, name="card"),
    path("villages/letters/draw/", letters.draw, name="letters-draw"),
    *report_urls.urlpatterns,
]
