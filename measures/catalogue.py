"""The catalogue as the plans print it (data/policies.csv), loaded wherever it is not there yet.

Beside it data/tasks.csv: help that the plans ask for without any standard (事项), so that it can be recorded like a
measure; what each says further is data/extras.csv. The public page shows the lines of the plans alone.

182 lines of five plans, written out in Chinese. Readings where the source is open:
- A standard printed "2017" for a social benefit stands until a later one is entered; poverty lines and the yearly
  sums of a cooperation plan end with their year.
- A target year ("2020年达到") is the last day of a line that begins with the planning period (2016).
- `note` says what the plan leaves open; nothing was filled in that is not printed.
"""

import csv
import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections
from simple_history.utils import bulk_create_with_history

FILE = Path(__file__).resolve().parent / "data" / "policies.csv"
TASKS = FILE.with_name("tasks.csv")
REASON = "载入规划原文"


def rows() -> list[dict[str, str]]:
    """The lines of the plans."""
    return _read(FILE)


def tasks() -> list[dict[str, str]]:
    return _read(TASKS)


def _read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def load(**_: Any) -> int:
    """Adds the lines whose code is unknown and touches no other; how many. Runs after every migrate."""
    model = _model()
    known = set(model.objects.values_list("code", flat=True))
    new = [model(**_values(row)) for row in (*rows(), *tasks()) if row["code"] not in known]
    if new:
        bulk_create_with_history(new, model, default_change_reason=REASON)
    return len(new)


def load_after_migrate(using: str, **_: Any) -> None:
    """A fresh install, the demonstration and a flushed test database all get the catalogue this way."""
    if _model()._meta.db_table in connections[using].introspection.table_names():
        load()


def _model() -> Any:
    """By name: this module is named by the app's configuration, before there are models."""
    return apps.get_model("measures", "Policy")


def _values(row: dict[str, str]) -> dict[str, Any]:
    dates = {name: _day(row[name]) for name in ("valid_from", "valid_to")}
    figures = {name: Decimal(row[name]) if row[name] else None for name in ("low", "high")}
    return {**row, **dates, **figures}


def _day(text: str) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
