"""How a paper comes of its kind and the facts of a list: a list, a page for each, a meeting, an acceptance."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from areas.models import Level
from audits.models.acceptance import ITEMS
from audits.models.house_case import Signature
from audits.papers.columns import COLUMNS, YES, amount, grid, money, pairs
from audits.papers.facts import ListFacts, Row
from audits.papers.paper import Block, Grid, Opinion, Pairs, PrintedPaper, Words
from audits.renovation import DEPARTMENTS
from office.days import written

if TYPE_CHECKING:
    from audits.papers.kinds import PaperKind

# What a village is judged by, as its papers name it: fact, label, form.
VILLAGE_FACTS = (
    ("poor", "在册贫困人口（人）", amount),
    ("rural", "农村户籍人口（人）", amount),
    ("incidence", "贫困发生率（%）", amount),
    ("specialty_industries", "特色产业（个）", amount),
    ("cooperatives", "合作社（个）", amount),
    ("collective_income", "村集体收入（元）", money),
)
NOTE_LINES, TALK_LINES = 2, 6


def listing(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    list_kind = facts.audit_list.kind
    rows = facts.rows(kind.stage(list_kind))
    blocks: list[Block] = [_sentence(facts, kind, rows), grid(facts, rows, kind.columns_of(list_kind))]
    return _paper(facts, kind, [[*blocks, *_opinions(facts, kind)]])


def by_group(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    """A page a 村民小组, for its head to sign; each is a paper of its own and counts from one."""
    columns = kind.columns_of(facts.audit_list.kind)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in facts.rows(kind.stage(facts.audit_list.kind)):
        mine = groups[row.group]
        mine.append(replace(row, number=len(mine) + 1))
    pages: list[list[Block]] = [
        [_sentence(facts, kind, rows), grid(facts, rows, columns, caption=group)]
        for group, rows in groups.items()
    ]
    return _paper(facts, kind, pages or [[grid(facts, [], columns)]])


def each(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    list_kind = facts.audit_list.kind
    pages: list[list[Block]] = []
    for row in facts.rows(kind.stage(list_kind)):
        told = _filled(facts, kind, [row], row)
        pages.append([Pairs(pairs(row, kind.columns_of(list_kind))), Words("", told)])
    return _paper(facts, kind, pages)


def minutes(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    """A form to be filled in at the meeting; what it is about is known beforehand."""
    list_kind = facts.audit_list.kind
    rows = facts.rows(kind.stage(list_kind))
    head = ("会议时间", "会议地点", "主持人", "记录人", "应到人数", "实到人数")
    page: list[Block] = [
        Pairs([(label, "") for label in head]),
        Words("会议议题", _filled(facts, kind, rows)),
        grid(facts, rows, kind.columns_of(list_kind)),
        Words("讨论和评议情况", facts.notes.get(kind.key, ""), TALK_LINES),
        Words("会议结果", "", NOTE_LINES),
        Words("参会人员签字", "", NOTE_LINES),
    ]
    return _paper(facts, kind, [page])


def acceptance(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    """The six items, the homes that were visited, and what the acceptance said to each doubt (R041)."""
    record, list_kind = facts.acceptance, facts.audit_list.kind
    rows = facts.rows(kind.stage(list_kind))
    heads = {row.entry.pk: row.head for row in rows}
    items = [
        (str(place), label, "" if record is None else YES[getattr(record, name)], "")
        for place, (name, label) in enumerate(ITEMS.items(), 1)
    ]
    visits = [
        (heads.get(visit.entry_id, ""), written(visit.visited_on), YES[visit.confirmed], visit.finding)
        for visit in facts.visits
    ]
    answers = [
        (row.head, answer.concern, answer.answer, written(answer.answered_on))
        for row in rows
        for answer in row.entry.answers.all()
    ]
    page: list[Block] = [
        Pairs(
            [
                ("验收组成员", "、".join(record.team) if record is not None else ""),
                ("验收户数", facts.said(rows)),
            ]
        ),
        Grid(("序号", "查验事项", "是否符合", "说明"), items, caption="六项查验", numbers=frozenset({0})),
        Grid(
            ("户主姓名", "入户日期", "是否属实", "入户情况"),
            visits,
            caption="入户抽查",
            by_hand=0 if visits else 3,
        ),
    ]
    if answers:
        page.append(Grid(("户主姓名", "疑点", "验收结论", "日期"), answers, caption="存疑事项的结论"))
    page.append(grid(facts, rows, kind.columns_of(list_kind), caption="验收名单"))
    page.append(Words("验收说明", record.note if record is not None else "", NOTE_LINES))
    return _paper(facts, kind, [page])


def villages(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    """A page a village: the figures it is judged by, and the four factors."""
    pages: list[list[Block]] = []
    for row in facts.rows(kind.stage(facts.audit_list.kind)):
        figures = [("村(社区)", row.village), (COLUMNS["result"].label, row.result)]
        figures += [(label, form(row.facts.get(name))) for name, label, form in VILLAGE_FACTS]
        connected = "、".join(row.facts.get("five_connect") or ())
        figures += [("五通", connected), ("标准化卫生室", YES[row.facts.get("standard_clinic")])]
        pages.append([Pairs(figures), Words("调查测评情况", "", TALK_LINES), *_opinions(facts, kind)])
    return _paper(facts, kind, pages)


def houses(facts: ListFacts, kind: "PaperKind") -> PrintedPaper:
    """A page a house: item by item, department by department (R140)."""
    list_kind, pages = facts.audit_list.kind, []
    rows = facts.rows(kind.stage(list_kind))
    signed: dict[tuple[int, str], Signature] = {
        (signature.house_id, signature.department): signature
        for signature in Signature.objects.filter(house__entry__in=[row.entry.pk for row in rows])
    }
    for row in rows:
        house = row.entry.house_case
        facts_of = pairs(row, kind.columns_of(list_kind))
        facts_of += [
            ("开工日期", written(house.started_on)),
            ("竣工日期", written(house.completed_on)),
            ("五统一", "、".join(house.five_unities or ())),
            ("无障碍", YES[house.barrier_free]),
            ("挂牌", YES[house.plate]),
            ("验收日期", written(house.accepted_on)),
            ("是否合格", YES[house.accepted]),
        ]
        words = []
        for department in DEPARTMENTS:
            one = signed.get((house.pk, department))
            words.append(
                (department, "", "", "", "")
                if one is None
                else (department, YES[one.accepted], one.note, one.signed_by, written(one.signed_on))
            )
        page: list[Block] = [
            Pairs(facts_of),
            Grid(("部门", "是否合格", "逐项意见", "签字", "日期"), words, caption="部门验收"),
        ]
        pages.append([*page, *_opinions(facts, kind)])
    return _paper(facts, kind, pages)


def _paper(facts: ListFacts, kind: "PaperKind", pages: Sequence[Sequence[Block]]) -> PrintedPaper:
    of = facts.audit_list
    where = facts.village if of.area.level == Level.TOWN else f"{facts.town}　{facts.village}"
    part = f"　余单{of.part}" if of.part else ""
    return PrintedPaper(
        title=kind.titled(of.kind),
        under=f"{where}　{of.year}年第{of.batch}批{part}",
        pages=pages,
        signatures=kind.signatures,
        wide=kind.wide,
    )


def _sentence(facts: ListFacts, kind: "PaperKind", rows: Sequence[Row]) -> Words:
    return Words("", _filled(facts, kind, rows))


def _filled(facts: ListFacts, kind: "PaperKind", rows: Sequence[Row], row: Row | None = None) -> str:
    """The wording with its facts; what is not known is left open to write in."""
    words = kind.words_of(facts.audit_list.kind)
    known = {
        "said": facts.said(rows),
        "year": str(facts.audit_list.year),
        "village": "" if facts.audit_list.area.level == Level.TOWN else facts.village,
        "town": facts.town,
        "county": facts.county,
    }
    if row is not None:
        known |= {"head": row.head, "reason": row.entry.reason}
        known |= {key: COLUMNS[key].said(row) for key in ("income", "line")}
        if "{way}" in words:
            known |= {key: COLUMNS[key].said(row) for key in ("way", "grade")}
    blank = "＿＿＿＿"
    return words.format_map(
        {key: value or (blank if key != "village" else "") for key, value in known.items()}
    )


def _opinions(facts: ListFacts, kind: "PaperKind") -> list[Block]:
    boxes: list[Block] = []
    for heading, stage in kind.opinions_of(facts.audit_list.kind):
        decision = facts.decisions.get(stage)
        if decision is None:
            boxes.append(Opinion(heading))
        else:
            said = decision.opinion or f"{decision.stage_label}{decision.verdict}"
            boxes.append(Opinion(heading, said, str(decision.by or ""), written(decision.decided_on)))
    return boxes
