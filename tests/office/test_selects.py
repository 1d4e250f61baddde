"""A select written in one go says what Django's own says."""

from django import forms

from office.selects import PlainSelect

CHOICES = [("", "全部"), ("因病", "因病"), ('a"b', "<b>&")]


def options(html: str) -> list[tuple[str, str, bool]]:
    parts = html.split("<option ")[1:]
    return [
        (part.split('"')[1], part.split(">")[1].split("<")[0], "selected" in part.split(">")[0])
        for part in parts
    ]


def test_it_has_the_options_and_the_choice_of_a_select():
    attrs = {"class": "w8", "id": "id_cause"}
    for value in ("", "因病", 'a"b', None):
        plain = PlainSelect(choices=CHOICES).render("cause", value, attrs)
        django = forms.Select(choices=CHOICES).render("cause", value, attrs)
        assert options(plain) == options(django)
        assert plain.split(">")[0] == django.split(">")[0]
    assert "<b>" not in plain
