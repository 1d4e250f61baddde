"""Reading a tidy plan table (csv) cell by cell, as printed (rules: layouts of the rolling plan tables).

Pure: bytes in, cells out, or `PlanRefused` with every line and its reason. A file is read whole or not at
all. Strings are kept as printed (only blanks at the ends of keys are dropped); what they mean is asked of
the cell (`kind`, `unit`, `standard_word`, `year_word`, `number`).
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from office.workbook_write import unguard

COLUMNS = ("area", "group", "measure", "standard", "year", "value")
COLUMN_WORDS = dict(zip(COLUMNS, ("地区", "组别", "项目", "标准", "年度", "数值"), strict=True))
LONGEST = {"area": 60, "group": 40, "measure": 120, "standard": 20, "year": 20, "value": 200}

BASE, PERSONS_LEAVING, VILLAGES_LEAVING = "贫困基数", "贫困人口脱贫", "重点村退出"
GROUPS = {
    BASE: BASE,
    PERSONS_LEAVING: PERSONS_LEAVING,
    VILLAGES_LEAVING: VILLAGES_LEAVING,
    "贫困工作重点村退出": VILLAGES_LEAVING,
    "扶贫工作重点村退出": VILLAGES_LEAVING,
}
PROVINCIAL, NATIONAL, MUNICIPAL, ALL = "省定", "国标", "市定", "合计"
STANDARDS = {
    **dict.fromkeys(("省定", "省标", "省定标准", "省定扶贫标准", "省定贫困标准"), PROVINCIAL),
    **dict.fromkeys(("国标", "国家", "国家标准", "国家扶贫标准", "国家贫困标准"), NATIONAL),
    **dict.fromkeys(("市定", "市标", "市定标准", "市定扶贫标准"), MUNICIPAL),
    "合计": ALL,
}
TOTAL = "合计"
WHOLE_BASE = "全部脱贫"
PERSONS, VILLAGES = "persons", "villages"
REACHED, LEFT = "预退出", "剩余"

PLAIN_YEAR = re.compile(r"((?:19|20)\d\d)年?", re.ASCII)
BASE_YEAR = re.compile(r"基期((?:19|20)\d\d)年?", re.ASCII)
PERIOD = re.compile(r"[“\"]?(十[一二三四五六]五)[”\"]?(?:期间|时期)?")
NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
BRACKETS = re.compile(r"\(([^()]*)\)")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


WIDE_LEVELS = ("街道", "社区", "办事处", "街道办事处")


def squash(text: str) -> str:
    """For comparison only: full-width forms folded, every blank dropped."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def read_number(text: str) -> Decimal | None:
    """The printed number; commas only between thousands; None when it is no number."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("\N{MINUS SIGN}", "-")
    # Circled and raised digits are footnote marks: 5① is not 51.
    if not NUMBER.fullmatch(plain) or any(unicodedata.category(sign) == "No" for sign in text):
        return None
    return Decimal(plain.replace(",", ""))


def read_year(text: str) -> str | None:
    """基期2015, 2016, 十二五 or 合计; None when it cannot be read."""
    plain = squash(text)
    if plain == TOTAL:
        return TOTAL
    if found := PLAIN_YEAR.fullmatch(plain):
        return found[1]
    if found := BASE_YEAR.fullmatch(plain):
        return f"基期{found[1]}"
    found = PERIOD.fullmatch(plain)
    return found[1] if found else None


@dataclass(frozen=True)
class TidyCell:
    """One figure of a printed plan; `line` is where it stands in the file."""

    area: str
    group: str
    measure: str
    standard: str
    year: str
    value: str
    line: int = 0

    @cached_property
    def area_word(self) -> str:
        return squash(self.area)

    @cached_property
    def group_word(self) -> str:
        return GROUPS.get(squash(self.group), squash(self.group))

    @cached_property
    def measure_word(self) -> str:
        return squash(self.measure)

    @cached_property
    def standard_word(self) -> str:
        return STANDARDS.get(squash(self.standard), squash(self.standard))

    @cached_property
    def year_word(self) -> str:
        """基期2015, 十二五, 2016, 合计; a stock is of the base year, however its year is printed."""
        word = read_year(self.year) or squash(self.year)
        return f"基期{word}" if self.group_word == BASE and word.isdigit() else word

    @cached_property
    def kind(self) -> str:
        """It counts villages if it says 村, else persons."""
        return VILLAGES if "村" in self.measure else PERSONS

    @cached_property
    def unit(self) -> str:
        """人, 万人, 户, 个: the last bracket of the measure that is a unit."""
        found = [inner.removeprefix("单位:") for inner in BRACKETS.findall(self.measure_word)]
        return next((unit for unit in reversed(found) if unit in ("人", "万人", "户", "万户", "个")), "")

    @cached_property
    def in_ten_thousands(self) -> bool:
        return self.kind == PERSONS and self.unit in ("万人", "万户")

    @cached_property
    def counted(self) -> str:
        """What is counted, so that households are never added to persons: 村, 户 or 人."""
        if self.kind == VILLAGES:
            return "村"
        return "户" if "户" in self.unit else "人"

    @cached_property
    def part(self) -> str:
        """预退出 or 剩余 for the parts of the villages of a level; empty for the whole."""
        if self.group_word != BASE or self.kind != VILLAGES:
            return ""
        return next((part for part in (REACHED, LEFT) if part in self.measure_word), "")

    @cached_property
    def is_base(self) -> bool:
        return self.group_word == BASE and self.year_word.startswith("基期") and not self.part

    @cached_property
    def is_year(self) -> bool:
        return self.year_word.isdigit()

    @cached_property
    def is_top(self) -> bool:
        """Named 全区, 全市, 全省 … or 全街道"""
        return self.area_word[:1] == "全" and (len(self.area_word) == 2 or self.area_word[1:] in WIDE_LEVELS)

    @cached_property
    def is_blank(self) -> bool:
        return not self.value.strip()

    @cached_property
    def is_whole_base(self) -> bool:
        return self.group_word != BASE and squash(self.value) == WHOLE_BASE

    @cached_property
    def number(self) -> Decimal | None:
        return read_number(self.value)

    @cached_property
    def key(self) -> tuple[str, str, str, str, str]:
        return (self.area_word, self.group_word, self.measure_word, self.standard_word, self.year_word)

    def printed(self) -> dict[str, str]:
        """The file's own strings, by column."""
        return {column: getattr(self, column) for column in COLUMNS}


