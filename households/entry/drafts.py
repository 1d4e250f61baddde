"""The half-filled sheet of one user, kept on the server until it is saved (at most seven days)."""

import datetime
import json

from django.db import IntegrityError, transaction
from django.http import QueryDict

from accounts.models import User
from areas.models import Area
from households.models import EntryDraft, Household

DAYS_KEPT = 7
MOST_CHARACTERS = 200_000
# Not what was typed: a draft opened later gets them anew.
LEFT_OUT = ("csrfmiddlewaretoken", "action")


def found(user: User, household: Household) -> EntryDraft | None:
    """The user's own draft of this household, or of a new one."""
    return _of(user, household).first()


def keep(user: User, household: Household, area: Area, data: QueryDict, at: datetime.datetime) -> bool:
    """Replaces the draft; False when it is too long to be one household."""
    typed = {name: values for name, values in data.lists() if name not in LEFT_OUT}
    content = json.dumps(typed, ensure_ascii=False)
    if len(content) > MOST_CHARACTERS:
        return False
    draft = found(user, household)
    if draft is None:
        draft = EntryDraft(owner=user, household=household if household.pk else None)
    draft.area, draft.content, draft.saved_at = area, content, at
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:
        # Two pages of one user saved at once: the later one is kept.
        draft = _of(user, household).get()
        draft.area, draft.content, draft.saved_at = area, content, at
        draft.save()
    return True


def typed_in(draft: EntryDraft) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in json.loads(draft.content).items():
        data.setlist(name, values)
    return data


def drop(user: User, household: Household | None) -> None:
    _of(user, household).delete()


def expire(now: datetime.datetime) -> int:
    """Deletes what nobody came back for; returns how many."""
    count, _ = EntryDraft.objects.filter(saved_at__lt=now - datetime.timedelta(days=DAYS_KEPT)).delete()
    return count


def _of(user: User, household: Household | None):  # type: ignore[no-untyped-def]
    """A draft of an area that the user no longer has is not found."""
    mine = EntryDraft.objects.visible_to(user).filter(owner=user)
    return mine.filter(household=household if household is not None and household.pk else None)
