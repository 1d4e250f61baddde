"""A decision as a paper of the archive: who, when, on what, with the facts that were frozen with it."""

from collections.abc import Mapping

from accounts.roles import Role
from audits.criteria import Result
from audits.models import Decision, FrozenFacts
from audits.papers.columns import COLUMNS, amount
from audits.papers.facts import ListFacts, Row
from audits.papers.paper import Block, Grid, Pairs, PrintedPaper, Words
from audits.procedures import ListKind
from office.days import written

# What of the frozen facts the paper shows, by procedure.
SHOWN: dict[str, tuple[str, ...]] = {
    ListKind.HOUSEHOLD_EXIT: (
        "number", "group", "head", "persons", "income", "line", "food", "clothing", "education", "medical",
        "housing", "water",
    ),
    ListKind.VILLAGE_EXIT: ("number", "village", "incidence"),
}  # fmt: skip
WHO = ("number", "group", "head", "persons", "reason")


def decision_paper(decision: Decision, facts: ListFacts, kept: Mapping[int, FrozenFacts]) -> PrintedPaper:
    """`kept`: the facts of the decision by entry; none for a clerical step."""
    of = facts.audit_list
    roles = Role(decision.role).label if decision.role in Role.values else ""
    pairs = [
        ("环节", decision.stage_label),
        ("结论", decision.verdict),
        ("办理人", str(decision.by or "")),
        ("任职", roles),
        ("受谁委托", str(decision.on_behalf_of or "")),
        ("办理日期", written(decision.decided_on)),
        ("条数", amount(decision.entries)),
        ("轮次", amount(decision.round)),
    ]
    page: list[Block] = [Pairs(pairs), Words("意见", decision.opinion or "没有写意见")]
    rows = [
        facts.row(number, entry, kept[entry.pk].facts, _result(kept[entry.pk]))
        for number, entry in enumerate((one for one in facts.entries if one.pk in kept), 1)
    ]
    if rows:
        page.append(_grid(rows, SHOWN.get(of.kind, WHO), kept))
    return PrintedPaper(
        title=f"{decision.stage_label}{decision.verdict}",
        under=f"{of}",
        pages=[page],
        wide=True,
    )


def _grid(rows: list[Row], keys: tuple[str, ...], kept: Mapping[int, FrozenFacts]) -> Grid:
    columns = [COLUMNS[key] for key in keys]
    return Grid(
        head=[*(column.label for column in columns), "结论", "疑点"],
        rows=[
            [
                *(column.said(row) for column in columns),
                row.result,
                "；".join(kept[row.entry.pk].reasons),
            ]
            for row in rows
        ],
        caption="当时的数据（随决定留存）",
        numbers=frozenset(place for place, column in enumerate(columns) if column.number),
    )


def _result(facts: FrozenFacts) -> str:
    return "" if facts.result is None else Result(facts.result).label
