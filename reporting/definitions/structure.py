"""人口结构: the registered population of the day by age, health, labour and schooling, and households by size.

Who is on the register the events say (households/tally.py), what was known of a person the version of the day
(households/structure.py), so that a closed year keeps its figures. Sizes are the members frozen with the last event.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from django.db import models
from django.db.models import Case, CharField, F, Q, Value, When

from households.models import StatusEvent
from households.spans import WHOLE, Span
from households.structure import BIGGEST, SIZES, TRAITS, Members
from office.days import written
from reporting.definitions import exit_tally
from reporting.definitions.rows import BELOW, FIRST, child_areas, report_rows
from reporting.lists import members_list, register_list
from reporting.report import (
    HOUSEHOLDS,
    PERSONS,
    Block,
    Cell,
    Column,
    Count,
    Counts,
    Drawing,
    Figures,
    Progress,
    ReportDefinition,
    Request,
    Rule,
)

TOTAL, SIZE = "total", "size"
NOTE = "按统计截止日在册的户的成员；年龄是当日周岁，健康、劳动能力和在校情况是当日登记的，没有当日登记的按最早的登记。"
SIZE_NOTE = "按每户最近一次动态记下的家庭人口数。"


def count(request: Request, span: Span = WHOLE) -> dict[int, Counter[str]]:
    """By the direct child in which a household's last event lies (of a village: by itself): "age 0-6" …, "size 1" …,
    "total" → persons or, of sizes, households.

    Three statements: persons with a version, persons without, households by size. Households that lie elsewhere
    by now are few and counted child by child.
    """
    events = StatusEvent.objects.in_area(request.area).filter(span.q("household_id"))
    place = BELOW.get(request.area.level, "village_id")
    column = f"{place.partition('_')[0]}_id"
    stayed = Q(**{column: F(f"household__{column}")})
    found: dict[int, Counter[str]] = defaultdict(Counter)
    _add_members(found, request, events, stayed, f"household__{place}")
    last = events.last_of_each(request.until, request.as_of, standing=True).order_by()
    for child in last.exclude(stayed).values_list(place, flat=True).distinct():
        own: dict[int, Counter[str]] = defaultdict(Counter)
        _add_members(own, request, events.filter(**{place: child}), ~stayed, "")
        found[child] += own[0]
    for child, size, homes in last.values_list(place, "members").annotate(count=models.Count("pk")):
        found[child][f"{SIZE} {size if size < BIGGEST else SIZES[-1]}"] += homes
        found[child][SIZE] += homes
    return found


def _add_members(found: dict[int, Counter[str]], request: Request, events: Any, where: Q, place: str) -> None:
    """Adds to the counts of each place (0 without one) the members of the households whose last event is so."""
    members = Members(events, request.until, request.as_of, request.shift, where)
    sorts = {
        key: Case(
            *(When(trait.q(name, request.until), then=Value(name)) for name in trait.words),
            output_field=CharField(),
        )
        for key, trait in TRAITS.items()
    }
    names = [f"by_{key}" for key in sorts]
    for source in chain(*members.sources()):
        lies = F(place) if place else Value(0)
        sorted_out = source.annotate(lies=lies, **dict(zip(names, sorts.values(), strict=True)))
        for child, *classes, persons in sorted_out.values_list("lies", *names).annotate(
            count=models.Count("pk")
        ):
            found[child][TOTAL] += persons
            for key, name in zip(sorts, classes, strict=True):
                found[child][f"{key} {name}"] += persons


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计在册人口")
    counts = count(request)
    progress(1, 2, "写成文件")
    return figures_of(request, counts)


def figures_of(request: Request, counts: Counts) -> Figures:
    children = child_areas(request, counts.keys())
    # A household's last event lies in one child alone: the whole is their sum.
    whole = sum(counts.values(), Counter())
    cells: list[Cell] = []
    for area in (request.area, *children):
        cells += _row(request, area.code, whole if area == request.area else counts.get(area.pk, Counter()))
    notes = {**dict.fromkeys(TRAITS, NOTE), SIZE: SIZE_NOTE}
    return Figures(report_rows(request.area, children), cells, notes=notes)


def _row(request: Request, code: str, counts: Counter[str]) -> list[Cell]:
    until, as_of = request.until, request.as_of
    cells = [Cell(code, f"{TOTAL}_{PERSONS}", counts[TOTAL], PERSONS, members_list(code, until, as_of))]
    for key, trait in TRAITS.items():
        for name in trait.words:
            url = members_list(code, until, as_of, trait=key, name=name)
            cells.append(Cell(code, f"{key}_{name}", counts[f"{key} {name}"], PERSONS, url))
    cells.append(
        Cell(code, f"{TOTAL}_{HOUSEHOLDS}", counts[SIZE], HOUSEHOLDS, register_list(code, until, as_of))
    )
    for size in SIZES:
        url = register_list(code, until, as_of, size=size)
        cells.append(Cell(code, f"{SIZE}_{size}", counts[f"{SIZE} {size}"], HOUSEHOLDS, url))
    return cells


def blocks(request: Request) -> Sequence[Block]:
    title = f"{request.area.name}{written(request.until)}建档立卡贫困人口结构统计表"
    first = FIRST[request.area.level]
    whole = Column(f"{TOTAL}_{PERSONS}", ("合计",), PERSONS, edge=True)
    found = []
    for key, trait in TRAITS.items():
        columns = (
            whole,
            *(Column(f"{key}_{name}", (trait.label, word), PERSONS) for name, word in trait.words.items()),
        )
        word = trait.label
        found.append(Block(key, word, f"{title}（{word}）", "人", columns, first))
    sizes = [Column(f"{TOTAL}_{HOUSEHOLDS}", ("合计",), HOUSEHOLDS, edge=True)]
    for size in SIZES:
        word = size.replace("+", "人以上") if size.endswith("+") else f"{size}人"
        sizes.append(Column(f"{SIZE}_{size}", ("家庭人口", word), HOUSEHOLDS))
    found.append(Block(SIZE, "家庭规模", f"{title}（家庭规模）", "户", tuple(sizes), first))
    return found


def rules(figures: Figures) -> Iterator[Rule]:
    for key, trait in TRAITS.items():
        parts = tuple(f"{key}_{name}" for name in trait.words)
        yield Rule(f"各类{trait.label}相加＝合计", f"{TOTAL}_{PERSONS}", parts)
    sizes = tuple(f"{SIZE}_{size}" for size in SIZES)
    yield Rule("各种家庭规模相加＝合计", f"{TOTAL}_{HOUSEHOLDS}", sizes)


def drawings(blocks: Sequence[Block]) -> Iterator[Drawing]:
    """Of each block its columns but the 合计."""
    for block in blocks:
        parts = block.columns[1:]
        series = (("户数" if block.key == SIZE else "人数", tuple(column.key for column in parts)),)
        words = tuple(column.path[-1] for column in parts)
        yield Drawing(f"贫困人口结构（{block.word}）", block.unit, block.word, series, words, lying=True)


DEFINITION = ReportDefinition(
    kind="structure",
    title="贫困人口结构",
    explanation="统计截止日在册的人，按年龄、健康、劳动能力和在校情况，户按家庭规模。",
    check=exit_tally.standing,
    figures=figures,
    blocks=blocks,
    count=Count(count, figures_of, least=5_000),
    rules=rules,
    drawings=drawings,
    nests=True,
)
