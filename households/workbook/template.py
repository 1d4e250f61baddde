"""The prefilled workbook of an area: its households, persons and one year's surveys, to be filled in offline.

Text cells, choice lists, personal data masked; keys and computed columns are protected. The three sheets grow row
by row side by side, sealed until they are packed.
"""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from xlsxwriter.utility import xl_col_to_name

from areas.models import Area
from households.models import Household, Living, Person, Production, Survey
from households.models.person import HEAD
from households.workbook.columns import (
    HOUSEHOLDS,
    IDENTITY_LABEL,
    IDENTITY_SHEET,
    KEYS,
    MADE_AT_LABEL,
    OF_NEW,
    PERSONS,
    SHEETS,
    SHOWN_ONLY,
    SURVEYS,
    VERSION,
    VILLAGE,
    Column,
    columns,
)
from office.long_workbook import Stream
from office.sealed_workbook import SealedWorkbook
from office.workbook_write import AUTHOR, MAX_ROWS, text_width

BATCH = 500
LONGEST_LIST = 255  # characters of a choice list that stands in the cell's own rule
CHOICES = "_选项"
SPARE_ROWS = 200  # below the data, choice lists still work
GUIDE = (
    "一、只改需要改的单元格；空着的单元格表示不改，不会清掉系统里的内容。",
    "二、灰色的列由系统给出，不能改；户编号、人口编号是对上系统记录的凭据。",
    "三、证件号码、电话、账号只显示一部分：不改就保持原样，要改就填完整号码。",
    "四、列的次序可以变，列名不能变。减少成员、变更村和识别标准请在系统里办理。",
    "五、新户写在“户”表数据下面的空行里：户编号填“新1”“新2”……，再填村(社区)（村名、镇街名和村名，或12位代码）、"
    "识别标准和其他各项；它的成员和年度采集各占一行，户编号填同一个“新1”，人口编号空着。",
    "六、老户增加的成员写在“人口”表下面的空行里，填户编号、增加日期和增加原因，人口编号空着。",
    "七、上传后先核对，确认后才写入；下载以后系统里又改过的户逐户列出，由上传的人决定用哪边的值。",
)
Progress = Callable[[int, int | None, str], None]


class TooLong(Exception):
    """More rows than a sheet holds."""


# In the rows below the data these may be filled in too: they make what is new.
OPEN_BELOW = {HOUSEHOLDS: (*KEYS[HOUSEHOLDS], VILLAGE), PERSONS: KEYS[PERSONS], SURVEYS: KEYS[SURVEYS]}


class _Sheet:
    """One sheet of the workbook: its formats, its head, its rows as they come."""

    def __init__(self, book: "_Book", name: str) -> None:
        self.name, self.fill, self.line = name, columns(name), 0
        self.page = book.file.add_worksheet(name)
        self.rows = book.sealed.rows(self.page)
        self.titles = [*KEYS[name], *SHOWN_ONLY[name], *(one.title for one in self.fill), VERSION]
        self.letters = [xl_col_to_name(place) for place in range(len(self.titles))]
        self.fixed = len(KEYS[name]) + len(SHOWN_ONLY[name])
        for place, title in enumerate(self.titles):
            own = self.fixed <= place < len(self.titles) - 1
            width = min(30.0, max(9.0 if place else 12.0, text_width(title) + 2))
            style = book.open if own else book.closed
            hidden = {"hidden": True} if title == VERSION else {}
            self.page.set_column(place, place, width, style, hidden)
            self.page.write_string(0, place, title, book.head)
        self.page.freeze_panes(1, len(KEYS[name]) + 1)
        self.page.repeat_rows(0)
        self.page.set_landscape()
        self.page.set_paper(8)
        self.page.fit_to_pages(1, 0)
        self.page.protect(
            "",
            {
                "format_columns": True,
                "format_rows": True,
                "sort": True,
                "autofilter": True,
                "select_locked_cells": True,
            },
        )

    styles: dict[bool, Any]

    def write(self, fixed: list[str], values: list[str], version: int) -> None:
        self.line += 1
        if self.line >= MAX_ROWS:
            raise TooLong
        texts = enumerate([*fixed, *values, str(version)])
        # The column's own format says whether the cell is locked.
        self.rows.write(
            self.line + 1,
            [
                (self.letters[place], text, self.styles[self.fixed <= place < len(self.titles) - 1])
                for place, text in texts
                if text
            ],
        )

    def finish(self) -> None:
        """The empty rows below, where new households and members are written."""
        titles = [*OPEN_BELOW[self.name], *(one.title for one in OF_NEW[self.name])]
        places = sorted(self.titles.index(title) for title in titles)
        for line in range(self.line + 1, min(self.line + SPARE_ROWS, MAX_ROWS - 1) + 1):
            for place in places:
                self.page.write_blank(line, place, None, self.styles[True])


