"""Refused accesses (403, 404) leave a row of the trail (threats I1), so many an hour and no more.

Somebody signed in who asks for what lies elsewhere or is not his is seen by the audit administrator. An act that
wrote its own refusal with its reason (a reveal, a sign-in) is not told twice. Nobody signed in leaves none: that
address is sent to the sign-in page, whose failures have rows of their own, and floods would fill the log.
"""

import datetime
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.models import User
from office import clock, trail
from office.models import Outcome, TrailRow

ACTION = "访问被拒绝"
# Rows of one person in an hour; the last of them says that those after it are not written.
MOST = 60
HOUR = datetime.timedelta(hours=1)

Answer = Callable[[HttpRequest], HttpResponseBase]


class RefusalMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # Of what is not found only the program's own addresses count: browsers ask for icons by themselves.
        known = response.status_code == 403 or (response.status_code == 404 and request.resolver_match)
        if known and not getattr(request, "refusal_recorded", False):
            note(request, response.status_code)
        return response


def note(request: HttpRequest, status: int) -> None:
    """Who, from where, which address by which method; never what stood behind its question mark."""
    user = request.user
    if not isinstance(user, User):
        return
    since = clock.now() - HOUR
    before = TrailRow.objects.filter(actor=user, action=ACTION, at__gte=since)[:MOST].count()
    if before >= MOST:
        return
    detail = {"地址": _legible(request.path_info), "方式": request.method or "", "回答": status}
    if before == MOST - 1:
        detail["说明"] = f"一小时内已有 {MOST} 次，此后的不再逐次记"
    trail.record(ACTION, detail=detail, outcome=Outcome.REFUSED, area=user.home_area, request=request)


def _legible(path: str) -> str:
    """Without the signs that PostgreSQL holds in no text (NUL) and that nobody can read."""
    return "".join(sign if sign.isprintable() else "?" for sign in path[:200])
