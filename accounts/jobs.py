"""Jobs of this app: lists as files and clearing them up, the trail's archives and taking old rows out."""

import datetime
from typing import Any

from django.urls import reverse

from accounts.lists import visible_archives, visible_rows
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from office import exports, trail, trail_archive
from office.exports import Export
from office.jobs import JobRefused, JobRun, job, periodic


@job(exports.KIND, title="导出清单")
@job(exports.LONG_KIND, title="导出清单", queue="bulk")
def list_export(run: JobRun, *, export: str) -> dict[str, Any]:
    """Result: the export's id, its rows and where the file is fetched."""
    found = Export.objects.filter(pk=export, owner=run.owner).first()
    if found is None:
        raise JobRefused("这次导出已经清理，请回到清单重新导出")
    return exports.make(run, found, reverse("accounts:export", args=[found.pk]))


@periodic("list-exports-expire", every="hour")
@job("list-exports-expire", title="清理过期的导出文件")
def expire_exports(run: JobRun, *, period: str) -> dict[str, Any]:
    return {"files": exports.expire()}


@job("trail-archive", title="归档操作日志", queue="bulk")
def archive_trail(run: JobRun, *, until: str) -> dict[str, Any]:
    """Result: the archive's id and its rows. Only who sees every one of the rows may archive them."""
    area = _ground(run)
    trail.seal()
    day = datetime.date.fromisoformat(until)
    rows = trail_archive.up_to(day)
    seen = visible_rows(run.owner).values("pk")
    if rows.exclude(pk__in=seen).exists():
        raise JobRefused("要归档的日志里有别的区县的，请由任职在上级区域的审计管理员办理")
    archive = trail_archive.make(run, until=day, rows=rows, area=area, url=reverse("accounts:trail-archives"))
    return {"archive": archive.pk, "rows": archive.count}


@job("trail-prune", title="清除已归档的操作日志", queue="bulk")
def prune_trail(run: JobRun, *, archive: int) -> dict[str, Any]:
    """Result: the archive's id and how many rows left the database."""
    _ground(run)
    found = visible_archives(run.owner).filter(pk=archive).first()
    if found is None:
        raise JobRefused("没有这份归档，或者不在当前任职的区域内")
    gone = trail_archive.prune(run, found, url=reverse("accounts:trail-archives"))
    return {"archive": found.pk, "rows": gone}


def _ground(run: JobRun) -> Area:
    """The area of the owner's duty, which holds the right; looked at again when the job runs."""
    area = run.owner.home_area if run.owner else None
    if area is None:
        raise JobRefused("归档操作日志须由审计管理员办理")
    require(run.owner, Capability.TRAIL_ARCHIVE, area)
    return area
