"""Lists as files (导出): what a list shows, whole, made in the background and handed to whoever asked.

An app registers its lists in its `lists` module:

    @exportable("households:list", title="贫困户")
    def register(user: User, query: QueryDict, day: date) -> Listed: ...

The function raises PermissionDenied or Http404 where the page would answer 403 or 404, so that the same
filter, order, columns and rights make page and file; it is asked when the export is ordered, when it is made
and when it is handed out. `reporting` and others need nothing more than that.
"""

import datetime
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404, QueryDict
from django.utils.module_loading import autodiscover_modules

from office import clock, replica, trail
from office.exported import LONGEST_QUERY, Export, Format, folder
from office.job_run import JobRefused, JobRun
from office.jobs import enqueue
from office.listing import Listed
from office.models import Job
from office.moment import at, kept
from office.sealed_file import SealedFile, SealedText, pieces, remove_old
from office.stamp import USE
from office.workbook_write import write_csv, write_long

__all__ = [
    "CONTENT_TYPES",
    "KIND",
    "LONGEST_QUERY",
    "LONG_KIND",
    "Export",
    "Format",
    "asked_by",
    "conditions",
    "content",
    "expire",
    "exportable",
    "make",
    "named",
    "order",
]

# What people wait for goes apart from what takes long, so that it does not stand behind an import (threats E12).
KIND, LONG_KIND = "list-export", "list-export-long"
LONG = 5000  # rows
Ask = Callable[[Any, QueryDict, datetime.date], Listed]
Write = Callable[[SealedFile, Export, Listed, JobRun, datetime.datetime], int]
STAMP = "%Y-%m-%d %H:%M"


CONTENT_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def is_long(listed: Listed) -> bool:
    return listed.rows.order_by()[: LONG + 1].count() > LONG


@dataclass(frozen=True)
class Exportable:
    """`write` makes the file where it is not the rows one under the other; it gives back how many rows there are.
    `long`: whether they are too many for the workers that people wait for.
    """

    key: str
    title: str
    ask: Ask
    write: Write | None = None
    long: Callable[[Listed], bool] = is_long


_lists: dict[str, Exportable] = {}


def exportable(
    key: str, *, title: str, write: Write | None = None, long: Callable[[Listed], bool] = is_long
) -> Callable[[Ask], Ask]:
    """Registers `f(user, query, day) -> Listed`; the key is the URL name of the list, the title Chinese."""

    def register(ask: Ask) -> Ask:
        _lists[key] = Exportable(key, title, ask, write, long)
        return ask

    return register


def named(key: str) -> Exportable:
    """Raises LookupError for what is no list of any app."""
    if key not in _lists:
        autodiscover_modules("lists")
    return _lists[key]


def conditions(query: str, form: Any) -> str:
    """What the list was narrowed by, in the words of its filter; its area is told apart from this."""
    fields, told = getattr(form, "fields", {}), []
    for key, value in parse_qsl(query):
        if key in fields:
            words = dict(getattr(fields[key], "choices", ()))
            told.append(f"{fields[key].label} {words.get(value, value)}")
    return "，".join(told) or "不限"


def order(asked: Exportable, query: str, listed: Listed, *, format: str, once: str, owner: Any) -> Job:
    """The job that makes the file of the list as the owner asked for it.

    The same page asking again, and an equal request under way, are one job.
    """
    kind = LONG_KIND if asked.long(listed) else KIND
    key = hashlib.sha256(f"{asked.key}?{query}.{format} {owner.pk}".encode()).hexdigest()
    with transaction.atomic():
        export = Export(
            owner=owner,
            once=once,
            list_key=asked.key,
            title=asked.title,
            query=query,
            format=format,
            asked_at=clock.now(),
        )
        try:
            with transaction.atomic():
                export.save(force_insert=True)
        except IntegrityError:
            there = Export.objects.select_related("job").get(owner=owner, once=once)
            if there.job is not None:
                return there.job
            raise JobRefused("这次导出已经清理，请回到清单重新导出") from None
        job = enqueue(
            kind,
            params={"export": str(export.pk)},
            owner=owner,
            key=f"{KIND}:{key}",
            title=f"导出{asked.title}",
        )
        if job.params["export"] != str(export.pk):
            export.delete()
            return job
        export.job = job
        export.save(update_fields=["job"])
    return job


