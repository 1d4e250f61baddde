"""What the entry sheet shows of a member and of its sums."""

from decimal import Decimal

from django import template

from households.entry.member_form import MemberForm
from households.record import written
from office.pii import mask_id

register = template.Library()


@register.filter
def number_shown(form: MemberForm) -> str:
    """The identity number as a summary shows it: masked, typed just now or saved."""
    value = str(form["id_number"].value() or "")
    return value if "*" in value else mask_id(value)


@register.filter
def yuan(value: Decimal | None) -> str:
    """15,090.00; unknown is empty."""
    return written(value) if isinstance(value, Decimal) else ""
