"""Columns of the register's workbook: which sheet and title stands for which field, how a value is written in
a cell and read back.

Blank means leave alone, and so does a cell that still holds what the download wrote there (a mask, a word).
"""

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache, cached_property
from typing import Any

from django.db import models

from households.codes import old_words
from households.entry.fields import MASKS
from households.models import Household, Living, Person, Production, Survey
from households.models.person import YearlyFacts
from office.codes import CodeField, CodeList, CodesField, as_written
from office.pii import EncryptedTextField
from office.workbook_read import Cell, ErrorCell
from office.workbook_write import clean

HOUSEHOLDS, PERSONS, SURVEYS = "户", "人口", "年度采集"
SHEETS = (HOUSEHOLDS, PERSONS, SURVEYS)
# What a sheet's rows are found by, and what the download was made from.
HOUSEHOLD_NUMBER, PERSON_NUMBER, YEAR, VERSION = "户编号", "人口编号", "年度", "数据版本"
VILLAGE = "村(社区)"
# The hidden sheet that says which download this is, and of when.
IDENTITY_SHEET, IDENTITY_LABEL, MADE_AT_LABEL = "_tuopin", "模板编号", "下载时间"
WIDTH = {HOUSEHOLD_NUMBER: 10, PERSON_NUMBER: 11}
MODELS: dict[str, type[models.Model]] = {
    "household": Household,
    "person": Person,
    "survey": Survey,
    "living": Living,
    "production": Production,
}
SEVERAL = re.compile(r"[、,，;；|]")
KNOWN = 20_000  # texts that a column remembers
EXACT_DIGITS = 15  # a number cell keeps so many
DAY = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?")


class CellRefused(Exception):
    """A cell that cannot be read: the rule's number and a message that does not repeat what it holds."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass(frozen=True)
class Column:
    """A field that may be filled in offline."""

    sheet: str
    entity: str
    name: str

    @cached_property
    def field(self) -> Any:
        return MODELS[self.entity]._meta.get_field(self.name)

    @cached_property
    def title(self) -> str:
        return str(self.field.verbose_name)

    @property
    def path(self) -> str:
        """As the checks name it."""
        return f"{self.entity}.{self.name}"

    @cached_property
    def mask(self) -> Callable[[str | None], str] | None:
        return MASKS.get(self.name) if isinstance(self.field, EncryptedTextField) else None

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The choice list of a cell that holds one word."""
        if isinstance(self.field, models.BooleanField):
            return ("是", "否")
        if not isinstance(self.field, CodeField):
            return ()
        # What only old records have stays where it stands and is not offered anew.
        old = old_words(self.field.list_name)
        return tuple(word for word in self.field.code_list.words if word not in old)

    def shown(self, value: Any) -> str:
        """What the download writes: personal data masked."""
        if value is None or value == "":
            return ""
        if self.mask is not None:
            return self.mask(value)
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, tuple):
            return "、".join(value)
        if isinstance(value, datetime.date):
            return value.isoformat()
        return clean(str(value)).strip()

    def read(self, cell: Cell) -> Any:
        """The value of a cell that is not blank; raises CellRefused."""
        if isinstance(cell, str) and cell in self._known:
            return self._known[cell]
        if isinstance(cell, ErrorCell):
            raise CellRefused("I001", f"单元格是公式错误（{cell.text}）")
        value = self._reader(cell)
        if isinstance(cell, str) and self._repeats and len(self._known) < KNOWN:
            self._known[cell] = value
        return value

    @cached_property
    def _known(self) -> dict[str, Any]:
        """Texts that were read before: the same few words stand in thousands of rows."""
        return {}

    @cached_property
    def _repeats(self) -> bool:
        return isinstance(
            self.field, CodeField | CodesField | models.BooleanField | models.IntegerField | models.DateField
        )

    @cached_property
    def _codes(self) -> CodeList:
        return self.field.code_list  # type: ignore[no-any-return]

    @cached_property
    def _reader(self) -> Callable[[Cell], Any]:
        field = self.field
        if isinstance(field, EncryptedTextField):
            return self._secret
        if isinstance(field, CodesField):
            return lambda cell: self._words(_text(cell))
        if isinstance(field, CodeField):
            return lambda cell: self._word(_text(cell))
        if isinstance(field, models.BooleanField):
            return self._yes_no
        if isinstance(field, models.DecimalField):
            return self._amount
        if isinstance(field, models.IntegerField):
            return self._whole
        if isinstance(field, models.DateField):
            return self._day
        return self._plain

    def _plain(self, cell: Cell) -> str:
        text = _text(cell)
        if self.field.max_length and len(text) > self.field.max_length:
            raise CellRefused("I004", f"超过{self.field.max_length}个字")
        return text

    def _secret(self, cell: Cell) -> str:
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            if self.name in ("id_number", "disability_certificate"):
                raise CellRefused("C014", "证件号码在表格中是数字，末几位已丢失，请改为文本格式后重填")
            if abs(cell) >= 10**EXACT_DIGITS:
                raise CellRefused("I005", "号码在表格中是数字，末几位已丢失，请改为文本格式后重填")
        text = _text(cell)
        if "*" in text:
            raise CellRefused("I006", "遮盖的号码被改动过：要么保持原样或留空，要么填写完整号码")
        return unicodedata.normalize("NFKC", text).strip()

    def _word(self, text: str) -> str:
        word = self._codes.read(text)
        if word is None:
            raise CellRefused("C002", "选项不在规定的表内")
        return str(word)

    def _words(self, text: str) -> tuple[str, ...]:
        said = {self._word(part) for part in SEVERAL.split(text) if part.strip()}
        return tuple(word for word in self._codes.words if word in said)

    def _yes_no(self, cell: Cell) -> bool:
        if isinstance(cell, bool):
            return cell
        word = {"是": True, "有": True, "1": True, "否": False, "无": False, "0": False}.get(_text(cell))
        if word is None:
            raise CellRefused("C002", "请填“是”或“否”")
        return word

    def _amount(self, cell: Cell) -> Decimal:
        try:
            amount = Decimal(as_written(_text(cell)).replace(",", ""))
            exact = amount.quantize(Decimal("0.01"))
        except InvalidOperation:
            raise CellRefused("I007", "请填数字") from None
        if not amount.is_finite() or exact != amount:
            raise CellRefused("I007", "请填最多两位小数的数字")
        if len(exact.as_tuple().digits) > self.field.max_digits:
            raise CellRefused("I007", "数字太大")
        return exact

    def _whole(self, cell: Cell) -> int:
        text = as_written(_text(cell))
        if not (text.isascii() and text.isdigit()) or int(text) > 32767:
            raise CellRefused("C059" if self.name.endswith("months") else "I008", "请填整数")
        return int(text)

    def _day(self, cell: Cell) -> datetime.date:
        if isinstance(cell, datetime.date):
            return cell
        match = DAY.fullmatch(as_written(_text(cell)))
        try:
            return datetime.date(*(int(part) for part in match.groups()))  # type: ignore[union-attr, arg-type]
        except (AttributeError, ValueError):
            raise CellRefused("I009", "日期不存在或格式不对，请写成 2018-01-02") from None


