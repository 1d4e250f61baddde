"""The table of 主要指标 as 004 专栏3 prints it and the rates of schools of its 第六章 (data/indicators.csv; R156), loaded
wherever it is not there yet.

Source: 《台儿庄区“十三五”脱贫攻坚规划》; the rows are the plan's, the codes and what is noted beside them are ours.
"""

import csv
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connections

FILE = Path(__file__).resolve().parent / "data" / "indicators.csv"
LINE = ("code", "category", "name", "unit", "attribute", "source", "units")


def rows() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_the_box() -> set[str]:
    """The codes of the fifteen lines that 专栏3 has; the others stand in the text of the plan."""
    return {row["code"] for row in rows() if row["place"].endswith("专栏3")}


def load(**_: Any) -> int:
    """Adds the lines whose code is unknown and touches no other; how many. Runs after every migrate."""
    model = _model("Indicator")
    known = set(model.objects.values_list("code", flat=True))
    new = [
        model(order=place, registered=row["registered"] == "是", **{name: row[name] for name in LINE})
        for place, row in enumerate(rows(), start=1)
        if row["code"] not in known
    ]
    model.objects.bulk_create(new)
    return len(new)


def load_goals(area: Any) -> int:
    """Base and target as the plan of this county prints them; keeps those that are there."""
    lines, goals = _model("Indicator"), _model("IndicatorGoal")
    known = set(goals.objects.filter(area=area).values_list("indicator__code", flat=True))
    ids = dict(lines.objects.values_list("code", "pk"))
    new = [
        goals(
            indicator_id=ids[row["code"]],
            area=area,
            base_year=int(row["base_year"]),
            base=row["base"],
            target_year=int(row["target_year"]),
            target=row["target"],
            document=row["document"],
            place=row["place"],
            note=row["note"],
        )
        for row in rows()
        if row["code"] not in known
    ]
    goals.objects.bulk_create(new)
    return len(new)


def load_after_migrate(using: str, **_: Any) -> None:
    """A fresh install, the demonstration and a flushed test database all get the table this way."""
    if _model("Indicator")._meta.db_table in connections[using].introspection.table_names():
        load()


def _model(name: str) -> Any:
    """By name: this module is named by the app's configuration, before there are models."""
    return apps.get_model("villages", name)
