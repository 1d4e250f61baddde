"""What a stage does to the register when it passes: by the register's own methods, an entry each.

The exit event is written here and nowhere else (domain §5).
"""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from audits.leaving import leave_together
from audits.models.entry import Entry, Outcome
from audits.models.house_case import HouseCase, account_of
from audits.procedures import Act
from households.models import Household
from villages.models import KeyVillage


def carry_out(
    act: str, entries: Sequence[Entry], *, by: Any, on: datetime.date, at: datetime.datetime, title: str
) -> None:
    """Raises ValidationError, with the entry it is about, when the register refuses: then nothing is written."""
    if act == Act.FIX_SIZE:
        fix_sizes(entries)
        return
    if act == Act.LEAVE:
        leave_together(entries, by=by, on=on, at=at, title=title)
        return
    for entry in entries:
        try:
            values = ACTS[Act(act)](entry, by, on, at, title)
        except ValidationError as refusal:
            raise ValidationError([f"{entry}：{said}" for said in refusal.messages]) from refusal
        if not Entry.objects.standing().filter(pk=entry.pk).update(**values):
            raise ValidationError(f"{entry}已经办结")


def fix_sizes(entries: Sequence[Entry]) -> None:
    """核定家庭人口数: what the areas are measured by, fixed with the district's approval (R135)."""
    for entry in entries:
        case = entry.house_case
        case.household_size = case.persons
        case.save(update_fields=["household_size"])


def remove_cap(entry: Entry, by: Any, on: datetime.date, at: datetime.datetime, title: str) -> dict[str, Any]:
    village = KeyVillage.objects.of(entry.area).get()
    event = village.remove_cap(on=on, by=by, recorded_at=at, reason=title)
    return {**Entry.ended(Outcome.CAP_REMOVED, by, on, at), "village_event": event}


def enter(entry: Entry, by: Any, on: datetime.date, at: datetime.datetime, title: str) -> dict[str, Any]:
    """纳入 of who was never on the register, 返贫 of who left it."""
    household = _household(entry)
    reason = (entry.reason or title)[:200]
    if household.registered_on is None:
        event = household.register(on=on, by=by, recorded_at=at, reason=reason)
        return {**Entry.ended(Outcome.ENTERED, by, on, at), "event": event}
    event = household.return_to_poverty(on=on, standard=entry.standard, by=by, recorded_at=at, reason=reason)
    return {**Entry.ended(Outcome.RETURNED, by, on, at), "event": event}


def reverse(entry: Entry, by: Any, on: datetime.date, at: datetime.datetime, title: str) -> dict[str, Any]:
    event = _household(entry).reverse_exit(on=on, by=by, recorded_at=at, reason=entry.reason)
    return {**Entry.ended(Outcome.REVERSED, by, on, at), "event": event}


def pay(entry: Entry, by: Any, on: datetime.date, at: datetime.datetime, title: str) -> dict[str, Any]:
    """The case says what was paid (house_case.wrong has held it against the cost); the entry ends with it.

    The account is kept as it was on the day, by its last digits: the register's may change later.
    """
    account = account_of(_household(entry))
    if not HouseCase.objects.filter(entry=entry, paid_on__isnull=False).update(paid_to=account):
        raise ValidationError("没有填拨付日期")
    return Entry.ended(Outcome.PAID, by, on, at)


def _household(entry: Entry) -> Household:
    """Read anew: the list may have waited long."""
    return Household.objects.select_related("village", "town", "county").get(pk=entry.household_id)


ACTS = {
    Act.REMOVE_CAP: remove_cap,
    Act.ENTER: enter,
    Act.REVERSE: reverse,
    Act.PAY: pay,
}