class _Book:
    def __init__(self, sealed: SealedWorkbook, made_at: datetime.datetime, template: str) -> None:
        self.sealed, self.file = sealed, sealed.book
        moment = made_at.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
        self.file.set_properties({"title": "贫困户数据采集工作簿", "author": AUTHOR, "created": moment})
        self.head = self.file.add_format(
            {"bold": True, "bg_color": "#E7EBEF", "border": 1, "text_wrap": True}
        )
        self.open = self.file.add_format({"num_format": "@", "locked": False})
        self.closed = self.file.add_format({"num_format": "@", "locked": True, "bg_color": "#F2F4F6"})
        # In front, so that a reader knows of when the rows are.
        identity = self.file.add_worksheet(IDENTITY_SHEET)
        identity.very_hidden()
        for line, pair in enumerate(((IDENTITY_LABEL, template), (MADE_AT_LABEL, made_at.isoformat()))):
            for place, text in enumerate(pair):
                identity.write_string(line, place, text)
        self.sheets = {name: _Sheet(self, name) for name in SHEETS}
        self.sheets[HOUSEHOLDS].page.activate()
        self.sheets[HOUSEHOLDS].page.set_first_sheet()
        for sheet in self.sheets.values():
            sheet.styles = {True: self.open, False: self.closed}
        self.choices = self.file.add_worksheet(CHOICES)
        self.choices.hide()

    def finish(self) -> None:
        for sheet in self.sheets.values():
            sheet.finish()
        self._choose()
        guide = self.file.add_worksheet("填表说明")
        guide.set_column(0, 0, 100)
        for line, text in enumerate(GUIDE):
            guide.write_string(line, 0, text)

    def _choose(self) -> None:
        """Choice lists beside the cells that hold one word; long ones stand in a hidden sheet."""
        long: dict[tuple[str, ...], int] = {}
        asked = [
            (sheet, one)
            for sheet in self.sheets.values()
            for one in (*sheet.fill, *OF_NEW[sheet.name])
            if one.words
        ]
        for _, one in asked:
            if len(",".join(one.words)) > LONGEST_LIST:
                long.setdefault(one.words, len(long))
        for line in range(max(map(len, long), default=0)):
            for words, place in long.items():
                if line < len(words):
                    self.choices.write_string(line, place, words[line])
        for sheet, one in asked:
            place = sheet.titles.index(one.title)
            source: Any = list(one.words)
            if one.words in long:
                letter = xl_col_to_name(long[one.words], col_abs=True)
                source = f"='{CHOICES}'!{letter}$1:{letter}${len(one.words)}"
            sheet.page.data_validation(
                1,
                place,
                sheet.line + SPARE_ROWS,
                place,
                {
                    "validate": "list",
                    "source": source,
                    "error_title": "选项不在规定的表内",
                    "error_message": "请从下拉表里选",
                },
            )


def write_workbook(
    file: Stream,
    households: QuerySet[Household],
    *,
    area: Area,
    year: int,
    template: str,
    made_at: datetime.datetime,
    progress: Progress,
    folder: Path,
) -> tuple[int, int]:
    """Writes the workbook of these households of the area; how many households and persons it has.

    `folder` is for the sealed rows meanwhile. Raises TooLong.
    """
    done, persons, total = 0, 0, households.count()
    with SealedWorkbook(folder) as sealed:
        book = _Book(sealed, made_at, template)
        for batch in _batches(households):
            for household, people, records in batch:
                done, persons = done + 1, persons + len(people)
                _write(book, household, people, records, year)
            progress(done, total, f"{area}　{done} 户")
        book.finish()
        sealed.pack(file)
    return done, persons


Records = dict[str, Any]


def _batches(households: QuerySet[Household]) -> Iterator[list[tuple[Household, list[Person], Records]]]:
    """By number, five hundred at a time, in a constant number of statements each."""
    rows, last = households.select_related("village").order_by("number"), ""
    while batch := list(rows.filter(number__gt=last)[:BATCH]):
        last = batch[-1].number
        ids = [household.pk for household in batch]
        people: dict[int, list[Person]] = {pk: [] for pk in ids}
        for person in Person.objects.filter(household__in=ids, present=True).order_by("number"):
            people[person.household_id].append(person)
        records: dict[int, Records] = {pk: {} for pk in ids}
        for entity, model in (("survey", Survey), ("living", Living), ("production", Production)):
            for record in model._default_manager.filter(household__in=ids):
                records[record.household_id][entity, record.year] = record  # type: ignore[index]
        yield [(household, people[household.pk], records[household.pk]) for household in batch]


def _write(book: _Book, household: Household, people: list[Person], records: Records, year: int) -> None:
    number, version = household.number, household.version
    head = next((person.name for person in people if person.relation == HEAD), "")
    book.sheets[HOUSEHOLDS].write(
        [
            number,
            household.village.short_name,
            head,
            str(household.member_count),
            household.exit_mark,
            household.poverty_standard,
        ],
        [one.shown(getattr(household, one.name)) for one in columns(HOUSEHOLDS)],
        version,
    )
    for person in people:
        book.sheets[PERSONS].write(
            [number, person.number, head, *(one.shown(getattr(person, one.name)) for one in OF_NEW[PERSONS])],
            [one.shown(getattr(person, one.name)) for one in columns(PERSONS)],
            version,
        )
    survey = records.get(("survey", year))  # type: ignore[call-overload]
    sums = [survey.net_income, survey.net_income_per_capita, survey.state] if survey else [None, None, ""]
    book.sheets[SURVEYS].write(
        [number, str(year), head, *("" if value is None else str(value) for value in sums)],
        [_of_year(records, year, one) for one in columns(SURVEYS)],
        version,
    )


def _of_year(records: Records, year: int, column: Column) -> str:
    record = records.get((column.entity, year))  # type: ignore[call-overload]
    return column.shown(getattr(record, column.name)) if record is not None else ""
