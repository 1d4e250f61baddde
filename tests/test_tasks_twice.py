"""A standing task that runs twice leaves what it left the first time (threats E10), whatever there is to do: in the
whole database the second run adds what says that it ran, and changes nothing. Every other kind of job is killed and
taken up again in a test of its own (delivered.py)."""

import json
from contextlib import nullcontext

import pytest
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Concat
from django.utils.module_loading import autodiscover_modules

from areas.models import Area
from office import clock, jobs, trail
from office.models import JobState
from tests import delivered
from tests.permission_objects import BUILDERS, World
from tests.test_threats import names_in
from tests.whole_database import left_since, whole

pytestmark = pytest.mark.django_db
# A run's own row of the jobs; of the second run's these differ: which it is, when it ran, how much there was to do.
OWN = {"id", "queued_at", "rung_at", "started_at", "finished_at", "heartbeat_at", "lease_token", "done_count", "total_count", "result"}  # fmt: skip
# Who tells the log at each run that it was there, under that name and without an object; these counts are effects.
SAYS = {
    "attachments-sweep": ("清理无主附件", ("删除",)),
    "duplicates": ("查找疑似重复", ("新发现", "已消除")),
    "register-check": ("夜间核查", ("四色变动户数", "新发现", "已消除", "重新出现")),
}


def run(kind: str) -> dict[str, object]:
    """The run's own row of the jobs."""
    row = jobs.run_now(kind, params={"period": jobs.PERIODS[jobs._periodic[kind]](clock.moment())})
    assert row.state == JobState.DONE, (kind, row.error)
    return jobs.Job.objects.filter(pk=row.pk).values().get()


def more_than_that_it_ran(kind: str, first: dict[str, object]) -> list[str]:
    """Runs it a second time; what it left beside what says so."""
    before = whole()
    second, left = run(kind), left_since(before)
    found = [f"{name} of the job" for name in second if name not in OWN and second[name] != first[name]]
    found += [f"changed {table}" for table, _ in left.gone]
    told = [row for table, row in left.added if table == "office_trailrow"]
    found += [f"added {table}" for table, _ in left.added if table not in ("office_job", "office_trailrow")]
    found += [f"{len(told)} rows of the log"] if len(told) > (kind in SAYS) else []
    found += ["another job"] if sum(table == "office_job" for table, _ in left.added) > 1 else []
    for row in told:
        said, effects = SAYS.get(kind, ("", ()))
        counts = json.loads(row["detail"])
        if row["action"] != said or row["subject_id"] or any(counts[name] for name in effects):
            found.append(f"{row['action']} {counts}")
    return found


def test_every_standing_task_has_one_effect_when_it_runs_twice(ground, cast, make_household):
    world = World(ground, cast, make_household)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, cast["district"])
    autodiscover_modules("jobs")
    assert len(jobs._periodic) >= 3
    first = {kind: run(kind) for kind in sorted(jobs._periodic)}
    found = {kind: more_than_that_it_ran(kind, row) for kind, row in first.items()}
    assert not {kind: more for kind, more in found.items() if more}


@pytest.mark.parametrize("more", ["演示 {}", "another job", "changed areas_area", ""])
def test_a_standing_task_with_a_second_effect_is_found(more, ground, monkeypatch):
    def careless(run, *, period):
        if more == "another job":
            jobs.Job.objects.create(kind="演示", queued_at=clock.now(), state=JobState.DONE)
        elif more:
            trail.record("演示", subject=ground.town)
        if more == "changed areas_area":
            Area.objects.filter(pk=ground.town.pk).update(name=Concat("name", Value("一")))

    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))
    monkeypatch.setattr(jobs, "_periodic", {"careless": "day"})
    jobs.job("careless", title="演示")(careless)
    found = more_than_that_it_ran("careless", run("careless"))
    assert more in found if more else not found


def test_every_other_kind_of_job_has_a_test_in_which_it_is_killed_and_taken_up_again():
    autodiscover_modules("jobs")
    ours = {kind for kind, job in jobs._kinds.items() if not job.function.__module__.startswith("tests.")}
    assert ours - set(jobs._periodic) == set(delivered.TESTS)
    named = [test.split("::") for test in delivered.TESTS.values()]
    assert not [(file, name) for file, name in named if name not in names_in(file)]


@pytest.mark.parametrize("early", [False, True])
def test_a_job_that_leaves_its_effect_before_it_ends_is_found(early, ground):
    """The area is renamed in the transaction that ends the job, or before it."""

    def rename(run, *, kind):
        with transaction.atomic():
            Area.objects.filter(pk=ground.town.pk).update(name=Concat("name", Value("一")))
            trail.record("演示")
            if not early:
                run.finish({})

    jobs.job("told-twice", title="演示")(rename)
    found = pytest.raises(AssertionError, match="the log tells") if early else nullcontext()
    try:
        with delivered.twice({"told-twice"}) as killed, found:
            done = jobs.run_now("told-twice", params={"kind": "演示"})
    finally:
        del jobs._kinds["told-twice"]
    assert killed == {"told-twice"}
    if not early:
        ground.town.refresh_from_db()
        assert done.state == JobState.DONE and ground.town.name.count("一") == 1
