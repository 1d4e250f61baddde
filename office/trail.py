"""The trail (操作日志): append-only rows of who did and saw what, chained and anchored (quality S6).

`record` writes in the caller's transaction: when the row cannot be written, the action fails too. Rows start
unchained, so no writer waits for another; `seal` chains committed rows in batches (each row's SHA-256 covers
the one before it) and appends the head to DATA_DIR/trail_anchor, outside the database, so that a cut tail is
seen as well as a changed row. Old rows leave the database by rule alone (office.trail_archive): the chain then
begins behind the last archive whose rows were taken out, with that archive's head.
"""

import datetime
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction
from django.http import HttpRequest

from areas.models import Area
from office import clock
from office.digit_runs import masked
from office.models import Outcome, Pulse, TrailArchive, TrailRow

BATCH = 500
FIRST_PREV = "0" * 64
# Rows may wait this long for the sealer; longer, while the sealer lives, is an error.
WAIT = datetime.timedelta(minutes=1)


def record(
    action: str,
    *,
    actor: Any = None,
    subject: models.Model | None = None,
    area: Area | None = None,
    detail: dict[str, Any] | None = None,
    outcome: str = Outcome.OK,
    request: HttpRequest | None = None,
) -> TrailRow:
    """Appends a row. The actor defaults to the request's user; none at all is the system itself.

    `detail` is what changed, masked by the caller; long digit runs are masked here whatever it holds. A bulk
    act is one row with its counts and checksum. Raises what the database raises: let it pass.
    """
    if actor is None and request is not None:
        actor = getattr(request, "user", None)
    if actor is not None and not getattr(actor, "is_authenticated", False):
        actor = None
    if request is not None and outcome == Outcome.REFUSED:
        # Told with its reason here: the general row of a refused access is not needed (accounts.refusals).
        request.refusal_recorded = True  # type: ignore[attr-defined]
    plain = json.loads(json.dumps(detail or {}, cls=DjangoJSONEncoder))
    return TrailRow.objects.create(
        at=clock.now(),
        actor=actor,
        actor_name=(getattr(actor, "display_name", "") or actor.get_username()) if actor else "",
        role=str(getattr(actor, "role_label", "") or "")[:60],
        ip=_address(request)[:45],
        action=action,
        subject_type=subject._meta.label_lower if subject is not None else "",
        subject_id=str(subject.pk) if subject is not None else "",
        area=area,
        detail=masked(plain),
        outcome=outcome,
    )


def _address(request: HttpRequest | None) -> str:
    """What the middleware found to be the client's address, else the peer's."""
    if request is None:
        return ""
    return str(getattr(request, "client_address", "") or request.META.get("REMOTE_ADDR", ""))


def seal() -> int:
    """Chains what waits, oldest first, and anchors the head; returns how many rows were sealed."""
    sealed = 0
    while count := _seal_batch():
        sealed += count
    _anchor()
    return sealed


def table_is_own() -> bool:
    """The program's own role owns the table, and so could take away what guards it (deploy/trail_apart.sql). SQLite
    knows no roles."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableowner = current_user FROM pg_tables WHERE tablename = %s", [TrailRow._meta.db_table]
        )
        return bool(cursor.fetchone()[0])


def sealed_count() -> int:
    """Sealed rows in the database; those that were archived and taken out are not among them."""
    return TrailRow.objects.filter(seq__isnull=False).count()


def head() -> tuple[int, str]:
    """Number and hash of the last sealed row, in the database or taken out of it."""
    row = TrailRow.objects.filter(seq__isnull=False).order_by("-seq").first()
    return (row.seq or 0, row.hash) if row else base()


def base() -> tuple[int, str]:
    """Number and hash of the last row that was taken out by rule: what the chain in the database stands on."""
    last = TrailArchive.objects.pruned().order_by("-last_seq").first()
    return (last.last_seq, last.head) if last else (0, FIRST_PREV)


def verify() -> list[str]:
    """What is wrong with the trail, in Chinese, the first broken row of the chain first; empty when sound."""
    while True:
        stands_on = base()
        problems = [*archive_problems(), *chain_problems(*stands_on)]
        if TrailRow.objects.filter(seq__lte=stands_on[0]).exists():
            problems.append(f"已清除的第 {stands_on[0]} 条以前的日志还在库里")
        # Unless old rows were taken out while it was read.
        if base() == stands_on:
            return [*problems, *sealer_problems()]


def claim_chain() -> None:
    """The row lock of this update, within the caller's transaction: one sealer or pruner at a time, also on
    SQLite, and a killed one leaves nothing behind."""
    if not Pulse.objects.filter(name="trail").update(at=clock.now()):
        Pulse.objects.get_or_create(name="trail", defaults={"at": clock.now()})
        Pulse.objects.filter(name="trail").update(at=clock.now())


def _seal_batch() -> int:
    with transaction.atomic():
        claim_chain()
        seq, prev = head()
        rows = TrailRow.objects.unsealed().order_by("id")[:BATCH]
        for row in rows:
            seq += 1
            digest = digest_of(line_of(row, seq, prev))
            TrailRow.objects.unsealed().filter(pk=row.pk).seal(seq=seq, prev=prev, digest=digest)
            prev = digest
        return len(rows)


def line_of(row: TrailRow, seq: int, prev: str) -> str:
    """The row's canonical JSON: sorted keys, no spaces, UTC time to the microsecond. Archives hold these lines."""
    content = {
        "seq": seq,
        "prev": prev,
        "id": row.pk,
        "at": row.at.astimezone(datetime.UTC).isoformat(timespec="microseconds"),
        "actor": row.actor_id,
        "actor_name": row.actor_name,
        "role": row.role,
        "ip": row.ip,
        "action": row.action,
        "subject": [row.subject_type, row.subject_id],
        "area": row.area_id,
        "detail": row.detail,
        "outcome": row.outcome,
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(line: str) -> str:
    """SHA-256 (hex) of a row's line."""
    return hashlib.sha256(line.encode()).hexdigest()


def _anchor_file() -> Path:
    return Path(settings.DATA_DIR) / "trail_anchor"


def _parsed(lines: list[str]) -> list[tuple[int, str]]:
    """Sequence number and hash of anchored heads. A torn line (crash while writing) is left out."""
    words = [line.split() for line in lines]
    return [(int(word[0]), word[1]) for word in words if len(word) == 3 and word[0].isdecimal()]


def _last_anchor() -> tuple[int, str] | None:
    """Only the end of the file is read: it grows by a line with every sealing."""
    try:
        with _anchor_file().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 1000))
            anchors = _parsed(file.read().decode(errors="replace").splitlines())
    except FileNotFoundError:
        return None
    return anchors[-1] if anchors else None


