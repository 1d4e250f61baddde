"""Inspections, monthly reports and problems that are put right, counted again by the words of 督查情况统计表 (R314)."""

import datetime
from collections import Counter

from tests.reporting.small_recount.rows import Asked, Counted, Day, Rows, by_then, day_of
from villages.models import Inspection, Rectification, RectificationStep, WorkEvent

KINDS = {
    "驻村督查": "resident",
    "领导小组督查": "leading",
    "月度督查": "monthly",
    "第三方监测": "third",
    "年度验收": "yearly",
}
GRADES = {"好": "good", "一般": "fair", "差": "poor"}
EVENTS = {"月度报告": "report", "月调度": "dispatch"}
SOURCES = {"督查": "inspection", "第三方监测": "third"}
STATES = ("open", "under_way", "reported", "closed")
STEPS = {"定整改措施": "under_way", "报整改结果": "reported", "退回再整改": "under_way", "验收销号": "closed"}


def written(asked: Asked, model) -> list:
    """What of the row was written down by the day of recording and not struck out by then."""
    return [one for one in asked.rows.of(model) if asked.here(one.area_id)
            and by_then(one.recorded_at, asked.as_of) and not by_then(one.struck_at, asked.as_of)]  # fmt: skip


def stood(rows: Rows, one: Rectification, day: Day) -> str:
    state = "open"
    for step in rows.by(RectificationStep, "rectification_id")[one.pk]:
        if by_then(step.at, day):
            state = STEPS.get(step.action, state)
    return state


def supervision(asked: Asked) -> Counted:
    found: Counter[str] = Counter()

    def counted(day: datetime.date, *keys: str) -> None:
        for span in ("year", *(["month"] if asked.in_month(day) else [])) if asked.in_year(day) else ():
            for key in keys:
                found[f"{span}_{key}"] += 1

    for one in written(asked, Inspection):
        fed = ["fed"] if one.fed_on and one.fed_on <= asked.until else []
        counted(one.on, "total", KINDS[one.kind], GRADES[one.grade], *fed)
    for one in written(asked, WorkEvent):
        if one.kind in EVENTS:
            counted(one.on, EVENTS[one.kind])
    for one in written(asked, Rectification):
        day, state = day_of(one.recorded_at), stood(asked.rows, one, asked.until)
        late = state in ("open", "under_way") and one.due_on < asked.until
        if asked.in_year(day):
            for key in ("problems", SOURCES.get(one.source, "other"), state, *(["late"] if late else [])):
                found[key] += 1
        elif day < asked.until and state != "closed":
            found["left"] += 1
            found["left_late"] += late
    dated = ("total", *KINDS.values(), *GRADES.values(), "fed", *EVENTS.values())
    keys = [f"{span}_{key}" for span in ("month", "year") for key in dated]
    keys += ["problems", *SOURCES.values(), "other", *STATES, "late", "left", "left_late"]
    return {key: found[key] for key in keys}
