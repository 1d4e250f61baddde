"""Addresses of the workbench, the boards and the reports; reporting/urls.py takes them in."""

from django.urls import path

from reporting.views import assessments, boards, compare, reports, schedules, workbench

urlpatterns = [
    path("", workbench.workbench, name="workbench"),
    path("workbench/jobs/", workbench.jobs, name="workbench-jobs"),
    path("dashboards/", boards.board, name="dashboard"),
    path("wall/distribution/", boards.distribution, name="wall-distribution"),
    path("wall/campaign/", boards.war, name="wall-campaign"),
    path("wall/pairing/", boards.pairs, name="wall-pairing"),
    path("reports/", reports.reports, name="reports"),
    path("reports/runs/<uuid:pk>/", reports.run, name="run"),
    path("reports/runs/<uuid:pk>/compare/", compare.compare, name="run-compare"),
    path("reports/runs/<uuid:pk>/details/", reports.run_details, name="run-details"),
    path("reports/files/<uuid:pk>/", reports.file, name="file"),
    path("reports/schedules/", schedules.listing, name="schedules"),
    path("reports/schedules/<int:pk>/", schedules.show, name="schedule"),
    path("reports/schedules/<int:pk>/pause/", schedules.pause, name="schedule-pause"),
    path("reports/schedules/<int:pk>/resume/", schedules.resume, name="schedule-resume"),
    path("reports/schedules/periods/<int:pk>/retry/", schedules.retry, name="schedule-retry"),
    path("assessments/", assessments.listing, name="assessments"),
    path("assessments/draw/", assessments.draw, name="assessment-draw"),
    path("assessments/settle/", assessments.settle, name="assessment-settle"),
    path("assessments/<int:pk>/veto/", assessments.veto, name="assessment-veto"),
    path("reports/<slug:kind>/", reports.report, name="report"),
]
