"""Full numbers on the screen (查看完整号码, quality S2): what is hidden, and how often it may be opened.

The cap is counted from the trail itself, so that what is counted and what is noted cannot part.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.permissions import SignedIn
from households.entry.fields import MASKS
from households.models import Household, Person
from households.record import label
from office import trail
from office.models import Outcome, TrailRow

ACTION = "查看完整号码"
OF_HOUSEHOLD = "household"
HOUSEHOLD_FIELDS = ("phone", "bank_account")
PERSON_FIELDS = ("id_number", "phone", "disability_certificate", "disease_name")
HOUR = datetime.timedelta(hours=1)


class TooMany(Exception):
    """The cap of the hour is reached; the message says it in Chinese."""


@dataclass(frozen=True)
class Hidden:
    """One hidden value: `of` is "household" or a person's number, `masked` what everybody sees."""

    whose: str
    of: str
    field: str
    label: str
    masked: str

    @property
    def spot(self) -> str:
        """The id of its place on the page."""
        return f"hidden-{self.of}-{self.field}"


def hidden(household: Household, persons: Iterable[Person]) -> list[Hidden]:
    """What is filled in and masked, the household's first; nothing that is empty."""
    found: list[Hidden] = []
    records: list[Household | Person] = [household, *persons]
    for record in records:
        for name in PERSON_FIELDS if isinstance(record, Person) else HOUSEHOLD_FIELDS:
            if getattr(record, name):
                found.append(masked(record, name))
    return found


def masked(record: Household | Person, name: str) -> Hidden:
    own = isinstance(record, Person)
    return Hidden(
        whose=record.name if isinstance(record, Person) else "本户",
        of=record.number if own else OF_HOUSEHOLD,
        field=name,
        label=label(record, name),
        masked=MASKS[name](getattr(record, name)),
    )


@transaction.atomic
def opened(
    request: SignedIn,
    household: Household,
    record: Household | Person,
    name: str,
    *,
    reason: str,
    now: datetime.datetime,
) -> str:
    """The full value, noted in the trail with its reason and never itself.

    Raises TooMany over the cap of the hour. The row of the user is locked while counting: two requests at
    once do not both take the last turn.
    """
    user = User.objects.select_for_update().get(pk=request.user.pk)
    turns = TrailRow.objects.filter(actor=user, action=ACTION, outcome=Outcome.OK, at__gt=now - HOUR).count()
    if turns >= settings.REVEALS_PER_HOUR:
        raise TooMany(f"一小时内最多查看 {settings.REVEALS_PER_HOUR} 个完整号码，请过一会儿再看。")
    note(request, household, record, name, reason=reason)
    return str(getattr(record, name))


def note(
    request: HttpRequest,
    household: Household,
    record: Household | Person,
    name: str,
    *,
    reason: str,
    outcome: str = Outcome.OK,
) -> None:
    """One row of the trail for one value."""
    trail.record(
        ACTION,
        request=request,
        subject=record,
        area=household.village,
        detail={
            "户编号": household.number,
            **({"成员": record.name} if isinstance(record, Person) else {}),
            "内容": label(record, name),
            "原因": reason,
        },
        outcome=outcome,
    )
