"""年度退出统计: by area, year and standard: base, in, left, out, now, beside what the plan printed (domain §7).

Base + in − out = now in every row, in households and in persons. One aggregation of the frozen events gives
every counted figure; a figure's list applies the same filter (StatusEventQuerySet.counted).
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import BooleanField, Case, CharField, F, Q, Sum, Value, When

from areas.models import Area
from households.codes import CODES
from households.models import StatusEvent
from households.models.event import Kind
from office.days import written
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.goals import goal
from reporting.lists import event_list, register_list
from reporting.plan_figures import PlanFigures
from reporting.report import (
    DIFFERENCE,
    HOUSEHOLDS,
    PERSONS,
    PRINTED,
    Block,
    Cell,
    Column,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    ReportRefused,
    Request,
    Rule,
)

EARLIEST = 2000
BASE, NEW, RETURN, OTHER_IN = "base", "new", "return", "other_in"
EXIT, OTHER_OUT, NOW, NET = "exit", "other_out", "now", "net"
INCOMING = {
    NEW: ("纳入", (Kind.ENTRY,)),
    RETURN: ("返贫", (Kind.RETURN,)),
    OTHER_IN: ("其他增加", (Kind.JOIN, Kind.IN, Kind.REVERSAL, Kind.CORRECTION)),
}
OUTGOING = {
    EXIT: ("退出", (Kind.EXIT,)),
    OTHER_OUT: ("其他减少", (Kind.LEAVE, Kind.OUT, Kind.CANCEL, Kind.CORRECTION)),
}
FLOW_OF = {
    **{(kind, True): flow for flow, (_, kinds) in INCOMING.items() for kind in kinds},
    **{(kind, False): flow for flow, (_, kinds) in OUTGOING.items() for kind in kinds},
}
WORDS = {
    BASE: "年初在册",
    **{flow: word for flow, (word, _) in {**INCOMING, **OUTGOING}.items()},
    NOW: "现在册",
    NET: "净增减",
}
UNITS = {HOUSEHOLDS: "户", PERSONS: "人"}
STANDARDS = {False: "", True: "national_"}
CAUSES = [(entry.code, entry.label) for entry in CODES["poverty_cause"].codes]

# (child area or None, national, figure, unit) → count; the child None is the area itself.
Counts = Counter[tuple[int | None, bool, str, str]]


def key(figure: str, national: bool, unit: str) -> str:
    return f"{figure}_{STANDARDS[national]}{unit}"


def cause_key(code: str) -> str:
    return f"exit_cause_{code}"


def check(request: Request) -> None:
    if request.year < EARLIEST:
        raise ReportRefused(f"{request.year}年没有登记：年度写四位数字")
    if request.year > request.as_of.year:
        raise ReportRefused(f"{request.year}年在统计截止（{written(request.as_of)}）以后，还没有数")
    first = StatusEvent.objects.order_by("on").values_list("on", flat=True).first()
    if first is not None and request.year < first.year:
        raise ReportRefused(f"{request.year}年没有登记：名册从{first.year}年开始")


def registered(request: Request) -> None:
    """As check; refused too where nobody was ever on the register: noughts would look like a count."""
    check(request)
    if not StatusEvent.objects.in_area(request.area).known(request.until, request.as_of).exists():
        raise ReportRefused(f"{request.area}到{written(request.until)}还没有登记过贫困户，没有可统计的数")


def standing(request: Request) -> None:
    """As registered; refused too where nobody is on the register any more, by whom there is nothing to sort."""
    registered(request)
    stock = StatusEvent.objects.in_area(request.area)
    if not stock.last_of_each(request.until, request.as_of, standing=True).exists():
        raise ReportRefused(f"{request.area}{written(request.until)}没有在册的户，没有可统计的数")


def count(request: Request, since: datetime.date | None = None, below: str | None = None) -> Counts:
    """Every counted figure of the area and its children, in one statement; the base is the stock on `since`.

    Without it the base is that of the year. `below`: the column of other parts than the direct children.
    """
    base_day = since or request.base_day
    events = StatusEvent.objects.in_area(request.area).counted(
        until=request.until, as_of=request.as_of, counts="persons"
    )
    below = below or BELOW.get(request.area.level)
    grouped = (
        events.annotate(
            before=Case(When(on__lte=base_day, then=True), default=False, output_field=BooleanField()),
            incoming=Case(When(persons__gt=0, then=True), default=False, output_field=BooleanField()),
            exit_cause=Case(
                When(Q(kind=Kind.EXIT, on__gt=base_day), then=F("cause")),
                default=Value(""),
                output_field=CharField(),
            ),
        )
        .values(*([below] if below else []), "kind", "national", "before", "incoming", "exit_cause")
        .annotate(household_sum=Sum("households"), person_sum=Sum("persons"))
        .order_by()
    )
    counts: Counts = Counter()
    for group in grouped:
        flow = BASE if group["before"] else FLOW_OF[group["kind"], group["incoming"]]
        sums = {HOUSEHOLDS: group["household_sum"], PERSONS: group["person_sum"]}
        for place in {None, group.get(below)}:
            for national in (False, True) if group["national"] else (False,):
                for unit, moved in sums.items():
                    counts[place, national, flow, unit] += moved if flow == BASE else abs(moved)
                    counts[place, national, NOW, unit] += moved
                    if flow == OTHER_OUT:
                        counts[place, national, f"{OTHER_OUT} {group['kind']}", unit] += abs(moved)
                if flow == EXIT:
                    counts[place, national, f"cause {group['exit_cause']}", PERSONS] += abs(
                        group["person_sum"]
                    )
    for place, national, _, unit in list(counts):
        counts[place, national, NET, unit] = (
            counts[place, national, NOW, unit] - counts[place, national, BASE, unit]
        )
    return counts


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 3, "统计动态")
    counts = count(request)
    children = child_areas(request, [place for place, *_ in counts])
    progress(1, 3, "对照规划")
    plan = PlanFigures.of(request.plan_area)
    rows = report_rows(request.area, children)
    cells: list[Cell] = []
    for area, place in [(request.area, None), *((child, child.pk) for child in children)]:
        cells += _row(request, plan, area, place, counts)
    progress(2, 3, "写成文件")
    marks = plan.marks(
        [
            (area, PRINTED + key(EXIT, national, PERSONS), plan.exits(area, request.year, national))
            for area in [request.area, *children]
            for national in (False, True)
        ]
    )
    note = "年初在册＋纳入＋返贫＋其他增加−退出−其他减少＝现在册；其他增加含增员、转入、回退、更正，其他减少含减员、转出、注销、更正。"
    told = goal(f"exits-{request.year}", request.plan_area.name)
    if told:
        note += f"规划正文（{told.place}）写{request.year}年计划脱贫{told.figure}人；表里照印的是规划表的数，两处不一致的都不改。"
    return Figures(
        rows,
        cells,
        marks,
        notes={"all": note, "national": note},
        plan=plan.name,
        plan_id=plan.table_id,
    )


def _row(request: Request, plan: PlanFigures, area: Area, place: int | None, counts: Counts) -> list[Cell]:
    cells = []
    for national in STANDARDS:
        for unit in UNITS:
            for figure in WORDS:
                cells.append(
                    Cell(
                        area.code,
                        key(figure, national, unit),
                        counts[place, national, figure, unit],
                        unit,
                        address(request, area.code, figure, unit, national),
                    )
                )
        printed = plan.exits(area, request.year, national)
        left = counts[place, national, EXIT, PERSONS]
        column = key(EXIT, national, PERSONS)
        cells.append(Cell(area.code, PRINTED + column, plan.value(printed), PERSONS))
        cells.append(Cell(area.code, DIFFERENCE + column, plan.difference(area, left, printed), PERSONS))
    for code, label in CAUSES:
        cells.append(
            Cell(
                area.code,
                cause_key(code),
                counts[place, False, f"cause {label}", PERSONS],
                PERSONS,
                address(request, area.code, EXIT, PERSONS, False, cause=label),
            )
        )
    return cells


def address(
    request: Request,
    area: str,
    figure: str,
    unit: str,
    national: bool = False,
    cause: str = "",
    only: Sequence[str] = (),
) -> str | None:
    """The list that a figure counts, or what `only` these kinds of event count of it; none for 净增减, a difference."""
    if figure in (BASE, NOW):
        day = request.base_day if figure == BASE else request.until
        return register_list(area, day, request.as_of, national=national)
    if figure == NET:
        return None
    incoming = figure in INCOMING
    kinds = (INCOMING if incoming else OUTGOING)[figure][1]
    return event_list(
        area,
        unit,
        year=request.year,
        kinds=[str(kind) for kind in only or kinds],
        direction="in" if incoming else "out",
        until=request.until,
        as_of=request.as_of,
        national=national,
        cause=cause,
    )


def blocks(request: Request) -> Sequence[Block]:
    title, first = f"{request.area.name}{request.year}年度退出统计表", FIRST[request.area.level]
    found = []
    for national, name, word in ((False, "all", "省定标准"), (True, "national", "其中：国家标准")):
        exit_key = key(EXIT, national, PERSONS)
        columns = [Column(PRINTED + exit_key, ("计划退出（照印）", "人"), PERSONS, edge=True)]
        for figure, heading in WORDS.items():
            columns += [
                Column(key(figure, national, unit), (heading, unit_word), unit, edge=unit == PERSONS)
                for unit, unit_word in UNITS.items()
            ]
        columns.append(Column(DIFFERENCE + exit_key, ("退出比计划", "人"), PERSONS))
        found.append(Block(name, word, f"{title}（{word}）", "户、人", tuple(columns), first))
    causes = tuple(Column(cause_key(code), (label,), PERSONS) for code, label in CAUSES)
    found.append(Block("causes", "退出人口按主要致贫原因", f"{title}（按主要致贫原因）", "人", causes, first))
    return found


def rules(figures: Figures) -> Iterator[Rule]:
    for national in STANDARDS:
        for unit in UNITS:
            base, now, net = (key(figure, national, unit) for figure in (BASE, NOW, NET))
            came, went = (
                tuple(key(flow, national, unit) for flow in flows) for flows in (INCOMING, OUTGOING)
            )
            yield Rule("年初在册＋增加−减少＝现在册", now, (base, *came), went)
            yield Rule("现在册−年初在册＝净增减", net, (now,), (base,))
            if national:
                yield Rule("国家标准不大于省定标准", now, (key(NOW, False, unit),), most=True)
    yield Rule(
        "各致贫原因相加＝退出", key(EXIT, False, PERSONS), tuple(cause_key(code) for code, _ in CAUSES)
    )


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    left = key(EXIT, False, PERSONS)
    planned = (("计划退出（照印）", (PRINTED + left,)), ("已退出", (left,)))
    yield Drawing("退出人口：计划和实际", "人", blocks[0].first, planned)
    of_causes = (("退出人口", tuple(cause_key(code) for code, _ in CAUSES)),)
    words = tuple(label for _, label in CAUSES)
    yield Drawing("退出人口按主要致贫原因", "人", "致贫原因", of_causes, words, lying=True)


DEFINITION = ReportDefinition(
    kind="exit-tally",
    title="年度退出统计",
    explanation="计划退出、已退出、返贫、新纳入和净增减，户和人，省定标准和其中的国家标准。",
    check=registered,
    figures=figures,
    blocks=blocks,
    rules=rules,
    drawings=drawings,
    nests=True,
)
