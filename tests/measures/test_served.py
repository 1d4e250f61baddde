"""What serves each requirement of this room, and the test that shows it (served.csv)."""

import csv
import importlib
from pathlib import Path

import pytest

with (Path(__file__).parent / "served.csv").open(encoding="utf-8", newline="") as table:
    ROWS = list(csv.DictReader(table))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["requirement"])
def test_each_requirement_names_a_test_that_exists(row):
    module, _, name = row["test"].partition("::")
    assert row["what"] and callable(getattr(importlib.import_module(f"tests.measures.{module}"), name))
