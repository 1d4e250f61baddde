"""Sign-in, sign-out and the own password. Five failures lock the account, whatever address they came from."""

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import password_again
from accounts.forms import PasswordForm, SignInForm
from accounts.permissions import SignedIn
from accounts.second_factor import is_asked_of
from office import clock, trail


def wanted_page(request: HttpRequest) -> str:
    """The page asked for before the sign-in, if it is one of ours; else the workbench."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url(settings.LOGIN_REDIRECT_URL)


@login_not_required
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(wanted_page(request))
        return render(
            request, "accounts/login.html", {"form": SignInForm(request), "next": wanted_page(request)}
        )
    form = SignInForm(request, request.POST)
    if form.is_valid():
        user = form.get_user()
        with transaction.atomic():
            auth.login(request, user)
            trail.record("登录", actor=user, subject=user, area=user.home_area, request=request)
        now = int(clock.now().timestamp())
        request.session["began"] = request.session["seen"] = now
        return HttpResponseRedirect(wanted_page(request), status=303)
    # The limit of axes answers in place of this view (templates/accounts/locked.html) when it is reached.
    locked = bool(getattr(request, "axes_locked_out", False))
    request.lock_minutes = int(settings.AXES_COOLOFF_TIME * 60)  # type: ignore[attr-defined]
    trail.record(
        "账户锁定" if locked else "登录失败",
        detail={"用户名": str(form.cleaned_data.get("username", ""))[:40]},
        outcome="refused",
        request=request,
    )
    return render(request, "accounts/login.html", {"form": form, "next": wanted_page(request)}, status=422)


@require_safe
def here(request: SignedIn) -> HttpResponse:
    """Whether the session still lives: a sheet that stood open for long asks before it is sent (static/js/session.js)."""
    return HttpResponse("在线", content_type="text/plain; charset=utf-8")


@require_POST
def logout(request: SignedIn) -> HttpResponse:
    trail.record("退出登录", actor=request.user, subject=request.user, request=request)
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@sensitive_post_parameters("password", "new_password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SignedIn) -> HttpResponse:
    """The own password; every other session of the user ends with the change."""
    form = PasswordForm(request.user, request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        context = {
            "form": form,
            "password_is_old": request.user.must_set_password(clock.now()),
            "password_days": settings.PASSWORD_DAYS,
            "second_factor": is_asked_of(request.user),
        }
        return render(request, "accounts/password.html", context, status=status)
    with transaction.atomic():
        request.user.change_password(form.cleaned_data["new_password"])
        trail.record("修改密码", actor=request.user, subject=request.user, request=request)
    auth.update_session_auth_hash(request, request.user)
    request.session[password_again.ENTERED] = int(clock.now().timestamp())
    messages.success(request, "密码已修改，在别处的登录都已退出。")
    return HttpResponseRedirect(resolve_url(settings.LOGIN_REDIRECT_URL), status=303)
