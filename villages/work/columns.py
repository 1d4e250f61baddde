"""Columns that several lists of records have."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from areas.models import Level
from office.days import written
from office.listing import Column
from villages.work.kind import excerpt, late_word


def opening(one: str, key: str, label: str, text: Callable[[Any], str], *, width: float = 40) -> Column:
    """The cell that heads the row and opens the record."""

    def cell(row: Any) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse(f"villages:{one}", args=[row.pk]), excerpt(text(row))
        )

    return Column(key, label, cell, "s6", plain=text, said=False, pinned=True, names_row=True, width=width)


def area(label: str = "区划") -> Column:
    """The place; a village with its town."""

    def word(row: Any) -> str:
        place = row.area
        return f"{place.parent.name}　{place.name}" if place.level == Level.VILLAGE else str(place.name)

    return Column("area", label, word, "nb s3", width=24)


def fact(name: str, label: str, classes: str = "nb s3", *, width: float = 14) -> Column:
    return Column(name, label, lambda row: getattr(row, name), classes, width=width)


def day(name: str, label: str, classes: str = "nb s3") -> Column:
    return Column(
        name, label, lambda row: written(getattr(row, name)), classes, plain=lambda row: getattr(row, name)
    )


def due(label: str = "期限") -> Column:
    return Column("due_on", label, late_word, "nb s3", plain=lambda row: row.due_on)


def words(name: str, label: str, *, width: float = 40) -> Column:
    """A long text: its beginning on the screen, all of it in the file."""
    return Column(
        name,
        label,
        lambda row: excerpt(getattr(row, name)),
        "s6 hide-phone",
        plain=lambda row: getattr(row, name),
        width=width,
    )


def chip(name: str, label: str, mine: tuple[str, ...], done: tuple[str, ...]) -> Column:
    """A state, of the day that the list is asked for: what waits is filled, what is done is quiet."""

    def of(row: Any) -> Any:
        return getattr(row, f"{name}_then", None) or getattr(row, name)

    def cell(row: Any) -> SafeString:
        word = of(row)
        look = "chip-mine" if word in mine else "chip-done" if word in done else "chip-on"
        return format_html('<span class="chip {}">{}</span>', look, word)

    return Column(name, label, cell, "nb s2", plain=of, width=10)
