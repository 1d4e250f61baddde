"""An upgrade loses nothing (threats G7; docs/administrator.md, 五): a county that the oldest release whose migrations
still stand has made and counted is upgraded by the page's own steps, and is all there; and the way back.

The old program is exported from git's history and runs with the packages of this checkout. Its county has rows in
every table that a later migration changes.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from tests.soak.people import Person
from tests.soak.processes import ROOT, Cluster, until
from tests.soak.released import Place, Row, export, git, oldest_release

pytestmark = pytest.mark.soak
PAGE = (ROOT / "docs/administrator.md").read_text()
CHAPTER = PAGE.split("## 五、升级")[1].split("\n## ")[0]
YEARS = (2016, 2017, 2018)
# When whose turn it was last: it moves by itself.
MOVES = "office_pulse"
# A report that has nothing to count says so: that is compared too.
FIGURES = f"""
import io, json
from django.core.management import CommandError, call_command
from reporting.definitions import DEFINITIONS
told = {{}}
for kind in sorted(DEFINITIONS):
    for year in {YEARS}:
        out = io.StringIO()
        try:
            call_command("report", kind, year=year, stdout=out)
        except CommandError:
            told[f"{{kind}} {{year}}"] = {{}}
        else:
            cells = json.loads(out.getvalue())["cells"]
            told[f"{{kind}} {{year}}"] = {{f"{{c['row']}} {{c['column']}}": c["value"] for c in cells}}
"""
# Sealed values as the program opens them.
OPENED = """
from django.apps import apps
from office.pii import EncryptedTextField
told = {
    f"{model._meta.label} {field.attname}": {str(row.pk): getattr(row, field.attname) for row in model._base_manager.all()}
    for model in apps.get_models() for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)
}
"""
ASK = """
from accounts.models import User
from areas.models import Area
from office import clock
from office.jobs import enqueue
from reporting.jobs import parameters
district = User.objects.get(username="district")
job = enqueue("report", params=parameters("causes", district.home_area, 2018, clock.today()), owner=district)
told = str(job.pk)
"""


@pytest.fixture(scope="module")
def upgraded() -> Iterator[SimpleNamespace]:
    """The old place, what it held and said, and the same after the page's steps."""
    release = oldest_release()
    folder = Path(tempfile.mkdtemp(prefix="tuopin-upgrade-"))
    folder.chmod(0o755)
    cluster = Cluster(folder)
    place = None
    try:
        cluster.start()
        cluster.sql("CREATE ROLE tuopin LOGIN", database="postgres")
        old_program = export(release, folder / "old")
        place = Place(folder / "place", cluster, old_program)
        place.start("redis")
        place.does("demo", "--no-serve", "--households", "60")
        figures = place.tells(FIGURES)
        waiting = place.tells(ASK)
        for check in ("verify_invariants", "verify_trail"):
            place.does(check)
        old = SimpleNamespace(
            rows=place.rows(),
            opened=place.tells(OPENED),
            files=place.files(),
            figures=figures,
            waiting=waiting,
        )
        backup = folder / "before-upgrade"
        follow_the_page(place, backup)
        new = SimpleNamespace(rows=place.rows(), opened=place.tells(OPENED), files=place.files())
        yield SimpleNamespace(
            place=place, release=release, program=old_program, backup=backup, folder=folder, old=old, new=new
        )
    finally:
        if place:
            place.close()
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


def follow_the_page(place: Place, backup: Path) -> None:
    """Its steps in its order: the backup with the old program, all others with this one."""
    steps = re.findall(r"manage\.py (\w+)|--file /opt/tuopin/(deploy/\w+\.sql)", CHAPTER.split("升级失败")[0])
    assert [command or file for command, file in steps] == [
        "backup",
        "deploy/trail_together.sql",
        "migrate",
        "collectstatic",
        "deploy/trail_apart.sql",
    ]
    for command, file in steps:
        if command == "backup":
            place.does(command, str(backup))
            place.program = ROOT
        elif command:
            place.does(command, "--noinput")
        else:
            place.psql(ROOT / file)


def lost(old: dict[str, dict[str, Row]], new: dict[str, dict[str, Row]]) -> list[str]:
    """Tables, columns, rows and values that are no longer there or are others."""
    found = []
    for table, rows in old.items():
        if table == MOVES:
            continue
        if table not in new:
            found.append(table)
            continue
        for key, row in rows.items():
            now = new[table].get(key)
            if now is None:
                found.append(f"{table} {key}")
            else:
                found += [
                    f"{table} {key} {name}" for name in row if name not in now or now[name] != row[name]
                ]
    return found


def changed_later(release: str) -> set[str]:
    """Tables of the old release that migrations of this checkout change."""
    known = set(git("ls-tree", "-r", "--name-only", release).decode().split())
    tables = set()
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if not (ROOT / app / "migrations").is_dir() or f"{app}/migrations/{name}.py" in known:
            continue
        for step in migration.operations:
            if model := getattr(step, "model_name", ""):
                tables.add(apps.get_model(app, model)._meta.db_table)
    return tables


