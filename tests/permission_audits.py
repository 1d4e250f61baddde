"""Builders of the permission table for audits; see permission_objects.py.

A list that the one who asks may see by role: departments see house renovations only, helpers none of those.
"""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from areas.models import Area
from audits.models import AdjustmentWindow, AuditList, Decision, Delegation, Evidence, Verdict
from audits.procedures import ListKind, Paper
from households.models import Household
from office import attachments
from office.attachments import Attachment
from tests.conftest import make_user
from tests.office.handmade import png
from tests.permission_records import LONG_AGO, NOWHERE, Places, World


def audit_list(world: World, asking: User) -> Places:
    """One at its first stage with a household on it, in the own village and in the foreign one."""
    kind = ListKind.RENOVATION if asking.role == Role.DEPARTMENT else ListKind.HOUSEHOLD_EXIT
    foreigner = make_user("foreign_village_clerk", Role.VILLAGE, world.ground.foreign_village)

    def of(number: str, area: Area, by: User) -> tuple[int]:
        opened = AuditList.open_list(kind=kind, area=area, year=2018, by=by, on=LONG_AGO)
        opened.add(Household.objects.get(number=number), by=by, on=LONG_AGO)
        return (opened.pk,)

    homes, ground = world.built["household"], world.ground
    own = of(*homes.own, ground.village, world.cast["town"])
    foreign = of(*homes.foreign, ground.foreign_village, foreigner)
    return Places(own, foreign, (NOWHERE,))


def audit_entry(world: World, asking: User) -> Places:
    """The household on each of them."""

    def of(pk: int) -> tuple[int, int]:
        return pk, AuditList.objects.get(pk=pk).entries.get().pk

    lists = world.built["audit_list"]
    return Places(of(*lists.own), of(*lists.foreign), (*lists.unknown, NOWHERE))


def audit_decision(world: World, asking: User) -> Places:
    """A step of each, with what was frozen."""

    def of(pk: int) -> tuple[int, int]:
        audit_list = AuditList.objects.get(pk=pk)
        made = Decision.objects.create(
            audit_list=audit_list,
            stage="appraisal",
            stage_label="民主评议",
            round=1,
            verdict=Verdict.PASSED,
            binding=True,
            decided_on=LONG_AGO,
            recorded_at=timezone.now(),
            entries=1,
            list_version=1,
        )
        facts = {"income": "5000.00", "line": 3579, "members": []}
        made.facts.create(entry=audit_list.entries.get(), facts=facts, result=0)
        return pk, made.pk

    lists = world.built["audit_list"]
    return Places(of(*lists.own), of(*lists.foreign), (*lists.unknown, NOWHERE))


def delegation(world: World, asking: User) -> Places:
    """One's own; that of two strangers lies elsewhere."""

    def of(principal: User, area: Area) -> tuple[int]:
        deputy = make_user(f"deputy_{principal.username}")
        given = Delegation.objects.create(
            principal=principal,
            deputy=deputy,
            area=area,
            start_on=LONG_AGO,
            end_on=LONG_AGO,
            reason="出差",
            recorded_at=timezone.now(),
        )
        return (given.pk,)

    stranger = make_user("stranger_principal", Role.VILLAGE, world.ground.foreign_village)
    ground = world.ground
    return Places(of(asking, ground.village), of(stranger, ground.foreign_village), (NOWHERE,))


def window(world: World, asking: User) -> Places:
    """Of the county that the own village lies in, which all who work there read."""

    def of(county: Area) -> tuple[int]:
        days = {"opens_on": LONG_AGO, "closes_on": LONG_AGO}
        at = timezone.now()
        return (AdjustmentWindow.objects.create(county=county, source="演示", recorded_at=at, **days).pk,)

    return Places(of(world.ground.county), of(world.ground.other_county), (NOWHERE,))


def audit_evidence(world: World, asking: User) -> Places:
    """A paper of each list, with its scan."""

    def of(pk: int) -> tuple[int, int]:
        audit_list = AuditList.objects.get(pk=pk)
        by = audit_list.opened_by
        with attachments.on_disk(attachments.check(SimpleUploadedFile("a.png", png()))) as file:
            return pk, audit_list.attach(Paper.OTHER, file, by=by, on=LONG_AGO).pk

    lists = world.built["audit_list"]
    return Places(of(*lists.own), of(*lists.foreign), (*lists.unknown, NOWHERE))


def audit_evidence_file(world: World, asking: User) -> Places:
    """The scan of each paper, addressed through it."""
    papers = world.built["audit_evidence"]

    def of(places: tuple[int, ...]) -> tuple[int, ...]:
        return *places, Attachment.objects.on(Evidence, [places[-1]]).get().pk

    return Places(of(papers.own), of(papers.foreign), (*papers.unknown, NOWHERE))
