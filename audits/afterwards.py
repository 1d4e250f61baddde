"""What may follow an exit: 回退 by a list of its own, 返贫 as entry (domain §5)."""

import datetime
from typing import Any

from django.db import transaction

from audits import acting, procedures
from audits.models import AuditList, Entry
from audits.procedures import ListKind, Paper
from households.models import LEFT, Household, Kind, StatusEvent
from office.attachments import Checked

WAITS = {
    ListKind.REVERSAL: "本户的回退已经提出，还没有办结",
    ListKind.ENTRY: "本户的返贫已经提报，还没有办结",
}


def last_exit(household: Household) -> StatusEvent | None:
    """The exit that stands."""
    if household.exit_mark != LEFT or household.removed_on is not None:
        return None
    found: StatusEvent | None = (
        household.events.filter(kind=Kind.EXIT).select_related("recorded_by").order_by("on", "pk").last()
    )
    return found


def why_not_reverse(household: Household) -> str:
    """In a sentence, why its exit cannot be undone now; empty when it can be asked for."""
    if last_exit(household) is None:
        return "本户没有退出，不能回退。"
    return _waits(household, ListKind.REVERSAL)


def why_not_return(household: Household) -> str:
    if household.in_register:
        return "本户在册，不用提报返贫。"
    if last_exit(household) is None:
        return "本户没有退出过，或已经注销，不能按返贫提报。"
    return _waits(household, ListKind.ENTRY)


def may_reverse(user: Any, household: Household) -> bool:
    return not why_not_reverse(household) and _opens(user, household, ListKind.REVERSAL)


def may_return(user: Any, household: Household) -> bool:
    return not why_not_return(household) and _opens(user, household, ListKind.ENTRY)


def ask_reversal(
    household: Household, reason: str, document: str, file: Checked | None, *, by: Any, on: datetime.date
) -> AuditList:
    """A list of one, with its grounds, passed on to the district: it stands at the approval."""
    with transaction.atomic():
        opened = AuditList.open_list(
            kind=ListKind.REVERSAL, area=household.village, year=on.year, by=by, on=on
        )
        opened.add(household, by=by, on=on, reason=reason)
        opened.attach(Paper.REVERSAL_GROUNDS, file, by=by, on=on, note=document)
        opened.pass_stage(opened.stage, by=by, on=on)
        opened.refresh_from_db()
    return opened


def ask_return(household: Household, reason: str, standard: str, *, by: Any, on: datetime.date) -> AuditList:
    """On the entry list of the village that is being gathered, or on a new one."""
    first = procedures.current(ListKind.ENTRY, on).first
    with transaction.atomic():
        gathered = (
            AuditList.objects.open()
            .filter(kind=ListKind.ENTRY, area=household.village, year=on.year, stage=first.key, round=1)
            .order_by("pk")
            .last()
        )
        if gathered is None:
            gathered = AuditList.open_list(
                kind=ListKind.ENTRY, area=household.village, year=on.year, by=by, on=on
            )
        gathered.add(household, by=by, on=on, reason=reason, standard=standard)
    return gathered


def _waits(household: Household, kind: str) -> str:
    waiting = Entry.objects.standing().filter(household=household, kind=kind).exists()
    return f"{WAITS[ListKind(kind)]}。" if waiting else ""


def _opens(user: Any, household: Household, kind: str) -> bool:
    openers = procedures.TABLES[kind][-1].openers
    return bool(acting.role_in(user, openers, household.village))
