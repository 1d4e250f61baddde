"""贫困发生率: poor people on the register ÷ rural population, in percent, at a date (domain §1)."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def incidence(poor: int, rural: int | None) -> Decimal | None:
    """Percent with two decimals, half up; None where the rural population is unknown or nought."""
    if not rural:
        return None
    return (Decimal(poor) * 100 / Decimal(rural)).quantize(HUNDREDTH, ROUND_HALF_UP)
