"""Parts of a list's page: the cells of a row, headings, the areas of its filter, the counts of its parts, its export.

What there are hundreds of on a page is written here and not as a template loop, which costs several times more.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from office.listing import Column

register = template.Library()
SELECTED = mark_safe(" selected")


@register.simple_tag
def cells(row: Any, columns: Sequence[Column]) -> SafeString:
    parts: list[str] = []
    for column in columns:
        value = column.cell(row)
        parts += (column.opening, "" if value is None else conditional_escape(value), column.closing)
    return mark_safe("".join(parts))  # noqa: S308 - every value is escaped above


@register.simple_tag
def area_options(areas: Sequence[Any], chosen: Any) -> SafeString:
    """The options of the area filter; villages stand back from the towns above them."""
    key = getattr(chosen, "pk", None)
    return format_html_join(
        "",
        '<option value="{}"{}>{}{}</option>',
        (
            (
                area.code,
                SELECTED if area.pk == key else "",
                "　" if area.level == "village" else "",
                area.name,
            )
            for area in areas
        ),
    )


@register.simple_tag
def part_rows(parts: Sequence[Any], url: str) -> SafeString:
    """Rows of the parts of an area with their households and persons; `url` waits for the part's code."""
    return format_html_join(
        "",
        '<tr><th scope="row">{}</th><td class="n{}"><a href="{}">{}</a></td>'
        '<td class="n{}"><a href="{}">{}</a></td></tr>',
        (
            (
                part.area.name,
                "" if part.households else " zero",
                f"{url}{part.area.code}",
                part.households,
                "" if part.persons else " zero",
                f"{url}{part.area.code}",
                part.persons,
            )
            for part in parts
        ),
    )


@register.inclusion_tag("_/heads.html", takes_context=True)
def heads(context: template.Context, columns: Sequence[Column]) -> dict[str, Any]:
    """The headings of the columns, those that sort as links."""
    return {"request": context["request"], "columns": columns, "sort": context["page"].sort}


@register.inclusion_tag("_/export.html", takes_context=True)
def export(context: template.Context, key: str, unit: str = "条") -> dict[str, Any]:
    """The form that asks for this list as a file (office.exports); the same page asks for one file only."""
    request = context["request"]
    return {
        "key": key,
        "query": request.GET.urlencode(),
        "once": uuid.uuid4().hex,
        "total": context["page"].total,
        "unit": unit,
    }
