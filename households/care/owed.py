"""Households to which help is owed on a day: on the register, or within three years of the exit (domain §6)."""

import datetime

from django.db.models import Exists, Max, OuterRef

from households.care.then import first_of
from households.checks import Context
from households.models import LEFT, Helper, Household, Visit
from households.models.household import HouseholdQuerySet

# 脱贫不脱政策: as C085 has it.
HELP_YEARS = Context.help_years


def earliest_exit(on: datetime.date, years: int = HELP_YEARS) -> datetime.date:
    """The oldest exit whose years of help are not over on the day."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February: the years of an exit on the 28th ended the day before
        return datetime.date(on.year - years, 3, 1)


def owed_help(households: HouseholdQuerySet, on: datetime.date) -> HouseholdQuerySet:
    standing = households.filter(registered_on__lte=on, removed_on__isnull=True)
    return standing.exclude(exit_mark=LEFT, left_on__lt=earliest_exit(on))


def without_helper(households: HouseholdQuerySet, on: datetime.date) -> HouseholdQuerySet:
    """No helper is valid on the day (C085)."""
    paired = Helper.objects.valid_on(on).filter(household=OuterRef("pk"))
    return owed_help(households, on).filter(~Exists(paired))


def with_helper(households: HouseholdQuerySet, on: datetime.date) -> HouseholdQuerySet:
    """Help is owed, and a helper is valid on the day."""
    paired = Helper.objects.valid_on(on).filter(household=OuterRef("pk"))
    return owed_help(households, on).filter(Exists(paired))


def not_visited(households: HouseholdQuerySet, on: datetime.date, days: int) -> HouseholdQuerySet:
    """No visit that counts in the last `days` days, the day itself included."""
    lately = Visit.objects.standing().filter(
        household=OuterRef("pk"), visited_on__gte=first_of(days, on), visited_on__lte=on
    )
    return owed_help(households, on).filter(~Exists(lately))


def last_visits(households: list[int], on: datetime.date) -> dict[int, datetime.date]:
    """Day of the last visit of each, for the rows of a page."""
    visits = Visit.objects.standing().filter(household__in=households, visited_on__lte=on).order_by()
    return dict(visits.values_list("household").annotate(last=Max("visited_on")))


def helpers_of(households: list[int], on: datetime.date) -> dict[int, str]:
    """Names of the helpers valid on the day of each, for the rows of a page."""
    names: dict[int, list[str]] = {}
    for household, name in (
        Helper.objects.valid_on(on).filter(household__in=households).values_list("household", "name")
    ):
        names.setdefault(household, []).append(name)
    return {household: "、".join(found) for household, found in names.items()}


def three_settled(household: Household, on: datetime.date) -> list[tuple[str, bool]]:
    """三落实 (R268): whom, what and by whom. Measures are the helper's plan; measures has their delivery."""
    helpers = list(household.helpers.valid_on(on))
    return [
        ("帮扶对象", household.registered_on is not None and household.removed_on is None),
        ("帮扶措施", any(helper.plan.strip() for helper in helpers)),
        ("帮扶责任人", bool(helpers)),
    ]


def not_settled(households: HouseholdQuerySet, on: datetime.date) -> HouseholdQuerySet:
    """Help is owed, and nobody who helps on the day has written what is to be done."""
    planned = Helper.objects.valid_on(on).filter(household=OuterRef("pk")).exclude(plan="")
    return owed_help(households, on).filter(~Exists(planned))
