"""Who else acts in the demonstration county: invented officials beside the ten accounts, without a sign-in.

Four eyes need distinct persons, and each village its own; so that the ten accounts stay free for what waits,
everything that has been done was done by these. All names carry 演示.
"""

import datetime
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from accounts.models import Duty, User
from accounts.roles import Role
from accounts.units import Unit
from areas.models import Area, Level
from areas.scope import AreaScope
from demo import people
from demo.accounts import SINCE

OF_A_TOWN = (Role.HELPER, Role.TOWN, Role.APPROVER)
# Of house renovation, which 住建 accepts.
UNIT = Unit.HOUSING
OF_THE_COUNTY = (Role.DISTRICT, Role.LEADER, Role.DEPARTMENT)


@dataclass
class Officials:
    """By role and id of the area they act in."""

    found: dict[tuple[str, int], User] = field(default_factory=dict)

    def of(self, role: str, area: Area) -> User:
        """Who acts by the role where the area lies; KeyError without anybody."""
        place: Area | None = area
        while place is not None:
            if (role, place.pk) in self.found:
                return self.found[role, place.pk]
            place = place.parent
        raise KeyError(f"{role} {area}")


def standing(county: Area, on: datetime.date) -> Officials:
    """Who holds what in the county on the day; those without a sign-in of their own before the accounts."""
    here = Duty.objects.filter(AreaScope.of([county]).area_q("area"), user__is_active=True).valid_on(on)
    found: dict[tuple[str, int], User] = {}
    for duty in here.select_related("user").order_by("pk"):
        key = (duty.role, duty.area_id)
        if key not in found or found[key].has_usable_password() > duty.user.has_usable_password():
            found[key] = duty.user
    return Officials(found)


def appoint(rng: random.Random, county: Area, villages: Iterable[Area]) -> Officials:
    """One of the village for each village, a team, a clerk and an approver a town, three at the county.

    The team of a town (helper) has a duty in each of its villages.
    """
    users: list[User] = []
    duties: list[Duty] = []
    held: list[tuple[str, Area, User]] = []

    def one(role: str, area: Area, places: Iterable[Area]) -> None:
        user = User(
            username=f"{role}-{area.code}",
            display_name=people.person_name(rng, rng.choice("男女")),
            password=make_password(None),
        )
        users.append(user)
        held.append((role, area, user))
        unit = UNIT if role == Role.DEPARTMENT else ""
        duties.extend(Duty(user=user, role=role, area=place, unit=unit, start_on=SINCE) for place in places)

    towns: dict[int, tuple[Area, list[Area]]] = {}
    for village in villages:
        if village.parent is None or village.level != Level.VILLAGE:
            raise ValueError(f"{village} is no village of a town")
        one(Role.VILLAGE, village, [village])
        towns.setdefault(village.parent.pk, (village.parent, []))[1].append(village)
    for town, its_villages in towns.values():
        for role in OF_A_TOWN:
            one(role, town, its_villages if role == Role.HELPER else [town])
    for role in OF_THE_COUNTY:
        one(role, county, [county])
    User.objects.bulk_create(users)
    Duty.objects.bulk_create(duties)
    return Officials({(role, area.pk): user for role, area, user in held})
