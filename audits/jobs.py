"""Jobs of the audits: making the archive of a list, and taking away those whose days are over."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from accounts.permissions import require
from accounts.roles import Capability
from audits.archive import Archive
from audits.models import ListArchive
from audits.models.list_archive import folder, kept_for
from office import clock, trail
from office.jobs import JobRefused, JobRun, enqueue, job, periodic
from office.sealed_file import SealedFile

KIND = "list-archive"


def order(audit_list: Any, owner: Any) -> ListArchive:
    """The archive that is being made, or one newly asked for; a click sent again finds the first."""
    with transaction.atomic():
        archive = ListArchive.objects.create(
            audit_list=audit_list,
            owner=owner,
            list_version=audit_list.version,
            asked_at=clock.now(),
        )
        key = f"{KIND}:{audit_list.pk}:{owner.pk}"
        made = enqueue(KIND, params={"archive": str(archive.pk)}, owner=owner, key=key)
        if made.params["archive"] != str(archive.pk):
            archive.delete()
            return ListArchive.objects.select_related("job").get(pk=made.params["archive"])
        archive.job = made
        archive.save(update_fields=["job"])
    return archive


@job(KIND, title="制作名单档案")
def make_list_archive(run: JobRun, *, archive: str) -> dict[str, Any]:
    """Result: the archive's id, how many files, and where it is fetched. Rights are those of the moment."""
    owner = run.owner
    found = (
        ListArchive.objects.own(owner).select_related("audit_list__area__parent__parent").filter(pk=archive)
    )
    row = found.first()
    if row is None:
        raise JobRefused("没有这份名单，或者已不在当前任职的区域内")
    try:
        require(owner, Capability.AUDIT_VIEW)
    except PermissionDenied as refusal:
        raise JobRefused(str(refusal)) from refusal
    audit_list, moment = row.audit_list, clock.moment()
    whole = Archive(audit_list, owner.area_scope(), moment)
    total = whole.count()
    run.progress(0, total, "正在写入文件")
    # A worker that lost the job may still be writing: each attempt has a file of its own.
    part = row.path.with_suffix(f".{run.token}")
    try:
        with SealedFile(part, row.pk) as file:
            files = whole.write(file, lambda done: run.progress(min(done, total), total))
        with transaction.atomic():
            ListArchive.objects.filter(pk=row.pk).update(
                made_at=clock.now(),
                files=files,
                size=file.size,
                checksum=file.checksum,
            )
            detail = {"名单": str(audit_list), "文件数": files, "校验码": file.checksum}
            trail.record("制作名单档案", actor=owner, subject=row, area=audit_list.area, detail=detail)
            url = reverse("audits:archive-file", args=[row.pk])
            result = {"archive": str(row.pk), "url": url, "word": "下载档案包", "files": files}
            run.progress(total, total)
            run.finish(result, f"共 {files} 个文件")
            # Last: whoever lost the job has left by now, and the file is that of the row.
            part.replace(row.path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return result


@periodic("list-archives-expire", every="hour")
@job("list-archives-expire", title="清理过期的名单档案")
def expire_list_archives(run: JobRun, *, period: str) -> dict[str, Any]:
    """Deletes old files and their rows, and what killed workers left behind."""
    oldest, count = clock.now() - kept_for(), 0
    for path in folder().glob("*"):
        if path.stat().st_mtime < oldest.timestamp():
            path.unlink(missing_ok=True)
            count += 1
    ListArchive.objects.filter(asked_at__lt=oldest).delete()
    return {"files": count}
