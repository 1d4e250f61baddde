"""Addresses of the policy catalogue, of measures and of their coverage."""

from django.urls import path

from measures import stages
from measures.views import (
    assets,
    coverage,
    fund_years,
    funds,
    measures,
    policies,
    project_steps,
    projects,
    published,
    whole,
)

app_name = "measures"

urlpatterns = [
    path("policies/", policies.listing, name="policies"),
    path("policies/new/", policies.new, name="policy-new"),
    path("policies/<slug:code>/", policies.detail, name="policy"),
    path("policies/<slug:code>/edit/", policies.edit, name="policy-edit"),
    path("measures/", measures.listing, name="list"),
    path("measures/coverage/", coverage.overview, name="coverage"),
    path("measures/coverage/list/", coverage.listing, name="coverage-list"),
    path("measures/coverage/plan/", coverage.plan, name="coverage-plan"),
    path("measures/coverage/plan-all/", coverage.plan_all, name="coverage-plan-all"),
    path("measures/whole/", whole.overview, name="whole"),
    path("measures/whole/<slug:code>/<int:year>/", whole.deliver, name="whole-deliver"),
    path("measures/<int:pk>/", measures.detail, name="measure"),
    path("measures/<int:pk>/deliver/", measures.deliver, name="deliver"),
    path("measures/<int:pk>/cancel/", measures.cancel, name="cancel"),
    path("projects/", projects.listing, name="projects"),
    path("projects/new/", projects.new, name="project-new"),
    path("projects/public/", published.listing, name="projects-public"),
    path("projects/ledger/", funds.ledger, name="ledger"),
    path("projects/ledger/<int:pk>/counter/", funds.counter, name="counter"),
    path("projects/sources/", funds.sources, name="sources"),
    path("projects/sources/new/", funds.source_new, name="source-new"),
    path("projects/sources/<int:pk>/", funds.source, name="source"),
    path("projects/sources/<int:pk>/budget/", funds.budget, name="source-budget"),
    path("projects/growth/<str:code>/<int:year>/", fund_years.growth, name="growth"),
    path("projects/assets/", assets.listing, name="assets"),
    path("projects/assets/<int:pk>/", assets.detail, name="asset"),
    path("projects/assets/<int:pk>/income/", assets.income, name="asset-income"),
    path("projects/incomes/<int:pk>/propose/", assets.propose, name="propose"),
    path("projects/sharings/<int:pk>/", assets.sharing, name="sharing"),
    path("projects/sharings/<int:pk>/confirm/", assets.confirm, name="sharing-confirm"),
    path("projects/sharings/<int:pk>/pay/", assets.pay, name="sharing-pay"),
    path("projects/sharings/<int:pk>/withdraw/", assets.withdraw, name="sharing-withdraw"),
    path("projects/<int:pk>/", projects.detail, name="project"),
    path("projects/<int:pk>/edit/", projects.edit, name="project-edit"),
    path("projects/<int:pk>/revise/", projects.revise, name="project-revise"),
    path("projects/<int:pk>/publish/", projects.publish, name="project-publish"),
    path("projects/<int:pk>/progress/", projects.progress, name="project-progress"),
    path("projects/<int:pk>/records/", projects.record, name="project-record"),
    path("projects/<int:pk>/files/<int:file>/", projects.file, name="project-file"),
    path("projects/<int:pk>/allocate/", funds.allocate, name="allocate"),
    path("projects/<int:pk>/pay/", funds.pay, name="pay"),
    path("projects/<int:pk>/assets/", assets.new, name="asset-new"),
    *(
        path(f"projects/<int:pk>/{key}/", project_steps.step, {"key": key}, name=f"project-{key}")
        for key in stages.STEPS
    ),
    path("households/<str:number>/measures/", measures.household, name="household"),
    path("households/<str:number>/measures/new/", measures.plan, name="plan"),
    path("villages/<str:code>/measures/new/", measures.plan_village, name="plan-village"),
]
