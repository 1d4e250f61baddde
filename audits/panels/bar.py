"""The decision bar: whether this user may pass the list now, what is missing, and what follows if it passes."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from areas.models import Level
from audits import acting, facts, wanting
from audits.models import AdjustmentWindow, AuditList, Entry
from audits.panels.entries import Entries, Row
from audits.procedures import Act, Stage
from office.days import near

# What is said of a list as a whole → where on the page (or off it) it is mended.
PLACES = (
    ("异议", "#objections"),
    ("验收", "#acceptance"),
    ("入户抽查", "#acceptance"),
    ("公示", "#clock"),
    ("公告", "#clock"),
    ("缺", "#papers"),
    ("没有附扫描件", "#papers"),
)
NAMED = 8


@dataclass(frozen=True)
class Lack:
    """Something that is missing, in words, with the entries it is about and the place where it is mended."""

    text: str
    rows: Sequence[Row] = ()
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """`barred`: why it is not this user's to do; `lacks`: what must be there before the list passes."""

    barred: str
    lacks: Sequence[Lack]
    may_send_back: bool
    follows: Sequence[tuple[str, str]] = field(default_factory=list)

    @property
    def ready(self) -> bool:
        return not self.barred and not self.lacks


def of(audit_list: AuditList, user: User, on: datetime.date, entries: Entries) -> Bar:
    barred = whose(audit_list, user, on)
    first = audit_list.stage == audit_list.procedure.first.key
    back = audit_list.is_open and not first and not audit_list.procedure.acted_before(audit_list.stage)
    lacks = _lacks(audit_list, missing(audit_list, on), entries)
    return Bar(barred, lacks, back and not barred, follows(audit_list, on, entries))


def whose(audit_list: AuditList, user: User, on: datetime.date) -> str:
    """Why the user may not do the stage at which the list stands; empty for who may."""
    if not audit_list.is_open:
        return "名单已经办结"
    if Capability.AUDIT_ACT not in user.capabilities():
        return "当前任职只能查看"
    step = audit_list.step
    try:
        actor = acting.require(user, step.roles, audit_list.area, on, step.label)
        acting.four_eyes(audit_list, step, actor)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def missing(audit_list: AuditList, on: datetime.date) -> list[str]:
    """What the machine would refuse the list for today, in its words."""
    return missing_of([audit_list], on)[audit_list.pk]


def missing_of(lists: Sequence[AuditList], on: datetime.date) -> dict[int, list[str]]:
    """The same of several lists, by id: their entries are read and judged together."""
    entries: dict[int, list[Entry]] = {audit_list.pk: [] for audit_list in lists}
    for entry in Entry.objects.standing().with_subject().filter(audit_list__in=entries):
        entries[entry.audit_list_id].append(entry)
    judging = [each for each in lists if each.is_open and (each.step.decision or each.step.criteria)]
    found = facts.judged_together([(each, entries[each.pk]) for each in judging], on)
    said: dict[int, list[str]] = {}
    for audit_list in lists:
        said[audit_list.pk] = []
        if not audit_list.is_open:
            continue
        try:
            wanting.check(audit_list, audit_list.step, entries[audit_list.pk], on, found)
        except ValidationError as refusal:
            said[audit_list.pk] = list(refusal.messages)
    return said


def _lacks(audit_list: AuditList, messages: Sequence[str], entries: Entries) -> list[Lack]:
    """What is said of single entries stands beneath their rows already: here they are named once."""
    named = {str(row.entry): row for row in entries.rows}
    about = {row.entry.pk: row for said in messages if (row := named.get(said.split("：")[0]))}
    found = []
    if about:
        rows = sorted(about.values(), key=lambda row: row.number)
        unit = "个村" if entries.of_villages else "户"
        found.append(Lack(f"还有 {len(rows)} {unit}没有下结论或者不达标：", rows[:NAMED]))
    for said in messages:
        if said.split("：")[0] not in named:
            found.append(Lack(said, url=_place(audit_list, said)))
    return found


def _place(audit_list: AuditList, said: str) -> str:
    if "开放调整期" in said:
        return reverse("audits:windows")
    return next((place for word, place in PLACES if word in said), "#entries")


def follows(audit_list: AuditList, on: datetime.date, entries: Entries) -> list[tuple[str, str]]:
    """如果今天通过: what happens, as (what, when or how); nothing for a list that is closed."""
    if not audit_list.is_open:
        return []
    step = audit_list.step
    following = audit_list.procedure.after(step.key)
    unit = "个村" if entries.of_villages else "户"
    found = []
    if step.act is not None:
        found.append((Act(step.act).label, _acted(step, on, entries, unit)))
    if following is None:
        found.append(("名单", "办结"))
    elif following.posting is not None:
        found += _posting(audit_list, following, on)
    else:
        found.append((following.label, f"{near(on, on)}起"))
        if following.window:
            found.append(("开放调整期", _window(audit_list, on)))
    if following is not None and following.single and entries.households > 1:
        found.append(("拆单", f"{entries.households} {unit}各成一单"))
    if step.decision:
        found.append(
            (
                "冻结",
                "判定依据（人口、收入、标准、结论）随决定留存" if entries.judged else "条目情况随决定留存",
            )
        )
        found.append(("回避", "办理人以后不能在这份名单的其他环节做决定"))
    return found


def _acted(step: Stage, on: datetime.date, entries: Entries, unit: str) -> str:
    persons = f" {entries.persons} 人" if entries.persons else ""
    if step.act == Act.FIX_SIZE:
        return f"{entries.households} {unit}按现有家庭人口数核定"
    return f"{entries.households} {unit}{persons}，日期 {near(on, on)}，不能再退回"


def _posting(audit_list: AuditList, stage: Stage, on: datetime.date) -> list[tuple[str, str]]:
    posting = stage.posting
    if posting is None:
        return []
    days = audit_list.days_of(stage.key)
    first, last = (on + datetime.timedelta(days=more) for more in (1, days))
    places = "、".join(str(Level(level).label) for level in posting.places)
    found = [(posting.word, f"今天张贴（{places}）：{near(first, on)}至{near(last, on)} 24:00")]
    after = audit_list.procedure.after(stage.key)
    if after is not None:
        found.append((after.label, f"{near(last + datetime.timedelta(days=1), on)}起"))
    return found


def _window(audit_list: AuditList, on: datetime.date) -> str:
    windows = AdjustmentWindow.objects.filter(county=audit_list.county, withdrawn_at__isnull=True)
    coming = windows.filter(closes_on__gte=on).order_by("opens_on").first()
    if coming is None:
        return "还没有登记，不能销号"
    return f"{near(coming.opens_on, on)}至{near(coming.closes_on, on)}"
