"""The trail (操作日志): append-only rows of who did and saw what, chained and anchored (quality S6).

`record` writes in the caller's transaction: when the row cannot be written, the action fails too. Rows start
unchained, so no writer waits for another; `seal` chains committed rows in batches (each row's SHA-256 covers
the one before it) and appends the head to DATA_DIR/trail_anchor, outside the database, so that a cut tail is
seen as well as a changed row.
"""

import datetime
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.http import HttpRequest

from areas.models import Area
from office import clock
from office.digit_runs import masked
from office.models import Outcome, Pulse, TrailRow

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


def sealed_count() -> int:
    return TrailRow.objects.filter(seq__isnull=False).count()


def verify() -> list[str]:
    """What is wrong with the trail, in Chinese, the first broken row of the chain first; empty when sound."""
    return [*_chain_problems(), *sealer_problems()]


def _seal_batch() -> int:
    with transaction.atomic():
        # The row lock of this update is the claim: one sealer at a time, also on SQLite, and a killed one
        # leaves nothing behind.
        if not Pulse.objects.filter(name="trail").update(at=clock.now()):
            Pulse.objects.get_or_create(name="trail", defaults={"at": clock.now()})
            Pulse.objects.filter(name="trail").update(at=clock.now())
        head = _head()
        seq, prev = (head.seq or 0, head.hash) if head else (0, FIRST_PREV)
        rows = TrailRow.objects.unsealed().order_by("id")[:BATCH]
        for row in rows:
            seq += 1
            digest = _digest(row, seq, prev)
            TrailRow.objects.unsealed().filter(pk=row.pk).seal(seq=seq, prev=prev, digest=digest)
            prev = digest
        return len(rows)


def _head() -> TrailRow | None:
    return TrailRow.objects.filter(seq__isnull=False).order_by("-seq").first()


def _digest(row: TrailRow, seq: int, prev: str) -> str:
    """SHA-256 (hex) of the row's canonical JSON: sorted keys, no spaces, UTC time to the microsecond."""
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
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


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
    head = _head()
    if head is None or (head.seq, head.hash) == _last_anchor():
        return
    # The line break in front ends a line that a crash may have torn.
    line = f"\n{head.seq} {head.hash} {clock.now().isoformat()}\n"
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


def _chain_problems() -> list[str]:
    """The first row that is missing, changed or not the anchored one; nothing after it can be judged."""
    # Read before the rows: what is sealed meanwhile is no anchor yet.
    anchors = _all_anchors()
    expected, prev = 1, FIRST_PREV
    for row in TrailRow.objects.filter(seq__isnull=False).order_by("seq").iterator(chunk_size=2000):
        if row.seq != expected:
            return [f"第 {expected} 条日志缺失"]
        if row.prev != prev or row.hash != _digest(row, expected, prev):
            return [
                f"第 {expected} 条日志（{row.at.astimezone(clock.SHANGHAI):%Y-%m-%d %H:%M:%S}，{row.action}）与校验值不符"
            ]
        if anchors.get(expected, {row.hash}) != {row.hash}:
            return [f"第 {expected} 条日志与库外留存的校验值不符"]
        expected, prev = expected + 1, row.hash
    last = max(anchors, default=0)
    return [f"第 {expected} 条至第 {last} 条日志缺失：末尾被截去"] if last >= expected else []


def sealer_problems() -> list[str]:
    """Rows that wait although the sealer lives: it does not do its work."""
    pulse = Pulse.objects.filter(name="trail").first()
    now = clock.now()
    if pulse is None or pulse.at < now - WAIT:
        return []
    late = TrailRow.objects.unsealed().filter(at__lt=now - WAIT).count()
    return [f"{late} 条日志等待封存超过 1 分钟"] if late else []
