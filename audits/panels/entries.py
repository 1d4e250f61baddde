"""The entries of a list: one row each, a column a criterion, doubts with their whole explanation beneath."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from audits import facts, wanting
from audits.cases import HouseholdCase
from audits.criteria import Concern, Item, Result, Verdict, strictest
from audits.models import AuditList, Entry
from households.record import head_names

SHORT = {
    "不愁吃": "吃",
    "不愁穿": "穿",
    "义务教育": "教育",
    "基本医疗": "医疗",
    "住房安全": "住房",
    "饮水安全": "饮水",
    "应享措施": "措施",
    "疑点": "疑点",
}


@dataclass(frozen=True)
class Row:
    """An entry as it is shown. Without a verdict (kinds that have no standard) `items` is empty."""

    entry: Entry
    number: int
    name: str
    verdict: Verdict | None
    concerns: Sequence[Concern]
    income: Any = None
    margin: Any = None

    @property
    def result(self) -> Result | None:
        return None if self.verdict is None else strictest(self.verdict, self.entry.overruling)

    @property
    def doubtful(self) -> bool:
        return self.result in (Result.DOUBTFUL, Result.UNMET)

    @property
    def items(self) -> Sequence[Item]:
        """Without the income, which has columns of its own in a household's row."""
        return () if self.verdict is None else [item for item in self.verdict.items if item.name != "收入"]


@dataclass(frozen=True)
class Entries:
    rows: Sequence[Row]
    gone: Sequence[Row]
    heads: Sequence[str]
    unseen: int

    @property
    def households(self) -> int:
        return len(self.rows)

    @property
    def persons(self) -> int:
        return sum(row.entry.household.member_count for row in self.rows if row.entry.household)

    @property
    def doubtful(self) -> Sequence[Row]:
        return [row for row in self.rows if row.doubtful]


def of(audit_list: AuditList, user: User, on: datetime.date) -> Entries:
    """A village on a town's list sees its own entry; `unseen` counts the others."""
    related = ("household__village", "household__county", "area__parent", "overruled_by", "closed_by")
    every = list(Entry.objects.filter(audit_list=audit_list.pk).with_hold().select_related(*related))
    scope = user.area_scope()
    entries = [entry for entry in every if scope.covers(entry.area)]
    standing = [entry for entry in entries if entry.is_standing]
    names = head_names(entry.household_id for entry in entries if entry.household_id)
    judged = facts.judged(audit_list, standing, on)
    rows = [_row(entry, number, names, judged.get(entry.pk)) for number, entry in enumerate(standing, 1)]
    gone = [_row(entry, 0, names, None) for entry in entries if not entry.is_standing]
    heads = [SHORT.get(item.name, item.name) for item in rows[0].items] if rows else []
    return Entries(rows, gone, heads, len(every) - len(entries))


def _row(entry: Entry, number: int, names: dict[int, str], found: facts.Judged | None) -> Row:
    name = names.get(entry.household_id or 0, "") or str(entry)
    if found is None:
        return Row(entry, number, name, None, ())
    case, verdict = found
    concerns = (*verdict.errors, *wanting.concerns(entry, verdict))
    income = case.income if isinstance(case, HouseholdCase) else None
    bar = case.bar if isinstance(case, HouseholdCase) else None
    margin = None if income is None or not bar else (income / bar - 1) * 100
    return Row(entry, number, name, verdict, concerns, income, margin)
