"""What the audits ask of somebody today: lists that wait, notices that end, objections, what is overdue or doubtful."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, QuerySet
from django.urls import reverse

from accounts.models import User
from audits import facts, waiting, wanting
from audits.days import written
from audits.lists import MINE, OBJECTED, OVERDUE, POSTED, totals
from audits.models import Answer, AuditList, Entry, Notice, Objection
from audits.procedures import ListKind
from households.record import head_names
from office.listing import kept_a_minute

NAMED = 3
# Of what waits for one person so many entries are judged for the desk; the lists themselves judge every one.
JUDGED = 1500
SOON = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Task:
    count: int
    what: str
    which: str
    url: str
    word: str


@dataclass(frozen=True)
class Doubt:
    """One reason and the entries it is about, as (entry, name)."""

    reason: str
    entries: Sequence[tuple[Entry, str]]


def waiting_lists(user: User, on: datetime.date) -> QuerySet:
    """Lists that the user may pass on now, but for those whose sheet still hangs."""
    return AuditList.objects.visible_to(user).filter(waiting.mine(user, on)).exclude(waiting.posted(on))


def tasks(user: User, on: datetime.date) -> list[Task]:
    """Kinds of work, each with its count; what waits most urgently first, empty ones with their 0."""
    visible = AuditList.objects.visible_to(user)
    mine = waiting_lists(user, on)
    found = [_overdue(visible, on), _ending(visible, on)]
    found += [_waiting(kind, mine.filter(kind=kind), on) for kind in ListKind if kind in _kinds_of(user)]
    found += [_objections(visible, on), _doubtful(mine, on)]
    return found


def _kinds_of(user: User) -> set[str]:
    return {
        kind
        for kind, _, stage in waiting.stages()
        if {duty.role for duty in user.valid_duties()} & set(stage.roles)
    }


def _waiting(kind: ListKind, lists: QuerySet, on: datetime.date) -> Task:
    keys = list(lists.order_by("stage_since", "pk").select_related("area")[:NAMED])
    count = lists.count()
    which = f"没有待办的{kind.label}名单。"
    if count:
        entries, persons = totals(lists)
        longest = (on - lists.aggregate(first=Min("stage_since"))["first"]).days
        named = "、".join(f"{one.area.name}（{one.step.label}）" for one in keys)
        more = "等" if count > len(keys) else ""
        size = f"{entries} 个村" if kind == ListKind.VILLAGE_EXIT else f"{entries} 户 {persons} 人"
        which = f"{size}，最长已等 {longest} 天：{named}{more}"
    url = f"{reverse('audits:list')}?state={MINE}&kind={kind}"
    return Task(count, f"待我办理　{kind.label}", which, url, "去办理")


def _ending(visible: Any, on: datetime.date) -> Task:
    sheets = Notice.objects.filter(audit_list__in=visible.open().order_by().values("pk"), ends_on__gte=on)
    soon = list(sheets.filter(ends_on__lte=on + SOON).select_related("audit_list__area").order_by("ends_on"))
    running = sheets.count()
    which = f"在公示公告的 {running} 榜，今明两天没有期满的。" if running else "没有在公示公告的名单。"
    if soon:
        named = "、".join(
            f"{one.audit_list.area.name}{one.word}（{'今天' if one.ends_on == on else '明天'} 24:00）"
            for one in soon[:NAMED]
        )
        which = f"{named}{'等' if len(soon) > NAMED else ''}；在公示公告的共 {running} 榜"
    return Task(len(soon), "公示公告将满", which, f"{reverse('audits:list')}?state={POSTED}", "去查看")


def _objections(visible: Any, on: datetime.date) -> Task:
    rows = Objection.objects.open().filter(audit_list__in=visible.order_by().values("pk"))
    first = rows.select_related("audit_list__area").order_by("due_on").first()
    count, which = rows.count(), "没有未办结的异议。"
    if first is not None:
        due = "今天到期" if first.due_on == on else f"{written(first.due_on, on)}到期"
        late = rows.filter(due_on__lt=on).count()
        which = f"最早的在{first.audit_list.area.name}，{due}" + (f"；超期 {late} 件" if late else "")
    return Task(count, "异议未办结", which, f"{reverse('audits:list')}?state={OBJECTED}", "去办理")


def _overdue(visible: Any, on: datetime.date) -> Task:
    rows = visible.overdue(on)
    named = [
        f"{one.area.name}{one.get_kind_display()}（{one.step.label}，应于{written(one.due_on, on)}）"
        for one in rows.order_by("due_on").select_related("area")[:NAMED]
    ]
    count = rows.count()
    which = "、".join(named) + ("等" if count > len(named) else "") if named else "没有超期的名单。"
    return Task(count, "名单超期", which, f"{reverse('audits:list')}?state={OVERDUE}", "去查看")


def _doubtful(mine: QuerySet, on: datetime.date) -> Task:
    lists = mine.filter(kind__in=(ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT))
    found: list[tuple[str, int]] = []
    if lists.exists():
        found = kept_a_minute(
            lists.order_by(),
            f"doubts {on}",
            lambda: [(each.reason, len(each.entries)) for each in doubts(lists, on)],
        )
    which = "；".join(f"{reason} {count}" for reason, count in found[:NAMED]) or "待办名单里没有存疑的。"
    return Task(
        sum(count for _, count in found), "存疑待下结论", which, reverse("audits:doubtful"), "去看原因"
    )


def doubts(lists: QuerySet, on: datetime.date) -> list[Doubt]:
    """Why entries of these lists cannot go on, most frequent reason first; an answered concern is none."""
    reasons: dict[str, list[Entry]] = {}
    left = JUDGED
    for audit_list in lists.select_related("area").order_by("stage_since", "pk"):
        entries = list(Entry.objects.standing().with_subject().filter(audit_list=audit_list.pk)[:left])
        left -= len(entries)
        for entry, said in _said(audit_list, entries, on):
            reasons.setdefault(said, []).append(entry)
        if left <= 0:
            break
    names = head_names(
        entry.household_id for rows in reasons.values() for entry in rows if entry.household_id
    )
    found = [
        Doubt(said, [(entry, names.get(entry.household_id or 0, "") or str(entry)) for entry in rows])
        for said, rows in reasons.items()
    ]
    return sorted(found, key=lambda each: -len(each.entries))


def _said(audit_list: AuditList, entries: Sequence[Entry], on: datetime.date) -> list[tuple[Entry, str]]:
    """Each open reason without its figures and names, so that equal ones are counted together."""
    found = []
    answered = {
        (row.entry_id, row.key): row.concern
        for row in Answer.objects.filter(entry__in=[entry.pk for entry in entries]).order_by("pk")
    }
    judged = facts.judged(audit_list, entries, on)
    for entry in entries:
        verdict = judged[entry.pk][1]
        open_ones = [
            concern
            for concern in wanting.concerns(entry, verdict)
            if answered.get((entry.pk, concern.key)) != concern.text[: wanting.LONGEST]
        ]
        found += [(entry, concern.text.split("（")[0]) for concern in (*verdict.errors, *open_ones)]
    return found