@dataclass(frozen=True)
class Problem:
    line: int
    reason: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.reason}"


class PlanRefused(Exception):
    """The file cannot be taken; every line that stands in the way, with its reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("；".join(str(problem) for problem in self.problems))


def read_plan(data: bytes) -> list[TidyCell]:
    """The cells of a csv file in the file's order; raises PlanRefused."""
    text = decode(data)
    rows = _rows(text)
    first = next(rows, None)
    if first is None:
        raise PlanRefused([Problem(1, "文件是空的")])
    line, header = first
    if isinstance(header, str):
        raise PlanRefused([Problem(line, header)])
    places = _read_header(line, header)
    cells: list[TidyCell] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, ...], int] = {}
    for line, row in rows:
        if isinstance(row, str):
            problems.append(Problem(line, row))
            break
        if len(row) != len(header):
            problems.append(Problem(line, f"应有{len(header)}列，这一行有{len(row)}列"))
            continue
        named = {column: row[place] for column, place in places.items()}
        cell = TidyCell(
            **{column: text.strip() for column, text in named.items() if column != "value"},
            value=unguard(named["value"]),
            line=line,
        )
        reasons = list(_reasons(cell))
        if not reasons and (before := seen.setdefault(cell.key, line)) != line:
            reasons = [f"与第{before}行是同一格（{cell.area}、{cell.measure}、{cell.standard}、{cell.year}）"]
        problems += [Problem(line, reason) for reason in reasons]
        cells.append(cell)
    if not cells and not problems:
        problems.append(Problem(line, "只有表头，没有一格数"))
    if problems:
        raise PlanRefused(problems)
    return cells


def decode(data: bytes) -> str:
    """UTF-8 (with or without its mark) or GB18030; raises PlanRefused."""
    if not data.strip():
        raise PlanRefused([Problem(1, "文件是空的")])
    if data.startswith(b"PK\x03\x04"):
        raise PlanRefused([Problem(1, "这是 xlsx 或压缩文件，不是 csv：请另存为 csv")])
    if b"\x00" in data:
        line = data[: data.index(b"\x00")].count(b"\n") + 1
        raise PlanRefused([Problem(line, "含有空字符，不是文本文件：请另存为 UTF-8 的 csv")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            line = data[: error.start].count(b"\n") + 1
            raise PlanRefused([Problem(line, "文字编码认不出：请另存为 UTF-8 的 csv")]) from None
    if found := CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise PlanRefused([Problem(line, "含有控制字符，不是文本文件：请另存为 UTF-8 的 csv")])
    return text


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Line and fields of every row that is not empty; at broken quoting the reason, and then no more."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, "引号没有配对，从这一行起读不下去"
            return
        if any(field.strip() for field in row):
            yield line, row
        line = reader.line_num + 1


def _read_header(line: int, header: list[str]) -> dict[str, int]:
    """Place of each column; raises PlanRefused when one is missing or named twice."""
    names = [name.strip().lower() for name in header]
    reasons = [f"表头缺少 {column}（{COLUMN_WORDS[column]}）列" for column in COLUMNS if column not in names]
    reasons += [f"表头有{names.count(column)}个 {column} 列" for column in COLUMNS if names.count(column) > 1]
    if reasons:
        raise PlanRefused(Problem(line, reason) for reason in reasons)
    return {column: names.index(column) for column in COLUMNS}


def _reasons(cell: TidyCell) -> Iterator[str]:
    """Why a row cannot be taken."""
    for column in COLUMNS:
        text = getattr(cell, column)
        if "\n" in text or "\r" in text:
            yield f"{COLUMN_WORDS[column]}里有换行（引号可能没有配对）"
            return
        if len(text) > LONGEST[column]:
            yield f"{COLUMN_WORDS[column]}超过{LONGEST[column]}字"
            return
    if not cell.area:
        yield "地区是空的"
    if squash(cell.group) not in GROUPS:
        words = "、".join((BASE, PERSONS_LEAVING, VILLAGES_LEAVING))
        yield f"组别“{cell.group}”认不出，应是{words}" if cell.group else f"组别是空的，应是{words}"
    if not cell.measure:
        yield "项目是空的"
    if squash(cell.standard) not in STANDARDS:
        yield f"标准“{cell.standard}”认不出，应是省定、国标、市定、合计" if cell.standard else "标准是空的"
    if read_year(cell.year) is None:
        yield f"年度“{cell.year}”认不出，应如 基期2015、2016、十二五、合计" if cell.year else "年度是空的"
