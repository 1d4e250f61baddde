"""Addresses of the plan tables and a household's papers; the workbench and the reports have their own list."""

from django.urls import path

from reporting import report_urls
from reporting.views import distribution, dossier, letters, planned_villages, plans, versions

app_name = "reporting"

urlpatterns = [
    path("plans/", plans.plans, name="plans"),
    path("plans/import/", plans.plan_import, name="plan-import"),
    path("plans/new/", versions.new, name="plan-new"),
    path("plans/distribution/", distribution.page, name="distribution"),
    path("plans/distribution/xlsx/", distribution.file, name="distribution-file"),
    path("plans/villages/", planned_villages.listing, name="planned-villages"),
    path("plans/villages/import/", planned_villages.take_in, name="planned-import"),
    path("plans/villages/<str:code>/", planned_villages.village, name="planned-village"),
    path("plans/<int:pk>/", plans.plan, name="plan"),
    path("plans/<int:pk>/adopt/", plans.plan_adopt, name="plan-adopt"),
    path("plans/<int:pk>/carry/", versions.carry, name="plan-carry"),
    path("plans/<int:pk>/edit/", versions.edit, name="plan-edit"),
    path("plans/<int:pk>/compare/", versions.compare, name="plan-compare"),
    path("plans/<int:pk>/<str:fmt>/", plans.plan_export, name="plan-export"),
    path("households/<str:number>/dossier/", dossier.file, name="dossier"),
    path("households/<str:number>/card/", dossier.card, name="card"),
    path("villages/letters/draw/", letters.draw, name="letters-draw"),
    *report_urls.urlpatterns,
]
