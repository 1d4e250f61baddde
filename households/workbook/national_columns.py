"""The 47 columns of the national person sheet (households/data/national_person_sheet.csv), and where they stand.

The program that the sheet comes from fixes no order: a column is found by its header, full-width or half-width.
"""

import csv
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from households.workbook.columns import VERSION, heading
from households.workbook.outcome import letters
from office.workbook_read import Cell, WorkbookRefused

LIST = Path(__file__).resolve().parent.parent / "data" / "national_person_sheet.csv"
AREAS = ("province", "city", "county", "town", "village")
# Later exports call a column otherwise (note of column 20); areas also go by their long names (fields.csv).
OTHER_NAMES = {
    "义务教育阶段未上学原因": "失学或辍学原因",
    "省(区、市)": "省",
    "市(地、州、盟)": "市",
    "县(市、区、旗)": "县",
    "乡(镇、街道)": "乡",
    "乡(镇)": "乡",
    "村(社区)": "村",
    "行政村": "村",
}
# Without these a row can be neither found nor placed.
KEYS = ("省", "市", "县", "乡", "村", "户编号", "人口编号", "姓名", "证件号码", "年度", "与户主关系")
# What tells the sheet from any other; our own workbook has the version of the data beside them.
MARKS = ("户编号", "人口编号", "姓名", "证件号码", "与户主关系", "户主证件号码")
# A running number tells nothing and is often put in front.
IGNORED = frozenset({"序号", "No", "No."})


@dataclass(frozen=True)
class NationalColumn:
    """A column of the sheet and the field of the register that it is read into."""

    place: int
    header: str
    entity: str
    name: str
    codes: str

    @property
    def path(self) -> str:
        return f"{self.entity}.{self.name}"


@cache
def national_columns() -> tuple[NationalColumn, ...]:
    """In the order of the notes; `place` counts from 0."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return tuple(
            NationalColumn(
                place=int(row["no"]) - 1,
                header=row["header"],
                entity=row["field"].split(".")[0],
                name=row["field"].split(".")[1],
                codes=row["codes"],
            )
            for row in csv.DictReader(file)
        )


@cache
def by_heading() -> dict[str, NationalColumn]:
    found = {heading(column.header): column for column in national_columns()}
    for other, header in OTHER_NAMES.items():
        found[heading(other)] = found[heading(header)]
    return found


@cache
def by_path() -> dict[str, NationalColumn]:
    return {column.path: column for column in national_columns()}


@dataclass(frozen=True)
class NationalHead:
    """The row of headers of one sheet; `at` is where each known column stands, `strange` where others do."""

    sheet: str
    line: int
    at: dict[NationalColumn, int]
    strange: tuple[tuple[int, str], ...]

    def letters(self, path: str) -> str:
        """Column letters of a field, "" when the sheet has no such column."""
        place = self.at.get(by_path()[path])
        return "" if place is None else letters(place)


def recognises(titles: Collection[str]) -> bool:
    """Whether a row with these headings (columns.heading) is the head of a national sheet; ours is not."""
    return set(titles).issuperset(map(heading, MARKS)) and heading(VERSION) not in titles


def read_head(sheet: str, line: int, cells: Sequence[Cell]) -> NationalHead:
    """Raises WorkbookRefused for a column that stands twice or a key that is missing."""
    at: dict[NationalColumn, int] = {}
    strange = []
    for place, cell in enumerate(cells):
        title = heading(cell) if isinstance(cell, str) else ""
        column = by_heading().get(title)
        if column is None:
            if title and title not in IGNORED:
                strange.append((place, str(cell).strip()))
        elif at.setdefault(column, place) != place:
            raise WorkbookRefused(f"表“{sheet}”有两列都是“{column.header}”，请删去一列")
    missing = [title for title in KEYS if by_heading()[heading(title)] not in at]
    if missing:
        raise WorkbookRefused(f"表“{sheet}”第{line}行没有“{'”“'.join(missing)}”列，不是完整的全国系统人口表")
    return NationalHead(sheet, line, at, tuple(strange))
