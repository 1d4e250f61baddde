"""Arguments for the URLs of the permission table: of an object in the own area, elsewhere, and of none.

Objects of the own area stand in `ground.village`, which lies in the scope of every business role of the cast;
those elsewhere in the other county.
"""

import datetime
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from office.jobs import run_now
from office.models import Job
from reporting.jobs import parameters
from reporting.models import PlanTable, ReportRun
from tests.conftest import make_user
from villages.models import Village, VillageYear

NOWHERE, NO_CODE = 10**9, "999999999999"


@dataclass(frozen=True)
class Places:
    """URL arguments. `area_bound`: whose scope does not cover the own one gets 404, not 403."""

    own: tuple[Any, ...] = ()
    foreign: tuple[Any, ...] = ()
    unknown: tuple[Any, ...] = ()
    area_bound: bool = True

    def and_then(self, *more: Any) -> "Places":
        """The same places with further arguments behind."""
        return Places(self.own + more, self.foreign + more, self.unknown + more, self.area_bound)


@dataclass(frozen=True)
class World:
    """What a builder may use; `built`: the places of the builders before it."""

    ground: SimpleNamespace
    cast: dict[str, User]
    make_household: Callable[..., Any]
    built: dict[str, Places] = field(default_factory=dict)


def user(world: World, asking: User) -> Places:
    stranger = make_user("stranger", Role.DISTRICT, world.ground.other_county)
    return Places((world.cast["outsider"].pk,), (stranger.pk,), (NOWHERE,), area_bound=False)


def duty(world: World, asking: User) -> Places:
    own, foreign = world.cast["helper"], make_user("foreign_clerk", Role.TOWN, world.ground.foreign_town)
    return Places(
        (own.pk, own.duties.get().pk),
        (foreign.pk, foreign.duties.get().pk),
        (own.pk, NOWHERE),
        area_bound=False,
    )


def job(world: World, asking: User) -> Places:
    """The own ones; those of everybody else lie elsewhere."""

    def of(owner: User) -> tuple[uuid.UUID]:
        key, at = uuid.uuid4().hex, timezone.now()
        return (Job.objects.create(kind="any", title="演示事项", key=key, owner=owner, queued_at=at).pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    return Places(of(asking), of(other), (uuid.uuid4(),), area_bound=False)


def village(world: World, asking: User) -> Places:
    for area in (world.ground.village, world.ground.foreign_village):
        people = {"households": 300, "population": 900, "rural_population": 880}
        VillageYear.objects.create(village=Village.objects.create(area=area), year=2017, **people)
    return Places((world.ground.village.code,), (world.ground.foreign_village.code,), (NO_CODE,))


def village_year(world: World, asking: User) -> Places:
    return world.built["village"].and_then(2017)


def household(world: World, asking: User) -> Places:
    own = world.make_household(village=world.ground.village)
    foreign = world.make_household(village=world.ground.foreign_village)
    return Places((own.number,), (foreign.number,), (NO_CODE,))


def plan(world: World, asking: User) -> Places:
    """Two tables of one figure; a plan is seen in its area, above it and below it."""

    def of(area: Area) -> tuple[int]:
        table = PlanTable.objects.create(
            name=f"{area}滚动规划", version=1, area=area, checksum="0" * 64, imported_at=timezone.now()
        )
        figure = {"group": "脱贫", "measure": "脱贫人口", "standard": "省定", "year": "2016", "value": "7"}
        table.cells.create(place=0, line=2, area_name=area.name, area=area, **figure)
        return (table.pk,)

    return Places(of(world.ground.county), of(world.ground.other_county), (NOWHERE,))


def plan_file(world: World, asking: User) -> Places:
    return world.built["plan"].and_then("csv")


def report_kind(world: World, asking: User) -> Places:
    """Kinds are no secret: an unknown one is the only address that does not exist."""
    return Places(("exit-tally",), ("nothing",), ("nothing",), area_bound=False)


def run(world: World, asking: User) -> Places:
    def of(area: Area) -> tuple[uuid.UUID]:
        done = run_now("report", params=parameters("exit-tally", area, 2017, datetime.date(2018, 11, 20)))
        return (uuid.UUID(done.result["run"]),)

    return Places(of(world.ground.village), of(world.ground.foreign_village), (uuid.uuid4(),))


def run_file(world: World, asking: User) -> Places:
    def of(pk: uuid.UUID) -> tuple[uuid.UUID]:
        return (ReportRun.objects.get(pk=pk).files.get(format="csv").pk,)

    runs = world.built["run"]
    return Places(of(*runs.own), of(*runs.foreign), (uuid.uuid4(),))


# In this order: a builder may stand on those before it.
BUILDERS: dict[str, Callable[[World, User], Places]] = {
    "user": user,
    "duty": duty,
    "job": job,
    "village": village,
    "village_year": village_year,
    "household": household,
    "plan": plan,
    "plan_file": plan_file,
    "report_kind": report_kind,
    "run": run,
    "run_file": run_file,
}
