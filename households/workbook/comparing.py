"""Rows of the own workbook held against the register: what is new, what differs, every cell that cannot be taken.

A thousand rows at a time, in a constant number of statements; only what differs is kept. A row whose 户编号 begins
with 新 makes a household, a row of 人口 without 人口编号 (or with one that begins so) a member.
"""

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import F

from households.models import Household, Person
from households.models.person import FOUNDING
from households.models.survey import SEALED
from households.workbook.changes import YEARLY, Change, NewHousehold, NewPerson, Place, Values
from households.workbook.columns import (
    HOUSEHOLD_NUMBER,
    HOUSEHOLDS,
    KEYS,
    MODELS,
    OF_NEW,
    PERSON_NUMBER,
    PERSONS,
    SHOWN_ONLY,
    VERSION,
    VILLAGE,
    YEAR,
    CellRefused,
    Column,
    columns,
    heading,
    number_of,
    text_of,
)
from households.workbook.outcome import Fault, Head, Outcome, letters
from households.workbook.since import Downloaded
from office.days import written
from office.workbook_read import Cell, Row, WorkbookRefused

FIRST_YEAR = 2013
NEW = "新"
# In front of the rows that were downloaded to be mended.
TAKEN_ALONG = ("原行号", "原因")
# Whether the household is unknown or elsewhere: one message (threats A13).
UNKNOWN = "没有这个编号，或者不在当前任职的区域内"

CONFLICT, CHANGED_SINCE = "I013", "下载以后该户在系统里又改过（冲突），要决定用哪边的值"

__all__ = ["CONFLICT", "FIRST_YEAR", "UNKNOWN", "Book", "Sheet", "letters"]


