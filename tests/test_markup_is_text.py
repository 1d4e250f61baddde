"""What people type is text wherever it is shown, never markup (threats C1).

Every field of words of every record is filled with a tag, then every page is asked for by who may see it.
"""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from django.urls import reverse

from accounts.roles import Role
from tests.permission_objects import BUILDERS, World
from tests.permission_table import TABLE

pytestmark = pytest.mark.django_db
TAG = "<i x=\"'>{{7*7}}"
OURS = {"areas", "accounts", "office", "villages", "households", "measures", "audits", "reporting"}
# Words of the program in fields of text: what they hold is compared with, not shown as typed.
OF_THE_PROGRAM = {
    "kind", "key", "key_name", "stage", "state", "status", "unit", "username", "code", "number", "query", "scope",
    "checksum", "lease_token", "queue", "password", "rule", "list_key", "format", "once", "content_type", "group",
    "measure", "standard", "subject_type", "subject_id", "actor_name", "action", "role", "ip", "hash", "prev",
    "file_name", "national_number", "poverty_standard", "main_cause", "fingerprint", "path", "digest", "chapter",
    "version", "period", "level", "field", "column", "row", "origin", "relation", "column_key", "row_key",
}  # fmt: skip


def fields_of_words(model):
    """Fields that a person fills with words of his own."""
    for field in model._meta.local_concrete_fields:
        if field.primary_key or field.unique or field.choices or field.name in OF_THE_PROGRAM:
            continue
        if type(field) in (models.CharField, models.TextField) and (field.max_length or 99) >= len(TAG):
            yield field.name


@pytest.fixture
def places(ground, cast, make_household):
    world = World(ground, cast, make_household)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, cast["district"])
    return {"": (), **{name: made.own for name, made in world.built.items()}}


@pytest.fixture
def filled(places):
    """How many fields hold the tag; what a table or its constraints refuse stays as it was."""
    filled = set()
    for model in apps.get_models():
        if model._meta.app_label not in OURS or not model._meta.managed:
            continue
        for name in fields_of_words(model):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    quote = connection.ops.quote_name
                    table, column = quote(model._meta.db_table), quote(model._meta.get_field(name).column)
                    cursor.execute(f"UPDATE {table} SET {column} = %s", [TAG])
                    if cursor.rowcount > 0:
                        filled.add(f"{model._meta.label}.{name}")
            except DatabaseError:
                continue
    return filled


def test_no_page_takes_words_for_markup(filled, places, signed_in):
    assert {"accounts.User.display_name", "households.Person.name", "areas.Area.name"} <= filled
    assert len(filled) > 80, sorted(filled)
    raw, shown = [], 0
    for role in (Role.DISTRICT, Role.SECURITY, Role.AUDITOR, None):
        client = signed_in(role)
        client.raise_request_exception = False
        for name, rule in TABLE.items():
            if rule.get is None:
                continue
            answer = client.get(reverse(name, args=places[rule.of]))
            if answer.status_code == 500:
                raw.append((role, name, 500))
            if not answer.headers.get("Content-Type", "").startswith("text/html") or answer.streaming:
                continue
            text = answer.content.decode()
            shown += "&lt;i x=" in text
            if "<i x=" in text or ">49<" in text:
                raw.append((role, name, answer.status_code))
    assert not raw
    assert shown > 100
