"""The embedded mode's data move into PostgreSQL whole (threats J5): a demonstration county, real files, real tools."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from tests.reporting.test_backup import Place

ROOT = Path(__file__).resolve().parents[2]
# Two minutes of a core, most of them for migrations from nothing: `make soak` runs it.
pytestmark = [pytest.mark.worker, pytest.mark.soak]


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """The place on PostgreSQL with the data of one on SQLite, and what the move said."""
    folder = tmp_path_factory.mktemp("moving")
    assert connection.vendor == "postgresql"
    there = Place(folder, "moved")
    try:
        here = {key: value for key, value in there.env.items() if key != "DATABASE_URL"}
        made = manage(here, "demo", "--no-serve", "--households", "60")
        assert made.returncode == 0, made.stderr
        # Asked before: both share their folder, and what was moved is used no more.
        before = figures(here)
        assert there.run("migrate", "-v0").returncode == 0
        said = there.run("move_from_sqlite", there.folder / "tuopin.sqlite3")
        assert said.returncode == 0, said.stderr
        yield there, before, said.stdout
    finally:
        there.gone()


def manage(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**environment, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )


def figures(environment: dict[str, str]) -> list[dict]:
    answer = manage(environment, "report", "exit-tally", "--year", "2017")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)["cells"]


def test_every_table_has_its_rows(moved):
    there, _, said = moved
    with closing(sqlite3.connect(there.folder / "tuopin.sqlite3")) as source:
        for table in ("households_person", "office_trailrow", "audits_decision", "measures_measure"):
            (rows,) = source.execute(f"SELECT count(*) FROM {table}").fetchone()
            # The log has one row more: that it was moved.
            more = table == "office_trailrow"
            assert rows and int(there._sql(f"SELECT count(*) FROM {table}", "-At")) == rows + more
    assert "核对相符" in said


def test_the_trail_tells_of_the_move(moved):
    there, _, _ = moved
    told = there._sql(
        "SELECT detail FROM office_trailrow WHERE action = '搬入数据' AND seq IS NOT NULL", "-At"
    )
    assert "tuopin.sqlite3" in told


def test_figures_trail_and_invariants_are_those_of_before(moved):
    there, before, _ = moved
    assert before and figures(there.env) == before
    for command in ("verify_trail", "verify_invariants"):
        answer = there.run(command)
        assert answer.returncode == 0, answer.stdout + answer.stderr


def test_new_rows_go_on_behind_the_old_ones(moved):
    there, _, _ = moved
    assert there.run("seed", "--households", "5").returncode == 0


def test_a_database_in_use_takes_nothing_more(moved):
    there, _, _ = moved
    before = there.events()
    answer = there.run("move_from_sqlite", there.folder / "tuopin.sqlite3")
    assert answer.returncode == 1 and "已有用户" in answer.stderr and there.events() == before


def test_what_is_no_database_is_refused(moved, tmp_path):
    there, _, _ = moved
    broken = tmp_path / "broken.sqlite3"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    for file, said in ((broken, "不是完好的"), (tmp_path / "none", "没有")):
        answer = there.run("move_from_sqlite", file)
        assert answer.returncode == 1 and said in answer.stderr and "Traceback" not in answer.stderr
