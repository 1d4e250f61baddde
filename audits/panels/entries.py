"""The entries of a list: one row each, a column a criterion, doubts with their whole explanation beneath."""

import datetime
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.template.defaultfilters import floatformat

from accounts.models import User
from audits import facts, wanting
from audits.cases import HouseholdCase
from audits.criteria import Concern, Item, Result, Verdict, strictest
from audits.models import Answer, AuditList, Entry
from audits.procedures import ListKind
from households.models import Survey
from households.record import head_names

NATIONAL = "国家标准"
SHORT = {
    "不愁吃": "吃",
    "不愁穿": "穿",
    "义务教育": "教育",
    "基本医疗": "医疗",
    "住房安全": "住房",
    "饮水安全": "饮水",
    "应享措施": "措施",
}
# In the one line of a phone, where the columns of the signs do not fit.
LETTERS = {"吃": "吃", "穿": "穿", "教育": "教", "医疗": "医", "住房": "住", "饮水": "水"}
NO_PUPILS = "无学龄"
# The rule of a concern → the criterion in whose column it shows.
SHOWS_IN = {
    "C095": "收入",
    "C097": "义务教育",
    "C098": "住房安全",
    "C099": "饮水安全",
    "C100": "基本医疗",
    "C102": "应享措施",
}
FINDINGS = "疑点"


@dataclass(frozen=True)
class Cell:
    """`label` stands above it on a phone; `said` is read out for a sign."""

    text: str
    classes: str = ""
    label: str = ""
    said: str = ""


@dataclass(frozen=True)
class Row:
    """An entry as it is shown. Without a verdict (kinds that have no standard) there is nothing to conclude.

    `answers`: the acceptance's newest word by the key of the concern it answered.
    """

    entry: Entry
    number: int
    name: str
    verdict: Verdict | None = None
    case: object = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    survey: Survey | None = None
    cells: Sequence[Cell] = ()

    @property
    def in_a_line(self) -> list[tuple[str, bool]]:
        """The signs as one line (look §10), in (words, doubtful): what is right together, each doubt by its name."""
        signs = {cell.label: cell.text for cell in self.cells if cell.label in {*LETTERS, "措施", "认可"}}
        right = "".join(letter for name, letter in LETTERS.items() if signs.get(name) == "✓")
        found = [(f"{right} ✓", False)] if right else []
        if signs.get("教育") == "—":
            found.append((NO_PUPILS, False))
        found += [(f"{name} 疑", True) for name in (*LETTERS, "措施") if signs.get(name) == "疑"]
        found += [(f"{name} ✓", False) for name in ("措施", "认可") if found and signs.get(name) == "✓"]
        if signs.get("认可") == "不认可":
            found.append(("不认可", True))
        return found

    @property
    def concerns(self) -> Sequence[Concern]:
        return () if self.verdict is None else wanting.concerns(self.entry, self.verdict)

    @property
    def answered(self) -> list[tuple[Concern, Answer | None]]:
        """Each concern with the acceptance's word on it; what is worded otherwise now is to be answered anew."""
        return [(concern, self._answer(concern)) for concern in self.concerns]

    def _answer(self, concern: Concern) -> Answer | None:
        answer = self.answers.get(concern.key)
        return answer if answer is not None and answer.concern == concern.text[: wanting.LONGEST] else None

    @property
    def errors(self) -> list[str]:
        """Why it may not go on, whatever anybody answers."""
        found = [] if self.verdict is None else [each.text for each in self.verdict.errors]
        if self.entry.overruling == Result.UNMET:
            found.append(f"改判不达标：{self.entry.overruled_reason}")
        return found

    @property
    def result(self) -> Result | None:
        return None if self.verdict is None else strictest(self.verdict, self.entry.overruling)

    @property
    def open_doubts(self) -> int:
        return sum(answer is None for _, answer in self.answered)

    @property
    def held(self) -> bool:
        return bool(self.entry.hold_reason) or getattr(self.entry, "objected", False)

    @property
    def stands_open(self) -> bool:
        """There is something to say beneath the row."""
        return bool(self.errors or self.concerns or self.held)

    @property
    def word(self) -> str:
        """结论 in a word."""
        if self.result is None:
            return ""
        if self.errors:
            return "不达标"
        if self.open_doubts:
            return "待下结论"
        return "已答复" if self.concerns else Result.MET.label


