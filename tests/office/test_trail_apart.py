"""The trail's tables do not belong to the program's role (quality S6): it adds, seals and prunes, and cannot take the
guards away. deploy/trail_apart.sql and trail_together.sql, run in the test's transaction."""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from office import trail

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]
DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
ROLE = "tuopin_test_program"
COPIED = "at, actor_name, role, ip, action, subject_type, subject_id, detail, outcome, prev, hash"
REFUSED = [
    "ALTER TABLE office_trailrow DISABLE TRIGGER USER",
    "DROP TRIGGER office_trail_append_only ON office_trailrow",
    "DROP TRIGGER office_trail_archive_guard ON office_trailarchive",
    "CREATE OR REPLACE FUNCTION office_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "ALTER FUNCTION office_trail_archive_guard() RESET search_path",
    "SET session_replication_role = replica",
    "TRUNCATE office_trailrow",
    "DROP TABLE office_trailrow",
    "DROP SCHEMA public CASCADE",
    "UPDATE office_trailrow SET action = '别的'",
    "DELETE FROM office_trailrow",
    "UPDATE office_trailarchive SET head = ''",
    "DELETE FROM office_trailarchive",
]


def run(name: str) -> None:
    """The statements of the file: psql's own lines and its transaction are the caller's."""
    lines = (DEPLOY / name).read_text().splitlines()
    kept = [line for line in lines if not line.lstrip().startswith(("\\", "--", "BEGIN;", "COMMIT;"))]
    database = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute("\n".join(kept).replace(':"app"', ROLE).replace(':"DBNAME"', database))


def asked(statement: str) -> None:
    """As the program's role, which owns every other table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        cursor.execute(statement)
        cursor.execute("RESET ROLE")


@pytest.fixture
def written(cast):
    """A row of the trail, and the role."""
    trail.record("演示", actor=cast["district"])
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"CREATE ROLE {ROLE}")
        cursor.execute(f"GRANT SELECT ON accounts_user, areas_area TO {ROLE}")


@pytest.mark.parametrize("statement", REFUSED)
def test_the_program_cannot_take_the_guards_away(written, statement):
    run("trail_apart.sql")
    with pytest.raises(DatabaseError, match="permission denied|must be owner|只能追加"):
        asked(statement)


def test_it_adds_seals_and_is_backed_up(written):
    run("trail_apart.sql")
    asked(f"INSERT INTO office_trailrow ({COPIED}) SELECT {COPIED} FROM office_trailrow LIMIT 1")
    asked("SELECT last_value FROM office_trailrow_id_seq")
    asked(
        "UPDATE office_trailrow SET seq = 1, prev = '', hash = 'x' WHERE id = (SELECT min(id) FROM office_trailrow)"
    )


def test_given_back_it_may_be_migrated_again(written):
    run("trail_apart.sql")
    run("trail_together.sql")
    asked("ALTER TABLE office_trailrow DISABLE TRIGGER USER")
    asked("DROP SCHEMA public CASCADE")


def test_verify_trail_says_whose_the_table_is(written, capsys):
    call_command("verify_trail")
    assert "trail_apart.sql" in capsys.readouterr().out
    run("trail_apart.sql")
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        assert not trail.table_is_own()
        cursor.execute("RESET ROLE")
