"""The database itself keeps the trail append-only.

Refused: any UPDATE but the sealing of an unsealed row (seq, prev, hash), and on PostgreSQL any DELETE. SQLite
has no TRUNCATE, so emptying a database there needs DELETE; a cut row is then found by verify_trail. SQLite
drops triggers when Django rebuilds the table: a later migration that alters trail rows runs `guard` again.
"""

from django.db import migrations

CONTENT = (
    "id", "at", "actor_id", "actor_name", "role", "ip", "action",
    "subject_type", "subject_id", "area_id", "detail", "outcome",
)  # fmt: skip

POSTGRESQL = """
CREATE OR REPLACE FUNCTION office_trail_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.seq IS NULL
     AND to_jsonb(NEW) - ARRAY['seq', 'prev', 'hash'] = to_jsonb(OLD) - ARRAY['seq', 'prev', 'hash'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '操作日志只能追加' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER IF EXISTS office_trail_append_only ON office_trailrow;
CREATE TRIGGER office_trail_append_only BEFORE UPDATE OR DELETE ON office_trailrow
  FOR EACH ROW EXECUTE FUNCTION office_trail_append_only();
"""

SQLITE = f"""
CREATE TRIGGER office_trail_append_only BEFORE UPDATE ON office_trailrow
WHEN OLD.seq IS NOT NULL OR {" OR ".join(f'NEW."{name}" IS NOT OLD."{name}"' for name in CONTENT)}
BEGIN SELECT RAISE(ABORT, '操作日志只能追加'); END
"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS office_trail_append_only")
        schema_editor.execute(SQLITE)


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER IF EXISTS office_trail_append_only ON office_trailrow")
        schema_editor.execute("DROP FUNCTION IF EXISTS office_trail_append_only()")
    elif schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER IF EXISTS office_trail_append_only")


class Migration(migrations.Migration):
    dependencies = [("office", "0001_jobs_and_trail")]

    operations = [migrations.RunPython(guard, unguard)]
