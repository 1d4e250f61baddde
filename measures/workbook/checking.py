"""An uploaded workbook of measures read row by row: what each would do, and everything that is wrong in it."""

import datetime
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from areas.scope import AreaScope
from households.models import Household, Person
from households.workbook.columns import IDENTITY_LABEL, IDENTITY_SHEET, heading, number_of, text_of
from measures import extras, overlaps
from measures.extras import DELIVERING, PLANNING, Extra
from measures.models import Measure, MeasureWorkbook
from measures.proposals import propose, rates
from measures.workbook.columns import AMOUNT, DAY, NOTE, PAYER, SHEET, USUAL, VOUCHER, Layout, layout
from measures.workbook.eligible import of_person
from office.days import written
from office.digit_runs import mask_digit_runs
from office.rulebook import ERROR, WARNING
from office.workbook_read import Cell, ErrorCell, Row, WorkbookRefused

HEAD_WITHIN, BATCH = 10, 500
MOST = Decimal("9999999999.99")
LENGTHS = {PAYER: 100, VOUCHER: 60, NOTE: 300}
STRANGE = "这不是本系统下载的措施工作簿，请先下载再填写"
NO_HEAD = "没有找到表头，列名不能改，请重新下载"
Fault = list[str]


@dataclass
class Line:
    """A row that says something. `said` is JSON: on, amount, payer, voucher, note, extras."""

    row: int
    key: str
    household: int | None = None
    person: int | None = None
    said: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


@dataclass
class Outcome:
    template: MeasureWorkbook | None = None
    rows: int = 0
    unchanged: int = 0
    lines: list[Line] = field(default_factory=list)

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if not line.faults]

    def counts(self) -> dict[str, Any]:
        good = self.good
        delivered = sum(1 for line in good if line.said["on"])
        return {
            "rows": self.rows,
            "unchanged": self.unchanged,
            "delivered": delivered,
            "planned": len(good) - delivered,
            "faults": sum(len(line.faults) for line in self.lines),
            "total": sum((Decimal(line.said["amount"] or 0) for line in good if line.said["on"]), Decimal(0)),
        }


