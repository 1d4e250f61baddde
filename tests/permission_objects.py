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

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from households.models import (
    Helper,
    Household,
    ImportBatch,
    ImportState,
    RegisterWorkbook,
    Shock,
    Visit,
    Watch,
)
from households.workbook.jobs import workbook_path
from office import attachments
from office.findings import Finding, Found, Subject, reconcile
from office.jobs import run_now
from office.models import Job
from reporting.jobs import parameters
from reporting.models import PlanTable, ReportRun
from tests.conftest import make_user
from tests.office.handmade import png
from villages.models import Village, VillageYear

LONG_AGO = datetime.date(2018, 3, 1)
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


def finding(world: World, asking: User) -> Places:
    """A warning that waits, of a household of the own village and of one of the other county."""

    def of(number: str, area: Area) -> tuple[int]:
        subject = Subject("households.household", str(Household.objects.get(number=number).pk), area.pk)
        found = Found("C085", "warning", "没有帮扶责任人", "1")
        reconcile([subject], {subject: [found]}, datetime.date(2018, 11, 20))
        return (Finding.objects.get(subject_id=subject.id).pk,)

    homes = world.built["household"]
    ground = world.ground
    return Places(of(*homes.own, ground.village), of(*homes.foreign, ground.foreign_village), (NOWHERE,))


def _of_households(world: World, make: Callable[[Household], Any]) -> Places:
    """A record of the own household and of the foreign one, addressed through its household."""
    kept = world.built["household"]
    own, foreign = (make(Household.objects.get(number=places[0])).pk for places in (kept.own, kept.foreign))
    return Places((*kept.own, own), (*kept.foreign, foreign), (*kept.unknown, NOWHERE))


def helper(world: World, asking: User) -> Places:
    facts = {"phone": "13900005678", "unit_name": "演示局", "affiliation": "县", "start_on": LONG_AGO}
    return _of_households(world, lambda of: Helper.objects.create(household=of, name="演示帮", **facts))


def visit(world: World, asking: User) -> Places:
    """With a photo, recorded by who asks: others may not strike it out."""

    def make(of: Household) -> Visit:
        facts = {"visited_on": LONG_AGO, "way": "入户走访", "visitor": "演示帮", "notes": "查看"}
        made = Visit.objects.create(household=of, recorded_by=asking, **facts)
        with attachments.on_disk(attachments.check(SimpleUploadedFile("a.png", png()))) as photo:
            assert photo is not None
            photo.bind(made, by=asking, at=timezone.now())
        return made

    return _of_households(world, make)


def shock(world: World, asking: User) -> Places:
    facts = {"kind": "自然灾害", "happened_on": LONG_AGO}
    return _of_households(world, lambda of: Shock.objects.create(household=of, **facts))


def watch(world: World, asking: User) -> Places:
    assured = dict.fromkeys(("education_assured", "housing_assured", "water_assured", "health_assured"), True)
    facts = {"kind": "突发严重困难户", "identified_on": LONG_AGO, "risks": ("因病",), **assured}
    return _of_households(world, lambda of: Watch.objects.create(household=of, **facts))


def import_batch(world: World, asking: User) -> Places:
    """The own one, waiting to be confirmed; another's in the other county."""

    def of(owner: User, area: Area) -> tuple[uuid.UUID]:
        made = ImportBatch.objects.create(
            owner=owner,
            area=area,
            file_name="采集.xlsx",
            checksum=uuid.uuid4().hex,
            state=ImportState.READY,
            uploaded_at=timezone.now(),
        )
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    return Places(of(asking, ground.village), of(other, ground.foreign_village), (uuid.uuid4(),))


def workbook(world: World, asking: User) -> Places:
    def of(owner: User, area: Area) -> tuple[uuid.UUID]:
        made = RegisterWorkbook.objects.create(owner=owner, area=area, year=2018, made_at=timezone.now())
        workbook_path(made.pk).parent.mkdir(parents=True, exist_ok=True)
        workbook_path(made.pk).write_bytes(b"x")
        return (made.pk,)

    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    return Places(of(asking, ground.village), of(other, ground.foreign_village), (uuid.uuid4(),))


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
    "finding": finding,
    "helper": helper,
    "visit": visit,
    "shock": shock,
    "watch": watch,
    "import_batch": import_batch,
    "workbook": workbook,
    "plan": plan,
    "plan_file": plan_file,
    "report_kind": report_kind,
    "run": run,
    "run_file": run_file,
}
