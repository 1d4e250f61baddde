"""What a settled year asks for next (R309, R310), and what of a kept run goes into it; also what is due of 调度 (R304)."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from areas.models import Area, Level
from reporting.definitions import exit_tally, quarterly
from reporting.definitions.assessment import SCORE, whole_key
from reporting.definitions.assessment_facts import items
from reporting.models import ReportRun, TownAssessment
from reporting.models.assessment import MISSED_TO_ESCALATE, MISSED_TO_TALK
from reporting.report import PERSONS
from villages.models import EventKind, WorkEvent
from villages.models.work_record import quarter_of

TASKS = next(item for item in items() if item.key == "exits")


@dataclass(frozen=True)
class Step:
    """What follows for a town: `event` is what was recorded of it, `url` the form that records it."""

    kind: str
    why: str
    event: WorkEvent | None
    url: str


def facts(run: ReportRun) -> list[dict[str, Any]]:
    """Of the towns of a kept run of the sheet: score, task, who left; whether it was missed, and who finished early."""
    figures, found = run.figures, []
    counts = exit_tally.count(run.request)
    towns = {area.code: area for area in Area.objects.filter(parent=run.area, level=Level.TOWN)}
    for row in figures.rows:
        area = towns.get(row.code)
        if area is None:
            continue
        score, planned = figures.value(row.code, SCORE), figures.value(row.code, whole_key(TASKS))
        left = figures.value(row.code, "exits_part")
        persons, gone = (planned if isinstance(planned, int) else None), int(left or 0)
        found.append(
            {
                "area": area,
                "score": None if score is None else Decimal(str(score)),
                "planned": persons,
                "left": gone,
                "missed": persons is not None and gone < persons,
                "early": counts[area.pk, False, exit_tally.NOW, PERSONS] == 0
                and counts[area.pk, False, exit_tally.BASE, PERSONS] > 0,
            }
        )
    return found


def follow_ups(rows: Iterable[TownAssessment]) -> dict[int, list[Step]]:
    """What each settled assessment asks for, by its id: 约谈 after a missed year, 提请调整 after two running, praise."""
    settled = [row for row in rows if row.settled_at is not None]
    areas = [row.area_id for row in settled]
    missed = set(
        TownAssessment.objects.filter(area__in=areas, missed=True, settled_at__isnull=False).values_list(
            "area", "year"
        )
    )
    events: dict[tuple[int, str], list[WorkEvent]] = defaultdict(list)
    kinds = (EventKind.TALK, EventKind.ESCALATION, EventKind.PRAISE)
    for event in WorkEvent.objects.standing().filter(area__in=areas, kind__in=kinds).order_by("on", "pk"):
        events[event.area_id, event.kind].append(event)

    def step(row: TownAssessment, kind: str, why: str) -> Step:
        """One is of the year when it came after its end and before the end of the next."""
        found = (one for one in events[row.area_id, kind] if row.year < one.on.year <= row.year + 1)
        query = urlencode({"kind": kind, "area": row.area.code, "title": f"{row.year}年度考核：{why}"})
        return Step(kind, why, next(found, None), f"{reverse('villages:work-new')}?{query}")

    steps: dict[int, list[Step]] = {}
    for row in settled:
        years = 0
        while (row.area_id, row.year - years) in missed:
            years += 1
        asked = []
        if years >= MISSED_TO_TALK:
            asked.append(step(row, EventKind.TALK, "未完成年度减贫任务"))
        if years >= MISSED_TO_ESCALATE:
            asked.append(step(row, EventKind.ESCALATION, f"连续 {years} 年未完成任务"))
        if row.early:
            asked.append(step(row, EventKind.PRAISE, "提前完成减贫任务"))
        steps[row.pk] = asked
    return steps


def waiting(rows: Any, day: datetime.date) -> Any:
    """Of these assessments those of last year, settled and missed, whose 约谈 or 提请调整 is not recorded yet.

    Both are of this year, so that one of an earlier year cannot be made good any more.
    """
    year = day.year - 1
    held = WorkEvent.objects.standing().filter(area=OuterRef("area"), on__year=day.year)
    settled = TownAssessment.objects.filter(missed=True, settled_at__isnull=False)
    before = settled.filter(area=OuterRef("area"), year=year - 1)
    talked, escalated = (Exists(held.filter(kind=kind)) for kind in (EventKind.TALK, EventKind.ESCALATION))
    return rows.filter(
        ~Q(talked) | (Q(Exists(before)) & ~Q(escalated)),
        year=year,
        missed=True,
        settled_at__isnull=False,
    )


def due(county: Area, day: datetime.date) -> list[tuple[str, str]]:
    """(what, address): 月调度 of last month, 季总结 of last quarter with its table, and 年底考核 of last year that are not there.

    A meeting about a period is held in it or in the month, or quarter, after it. The table is the report of the quarter's
    last day; where one is scheduled (定期报表) it is there by itself, once.
    """
    month = day.replace(day=1)
    before = (month - datetime.timedelta(days=1)).replace(day=1)
    quarter = quarter_of(day)[0]
    quarter_before = quarter_of(quarter - datetime.timedelta(days=1))[0]
    wanted = (
        (EventKind.MONTH, before, f"{before.month}月的月调度"),
        (EventKind.QUARTER, quarter_before, f"{(quarter_before.month + 2) // 3}季度的季总结"),
    )
    held = list(
        WorkEvent.objects.standing()
        .filter(area=county, kind__in=[kind for kind, *_ in wanted], on__gte=min(before, quarter_before))
        .values_list("kind", "on")
    )
    found = []
    for kind, since, word in wanted:
        if not any(each == kind and on >= since for each, on in held):
            query = urlencode({"kind": kind, "area": county.code, "title": word})
            found.append((word, f"{reverse('villages:work-new')}?{query}"))
    last = quarter - datetime.timedelta(days=1)
    table = quarterly.DEFINITION.kind
    if not ReportRun.objects.filter(kind=table, area=county, as_of=last).exists():
        query = urlencode({"area": county.code, "year": last.year, "as_of": last.isoformat()})
        found.append((f"{wanted[1][2]}表", f"{reverse('reporting:report', args=[table])}?{query}"))
    settled = TownAssessment.objects.filter(area__parent=county, year=day.year - 1, settled_at__isnull=False)
    if not settled.exists():
        found.append(
            (f"{day.year - 1}年的年底考核", f"{reverse('reporting:assessments')}?year={day.year - 1}")
        )
    return found
