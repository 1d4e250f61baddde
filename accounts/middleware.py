"""Every answer is kept out of caches; every request needs a session that is young and in use."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from accounts import second_factor_step
from office import clock

Answer = Callable[[HttpRequest], HttpResponseBase]

# Asked by monitors, with the database gone too: neither touches a session.
WITHOUT_SESSION = {"accounts:healthz", "accounts:readyz"}
WITH_OLD_PASSWORD = {"accounts:password", "accounts:logout", "accounts:here"}
# What is served before the second factor was given.
WITHOUT_SECOND_FACTOR = {
    "accounts:second-factor",
    "accounts:second-factor-new",
    "accounts:logout",
    "accounts:here",
}
# The moment of last use is written at most this often, in seconds.
SEEN_STEP = 30


def client_address(request: HttpRequest) -> str:
    """The peer's address; behind TRUSTED_PROXIES proxies of ours, what the outermost of them saw.

    What a client writes into X-Forwarded-For itself stands further left and is never read.
    """
    proxies = int(getattr(settings, "TRUSTED_PROXIES", 0))
    peer = str(request.META.get("REMOTE_ADDR") or "")
    if proxies < 1:
        return peer
    hops = [
        hop.strip() for hop in str(request.META.get("HTTP_X_FORWARDED_FOR") or "").split(",") if hop.strip()
    ]
    return hops[-proxies] if len(hops) >= proxies else peer


def is_polling(request: HttpRequest) -> bool:
    """Asked by a page on its own, not by a person: it must not keep the session alive."""
    return request.headers.get("HX-Polling") == "true" or request.GET.get("poll") == "1"


class NoStoreMiddleware:
    """Pages and files of the register stay in no cache; static files are answered before this."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers["Cache-Control"] = "no-store"
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class KeptMiddleware:
    """Notes on a form's request that something of it was committed: what goes wrong afterwards, be it the session that
    is written last, takes that back no more (accounts.views.errors)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method != "POST":
            return self.get_response(request)

        def kept() -> None:
            request.kept = True  # type: ignore[attr-defined]

        def watched(execute: Any, sql: str, params: Any, many: bool, context: dict) -> Any:
            done = execute(sql, params, many, context)
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                transaction.on_commit(kept)
            return done

        with connection.execute_wrapper(watched):
            return self.get_response(request)


class AddressMiddleware:
    """No record has a NUL in its name, and PostgreSQL takes none in a question: such an address is not found."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple, kwargs: dict) -> None:
        if "\0" in request.path_info:
            raise Http404("a NUL in the address")


class SessionLimitsMiddleware:
    """Sign-in is the rule; a view that is open to all says so with `login_not_required`.

    Ends a session after SESSION_IDLE_MINUTES without use and after SESSION_HOURS in any case. The times are
    read from the session: a longer-lived cookie gains nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # For whoever writes the trail: the office's tools know no proxies.
        request.client_address = client_address(request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in WITHOUT_SESSION:
            return None
        if request.user.is_authenticated:
            reason = self._over(request)
            if reason:
                logout(request)
                messages.info(request, reason)
        is_open = not getattr(view, "login_required", True)
        if not request.user.is_authenticated:
            return None if is_open else self._to_login(request)
        if not is_open and name not in WITHOUT_SECOND_FACTOR and second_factor_step.is_missing(request):
            return self._elsewhere(request, "accounts:second-factor")
        if not is_open and name not in WITH_OLD_PASSWORD and request.user.must_set_password(clock.now()):
            return redirect("accounts:password")
        return None

    def _over(self, request: HttpRequest) -> str:
        """Why the session is over, or "" and the use is noted."""
        now = int(clock.now().timestamp())
        began = request.session.setdefault("began", now)
        seen = request.session.setdefault("seen", now)
        if now - began >= settings.SESSION_HOURS * 3600:
            return f"已登录满 {settings.SESSION_HOURS} 小时，请重新登录"
        if now - seen >= settings.SESSION_IDLE_MINUTES * 60:
            return f"{settings.SESSION_IDLE_MINUTES} 分钟没有操作，已退出登录"
        if now - seen >= SEEN_STEP and not is_polling(request):
            request.session["seen"] = now
        return ""

    def _to_login(self, request: HttpRequest) -> HttpResponse:
        return self._elsewhere(request, "accounts:login")

    def _elsewhere(self, request: HttpRequest, name: str) -> HttpResponse:
        if getattr(request, "htmx", False):
            # A fragment's place must not be filled with the sign-in page: the whole page goes there.
            return HttpResponseClientRedirect(reverse(name))
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/", reverse(name))
