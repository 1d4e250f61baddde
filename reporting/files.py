"""The files of a run: the official form as a workbook, the same cells as csv and as json.

All are written from the run's stored figures, so screen, workbook, csv and json cannot differ.
"""

import datetime
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings

from office.days import written
from office.official_form import FormCell, HeadCell, OfficialForm
from office.stamp import Stamp, stamped
from office.workbook_write import write_csv, write_form
from reporting import drawing, sums
from reporting.definitions import DEFINITIONS
from reporting.models.run import ReportFile, ReportRun
from reporting.nesting import places, titled
from reporting.report import YUAN, Block, Figures, ReportDefinition, amount_of, headings

MONEY = "#,##0.00"
CSV_COLUMNS = ("row", "area", "column", "title", "value", "unit")


def as_json(run: ReportRun) -> dict[str, Any]:
    """`{run, cells: [{row, column, value, unit, list_url}]}`, the contract of the report command; with the parts of the
    parts each cell has `level` and `under` too, as a line of the csv has.
    """
    levels = _levels(run)
    cells = [
        {
            "row": cell.row,
            "column": cell.column,
            "value": cell.value,
            "unit": cell.unit,
            "list_url": cell.list_url,
            **levels.get(cell.row, {}),
        }
        for cell in run.figures.cells
    ]
    return {"run": str(run.pk), "cells": cells}


def _levels(run: ReportRun) -> dict[str, dict[str, Any]]:
    """By row: its level and the row it is a part of, by which nobody adds up parts and their parts; of a form with one
    level of parts nothing."""
    if not run.nested:
        return {}
    figures = run.figures
    whole = figures.whole.code
    return {
        row.code: {"level": row.level, "under": "" if row.top else row.under or whole} for row in figures.rows
    }


def as_workbook(run: ReportRun, made_at: datetime.datetime, sheets: Sequence[OfficialForm] = ()) -> bytes:
    """One sheet a block in its official form, marked cells filled and commented, the lists by name (`sheets`: read
    at the moment of the figures, which are kept and they are not), then 图, 核对 and 来源.
    """
    return write_form(*forms_of(run, sheets), made_at=made_at)


def forms_of(run: ReportRun, sheets: Sequence[OfficialForm] = ()) -> list[OfficialForm]:
    definition = DEFINITIONS[run.kind]
    figures = run.figures
    blocks = definition.blocks_of(run)
    checks = sums.checks_of(definition, figures, blocks)
    shown = sums.with_marks(figures, checks)
    forms = [_form(run, shown, block) for block in blocks]
    if wrong := sums.broken(checks):
        forms = [
            replace(form, notes=[*form.notes, f"核对有{len(wrong)}处不符，见“核对”表。"]) for form in forms
        ]
    forms += sheets
    forms += drawing.charts_of(run, definition, figures, blocks)
    if checks:
        forms.append(sums.sheet(run, definition.title, written(run.as_of), checks))
    return [*forms, _source(run, definition, figures)]


def _form(run: ReportRun, figures: Figures, block: Block) -> OfficialForm:
    head = [[HeadCell(cell.text, cell.rows, cell.cols) for cell in row] for row in block.head()]
    head[0][:0] = [HeadCell(block.first, block.depth)] + [HeadCell("数别", block.depth)] * bool(block.lines)
    rows: list[list[Any]] = []
    totals, parts, inner = levels = [list[int](), list[int](), list[int]()]
    over = {row.under for row in figures.rows}
    for row in figures.rows:
        for number, (word, keys) in enumerate(block.line_keys()):
            if row.level != 1 or row.code in over:
                levels[row.level].append(len(rows))
            name = FormCell(row.name, rows=len(block.lines) or 1) if number == 0 else None
            line: list[Any] = [name, word] if block.lines else [name]
            line += [_form_cell(figures, row.code, key) for key in keys]
            rows.append(line)
    note = figures.notes.get(block.key, "")
    return OfficialForm(
        title=block.title,
        sheet=block.sheet or block.word,
        head=head,
        rows=rows,
        unit=block.unit,
        filler=run.area.name,
        as_of=written(run.as_of),
        notes=[f"注：{note}"] if note else [],
        fixed_columns=2 if block.lines else 1,
        total_rows=totals,
        part_rows=parts,
        inner_rows=inner,
    )


