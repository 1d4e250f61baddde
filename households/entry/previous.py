"""复制上年采集: last year's survey, living and production into the fields that are still empty."""

from typing import Any

from django.http import QueryDict

from households.entry.household_form import (
    INCOMES,
    LIVING_MORE,
    LIVING_SHOWN,
    PRODUCTION_MORE,
    PRODUCTION_SHOWN,
    SIX,
    TRANSFERS,
)
from households.models import Household, Living, Production, Survey

# What is asked each year anew is not copied: the ticks, who asked, and when.
COPIED: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (Survey, (*INCOMES, *TRANSFERS, "business_expense", *SIX)),
    (Living, (*LIVING_SHOWN, *LIVING_MORE)),
    (Production, (*PRODUCTION_SHOWN, *PRODUCTION_MORE)),
)


def copied(household: Household, year: int, typed: QueryDict) -> QueryDict:
    """What was typed, completed by the last year before `year` that has an answer; nothing is overwritten."""
    data = typed.copy()
    if not household.pk:
        return data
    for model, names in COPIED:
        rows = model.objects.filter(household=household, year__lt=year).order_by("-year")
        last = (rows.counted() if model is Survey else rows).first()
        for name in names:
            value = getattr(last, name, None)
            if not data.get(name) and value not in (None, ""):
                data[name] = str(value)
    return data
