"""People of a busy morning in a copy of the register: sessions that write, names that sign in (P15, P16).

BENCH_PEOPLE district officials with one password; prints sessions of some, and households that are visited.
"""

import os
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from accounts.models import Duty
from accounts.roles import Role
from areas.models import ALWAYS, Area
from households.models import Household, Person
from tests.bench.facts import client
from tests.bench.places import COUNTY, PASSWORD

SESSIONS, VISITED, NAMES = 16, 2000, 50


def main() -> dict[str, Any]:
    county = Area.objects.by_code(COUNTY)
    users, hashed = get_user_model(), make_password(PASSWORD)
    people = [
        users(username=f"bench-crowd-{place}", display_name="演示", password=hashed)
        for place in range(int(os.environ["BENCH_PEOPLE"]))
    ]
    users.objects.bulk_create(people)
    Duty.objects.bulk_create(
        Duty(user=user, role=Role.DISTRICT, area=county, start_on=ALWAYS) for user in people
    )
    numbers = Household.objects.order_by("pk").values_list("number", flat=True)
    step = max(1, numbers.count() // VISITED)
    return {
        "sessions": [
            client(f"crowd-{place}", county).cookies["sessionid"].value for place in range(SESSIONS)
        ],
        "people": [user.username for user in people],
        "households": list(numbers[::step][:VISITED]),
        "names": list(Person.objects.order_by("pk").values_list("name", flat=True)[: NAMES * 37 : 37]),
    }
