"""Cells of the national person sheet read by the rule of their column (pure).

A reader gets a cell that is not blank and returns the register's value, or raises CellRefused. Numbers are text:
what stands in a number cell has lost its noughts or its last digits already (threats D8).
"""

import datetime
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Any

from households import identity
from households.codes import CODES
from households.models import Person
from households.workbook.columns import SEVERAL, CellRefused, text_of
from households.workbook.national_columns import AREAS, NationalColumn
from office.codes import CodeList, as_written
from office.workbook_read import Cell, ErrorCell

Reader = Callable[[Cell], Any]
MASK = "*"
DOTS = dict.fromkeys(map(ord, "•．・‧∙⋅﹒᛫."), "·")
DAY = re.compile(
    r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2})|年([0-9]{1,2})月([0-9]{1,2})日)"
)
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
PHONE_BLANKS = re.compile(r"[\s-]")
LONGEST_NUMBER = 40
NUMBER = re.compile(f"[0-9A-Za-z-]{{1,{LONGEST_NUMBER}}}")
EXPONENT = re.compile(r"[0-9.]+E\+?[0-9]+")
MOST_MONTHS = 12
# The national program knows four words of the list (note of column 33).
POLITICAL = ("中共党员", "中共预备党员", "共青团员", "群众")
JOINING = re.compile(r"[及和与且\s]")
# Its values were not seen in a source (note of column 32).
KEPT_AS_PRINTED = ("person.industry_class",)


def reader_of(column: NationalColumn) -> Reader:
    """How the cells of the column are read."""
    if column.name in AREAS:
        return _area_name
    if column.path in READERS:
        return READERS[column.path]
    if column.codes == "yes_no":
        return _yes_no
    if column.codes:
        return _word_of(column)
    return _text_of(column.name)


def _checked(cell: Cell) -> Cell:
    if isinstance(cell, ErrorCell):
        raise CellRefused("I001", f"单元格是公式错误（{cell.text}）")
    return cell


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _area_name(cell: Cell) -> str:
    return "".join(as_written(text_of(_checked(cell))).split())


def _name(cell: Cell) -> str:
    """Blanks at both ends removed, the dot as ·; other signs as printed."""
    if type(cell) is str and cell.isalnum() and len(cell) <= _longest("name"):
        return unicodedata.normalize("NFC", cell)
    if _is_number(_checked(cell)):
        raise CellRefused("I020", "姓名在表格中是数字")
    text = text_of(cell).strip("\u3000\u200b\ufeff ").translate(DOTS)
    if len(text) > _longest("name"):
        raise CellRefused("I004", f"超过{_longest('name')}个字")
    return unicodedata.normalize("NFC", text)


@cache
def _longest(name: str) -> int:
    return int(Person._meta.get_field(name).max_length)  # type: ignore[union-attr, arg-type]


def _text_of(name: str) -> Reader:
    most = _longest(name)

    def read(cell: Cell) -> str:
        text = text_of(_checked(cell))
        if len(text) > most:
            raise CellRefused("I004", f"超过{most}个字")
        return text

    return read


def _printed_number(cell: Cell) -> str:
    """户编号 and 人口编号, kept as printed."""
    if type(cell) is str and cell.isalnum() and cell.isascii() and len(cell) <= LONGEST_NUMBER:
        return cell
    if _is_number(_checked(cell)):
        raise CellRefused("I021", "编号在表格中是数字，前面的零或末几位可能已丢失，请改为文本格式后重填")
    text = as_written(text_of(cell))
    if not NUMBER.fullmatch(text):
        raise CellRefused("I021", "编号只能有数字、字母和短横，最多40位")
    return text


def _identity_number(cell: Cell) -> str:
    if type(cell) is str and cell.isdigit() and cell.isascii():
        return cell
    if _is_number(_checked(cell)):
        raise CellRefused("C014", "证件号码在表格中是数字，末几位已丢失，请改为文本格式后重填")
    text = identity.normalise(text_of(cell))
    if EXPONENT.fullmatch(text):
        raise CellRefused("C014", "证件号码在表格中是数字，末几位已丢失，请改为文本格式后重填")
    return text


