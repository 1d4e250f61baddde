"""The subjects that stand beside 帮扶措施, as tabs: those that the duties open."""

from typing import Any

from django import template
from django.urls import reverse

from accounts.roles import Capability

register = template.Library()
# Key of the page, word, URL name, the capability that opens it.
TABS = (
    ("measures", "帮扶措施", "measures:list", Capability.MEASURE_VIEW),
    ("coverage", "帮扶到位", "measures:coverage", Capability.MEASURE_VIEW),
    ("society", "社会帮扶", "measures:society", Capability.MEASURE_VIEW),
    ("departments", "部门名单", "measures:department-lists", Capability.LISTS_VIEW),
    ("desk", "政策咨询", "measures:desk", Capability.DESK_ANSWER),
)


@register.simple_tag(takes_context=True)
def sees_households(context: template.Context) -> bool:
    """Departments see projects and no household: the order of 光伏, which names them, is not offered to them."""
    return Capability.MEASURE_VIEW in context["request"].user.capabilities()


@register.inclusion_tag("measures/_help_tabs.html", takes_context=True)
def help_tabs(context: template.Context, current: str) -> dict[str, Any]:
    able = context["request"].user.capabilities()
    return {
        "tabs": [(word, reverse(name), key == current) for key, word, name, needs in TABS if needs in able],
    }
