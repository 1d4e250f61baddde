"""What constraints cannot say about the audits (design §2.5; threats F8); each function yields problems in Chinese.

Set-wise: a few statements and one pass over the lists at any size.
"""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q

from audits import procedures
from audits.models import AdjustmentWindow, AuditList, Decision, Entry, Notice, Objection, Seat, Verdict
from audits.models.setting import posting_days
from audits.procedures import ListKind
from households.models import Kind, Origin, StatusEvent
from office.days import written

BATCH = 500


def problems() -> Iterator[str]:
    yield from stages()
    yield from notices()
    yield from four_eyes()
    yield from exits()
    yield from closed_lists()
    yield from objections()


def stages() -> Iterator[str]:
    """A list stands where its last step led, its steps are dated in order, and each stage before was passed."""
    steps: dict[int, list[Decision]] = {}
    for decision in Decision.objects.order_by("pk").iterator(chunk_size=BATCH):
        steps.setdefault(decision.audit_list_id, []).append(decision)
    for audit_list in AuditList.objects.select_related("area").iterator(chunk_size=BATCH):
        own = steps.get(audit_list.pk, [])
        days = [decision.decided_on for decision in own]
        if days != sorted(days):
            yield f"{audit_list}：办理日期先后颠倒"
        moves = [each for each in own if each.verdict != Verdict.SPLIT]
        if moves and audit_list.is_open and moves[-1].to_stage != audit_list.stage:
            yield f"{audit_list}：所在环节与最后一次办理不一致"
        if audit_list.split_from_id is not None:
            continue
        place = 0
        procedure = audit_list.procedure
        for decision in moves:
            if decision.stage != procedure.stages[place].key:
                yield f"{audit_list}：{decision.stage_label}没有按顺序办理"
                break
            place = procedure.place(decision.to_stage) if decision.to_stage else len(procedure.stages)


def notices() -> Iterator[str]:
    """Whole days of the stage (C104), and no stage passed before its notice was over."""
    rows = Notice.objects.select_related("audit_list__area")
    passed = {
        (decision.audit_list_id, decision.stage, decision.round): decision.decided_on
        for decision in Decision.objects.filter(verdict=Verdict.PASSED).iterator(chunk_size=BATCH)
    }
    for notice in rows.iterator(chunk_size=BATCH):
        audit_list = notice.audit_list
        wanted = posting_days(audit_list.procedure, notice.stage, audit_list.county_rules)
        if notice.short() or notice.days < wanted:
            yield f"{audit_list}：{notice}不足{wanted}天"
        on = passed.get((audit_list.pk, notice.stage, notice.round))
        if on is not None and not notice.over(on):
            yield f"{audit_list}：{notice}没有满期就通过了"


def four_eyes() -> Iterator[str]:
    """Nobody decided at two stages of a list, nor (except 评议) on what they entered (C105)."""
    binding = Decision.objects.filter(binding=True).order_by()
    twice = binding.values("audit_list", "by").annotate(stages=Count("stage", distinct=True))
    for row in twice.filter(stages__gt=1):
        yield f"名单{row['audit_list']}：同一人作了两个环节的决定"
    own = {
        (kind, stage.key)
        for kind, versions in procedures.TABLES.items()
        for procedure in versions
        for stage in procedure.stages
        if stage.own
    }
    entered = Entry.objects.filter(audit_list=OuterRef("audit_list"), entered_by=OuterRef("person"))
    for seat in Seat.objects.filter(Exists(entered)).select_related("audit_list__area"):
        if (seat.audit_list.kind, seat.stage) not in own:
            yield f"{seat.audit_list}：录入人自己作了决定"


def exits() -> Iterator[str]:
    """An exit by 审核 is one of a list, on its day, inside a window; an objection never stood open over it."""
    audited = StatusEvent.objects.filter(kind=Kind.EXIT, origin=Origin.REVIEW, audit_entry__isnull=True)
    for event in audited.select_related("household").iterator(chunk_size=BATCH):
        yield f"户{event.household}：{written(event.on)}的退出没有名单"
    done = Entry.objects.filter(kind=ListKind.HOUSEHOLD_EXIT, event__isnull=False)
    window = AdjustmentWindow.objects.filter(
        county=OuterRef("event__county"),
        opens_on__lte=OuterRef("event__on"),
        closes_on__gte=OuterRef("event__on"),
    )
    for entry in done.filter(~Exists(window)).select_related("household"):
        yield f"户{entry}：不在开放调整期销号"
    for entry in done.exclude(event__on=F("closed_on")).select_related("household"):
        yield f"户{entry}：退出日期与名单办结日期不一致"
    for entry in done.exclude(event__on__year=F("audit_list__year")).select_related("household"):
        yield f"户{entry}：退出年度与名单年度不一致"
    open_ones = Objection.objects.open().filter(entry=OuterRef("pk"))
    for entry in done.filter(Exists(open_ones)).select_related("household"):
        yield f"户{entry}：有异议没有办结就退出了"


def closed_lists() -> Iterator[str]:
    """A closed list has nothing standing, an open one has."""
    standing = Entry.objects.standing().filter(audit_list=OuterRef("pk"))
    rows = AuditList.objects.select_related("area")
    for audit_list in rows.filter(Q(closed_at__isnull=False), Exists(standing)):
        yield f"{audit_list}：已经办结，还有没有办结的户（村）"


def objections() -> Iterator[str]:
    """What is said of an entry stands on the entry's own list, and what hangs names an entry for each row."""
    moved = Objection.objects.open().filter(entry__isnull=False).exclude(audit_list=F("entry__audit_list"))
    for objection in moved.select_related("entry__household", "entry__area"):
        yield f"{objection.entry}：异议不在这一户（村）所在的名单上"
    for notice in Notice.objects.exclude(entry_keys=[]).iterator(chunk_size=BATCH):
        if len(notice.entry_keys) != len(notice.sheet):
            yield f"{notice}：公示表的行数与名单不一致"
