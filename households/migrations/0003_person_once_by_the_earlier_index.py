"""The number of who is present is unique by the earlier index too (households/models/person.py).

Nobody waits for it: on PostgreSQL both indexes are made beside the writes, and the old one goes only when the new ones
are there. The earlier one is made first, since PostgreSQL looks at indexes in the order in which they were made. What
was broken off goes on where it was; where 0002 of an earlier day made both, nothing is left to do.
"""

import time

from django.db import OperationalError, migrations, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce

PRESENT = Q(present=True) & ~Q(id_number_key="")
SAID = "该证件号码已在册"
EARLIER = models.UniqueConstraint(
    Coalesce("id_number_key_before", "id_number_key"),
    condition=PRESENT,
    name="person_active_once_earlier",
    violation_error_message=SAID,
)
ONCE = models.UniqueConstraint(
    condition=PRESENT, fields=("id_number_key",), name="person_active_once", violation_error_message=SAID
)
NEXT = "person_active_once_next"
# Whoever waits for the lock of the swap keeps all others waiting behind: shortly, and again.
LOCK, TRIES, REST = "200ms", 300, 1.0


def made(cursor, name):
    """The index's number, which grows from one to the next; None where it is not there, or not whole and thus gone now."""
    cursor.execute(
        "SELECT c.oid, i.indisvalid FROM pg_class c JOIN pg_index i ON i.indexrelid = c.oid"
        " WHERE c.relname = %s AND c.relnamespace = current_schema()::regnamespace",
        [name],
    )
    number, whole = cursor.fetchone() or (None, True)
    if not whole:
        cursor.execute(f"DROP INDEX CONCURRENTLY {name}")
        return None
    return number


def beside(schema_editor, cursor, person, constraint, name):
    statement = str(constraint.create_sql(person, schema_editor))
    statement = statement.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY")
    cursor.execute(statement.replace(f'"{constraint.name}"', f'"{name}"'))


def swap(cursor):
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                cursor.execute(f"SET LOCAL lock_timeout = '{LOCK}'")
                cursor.execute(f"DROP INDEX {ONCE.name}")
                cursor.execute(f"ALTER INDEX {NEXT} RENAME TO {ONCE.name}")
            return
        except OperationalError:
            if not tries_left:
                raise
            time.sleep(REST)


def forward(apps, schema_editor):
    person, connection = apps.get_model("households", "Person"), schema_editor.connection
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            if EARLIER.name not in connection.introspection.get_constraints(cursor, person._meta.db_table):
                schema_editor.add_constraint(person, EARLIER)
            return
        if made(cursor, EARLIER.name) is None:
            beside(schema_editor, cursor, person, EARLIER, EARLIER.name)
        if made(cursor, ONCE.name) < made(cursor, EARLIER.name):
            if made(cursor, NEXT) is None:
                beside(schema_editor, cursor, person, ONCE, NEXT)
            swap(cursor)


def backward(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {EARLIER.name}")
    else:
        schema_editor.remove_constraint(apps.get_model("households", "Person"), EARLIER)


class Migration(migrations.Migration):

    atomic = False
    dependencies = [
        ('households', '0002_index_of_the_earlier_key'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forward, backward)],
            state_operations=[
                migrations.RemoveConstraint(model_name='person', name=ONCE.name),
                migrations.AddConstraint(model_name='person', constraint=EARLIER),
                migrations.AddConstraint(model_name='person', constraint=ONCE),
            ],
        ),
    ]
