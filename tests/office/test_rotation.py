"""Another key: everything is sealed with it, both are readable meanwhile, a killed run goes on (threats H7)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from households.models import Household, Person
from office import attachments, clock, pii, rotation
from office.models import TrailRow
from tests.conftest import identity_number
from tests.office import handmade
from tests.office.test_attachments import upload

NEW = "5a" * 32


@pytest.fixture
def register(make_household):
    households = [make_household(persons=2, phone="13800000001") for _ in range(4)]
    for person in Person.objects.all():
        person.phone = "13800000002"
        person.save()
    return households


def versions(table="households_person", column="id_number"):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")
        return [token[:3] for (token,) in cursor.fetchall()]


def numbers():
    return sorted(person.id_number for person in Person.objects.all())


def rotate():
    out = StringIO()
    call_command("rotate_keys", stdout=out)
    return out.getvalue()


def test_without_a_new_key_nothing_is_done(register):
    with pytest.raises(CommandError, match="PII_KEY_2"):
        rotate()
    assert set(versions()) == {"v1:"}


def test_everything_is_sealed_with_the_new_key_and_opens_without_the_old(register, settings, cast):
    with attachments.on_disk(attachments.check(upload(handmade.jpeg()))) as kept:
        row = kept.bind(register[0], by=cast["village"], at=clock.moment())
    before, content = numbers(), attachments.content(row)
    settings.PII_KEY_2 = NEW
    said = rotate()
    assert "仍用旧密钥的值 0 个" in said and "附件 1 个" in said
    settings.PII_KEY = "00" * 32
    assert numbers() == before and attachments.content(row) == content
    assert Household.objects.get(pk=register[0].pk).phone == "13800000001"
    for model, field in rotation.sealed_columns():
        assert set(versions(model._meta.db_table, field.column)) <= {"v2:"}, model
    assert set(versions("households_historicalperson", "phone")) == {"v2:"}
    assert TrailRow.objects.filter(action="更换密钥").count() == 1


def test_both_keys_are_read_meanwhile_and_what_is_new_takes_the_new_one(register, settings, make_household):
    before = numbers()
    settings.PII_KEY_2 = NEW
    assert numbers() == before
    make_household(persons=1)
    assert sorted(set(versions())) == ["v1:", "v2:"]
    found = Person._meta.get_field("id_number_key").of(before[0])
    assert Person.objects.get(id_number_key=found).id_number == before[0]


def test_a_run_that_is_killed_goes_on_where_it_was(register, settings, monkeypatch):
    before, settings.PII_KEY_2 = numbers(), NEW
    monkeypatch.setattr(rotation, "BATCH", 2)
    seal, left = pii.resealed, [5]

    def killed(*value):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return seal(*value)

    monkeypatch.setattr(pii, "resealed", killed)
    with pytest.raises(KeyboardInterrupt):
        rotate()
    half = rotation.left()
    assert half and numbers() == before
    monkeypatch.setattr(pii, "resealed", seal)
    assert "仍用旧密钥的值 0 个" in rotate() and numbers() == before
    assert rotation.rotate(print) == (0, 0), "a third run finds nothing to do"


def test_a_value_that_changed_meanwhile_is_left_to_the_change(register, settings, monkeypatch):
    settings.PII_KEY_2 = NEW
    person, seal = Person.objects.order_by("pk")[0], pii.resealed
    fresh = identity_number(987)
    done = []

    def meanwhile(token, uid, name):
        sealed = seal(token, uid, name)
        if not done and uid == person.uid and name == "phone":
            done.append(
                Person.objects.filter(pk=person.pk).update(phone=pii.seal(fresh, person.uid, "phone"))
            )
        return sealed

    monkeypatch.setattr(pii, "resealed", meanwhile)
    rotate()
    assert done == [1] and Person.objects.get(pk=person.pk).phone == fresh


def test_a_value_that_does_not_open_stops_it_and_stays(register, settings):
    settings.PII_KEY_2 = NEW
    first, second = Person.objects.order_by("pk")[:2]
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM households_person WHERE id = %s", [second.pk])
        stolen = cursor.fetchone()[0]
        cursor.execute("UPDATE households_person SET id_number = %s WHERE id = %s", [stolen, first.pk])
    with pytest.raises(CommandError, match="打不开"):
        rotate()
    assert stolen in versions_of(first)


def versions_of(person):
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number FROM households_person WHERE id = %s", [person.pk])
        return cursor.fetchone()