def _text(cell: Cell) -> str:
    """A cell as text; whole numbers without a point."""
    if isinstance(cell, str):
        return cell.replace("\0", "").strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**EXACT_DIGITS else repr(cell)
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return "" if cell is None or isinstance(cell, ErrorCell) else str(cell)


def text_of(cell: Cell) -> str:
    """As `_text`, for whoever compares or keeps a cell; an error cell shows its error."""
    return cell.text if isinstance(cell, ErrorCell) else _text(cell)


def number_of(cell: Cell, title: str) -> str:
    """户编号 or 人口编号 in a cell; one that became a number gets its noughts back."""
    text = as_written(_text(cell))
    if isinstance(cell, int | float) and not isinstance(cell, bool) and text.isdigit():
        return text.zfill(WIDTH[title])
    return text


def heading(text: object) -> str:
    """A title as it is compared: full-width brackets and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", str(text)).split())


# Kept by events, computed, or asked elsewhere: shown in the workbook at most, never read.
NOT_READ = {
    "household": {"village", "poverty_standard"},
    "person": {"household", "join_reason"},
    "survey": {"household", "year", "net_income", "net_income_per_capita", "state", "correction_reason"},
    "living": {"household", "year"},
    "production": {"household", "year"},
}
# Shown beside the keys, protected, and read of nothing but what is new (OF_NEW).
SHOWN_ONLY = {
    HOUSEHOLDS: (VILLAGE, "户主姓名", "家庭人口数", "脱贫标志", "识别标准"),
    PERSONS: ("户主姓名", "增加日期", "增加原因"),
    SURVEYS: ("户主姓名", "家庭纯收入", "人均纯收入", "采集状态"),
}
OF_NEW = {
    HOUSEHOLDS: (Column(HOUSEHOLDS, "household", "poverty_standard"),),
    PERSONS: (Column(PERSONS, "person", "joined_on"), Column(PERSONS, "person", "join_reason")),
    SURVEYS: (),
}
KEYS = {
    HOUSEHOLDS: (HOUSEHOLD_NUMBER,),
    PERSONS: (HOUSEHOLD_NUMBER, PERSON_NUMBER),
    SURVEYS: (HOUSEHOLD_NUMBER, YEAR),
}


def _of(sheet: str, *entities: str) -> Iterator[Column]:
    for entity in entities:
        for field in MODELS[entity]._meta.concrete_fields:
            if field.editable and not field.primary_key and field.name not in NOT_READ[entity]:
                yield Column(sheet, entity, field.name)


def _persons() -> list[Column]:
    """Who it is first, what is asked anew each year after it."""
    yearly = {field.name for field in YearlyFacts._meta.get_fields()}
    columns = list(_of(PERSONS, "person"))
    return [
        *(one for one in columns if one.name not in yearly),
        *(one for one in columns if one.name in yearly),
    ]


@cache
def columns(sheet: str) -> tuple[Column, ...]:
    """The fillable columns of a sheet, in the order of the download."""
    if sheet == HOUSEHOLDS:
        return tuple(_of(sheet, "household"))
    if sheet == PERSONS:
        return tuple(_persons())
    return tuple(_of(sheet, "survey", "living", "production"))


@cache
def by_path() -> dict[str, Column]:
    return {column.path: column for sheet in SHEETS for column in (*columns(sheet), *OF_NEW[sheet])}
