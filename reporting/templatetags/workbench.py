"""各镇进度 of the workbench: a row for each part of the area and one for the whole.

Written here and not as a template loop: a county of two hundred towns is served all day long.
"""

from collections.abc import Sequence

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reporting.desk import Progress

register = template.Library()
FIGURES = (
    '<td class="n"><a href="{}">{}</a></td><td class="n"><a href="{}">{}</a></td>'
    '<td class="n">{}</td><td class="n"><a href="{}">{}</a></td></tr>'
)
PART = f'<tr><th scope="row" class="pin nb"><a href="{{}}">{{}}</a></th>{FIGURES}'
SUM = f'<tr class="sum"><th scope="row" class="pin nb">合计</th>{FIGURES}'


@register.simple_tag
def progress_rows(parts: Sequence[Progress]) -> SafeString:
    return format_html_join("", PART, ((part.url, part.name, *_figures(part)) for part in parts))


@register.simple_tag
def progress_names(parts: Sequence[Progress]) -> SafeString:
    return format_html_join("、", '<a class="nb" href="{}">{}</a>', ((part.url, part.name) for part in parts))


@register.simple_tag
def progress_sum(whole: Progress) -> SafeString:
    return format_html(SUM, *_figures(whole))


def _figures(part: Progress) -> tuple[object, ...]:
    return (
        part.households_url,
        part.households,
        part.persons_url,
        part.persons,
        "" if part.planned is None else part.planned,
        part.left_url,
        part.left,
    )
