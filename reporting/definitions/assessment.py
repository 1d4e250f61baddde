"""考核 (R304, R313, R315): the sheet of towns, each declared item with what it counts and how far it was reached.

Asked for at the end of a month it is the 月调度, at the end of a quarter the 季总结, at the end of the year the sheet that
年底考核 is settled from (reporting/models/assessment.py).
"""

from collections.abc import Sequence

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
    Figures,
    Progress,
    ReportDefinition,
    Request,
)

SCORE = "score_rate"
NOTE = (
    "得分＝各项达成率按权重加权，达成率超过 100% 的按 100% 计；没有可计数的项不计，其余各项按比例折成百分。"
    "疑点按登记的现状计；整改、村年度计划只看截止日以前到期的。"
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
    return Figures(sheet.rows, cells, notes={"all": NOTE}, plan=sheet.plan)


def _cells(code: str, item: Item, fact: Fact) -> list[Cell]:
    found = []
    if item.whole:
        found.append(Cell(code, whole_key(item), fact.whole, item.unit, fact.whole_url))
    if item.part:
        found.append(Cell(code, f"{item.key}_part", fact.part, item.unit, fact.part_url))
    return [*found, Cell(code, f"{item.key}_rate", fact.rate, PERCENT)]


def blocks(request: Request) -> Sequence[Block]:
    columns = [Column(SCORE, ("得分", "", "%"), PERCENT, edge=True)]
    for item in assessment_facts.items():
        head, unit = f"{item.title}\n权重{item.weight}", UNIT_WORDS[item.unit]
        if item.whole:
            columns.append(Column(whole_key(item), (head, item.whole, unit), item.unit))
        if item.part:
            columns.append(Column(f"{item.key}_part", (head, item.part, unit), item.unit))
        columns.append(Column(f"{item.key}_rate", (head, "达成", "%"), PERCENT, edge=True))
    title = f"{request.area.name}{request.year}年脱贫攻坚考核事实表"
    return [Block("all", "考核", title, "见表头", tuple(columns), FIRST[request.area.level])]


DEFINITION = ReportDefinition(
    kind="assessment",
    title="考核",
    explanation="各镇减贫任务、疑点、驻村、督查、责任书、计划、整改、资金、满意度、危房改造的事实和加权得分；月调度、季总结、年底考核都用它。",
    check=exit_tally.check,
    figures=figures,
    blocks=blocks,
)
