"""Builders of the permission table for projects, their money and what they leave; see permission_objects.py."""

import datetime
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from measures.models import Asset, AssetIncome, FundEntry, FundSource, Project, ProjectRecord, Sharing
from office import attachments
from office.attachments import Attachment
from tests.measures.project_world import BEGUN, at_works, enter
from tests.measures.project_world import source as opened
from tests.office.handmade import png
from tests.permission_records import NO_CODE, NOWHERE, Places, World

FORMED = datetime.date(2017, 5, 1)


def _both(world: World, make: Callable[[Area], Any]) -> Places:
    """What is made in the own village and in the foreign one."""
    own, foreign = (make(area).pk for area in (world.ground.village, world.ground.foreign_village))
    return Places((own,), (foreign,), (NOWHERE,))


def _second(world: World, of: str, make: Callable[[Any], Any]) -> Places:
    """What hangs on the records of another builder."""
    kept = world.built[of]
    return Places((make(kept.own[0]).pk,), (make(kept.foreign[0]).pk,), (NOWHERE,))


def project(world: World, asking: User) -> Places:
    """Of the unit of the cast's department."""
    return _both(world, lambda area: at_works(area, unit="民政"))


def source(world: World, asking: User) -> Places:
    """Of the villages themselves: who may see the project may see what it is paid from there."""
    return _both(world, opened)


def entry(world: World, asking: User) -> Places:
    money = {one.area_id: one for one in FundSource.objects.all()}

    def make(pk: int) -> FundEntry:
        given_to = Project.objects.get(pk=pk)
        return enter("分配", given_to, money[given_to.area_id], "100")

    return _second(world, "project", make)


def project_file(world: World, asking: User) -> Places:
    def make(pk: int) -> Attachment:
        facts = {"kind": "其他", "on": BEGUN, "unit": "演示", "text": "演示", "recorded_at": timezone.now()}
        record = ProjectRecord.objects.create(project_id=pk, **facts)
        checked = attachments.check(SimpleUploadedFile("会议记录.png", png()))
        with attachments.on_disk(checked) as kept:
            assert kept is not None
            return kept.bind(record, by=None, at=timezone.now())

    files = _second(world, "project", make)
    kept = world.built["project"]
    return Places(kept.own + files.own, kept.foreign + files.foreign, kept.unknown + files.unknown)


def asset(world: World, asking: User) -> Places:
    def make(pk: int) -> Asset:
        facts = {"owner": "演示村", "keeper": "演示", "operator": "演示公司", "formed_on": FORMED}
        of = Project.objects.get(pk=pk)
        return Asset.objects.create(
            project=of,
            area=of.area,
            name="演示大棚",
            kind="大棚",
            value=Decimal(1000),
            life_years=10,
            entered_at=timezone.now(),
            **facts,
        )

    return _second(world, "project", make)


def asset_income(world: World, asking: User) -> Places:
    def make(pk: int) -> AssetIncome:
        return AssetIncome.receive(
            Asset.objects.get(pk=pk),
            by=None,
            today=BEGUN,
            at=timezone.now(),
            once=uuid.uuid4(),
            year=2017,
            received_on=datetime.date(2017, 12, 1),
            amount=Decimal(300),
            payer="演示公司",
            voucher=uuid.uuid4().hex[:8],
        )

    return _second(world, "asset", make)


def sharing(world: World, asking: User) -> Places:
    """Among the households that the builders before have made in the two villages."""

    def make(pk: int) -> Sharing:
        income = AssetIncome.objects.get(pk=pk)
        return Sharing.propose(income, total=income.net, way="按户", first=None, by=None, on=BEGUN)

    return _second(world, "asset_income", make)


def county_year(world: World, asking: User) -> Places:
    """The district's own county: whoever may not manage its money is refused before any county is looked at."""
    ground = world.ground
    return Places(
        (ground.county.code, 2018), (ground.other_county.code, 2018), (NO_CODE, 2018), area_bound=False
    )


BUILDERS: dict[str, Callable[[World, User], Places]] = {
    "project": project,
    "source": source,
    "entry": entry,
    "project_file": project_file,
    "asset": asset,
    "asset_income": asset_income,
    "sharing": sharing,
    "county_year": county_year,
}
