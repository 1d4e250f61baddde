"""Small plan tables made up for the tests."""

import csv
import dataclasses
import io
from collections.abc import Iterable
from pathlib import Path

from reporting.reading import COLUMNS, TidyCell, read_plan
from reporting.reconcile import reconcile

DATA = Path(__file__).parent / "data"


def read(name: str) -> list[TidyCell]:
    return read_plan((DATA / name).read_bytes())


def as_csv(rows: Iterable[Iterable[str]], header: Iterable[str] = COLUMNS) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(rows)
    return file.getvalue().encode()


def cells(*rows: tuple[str, str, str, str, str, str]) -> list[TidyCell]:
    return read_plan(as_csv(rows))


def persons(
    area: str, standard: str, year: str, value: str, unit: str = "人"
) -> tuple[str, str, str, str, str, str]:
    """A row of persons: the base for 基期…, else those leaving."""
    if year.startswith("基期"):
        return (area, "贫困基数", f"贫困人口（{unit}）", standard, year, value)
    return (area, "贫困人口脱贫", f"脱贫人口（{unit}）", standard, year, value)


def villages(
    area: str, standard: str, year: str, value: str, part: str = ""
) -> tuple[str, str, str, str, str, str]:
    """A row of key villages: those there for 基期… and 十二五, else those leaving."""
    if year.startswith("基期") or year == "十二五":
        return (area, "贫困基数", f"扶贫工作重点村（个）{part}", standard, year, value)
    return (area, "重点村退出", "退出村（个）", standard, year, value)


def found(table, severity=None):
    """(rule, the values of its cells) of every finding."""
    return [
        (finding.rule, [cell.value for cell in finding.cells])
        for finding in reconcile(table)
        if severity in (None, finding.severity)
    ]


def errors(table):
    return found(table, "error")


def changed(table, place, value):
    return [dataclasses.replace(cell, value=value) if at == place else cell for at, cell in enumerate(table)]
