"""Encrypted fields on real tables: saving, bulk paths, history, and what must fail."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from simple_history.utils import bulk_create_with_history

from office.pii import CannotOpen
from villages.models import Village

PHONE = "13900001234"


@pytest.fixture
def village(villages) -> Village:
    one = villages["village"]
    one.village_officer_phone = PHONE
    one.save()
    return one


def at_rest(table: str, column: str = "village_officer_phone") -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table} WHERE {column} <> ''")
        return [row[0] for row in cursor.fetchall()]


def test_neither_table_nor_history_holds_the_number(village):
    tokens = at_rest("villages_village") + at_rest("villages_historicalvillage")
    assert len(tokens) == 2
    assert all(token.startswith("v1:") and PHONE not in token for token in tokens)


def test_history_keeps_the_uid_and_opens(village):
    before = village.history.first()
    village.village_officer_phone = "13900005678"
    village.save()
    assert before.uid == village.uid
    assert [row.village_officer_phone for row in village.history.all()][:2] == ["13900005678", PHONE]
    assert village.history.all()[1].instance.village_officer_phone == PHONE


def test_bulk_creation_encrypts_and_writes_history(ground):
    rows = [Village(area=ground.village, village_officer_phone=PHONE), Village(area=ground.sibling_village)]
    bulk_create_with_history(rows, Village)
    assert Village.objects.get(area=ground.village).village_officer_phone == PHONE
    assert Village.objects.get(area=ground.sibling_village).village_officer_phone == ""
    assert Village.history.get(area=ground.village).village_officer_phone == PHONE


def test_a_token_copied_to_another_row_does_not_open(village, villages):
    token = Village._meta.get_field("village_officer_phone").token_for(village)
    Village.objects.filter(pk=villages["sibling_village"].pk).update(village_officer_phone=token)
    stolen = Village.objects.get(pk=villages["sibling_village"].pk)
    with pytest.raises(CannotOpen):
        _ = stolen.village_officer_phone


def test_no_page_shows_a_value_that_cannot_be_opened(village, villages, signed_in):
    token = Village._meta.get_field("village_officer_phone").token_for(village)
    sibling = villages["sibling_village"]
    Village.objects.filter(pk=sibling.pk).update(village_officer_phone=token)
    client = signed_in("town")
    client.raise_request_exception = False
    page = client.get(f"/villages/{sibling.code}/")
    assert page.status_code == 500
    assert "1234" not in page.content.decode() and "v1:" not in page.content.decode()


def test_an_update_without_the_row_is_refused(village):
    with pytest.raises(FieldError):
        Village.objects.filter(pk=village.pk).update(village_officer_phone=PHONE)
    village.village_officer_phone = "13900005678"
    with pytest.raises(FieldError):
        Village.objects.bulk_update([village], ["village_officer_phone"])


def test_an_update_takes_the_token_of_the_row(village):
    village.village_officer_phone = "13900005678"
    token = Village._meta.get_field("village_officer_phone").token_for(village)
    Village.objects.filter(pk=village.pk).update(village_officer_phone=token)
    assert Village.objects.get(pk=village.pk).village_officer_phone == "13900005678"


def test_a_deferred_value_is_fetched_when_it_is_read(village):
    assert Village.objects.defer("village_officer_phone").get(pk=village.pk).village_officer_phone == PHONE
    assert Village.objects.only("pk").get(pk=village.pk).village_officer_phone == PHONE


def test_saving_another_field_keeps_the_token(village):
    (before,) = at_rest("villages_village")
    again = Village.objects.get(pk=village.pk)
    again.information_officer = "演示信息员"
    again.save()
    assert at_rest("villages_village") == [before]


def test_rows_without_a_number_are_found(village):
    assert Village.objects.filter(village_officer_phone="").count() == 3
    assert Village.objects.exclude(village_officer_phone="").get() == village
