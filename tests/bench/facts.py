"""What the measuring needs to know of one size: sessions, addresses at half depth, names and numbers to look for.

Here too: statements per page (P4).
"""

import base64
import json
import random
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models import Count, F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Duty
from accounts.roles import Role
from areas.models import ALWAYS, Area, Level
from households.models import Household, Person, StatusEvent
from tests.bench.places import COUNTY
from villages.models import Village

SOUGHT = 4
BACKEND = "django.contrib.auth.backends.ModelBackend"
# Address, rows, order of its key: the lists that page by key and grow with the register.
LISTS: list[tuple[str, dict[str, str], models.QuerySet, tuple[str, ...]]] = [
    ("/households/", {}, Household.objects.all(), ("number",)),
    ("/households/", {"sort": "village"}, Household.objects.all(), ("village__code", "number")),
    ("/households/", {"sort": "-persons"}, Household.objects.all(), ("-member_count", "number")),
    ("/households/events/", {}, StatusEvent.objects.all(), ("-on", "-pk")),
    ("/villages/", {}, Village.objects.all(), ("area__code", "pk")),
]


def client(name: str, area: Area) -> Client:
    user, made = get_user_model().objects.get_or_create(username=f"bench-{name}")
    if made:
        Duty.objects.create(
            user=user, role=Role.DISTRICT if name == "province" else Role.TOWN, area=area, start_on=ALWAYS
        )
    found = Client(SERVER_NAME="127.0.0.1")
    found.force_login(user, backend=BACKEND)
    found.get("/households/")
    return found


def address(path: str, **query: str) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def key_of(rows: models.QuerySet, order: tuple[str, ...], place: int) -> str:
    """The `after` of a page that begins behind the row at this place."""
    names = [name.lstrip("-") for name in order]
    row = rows.order_by(*order).values_list(*(F(name) for name in names))[place]
    values = [value if isinstance(value, int | str) else str(value) for value in row]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def depths() -> list[tuple[str, str]]:
    """(first page, page at half depth) of each list."""
    found = []
    for path, query, rows, order in LISTS:
        middle = key_of(rows, order, rows.count() // 2)
        found.append((address(path, **query), address(path, **query, after=middle)))
    return found


def statements(visitor: Client, town: Area) -> list[dict[str, Any]]:
    """Statements of a page with 50 rows and of one with 5, of every list."""
    found = []
    for path, query, rows, order in LISTS:
        within = rows.in_area(town)  # type: ignore[attr-defined]
        total, counts = within.count(), []
        for left in (min(total - 1, 55), 5):
            after = key_of(within, order, max(0, total - left - 1))
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert visitor.get(path, {**query, "area": town.code, "after": after}).status_code == 200
            counts.append(len(seen))
        found.append({"page": address(path, **query), "many": counts[0], "few": counts[1]})
    return found


def main() -> dict[str, Any]:
    county = Area.objects.by_code(COUNTY)
    province = county.at(Level.PROVINCE)
    assert province is not None
    busiest = Household.objects.values("town").annotate(n=Count("pk")).order_by("-n", "town").first()
    assert busiest
    town = Area.objects.get(pk=busiest["town"])
    whole, local = client("province", province), client("town", town)
    chance = random.Random(1)
    first = Person.objects.order_by("pk").values_list("pk", flat=True)[0]
    count = Person.objects.count()
    people = list(
        Person.objects.filter(pk__in=chance.sample(range(first, first + count), SOUGHT * 3), present=True)[
            :SOUGHT
        ]
    )
    return {
        "households": Household.objects.count(),
        "province": whole.cookies["sessionid"].value,
        "local": local.cookies["sessionid"].value,
        "town": town.code,
        "depths": depths(),
        "statements": statements(whole, town),
        "names": [person.name for person in people],
        "numbers": [person.id_number for person in people],
    }
