"""A file that is never in the clear on disk: written and read as a stream, sealed piece by piece.

Each piece is bound to the record, its place and whether it is the last: pieces that are cut off, put in
another order or taken from another file are not opened (office.pii.CannotOpen).
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from uuid import UUID

from office.pii import CannotOpen, seal_bytes, unseal_bytes

PIECE = 1 << 20
LENGTH = 4  # bytes that say how long the sealed piece behind them is


class SealedFile:
    """Opened for writing, as a context manager; should the block fail, the file is taken away."""

    def __init__(self, path: Path, uid: UUID) -> None:
        self.path, self.uid = path, uid
        self.size = 0
        self._digest = hashlib.sha256()
        self._waiting = bytearray()
        self._place = 0

    def __enter__(self) -> "SealedFile":
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file = os.fdopen(handle, "wb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._put(bytes(self._waiting), last=True)
        except BaseException:
            self.path.unlink(missing_ok=True)
            raise
        finally:
            self._file.close()
        if error is not None:
            self.path.unlink(missing_ok=True)

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) > PIECE:
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]
        return len(data)

    def flush(self) -> None:
        """Nothing can be flushed before the piece is full."""

    @property
    def checksum(self) -> str:
        """SHA-256 (hex) of what was written, as whoever opens the file reads it."""
        return self._digest.hexdigest()

    def _put(self, piece: bytes, *, last: bool) -> None:
        sealed = seal_bytes(piece, self.uid, _name(self._place, last))
        self._file.write(len(sealed).to_bytes(LENGTH, "big") + sealed)
        self._place += 1


class SealedText:
    """What writes text (csv) writes it here."""

    def __init__(self, file: SealedFile) -> None:
        self._file = file

    def write(self, text: str) -> int:
        return self._file.write(text.encode())


def pieces(path: Path, uid: UUID) -> Iterator[bytes]:
    """The content. FileNotFoundError at once without the file; CannotOpen where a piece is not the right one."""
    return _pieces(path.open("rb"), uid)


def _pieces(file: BinaryIO, uid: UUID) -> Iterator[bytes]:
    place = 0
    with file:
        sealed = _next(file)
        while sealed is not None:
            behind = _next(file)
            yield unseal_bytes(sealed, uid, _name(place, behind is None))
            sealed, place = behind, place + 1
    if not place:
        raise CannotOpen(f"the file of record {uid} is empty")


def _next(file: BinaryIO) -> bytes | None:
    length = file.read(LENGTH)
    return file.read(int.from_bytes(length, "big")) if length else None


def _name(place: int, last: bool) -> str:
    return f"{place}/{'end' if last else 'more'}"


def remove_old(path: Path, before: float) -> bool:
    """Takes the file away if it was last written before the moment (seconds since the epoch); whether it did.

    Another sweep, or the worker that puts it in its place, may be quicker: then there is nothing to do.
    """
    try:
        if path.stat().st_mtime >= before:
            return False
        path.unlink()
    except FileNotFoundError:
        return False
    return True