class Reading:
    """One pass over a file, for a user who may enter measures in `scope`."""

    def __init__(self, scope: AreaScope, day: datetime.date) -> None:
        self.scope, self.day, self.outcome = scope, day, Outcome()
        self.places: dict[str, int] = {}
        self.seen: dict[str, int] = {}

    def read(self, rows: Iterable[Row], progress: Callable[[int], None]) -> Outcome:
        """Raises WorkbookRefused when it is no workbook of ours."""
        tried, waiting = 0, []
        for sheet, number, cells in rows:
            if sheet == IDENTITY_SHEET:
                self._identify(cells)
            elif sheet == SHEET and not self.places:
                tried += 1
                self._head(cells, last=tried == HEAD_WITHIN)
            elif sheet == SHEET:
                self.outcome.rows += 1
                waiting.append((number, cells))
                if len(waiting) == BATCH:
                    self._take(waiting)
                    waiting = []
                    progress(self.outcome.rows)
        if not self.places:
            raise WorkbookRefused(STRANGE if self.outcome.template is None else NO_HEAD)
        self._take(waiting)
        progress(self.outcome.rows)
        return self.outcome

    def _identify(self, cells: list[Cell]) -> None:
        if len(cells) < 2 or text_of(cells[0]) != IDENTITY_LABEL:
            return
        try:
            key = uuid.UUID(text_of(cells[1]))
        except ValueError:
            raise WorkbookRefused(STRANGE) from None
        self.outcome.template = MeasureWorkbook.objects.select_related("policy").filter(pk=key).first()
        if self.outcome.template is None:
            raise WorkbookRefused(STRANGE)

    def _head(self, cells: list[Cell], *, last: bool) -> None:
        made = self.outcome.template
        if made is None:
            raise WorkbookRefused(STRANGE)
        self.made = made
        self.layout: Layout = layout(made.policy, of_person(made.policy))
        self.known = rates(self.day)
        titles = [heading(text_of(cell)) for cell in cells]
        bare = [title.partition("(")[0] if title.startswith(f"{AMOUNT}(") else title for title in titles]
        wanted = [self.layout.key, *self.layout.filled]
        missing = [title for title in wanted if heading(title) not in bare]
        if not missing:
            self.places = {title: bare.index(heading(title)) for title in wanted}
        elif last or heading(self.layout.key) in bare:
            raise WorkbookRefused(f"缺少列：{'、'.join(missing[:5])}。列名不能改，请重新下载")

    def _take(self, rows: list[tuple[int, list[Cell]]]) -> None:
        lines = [line for number, cells in rows if (line := self._line(number, cells)) is not None]
        known = self._known({line.key for line in lines})
        for line in lines:
            row = known.get(line.key)
            if row is None:
                said = f"没有这个{self.layout.key}，或者不在当前任职的区域内"
                line.faults.append(self._fault(self.layout.key, said))
            else:
                line.person = row.pk if self.layout.of_person else None
                line.household = row.household_id if self.layout.of_person else row.pk
                self._work_out(line, row)
        self._hold_apart([line for line in lines if not line.faults])
        self.outcome.lines += lines

    def _hold_apart(self, lines: list[Line]) -> None:
        """What may not be had together or twice, against what stands for these already."""
        by_person = self.layout.of_person
        of = "person" if by_person else "household"
        beside: dict[int, list[Measure]] = {}
        keys = [getattr(line, of) for line in lines]
        rows = Measure.objects.filter(**{f"{of}__in": keys}).select_related("policy").order_by("pk")
        for row in rows if by_person else rows.filter(person__isnull=True):
            beside.setdefault(getattr(row, f"{of}_id"), []).append(row)
        for line in lines:
            key = getattr(line, of)
            would = Measure(policy=self.made.policy, year=self.made.year, **{f"{of}_id": key})
            amount = Decimal(line.said["amount"]) if line.said["amount"] else None
            for clash in overlaps.clashes(would, beside.get(key, []), amount):
                if clash.severity == ERROR or (clash.severity == WARNING and not line.said["note"]):
                    line.faults.append(self._fault(AMOUNT, clash.message))

    def _known(self, keys: set[str]) -> dict[str, Any]:
        """Persons or households of these numbers, where the user may enter measures, that can be given something."""
        if self.layout.of_person:
            rows: Any = Person.objects.in_scope(self.scope).filter(
                present=True, household__removed_on__isnull=True
            )
        else:
            rows = Household.objects.in_scope(self.scope).filter(removed_on__isnull=True)
        return {row.number: row for row in rows.filter(number__in=keys)}

    def _line(self, number: int, cells: list[Cell]) -> Line | None:
        """None for a row in which nothing was filled in."""
        given = {title: cells[at] if at < len(cells) else None for title, at in self.places.items()}
        if not any(text_of(given[title]).strip() for title in self.layout.filled):
            self.outcome.unchanged += 1
            return None
        key = given[self.layout.key]
        line = Line(number, "" if isinstance(key, ErrorCell) else number_of(key, self.layout.key)[:20])
        before = self.seen.setdefault(line.key, number)
        if before != number:
            line.faults.append(self._fault(self.layout.key, f"与第 {before} 行重复"))
        line.said = self._said(line, given)
        return line

    def _said(self, line: Line, given: dict[str, Cell]) -> dict[str, Any]:
        said: dict[str, Any] = {"extras": {}}
        for title, read in self._readers():
            cell = given[title]
            if isinstance(cell, ErrorCell):
                line.faults.append(self._fault(title, f"公式错误（{cell.text}）"))
                continue
            try:
                value = read(cell)
            except ValueError as error:
                line.faults.append(self._fault(title, str(error)))
                continue
            if title in USUAL:
                said[title] = value
            elif value:
                said["extras"][title] = value
        return self._whole(line, said)

    def _readers(self) -> Iterator[tuple[str, Callable[[Cell], str]]]:
        day = Extra(DAY, DAY, extras.DATE)
        yield DAY, lambda cell: day.read(text_of(cell))
        yield AMOUNT, _amount
        for title, most in LENGTHS.items():
            yield title, _bounded(title, most)
        for one in self.layout.further:
            yield one.title, (lambda cell, one=one: one.read(text_of(cell)))  # type: ignore[misc]

    def _whole(self, line: Line, said: dict[str, Any]) -> dict[str, Any]:
        """What was read, by the names of the model, held against itself."""
        by_title = {one.title: one for one in self.layout.further}
        further = {by_title[title].key: value for title, value in said["extras"].items()}
        on, amount = said.get(DAY, ""), said.get(AMOUNT, "")
        if on:
            self._delivered(line, on, said)
        step, code = DELIVERING if on else PLANNING, self.made.policy.code
        wrong = extras.missing(code, further, step) | extras.out_of_bounds(code, further, self.known)
        blamed = {fault[1] for fault in line.faults}
        for one in self.layout.further:
            if one.key in wrong and one.title not in blamed:
                line.faults.append(self._fault(one.title, wrong[one.key]))
        return {
            "on": on,
            "amount": amount,
            "payer": said.get(PAYER, ""),
            "voucher": said.get(VOUCHER, ""),
            "note": said.get(NOTE, ""),
            "extras": further,
        }

    def _delivered(self, line: Line, on: str, said: dict[str, Any]) -> None:
        if on > self.day.isoformat():
            line.faults.append(self._fault(DAY, f"不能晚于今天（{written(self.day)}）"))
        elif int(on[:4]) < self.made.year:
            line.faults.append(self._fault(DAY, f"不能早于措施的年度（{self.made.year}年）"))
        if not said.get(PAYER) and PAYER not in {fault[1] for fault in line.faults}:
            line.faults.append(self._fault(PAYER, "请写支付或落实的单位"))

    def _work_out(self, line: Line, row: Any) -> None:
        """Without an amount the standard says it."""
        if line.said["amount"] or line.faults:
            return
        try:
            found = propose(
                self.made.policy,
                self.known,
                age=row.age(self.day) if self.layout.of_person else None,
                members=0 if self.layout.of_person else row.member_count,
                said=line.said["extras"],
            )
        except ValueError as error:
            line.faults.append(self._fault(AMOUNT, str(error)))
            return
        if found is not None:
            line.said |= {"amount": str(found.value), "unit": found.unit, "working": found.working}
        elif line.said["on"]:
            line.faults.append(self._fault(AMOUNT, "请填数额，没有金额的填 0"))

    def _fault(self, title: str, said: str) -> Fault:
        return [xl_col_to_name(self.places[title]), title, said]


def _amount(cell: Cell) -> str:
    text = text_of(cell).strip().replace(",", "").removesuffix("元")
    if not text:
        return ""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError("数额是数字，如 360 或 360.50") from None
    if not value.is_finite() or abs(value) > MOST:
        raise ValueError("数额太大")
    if value < 0:
        raise ValueError("数额不能小于 0")
    if value != value.quantize(Decimal("0.01")):
        raise ValueError("数额最多两位小数")
    return f"{value:f}"


def _bounded(title: str, most: int) -> Callable[[Cell], str]:
    def read(cell: Cell) -> str:
        text = " ".join(text_of(cell).split())
        if len(text) > most:
            raise ValueError(f"{title}最多 {most} 个字")
        return text if title == VOUCHER else mask_digit_runs(text)

    return read
