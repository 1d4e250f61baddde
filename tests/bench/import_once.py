"""One import of BENCH_FILE in a fresh register, timed: BENCH_ACT is import, trial or package."""

import os
import time
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.urls import get_resolver

from accounts.models import Duty, User
from accounts.roles import Role
from areas.models import ALWAYS, Area
from households.models import ImportBatch, ImportState, Person
from households.workbook import importing
from office import clock
from office.jobs import run_now
from office.models import JobState
from tests.bench.places import COUNTY


def clerk() -> User:
    user = get_user_model().objects.create(username="bench-import")
    Duty.objects.create(user=user, role=Role.DISTRICT, area=Area.objects.by_code(COUNTY), start_on=ALWAYS)
    return user


def imported(user: User, data: bytes) -> dict[str, int]:
    """As the command does it: taken in, checked, written with history, each a job."""
    assert user.home_area is not None
    batch = importing.take_in(user, user.home_area, "bench.xlsx", data, clock.moment())
    params = {"batch": str(batch.pk)}
    for kind in ("register-import-check", "register-import-apply"):
        if kind == "register-import-apply":
            assert ImportBatch.objects.get(pk=batch.pk).move(ImportState.READY, ImportState.APPLYING)
        job = run_now(kind, params=params, owner=user)
        assert job.state == JobState.DONE, job.error
    batch.refresh_from_db()
    return {"rows": batch.rows, "created": batch.created, "errors": batch.faults}


def tried(user: User, data: bytes) -> dict[str, int]:
    found = importing.compare(user, data, clock.today(), lambda *told: None)
    counts = found.counts()
    return {"rows": counts["rows"], "created": counts["created"], "errors": len(found.bad)}


def main() -> dict[str, Any]:
    user, data, act = clerk(), Path(os.environ["BENCH_FILE"]).read_bytes(), os.environ["BENCH_ACT"]
    # A worker has its pages' addresses from its first job on.
    get_resolver().url_patterns  # noqa: B018
    before, began = Person.objects.count(), time.perf_counter()
    found = (imported if act == "import" else tried)(user, data)
    took = time.perf_counter() - began
    return {**found, "seconds": took, "persons": Person.objects.count() - before}
