"""A standing task that runs twice leaves what it left the first time (threats E10), whatever there is to do."""

import hashlib
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.utils.module_loading import autodiscover_modules

from office import clock, jobs
from office.models import JobState
from tests.permission_objects import BUILDERS, World

pytestmark = pytest.mark.django_db
# What says that a task ran at all.
OF_THE_RUN = {"office_job", "office_trailrow", "office_pulse", "office_dueperiod"}


def state() -> dict[str, str]:
    """A digest of each table's rows."""
    found = {}
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            if name in OF_THE_RUN or name.startswith(("django_", "auth_", "axes_")):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows = sorted(json.dumps(row, cls=DjangoJSONEncoder, default=str) for row in cursor.fetchall())
            found[name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def test_every_standing_task_has_one_effect_when_it_runs_twice(ground, cast, make_household):
    world = World(ground, cast, make_household)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, cast["district"])
    autodiscover_modules("jobs")
    assert len(jobs._periodic) >= 3
    once = {}
    for again in (False, True):
        for kind, every in sorted(jobs._periodic.items()):
            period = jobs.PERIODS[every](clock.moment())
            row = jobs.run_now(kind, params={"period": period})
            assert row.state == JobState.DONE, (kind, row.error)
        if not again:
            once = state()
    after = state()
    assert not [name for name in once if once[name] != after[name]]
