"""Reading the list of villages that are to leave, by name and year (csv; R073, R064).

Pure: bytes in, rows out, or `PlanRefused` with every line and its reason; what the names mean is asked of the
register by planned_villages.py.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from office.workbook_write import unguard
from reporting.reading import (
    MUNICIPAL,
    PLAIN_YEAR,
    PROVINCIAL,
    STANDARDS,
    PlanRefused,
    Problem,
    decode,
    squash,
)

COLUMNS = ("town", "village", "level", "year")
COLUMN_WORDS = dict(zip(COLUMNS, ("镇街", "村", "级别", "年度"), strict=True))
LONGEST, FIRST_YEAR = 60, 2010


@dataclass(frozen=True)
class PlannedLine:
    """One village of the list; names as written, the level 省定 or 市定."""

    line: int
    town: str
    village: str
    level: str
    year: int


def read_planned(data: bytes) -> list[PlannedLine]:
    """The lines in the file's order; raises PlanRefused. A head in Chinese (镇街,村,级别,年度) will do as well."""
    rows = _rows(decode(data))
    head = next(rows, None)
    if head is None:
        raise PlanRefused([Problem(1, "文件是空的")])
    line, names = head
    places = _places(line, names)
    found: list[PlannedLine] = []
    problems: list[Problem] = []
    seen: dict[tuple[str, str], int] = {}
    for line, row in rows:
        if len(row) != len(names):
            problems.append(Problem(line, f"应有{len(names)}列，这一行有{len(row)}列"))
            continue
        fields = {name: unguard(row[place]).strip() for name, place in places.items()}
        reasons = list(_reasons(fields))
        village = (squash(fields["town"]), squash(fields["village"]))
        if not reasons and (before := seen.setdefault(village, line)) != line:
            reasons = [f"{fields['village']}在第{before}行已有，一个村只退出一次"]
        problems += [Problem(line, reason) for reason in reasons]
        if not reasons:
            year = PLAIN_YEAR.fullmatch(squash(fields["year"]))
            assert year is not None, "asked by _reasons"
            level = STANDARDS[squash(fields["level"])]
            found.append(PlannedLine(line, fields["town"], fields["village"], level, int(year[1])))
    if not found and not problems:
        problems.append(Problem(line, "只有表头，没有一个村"))
    if problems:
        raise PlanRefused(problems)
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Line and fields of every row that is not empty; raises PlanRefused at broken quoting."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if any(field.strip() for field in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise PlanRefused([Problem(line, "引号没有配对，从这一行起读不下去")]) from None


def _places(line: int, names: list[str]) -> dict[str, int]:
    plain = [name.strip().lower() for name in names]
    places = {}
    problems = []
    for column, word in COLUMN_WORDS.items():
        here = [place for place, name in enumerate(plain) if name in (column, word)]
        if len(here) == 1:
            places[column] = here[0]
        else:
            problems.append(Problem(line, f"表头{'缺少' if not here else '重复了'} {column}（{word}）列"))
    if problems:
        raise PlanRefused(problems)
    return places


def _reasons(fields: dict[str, str]) -> Iterator[str]:
    for name, text in fields.items():
        if not text:
            yield f"{COLUMN_WORDS[name]}是空的"
        elif len(text) > LONGEST or "\n" in text:
            yield f"{COLUMN_WORDS[name]}超过{LONGEST}字或有换行"
    if fields["level"] and STANDARDS.get(squash(fields["level"])) not in (PROVINCIAL, MUNICIPAL):
        yield f"级别“{fields['level'][:20]}”认不出，应是省定或市定"
    year = PLAIN_YEAR.fullmatch(squash(fields["year"]))
    if fields["year"] and (year is None or int(year[1]) < FIRST_YEAR):
        yield f"年度“{fields['year'][:20]}”认不出，应是 {FIRST_YEAR} 以后的四位数字"
