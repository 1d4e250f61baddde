"""What the lists of households have in common: the number that opens the record, the head, the place."""

from functools import cache
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from areas.models import Level
from office.listing import Column


def opens(number: str, may_open: bool = True) -> SafeString | str:
    """The household's number, a link where the record lies in the own area."""
    if not may_open:
        return number
    return format_html('<a href="{}{}/">{}</a>', _records(), number, number)


@cache
def _records() -> str:
    """Where the records stand: a list has a link a row, and each would be looked up anew."""
    return reverse("households:detail", args=["0"]).removesuffix("0/")


def four(colour: str) -> SafeString:
    return render_to_string("_/four.html", {"colour": colour})


def number(cell: Any, plain: Any, **options: Any) -> Column:
    return Column(
        "number",
        "户编号",
        cell,
        plain=plain,
        said=False,
        pinned=True,
        names_row=True,
        width=16,
        **options,
    )


def head(cell: Any, plain: Any) -> Column:
    return Column("head", "户主", cell, "nb s3", plain=plain, said=False, pinned=True, width=12)


def town_name(row: Any) -> str:
    """The town of `row.lay`; a county lies in none."""
    place = row.lay
    if place.level == Level.TOWN:
        return str(place.name)
    return str(place.parent.name) if place.level == Level.VILLAGE else ""


def village_name(row: Any) -> str:
    return str(row.lay.name) if row.lay.level == Level.VILLAGE else ""


def strong(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)
