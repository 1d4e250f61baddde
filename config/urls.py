"""Every app's addresses in one place; the permission table in tests/ walks this list."""

from django.urls import include, path

urlpatterns = [
    path("", include("reporting.urls")),
    path("", include("accounts.urls")),
    path("", include("villages.urls")),
    path("", include("households.urls")),
    path("", include("measures.urls")),
    path("audits/", include("audits.urls")),
    path("notices/", include("audits.notice_urls")),
    path("", include("audits.subject_urls")),
]

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.forbidden"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
