"""The prefilled workbook of one policy, year and area: who could get it, to be filled in offline.

Text cells; numbers of persons masked; what the system gives is locked; its own id stands in a hidden sheet. The rows
are sealed until they are packed.
"""

import datetime
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from households.record import head_names
from households.workbook.columns import IDENTITY_LABEL, IDENTITY_SHEET
from measures.amounts import plain
from measures.models import MeasureWorkbook
from measures.proposals import propose, rates
from measures.workbook.columns import AMOUNT, SHEET, Layout, layout
from measures.workbook.eligible import of_person
from office.long_workbook import Stream
from office.pii import mask_id
from office.sealed_workbook import SealedRows, SealedWorkbook
from office.text_cells import text_width
from office.workbook_write import AUTHOR

BATCH = 500
MOST_ROWS = 20_000
GUIDE = (
    "一、每行是一个可以享受这项政策的人或户。填了落实日期的登记为落实，只填数额的列入计划，什么都不填的不登记。",
    "二、灰色的列由系统给出，不能改；户编号、人口编号是对上系统记录的凭据。证件号码只显示一部分。",
    "三、数额不填，按“应发数额”登记。日期写成 2018-11-20 这样。",
    "四、列的次序可以变，列名不能变；不要增加行，名单以外的人在系统里单独登记。",
    "五、上传后先核对，有一处错误就一行也不写；确认后才写入，写入后七天内可以整个撤销。",
)
Progress = Callable[[int, int | None, str], None]


class TooLong(Exception):
    """More rows than somebody can be asked to fill in."""


def write_workbook(
    file: Stream, made: MeasureWorkbook, rows: Any, *, day: datetime.date, progress: Progress, folder: Path
) -> int:
    """Writes the workbook of these persons or households; how many rows. Raises TooLong."""
    total, laid = rows.count(), layout(made.policy, of_person(made.policy))
    if total > MOST_ROWS:
        raise TooLong
    done = 0
    with SealedWorkbook(folder) as sealed:
        sheet, styles = _draw(sealed, made, laid, total)
        letters = [xl_col_to_name(place) for place in range(len(laid.fixed) + len(laid.filled))]
        for line in _lines(made, rows, laid, day):
            done += 1
            written = [
                (letters[place], text, styles[place >= len(laid.fixed)])
                for place, text in enumerate(line)
                if text
            ]
            sheet.write(done + 1, written)
            if done % BATCH == 0:
                progress(done, total, f"{made.area}　{done} 行")
        sealed.pack(file)
    progress(total, total, f"{made.area}　{total} 行")
    return done


def _draw(
    sealed: SealedWorkbook, made: MeasureWorkbook, laid: Layout, total: int
) -> tuple[SealedRows, dict[bool, Any]]:
    book = sealed.book
    moment = made.made_at.astimezone(datetime.UTC).replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": str(made.policy), "author": AUTHOR, "created": moment})
    head = book.add_format({"bold": True, "bg_color": "#E7EBEF", "border": 1, "text_wrap": True})
    styles = {
        True: book.add_format({"num_format": "@", "locked": False}),
        False: book.add_format({"num_format": "@", "locked": True, "bg_color": "#F2F4F6"}),
    }
    # In front, so that a reader knows of which policy the rows are.
    identity = book.add_worksheet(IDENTITY_SHEET)
    identity.very_hidden()
    identity.write_string(0, 0, IDENTITY_LABEL)
    identity.write_string(0, 1, str(made.pk))
    page = book.add_worksheet(SHEET)
    rows = sealed.rows(page)
    for place, title in enumerate([*laid.fixed, *laid.filled]):
        width = min(30.0, max(11.0, text_width(title) + 2))
        page.set_column(place, place, width, styles[place >= len(laid.fixed)])
        said = f"{title}（{made.policy.unit.partition('/')[0] or '元'}）" if title == AMOUNT else title
        page.write_string(0, place, said, head)
    for one in laid.further:
        if one.words:
            place = len(laid.fixed) + laid.filled.index(one.title)
            page.data_validation(
                1, place, max(total, 1), place, {"validate": "list", "source": list(one.words)}
            )
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    allowed = ("format_columns", "format_rows", "sort", "autofilter", "select_locked_cells")
    page.protect("", dict.fromkeys(allowed, True))
    page.activate()
    page.set_first_sheet()
    guide = book.add_worksheet("填表说明")
    guide.set_column(0, 0, 100)
    for line, text in enumerate((f"{made.year}年　{made.policy}：{made.policy.plain}", *GUIDE)):
        guide.write_string(line, 0, text)
    return rows, styles


def _lines(made: MeasureWorkbook, rows: Any, laid: Layout, day: datetime.date) -> Iterator[list[str]]:
    known = rates(day)
    related = "household__village" if laid.of_person else "village"
    rows, last = rows.select_related(related).order_by("number"), ""
    while batch := list(rows.filter(number__gt=last)[:BATCH]):
        last = batch[-1].number
        homes = [row.household if laid.of_person else row for row in batch]
        heads = head_names(home.pk for home in homes)
        for row, home in zip(batch, homes, strict=True):
            amount = row.planned_amount
            if amount is None:
                amount = _worked_out(made, row, laid, known, day)
            shown = [heads.get(home.pk, ""), home.village.short_name]
            who = [row.number, row.name, mask_id(row.id_number)] if laid.of_person else []
            plan = "已列入" if row.is_planned else ""
            yield [home.number, *who, *shown, plan, "" if amount is None else plain(amount)]


def _worked_out(made: MeasureWorkbook, row: Any, laid: Layout, known: Any, day: datetime.date) -> Any:
    try:
        found = propose(
            made.policy,
            known,
            age=row.age(day) if laid.of_person else None,
            members=0 if laid.of_person else row.member_count,
        )
    except ValueError:
        return None
    return found.value if found is not None else None
