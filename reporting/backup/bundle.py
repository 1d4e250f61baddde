"""The folder of a backup: its three sealed files and the manifest that says what they must come to."""

import json
import tarfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid4

from office.pii import CannotOpen
from office.sealed_file import SealedFile, pieces

FORMAT = 1
MANIFEST, DATABASE, FILES = "manifest.sealed", "database.sealed", "files.sealed"
# Files of DATA_DIR that outside production belong to the data: keys made there, and the office's day.
DEMONSTRATION = ("keys/secret_key", "keys/pii_key", "keys/pii_index_key", "office_day")
# The manifest names the others; it is itself known by this.
MANIFEST_UID = UUID("6f6c1f0e-0b53-4f0c-9d0e-5f1a2c9f7b31")


class BackupRefused(Exception):
    """The text is the Chinese reason for the administrator."""


@dataclass(frozen=True)
class Part:
    """`size` in bytes and SHA-256 of the content, as it is before sealing."""

    uid: str
    size: int
    checksum: str


@dataclass(frozen=True)
class Table:
    """`checksum` does not depend on the order of the rows; empty where the engine's whole file is checked instead."""

    rows: int
    checksum: str = ""


@dataclass(frozen=True)
class Manifest:
    engine: str
    made_at: str
    migrations: list[str]
    tables: dict[str, Table]
    database: Part
    files: Part
    file_count: int
    # Lines of the trail's anchors; files that were gone already when the backup was made.
    anchors: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        with SealedFile(folder / MANIFEST, MANIFEST_UID) as file:
            file.write(json.dumps(asdict(self), ensure_ascii=False).encode())

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """BackupRefused for a folder that is no backup, and for one that another key sealed."""
        try:
            stored = json.loads(b"".join(pieces(folder / MANIFEST, MANIFEST_UID)))
        except FileNotFoundError:
            raise BackupRefused(f"{folder} 里没有备份（缺 {MANIFEST}）") from None
        except CannotOpen:
            raise BackupRefused("备份打不开：PII_KEY 和备份时的不同，或者文件已被改动") from None
        if stored["format"] != FORMAT:
            raise BackupRefused("备份的格式和这个版本不同，请用做备份的版本恢复")
        return cls(
            **{
                **stored,
                "tables": {name: Table(**table) for name, table in stored["tables"].items()},
                "database": Part(**stored["database"]),
                "files": Part(**stored["files"]),
            }
        )


class PartWriter:
    """A sealed file of the folder, open for writing; `part` says afterwards what is in it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.uid = uuid4()
        self._file = SealedFile(folder / name, self.uid)

    def __enter__(self) -> SealedFile:
        return self._file.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._file.__exit__(*raised)

    @property
    def part(self) -> Part:
        return Part(str(self.uid), self._file.size, self._file.checksum)


class PartReader:
    """The content of a sealed file as a stream, for what reads files (tarfile, a child's stdin)."""

    def __init__(self, folder: Path, name: str, part: Part) -> None:
        self._pieces: Iterator[bytes] = pieces(folder / name, UUID(part.uid))
        self._rest = b""

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._rest += piece
        cut = len(self._rest) if size < 0 else size
        given, self._rest = self._rest[:cut], self._rest[cut:]
        return given


def pack(folder: Path, to: SealedFile) -> int:
    """The files under the folder as a tar stream; how many. One that goes away meanwhile is nobody's any more."""
    count = 0
    target: Any = to
    with tarfile.open(fileobj=target, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for path in sorted(folder.rglob("*")):
            if not path.is_file() or path.name.startswith("."):
                continue
            try:
                tar.add(path, arcname=str(path.relative_to(folder)), recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


def unpack(stream: PartReader, folder: Path) -> int:
    """How many files were written; nothing outside the folder, no links."""
    count = 0
    source: Any = stream
    with tarfile.open(fileobj=source, mode="r|") as tar:
        for member in tar:
            tar.extract(member, folder, filter="data")
            count += 1
    return count


def send(stream: PartReader, to: IO[bytes]) -> None:
    for piece in stream:
        to.write(piece)
