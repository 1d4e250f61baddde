"""What constraints cannot say about projects, their money and their assets (design §2.5); problems in Chinese."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.db.models import F, Sum

from measures import stages
from measures.models import (
    EntryKind,
    FundEntry,
    FundSource,
    Project,
    ProjectDecision,
    ProjectFund,
    Share,
    Sharing,
    SharingState,
)

BATCH = 500
ZERO = Decimal(0)
Sums = dict[Any, dict[str, Decimal]]


def problems() -> Iterator[str]:
    yield from ledger()
    yield from counters()
    yield from stage_of_projects()
    yield from shared_incomes()


def _sums(*by: str) -> Sums:
    """Entry sums by kind of everything the keys tell apart."""
    found: Sums = defaultdict(lambda: defaultdict(lambda: ZERO))
    rows = FundEntry.objects.order_by().values_list(*by, "kind").annotate(total=Sum("amount"))
    for *key, kind, total in rows:
        found[tuple(key)][kind] = total
    return found


def ledger() -> Iterator[str]:
    """Every running balance is the sum of its entries (C093: none is above its limit is a constraint)."""
    of_source, of_project, of_both = _sums("source"), _sums("project"), _sums("source", "project")
    for source in FundSource.objects.iterator(chunk_size=BATCH):
        sums = of_source[(source.pk,)]
        yield from _differs(str(source), "预算", source.budget, sums[EntryKind.BUDGET])
        yield from _money(str(source), source, sums)
    for project in Project.objects.iterator(chunk_size=BATCH):
        yield from _money(f"项目{project.number}", project, of_project[(project.pk,)])
    for fund in ProjectFund.objects.select_related("source", "project").iterator(chunk_size=BATCH):
        name = f"项目{fund.project.number}的{fund.source}"
        yield from _money(name, fund, of_both[(fund.source_id, fund.project_id)])


def _money(name: str, row: Any, sums: dict[str, Decimal]) -> Iterator[str]:
    yield from _differs(name, "已分配", row.allocated, sums[EntryKind.ALLOCATION])
    yield from _differs(name, "已支付", row.paid, sums[EntryKind.PAYMENT])


def _differs(name: str, what: str, kept: Decimal, summed: Decimal) -> Iterator[str]:
    if kept != summed:
        yield f"{name}：{what} {kept} 元，台账各笔合计 {summed} 元"


def counters() -> Iterator[str]:
    """A counter-entry turns the whole of one line, of the same source, project and kind."""
    for row in FundEntry.objects.filter(counters__isnull=False).select_related("counters"):
        line = row.counters
        same = ("kind", "source_id", "project_id")
        if row.amount != -line.amount or any(getattr(row, name) != getattr(line, name) for name in same):
            yield f"台账第{row.pk}笔冲回第{line.pk}笔，两笔不一致"


def stage_of_projects() -> Iterator[str]:
    """A project stands where its last decision left it, each decision begins where the one before ended."""
    stands: dict[int, str] = {}
    for row in ProjectDecision.objects.order_by("pk").iterator(chunk_size=BATCH):
        if row.from_stage != stands.get(row.project_id, stages.APPLIED):
            yield f"项目{row.project_id}：“{row.label}”不是从上一环节办起的"
        stands[row.project_id] = row.to_stage
    for project in Project.objects.iterator(chunk_size=BATCH):
        if project.stage != stands.get(project.pk, stages.APPLIED):
            yield f"项目{project.number}：环节是“{project.stage}”，办理记录不是"
        if project.stage == stages.CANCELLED and project.allocated:
            yield f"项目{project.number}：已取消，还有已分配的资金"


def shared_incomes() -> Iterator[str]:
    """The shares add up to what is shared, that and the village's part to the income; who is paid has a measure."""
    wrong = Sharing.objects.exclude(state=SharingState.WITHDRAWN).annotate(parts=Sum("shares__amount"))
    for row in wrong.exclude(parts=F("total")).select_related("income__asset"):
        yield f"{row}：各户合计 {row.parts} 元，应分 {row.total} 元"
    for row in wrong.select_related("income__asset"):
        if row.total + row.village_part != row.income.net:
            yield f"{row}：分给贫困户和村集体的不等于可分配的收益"
    for share in Share.objects.filter(sharing__state=SharingState.PAID).select_related("measure"):
        if share.measure is None or share.measure.amount != share.amount:
            yield f"户收益{share.pk}：已经发放，帮扶措施与它不符"
