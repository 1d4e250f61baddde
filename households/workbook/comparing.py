"""Rows of a workbook held against the register: what differs, and every cell that cannot be taken.

A thousand rows at a time, in a constant number of statements; only what differs is kept.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F

from areas.scope import AreaScope
from households.models import ClosedYear, Household, Person
from households.models.survey import SEALED
from households.workbook.changes import YEARLY, Change, Changed
from households.workbook.columns import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLDS,
    IDENTITY_LABEL,
    IDENTITY_SHEET,
    KEYS,
    MODELS,
    PERSON_NUMBER,
    PERSONS,
    SHEETS,
    SHOWN_ONLY,
    VERSION,
    YEAR,
    CellRefused,
    Column,
    columns,
    heading,
    number_of,
    text_of,
)
from office.workbook_read import Cell, Row, WorkbookRefused

BATCH = 1000
WANTED = {*SHEETS, IDENTITY_SHEET}
FIRST_YEAR = 2013
# Whether the household is unknown or elsewhere: one message (threats A13).
UNKNOWN = "没有这个编号，或者不在当前任职的区域内"


def letters(place: int) -> str:
    """Column letters of a place from 0: 0 is A, 26 is AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


@dataclass(frozen=True)
class Fault:
    """What is wrong in a cell; without a place the row as a whole."""

    column: str
    title: str
    code: str
    message: str


@dataclass
class BadRow:
    sheet: str
    row: int
    cells: list[Cell]
    faults: list[Fault]


@dataclass
class Head:
    """Where the titles of one sheet stand."""

    sheet: str
    places: dict[str, int]
    fill: list[tuple[Column, int]]

    @classmethod
    def read(cls, sheet: str, row: int, cells: list[Cell]) -> tuple["Head", list[Fault]]:
        """By name, in any order. Raises WorkbookRefused when the rows could not be found by it."""
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            title = heading(text_of(cell))
            if title and places.setdefault(title, place) != place:
                raise WorkbookRefused(f"表“{sheet}”有两列都叫“{text_of(cell)}”，请删去一列")
        for title in (*KEYS[sheet], VERSION):
            if title not in places:
                raise WorkbookRefused(f"表“{sheet}”第{row}行没有“{title}”列，请用本系统下载的工作簿填写")
        fill = [(one, places[heading(one.title)]) for one in columns(sheet) if heading(one.title) in places]
        known = {heading(one) for one in (*KEYS[sheet], *SHOWN_ONLY[sheet], VERSION)}
        known |= {heading(one.title) for one, _ in fill}
        strange = [
            Fault(letters(place), text_of(cells[place]), "I002", "没有这一列，请改正列名或删去这一列")
            for title, place in places.items()
            if title not in known
        ]
        return cls(sheet, places, fill), strange

    def cell(self, cells: list[Cell], title: str) -> Cell:
        place = self.places[title]
        return cells[place] if place < len(cells) else None

    def fault(self, title: str, code: str, message: str) -> Fault:
        place = self.places.get(heading(title))
        return Fault(letters(place) if place is not None else "", title, code, message)


