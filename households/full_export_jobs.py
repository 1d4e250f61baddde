"""Jobs of files with full numbers: making one, and taking away those whose day is over."""

from typing import Any

from django.urls import reverse

from households import full_export
from households.models import FullExport
from office import clock
from office.jobs import JobRefused, JobRun, job, periodic


@job(full_export.KIND, title="生成完整号码文件", queue="bulk")
def make_full_export(run: JobRun, *, export: str) -> dict[str, Any]:
    """Result: the request's id and its page."""
    found = FullExport.objects.own(run.owner).select_related("area", "second").filter(pk=export).first()
    if found is None:
        raise JobRefused("没有这项申请，或者已不在当前任职的区域内")
    return full_export.make(run, found, reverse("households:full-export", args=[found.pk]))


@periodic("full-exports-expire", every="hour")
@job("full-exports-expire", title="清理过期的完整号码文件")
def expire_full_exports(run: JobRun, *, period: str) -> dict[str, Any]:
    return {"files": full_export.expire(clock.now())}
