"""Workbooks that were checked under one index key and are written, matched or undone under two (threats H7)."""

import pytest

from households.models import Household, ImportState, Person
from office import rotation
from tests.households.national_sheets import FAMILY, HEAD, SPOUSE
from tests.households.test_national import confirm, told, upload

__all__ = ["confirm", "upload"]
pytestmark = pytest.mark.django_db
SECOND = "5a" * 32


def stored() -> list[tuple[str, str | None]]:
    rows = Person.objects.order_by("number").values_list("id_number_key", "id_number_key_before")
    return [(key[:2], before and before[:2]) for key, before in rows]


def test_what_was_checked_under_the_old_key_is_written_under_the_new(upload, confirm, settings):  # noqa: F811
    batch = upload(HEAD, SPOUSE)
    settings.PII_INDEX_KEY_2 = SECOND
    assert confirm(batch).state == ImportState.APPLIED
    assert stored() == [("k2", "k1")] * 2
    assert confirm(batch, "undo").state == ImportState.UNDONE and not Household.objects.exists()


def test_and_when_the_old_key_is_gone_already(upload, confirm, settings):  # noqa: F811
    batch = upload(HEAD, SPOUSE)
    settings.PII_INDEX_KEY_2, settings.PII_INDEX_KEY = SECOND, ""
    assert confirm(batch).state == ImportState.APPLIED
    assert stored() == [("k2", None)] * 2
    rotation.require_index_keys()


def test_people_under_either_key_are_matched_by_their_number(upload, confirm, settings):  # noqa: F811
    assert confirm(upload(HEAD, SPOUSE)).state == ImportState.APPLIED
    settings.PII_INDEX_KEY_2 = SECOND
    Person.objects.get(name="演示张三").save()
    assert stored() == [("k2", "k1"), ("k1", None)]
    # Without the printed numbers of the persons only the identity number tells who they are.
    Person.objects.update(national_number="")
    again = upload(HEAD, {**SPOUSE, "姓名": "演示改名"})
    assert told(again) == [] and (again.created, again.updated) == (0, 2)
    assert Household.objects.get().national_number == FAMILY
