"""What the audits ask of somebody today: lists that wait, notices that end, objections, what is overdue or doubtful."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import User
from audits import facts, waiting, wanting
from audits.lists import MINE, OBJECTED, OVERDUE, POSTED, on_lists
from audits.models import Answer, AuditList, Entry, Notice, Objection
from audits.procedures import ListKind
from households.record import head_names
from office.days import near
from office.listing import kept_a_minute

NAMED = 3
# Of what waits for one person so many entries are judged for the desk; the lists themselves judge every one.
JUDGED = 1500
JUDGED_KINDS = (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT)
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
    """Kinds of work, each with its count; empty ones with their 0. Five statements and that of the scope, one more when something waits."""
    visible = AuditList.objects.visible_to(user)
    mine = waiting_lists(user, on)
    # Asked once: as a condition it is the longest of the program, and is written out each time it is used.
    my_own = set(mine.order_by().values_list("pk", flat=True))
    rows = visible.open().filter(Q(due_on__lt=on) | Q(pk__in=my_own))
    found = list(rows.select_related("area").order_by("stage_since", "pk"))
    waits = [one for one in found if one.pk in my_own]
    counted = on_lists([one.pk for one in waits]) if waits else {}
    seen = visible.order_by().values("pk")
    return [
        _overdue([one for one in found if one.due_on is not None and one.due_on < on], on),
        _ending(
            list(
                Notice.objects.filter(
                    audit_list__in=seen, audit_list__closed_at__isnull=True, ends_on__gte=on
                )
                .select_related("audit_list__area")
                .order_by("ends_on")
            ),
            on,
        ),
        *(
            _waiting(kind, [one for one in waits if one.kind == kind], counted, on)
            for kind in ListKind
            if kind in _kinds_of(user)
        ),
        _objections(
            list(
                Objection.objects.open()
                .filter(audit_list__in=seen)
                .select_related("audit_list__area")
                .order_by("due_on")
            ),
            on,
        ),
        _doubtful([one for one in waits if one.kind in JUDGED_KINDS], mine, on),
    ]


def _kinds_of(user: User) -> set[str]:
    roles = {duty.role for duty in user.valid_duties()}
    return {kind for kind, _, stage in waiting.stages() if roles & set(stage.roles)}


def _waiting(
    kind: ListKind, lists: Sequence[AuditList], counted: dict[int, tuple[int, int]], on: datetime.date
) -> Task:
    which = f"没有待办的{kind.label}名单。"
    if lists:
        entries = sum(counted.get(one.pk, (0, 0))[0] for one in lists)
        persons = sum(counted.get(one.pk, (0, 0))[1] for one in lists)
        size = f"{entries} 个村" if kind == ListKind.VILLAGE_EXIT else f"{entries} 户 {persons} 人"
        longest = (on - lists[0].stage_since).days
        named = [f"{one.area.name}（{one.step.label}）" for one in lists]
        which = f"{size}，最长已等 {longest} 天：{_first(named)}"
    url = f"{reverse('audits:list')}?state={MINE}&kind={kind}"
    return Task(len(lists), f"待我办理　{kind.label}", which, url, "去办理")


def _ending(sheets: Sequence[Notice], on: datetime.date) -> Task:
    soon = [one for one in sheets if one.ends_on <= on + SOON]
    which = "没有在公示公告的名单。"
    if sheets:
        which = f"在公示公告的 {len(sheets)} 榜，今明两天没有期满的。"
    if soon:
        named = [
            f"{one.audit_list.area.name}{one.word}（{'今天' if one.ends_on == on else '明天'} 24:00）"
            for one in soon
        ]
        which = f"{_first(named)}；在公示公告的共 {len(sheets)} 榜"
    return Task(len(soon), "公示公告将满", which, f"{reverse('audits:list')}?state={POSTED}", "去查看")


def _objections(rows: Sequence[Objection], on: datetime.date) -> Task:
    which = "没有未办结的异议。"
    if rows:
        due = "今天到期" if rows[0].due_on == on else f"{near(rows[0].due_on, on)}到期"
        late = sum(one.due_on < on for one in rows)
        which = f"最早的在{rows[0].audit_list.area.name}，{due}" + (f"；超期 {late} 件" if late else "")
    return Task(len(rows), "异议未办结", which, f"{reverse('audits:list')}?state={OBJECTED}", "去办理")


def _overdue(lists: Sequence[AuditList], on: datetime.date) -> Task:
    named = [
        f"{one.area.name}{one.get_kind_display()}（{one.step.label}，应于{near(one.due_on, on)}）"
        for one in sorted(lists, key=lambda one: (one.due_on, one.pk))
        if one.due_on is not None
    ]
    which = _first(named) if named else "没有超期的名单。"
    return Task(len(lists), "名单超期", which, f"{reverse('audits:list')}?state={OVERDUE}", "去查看")


def _first(named: Sequence[str]) -> str:
    return "、".join(named[:NAMED]) + ("等" if len(named) > NAMED else "")


def _doubtful(waits: Sequence[AuditList], mine: QuerySet, on: datetime.date) -> Task:
    found: list[tuple[str, int]] = []
    if waits:
        # As the lists stand: whatever happens to one of them makes it another question.
        what = f"doubts {on} {[(one.pk, one.version) for one in waits]}"
        found = kept_a_minute(
            mine.order_by(), what, lambda: [(each.reason, len(each.entries)) for each in doubts(waits, on)]
        )
    which = "；".join(f"{reason} {count}" for reason, count in found[:NAMED]) or "待办名单里没有存疑的。"
    return Task(
        sum(count for _, count in found), "存疑待下结论", which, reverse("audits:doubtful"), "去看原因"
    )


def doubts(lists: Iterable[AuditList], on: datetime.date) -> list[Doubt]:
    """Why entries of these lists cannot go on, most frequent reason first; an answered concern is none."""
    judging: list[tuple[AuditList, list[Entry]]] = []
    left = JUDGED
    for audit_list in lists:
        if audit_list.kind not in JUDGED_KINDS:
            continue
        entries = list(Entry.objects.standing().with_subject().filter(audit_list=audit_list.pk)[:left])
        judging.append((audit_list, entries))
        left -= len(entries)
        if left <= 0:
            break
    reasons: dict[str, list[Entry]] = {}
    for entry, said in _said(judging, on):
        reasons.setdefault(said, []).append(entry)
    names = head_names(
        entry.household_id for rows in reasons.values() for entry in rows if entry.household_id
    )
    found = [
        Doubt(said, [(entry, names.get(entry.household_id or 0, "") or str(entry)) for entry in rows])
        for said, rows in reasons.items()
    ]
    return sorted(found, key=lambda each: -len(each.entries))


def _said(judging: Sequence[tuple[AuditList, Sequence[Entry]]], on: datetime.date) -> list[tuple[Entry, str]]:
    """Each open reason without its figures and names, so that equal ones are counted together."""
    found = []
    every = [entry for _, entries in judging for entry in entries]
    answered = {
        (row.entry_id, row.key): row.concern
        for row in Answer.objects.filter(entry__in=[entry.pk for entry in every]).order_by("pk")
    }
    judged = facts.judged_together(judging, on)
    for entry in every:
        verdict = judged[entry.pk][1]
        open_ones = [
            concern
            for concern in wanting.concerns(entry, verdict)
            if answered.get((entry.pk, concern.key)) != concern.text[: wanting.LONGEST]
        ]
        found += [(entry, concern.text.split("（")[0]) for concern in (*verdict.errors, *open_ones)]
    return found
