"""Addresses of the audits, below `/audits/`."""

from django.urls import path

from audits.views import archives, decisions, entries, lists, notices, objections, papers

app_name = "audits"

urlpatterns = [
    path("", lists.listing, name="list"),
    path("objections/", objections.listing, name="objections"),
    path("objections/<int:pk>/", objections.show, name="objection"),
    path("objections/<int:pk>/take-up/", objections.take_up, name="objection-take-up"),
    path("objections/<int:pk>/settle/", objections.settle, name="objection-settle"),
    path("objections/<int:pk>/contact/", objections.contact, name="objection-contact"),
    path("objections/<int:pk>/answer/", objections.answer, name="objection-answer"),
    path("notices/", notices.listing, name="notices"),
    path("notices/public/", notices.switch, name="notices-public"),
    path("archives/<uuid:pk>/", archives.file, name="archive-file"),
    path("<int:pk>/objections/new/", objections.new, name="objection-new"),
    path("<int:pk>/notices/new/", notices.new, name="notice-new"),
    path("<int:pk>/notices/<int:notice_pk>/", notices.show, name="notice"),
    path("<int:pk>/notices/<int:notice_pk>/sheet/", notices.sheet, name="notice-sheet"),
    path("<int:pk>/notices/<int:notice_pk>/workbook/", notices.workbook, name="notice-workbook"),
    path("<int:pk>/notices/<int:notice_pk>/photos/", notices.photos, name="notice-photos"),
    path("<int:pk>/notices/<int:notice_pk>/photos/<int:file_pk>/", notices.photo, name="notice-photo"),
    path("<int:pk>/papers/", papers.listing, name="papers"),
    path("<int:pk>/papers/<slug:kind>/", papers.paper, name="paper"),
    path("<int:pk>/archive/", archives.make, name="archive"),
    path("<int:pk>/", lists.detail, name="audit"),
    path("<int:pk>/pass/", decisions.pass_on, name="pass"),
    path("<int:pk>/send-back/", decisions.send_back, name="send-back"),
    path("<int:pk>/decisions/<int:decision_pk>/", decisions.decision, name="decision"),
    path("<int:pk>/entries/<int:entry_pk>/", entries.detail, name="entry"),
]
