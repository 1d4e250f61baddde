"""Builders of the permission table for what hangs on measures; see permission_objects.py."""

import uuid
from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from households.models import ImportState
from households.workbook.jobs import workbook_path
from measures.models import Enterprise, Measure, MeasureImport, MeasureWorkbook, Policy
from office import attachments
from office.sealed_file import SealedFile
from tests.office.handmade import png
from tests.permission_records import NOWHERE, Places, World


def enterprise(world: World, asking: User) -> Places:
    """Of the own village and of the other county's."""

    def of(area: Area) -> tuple[int]:
        return (Enterprise.objects.create(area=area, name="演示合作社", kind="合作社").pk,)

    return Places(of(world.ground.village), of(world.ground.foreign_village), (NOWHERE,))


def measure_file(world: World, asking: User) -> Places:
    """A photo of the measures that are there already."""

    def of(pk: int) -> tuple[int, int]:
        photo = attachments.check(SimpleUploadedFile("演示.png", png()))
        with attachments.on_disk(photo) as kept:
            assert kept is not None
            return pk, kept.bind(Measure.objects.get(pk=pk), by=None, at=timezone.now()).pk

    measures = world.built["measure"]
    return Places(of(*measures.own), of(*measures.foreign), (NOWHERE, NOWHERE))


def _of_two(world: World, asking: User, make: Callable[[User, Area], uuid.UUID]) -> Places:
    """One of whoever asks, in the own village; another's in the other county."""
    other = world.cast["outsider" if asking != world.cast["outsider"] else "other_town_user"]
    ground = world.ground
    own, foreign = make(asking, ground.village), make(other, ground.foreign_village)
    return Places((own,), (foreign,), (uuid.uuid4(),))


def measure_workbook(world: World, asking: User) -> Places:
    def of(owner: User, area: Area) -> uuid.UUID:
        policy = Policy.objects.get(code="AGE-80")
        made = MeasureWorkbook.objects.create(
            owner=owner, area=area, policy=policy, year=2018, made_at=timezone.now()
        )
        with SealedFile(workbook_path(made.pk), made.pk) as file:
            file.write(b"x")
        return made.pk

    return _of_two(world, asking, of)


def measure_import(world: World, asking: User) -> Places:
    """Waiting to be confirmed."""

    def of(owner: User, area: Area) -> uuid.UUID:
        made = MeasureImport.objects.create(
            owner=owner,
            area=area,
            file_name="措施.xlsx",
            checksum=uuid.uuid4().hex,
            state=ImportState.READY,
            uploaded_at=timezone.now(),
        )
        return made.pk

    return _of_two(world, asking, of)


BUILDERS = {
    "measure_workbook": measure_workbook,
    "measure_import": measure_import,
    "enterprise": enterprise,
    "measure_file": measure_file,
}
