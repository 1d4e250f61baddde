"""Builders of the permission table for what comes after an exit; see permission_objects.py."""

import datetime

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from audits.models import Lookback
from tests.conftest import make_user
from tests.permission_records import LONG_AGO, NOWHERE, Places, World

LATER = datetime.date(2018, 6, 1)


def lookback(world: World, asking: User) -> Places:
    """A sample of the own town with the one household there that left, and one of the foreign town."""
    ground = world.ground
    foreigner = make_user("foreign_town_clerk", Role.TOWN, ground.foreign_town)

    def of(village: Area, town: Area, by: User) -> tuple[int]:
        world.make_household(village=village).leave_poverty(on=LONG_AGO)
        facts = {"seed": "演示", "due_on": LATER, "on": LATER, "percent": 100}
        return (Lookback.draw(area=town, year=LONG_AGO.year, by=by, **facts).pk,)

    own = of(ground.village, ground.town, world.cast["town"])
    return Places(own, of(ground.foreign_village, ground.foreign_town, foreigner), (NOWHERE,))


def lookback_visit(world: World, asking: User) -> Places:
    samples = world.built["lookback"]

    def of(pk: int) -> tuple[int, int]:
        return pk, Lookback.objects.get(pk=pk).visits.get().pk

    return Places(of(*samples.own), of(*samples.foreign), (*samples.unknown, NOWHERE))
