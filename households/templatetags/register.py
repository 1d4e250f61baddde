"""Template filters of the register's pages: `{% load register %} {{ event.persons|signed }}`."""

from typing import Any

from django import template

from households.record import written

register = template.Library()


@register.filter
def signed(number: int) -> str:
    """＋3, −2; nothing moved is —."""
    if not number:
        return "—"
    return f"＋{number}" if number > 0 else f"−{-number}"


@register.filter
def yuan(amount: Any) -> str:
    """A line or an income in yuan; unknown is empty."""
    return written(amount)
