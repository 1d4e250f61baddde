"""带明细的报表: a run's workbook with the rows behind a figure, or behind all figures of an area, each list on its sheet.

The lists are those that the figures open, asked for with the rights of who wants them and written with the columns
of their own export (masked numbers). What one may not see is left out and named. The file is sealed, belongs to who
asked, and goes after EXPORT_DAYS like every other (office/exports.py).
"""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.urls import resolve

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from office import exports
from office.days import written as day_written
from office.exports import Export, Format, named
from office.form_with_lists import LongList, write_with_lists
from office.job_run import JobRefused, JobRun
from office.listing import Column, Listed
from office.official_form import HeadCell, OfficialForm
from office.sealed_file import SealedFile
from office.stamp import Stamp
from reporting.definitions import DEFINITIONS
from reporting.files import forms_of
from reporting.models import ReportRun
from reporting.nesting import places
from reporting.report import UNIT_WORDS, Block
from reporting.screen import shown

KEY, TITLE = "reporting:run-details", "报表和明细"
INDEX = "明细目录"
HIDDEN, NONE = "当前任职不能看", "没有"


class DetailForm(forms.Form):
    """Which figures: those of a group and an area; of one column, or of all of them."""

    run = forms.UUIDField(label="报表记录")
    block = forms.CharField(label="哪组数", max_length=60)
    row = forms.CharField(label="区划", max_length=20)
    column = forms.CharField(label="哪个数", max_length=80, required=False)


@dataclass(frozen=True)
class Detail:
    """A list that figures count: what they are called and come to, and the list, None for who may not see it."""

    headings: tuple[str, ...]
    values: tuple[str, ...]
    listed: Listed | None
    sort: str

    @cached_property
    def count(self) -> int:
        return self.listed.rows.order_by().count() if self.listed else 0


@dataclass(frozen=True)
class Detailed(Listed):
    """The run, and the lists behind its figures, as one user asks for them."""

    run: ReportRun | None = None
    place: str = ""
    details: tuple[Detail, ...] = ()


def is_long(listed: Listed) -> bool:
    assert isinstance(listed, Detailed)
    return sum(one.count for one in listed.details) > exports.LONG


def ask(user: User, query: QueryDict, day: datetime.date) -> Detailed:
    """Raises Http404 for figures that are not there, PermissionDenied when none of the lists may be seen."""
    form, runs = DetailForm(query), ReportRun.objects.visible_to(user)
    require(user, Capability.REPORT_VIEW)
    if not form.is_valid():
        return Detailed(runs.none(), (), ("pk",), form)
    asked = form.cleaned_data
    found = runs.filter(pk=asked["run"], kind__in=DEFINITIONS).select_related("area__parent__parent")
    run = found.first()
    if run is None:
        raise Http404("no such run")
    require(user, Capability.REPORT_VIEW, run.area)
    details = tuple(_details(run, asked, user, day))
    if not any(one.listed for one in details):
        raise PermissionDenied("当前任职不能看这些数的明细")
    place = places(run.figures.rows)[asked["row"]]
    columns = [Column("", "，".join(one.headings), str) for one in details if one.listed]
    title = DEFINITIONS[run.kind].title
    figures = "、".join(details[0].headings) if asked["column"] else "全部的数"
    told = f"{title}　{run.year}年　截至{day_written(run.as_of)}　{place}　{figures}　报表记录 {run.pk}"
    return Detailed(
        found, columns, ("pk",), form, run.area, narrowed_by=told, run=run, place=place, details=details
    )


def countable(run: ReportRun, block: Block) -> list[tuple[str, str]]:
    """Key and words of the block's figures that open a list, in any row."""
    opening = {cell.column for cell in run.figures.cells if cell.list_url}
    return [
        (key, f"{word} {column.heading}".strip())
        for word, keys in block.line_keys()
        for key, column in zip(keys, block.columns, strict=True)
        if key in opening
    ]


def _details(run: ReportRun, asked: dict[str, Any], user: User, day: datetime.date) -> Iterator[Detail]:
    """One for each list; figures that open the same one (its households and its persons) share it."""
    figures = run.figures
    blocks = DEFINITIONS[run.kind].blocks_of(run)
    block = next((one for one in blocks if one.key == asked["block"]), None)
    if block is None or asked["row"] not in {row.code for row in figures.rows}:
        raise Http404("no such figures")
    columns = {key: words for key, words in countable(run, block) if asked["column"] in ("", key)}
    behind: dict[str, list[tuple[str, str]]] = {}
    for key, words in columns.items():
        cell = figures.cell(asked["row"], key)
        if cell.list_url:
            value = f"{shown(cell)} {UNIT_WORDS[cell.unit]}"
            behind.setdefault(cell.list_url, []).append((words, value))
    if not behind:
        raise Http404("no such figures")
    for url, figures_of in behind.items():
        headings, values = zip(*figures_of, strict=True)
        query = QueryDict(urlsplit(url).query)
        yield Detail(headings, values, _listed(url, query, user, day), query.get("sort", ""))


def _listed(url: str, query: QueryDict, user: User, day: datetime.date) -> Listed | None:
    try:
        found = named(resolve(urlsplit(url).path).view_name).ask(user, query, day)
    except (PermissionDenied, Http404):
        return None
    return None if found.refusal else found


def write(file: SealedFile, export: Export, listed: Listed, run: JobRun, moment: datetime.datetime) -> int:
    """The forms of the run without its lists by name, the index of the lists behind its figures, and a sheet or more for
    each that has rows.
    """
    assert isinstance(listed, Detailed) and listed.run is not None
    if export.format != Format.XLSX:
        raise JobRefused("带明细的报表只有 Excel 一种")
    written = Written(run, sum(one.count for one in listed.details))
    lists: list[LongList] = []
    lines: list[list[Any]] = []
    for one in listed.details:
        names = [HIDDEN if one.listed is None else NONE]
        if one.listed is not None and one.count:
            columns = [(column.label, column.width) for column in one.listed.columns]
            name = f"{len(lists) + 1} {one.headings[0]}"
            lists.append(LongList(name, columns, one.count, written.rows_of(one.listed, one.sort)))
            names = lists[-1].names
        count = one.count if one.listed else None
        lines.append(["，".join(one.headings), "，".join(one.values), count, "、".join(names)])
    index = OfficialForm(
        title=f"{listed.place}各数的明细",
        sheet=INDEX,
        head=[[HeadCell("数"), HeadCell("报表上是"), HeadCell("明细行数"), HeadCell("工作表")]],
        rows=lines,
        notes=["明细按报表的统计截止日列出；人数和金额是各行相加，不等于行数。号码是掩码。"],
        signatures=(),
        widths=(60, 30, 12, 40),
    )
    stamp = Stamp(f"{run.owner}（{run.owner.role_label}）", moment, str(export.pk))
    return write_with_lists(file, [*forms_of(listed.run), index], lists, made_at=moment, stamp=stamp)


class Written:
    """Rows written so far, of all lists together."""

    def __init__(self, run: JobRun, total: int) -> None:
        self.run, self.total, self.done = run, total, 0
        run.progress(0, total, "正在写入文件")

    def rows_of(self, listed: Listed, sort: str) -> Iterator[list[Any]]:
        values = [column.value for column in listed.columns]
        for rows in listed.batches(sort):
            for row in rows:
                yield [value(row) for value in values]
            self.done += len(rows)
            self.run.progress(min(self.done, self.total), self.total)
