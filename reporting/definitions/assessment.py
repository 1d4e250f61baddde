"""考核 (R304, R313, R315): the sheet of towns, each declared item with what it counts and how far it was reached.

Asked for at the end of a month it is the 月调度, at the end of a quarter the 季总结, at the end of the year the sheet that
年底考核 is settled from (reporting/models/assessment.py).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reporting.definitions import assessment_facts, exit_tally
from reporting.definitions.assessment_facts import Fact, Item
from reporting.definitions.rows import FIRST
from reporting.report import (
    PERCENT,
    PRINTED,
    UNIT_WORDS,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    Request,
)

SCORE = "score_rate"
NOTE = (
    "得分＝各项达成率按权重加权，达成率超过 100% 的按 100% 计；没有可计数的项不计，其余各项按比例折成百分。"
    "疑点是截止日已经发现的和还待核的，过去的年度不计：消除以后又出现的从再次发现那天算起，户迁走的疑点跟着户走，"
    "所以以后再按这一天统计可能略有出入；整改、村年度计划只看截止日以前到期的。"
    "截止日以后才补登的记录按它们自己的日期计，作废的不计。"
)


def whole_key(item: Item) -> str:
    return f"{PRINTED}{item.key}" if item.key == "exits" else f"{item.key}_whole"


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计各项事实")
    sheet = assessment_facts.sheet(request)
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for place in sheet.places:
        for item in assessment_facts.items():
            cells += _cells(place.code, item, sheet.facts[place.code, item.key])
        cells.append(Cell(place.code, SCORE, sheet.score(place.code), PERCENT))
    return Figures(sheet.rows, cells, notes=dict.fromkeys(("score", *GROUPS), NOTE), plan=sheet.plan)


def _cells(code: str, item: Item, fact: Fact) -> list[Cell]:
    found = []
    if item.whole:
        found.append(Cell(code, whole_key(item), fact.whole, item.unit, fact.whole_url))
    if item.part:
        found.append(Cell(code, f"{item.key}_part", fact.part, item.unit, fact.part_url))
    return [*found, Cell(code, f"{item.key}_rate", fact.rate, PERCENT)]


# Which items stand together on a sheet: all of them side by side would not fit the page.
GROUPS = {
    "people": ("任务和队伍", ("exits", "findings", "teams", "inspections", "letters")),
    "work": ("计划、整改和资金", ("plans", "rectifications", "funds", "satisfaction", "houses")),
}


def blocks(request: Request) -> Sequence[Block]:
    """The score with the rate of each item, then what each counts."""
    title, first = f"{request.area.name}{request.year}年脱贫攻坚考核", FIRST[request.area.level]
    rates = [Column(SCORE, ("得分", "%"), PERCENT, edge=True)]
    rates += [
        Column(f"{item.key}_rate", (f"{item.title}\n达成率", f"权重{item.weight}"), PERCENT)
        for item in assessment_facts.items()
    ]
    found = [Block("score", "得分", f"{title}得分表", "%", tuple(rates), first)]
    known = {item.key: item for item in assessment_facts.items()}
    for key, (word, members) in GROUPS.items():
        columns = [column for member in members for column in _counted(known[member])]
        found.append(
            Block(key, word, f"{title}事实表（{word}）", "见表头", tuple(columns), first, sheet=word)
        )
    return found


def _counted(item: Item) -> list[Column]:
    heads = [(whole_key(item), item.whole), (f"{item.key}_part", item.part)]
    unit = UNIT_WORDS[item.unit]
    found = [Column(key, (item.title, head, unit), item.unit) for key, head in heads if head]
    return [*found[:-1], replace(found[-1], edge=True)]


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    yield Drawing("脱贫攻坚考核得分", "分", blocks[0].first, (("得分", (SCORE,)),))


DEFINITION = ReportDefinition(
    kind="assessment",
    title="考核",
    explanation="各镇减贫任务、疑点、驻村、督查、责任书、计划、整改、资金、满意度、危房改造的事实和加权得分；月调度、季总结、年底考核都用它。",
    check=exit_tally.registered,
    figures=figures,
    blocks=blocks,
    drawings=drawings,
)
