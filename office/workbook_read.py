"""The only reader of uploaded workbooks: a bounded child process reads, this side gets its rows as they come.

    for sheet, row, cells in rows(data, wanted={"户"}, limits=REGISTER): …

A cell is None, str, bool, float or int, a date or datetime, or an ErrorCell. An identity number typed as a number
stays a number, so that it can be refused: its last digits are lost already (threats D8). Nothing that a file
holds can hurt this process: what the child does not survive is refused (threats D1–D7).
"""

import datetime
import json
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class WorkbookRefused(Exception):
    """The file is refused whole; the message is plain Chinese for the user."""


@dataclass(frozen=True)
class Limits:
    """Bytes of the file, unpacked and in memory; seconds of processor time (twice as many by the clock)."""

    file: int
    unpacked: int
    memory: int
    seconds: int
    entries: int = 2000
    ratio: int = 100
    sheets: int = 50
    columns: int = 300


MIB = 1 << 20
FORM = Limits(file=20 * MIB, unpacked=200 * MIB, memory=1024 * MIB, seconds=20)
REGISTER = Limits(file=200 * MIB, unpacked=1024 * MIB, memory=4096 * MIB, seconds=300)


@dataclass(frozen=True)
class ErrorCell:
    """A cell that shows #N/A, #REF! and the like."""

    text: str


Cell = None | str | bool | int | float | datetime.date | ErrorCell
Row = tuple[str, int, list[Cell]]


def rows(data: bytes, *, wanted: Collection[str] = (), limits: Limits = FORM) -> Iterator[Row]:
    """(sheet, row number from 1, cells) of every row that is not blank, of the wanted sheets or of all.

    Raises WorkbookRefused, maybe after some rows: whoever writes what was read waits for the end.
    """
    _look(data, limits)
    process = subprocess.Popen(
        [sys.executable, "-m", "office.workbook_child", json.dumps(asdict(limits)), json.dumps(list(wanted))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        # No secret of the environment is the child's business.
        env={"PYTHONPATH": str(settings.BASE_DIR), "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "utf-8"},
    )
    assert process.stdin is not None and process.stdout is not None
    alarm = threading.Timer(limits.seconds * 2, process.kill)
    alarm.daemon = True
    alarm.start()
    try:
        with suppress(BrokenPipeError):
            process.stdin.write(data)
            process.stdin.close()
        sheet, ended = "", False
        for line in process.stdout:
            told = _told(line)
            if isinstance(told, list):
                plain = b"{" not in line
                for number, cells in told:
                    yield sheet, number, cells if plain else [_cell(value) for value in cells]
            elif "refused" in told:
                raise WorkbookRefused(told["refused"])
            elif "end" in told:
                ended = True
            else:
                sheet = told["sheet"]
        if not ended:
            raise WorkbookRefused(
                "工作簿读不了：单元格分布太散、太大或文件已损坏。请删去右边和下面多余的行列，重新保存后再上传"
            )
    finally:
        alarm.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _look(data: bytes, limits: Limits) -> None:
    """What can be said of the file by its size and first bytes, whatever its name says."""
    if not data:
        raise WorkbookRefused("文件是空的")
    if len(data) > limits.file:
        raise WorkbookRefused(f"文件超过 {limits.file // MIB} MB，请分村或分镇街导入")
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise WorkbookRefused("工作簿有密码，请取消密码后再上传")
        raise WorkbookRefused("这是旧格式（.xls 或 .et），请另存为“Excel 工作簿（*.xlsx）”后再上传")
    if data.startswith(ZIP):
        return
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise WorkbookRefused("这是网页或 XML 文件，不是工作簿，请另存为“Excel 工作簿（*.xlsx）”后再上传")
    raise WorkbookRefused(
        "这不是 .xlsx 工作簿（可能是 csv 或文本），请另存为“Excel 工作簿（*.xlsx）”后再上传"
    )


def _told(line: bytes) -> Any:
    try:
        return json.loads(str(line, "utf-8"))
    except ValueError:
        # The child was stopped in the middle of a line.
        return {"refused": "工作簿太大或太复杂，没有读完；请分村或分镇街导入"}


def _cell(value: Any) -> Cell:
    if isinstance(value, dict):
        if "e" in value:
            return ErrorCell(value["e"])
        moment = datetime.datetime.fromisoformat(value["d"])
        return moment.date()
    return value  # type: ignore[no-any-return]