@dataclass(frozen=True)
class Entries:
    rows: Sequence[Row]
    gone: Sequence[Row]
    heads: Sequence[Cell]
    unseen: int
    of_villages: bool

    @property
    def households(self) -> int:
        return len(self.rows)

    @property
    def persons(self) -> int:
        return sum(row.entry.household.member_count for row in self.rows if row.entry.household)

    @property
    def national(self) -> int:
        """Persons under 国标, within `persons`."""
        return sum(
            row.entry.household.member_count
            for row in self.rows
            if row.entry.household and row.entry.household.poverty_standard == NATIONAL
        )

    @property
    def doubtful(self) -> Sequence[Row]:
        return [row for row in self.rows if row.errors or row.open_doubts]

    @property
    def judged(self) -> bool:
        return any(row.verdict is not None for row in self.rows)

    @property
    def counted(self) -> list[tuple[str, int]]:
        """Rows by what is said of them, in words."""
        words = Counter(row.word for row in self.rows if row.word)
        words.update(row.entry.get_outcome_display() for row in self.gone)
        return list(words.items())

    @property
    def standard(self) -> str:
        """The line that the households are held against; empty where there is none."""
        for row in self.rows:
            if isinstance(row.case, HouseholdCase) and row.case.bar is not None:
                return f"{row.case.standard} {row.case.year} 年 {row.case.bar.normalize():f} 元"
        return ""

    @property
    def across(self) -> int:
        """Columns of the table: number, name, the cells, conclusion, acts and the line of a phone."""
        return len(self.heads) + (5 if self.judged else 4)


def of(audit_list: AuditList, user: User, on: datetime.date) -> Entries:
    """A village on a town's list sees its own entry; `unseen` counts the others."""
    related = ("household__village", "household__county", "area__parent", "overruled_by", "closed_by")
    rows_of = Entry.objects.filter(audit_list=audit_list.pk).with_hold().select_related(*related)
    if audit_list.kind == ListKind.RENOVATION:
        rows_of = rows_of.select_related("house_case")
    every = list(rows_of)
    mine = audit_list.kind != ListKind.VILLAGE_EXIT or user.area_scope().covers(audit_list.area)
    scope = user.area_scope()
    entries = every if mine else [entry for entry in every if scope.covers(entry.area)]
    standing = [entry for entry in entries if entry.is_standing]
    names = head_names(entry.household_id for entry in entries if entry.household_id)
    judged = facts.judged(audit_list, standing, on)
    answers = _answers(standing)
    make = CELLS.get(ListKind(audit_list.kind), _simple)
    rows = []
    for number, entry in enumerate(standing, 1):
        case, verdict = judged.get(entry.pk, (None, None))
        row = Row(entry, number, _name(entry, names), verdict, case, answers.get(entry.pk, {}))
        rows.append(row)
    surveys = _surveys(audit_list.year, [row for row in rows if row.stands_open])
    dressed = [
        Row(
            row.entry, row.number, row.name, row.verdict, row.case, row.answers,
            surveys.get(row.entry.household_id or 0), make(row),
        )
        for row in rows
    ]  # fmt: skip
    gone = [
        Row(entry, 0, _name(entry, names), cells=make(Row(entry, 0, ""))[:3])
        for entry in entries
        if not entry.is_standing
    ]
    heads = dressed[0].cells if dressed else ()
    return Entries(dressed, gone, heads, len(every) - len(entries), audit_list.kind == ListKind.VILLAGE_EXIT)


def one(audit_list: AuditList, entry: Entry, on: datetime.date) -> Row:
    """A single entry, as its own page shows it."""
    names = head_names([entry.household_id] if entry.household_id else [])
    case, verdict = facts.judged(audit_list, [entry], on).get(entry.pk, (None, None))
    answers = _answers([entry]).get(entry.pk, {})
    row = Row(entry, 0, _name(entry, names), verdict, case, answers)
    survey = _surveys(audit_list.year, [row]).get(entry.household_id or 0)
    return Row(entry, 0, row.name, verdict, case, answers, survey)


def _name(entry: Entry, names: dict[int, str]) -> str:
    return names.get(entry.household_id or 0, "") or str(entry)


def _answers(entries: Sequence[Entry]) -> dict[int, dict[str, Answer]]:
    """The newest answer of each key, by entry."""
    found: dict[int, dict[str, Answer]] = defaultdict(dict)
    rows = Answer.objects.filter(entry__in=[entry.pk for entry in entries]).select_related("answered_by")
    for row in rows.order_by("pk"):
        found[row.entry_id][row.key] = row
    return found


