"""各镇进度 of the workbench: a row for each part of the area and one for the whole.

Written here and not as a template loop: a county of two hundred towns is served all day long.
"""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from office.markup import escaped
from reporting.desk import Progress

register = template.Library()


@register.simple_tag
def progress_rows(parts: Sequence[Progress]) -> SafeString:
    rows = [_row(part, f'<a href="{escaped(part.url)}">{escaped(part.name)}</a>') for part in parts]
    return mark_safe("".join(rows))  # noqa: S308 - every value is escaped


@register.simple_tag
def progress_sum(whole: Progress) -> SafeString:
    return mark_safe(_row(whole, "合计", ' class="sum"'))  # noqa: S308 - every value is escaped


def _row(part: Progress, head: str, look: str = "") -> str:
    planned = "" if part.planned is None else escaped(part.planned)
    return (
        f'<tr{look}><th scope="row" class="pin nb">{head}</th>'
        f'<td class="n"><a href="{escaped(part.households_url)}">{escaped(part.households)}</a></td>'
        f'<td class="n"><a href="{escaped(part.persons_url)}">{escaped(part.persons)}</a></td>'
        f'<td class="n">{planned}</td>'
        f'<td class="n"><a href="{escaped(part.left_url)}">{escaped(part.left)}</a></td></tr>'
    )
