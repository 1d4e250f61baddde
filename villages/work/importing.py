"""A workbook of records: each row is typed into the same form as on the page; all of them are kept, or none.

Headings are the words of the form or of the exported list, so that an exported file, filled further, comes back. A
place is its code, or its name within the duty (“镇街　村” as exported).
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import User
from areas.models import Area, Level
from office.workbook_read import FORM, Cell, ErrorCell, WorkbookRefused, rows
from villages.work.kind import Kind

MOST_ROWS = 500
HEAD_WITHIN = 10
BLANKS = re.compile(r"\s+")
YES, NO = {"是", "√", "专职", "牵头", "1"}, {"", "否", "×", "兼职", "配合", "0"}


@dataclass(frozen=True)
class Fault:
    """`column` is empty where the row as a whole cannot be."""

    row: int
    column: str
    reason: str


@dataclass
class Read:
    """The filled forms by row, and what is wrong; nothing is kept while there is any fault."""

    forms: list[tuple[int, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def headings(kind: Kind) -> dict[str, str]:
    """Heading without blanks → field, of the form and of the exported list."""
    fields = {name: str(each.label) for name, each in _fields(kind).items()}
    found = {_squash(label): name for name, label in fields.items()}
    for column in kind.columns:
        if column.key in fields:
            found.setdefault(_squash(column.label), column.key)
    return found


def needed(kind: Kind) -> list[str]:
    """The headings a row cannot do without."""
    return [str(each.label) for each in _fields(kind).values() if each.required]


def optional(kind: Kind) -> list[str]:
    return [str(each.label) for each in _fields(kind).values() if not each.required]


def read(kind: Kind, data: bytes, *, user: User, day: datetime.date) -> Read:
    """Raises WorkbookRefused for a file that cannot be read, has no heading, or too many rows."""
    found, places = Read(), _places(kind, user)
    for row, typed in _rows(kind, data):
        if len(found.forms) + len({fault.row for fault in found.faults}) >= MOST_ROWS:
            raise WorkbookRefused(f"一次最多 {MOST_ROWS} 行，请分开导入")
        name = BLANKS.sub("", typed.get("area", ""))
        if name and name not in places:
            found.faults.append(Fault(row, "区划", f"任职区域内没有“{typed['area']}”，请写区划代码"))
            continue
        query = QueryDict(mutable=True)
        query.update({**typed, "area": places.get(name, "")})
        form = kind.form(query, {}, user=user, capability=kind.edit, day=day)
        if form.is_valid() and _known(kind, form):
            found.faults.append(Fault(row, "", "同样的记录已经登记"))
        elif form.is_valid():
            found.forms.append((row, form))
        else:
            for key, errors in form.errors.items():
                label = str(form.fields[key].label) if key in form.fields else ""
                found.faults += [Fault(row, label, str(error)) for error in errors]
    if not found.forms and not found.faults:
        raise WorkbookRefused("表头下面没有内容")
    return found


def _fields(kind: Kind) -> dict[str, forms.Field]:
    return {name: each for name, each in kind.form.base_fields.items() if name != "papers"}


def _rows(kind: Kind, data: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    known, wanted = headings(kind), {_squash(label): label for label in needed(kind)}
    booleans = {name for name, each in _fields(kind).items() if isinstance(each, forms.BooleanField)}
    places: dict[int, str] = {}
    for _, number, cells in rows(data, limits=FORM):
        if not places:
            heads = {
                place: known[_squash(_text(cell))]
                for place, cell in enumerate(cells)
                if _squash(_text(cell)) in known
            }
            lacking = [
                label
                for label, name in ((label, known[short]) for short, label in wanted.items())
                if name not in heads.values()
            ]
            if not lacking:
                places = heads
            elif number >= HEAD_WITHIN or len(heads) > len(wanted) // 2:
                raise WorkbookRefused(f"表头缺“{'、'.join(lacking)}”")
            continue
        typed = {name: _text(cells[place]) if place < len(cells) else "" for place, name in places.items()}
        for name in booleans & set(typed):
            typed[name] = "on" if typed[name] in YES else "" if typed[name] in NO else typed[name]
        if any(typed.values()):
            yield number, {name: value for name, value in typed.items() if value}
    if not places:
        raise WorkbookRefused(f"没有找到表头，要有“{'、'.join(needed(kind))}”")


def _places(kind: Kind, user: User) -> dict[str, str]:
    """Code, name with its town, and a name that only one place has → code."""
    scope = user.scope_of(kind.edit)
    areas = list(
        Area.objects.filter(scope.area_q(), valid_to__isnull=True, level__in=kind.form.levels).select_related(
            "parent"
        )
    )
    names = [area.name for area in areas]
    found = {area.name: area.code for area in areas if names.count(area.name) == 1}
    for area in areas:
        found[area.code] = area.code
        if area.level == Level.VILLAGE and area.parent is not None:
            found[f"{area.parent.name}{area.name}"] = area.code
    return found


def _known(kind: Kind, form: Any) -> bool:
    """A standing record says the same; what is sealed or a file is not compared."""
    sealed = {"papers", "phone"}
    same = {name: value for name, value in form.cleaned_data.items() if name not in sealed}
    return bool(kind.model.objects.standing().filter(**same).exists())


def _text(cell: Cell) -> str:
    if cell is None or isinstance(cell, ErrorCell):
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return str(cell).strip()


def _squash(text: str) -> str:
    return BLANKS.sub("", text)
