"""Reads one workbook in a process of its own: `python -m office.workbook_child LIMITS SHEETS < FILE`.

A file can abort the reader or ask for more memory than there is (threats D1–D6), so this process has limits
and its parent is told nothing but JSON lines:

    {"sheet": "户", "hidden": false}      then its rows, some a line:   [[2, ["0000000001", null, {"d": "2018-01-02"}]]]
    {"refused": "…"}                      in Chinese, and nothing after it
    {"end": true}                         the file was read whole

A cell is text, a number, true or false, null, {"d": day or moment} or {"e": error}. LIMITS and SHEETS are JSON.
"""

import datetime
import io
import json
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

CHUNK = 1 << 20
TOGETHER = 100  # rows a line
# Below this size an entry may be packed as tightly as it likes: styles and empty parts are.
SMALL = 1 << 16
STORED, DEFLATED = 0, 8
# What goes into JSON as it is; a blank is told otherwise.
PLAIN = frozenset((str, float, int, bool))
LOCAL_HEADER = struct.Struct("<4s22xHH")
MACROS = re.compile(r"(^|/)vbaProject\.bin$|(^|/)macrosheets/", re.IGNORECASE)
ERROR_CELL = re.compile(
    rb'<c\b(?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>(?:<f[^>]*>[^<]*</f>)?<v>([^<]{1,20})'
)
WORKSHEET = re.compile(r"^/?xl/worksheets/[^/]+\.xml$")

TOO_BIG = "工作簿展开后太大，请分村或分镇街导入"
BROKEN = "文件不完整或已损坏，请重新保存后再上传"


class Refused(Exception):
    """The file is not read; the message is for the user."""


