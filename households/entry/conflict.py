"""Two editors of one household: what the other changed beside what was typed, and the two put together.

A field that only the other changed follows the other; one that both changed keeps what was typed here, and
the page shows both. What was there before comes from the history as of the moment the sheet was opened.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import QueryDict

from households.entry.fields import MASKS
from households.entry.member_form import PREFIX, MemberForm
from households.entry.sheet import Sheet
from households.models import Person
from households.record import written


@dataclass(frozen=True)
class Difference:
    """One field: what is saved now, what was typed here, and whether both changed it."""

    label: str
    theirs: str
    mine: str
    both: bool


def opened_at(data: QueryDict, otherwise: datetime.datetime) -> datetime.datetime:
    """When the sheet was opened, as it says itself: it only helps to tell who changed what."""
    try:
        opened = datetime.datetime.fromisoformat(data.get("opened", ""))
    except ValueError:
        return otherwise
    return opened if opened.tzinfo else otherwise


def put_together(sheet: Sheet, opened: datetime.datetime) -> tuple[QueryDict, list[Difference]]:
    """What was typed with the other's changes in it, ready to be shown again, and the list of them."""
    assert sheet.data is not None
    data, found = sheet.data.copy(), []
    for form in [sheet.household_form, *sheet.members.forms, *sheet.year_forms]:
        if form.instance.pk:
            found += list(_of_form(form, _before(form.instance, opened), data))
    shown = {form.instance.pk for form in sheet.members.forms if form.instance.pk}
    for person in sheet.members.saved.values():
        if person.pk not in shown:
            found.append(Difference("新成员", person.name, "", False))
            _append(person, sheet, data)
    data["version"] = str(sheet.household.version)
    return data, found


def _before(record: Model, opened: datetime.datetime) -> Any:
    """The record as it was when the sheet was opened; None when its history does not say."""
    return (
        type(record)
        .history.filter(id=record.pk, history_date__lte=opened)  # type: ignore[attr-defined]
        .order_by("-history_date", "-history_id")
        .first()
    )


def _of_form(form: Any, before: Any, data: QueryDict) -> list[Difference]:
    found = []
    whose = f"{form.instance.name}　" if isinstance(form, MemberForm) else ""
    saved = type(form)._meta.model._default_manager.get(pk=form.instance.pk)
    for name in form._meta.fields:
        if name not in form.fields:
            continue
        now = getattr(saved, name)
        then = getattr(before, name) if before is not None else None
        if before is not None and then == now:
            continue
        field, key = form.fields[name], form.add_prefix(name)
        typed = field.widget.value_from_datadict(data, None, key)
        mask = MASKS.get(name)
        if not field.has_changed(mask(now) if mask else now, typed):
            continue
        mine_changed = before is None or field.has_changed(mask(then) if mask else then, typed)
        if not mine_changed:
            _put(data, key, mask(now) if mask else now)
        found.append(
            Difference(
                f"{whose}{field.label}",
                mask(now) if mask else written(now),
                (mask(str(typed)) if mask else _shown(typed)) if mine_changed else "",
                mine_changed,
            )
        )
    return found


def _shown(typed: Any) -> str:
    if isinstance(typed, list | tuple):
        return "、".join(typed)
    return {"True": "是", "False": "否"}.get(str(typed), str(typed or ""))


def _put(data: QueryDict, key: str, value: Any) -> None:
    if value is None or value == "":
        data.setlist(key, [])
    elif isinstance(value, list | tuple):
        data.setlist(key, [str(one) for one in value])
    else:
        data.setlist(key, [str(value)])


def _append(person: Person, sheet: Sheet, data: QueryDict) -> None:
    """A member whom the other added gets a row of its own."""
    place = int(data.get(f"{PREFIX}-TOTAL") or 0)
    data[f"{PREFIX}-{place}-number"] = person.number
    form = MemberForm(instance=person, day=sheet.day)
    for name in form.fields:
        if name != "number":
            _put(data, f"{PREFIX}-{place}-{name}", form[name].value())
    data[f"{PREFIX}-TOTAL"] = str(place + 1)