def asked_by(user: Any, export: Export) -> Listed:
    """The list of the export as the user may see it now; raises PermissionDenied or Http404 where not at all."""
    return named(export.list_key).ask(user, QueryDict(export.query), clock.today())


def make(run: JobRun, export: Export, url: str) -> dict[str, Any]:
    """Writes the file; `url` is where it is fetched. Rights and scope are those of the moment."""
    try:
        listed = asked_by(run.owner, export)
    except (Http404, LookupError) as gone:
        raise JobRefused("这个清单不存在，或者已不在当前任职的区域内") from gone
    if listed.refusal:
        raise JobRefused(listed.refusal)
    moment = clock.moment()
    # A worker that lost the job may still be writing: each attempt has a file of its own.
    part = export.path.with_suffix(f".{run.token}")
    try:
        count, file = replica.read(lambda: _written(part, export, listed, run, moment))
        with transaction.atomic():
            Export.objects.filter(pk=export.pk).update(
                made_at=clock.now(),
                day=moment.date(),
                scope=sorted(run.owner.area_scope().own),
                rows=count,
                size=file.size,
                checksum=file.checksum,
            )
            trail.record(
                "导出清单",
                actor=run.owner,
                subject=export,
                area=listed.area or run.owner.home_area,
                detail={
                    "清单": export.title,
                    "条件": listed.narrowed_by or conditions(export.query, listed.form),
                    "列": "、".join(column.label for column in listed.columns),
                    "格式": export.format,
                    "行数": count,
                    "校验码": file.checksum,
                },
            )
            result = {"export": str(export.pk), "url": url, "word": "下载文件", "rows": count}
            run.progress(count, count)
            run.finish(result, f"共 {count} 行")
            # Last: whoever lost the job has left by now, and the file is that of the row.
            part.replace(export.path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return result


def _written(
    part: Path, export: Export, listed: Listed, run: JobRun, moment: datetime.datetime
) -> tuple[int, SealedFile]:
    """All rows of one moment: nobody is left out or listed twice who is moved while the file is written."""
    write = named(export.list_key).write or _write
    with kept() as now, at(now), SealedFile(part, export.pk) as file:
        return write(file, export, listed, run, moment), file


def _write(file: SealedFile, export: Export, listed: Listed, run: JobRun, moment: datetime.datetime) -> int:
    rows = _rows(listed, QueryDict(export.query).get("sort", ""), run)
    if export.format == Format.CSV:
        return write_csv(SealedText(file), [column.label for column in listed.columns], rows)
    columns = [(column.label, column.width) for column in listed.columns]
    origin = [
        ("清单", export.title),
        ("条件", listed.narrowed_by or conditions(export.query, listed.form)),
        ("导出人", f"{run.owner}（{run.owner.role_label}）"),
        ("导出时间", f"{moment:{STAMP}}"),
        ("导出编号", str(export.pk)),
        ("用途", USE),
    ]
    footer = f"{export.title}　{run.owner}导出　{moment:{STAMP}}　{export.pk}"
    return write_long(file, columns, rows, made_at=moment, title=export.title, footer=footer, origin=origin)


def _rows(listed: Listed, sort: str, run: JobRun) -> Iterator[list[Any]]:
    total, done = listed.rows.order_by().count(), 0
    values = [column.value for column in listed.columns]
    run.progress(0, total, "正在写入文件")
    for rows in listed.batches(sort):
        for row in rows:
            yield [value(row) for value in values]
        done += len(rows)
        run.progress(min(done, total), total)


def content(export: Export, user: Any) -> Iterator[bytes]:
    """The file for its owner while the right lasts; Http404 or PermissionDenied otherwise."""
    if export.made_at is None or export.made_at < clock.now() - kept_for():
        raise Http404("the file is not there any more")
    if not set(export.scope) <= user.area_scope().own:
        raise Http404("the owner holds these areas no longer")
    listed = asked_by(user, export)
    if listed.refusal:
        raise PermissionDenied(listed.refusal)
    try:
        return pieces(export.path, export.pk)
    except FileNotFoundError as gone:
        raise Http404("the file is not on this server") from gone


def kept_for() -> datetime.timedelta:
    return datetime.timedelta(days=settings.EXPORT_DAYS)


def expire() -> int:
    """Deletes old files and their rows, and what killed workers left behind; how many files."""
    oldest = clock.now() - kept_for()
    count = sum(remove_old(path, oldest.timestamp()) for path in folder().glob("*"))
    Export.objects.filter(asked_at__lt=oldest).delete()
    return count