class Book:
    """What the sheets of one workbook have in common: which rows were seen, and what is new in it."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.seen: dict[tuple[str, ...], int] = {}
        self.persons: dict[str, list[NewPerson]] = defaultdict(list)
        self.years: dict[str, list[tuple[Place, int, dict[str, Values]]]] = defaultdict(list)
        self.unread: dict[str, set[str]] = defaultdict(set)

    def finish(self) -> None:
        """Puts the new households together, whatever the order of the sheets."""
        outcome = self.outcome
        for key, household in outcome.new.items():
            household.persons = self.persons.pop(key, [])
            household.unread = self.unread[key]
            if not household.persons:
                nobody = "household.number", "I019", f"表“{PERSONS}”里没有这一户的成员，至少要有户主"
                fault = outcome.heads[household.sheet].fault(*nobody)
                outcome.spoil(household.sheet, household.line, key, [fault])
            for place, year, records in self.years.pop(key, []):
                household.year_places[year] = place
                household.years.update({(entity, year): values for entity, values in records.items()})
        known = {key for key in outcome.bad_keys if key.startswith(NEW)}
        for key, persons in self.persons.items():
            for person in persons:
                self._alone(person.sheet, person.line, key, key in known)
        for key, years in self.years.items():
            for (sheet, line), _, _ in years:
                self._alone(sheet, line, key, key in known)

    def _alone(self, sheet: str, line: int, key: str, known: bool) -> None:
        """A row of a household that the file does not have; one whose own row is wrong is told there."""
        if not known:
            fault = self.outcome.heads[sheet].fault(
                "household.number", "C026", f"表“{HOUSEHOLDS}”里没有这个编号的新户"
            )
            self.outcome.spoil(sheet, line, key, [fault])


class Sheet:
    """Reads one sheet of the own workbook."""

    def __init__(self, book: Book, sheet: str, line: int, cells: list[Cell]) -> None:
        """By name, in any order. Raises WorkbookRefused when the rows could not be found by it."""
        self.book, self.outcome, self.sheet = book, book.outcome, sheet
        self.titles: dict[str, int] = {}
        for place, cell in enumerate(cells):
            title = heading(text_of(cell))
            if title and self.titles.setdefault(title, place) != place:
                raise WorkbookRefused(f"表“{sheet}”有两列都叫“{text_of(cell)}”，请删去一列")
        for title in (*KEYS[sheet], VERSION):
            if title not in self.titles:
                raise WorkbookRefused(f"表“{sheet}”第{line}行没有“{title}”列，请用本系统下载的工作簿填写")
        self.fill = self._filled(columns(sheet))
        self.of_new = self._filled(OF_NEW[sheet])
        places = {column.path: (place, column.title) for column, place in (*self.fill, *self.of_new)}
        key = self.titles[HOUSEHOLD_NUMBER]
        places |= {"household.number": (key, HOUSEHOLD_NUMBER)}
        for path, title in (
            ("person.number", PERSON_NUMBER),
            ("survey.year", YEAR),
            ("household.village", VILLAGE),
        ):
            if title in self.titles:
                places[path] = (self.titles[title], title)
        self.head = Head(sheet, line, places, key)
        self.outcome.heads[sheet] = self.head
        known = {heading(one) for one in (*KEYS[sheet], *SHOWN_ONLY[sheet], VERSION, *TAKEN_ALONG)}
        known |= {heading(one.title) for one, _ in self.fill}
        strange = [
            Fault(letters(place), text_of(cells[place]), "I002", "没有这一列，请改正列名或删去这一列")
            for title, place in self.titles.items()
            if title not in known
        ]
        self.outcome.spoil(sheet, line, "", strange)

    def _filled(self, asked: Sequence[Column]) -> list[tuple[Column, int]]:
        return [(one, self.titles[heading(one.title)]) for one in asked if heading(one.title) in self.titles]

    def cell(self, cells: list[Cell], title: str) -> Cell:
        place = self.titles.get(title)
        return cells[place] if place is not None and place < len(cells) else None

    def key(self, cells: list[Cell]) -> str:
        return number_of(self.cell(cells, HOUSEHOLD_NUMBER), HOUSEHOLD_NUMBER)

    def take(self, rows: Sequence[Row]) -> None:
        outcome = self.outcome
        outcome.rows += len(rows)
        keys = [self.key(cells) for _, _, cells in rows]
        numbers = {key for key in keys if key and not key.startswith(NEW)}
        found = Household.objects.in_scope(outcome.scope).filter(number__in=numbers, removed_on__isnull=True)
        households = {each.number: each for each in found}
        old: list[tuple[int, list[Cell], Household]] = []
        for key, (_, line, cells) in zip(keys, rows, strict=True):
            if key.startswith(NEW):
                self._new(line, cells, key)
            elif (household := self._household(line, cells, key, households)) is not None:
                old.append((line, cells, household))
        since = Downloaded(self.outcome, old, self._version)
        compare: dict[str, Callable[..., None]] = {HOUSEHOLDS: self._households, PERSONS: self._persons}
        compare.get(self.sheet, self._years)(old, since)

    def _version(self, cells: list[Cell]) -> str:
        return text_of(self.cell(cells, VERSION))

    def _household(
        self, line: int, cells: list[Cell], key: str, households: dict[str, Household]
    ) -> Household | None:
        """The row's household; None, and a fault, when it has none or came before."""
        more = {PERSONS: PERSON_NUMBER, HOUSEHOLDS: ""}.get(self.sheet, YEAR)
        part = number_of(self.cell(cells, more), more) if more == PERSON_NUMBER else ""
        part = text_of(self.cell(cells, more)) if more == YEAR else part
        if self.sheet == PERSONS and (not part or part.startswith(NEW)):
            part = f"第{line}行"
        fault = None
        if not key:
            fault = ("I010", f"没有户编号：新户请填以“{NEW}”开头的编号，如 {NEW}1")
        elif key not in households:
            fault = ("I011", UNKNOWN)
        elif (first := self.book.seen.setdefault((self.sheet, key, part), line)) != line:
            fault = ("I012", f"与第{first}行重复")
        if fault is not None:
            self._spoil(line, key, [self.head.fault("household.number", *fault)])
            return None
        return households[key]

    def _spoil(self, line: int, key: str, faults: list[Fault]) -> None:
        self.outcome.spoil(self.sheet, line, key, faults)

    def _new(self, line: int, cells: list[Cell], key: str) -> None:
        """A row of a household that is to be made."""
        values, faults = self._values(cells)
        if self.sheet == HOUSEHOLDS:
            if (first := self.book.seen.setdefault((self.sheet, key), line)) != line:
                faults.append(self.head.fault("household.number", "I012", f"与第{first}行重复"))
            try:
                village = self.outcome.village(text_of(self.cell(cells, VILLAGE)))
            except CellRefused as refused:
                faults.append(self.head.fault("household.village", refused.code, refused.message))
            else:
                self.outcome.new.setdefault(
                    key, NewHousehold(key, self.sheet, line, village, values["household"])
                )
        elif self.sheet == PERSONS:
            self.book.persons[key].append(
                NewPerson(self.sheet, line, said := values["person"], said.get("id_number", ""))
            )
        else:
            faults += self._new_year(line, cells, key, values)
        self._spoil(line, key, faults)

    def _new_year(self, line: int, cells: list[Cell], key: str, values: dict[str, Values]) -> list[Fault]:
        text = text_of(self.cell(cells, YEAR))
        year, fault = self._year(text)
        if fault is not None:
            return [fault]
        if (first := self.book.seen.setdefault((self.sheet, key, text), line)) != line:
            return [self.head.fault("household.number", "I012", f"与第{first}行重复")]
        records = {entity: values[entity] for entity in YEARLY if values.get(entity)}
        if not records:
            return []
        self.book.years[key].append(((self.sheet, line), year, records))
        said = records.get("survey", {})
        return self._survey_faults(year, said, bool(said))

    def _values(self, cells: list[Cell]) -> tuple[dict[str, Values], list[Fault]]:
        """Everything the row says of something new, by entity."""
        values: dict[str, Values] = defaultdict(dict)
        faults: list[Fault] = []
        for column, place in (*self.fill, *self.of_new):
            cell = cells[place] if place < len(cells) else None
            if cell is None or cell == "" or not text_of(cell):
                continue
            try:
                values[column.entity][column.name] = column.read(cell)
            except CellRefused as refused:
                faults.append(Fault(letters(place), column.title, refused.code, refused.message))
                self.book.unread[self.key(cells)].add(column.path)
        return values, faults

    def _year(self, text: str) -> tuple[int, Fault | None]:
        year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
        if FIRST_YEAR <= year <= self.outcome.day.year:
            return year, None
        return year, self.head.fault("survey.year", "I008", "年度不对")

    def _households(self, rows: list[tuple[int, list[Cell], Household]], since: Downloaded) -> None:
        for line, cells, household in rows:
            self._row(line, cells, household, {"household": (None, household)}, since)

    def _persons(self, rows: list[tuple[int, list[Cell], Household]], since: Downloaded) -> None:
        numbers = {number_of(self.cell(cells, PERSON_NUMBER), PERSON_NUMBER) for _, cells, _ in rows}
        found = Person.objects.in_scope(self.outcome.scope).filter(number__in=numbers - {""}, present=True)
        persons: dict[str, Any] = {
            each.number: each for each in found.annotate(of_number=F("household__number"))
        }
        for line, cells, household in rows:
            number = number_of(self.cell(cells, PERSON_NUMBER), PERSON_NUMBER)
            if not number or number.startswith(NEW):
                self._joins(line, cells, household)
                continue
            person = persons.get(number)
            if person is None or person.of_number != household.number:
                fault = ("I011", UNKNOWN) if person is None else ("I014", "该成员不在这一户")
                self._spoil(line, household.number, [self.head.fault("person.number", *fault)])
                continue
            self._row(line, cells, household, {"person": (person.pk, person)}, since)

    def _joins(self, line: int, cells: list[Cell], household: Household) -> None:
        """A new member; of a registered household with day and reason (增员)."""
        values, faults = self._values(cells)
        said = values["person"]
        if household.registered_on is None:
            said.pop("joined_on", None)
            said.pop("join_reason", None)
        else:
            for name, message in (
                ("joined_on", "增加成员须填增加日期"),
                ("join_reason", "增加成员须填增加原因"),
            ):
                if name not in said and f"person.{name}" not in self.book.unread[household.number]:
                    faults.append(self.head.fault(f"person.{name}", "C001", message))
            faults += self._joining_faults(household, said.get("joined_on"))
            if said.get("join_reason") == FOUNDING:
                faults.append(
                    self.head.fault("person.join_reason", "C002", f"已建档立卡的户不能填“{FOUNDING}”")
                )
        self._spoil(line, household.number, faults)
        if not faults:
            self.outcome.add_member(household, NewPerson(self.sheet, line, said, said.get("id_number", "")))

    def _joining_faults(self, household: Household, on: datetime.date | None) -> list[Fault]:
        """What the act of joining would refuse."""
        if on is None:
            return []
        message = ""
        if on > self.outcome.day:
            message = "增加日期晚于今天"
        elif household.last_event_on is not None and on < household.last_event_on:
            message = f"增加日期早于该户上一次动态的日期{written(household.last_event_on)}"
        elif (household.county_id, on.year) in self.outcome.closed:
            message = f"{on.year}年已经封存，增加日期须在未封存的年度"
        return [self.head.fault("person.joined_on", "C029", message)] if message else []

    def _years(self, rows: list[tuple[int, list[Cell], Household]], since: Downloaded) -> None:
        ids = [household.pk for _, _, household in rows]
        kept: dict[tuple[str, int, int], Any] = {}
        for entity in YEARLY:
            for record in MODELS[entity]._default_manager.filter(household__in=ids):
                kept[entity, record.household_id, record.year] = record  # type: ignore[attr-defined]
        for line, cells, household in rows:
            year, fault = self._year(text_of(self.cell(cells, YEAR)))
            if fault is not None:
                self._spoil(line, household.number, [fault])
                continue
            records: dict[str, tuple[int | None, Any]] = {
                entity: (year, kept.get((entity, household.pk, year))) for entity in YEARLY
            }
            self._row(line, cells, household, records, since)

    def _row(
        self,
        line: int,
        cells: list[Cell],
        household: Household,
        records: dict[str, tuple[int | None, Any]],
        since: Downloaded,
    ) -> None:
        """Every filled cell of one row against what the register holds."""
        faults: list[Fault] = []
        changes: list[Change] = []
        stale = since.stale(household, cells)
        for column, place in self.fill:
            cell = cells[place] if place < len(cells) else None
            if cell is None or cell == "":
                continue
            key, record = records[column.entity]
            current = getattr(record, column.name) if record is not None else None
            if cell == current and not isinstance(cell, bool):
                continue
            text = text_of(cell)
            if not text or text == column.shown(current):
                continue
            was = since.then(column, record) if stale and record is not None else None
            if stale and text == column.shown(was):
                # The file says what the download wrote: only the register moved on.
                continue
            try:
                value = column.read(cell)
            except CellRefused as refused:
                faults.append(Fault(letters(place), column.title, refused.code, refused.message))
                continue
            if value != current and not (value in ("", ()) and not current):
                changes.append(Change(column.entity, key, column.name, current, value, was))
        if changes:
            faults += self._against(household, records, changes)
        self._spoil(line, household.number, faults)
        if faults:
            return
        if not changes:
            self.outcome.unchanged += 1
            return
        entities = {change.entity for change in changes}
        new = {(entity, int(records[entity][0] or 0)) for entity in entities if records[entity][1] is None}
        self.outcome.add_changes(household, self.sheet, line, changes, new, conflict=stale)
        if stale:
            fault = self.head.fault("household.number", CONFLICT, CHANGED_SINCE)
            self.outcome.warn(self.sheet, line, [fault])

    def _against(
        self,
        household: Household,
        records: dict[str, tuple[int | None, Any]],
        changes: list[Change],
    ) -> list[Fault]:
        """Why a row that differs may not be taken: a closed year, a survey without its date."""
        if "survey" not in records:
            return []
        year, survey = records["survey"]
        if (household.county_id, year) in self.outcome.closed or (
            survey is not None and survey.state == SEALED
        ):
            return [self.head.fault("survey.year", "I015", f"{year}年已经封存，不能在表格里改")]
        said = {change.name: change.new for change in changes if change.entity == "survey"}
        return self._survey_faults(int(year or 0), said, survey is None and bool(said))

    def _survey_faults(self, year: int, said: Values, new: bool) -> list[Fault]:
        if new and not {"surveyor", "surveyed_on"} <= said.keys():
            return [self.head.fault("survey.surveyor", "I016", "新填的采集须有采集人和采集日期")]
        if said.get("surveyed_on", self.outcome.day) > self.outcome.day:
            return [self.head.fault("survey.surveyed_on", "C029", "采集日期晚于今天")]
        return []