def _form_cell(figures: Figures, row: str, key: str) -> Any:
    cell, mark = figures.cell(row, key), figures.mark(row, key)
    value: Any = amount_of(cell.value, cell.unit)
    value = cell.value if value is None else value
    if mark is not None:
        return FormCell(value, mark="error", comment="\n".join(mark.messages))
    return FormCell(value, number_format=MONEY) if cell.unit == YUAN else value


def _source(run: ReportRun, definition: ReportDefinition, figures: Figures) -> OfficialForm:
    """What the figures rest on: the run, its day and checksum, the plan read, and every marked cell."""
    names = places(figures.rows)
    words = headings(definition.blocks_of(run))
    facts = [
        ["报表", titled(definition.title, run.area, run.nested)],
        ["区划", f"{run.area.name}（{run.area.code}）"],
        ["年度", f"{run.year}年"],
        ["统计截止", written(run.as_of)],
        ["报表记录", str(run.pk)],
        ["数字校验码", run.checksum],
        *([["规划表", figures.plan or "没有采用的规划表"]] if figures.reads_plan else []),
        ["办理人", str(run.requested_by) if run.requested_by else "系统"],
    ]
    marks = [
        [f"{mark.sign} {names[mark.row]} {words[mark.column]}", "；".join(mark.messages)]
        for mark in figures.marks
    ]
    return OfficialForm(
        title=f"{definition.title}来源",
        sheet="来源",
        head=[[HeadCell("项目"), HeadCell("内容")]],
        rows=[*facts, *marks],
        notes=["标出的数照印不改；核实结果另行登记。"] if marks else [],
        signatures=(),
        widths=(40, 90),
    )


def as_csv(run: ReportRun) -> bytes:
    """One line a cell, with the words of its row and column; unknown values are empty.

    With the parts of the parts `level` (0 the whole, 1 its parts, 2 theirs) and `under`, the row that this is a part of.
    """
    figures = run.figures
    names = {row.code: row.name for row in figures.rows}
    words = headings(DEFINITIONS[run.kind].blocks_of(run))
    text, levels = io.StringIO(newline=""), _levels(run)
    write_csv(
        text,
        [*CSV_COLUMNS, *(("level", "under") if levels else ())],
        (
            (
                cell.row,
                names[cell.row],
                cell.column,
                words[cell.column],
                cell.value,
                cell.unit,
                *levels.get(cell.row, {}).values(),
            )
            for cell in figures.cells
        ),
    )
    return text.getvalue().encode()


def write_files(
    run: ReportRun, made_at: datetime.datetime, sheets: Sequence[OfficialForm]
) -> list[ReportFile]:
    """The run's three files on disk, each complete under its name or not there; rows to be saved by the caller."""
    contents = {
        ReportFile.Format.XLSX: as_workbook(run, made_at, sheets),
        ReportFile.Format.CSV: as_csv(run),
        ReportFile.Format.JSON: json.dumps(as_json(run), ensure_ascii=False).encode(),
    }
    made = []
    for form, content in contents.items():
        file = ReportFile(
            run=run, format=form, size=len(content), checksum=hashlib.sha256(content).hexdigest()
        )
        _place(Path(settings.MEDIA_ROOT) / file.name, content)
        made.append(file)
    return made


def _place(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)


def handed_out(kept: bytes, form: str, stamp: Stamp) -> bytes:
    """The copy for who takes it: stamped, but for csv, whose every line is a record (there the name has the number)."""
    if form == ReportFile.Format.XLSX:
        return stamped(kept, stamp)
    if form == ReportFile.Format.JSON:
        return json.dumps({**json.loads(kept), "downloaded": dict(stamp.facts)}, ensure_ascii=False).encode()
    return kept


def download_name(run: ReportRun, file: ReportFile, stamp: Stamp) -> str:
    """The Chinese name under which a file is handed out."""
    title, number = titled(DEFINITIONS[run.kind].title, run.area, run.nested), ""
    if file.format == ReportFile.Format.CSV:
        number = f"_{stamp.number}"
    return f"{run.area.name}{run.year}年{title}（截至{run.as_of:%Y-%m-%d}）{number}.{file.format}"