def _phone(cell: Cell) -> str:
    """Digits without blanks and hyphens; whether there are eleven of them is asked by C040."""
    if type(cell) is str and cell.isdigit() and cell.isascii():
        return cell
    text = PHONE_BLANKS.sub("", as_written(text_of(_checked(cell))))
    if _is_number(cell) and not (text.isascii() and text.isdigit()):
        raise CellRefused("I005", "电话在表格中是数字，末几位已丢失，请改为文本格式后重填")
    return text


def _day(cell: Cell) -> datetime.date:
    if isinstance(_checked(cell), datetime.date):
        return cell  # type: ignore[return-value]
    match = DAY.fullmatch(as_written(text_of(cell)))
    try:
        year, _, *parts = match.groups()  # type: ignore[union-attr]
        month, day = (int(part) for part in parts if part is not None)
        return datetime.date(int(year), month, day)
    except (AttributeError, ValueError):
        raise CellRefused("I009", "日期不存在或格式不对，请写成 1970-01-02、1970/1/2 或 19700102") from None


def _year(cell: Cell) -> int:
    text = as_written(text_of(_checked(cell)))
    if not YEAR.fullmatch(text):
        raise CellRefused("I008", "年度应为四位数字")
    return int(text)


def _months(cell: Cell) -> int:
    text = as_written(text_of(_checked(cell)))
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_MONTHS:
        raise CellRefused("C059", "月数应为0至12的整数")
    return int(text)


def _yes_no(cell: Cell) -> bool:
    if isinstance(_checked(cell), bool):
        return bool(cell)
    word = None if _is_number(cell) else word_in(CODES["yes_no"], text_of(cell))
    if word is None:
        raise CellRefused("C002", "请填“是”或“否”")
    return word == "是"


def word_in(words: CodeList, text: str) -> str | None:
    """The word of a label or an alias. Bare codes are no words: programs number the lists otherwise."""
    written = as_written(text)
    return None if written.isascii() and written.isalnum() else words.read(written)


def _word_of(column: NationalColumn) -> Reader:
    words = CODES[column.codes]
    kept = column.path in KEPT_AS_PRINTED
    most = _longest(column.name) if kept else 0

    def read(cell: Cell) -> str:
        word = word_in(words, text_of(_checked(cell)))
        if word is None and kept and len(text_of(cell)) <= most:
            return text_of(cell)
        if word is None or (column.path == "person.political_status" and word not in POLITICAL):
            raise CellRefused("C002", "选项不在规定的表内")
        return word

    return read


def _words_of(list_name: str) -> Reader:
    def read(cell: Cell) -> tuple[str, ...]:
        words = CODES[list_name]
        said: set[str] = set()
        for part in SEVERAL.split(as_written(text_of(_checked(cell)))):
            if part.strip():
                said.update(split_words(list_name, part.strip()))
        return tuple(word for word in words.words if word in said)

    return read


@cache
def _spellings(list_name: str) -> tuple[tuple[str, str], ...]:
    """(as written, word) of every label and alias, the longest first."""
    codes = CODES[list_name].codes
    found = {as_written(text): code.label for code in codes for text in (*code.aliases, code.label)}
    return tuple(sorted(found.items(), key=lambda pair: -len(pair[0])))


def split_words(list_name: str, text: str) -> list[str]:
    """Words that stand together: 长期慢性病及残疾, 大病残疾. Raises CellRefused when anything is left over."""
    word = word_in(CODES[list_name], text)
    if word is not None:
        return [word]
    rest, found = as_written(text), []
    while rest:
        if JOINING.match(rest):
            rest = rest[1:]
            continue
        for written, label in _spellings(list_name):
            if rest.startswith(written):
                found.append(label)
                rest = rest[len(written) :]
                break
        else:
            raise CellRefused("C002", "选项不在规定的表内")
    if not found:
        raise CellRefused("C002", "选项不在规定的表内")
    return found


READERS: dict[str, Reader] = {
    "household.number": _printed_number,
    "household.phone": _phone,
    "household.head_name": _name,
    "household.head_id_number": _identity_number,
    "person.number": _printed_number,
    "person.name": _name,
    "person.birth_date": _day,
    "person.id_number": _identity_number,
    "person.phone": _phone,
    "person.disability_certificate_year": _year,
    "person.work_months": _months,
    "person.public_service_post_months": _months,
    "person.health": _words_of("health"),
    "person.employment_channel": _words_of("employment_channel"),
    "survey.year": _year,
}
