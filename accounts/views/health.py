"""For monitors: is the process alive, and is what it needs there. Open to all; says no more than a word each."""

import datetime

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from office import clock, jobs

# Seconds that the question to the broker may take.
PATIENCE = 1
WORKER_GONE_AFTER = datetime.timedelta(seconds=60)


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Needs no database: a process that answers is alive."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """503 when the database fails; a missing broker or worker delays reports but stops no page."""
    parts = {"database": _database(), **_jobs()}
    return JsonResponse(parts, status=200 if parts["database"] == "ok" else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "failed"
    return "ok"


def _jobs() -> dict[str, str]:
    if settings.EMBEDDED:
        return {"broker": "embedded", "worker": "embedded"}
    return {"broker": _broker(), "worker": _worker()}


def _broker() -> str:
    try:
        with current_app.connection_for_write() as line:
            line.ensure_connection(max_retries=1, timeout=PATIENCE)
    except (KombuError, RedisError, OSError):
        return "failed"
    return "ok"


def _worker() -> str:
    """A worker does its standing duties every 20 seconds; three missed and it counts as gone."""
    try:
        seen = jobs.worker_seen_at()
    except DatabaseError:
        return "unknown"
    return "ok" if seen is not None and clock.now() - seen < WORKER_GONE_AFTER else "missing"
