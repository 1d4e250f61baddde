"""Builders of the permission table for notices, objections, papers and archives; see permission_objects.py."""

import datetime
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from audits import posting
from audits.models import AuditList, ListArchive, Notice, Objection
from audits.procedures import ListKind
from office import attachments
from office.attachments import Attachment
from office.sealed_file import SealedFile
from tests.office.handmade import png
from tests.permission_records import LONG_AGO, NOWHERE, Places, World

TODAY = datetime.date(2018, 11, 20)
A_WEEK = datetime.timedelta(days=7)


def _hung(audit_list: AuditList, on: datetime.date, by: User) -> Notice:
    stage = next(audit_list.procedure.postings())
    assert stage.posting is not None
    facts: dict[str, Any] = {
        "word": stage.posting.word,
        "level": stage.posting.places[0],
        "place": "村务公开栏",
        "telephone": "0632-6610000",
    }
    entry = audit_list.entries.select_related("household", "area__parent").get()
    return Notice.objects.create(
        audit_list=audit_list,
        stage=stage.key,
        round=audit_list.round,
        posted_on=on,
        days=7,
        ends_on=on + A_WEEK,
        sheet=posting.sheet([entry]),
        entry_keys=[entry.pk],
        posted_by=by,
        recorded_at=timezone.now(),
        **facts,
    )


def audit_notice(world: World, asking: User) -> Places:
    """Over for long, with its photo."""
    lists = world.built["audit_list"]

    def of(pk: int) -> tuple[int, int]:
        notice = _hung(AuditList.objects.get(pk=pk), LONG_AGO, world.cast["village"])
        with attachments.on_disk(attachments.check(SimpleUploadedFile("a.png", png()))) as photo:
            assert photo is not None
            photo.bind(notice, by=None, at=timezone.now())
        return pk, notice.pk

    return Places(of(*lists.own), of(*lists.foreign), (*lists.unknown, NOWHERE))


def audit_notice_photo(world: World, asking: User) -> Places:
    kept = world.built["audit_notice"]
    own, foreign = (
        Attachment.objects.on(Notice, [places[1]]).get().pk for places in (kept.own, kept.foreign)
    )
    return Places((*kept.own, own), (*kept.foreign, foreign), (*kept.unknown, NOWHERE))


def public_notice(world: World, asking: User) -> Places:
    """One that hangs today, and one that is over: which is not there for anybody."""
    ground = world.ground
    village = world.make_household(village=ground.village, on=None)
    opened = AuditList.open_list(
        kind=ListKind.ENTRY, area=ground.village, year=2018, by=world.cast["town"], on=LONG_AGO
    )
    opened.add(village, by=world.cast["town"], on=LONG_AGO, reason="演示")
    over = _hung(opened, LONG_AGO, world.cast["village"])
    Notice.objects.filter(pk=over.pk).update(level="town")
    hangs = _hung(opened, TODAY, world.cast["village"])
    AuditList.objects.filter(pk=opened.pk).update(stage=hangs.stage)
    return Places((hangs.token,), (over.token,), ("nothing",), area_bound=False)


def objection(world: World, asking: User) -> Places:
    lists = world.built["audit_list"]

    def of(pk: int) -> tuple[int]:
        made = Objection.objects.create(
            audit_list_id=pk,
            entry=AuditList.objects.get(pk=pk).entries.get(),
            stage="proposal",
            text="收入不实",
            contact="13900005678",
            raised_on=LONG_AGO,
            due_on=LONG_AGO + A_WEEK,
            taken_up_on=LONG_AGO,
            recorded_at=timezone.now(),
        )
        return (made.pk,)

    return Places(of(*lists.own), of(*lists.foreign), (NOWHERE,))


def audit_paper(world: World, asking: User) -> Places:
    lists = world.built["audit_list"]
    exit_list = AuditList.objects.get(pk=lists.own[0]).kind == ListKind.HOUSEHOLD_EXIT
    return lists.and_then("proposal" if exit_list else "application")


def list_archive(world: World, asking: User) -> Places:
    """The own ones; of a list that is not one's to see there is none."""
    lists, now = world.built["audit_list"], timezone.now()

    def of(pk: int) -> tuple[uuid.UUID]:
        made = ListArchive.objects.create(
            audit_list_id=pk, owner=asking, list_version=1, asked_at=now, made_at=now
        )
        with SealedFile(made.path, made.pk) as file:
            file.write(b"x")
        return (made.pk,)

    return Places(of(*lists.own), of(*lists.foreign), (uuid.uuid4(),))
