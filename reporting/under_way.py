"""审核中: who is on an exit list that has not come to its end, beside what was planned and what has left."""

from django.db.models import Sum

from areas.models import Area
from audits.models import Entry
from audits.procedures import ListKind


def under_way(area: Area) -> dict[int, int]:
    """Persons now in the households of exit lists that are on their way, by the year of the list.

    It is asked anew beside figures that are kept for a minute: a list moves without an event of the register.
    """
    standing = Entry.objects.filter(kind=ListKind.HOUSEHOLD_EXIT).in_area(area).standing()
    persons = standing.values_list("audit_list__year").annotate(Sum("household__member_count")).order_by()
    return dict(persons)
