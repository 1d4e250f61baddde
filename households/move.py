"""A village passes to another town (or takes another code): one act, with its register (domain §1).

It stands with the register because its households move with it. The old area is closed with the new one
as its successor; lists that are running, and every figure of the past, keep the old area.
"""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Sum

from areas.models import Area, Level
from households.models import ClosedYear, Conflict, Household, Load, Origin, StatusEvent
from villages.models import KeyVillage, Village

CARRIED = (
    "kind",
    "deep_poverty_village",
    "village_officer",
    "village_officer_phone",
    "information_officer",
    "village_council",
    "helping_unit",
    "demonstration",
)


def move_village(
    village: Area,
    town: Area,
    *,
    code: str,
    on: datetime.date,
    by: Any = None,
    reason: str = "",
    recorded_at: datetime.datetime | None = None,
) -> Area:
    """Closes the village on the day, opens it in the town under `code`, and moves its households.

    Each household that is not cancelled gets a 转出/转入 pair. Returns the new area. Raises ValidationError
    when a household or the key village has a later event, the year is closed, or the village is closed or in that town already.
    """
    if village.level != Level.VILLAGE or town.level != Level.TOWN or village.parent_id == town.pk:
        raise ValidationError("请选择另一个镇（街道）")
    if village.valid_to is not None or town.valid_to is not None:
        raise ValidationError("村（居）或镇（街道）已经停用")
    entry = {"by": by, "reason": reason, "origin": Origin.DESK}
    if recorded_at is not None:
        entry["recorded_at"] = recorded_at
    if Area.objects.filter(code=code, valid_to__isnull=True).exists():
        raise ValidationError(f"区划代码{code}已在用")
    with transaction.atomic():
        new = Area.objects.create(
            level=Level.VILLAGE, parent=town, code=code, name=village.name, valid_from=on
        )
        # Fetched anew, so that a refusal leaves the caller's object as it was.
        Area.objects.get(pk=village.pk).close(on=on, successor=new)
        _carry_over(village, new)
        for key in KeyVillage.objects.filter(area=village):
            key.move_to(new, on=on, by=by, recorded_at=recorded_at, reason=reason)
        staying = Household.objects.filter(village=village, removed_on__isnull=True)
        households = list(staying.select_for_update().select_related("village", "town", "county"))
        counties = {town.parent_id, *(household.county_id for household in households)}
        ClosedYear.hold({(county, on.year) for county in counties if county is not None})
        load = Load(closed=ClosedYear.places())
        for household in households:
            household.move_to(new, on=on, load=load, **entry)
        _write(staying, households, load, new, on, by)
    village.refresh_from_db()
    return new


def _carry_over(village: Area, new: Area) -> None:
    """The village's record goes on under the new area; its yearly facts stay with the old one."""
    for record in Village.objects.filter(area=village):
        Village.objects.create(area=new, **{name: getattr(record, name) for name in CARRIED})


def _write(
    staying: Any, households: list[Household], load: Load, new: Area, on: datetime.date, by: Any
) -> None:
    """All at once; the versions tell whether anybody changed one of them since they were read."""
    moved = Household.objects.filter(pk__in=[household.pk for household in households])
    read = sum(household.version for household in households)
    found = staying.update(
        village=new,
        town=new.parent_id,
        county=households[0].county_id if households else None,
        last_event_on=on,
        version=F("version") + 1,
    )
    written = moved.aggregate(total=Sum("version"))["total"] or 0
    if found != len(households) or written != read + len(households):
        raise Conflict("村内有户刚刚由别人办理过，请重新办理")
    for household in households:
        household.version += 1
    StatusEvent.objects.bulk_create(load.events, batch_size=500)
    Household.history.bulk_history_create(
        households, batch_size=500, update=True, default_user=by, default_change_reason="转入"
    )
