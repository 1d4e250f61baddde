"""What must be there before a list passes its stage. NotNow is too early, ValidationError something missing."""

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from areas.models import Level
from audits import criteria, facts
from audits.criteria import Result
from audits.models.acceptance import SMALLEST_TEAM, Answer, Drawn, sample_size
from audits.models.entry import Entry
from audits.models.evidence import Evidence
from audits.models.notice import Notice
from audits.models.objection import Objection
from audits.models.window import AdjustmentWindow
from audits.procedures import Act, Paper, Stage
from audits.refusals import NotNow
from office.attachments import Attachment
from office.days import written

if TYPE_CHECKING:
    from audits.models.passing import ListPassing

OVERRULED = "overruled"
OF_THE_YEAR = (Act.LEAVE, Act.REMOVE_CAP)
NAMED = 5
# Of Answer.concern.
LONGEST = 300


def check(
    audit_list: "ListPassing",
    stage: Stage,
    entries: Sequence[Entry],
    on: datetime.date,
    found: Mapping[int, facts.Judged] | None = None,
) -> Mapping[int, facts.Judged]:
    """Raises unless the list may pass; returns what its entries were judged by (`found`, where they are already)."""
    if not entries and not audit_list.procedure.acted_before(stage.key):
        raise ValidationError("名单上没有户（村）")
    _nothing_held(audit_list)
    if stage.posting is not None:
        _notice_over(audit_list, stage, on)
    if stage.window and not AdjustmentWindow.objects.open_on(audit_list.county, on).exists():
        raise NotNow("全国系统不在开放调整期，不能销号")
    if stage.act in OF_THE_YEAR and on.year != audit_list.year:
        # Judged by the survey of the list's year: an event of another year would rest on nothing.
        raise NotNow(f"这是{audit_list.year}年度的名单，不能在{on.year}年销号")
    missing = _papers(audit_list, stage, entries)
    missing += _answers_of_entries(audit_list, stage, entries, on)
    if found is None:
        found = facts.judged(audit_list, entries, on) if stage.decision or stage.criteria else {}
    if stage.criteria:
        missing += _standard(entries, found, answered=stage.answers)
    if missing:
        raise ValidationError(missing)
    return found


def _nothing_held(audit_list: "ListPassing") -> None:
    """An open objection holds its entry; one against the list holds it whole."""
    if Objection.objects.open().filter(audit_list=audit_list.pk, entry__isnull=True).exists():
        raise NotNow("对名单的异议还没有办结")
    held = list(Entry.objects.held().filter(audit_list=audit_list.pk))
    if held:
        why = "有异议没有办结" if any(entry.objected for entry in held) else "暂缓办理"
        raise NotNow(f"{_names(held)}{why}：先办结，或拆出余单后再办")


def _notice_over(audit_list: "ListPassing", stage: Stage, on: datetime.date) -> None:
    posting = stage.posting
    if posting is None:
        return
    notices: dict[str, Notice] = {notice.level: notice for notice in audit_list.posted()}
    unposted = [level for level in posting.places if level not in notices]
    if unposted:
        words = "、".join(str(Level(level).label) for level in unposted)
        raise NotNow(f"{posting.word}还没有在{words}张贴")
    for notice in notices.values():
        if not notice.over(on) or notice.short() or notice.days < audit_list.posting_days():
            raise NotNow(f"{notice.word}到{written(notice.ends_on)}满期，满期后才能继续")
    bare = [notice for notice in notices.values() if not Attachment.objects.of(notice).exists()]
    if bare:
        raise ValidationError(f"{posting.word}没有张贴照片")


def _papers(audit_list: "ListPassing", stage: Stage, entries: Sequence[Entry]) -> list[str]:
    """Each paper the stage asks for, with its scan; of some, each entry's own."""
    if not stage.papers:
        return []
    rows = list(audit_list.papers().values_list("pk", "kind", "entry"))
    every = [pk for pk, _, _ in rows]
    scanned = set(Attachment.objects.on(Evidence, every).values_list("record_id", flat=True))
    whole = [kind for kind in stage.papers if kind not in stage.each]
    kept = {kind for _, kind, _ in rows}
    read = {kind for pk, kind, _ in rows if str(pk) in scanned}
    missing = [f"缺{Paper(kind).label}" for kind in whole if kind not in kept]
    missing += [f"{Paper(kind).label}没有附扫描件" for kind in whole if kind in kept and kind not in read]
    own = {(kind, entry) for pk, kind, entry in rows if str(pk) in scanned}
    for kind in stage.each:
        if bare := [entry for entry in entries if (kind, entry.pk) not in own]:
            missing.append(f"{_names(bare)}缺{Paper(kind).label}")
    return missing


