"""A department's workbook as rows: each is judged by itself, before anything of the register is asked.

What a row is told here (未匹配, why) may be shown to the department: it says nothing of who is on the register.
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from households import identity
from households.workbook.columns import heading, text_of
from office.digit_runs import mask_digit_runs
from office.text_cells import clean
from office.workbook_read import REGISTER, Cell, ErrorCell, WorkbookRefused, rows

HEAD_WITHIN = 10
MOST_ROWS = 300_000
NO_HEAD = "没有找到表头：第一行应有姓名、证件号码两列，另可有村、等级、备注"
TITLES = {
    "name": ("姓名",),
    "number": ("证件号码", "身份证号", "身份证号码", "公民身份号码", "残疾证号", "残疾人证号"),
    "village": ("村", "村(居)", "村(社区)", "村居", "所在村", "村名称"),
    "value": ("等级", "类别", "状况", "数值", "残疾等级", "危房等级", "房屋等级", "年级", "在校状况"),
    "note": ("备注", "说明"),
}
LENGTHS = {"name": 60, "village": 60, "value": 60, "note": 200}
LOST = "证件号码在表格中是数字，末几位已丢失，请改为文本格式"


@dataclass(frozen=True)
class Line:
    """A row that was read; `number` is empty where `fault` says why it cannot be matched."""

    row: int
    name: str
    shown: str  # the number as it was typed, for its mask alone
    number: str = ""
    village: str = ""
    value: str = ""
    note: str = ""
    fault: str = ""


def lines(data: bytes, day: datetime.date) -> Iterator[Line]:
    """Raises WorkbookRefused, maybe after some rows: whoever writes what was read waits for the end."""
    places: dict[str, int] = {}
    first: dict[str, int] = {}
    sheet_read, name, seen, count = "", "", 0, 0
    for sheet, number, cells in rows(data, limits=REGISTER):
        if not sheet_read:
            seen = seen + 1 if sheet == name else 1
            name = sheet
            if seen <= HEAD_WITHIN and (found := _places(cells)):
                sheet_read, places = sheet, found
            continue
        if sheet != sheet_read:
            continue
        count += 1
        if count > MOST_ROWS:
            raise WorkbookRefused(f"名单超过 {MOST_ROWS} 行，请分镇街上传")
        line = _line(number, {key: cells[at] for key, at in places.items() if at < len(cells)}, day)
        before = first.setdefault(identity.stem(line.number), number) if line.number else number
        if before != number:
            line = Line(line.row, line.name, line.shown, fault=f"与第 {before} 行的证件号码重复")
        yield line
    if not sheet_read:
        raise WorkbookRefused(NO_HEAD)
    if not count:
        raise WorkbookRefused("表头下面没有人")


def _places(cells: list[Cell]) -> dict[str, int]:
    """Which column stands where; empty when this row is no head."""
    titles = [heading(cell) if isinstance(cell, str) else "" for cell in cells]
    found = {
        key: titles.index(word) for key, words in TITLES.items() for word in words[::-1] if word in titles
    }
    return found if {"name", "number"} <= set(found) else {}


def _line(row: int, cells: dict[str, Cell], day: datetime.date) -> Line:
    texts = {key: _text(cells.get(key)) for key in LENGTHS}
    typed = cells.get("number")
    shown = identity.normalise(_text(typed))
    fault = _fault(cells, texts, typed, shown, day)
    note = mask_digit_runs(texts["note"])[: LENGTHS["note"]]
    return Line(
        row,
        mask_digit_runs(texts["name"])[: LENGTHS["name"]],
        shown[:30],
        "" if fault else shown,
        mask_digit_runs(texts["village"])[: LENGTHS["village"]],
        mask_digit_runs(texts["value"])[: LENGTHS["value"]],
        note,
        fault,
    )


def _fault(cells: dict[str, Cell], texts: dict[str, str], typed: Cell, shown: str, day: datetime.date) -> str:
    if any(isinstance(cell, ErrorCell) for cell in cells.values()):
        return "这一行有公式错误"
    if isinstance(typed, int | float):
        return LOST
    if not shown:
        return "没有证件号码"
    if not texts["name"]:
        return "没有姓名"
    for key, most in LENGTHS.items():
        if len(texts[key]) > most:
            return f"{TITLES[key][0]}超过 {most} 个字"
    kind = identity.DISABILITY_TYPE if len(shown) in (20, 22) else identity.CITIZEN_TYPES[0]
    read = identity.read(kind, shown, day)
    return "" if read.valid else read.messages[0]


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(clean(text_of(cell)).split())
