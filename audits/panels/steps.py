"""The stage bar: every stage of the list's procedure, who did it and when, whose it is next, and its notice."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.roles import Role
from audits.models import AuditList, Decision, Notice, Verdict
from audits.procedures import Stage
from office.days import near

PAST, NOW, LATER = "past", "now", "later"


@dataclass(frozen=True)
class Step:
    """`said` and `posted` are the two lines under the label; `roles` who has the stage."""

    number: int
    stage: Stage
    state: str
    roles: str
    said: str
    posted: str
    late: bool = False


@dataclass(frozen=True)
class Steps:
    rows: Sequence[Step]

    @property
    def across(self) -> int:
        """Cells in a row of the bar: twelve stages stand in two rows of six."""
        count = len(self.rows)
        return count if count <= 6 else -(-count // 2)


def of(audit_list: AuditList, on: datetime.date) -> Steps:
    passed = _passed(audit_list)
    posted: dict[str, list[Notice]] = {}
    for notice in Notice.objects.filter(audit_list.lineage(), round=audit_list.round):
        posted.setdefault(notice.stage, []).append(notice)
    now = audit_list.procedure.place(audit_list.stage)
    rows = []
    for place, stage in enumerate(audit_list.procedure.stages):
        done = passed.get(stage.key) if place < now or not audit_list.is_open else None
        state = PAST if done or place < now else NOW if place == now and audit_list.is_open else LATER
        rows.append(
            Step(
                number=place + 1,
                stage=stage,
                state=state,
                roles="、".join(str(Role(role).label) for role in stage.roles),
                said=_said(audit_list, stage, state, done, on),
                posted=_posted(audit_list, stage, posted.get(stage.key, []), on),
                late=state == NOW and audit_list.due_on is not None and audit_list.due_on < on,
            )
        )
    return Steps(rows)


def _passed(audit_list: AuditList) -> dict[str, Decision]:
    """The decision that stands at each stage: the newest, of this list or before it was split off."""
    rows = Decision.objects.filter(audit_list.lineage(), verdict=Verdict.PASSED)
    return {row.stage: row for row in rows.select_related("by", "on_behalf_of").order_by("pk")}


def _said(audit_list: AuditList, stage: Stage, state: str, done: Decision | None, on: datetime.date) -> str:
    if done is not None:
        for_whom = f"（受{done.on_behalf_of}委托）" if done.on_behalf_of else ""
        return f"{done.by}{for_whom}　{near(done.decided_on, on)}"
    if state != NOW:
        return ""
    waited = (on - audit_list.stage_since).days
    said = f"已等 {waited} 天" if waited > 0 else "今天到这里"
    if audit_list.due_on is None:
        return said
    if audit_list.due_on < on:
        return f"{said}，应于{near(audit_list.due_on, on)}办完"
    return f"{said}，{'今天' if audit_list.due_on == on else near(audit_list.due_on, on)}到期"


def _posted(audit_list: AuditList, stage: Stage, notices: list[Notice], on: datetime.date) -> str:
    if stage.posting is None:
        return ""
    word = stage.posting.word
    if not notices:
        return f"{word} {audit_list.days_of(stage.key)} 天，未张贴"
    last = max(notices, key=lambda notice: notice.ends_on)
    if last.over(on):
        return f"{word}满 {last.days} 天　{near(last.ends_on, on)}"
    gone = max(0, (on - last.posted_on).days)
    return f"{word}第 {gone}/{last.days} 天　{near(last.ends_on, on)} 24:00 满"
