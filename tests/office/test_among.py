"""`among` finds what `in` finds, for texts that are not empty."""

import pytest
from django.contrib.auth import get_user_model

HELD = ("甲'乙", "a,b", "{x}", "\\N", "%s")


@pytest.mark.django_db
@pytest.mark.parametrize("asked", [HELD, HELD[:1], ["a", "b"], [], [""], ["甲\x1f乙", "a,b"]])
def test_the_same_rows_are_found_whatever_signs_stand_in_the_values(asked):
    users = get_user_model().objects
    for name in HELD:
        users.create(username=name)
    found = users.filter(username__among=asked)
    assert set(found) == set(users.filter(username__in=list(asked)))
    assert set(users.exclude(username__among=asked)) == set(users.all()) - set(found)
