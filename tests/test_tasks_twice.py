"""A standing task that runs twice leaves what it left the first time (threats E10), whatever there is to do; every
other kind of job is killed and taken up again in a test of its own (delivered.py)."""

import hashlib
import json

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.module_loading import autodiscover_modules

from areas.models import Area
from office import clock, jobs, trail
from office.models import JobState
from tests import delivered
from tests.permission_objects import BUILDERS, World
from tests.test_threats import names_in

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


def test_every_other_kind_of_job_has_a_test_in_which_it_is_killed_and_taken_up_again():
    autodiscover_modules("jobs")
    ours = {kind for kind, job in jobs._kinds.items() if not job.function.__module__.startswith("tests.")}
    assert ours - set(jobs._periodic) == set(delivered.TESTS)
    named = [test.split("::") for test in delivered.TESTS.values()]
    assert not [(file, name) for file, name in named if name not in names_in(file)]


@pytest.mark.parametrize("effects", [1, 2])
def test_a_job_that_leaves_its_effect_before_it_ends_is_found(effects, ground):
    """The area is renamed in the transaction that ends the job, or before it."""

    def rename(run, *, kind):
        with transaction.atomic():
            Area.objects.filter(pk=ground.town.pk).update(name=Concat("name", Value("一")))
            trail.record("演示")
            if effects == 1:
                run.finish({})

    jobs.job("told-twice", title="演示")(rename)
    try:
        with delivered.twice({"told-twice"}) as killed:
            done = jobs.run_now("told-twice", params={"kind": "演示"})
    finally:
        del jobs._kinds["told-twice"]
    ground.town.refresh_from_db()
    assert killed == {"told-twice"} and done.state == JobState.DONE
    assert ground.town.name.count("一") == effects
