"""Addresses of the audits, below `/audits/`."""

from django.urls import path

from audits.views import decisions, entries, lists

app_name = "audits"

urlpatterns = [
    path("", lists.listing, name="list"),
    path("<int:pk>/", lists.detail, name="audit"),
    path("<int:pk>/pass/", decisions.pass_on, name="pass"),
    path("<int:pk>/send-back/", decisions.send_back, name="send-back"),
    path("<int:pk>/decisions/<int:decision_pk>/", decisions.decision, name="decision"),
    path("<int:pk>/entries/<int:entry_pk>/", entries.detail, name="entry"),
]
