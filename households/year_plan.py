"""What a year's plan of exits is shared out by (R034): the households behind each figure, for the figure and its list."""

from django.db.models import Q

from households.colours import ORANGE
from households.models import LEFT, POOR, Household
from households.models.household import HouseholdQuerySet

STOCK, GONE, READY = "stock", "left", "ready"
PARTS = {STOCK: "计划存量", GONE: "本年已退", READY: "具备条件"}


def shared_out(households: HouseholdQuerySet, part: str, year: int) -> HouseholdQuerySet:
    """The stock is who is on the register or left it in the year; ready is who left, is 橙 or stands on an exit list."""
    gone, poor = Q(exit_mark=LEFT, exit_year=year), Q(exit_mark__in=POOR)
    if part == GONE:
        asked = gone
    elif part == STOCK:
        asked = poor | gone
    else:
        # The lists are a room above this one: by the names of their relation.
        listed = Household.objects.filter(
            audit_entries__kind="household-exit", audit_entries__closed_at__isnull=True
        )
        asked = poor & (Q(colour=ORANGE) | Q(pk__in=listed.order_by().values("pk"))) | gone
    return households.filter(asked, removed_on__isnull=True)
