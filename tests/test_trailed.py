"""The net under the trail (trailed.py) catches what it is for, and every name of a row has a test that writes it."""

import uuid

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from areas.models import Area
from households import line_forms
from measures.stages import STEPS
from office import jobs, trail
from office.models import Job, JobState
from tests import trail_names, trailed
from tests.test_threats import names_in
from villages.work.kinds import KINDS

# What the sources take from a table: who reads them is told what stands there.
FROM_TABLES = {
    "households/views/lines.py: form.action": [
        form.action for form in vars(line_forms).values() if isinstance(getattr(form, "action", None), str)
    ],
    "measures/views/project_steps.py: f'项目{chosen.label}'": [
        f"项目{step.label}" for step in STEPS.values()
    ],
    "villages/views/work.py: f'登记{kind.thing}'": [f"登记{kind.thing}" for kind in KINDS.values()],
    "villages/views/work.py: f'作废{kind.thing}'": [f"作废{kind.thing}" for kind in KINDS.values()],
    "villages/views/work.py: step.action": [act.action for kind in KINDS.values() for act in kind.acts],
    "villages/views/work_import.py: f'导入{kind.title}'": [
        f"导入{kind.title}" for kind in KINDS.values() if kind.imports
    ],
}


def waiting_job(owner) -> Job:
    return Job.objects.create(
        kind="any", title="演示", key=uuid.uuid4().hex, owner=owner, queued_at=timezone.now()
    )


def test_a_page_that_writes_and_tells_nobody_is_found(signed_in, cast, monkeypatch):
    with trailed.watched() as watch:
        monkeypatch.setattr(trail, "record", lambda *told, **more: None)
        address = reverse("accounts:job-cancel", args=[waiting_job(cast["town"]).pk])
        assert signed_in("town").post(address).status_code == 303
        monkeypatch.undo()
    assert watch.found == ["POST accounts:job-cancel: ['office_job']"]


def test_a_page_that_tells_is_not(signed_in, cast):
    with trailed.watched() as watch:
        address = reverse("accounts:job-cancel", args=[waiting_job(cast["town"]).pk])
        assert signed_in("town").post(address).status_code == 303
        assert signed_in("town").get("/jobs/").status_code == 200
    assert watch.found == [] and watch.told == ["取消任务"]


@pytest.mark.parametrize("tells", [True, False])
def test_a_job_that_writes_and_tells_nobody_is_found(ground, tells):
    def rename(run):
        with transaction.atomic():
            Area.objects.filter(pk=ground.town.pk).update(name="演示新镇")
            if tells:
                trail.record("演示")

    jobs.job("told-nobody", title="演示")(rename)
    try:
        with trailed.watched() as watch:
            assert jobs.run_now("told-nobody", params={}).state == JobState.DONE
    finally:
        del jobs._kinds["told-nobody"]
    assert watch.found == ([] if tells else ["job told-nobody: ['areas_area']"])


@pytest.mark.parametrize("together", [True, False])
def test_a_row_in_another_transaction_takes_nothing_back(ground, together):
    """Beside each other, in one after the other, or without any."""
    with trailed.written() as tables:
        with transaction.atomic():
            Area.objects.filter(pk=ground.town.pk).update(name="演示新镇")
            if together:
                trail.record("演示")
        if not together:
            with transaction.atomic():
                trail.record("演示")
    assert trailed.untold(tables) == (set() if together else {"areas_area"})
    with trailed.written() as tables:
        Area.objects.filter(pk=ground.town.pk).update(name="演示镇")
        trail.record("演示")
    assert trailed.untold(tables) == {"areas_area"}


def test_every_name_of_a_row_has_a_test_that_writes_it():
    """And every test of the table exists; that it writes the row, its own run shows (conftest.py)."""
    read = trail_names.every_name()
    unread = {name.removeprefix("? ") for name in read if name.startswith("? ")}
    assert unread == set(FROM_TABLES)
    names = {name for name in read if not name.startswith("? ")}
    names |= {name for told in FROM_TABLES.values() for name in told}
    assert len(names) > 200
    assert names == set(trailed.actions())
    named = {tuple(test.partition("[")[0].split("::")) for test in trailed.actions().values()}
    assert not [(file, name) for file, name in named if name not in names_in(file)]


def test_a_test_of_the_table_that_does_not_write_its_row_is_found(monkeypatch):
    monkeypatch.setattr(trailed, "of_tests", lambda: {"tests/test_x.py::test_y": {"演示", "登录"}})
    assert trailed.missing("tests/test_x.py::test_y", trailed.Watch(told=["登录"])) == ["演示"]
    assert trailed.missing("tests/test_x.py::test_z", trailed.Watch()) == []


def test_a_name_is_followed_to_whoever_hands_it_over():
    """A constant, a choice of two, a parameter, what a parameter is where nobody says, a module's own word."""
    assert {
        "取消任务",
        "启用用户",
        "停用用户",
        "受理咨询",
        "查看贫困户",
        "查看完整号码",
    } <= trail_names.every_name()
