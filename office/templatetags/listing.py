"""`{% load listing %} {% cells row columns %}`: the cells of one row of a list, in the columns chosen.

Written here and not as a template loop because a list has hundreds of them.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from office.listing import Column

register = template.Library()


@register.simple_tag
def cells(row: Any, columns: Sequence[Column]) -> SafeString:
    parts: list[str] = []
    for column in columns:
        value = column.cell(row)
        parts += (column.opening, "" if value is None else conditional_escape(value), "</td>")
    return mark_safe("".join(parts))  # noqa: S308 - every value is escaped above


@register.inclusion_tag("_/heads.html", takes_context=True)
def heads(context: template.Context, columns: Sequence[Column]) -> dict[str, Any]:
    """The headings of the columns, those that sort as links."""
    return {"request": context["request"], "columns": columns, "sort": context["page"].sort}
