"""Income of a yearly survey (domain §3): net = sum of incomes − expense, per head = net ÷ members."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
INCOME_PARTS = ("wage_income", "business_income", "property_income")
TRANSFER_PARTS = (
    "family_planning_income",
    "subsistence_income",
    "extremely_poor_income",
    "pension_income",
    "ecology_income",
    "other_transfer_income",
)


def per_head(net: Decimal, members: int | None) -> Decimal | None:
    """Yuan a head, half up to the cent; none without members."""
    if not members:
        return None
    return (net / members).quantize(CENT, rounding=ROUND_HALF_UP)
