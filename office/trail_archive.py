"""Old rows of the trail leave the database by rule: first into an archive, later out of the tables.

An archive is a gzip of lines: one that says what it is, one for each row (office.trail.line_of), and one with the
head. Each row's line names the SHA-256 of the line before it, so that a file is checked with nothing but itself,
by `manage.py verify_trail FILE` or by hand; the head stands in the database and among the anchors as well.

Rows are taken out only when their archive was read again and is whole, when the chain in the database is, and when
all are older than TRAIL_KEEP_MONTHS; PostgreSQL itself refuses every other deletion (office.migrations). Whatever
is not as it must be raises JobRefused, and nothing is taken out.
"""

import datetime
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.db import transaction
from django.db.models import Max, QuerySet

from areas.models import Area
from office import clock, trail
from office.days import written
from office.job_run import JobRefused, JobRun
from office.models import TrailArchive, TrailRow
from office.sealed_file import remove_old

FORMAT = 1
TOLD_EVERY = 2000


class Held(NamedTuple):
    """What a file says that it holds, once its lines agree with it."""

    first_seq: int
    last_seq: int
    prev: str
    head: str
    checksum: str


class Broken(Exception):
    """The text is what is wrong with the file, in Chinese."""


def last_seq() -> int:
    """The number of the last archived row; 0 before the first archive."""
    return TrailArchive.objects.aggregate(last=Max("last_seq"))["last"] or 0


def first_left() -> TrailRow | None:
    """The row with which the next archive begins, its number given or to be given."""
    sealed = TrailRow.objects.filter(seq__gt=last_seq()).order_by("seq").first()
    return sealed or TrailRow.objects.filter(seq=None).order_by("pk").first()


def first_standing() -> TrailArchive | None:
    """The earliest archive whose rows are still in the database: the only one that can go."""
    return TrailArchive.objects.filter(pruned_at__isnull=True).order_by("first_seq").first()


def up_to(until: datetime.date) -> QuerySet[TrailRow]:
    """The rows of the next archive: behind the last one, as far as all of them are of that day or earlier."""
    sealed = TrailRow.objects.filter(seq__gt=last_seq())
    end = datetime.datetime.combine(until + datetime.timedelta(days=1), datetime.time.min, clock.SHANGHAI)
    later = sealed.filter(at__gte=end).order_by("seq").first()
    return sealed.filter(seq__lt=later.seq) if later else sealed