def main() -> None:
    limits, wanted = json.loads(sys.argv[1]), set(json.loads(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = sys.stdout
    try:
        data = sys.stdin.buffer.read()
        errors = inspect(data, limits)
        encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode
        for line in together(lines(data, wanted, limits, errors)):
            out.write(encode(line) + "\n")
        out.write('{"end":true}\n')
    except Refused as refusal:
        out.write(json.dumps({"refused": str(refusal)}, ensure_ascii=False) + "\n")
    except MemoryError:
        out.write(json.dumps({"refused": TOO_BIG}, ensure_ascii=False) + "\n")
    out.flush()


def together(told: Iterator[Any]) -> Iterator[Any]:
    """Rows that follow one another as one list; what is said of a sheet alone."""
    waiting: list[Any] = []
    for one in told:
        if isinstance(one, list):
            waiting.append(one)
        if waiting and (len(waiting) == TOGETHER or not isinstance(one, list)):
            yield waiting
            waiting = []
        if not isinstance(one, list):
            yield one
    if waiting:
        yield waiting


def inspect(data: bytes, limits: dict[str, int]) -> dict[str, dict[tuple[int, int], str]]:
    """The zip before it is unpacked, then every byte of it counted; where its error cells are, by part."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, OverflowError, NotImplementedError, struct.error):
        raise Refused(BROKEN) from None
    names = {entry.filename for entry in entries}
    if len(entries) > limits["entries"]:
        raise Refused(f"工作簿里有{len(entries)}个部件，超过{limits['entries']}个，不予读取")
    if len(names) != len(entries):
        raise Refused(BROKEN)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("工作簿有密码，请取消密码后再上传")
    if any(MACROS.search(name) for name in names):
        raise Refused("工作簿里有宏，请另存为不带宏的 .xlsx 后再上传")
    if "xl/workbook.xml" not in names:
        raise Refused("这不是 .xlsx 工作簿，请用 Excel 或 WPS 另存为“Excel 工作簿（*.xlsx）”")
    declared = sum(entry.file_size for entry in entries)
    if declared > limits["unpacked"]:
        raise Refused(TOO_BIG)
    if declared > max(SMALL, limits["ratio"] * len(data)):
        raise Refused("工作簿压缩得异常紧，不予读取；请重新保存后再上传")
    left, errors = limits["unpacked"], {}
    for entry in entries:
        if entry.file_size > max(SMALL, limits["ratio"] * entry.compress_size):
            raise Refused("工作簿压缩得异常紧，不予读取；请重新保存后再上传")
        sheet = WORKSHEET.match(entry.filename) is not None
        size, found = _counted(data, entry, left, sheet)
        left -= size
        if found:
            errors[entry.filename.lstrip("/")] = found
    return errors


def _counted(
    data: bytes, entry: zipfile.ZipInfo, most: int, sheet: bool
) -> tuple[int, dict[tuple[int, int], str]]:
    """Unpacks one entry in pieces without keeping it. What it claims to be is not believed."""
    marks = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    size, tail, errors = 0, b"", {}
    for piece in _pieces(data, entry):
        if size == 0 and marks and piece[:4].count(0):
            raise Refused(BROKEN)
        size += len(piece)
        if size > most:
            raise Refused(TOO_BIG)
        if size > entry.file_size:
            raise Refused(BROKEN)
        if marks:
            text = tail + piece
            if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                raise Refused("工作簿里有不允许的实体定义，不予读取")
            if sheet and b't="e"' in text:
                for column, row, value in ERROR_CELL.findall(text):
                    errors[int(row), _place(column.decode())] = value.decode(errors="replace")
            tail = text[-400:]
    if size != entry.file_size:
        raise Refused(BROKEN)
    return size, errors


def _pieces(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    try:
        mark, name, extra = LOCAL_HEADER.unpack_from(data, entry.header_offset)
    except struct.error:
        raise Refused(BROKEN) from None
    start = entry.header_offset + LOCAL_HEADER.size + name + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if mark != b"PK\x03\x04" or len(packed) != entry.compress_size:
        raise Refused(BROKEN)
    if entry.compress_type == STORED:
        for at in range(0, len(packed), CHUNK):
            yield bytes(packed[at : at + CHUNK])
        return
    if entry.compress_type != DEFLATED:
        raise Refused(BROKEN)
    unpacker = zlib.decompressobj(-15)
    for at in range(0, len(packed), CHUNK):
        given = bytes(packed[at : at + CHUNK])
        while given:
            try:
                piece = unpacker.decompress(given, CHUNK)
            except zlib.error:
                raise Refused(BROKEN) from None
            if piece:
                yield piece
            given = unpacker.unconsumed_tail
    if not unpacker.eof:
        rest = unpacker.flush()
        if rest:
            yield rest


def lines(
    data: bytes, wanted: set[str], limits: dict[str, int], errors: dict[str, dict[tuple[int, int], str]]
) -> Iterator[Any]:
    """Sheets in their order, each followed by its rows that are not blank; only wanted ones have rows."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    except Exception:
        raise Refused(BROKEN) from None
    if len(sheets) > limits["sheets"]:
        raise Refused(f"工作簿有{len(sheets)}张表，超过{limits['sheets']}张；请删去无关的表后再上传")
    if wanted and not wanted & {one.name for one in sheets}:
        raise Refused(f"工作簿里没有名为{'、'.join(sorted(wanted))}的表，请用本系统下载的工作簿填写")
    places = _parts(data) if errors else {}
    for one in sheets:
        yield {"sheet": one.name, "hidden": one.visible != SheetVisibleEnum.Visible}
        if wanted and one.name not in wanted:
            continue
        wrong = errors.get(places.get(one.name, ""), {})
        try:
            sheet = book.get_sheet_by_name(one.name)
        except Exception:
            raise Refused(BROKEN) from None
        if sheet.start is None:
            continue
        if sheet.width > limits["columns"]:
            raise Refused(f"表“{one.name}”的列超过{limits['columns']}列，请删去右边多余的列")
        # Rows come from the first row of the sheet on; each begins in the first column.
        for number, row in enumerate(sheet.iter_rows(), 1):
            cells = [value if value and type(value) in PLAIN else _cell(value) for value in row]
            if wrong:
                for (line, place), text in wrong.items():
                    if line == number and place < len(cells):
                        cells[place] = {"e": text}
            while cells and cells[-1] is None:
                cells.pop()
            if cells:
                yield [number, cells]


def _cell(value: Any) -> Any:
    if value == "" and isinstance(value, str):
        return None
    if isinstance(value, str | bool | int | float) or value is None:
        return value
    if isinstance(value, datetime.datetime | datetime.date):
        return {"d": value.isoformat()}
    return str(value)


def _parts(data: bytes) -> dict[str, str]:
    """Which part holds which sheet, to find the error cells that the reader gives as blanks."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml").decode(errors="replace")
        try:
            links = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
        except KeyError:
            return {}
    targets = {}
    for link in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", links):
        key, to = re.search(r'\bId="([^"]+)"', link), re.search(r'\bTarget="([^"]+)"', link)
        if key and to:
            path = to[1].lstrip("/")
            targets[key[1]] = path if path.startswith("xl/") else f"xl/{path}"
    found = {}
    for sheet in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        name, key = re.search(r'\bname="([^"]+)"', sheet), re.search(r'\br:id="([^"]+)"', sheet)
        if name and key and key[1] in targets:
            found[name[1]] = targets[key[1]]
    return found


def _place(letters: str) -> int:
    """Column place from 0: A is 0, AA is 26."""
    place = 0
    for letter in letters:
        place = place * 26 + ord(letter) - 64
    return place - 1


if __name__ == "__main__":
    main()
