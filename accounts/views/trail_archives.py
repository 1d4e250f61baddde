"""操作日志归档, for the audit administrator alone: sealed rows into a file, the file, and old rows out of the database.

Making and taking out are jobs: a year of a county's log is long.
"""

import datetime
from collections.abc import Iterator
from pathlib import Path

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import TrailArchiveForm
from accounts.lists import visible_archives
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from office import clock, trail, trail_archive
from office.days import written
from office.download import download
from office.jobs import Job, enqueue
from office.listing import page_by_key
from office.trail_archived import kept_since, kept_until

PIECE = 1 << 20


def _to(job: Job) -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: SignedIn) -> HttpResponse:
    """The archives, newest first; POST orders the next one."""
    require(request.user, Capability.TRAIL_ARCHIVE)
    first = trail_archive.first_left()
    number, since = trail_archive.last_seq() + 1, _day(first.at) if first else None
    form = TrailArchiveForm(request.POST or None, today=_day(clock.now()), number=number, since=since)
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        return _to(enqueue("trail-archive", params={"until": until.isoformat()}, owner=request.user))
    page = page_by_key(visible_archives(request.user), request, order=("-pk",))
    now, next_to_go = clock.now(), trail_archive.first_standing()
    for archive in page.rows:
        archive.old_enough = archive.may_go(now)
        archive.goes = archive.old_enough and archive == next_to_go
        archive.kept = kept_until(archive.last_at)
    context = {"page": page, "form": form, "kept_since": kept_since(now), "number": number, "since": since}
    return render(request, "accounts/trail_archives.html", context, status=422 if form.errors else 200)


@require_safe
def file(request: SignedIn, pk: int) -> HttpResponseBase:
    """Each time a row of the trail."""
    require(request.user, Capability.TRAIL_ARCHIVE)
    archive = get_object_or_404(visible_archives(request.user), pk=pk)
    if not archive.path.is_file():
        raise Http404("the file is not on this server")
    with transaction.atomic():
        detail = {"序号": str(archive), "校验码": archive.checksum}
        trail.record("下载操作日志归档", subject=archive, area=archive.area, detail=detail, request=request)
    return download(
        _pieces(archive.path), archive.file_name, "application/gzip", size=archive.path.stat().st_size
    )


@require_POST
def prune(request: SignedIn, pk: int) -> HttpResponse:
    require(request.user, Capability.TRAIL_ARCHIVE)
    archive = get_object_or_404(visible_archives(request.user), pk=pk)
    if archive.pruned_at is not None:
        return refused(request, f"已由{archive.pruned_by}办理：这些日志已经清除。", 409)
    if not archive.may_go(clock.now()):
        since: datetime.datetime = kept_since(clock.now())
        return refused(request, f"{written(since)} 以后的日志还要留在库里，这份归档现在不能清除。", 409)
    if (earlier := trail_archive.first_standing()) and earlier.first_seq < archive.first_seq:
        return refused(request, f"日志要先旧后新清除：{earlier}还在库里，先清除那一份。", 409)
    return _to(enqueue("trail-prune", params={"archive": archive.pk}, owner=request.user))


def _day(moment: datetime.datetime) -> datetime.date:
    return moment.astimezone(clock.SHANGHAI).date()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        while piece := opened.read(PIECE):
            yield piece
