"""帮扶到位: by policy how many are entitled, have it, lack it, and had it without being entitled (domain §6).

The record is read as it stood on the day asked about, wherever a household lies by now; what was delivered counts up
to that day. Policies whose condition the record cannot tell have no coverage (measures/eligibility.py).
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from areas.scope import AreaScope
from households.looking_back import Back
from households.spans import WHOLE, Span
from measures import coverage
from measures.coverage import ENTITLED, MET, UNDUE, UNMET, Ground
from measures.eligibility import RULES
from measures.models import Policy
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.places import children_of, places
from reporting.definitions.rows import BELOW, FIRST, share
from reporting.lists import coverage_list
from reporting.report import (
    HOUSEHOLDS,
    PERCENT,
    PERSONS,
    Block,
    Cell,
    Column,
    Count,
    Counts,
    Figures,
    Progress,
    ReportDefinition,
    ReportRefused,
    Request,
    Rule,
)

WORDS = {ENTITLED: "应享", MET: "已享", UNMET: "应享未享", UNDUE: "不应享而享"}
# Of a policy's code; a line of figures has the figure's word in front.
RATE = "_rate"
RATES = "rates"
REST, FEWEST = "其他各类", 4
UNIT = {"person": PERSONS, "household": HOUSEHOLDS}
UNIT_WORDS = {PERSONS: "人", HOUSEHOLDS: "户"}


def check(request: Request) -> None:
    """A policy is counted from the day it is in force; those whose condition the record tells begin in 2016."""
    exit_tally.registered(request)
    if not _chapters(request):
        raise ReportRefused(f"{written(request.until)}还没有实行能按登记核对应享的政策，没有可统计的数")


def count(request: Request, span: Span = WHOLE) -> Counts:
    back = Back.since(request.until, request.shift)
    return coverage.counts(
        Ground(AreaScope.whole(), request.area, request.until, span, back),
        BELOW.get(request.area.level, "village_id"),
        lambda ids: children_of(request, ids),
    )


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "核对应享和已享")
    counts = count(request)
    progress(1, 2, "写成文件")
    return figures_of(request, counts)


def figures_of(request: Request, counts: Counts) -> Figures:
    # What was given to the area itself, or to a firm there, has a row of its own (本级).
    rows, found = places(request, [place for place, some in counts.items() if some])
    below = {place.pk: counts.get(place.pk, Counter()) for place in found if place.pk is not None}
    told = coverage.figures(request.until, {None: sum(counts.values(), Counter()), **below})
    cells: list[Cell] = []
    for place in found:
        for one in told[place.pk]:
            code, unit = one.policy.code, UNIT[one.rule.of]
            for figure in WORDS:
                url = coverage_list(place.area.code, code, figure, request.until, own=place.own)
                cells.append(Cell(place.code, f"{figure}_{code}", getattr(one, figure), unit, url))
            cells.append(Cell(place.code, f"{code}{RATE}", share(one.met, one.entitled), PERCENT))
    note = (
        "应享按截止日的登记和户当时所在的村，已享按截至当日已经落实的；不应享而享以落实的项计。登记说不清条件的政策不在表内。"
        "截止日以后才补登的落实、变故、住房鉴定，按它们自己的日期计；没有当日登记的按最早的登记。"
    )
    return Figures(
        rows,
        cells,
        notes=dict.fromkeys(
            [name for word in _sheets(_chapters(request)) for name in (word, f"{RATES}-{word}")], note
        ),
    )


def _chapters(request: Request) -> dict[str, list[Policy]]:
    """Policies with a condition that were in force on the day, by chapter, in the order of the catalogue."""
    found: dict[str, list[Policy]] = {}
    for policy in Policy.objects.in_force(request.until).filter(code__in=RULES).order_by("pk"):
        found.setdefault(policy.chapter, []).append(policy)
    return found


def _sheets(chapters: dict[str, list[Policy]]) -> dict[str, list[Policy]]:
    """A chapter with a few policies shares a sheet with the others like it: a form of one column is no form."""
    found = {chapter: policies for chapter, policies in chapters.items() if len(policies) >= FEWEST}
    rest = [policy for chapter, policies in chapters.items() if chapter not in found for policy in policies]
    return {**found, REST: rest} if rest else found


def blocks(request: Request) -> Sequence[Block]:
    """A column a policy and a line a figure; then the rates, a column a policy."""
    title, first = f"{request.area.name}{request.year}年帮扶政策到位情况统计表", FIRST[request.area.level]
    chapters = _chapters(request)
    lines = tuple((word, f"{figure}_") for figure, word in WORDS.items())
    found = [
        Block(
            word,
            word,
            f"{title}（{word}）",
            "人、户",
            tuple(_column(policy, f"{ENTITLED}_{policy.code}") for policy in policies),
            first,
            lines=lines,
        )
        for word, policies in _sheets(chapters).items()
    ]
    # All rates side by side would be too small to read on the largest sheet.
    found += [
        Block(
            f"{RATES}-{word}",
            f"{word}到位率",
            f"{title}（{word}到位率）",
            "%",
            tuple(_rate(policy, last=policy is policies[-1]) for policy in policies),
            first,
        )
        for word, policies in _sheets(chapters).items()
    ]
    return found


def _rate(policy: Policy, *, last: bool) -> Column:
    return Column(f"{policy.code}{RATE}", (policy.chapter, policy.name), PERCENT, edge=last)


def _column(policy: Policy, key: str) -> Column:
    unit = UNIT[RULES[policy.code].of]
    return Column(key, (policy.chapter, policy.name, UNIT_WORDS[unit]), unit)


def rules(figures: Figures) -> Iterator[Rule]:
    """Of every policy that the kept figures have."""
    whole = figures.whole.code
    for cell in figures.cells:
        if cell.row == whole and cell.column.startswith(f"{UNMET}_"):
            code = cell.column.removeprefix(f"{UNMET}_")
            yield Rule("应享−已享＝应享未享", cell.column, (f"{ENTITLED}_{code}",), (f"{MET}_{code}",))


DEFINITION = ReportDefinition(
    kind="coverage",
    title="帮扶到位情况",
    explanation="各项政策应享、已享、应享未享、不应享而享的人或户，按措施类别。",
    check=check,
    figures=figures,
    blocks=blocks,
    # A condition a policy: its statements for nobody take as long as the counting of some 12 000 households.
    count=Count(count, figures_of, least=30_000),
    rules=rules,
    nests=True,
)