def _surveys(year: int, rows: Sequence[Row]) -> dict[int, Survey]:
    ids = [row.entry.household_id for row in rows if row.entry.household_id]
    return {survey.household_id: survey for survey in Survey.objects.filter(household__in=ids, year=year)}


def _simple(row: Row) -> list[Cell]:
    """What every household's row begins with."""
    household = row.entry.household
    if household is None:
        return []
    return [
        Cell(household.number, "quiet hide-phone", "户编号"),
        Cell(household.villager_group, "nb hide-phone", "组"),
        Cell(str(household.member_count), "n e-p", "人口"),
    ]


def _exit(row: Row) -> list[Cell]:
    household, case = row.entry.household, row.case
    cells = _simple(row)
    if household is None or not isinstance(case, HouseholdCase) or row.verdict is None:
        return cells
    margin = None if case.income is None or not case.bar else (case.income / case.bar - 1) * 100
    low = " doubt" if "收入" in _doubted(row) else ""
    cells += [
        Cell(str(household.member_count if household.poverty_standard == NATIONAL else 0), "n e-p", "含国标"),
        Cell(_money(case.income), f"n e-i{low}", "人均纯收入"),
        Cell("" if margin is None else f"{margin:.1f}%".replace("-", "−"), f"n e-i{low}", "高于标准"),
    ]
    return [*cells, *_signs(row), _agreed(row.entry)]


def _signs(row: Row) -> list[Cell]:
    """✓, 疑, or — for what is not asked of it."""
    doubted = _doubted(row)
    cells = []
    for item in () if row.verdict is None else row.verdict.items:
        if item.name in ("收入", FINDINGS):
            continue
        name = SHORT.get(item.name, item.name)
        if item.name in doubted or item.holds is False or (item.holds is None and item.blocks):
            cells.append(Cell("疑", "c doubt hide-phone", name, item.said or "存疑"))
        elif item.holds is None:
            cells.append(Cell("—", "c quiet hide-phone", name, "不适用"))
        else:
            cells.append(Cell("✓", "c yes hide-phone", name, "达标"))
    return cells


def _doubted(row: Row) -> set[str]:
    """Criteria that an error or a concern is about."""
    verdict = row.verdict
    every = () if verdict is None else (*verdict.errors, *verdict.concerns)
    return {SHOWS_IN[each.key] for each in every if each.key in SHOWS_IN}


def _agreed(entry: Entry) -> Cell:
    word, whose = ("认可", "本人") if entry.household_id else ("申请", "本村")
    if entry.agreed is None:
        return Cell("", "c hide-phone", word, "还没有登记")
    if entry.agreed:
        return Cell("✓", "c yes hide-phone", word, f"{whose}{word}")
    return Cell(f"不{word}", "c doubt hide-phone", word, "")


def _village(row: Row) -> list[Cell]:
    items: Sequence[Item] = () if row.verdict is None else row.verdict.items
    cells = [Cell(row.entry.area.parent.name if row.entry.area.parent else "", "nb hide-phone", "镇街")]
    for item in items:
        cells.append(Cell(item.said, "s3" if item.holds else "s3 doubt", item.name))
    return [*cells, _agreed(row.entry)]


def _reasoned(row: Row) -> list[Cell]:
    household = row.entry.household
    standard = household.poverty_standard if household is not None else ""
    return [
        *_simple(row),
        Cell(row.entry.standard or standard, "nb s2", "标准"),
        Cell(row.entry.reason, "e-why s4", "事由"),
    ]


def _house(row: Row) -> list[Cell]:
    case = row.entry.house_case
    return [
        *_simple(row),
        Cell(case.grade, "nb s1", "等级"),
        Cell(case.way, "nb s2", "改造方式"),
        Cell(_money(case.area_built or case.area_planned), "n s2", "面积"),
        Cell(_money(case.subsidy), "n s2", "补助"),
    ]


CELLS: dict[ListKind, Callable[[Row], list[Cell]]] = {
    ListKind.HOUSEHOLD_EXIT: _exit,
    ListKind.VILLAGE_EXIT: _village,
    ListKind.ENTRY: _reasoned,
    ListKind.REVERSAL: _reasoned,
    ListKind.RENOVATION: _house,
}


def _money(amount: Decimal | int | None) -> str:
    return "" if amount is None else str(floatformat(amount, "2g"))


def named(item: str) -> str:
    """The short word of a criterion, as in the heading of its column."""
    return SHORT.get(item, item)
