"""Every choice that a filter, a form or a list shows has a Chinese word: Django makes English of the name in the code."""

from django.db.models import TextChoices
from django.urls import get_resolver

# As everybody calls these files.
AS_THEY_ARE = {"PDF", "Excel", "csv", "json"}


def below(kind):
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def test_no_choice_is_shown_by_its_name_in_the_code():
    assert get_resolver().url_patterns  # every room is loaded
    kinds = list(below(TextChoices))
    assert len(kinds) > 30
    words = {(kind.__name__, label) for kind in kinds for label in kind.labels if str(label).isascii()}
    assert {label for _, label in words} <= AS_THEY_ARE, words