def _answers_of_entries(
    audit_list: "ListPassing", stage: Stage, entries: Sequence[Entry], on: datetime.date
) -> list[str]:
    missing = []
    if stage.agreed and (not_agreed := [entry for entry in entries if entry.agreed is not True]):
        missing.append(f"{_names(not_agreed)}没有认可（申请）：不认可的须剔除")
    if stage.reason and (bare := [entry for entry in entries if not entry.reason]):
        missing.append(f"{_names(bare)}没有写事由")
    if stage.case or stage.departments:
        for entry in entries:
            missing += [f"{entry}：{said}" for said in entry.house_case.wrong(stage, on)]
    if stage.team:
        missing += _team(audit_list, entries)
    return missing


def _team(audit_list: "ListPassing", entries: Sequence[Entry]) -> list[str]:
    record = audit_list.acceptance()
    if record is None:
        return ["缺验收记录"]
    missing = [f"验收没有通过或没有查：{word}" for word in record.failed]
    if len(record.team) < SMALLEST_TEAM:
        missing.append(f"验收组须有{SMALLEST_TEAM}名以上成员署名")
    visits = dict(record.visits.values_list("entry_id", "confirmed"))
    ids = [entry.pk for entry in entries]
    drawn = set(
        Drawn.objects.filter(entry__in=ids, round=audit_list.round).values_list("entry_id", flat=True)
    )
    wanted = sample_size(len(entries))
    if len(drawn) < wanted:
        missing.append(f"入户抽查抽取了{len(drawn)}户，至少{wanted}户：须补抽")
    if unseen := [entry for entry in entries if entry.pk in drawn and entry.pk not in visits]:
        missing.append(f"{_names(unseen)}抽到了，还没有入户")
    untrue = [entry for entry in entries if visits.get(entry.pk) is False]
    if untrue:
        missing.append(f"{_names(untrue)}入户抽查不属实：须剔除或拆出余单")
    return missing


def concerns(entry: Entry, verdict: criteria.Verdict) -> tuple[criteria.Concern, ...]:
    """What the acceptance must answer of an entry: the computed concerns, and a doubt that somebody entered."""
    found = verdict.concerns
    if entry.overruling == Result.DOUBTFUL:
        found += (criteria.Concern(OVERRULED, f"改判存疑：{entry.overruled_reason}"),)
    return found


def _standard(entries: Sequence[Entry], found: Mapping[int, facts.Judged], *, answered: bool) -> list[str]:
    """Nobody who does not meet the standard goes on; whoever raises concerns goes on with each one answered."""
    missing = []
    answers = _answers(entries) if answered else {}
    for entry in entries:
        verdict = found[entry.pk][1]
        if criteria.strictest(verdict, entry.overruling) == Result.UNMET:
            why = [each.text for each in verdict.errors] or [f"改判不达标：{entry.overruled_reason}"]
            missing.append(f"{entry}：{'；'.join(why)}")
        elif answered:
            missing += [
                f"{entry}：{concern.text}，验收没有写明结论"
                for concern in concerns(entry, verdict)
                if answers.get((entry.pk, concern.key)) != concern.text[:LONGEST]
            ]
    return missing


def _answers(entries: Sequence[Entry]) -> dict[tuple[int, str], str]:
    """The concern that was last answered, by entry and key: what has changed since is to be answered anew."""
    ids = [entry.pk for entry in entries]
    rows = Answer.objects.filter(entry__in=ids).order_by("pk")
    return {(row.entry_id, row.key): row.concern for row in rows}


def _names(entries: Sequence[Entry]) -> str:
    more = f"等{len(entries)}户（村）" if len(entries) > NAMED else ""
    return "、".join(str(entry) for entry in entries[:NAMED]) + more
