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
from households.models import FullExport, Helper, Household, Person
from households.record import label
from office import trail
from office.models import Outcome, TrailRow

ACTION = "查看完整号码"
OF_HOUSEHOLD = "household"
HOUSEHOLD_FIELDS = ("phone", "bank_account")
PERSON_FIELDS = ("id_number", "phone", "disability_certificate", "disease_name")
HELPER_FIELDS = ("phone", "id_number")
# Before the number of a helper, in the field that names whose value is asked for.
HELPER_PREFIX = "helper-"
HOUR = datetime.timedelta(hours=1)


class TooMany(Exception):
    """The cap of the hour is reached; the message says it in Chinese."""


@dataclass(frozen=True)
class Hidden:
    """One hidden value: `of` is "household", a person's number or "helper-" and a helper's number; `masked` is
    what everybody sees."""

    whose: str
    of: str
    field: str
    label: str
    masked: str

    @property
    def spot(self) -> str:
        """The id of its place on the page."""
        return f"hidden-{self.of}-{self.field}"


Record = Household | Person | Helper


def fields_of(record: Record) -> tuple[str, ...]:
    if isinstance(record, Person):
        return PERSON_FIELDS
    return HELPER_FIELDS if isinstance(record, Helper) else HOUSEHOLD_FIELDS


def hidden(household: Household, persons: Iterable[Person], helpers: Iterable[Helper] = ()) -> list[Hidden]:
    """What is filled in and masked, the household's first, its helpers' last; nothing that is empty."""
    records: list[Record] = [household, *persons, *helpers]
    return [masked(record, name) for record in records for name in fields_of(record) if getattr(record, name)]


def masked(record: Record, name: str) -> Hidden:
    whose, of = "本户", OF_HOUSEHOLD
    if isinstance(record, Person):
        whose, of = record.name, record.number
    elif isinstance(record, Helper):
        whose, of = f"帮扶责任人{record.name}", f"{HELPER_PREFIX}{record.number}"
    return Hidden(
        whose=whose,
        of=of,
        field=name,
        label=label(record, name),
        masked=MASKS[name](getattr(record, name)),
    )


@transaction.atomic
def opened(
    request: SignedIn,
    household: Household,
    record: Record,
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
    if taken(user, now) >= settings.REVEALS_PER_HOUR:
        raise TooMany(f"一小时内最多查看 {settings.REVEALS_PER_HOUR} 个完整号码，请过一会儿再看。")
    note(request, household, record, name, reason=reason)
    return str(getattr(record, name))


def taken(user: User, now: datetime.datetime) -> int:
    """Full numbers that this person has been given in the last hour, on the screen and alone in files."""
    seen = TrailRow.objects.filter(actor=user, action=ACTION, outcome=Outcome.OK, at__gt=now - HOUR).count()
    return seen + FullExport.objects.alone(user, now - HOUR)


def note(
    request: HttpRequest,
    household: Household,
    record: Record,
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
            **({"帮扶责任人": record.name} if isinstance(record, Helper) else {}),
            "内容": label(record, name),
            "原因": reason,
        },
        outcome=outcome,
    )
