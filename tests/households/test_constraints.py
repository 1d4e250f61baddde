"""What the database refuses is told by the rule that was broken, on SQLite and on PostgreSQL (design §2.5)."""

import pytest
from django.db import IntegrityError, transaction

from households.models import Household, Person
from office.constraints import broken

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("person_active_once", "该证件号码已在册"),
        ("household_one_head", "本户有两个及以上户主"),
        ("person_leaves_with_reason", "减少日期和减少原因要同填或同空"),
        ("person_number_once", ""),
    ],
)
def test_the_rule_that_was_broken_is_named(make_household, name, message):
    first, second = make_household(persons=2), make_household(persons=2)
    one, other = second.persons.order_by("pk")
    changes = {
        "person_active_once": {"id_number_key": first.head.id_number_key},
        "household_one_head": {"relation": "户主"},
        "person_leaves_with_reason": {"leave_reason": "死亡"},
        "person_number_once": {"number": one.number},
    }[name]
    with pytest.raises(IntegrityError) as raised, transaction.atomic():
        Person.objects.filter(pk=other.pk).update(**changes)
    rule = broken(raised.value, Person)
    # A number breaks both of its rules at once (Person.Meta); either may be told.
    assert rule.name in (name, f"{name}_earlier")
    if message:
        assert rule.get_violation_error_message() == message
    assert broken(raised.value, Household) is None
