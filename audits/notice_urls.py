"""Addresses of running notices, below `/notices/`, open to everybody."""

from django.urls import path

from audits.views import public

app_name = "notices"

urlpatterns = [
    path("", public.listing, name="list"),
    path("<str:token>/", public.notice, name="notice"),
]
