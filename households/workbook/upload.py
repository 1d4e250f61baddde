"""The uploaded file between upload and check: sealed piece by piece under MEDIA_ROOT, never in the clear."""

import datetime
import time
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID, uuid5

from django.conf import settings

from office.pii import CannotOpen, seal, unseal
from office.sealed_file import remove_old
from office.workbook_read import WorkbookRefused

PIECE = 1 << 20
DAYS_KEPT = 7


def _path(batch: UUID) -> Path:
    return Path(settings.MEDIA_ROOT) / "imports" / f"{batch}.sealed"


def keep(batch: UUID, data: bytes) -> None:
    path = _path(batch)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with path.open("w", encoding="ascii") as file:
        for place, at in enumerate(range(0, len(data), PIECE)):
            file.write(seal(data[at : at + PIECE].decode("latin-1"), batch, f"upload/{place}") + "\n")


def opened(batch: UUID) -> bytes:
    """Raises WorkbookRefused when the file is no longer there."""
    try:
        with _path(batch).open(encoding="ascii") as file:
            pieces: Iterable[str] = [
                unseal(line.rstrip("\n"), batch, f"upload/{place}") for place, line in enumerate(file)
            ]
        return "".join(pieces).encode("latin-1")
    except (FileNotFoundError, CannotOpen):
        raise WorkbookRefused("上传的文件已过期，请重新上传") from None


def drop(batch: UUID) -> None:
    _path(batch).unlink(missing_ok=True)
    drop_apart(batch)


def apart_path(batch: UUID, *, bad: bool) -> Path:
    """Where the workbook of its bad or of its good rows stands once it was asked for."""
    return _path(batch).with_suffix(".bad.sealed" if bad else ".good.sealed")


def apart_uid(batch: UUID, *, bad: bool) -> UUID:
    return uuid5(batch, "bad" if bad else "good")


def drop_apart(batch: UUID) -> None:
    """Both, when the upload is looked at anew."""
    for bad in (True, False):
        apart_path(batch, bad=bad).unlink(missing_ok=True)


def expire() -> int:
    """Deletes files of more than seven days, uploads and downloads; returns how many."""
    oldest = time.time() - datetime.timedelta(days=DAYS_KEPT).total_seconds()
    folders = (Path(settings.MEDIA_ROOT) / name for name in ("imports", "workbooks"))
    return sum(remove_old(path, oldest) for folder in folders for path in folder.glob("*"))