def test_what_is_lost_is_found():
    old = {"a": {"1": {"id": 1, "name": "甲"}}}
    assert not lost(old, {"a": {"1": {"id": 1, "name": "甲", "more": 0}, "2": {"id": 2}}, "b": {}})
    assert lost(old, {}) == ["a"] and lost(old, {"a": {}}) == ["a 1"]
    assert (
        lost(old, {"a": {"1": {"id": 1, "name": "乙"}}}) == lost(old, {"a": {"1": {"id": 1}}}) == ["a 1 name"]
    )


def test_the_page_names_the_oldest_release():
    """Editing a migration that stood makes an earlier place impossible to upgrade: then the page says another."""
    told = re.search(r"提交 `(\w{7,})`", CHAPTER)
    assert told and oldest_release().startswith(told[1])


def test_every_row_and_every_file_is_there(upgraded):
    old, new = upgraded.old, upgraded.new
    changed = changed_later(upgraded.release) & set(old.rows)
    assert changed and all(old.rows[table] for table in changed), "the old place has rows where migrations go"
    assert len(old.rows) > 100 and not lost(old.rows, new.rows)
    assert old.files and {name: new.files.get(name) for name in old.files} == old.files


def test_what_is_sealed_opens(upgraded):
    old, new = upgraded.old.opened, upgraded.new.opened
    assert sum(bool(value) for rows in old.values() for value in rows.values()) > 100
    assert {field: new.get(field) for field in old} == old


def test_every_report_both_know_says_the_same(upgraded):
    new, told = upgraded.place.tells(FIGURES), 0
    for report, cells in upgraded.old.figures.items():
        told += len(cells)
        if not new[report]:
            # Of noughts alone no form is made any more.
            assert not any(cells.values()), report
            continue
        now = {cell: new[report].get(cell, "gone") for cell in cells}
        other = {cell: (cells[cell], now[cell]) for cell in cells if cells[cell] != now[cell]}
        assert not {cell: pair for cell, pair in other.items() if not rightly(report, cell)}, report
    assert told > 5000


def rightly(report: str, cell: str) -> bool:
    """Who was entitled at the end of a past year: the old release asked how people stand now, this one how they stood
    then (households.looking_back). What was given is counted as before."""
    kind, year = report.split()
    return kind == "coverage" and int(year) < YEARS[-1] and not cell.split()[1].startswith("met_")


def test_what_is_checked_is_clean_and_the_log_is_kept_apart(upgraded):
    upgraded.place.does("verify_invariants")
    said = upgraded.place.does("verify_trail")
    assert "操作日志完整" in said and "trail_apart.sql" not in said
    upgraded.place.does("migrate", "--check")


def test_people_go_on_where_they_were(upgraded):
    """Sign-in, the first page, an old report and an old job, and a write, through the real processes."""
    place, rows = upgraded.place, upgraded.old.rows
    place.start("web", "worker", "beat")
    place.ready()
    district = until(lambda: Person(place, "district").sign_in(), "the district signs in")
    for address in ("/", "/households/", *(f"/reports/runs/{run}/" for run in rows["reporting_reportrun"])):
        status, text, where = district.ask("GET", address)
        assert status == 200, (address, status, where, text[:300])
    file = next(iter(rows["reporting_reportfile"]))
    assert district.ask("GET", f"/reports/files/{file}/")[0] == 200
    job = upgraded.old.waiting
    until(
        lambda: _one(place, "SELECT state FROM office_job WHERE id = %s", job) == "done",
        "the old job is done",
    )
    village = Person(place, "village").sign_in()
    number = _one(
        place,
        "SELECT h.number FROM households_household h JOIN accounts_duty d ON d.area_id = h.village_id"
        " JOIN accounts_user u ON u.id = d.user_id WHERE u.username = 'village' ORDER BY 1 LIMIT 1",
    )
    status, text = village.visit(number, "升级以后")
    assert status == 303, text[:300]
    assert _one(place, "SELECT count(*) FROM households_visit") == len(rows["households_visit"]) + 1
    place.stop()
    place.does("verify_trail")
    place.does("verify_invariants")


def _one(place: Place, statement: str, *values: Any) -> Any:
    return place.cluster.sql(statement, *values)[0][0]


@pytest.mark.parametrize("with_the_old", [True, False])
def test_the_backup_goes_into_an_empty_place(upgraded, with_the_old):
    """With the old program it is the old place; with this one it is upgraded on the way."""
    name = "back" if with_the_old else "onwards"
    program = upgraded.program if with_the_old else ROOT
    there = Place(upgraded.folder / name, upgraded.place.cluster, program, name)
    as_before(there, upgraded.old, there.does("restore", str(upgraded.backup)))


def test_the_way_back_over_the_upgraded_place(upgraded):
    """The last here: afterwards the place is the old one."""
    place = upgraded.place
    place.stop()
    place.psql(ROOT / "deploy/trail_together.sql")
    place.program = upgraded.program
    as_before(place, upgraded.old, place.does("restore", "--replace", str(upgraded.backup)))
    assert set(place.rows()) == set(upgraded.old.rows), "nothing of the new release stayed"


def as_before(place: Place, old: SimpleNamespace, said: str) -> None:
    assert "核对相符" in said
    assert not lost(old.rows, place.rows()) and place.files() == old.files
    assert place.tells(OPENED) == old.opened
    for check in ("verify_invariants", "verify_trail"):
        place.does(check)
