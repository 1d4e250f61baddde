"""Jobs of this app: lists as files, and clearing them up."""

from typing import Any

from django.urls import reverse

from office import exports
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
