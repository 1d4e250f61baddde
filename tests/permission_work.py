"""Objects of the permission table that are records of people and work (villages.work): one of the own village and one of
the other county, and a paper of each."""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from office import attachments
from reporting.models import ReportSchedule, SchedulePeriod, TownAssessment
from tests.office.handmade import png
from tests.permission_records import LONG_AGO, NO_CODE, NOWHERE, Places, World
from villages.models import (
    Inspection,
    KeyVillage,
    Letter,
    PlanItem,
    Post,
    Rectification,
    Responsibility,
    Town,
    WorkEvent,
)

DUE = datetime.date(2018, 12, 20)
# Of 民政, so that the department of the cast has them too.
FACTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "post": (
        Post,
        {
            "kind": "第一书记",
            "name": "演示书记",
            "unit": "演示局",
            "phone": "13800009999",
            "start_on": LONG_AGO,
        },
    ),
    "inspection": (
        Inspection,
        {
            "kind": "驻村督查",
            "on": LONG_AGO,
            "body": "演示督查室",
            "inspectors": "演示员",
            "inspected": "演示工作队",
            "grade": "好",
            "findings": "演示在岗",
        },
    ),
    "work": (
        WorkEvent,
        {"kind": "典型人物", "on": LONG_AGO, "title": "演示典型", "host": "演示镇", "content": "演示事迹"},
    ),
    "letter": (
        Letter,
        {"year": 2018, "tier": "镇街—村", "giver": "演示镇", "taker": "演示村", "tasks": "演示任务"},
    ),
    "yearly_plan": (
        PlanItem,
        {"year": 2018, "part": "时间表", "text": "演示安排", "holder": "演示员", "due_on": DUE},
    ),
    "responsibility": (
        Responsibility,
        {"year": 2018, "unit": "民政", "holder": "演示局", "text": "演示事项", "due_on": DUE},
    ),
    "rectification": (
        Rectification,
        {"source": "督查", "problem": "演示问题", "unit": "民政", "holder": "演示局", "due_on": DUE},
    ),
}


def _builder(key: str) -> Callable[[World, User], Places]:
    model, facts = FACTS[key]

    def build(world: World, asking: User) -> Places:
        def of(area: Area) -> tuple[int]:
            return (model.objects.create(area=area, recorded_at=timezone.now(), **facts).pk,)

        return Places(of(world.ground.village), of(world.ground.foreign_village), (NOWHERE,))

    return build


def _file_builder(key: str) -> Callable[[World, User], Places]:
    model, _ = FACTS[key]

    def build(world: World, asking: User) -> Places:
        def of(pk: int) -> tuple[int, int]:
            checked = attachments.check(SimpleUploadedFile("演示.png", png()))
            with attachments.on_disk(checked) as kept:
                assert kept is not None
                return pk, kept.bind(model.objects.get(pk=pk), by=None, at=timezone.now()).pk

        there = world.built[key]
        return Places(of(*there.own), of(*there.foreign), (NOWHERE, NOWHERE))

    return build


def office(world: World, asking: User) -> Places:
    """Of the own town; who holds a village of it only does not reach it."""
    for area in (world.ground.town, world.ground.foreign_town):
        Town.objects.get_or_create(area=area)
    return Places((world.ground.town.code,), (world.ground.foreign_town.code,), (NO_CODE,), area_bound=True)


def key_village(world: World, asking: User) -> Places:
    """Key villages on the ground of the villages that were built before."""
    for area in (world.ground.village, world.ground.foreign_village):
        KeyVillage.designate(area=area, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None)
    return world.built["village"]


def assessment(world: World, asking: User) -> Places:
    """Of the own town and of one of the other county, not settled."""
    runs = world.built["run"]

    def of(area: Area, run: Any) -> tuple[int]:
        facts = {"run_id": run, "year": 2017, "drawn_at": timezone.now()}
        return (TownAssessment.objects.create(area=area, **facts).pk,)

    own, foreign = world.ground.village, world.ground.foreign_village
    return Places(of(own, *runs.own), of(foreign, *runs.foreign), (NOWHERE,))


def schedule(world: World, asking: User) -> Places:
    """Of the own village and of one of the other county, each with a period whose report is there."""
    runs, day = world.built["run"], datetime.date(2018, 9, 3)

    def of(area: Area, run: Any) -> tuple[int]:
        facts = {"kind": "causes", "rhythm": "month", "since": day, "owner": asking, "set_at": timezone.now()}
        made = ReportSchedule.objects.create(area=area, **facts)
        period = {"key": "2018-09", "as_of": day, "taken_at": timezone.now(), "run_id": run}
        SchedulePeriod.objects.create(schedule=made, **period)
        return (made.pk,)

    own, foreign = world.ground.village, world.ground.foreign_village
    return Places(of(own, *runs.own), of(foreign, *runs.foreign), (NOWHERE,))


def schedule_period(world: World, asking: User) -> Places:
    """The periods of those schedules."""
    made = world.built["schedule"]

    def of(pk: int) -> tuple[int]:
        return (SchedulePeriod.objects.get(schedule=pk).pk,)

    return Places(of(*made.own), of(*made.foreign), (NOWHERE,))


WORK = {
    "office": office,
    "key_village": key_village,
    **{key: _builder(key) for key in FACTS},
    **{f"{key}_file": _file_builder(key) for key in FACTS},
}