@dataclass
class Comparison:
    """Everything found so far."""

    scope: AreaScope
    day: datetime.date
    template: uuid.UUID | None = None
    changed: dict[int, Changed] = field(default_factory=dict)
    bad: dict[tuple[str, int], BadRow] = field(default_factory=dict)
    heads: dict[str, Head] = field(default_factory=dict)
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    _seen: dict[tuple[str, ...], int] = field(default_factory=dict)
    _closed: set[tuple[int, int]] = field(default_factory=set)

    def read(self, rows: Iterable[Row], progress: Any) -> None:
        """All rows of a workbook, as office.workbook_read gives them."""
        self._closed = set(ClosedYear.objects.values_list("county_id", "year"))
        waiting: list[Row] = []
        for row in rows:
            sheet, line, cells = row
            if sheet == IDENTITY_SHEET:
                self._identify(cells)
            elif sheet not in self.heads:
                self.heads[sheet], strange = Head.read(sheet, line, cells)
                self.spoil(sheet, line, cells, strange)
            else:
                if waiting and (waiting[0][0] != sheet or len(waiting) >= BATCH):
                    self._compare(waiting)
                    progress(self.rows)
                    waiting = []
                waiting.append(row)
        self._compare(waiting)
        progress(self.rows)

    def spoil(self, sheet: str, line: int, cells: list[Cell], faults: list[Fault]) -> None:
        if faults:
            row = self.bad.setdefault((sheet, line), BadRow(sheet, line, cells, []))
            row.faults += [fault for fault in faults if fault not in row.faults]

    def _identify(self, cells: list[Cell]) -> None:
        if cells and cells[0] == IDENTITY_LABEL and len(cells) > 1:
            try:
                self.template = uuid.UUID(text_of(cells[1]))
            except ValueError:
                raise WorkbookRefused("工作簿的模板编号被改动过，请重新下载") from None

    def _compare(self, rows: list[Row]) -> None:
        if not rows:
            return
        sheet = rows[0][0]
        head = self.heads[sheet]
        self.rows += len(rows)
        numbers = {number_of(head.cell(cells, HOUSEHOLD_NUMBER), HOUSEHOLD_NUMBER) for _, _, cells in rows}
        households = {
            each.number: each
            for each in Household.objects.in_scope(self.scope).filter(
                number__in=numbers, removed_on__isnull=True
            )
        }
        if sheet == PERSONS:
            self._persons(head, rows, households)
        elif sheet == HOUSEHOLDS:
            for _, line, cells in rows:
                household = self._household(head, line, cells, households, ())
                if household is not None:
                    self._row(head, line, cells, household, {"household": (None, household)})
        else:
            self._years(head, rows, households)

    def _household(
        self,
        head: Head,
        line: int,
        cells: list[Cell],
        households: dict[str, Household],
        more: tuple[str, ...],
    ) -> Household | None:
        """The row's household; None, and a fault, when it has none or came before."""
        number = number_of(head.cell(cells, HOUSEHOLD_NUMBER), HOUSEHOLD_NUMBER)
        fault = None
        if not number:
            fault = head.fault(HOUSEHOLD_NUMBER, "I010", "没有户编号：新户请在系统里登记，表格只修改已有的户")
        elif number not in households:
            fault = head.fault(HOUSEHOLD_NUMBER, "I011", UNKNOWN)
        elif (first := self._seen.setdefault((head.sheet, number, *more), line)) != line:
            fault = head.fault(HOUSEHOLD_NUMBER, "I012", f"与第{first}行重复")
        if fault is not None:
            self.spoil(head.sheet, line, cells, [fault])
            return None
        return households[number]

    def _persons(self, head: Head, rows: list[Row], households: dict[str, Household]) -> None:
        numbers = {number_of(head.cell(cells, PERSON_NUMBER), PERSON_NUMBER) for _, _, cells in rows}
        found = Person.objects.in_scope(self.scope).filter(number__in=numbers, present=True)
        persons = {each.number: each for each in found.annotate(of_number=F("household__number"))}
        for _, line, cells in rows:
            number = number_of(head.cell(cells, PERSON_NUMBER), PERSON_NUMBER)
            household = self._household(head, line, cells, households, (number or f"第{line}行",))
            if household is None:
                continue
            person: Any = persons.get(number)
            fault = None
            if not number:
                fault = head.fault(PERSON_NUMBER, "I010", "没有人口编号：增加成员请在系统里办理")
            elif person is None:
                fault = head.fault(PERSON_NUMBER, "I011", UNKNOWN)
            elif person.of_number != household.number:
                fault = head.fault(PERSON_NUMBER, "I014", "该成员不在这一户")
            if fault is not None:
                self.spoil(PERSONS, line, cells, [fault])
                continue
            self._row(head, line, cells, household, {"person": (person.pk, person)})

    def _years(self, head: Head, rows: list[Row], households: dict[str, Household]) -> None:
        ids = [each.pk for each in households.values()]
        kept: dict[tuple[str, int, int], Any] = {}
        for entity in YEARLY:
            for record in MODELS[entity]._default_manager.filter(household__in=ids):
                kept[entity, record.household_id, record.year] = record  # type: ignore[attr-defined]
        for _, line, cells in rows:
            text = text_of(head.cell(cells, YEAR))
            household = self._household(head, line, cells, households, (text,))
            if household is None:
                continue
            year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
            if not FIRST_YEAR <= year <= self.day.year:
                self.spoil(head.sheet, line, cells, [head.fault(YEAR, "I008", "年度不对")])
                continue
            records: dict[str, tuple[int | None, Any]] = {
                entity: (year, kept.get((entity, household.pk, year))) for entity in YEARLY
            }
            self._row(head, line, cells, household, records)

    def _row(
        self,
        head: Head,
        line: int,
        cells: list[Cell],
        household: Household,
        records: dict[str, tuple[int | None, Any]],
    ) -> None:
        """Every filled cell of one row against what the register holds."""
        faults: list[Fault] = []
        changes: list[Change] = []
        for column, place in head.fill:
            cell = cells[place] if place < len(cells) else None
            if cell is None or cell == "":
                continue
            key, record = records[column.entity]
            current = getattr(record, column.name) if record is not None else None
            text = text_of(cell)
            if not text or text == column.shown(current):
                continue
            try:
                value = column.read(cell)
            except CellRefused as refused:
                faults.append(Fault(letters(place), column.title, refused.code, refused.message))
                continue
            if value != current and not (value in ("", ()) and not current):
                changes.append(Change(column.entity, key, column.name, current, value))
        if changes:
            faults += self._against(head, cells, household, records, changes)
        self.spoil(head.sheet, line, cells, faults)
        if faults:
            return
        if not changes:
            self.unchanged += 1
            return
        told = self.changed.setdefault(household.pk, Changed(household.version, household.number))
        told.changes += changes
        entities = {change.entity for change in changes}
        new = {(entity, records[entity][0]) for entity in entities if records[entity][1] is None}
        told.created |= new  # type: ignore[arg-type]
        if ("survey", records.get("survey", (None,))[0]) in new:
            self.created += 1
        else:
            self.updated += 1
        for entity in entities:
            told.places[entity, records[entity][0]] = ((head.sheet, line), cells)

    def _against(
        self,
        head: Head,
        cells: list[Cell],
        household: Household,
        records: dict[str, tuple[int | None, Any]],
        changes: list[Change],
    ) -> list[Fault]:
        """Why a row that differs may not be taken: changed meanwhile, closed year, a survey without its date."""
        if text_of(head.cell(cells, VERSION)) != str(household.version):
            return [
                head.fault(HOUSEHOLD_NUMBER, "I013", "下载以后该户在系统里又改过（冲突），请重新下载后再填")
            ]
        if "survey" not in records:
            return []
        year, survey = records["survey"]
        if (household.county_id, year) in self._closed or (survey is not None and survey.state == SEALED):
            return [head.fault(YEAR, "I015", f"{year}年已经封存，不能在表格里改")]
        said = {change.name: change.new for change in changes if change.entity == "survey"}
        if survey is None and said and not {"surveyor", "surveyed_on"} <= said.keys():
            return [head.fault("采集人", "I016", "新填的采集须有采集人和采集日期")]
        if said.get("surveyed_on", self.day) > self.day:
            return [head.fault("采集日期", "C029", "采集日期晚于今天")]
        return []
