from django.urls import path

from accounts.views import exports, handbook, health, jobs, second_factor, sign_in, system, trail, users

app_name = "accounts"
urlpatterns = [
    path("accounts/login/", sign_in.login, name="login"),
    path("accounts/logout/", sign_in.logout, name="logout"),
    path("accounts/here/", sign_in.here, name="here"),
    path("accounts/password/", sign_in.password, name="password"),
    path("accounts/second-factor/", second_factor.ask, name="second-factor"),
    path("accounts/second-factor/new/", second_factor.set_up, name="second-factor-new"),
    path("accounts/second-factor/codes/", second_factor.codes, name="second-factor-codes"),
    path("accounts/users/", users.listing, name="users"),
    path("accounts/users/new/", users.create, name="user-new"),
    path("accounts/users/<int:pk>/", users.show, name="user"),
    path("accounts/users/<int:pk>/disable/", users.disable, name="user-disable"),
    path("accounts/users/<int:pk>/enable/", users.enable, name="user-enable"),
    path("accounts/users/<int:pk>/password/", users.reset_password, name="user-password"),
    path("accounts/users/<int:pk>/second-factor/", users.reset_second_factor, name="user-second-factor"),
    path("accounts/users/<int:pk>/duties/", users.grant, name="user-grant"),
    path("accounts/users/<int:pk>/duties/<int:duty_pk>/end/", users.end_duty, name="user-end-duty"),
    path("jobs/", jobs.listing, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.show, name="job"),
    path("jobs/<uuid:pk>/progress/", jobs.progress, name="job-progress"),
    path("jobs/<uuid:pk>/cancel/", jobs.cancel, name="job-cancel"),
    path("jobs/<uuid:pk>/retry/", jobs.retry, name="job-retry"),
    path("exports/", exports.ask, name="export-new"),
    path("exports/<uuid:pk>/", exports.file, name="export"),
    path("trail/", trail.listing, name="trail"),
    path("help/", handbook.show, name="handbook"),
    path("system/", system.show, name="system"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
]