def _all_anchors() -> dict[int, set[str]]:
    anchors: dict[int, set[str]] = {}
    if _anchor_file().exists():
        with _anchor_file().open(errors="replace") as file:
            for line in file:
                for seq, digest in _parsed([line]):
                    anchors.setdefault(seq, set()).add(digest)
    return anchors


def _anchor() -> None:
    """Appends the head unless it stands there already; also makes good what a crash left out."""
    seq, digest = head()
    if seq and (seq, digest) != _last_anchor():
        anchor(seq, digest)


def anchor(seq: int, digest: str) -> None:
    """A line of its own outside the database: this row has this hash."""
    # The line break in front ends a line that a crash may have torn.
    line = f"\n{seq} {digest} {clock.now().isoformat()}\n"
    handle = os.open(_anchor_file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def anchors_up_to(seq: int) -> list[str]:
    """The lines of heads that were anchored by the row: what goes with a copy of the database that ends there."""
    try:
        lines = _anchor_file().read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if any(known <= seq for known, _ in _parsed([line]))]


def replace_anchors(lines: list[str]) -> None:
    """The anchors of a restored database, in one step."""
    part = _anchor_file().with_suffix(".part")
    part.write_text("".join(f"{line}\n" for line in lines))
    part.chmod(0o600)
    os.replace(part, _anchor_file())


def chain_problems(seq: int, prev: str, up_to: int | None = None) -> list[str]:
    """Behind this row the first one that is missing, changed or not the anchored one; nothing after it can be judged."""
    # Read before the rows: what is sealed meanwhile is no anchor yet.
    anchors = _all_anchors()
    expected = seq + 1
    rows = TrailRow.objects.filter(seq__gt=seq)
    if up_to is not None:
        rows = rows.filter(seq__lte=up_to)
    for row in rows.order_by("seq").iterator(chunk_size=2000):
        if row.seq != expected:
            return [f"第 {expected} 条日志缺失"]
        if row.prev != prev or row.hash != digest_of(line_of(row, expected, prev)):
            return [
                f"第 {expected} 条日志（{row.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}，{row.action}）与校验值不符"
            ]
        if anchors.get(expected, {row.hash}) != {row.hash}:
            return [f"第 {expected} 条日志与库外留存的校验值不符"]
        expected, prev = expected + 1, row.hash
    last = max(anchors, default=0) if up_to is None else up_to
    return [f"第 {expected} 条至第 {last} 条日志缺失：末尾被截去"] if last >= expected else []


def archive_problems() -> list[str]:
    """Archives that do not follow on each other, are not the anchored ones, or whose file is gone."""
    anchors, seq, prev = _all_anchors(), 0, FIRST_PREV
    for archive in TrailArchive.objects.order_by("first_seq"):
        if (archive.first_seq, archive.prev) != (seq + 1, prev):
            return [f"归档{archive}和前一次归档接不上"]
        if anchors.get(archive.last_seq) != {archive.head}:
            return [f"归档{archive}与库外留存的校验值不符"]
        if not archive.path.is_file():
            return [f"归档{archive}的文件不在了"]
        seq, prev = archive.last_seq, archive.head
    return []


def sealer_problems() -> list[str]:
    """Rows that wait although the sealer lives: it does not do its work."""
    pulse = Pulse.objects.filter(name="trail").first()
    now = clock.now()
    if pulse is None or pulse.at < now - WAIT:
        return []
    late = TrailRow.objects.unsealed().filter(at__lt=now - WAIT).count()
    return [f"{late} 条日志等待封存超过 1 分钟"] if late else []
