"""Builders of the permission table for what hangs on measures; see permission_objects.py."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from areas.models import Area
from measures.models import Enterprise, Measure
from office import attachments
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


BUILDERS = {"enterprise": enterprise, "measure_file": measure_file}