def make(
    run: JobRun, *, until: datetime.date, rows: QuerySet[TrailRow], area: Area, url: str
) -> TrailArchive:
    """The archive of these rows (of `up_to`), its file and its row of the trail, all or nothing; ends the job, whose
    page then leads to `url`."""
    last = TrailArchive.objects.order_by("-last_seq").first()
    first, prev = (last.last_seq + 1, last.head) if last else (1, trail.FIRST_PREV)
    end = rows.order_by("-seq").first()
    if end is None or end.seq is None:
        raise JobRefused(f"{written(until)}及以前没有还没归档的日志")
    if problems := trail.chain_problems(first - 1, prev, end.seq):
        raise JobRefused(f"日志不完整，没有归档：{problems[0]}")
    archive = TrailArchive(
        first_seq=first,
        last_seq=end.seq,
        prev=prev,
        head=end.hash,
        last_at=rows.aggregate(last=Max("at"))["last"],
        area=area,
        made_at=clock.now(),
        made_by=run.owner,
    )
    archive.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _clear_up(archive.path.parent)
    # A worker that lost the job may still be writing: each attempt has a file of its own.
    part = archive.path.with_suffix(f".{run.token}")
    try:
        archive.checksum = _write(part, archive, rows.order_by("seq"), run)
        if _held(part) != Held(first, end.seq, prev, end.hash, archive.checksum):
            raise JobRefused("归档文件读回来和日志不符，没有归档")
        with transaction.atomic():
            archive.save(force_insert=True)
            detail = {
                "截止日期": until,
                "序号": str(archive),
                "末条校验值": archive.head,
                "校验码": archive.checksum,
            }
            trail.record("归档操作日志", actor=run.owner, subject=archive, area=area, detail=detail)
            trail.anchor(archive.last_seq, archive.head)
            run.finish({"archive": archive.pk, "rows": archive.count, "url": url, "word": "打开归档"})
            # Last: whoever lost the job has left by now, and the file is that of the row.
            part.replace(archive.path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return archive


def prune(run: JobRun, archive: TrailArchive, *, url: str) -> int:
    """Takes the archive's rows out of the database; how many. Ends the job."""
    if not archive.may_go(clock.now()):
        raise JobRefused("这些日志已经清除，或者还没有满保存期限")
    if (earlier := first_standing()) and earlier.first_seq < archive.first_seq:
        raise JobRefused("更早的归档还没有清除，请按先后顺序办理")
    run.progress(0, archive.count, "正在核对归档文件")
    told = Held(archive.first_seq, archive.last_seq, archive.prev, archive.head, archive.checksum)
    try:
        if _held(archive.path) != told:
            raise JobRefused("归档文件和登记的不符，没有清除")
    except (Broken, OSError) as broken:
        raise JobRefused(f"归档文件读不出来，没有清除：{broken}") from broken
    if problems := [*trail.archive_problems(), *trail.chain_problems(archive.first_seq - 1, archive.prev)]:
        raise JobRefused(f"日志不完整，没有清除：{problems[0]}")
    with transaction.atomic():
        trail.claim_chain()
        waits = TrailArchive.objects.filter(pk=archive.pk, pruned_at__isnull=True)
        if not waits.update(pruned_at=clock.now(), pruned_by=run.owner):
            raise JobRefused("这些日志已经清除")
        gone = TrailRow.objects.leave(archive)
        if gone != archive.count:
            raise JobRefused(f"应清除 {archive.count} 条，库里只有 {gone} 条，没有清除")
        detail = {"序号": str(archive), "末条校验值": archive.head, "条数": gone}
        trail.record(
            "清除已归档的操作日志", actor=run.owner, subject=archive, area=archive.area, detail=detail
        )
        run.finish({"archive": archive.pk, "rows": gone, "url": url, "word": "打开归档"})
    return gone


def file_problems(path: Path) -> tuple[Held | None, list[str]]:
    """What the file holds, and what is wrong with it or differs from what the database knows of it."""
    try:
        held = _held(path)
    except Broken as broken:
        return None, [str(broken)]
    except (OSError, EOFError, ValueError) as broken:
        return None, [f"归档文件读不出来：{broken}"]
    known = TrailArchive.objects.filter(first_seq=held.first_seq, last_seq=held.last_seq).first()
    if known is None:
        return held, ["这里没有登记过这份归档"]
    if (known.prev, known.head, known.checksum) != (held.prev, held.head, held.checksum):
        return held, ["归档文件和登记的校验值不符"]
    return held, []


def _write(path: Path, archive: TrailArchive, rows: QuerySet[TrailRow], run: JobRun) -> str:
    """The file's lines; their SHA-256 (hex), of what is in the gzip."""
    digest = hashlib.sha256()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:
            for line in _content(archive, rows, run):
                data = f"{line}\n".encode()
                digest.update(data)
                file.write(data)
        raw.flush()
        os.fsync(handle)
    return digest.hexdigest()


def _content(archive: TrailArchive, rows: QuerySet[TrailRow], run: JobRun) -> Iterator[str]:
    yield json.dumps({"tuopin_trail": FORMAT, "first_seq": archive.first_seq, "prev": archive.prev})
    for done, row in enumerate(rows.iterator(chunk_size=TOLD_EVERY)):
        if done % TOLD_EVERY == 0:
            run.progress(done, archive.count, "正在写入归档文件")
        yield trail.line_of(row, row.seq or 0, row.prev)
    yield json.dumps({"last_seq": archive.last_seq, "head": archive.head})


def _clear_up(folder: Path) -> None:
    """What killed workers left behind a day ago and longer."""
    for path in folder.glob("*.jsonl.*"):
        if path.suffix != ".gz":
            remove_old(path, (clock.now() - datetime.timedelta(days=1)).timestamp())


def _held(path: Path) -> Held:
    """Reads the whole file; raises Broken at the first line that does not follow from the one before."""
    digest = hashlib.sha256()
    with gzip.open(path, "rb") as file:
        lines = _lines(file, digest)
        opening = _parsed(next(lines, ""))
        if opening.get("tuopin_trail") != FORMAT:
            raise Broken("这不是操作日志的归档文件")
        first, head = int(opening["first_seq"]), str(opening["prev"])
        seq, line = first, next(lines, "")
        while "head" not in (told := _parsed(line)):
            if told.get("seq") != seq or told.get("prev") != head:
                raise Broken(f"归档文件的第 {seq} 条日志缺失或与前一条接不上")
            seq, head, line = seq + 1, trail.digest_of(line), next(lines, "")
        if (told["head"], told["last_seq"]) != (head, seq - 1) or next(lines, None) is not None:
            raise Broken(f"归档文件的第 {seq - 1} 条日志与末条校验值不符")
    return Held(first, seq - 1, str(opening["prev"]), head, digest.hexdigest())


def _lines(file: IO[bytes] | gzip.GzipFile, digest: Any) -> Iterator[str]:
    for line in file:
        digest.update(line)
        yield line.decode().removesuffix("\n")


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        raise Broken("归档文件不完整：有一行读不出来，或者末尾被截去") from None
    if not isinstance(found, dict):
        raise Broken("归档文件里有一行不是日志")
    return found
