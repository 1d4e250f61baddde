"""Addresses of the workbench and the reports; reporting/urls.py takes them in."""

from django.urls import path

from reporting.views import assessments, compare, reports, workbench

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("workbench/jobs/", workbench.jobs, name="workbench-jobs"),
    path("reports/", reports.reports, name="reports"),
    path("reports/runs/<uuid:pk>/", reports.run, name="run"),
    path("reports/runs/<uuid:pk>/compare/", compare.compare, name="run-compare"),
    path("reports/files/<uuid:pk>/", reports.file, name="file"),
    path("assessments/", assessments.listing, name="assessments"),
    path("assessments/draw/", assessments.draw, name="assessment-draw"),
    path("assessments/settle/", assessments.settle, name="assessment-settle"),
    path("assessments/<int:pk>/veto/", assessments.veto, name="assessment-veto"),
    path("reports/<slug:kind>/", reports.report, name="report"),
]
