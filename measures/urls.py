"""Addresses of the policy catalogue, of measures and of their coverage."""

from django.urls import path

from measures.views import coverage, measures, policies, whole

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
    path("households/<str:number>/measures/", measures.household, name="household"),
    path("households/<str:number>/measures/new/", measures.plan, name="plan"),
    path("villages/<str:code>/measures/new/", measures.plan_village, name="plan-village"),
]
