"""The yearly exit tally beside the raw aggregation (P5) and beside a count by hand of every row (P6).

Needs a worker on the same database (tests.bench.site.working).
"""

import datetime
from collections import Counter
from typing import Any

from django.db import connection

from areas.models import Area, Level
from households.codes import CODES
from households.models import Household, StatusEvent
from office import jobs
from office.clock import end_of
from office.models import Job
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.bench import empty_job, waiting
from tests.bench.places import COUNTY
from tests.bench.turns import medians, seconds

# The year in which the register of a size loses most, with two years of entries as its base; P6 takes all of them.
YEAR, AS_OF = 2016, datetime.date(2018, 11, 20)
YEARS = (2015, 2016, 2017)
# What a row adds to: the definition's figures by kind and direction, written down a second time.
FLOWS = {
    ("纳入", 1): "new",
    ("返贫", 1): "return",
    **{(kind, 1): "other_in" for kind in ("增员", "转入", "回退", "更正")},
    ("退出", -1): "exit",
    **{(kind, -1): "other_out" for kind in ("减员", "转出", "注销", "更正")},
}
CAUSES = {entry.label: entry.code for entry in CODES["poverty_cause"].codes}
RAW = """
    SELECT county_id, kind, national, "on" < %(begin)s, persons > 0,
           CASE WHEN kind = '退出' AND "on" >= %(begin)s THEN cause ELSE '' END,
           SUM(households), SUM(persons)
      FROM households_statusevent
     WHERE county_id = %(county)s AND "on" <= %(end)s AND recorded_at < %(known)s AND persons <> 0
     GROUP BY 1, 2, 3, 4, 5, 6
"""


def done(kind: str, params: dict[str, Any]) -> Job:
    """The job of this kind after a worker has done it."""
    return waiting.done(jobs.enqueue(kind, params=params))


def taken(kind: str, params: dict[str, Any]) -> float:
    """Seconds from start to the end of a job; a report's files are written before its end."""
    row = done(kind, params)
    assert row.started_at and row.finished_at
    return (row.finished_at - row.started_at).total_seconds()


def raw(county: Area) -> float:
    asked = {
        "county": county.pk,
        "begin": datetime.date(YEAR, 1, 1),
        "end": datetime.date(YEAR, 12, 31),
        "known": end_of(AS_OF),
    }

    def aggregate() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW, asked)
            cursor.fetchall()

    return seconds(aggregate)


def by_hand(county: Area, year: int) -> Counter[tuple[str, str]]:
    """(area code, column) → figure, from one row after another."""
    codes = dict(Area.objects.filter(parent=county).values_list("pk", "code"))
    begin, end, known = datetime.date(year, 1, 1), datetime.date(year, 12, 31), end_of(AS_OF)
    found: Counter[tuple[str, str]] = Counter()
    rows = StatusEvent.objects.values_list(
        "town", "kind", "national", "on", "recorded_at", "households", "persons", "cause"
    ).iterator(chunk_size=20_000)
    for town, kind, national, on, recorded_at, households, persons, cause in rows:
        if on > end or recorded_at >= known or persons == 0:
            continue
        flow = "base" if on < begin else FLOWS[kind, 1 if persons > 0 else -1]
        if flow == "exit":
            for code in (county.code, codes[town]):
                found[code, f"exit_cause_{CAUSES[cause]}"] += abs(persons)
        for unit, moved in (("households", households), ("persons", persons)):
            for standard in ("", "national_") if national else ("",):
                for code in (county.code, codes[town]):
                    found[code, f"{flow}_{standard}{unit}"] += moved if flow == "base" else abs(moved)
                    found[code, f"now_{standard}{unit}"] += moved
                    if flow != "base":
                        found[code, f"net_{standard}{unit}"] += moved
    return found


def differing(county: Area) -> Counter[str]:
    """How many cells were compared, how many of them are not nought, and each that differs from the count by hand."""
    found: Counter[str] = Counter()
    for year in YEARS:
        run = ReportRun.objects.get(
            pk=done("report", parameters("exit-tally", county, year, AS_OF)).result["run"]
        )
        expected = by_hand(county, year)
        for cell in run.figures.cells:
            if cell.column.startswith(("printed_", "diff_")):
                continue
            figure = expected.pop((cell.row, cell.column), 0)
            found.update(cells=1, counted=1 if figure else 0)
            if cell.value != figure:
                found[f"{year} {cell.row} {cell.column}"] += 1
        found.update(f"{year} {' '.join(place)}" for place, figure in expected.items() if figure)
    return found


def main() -> dict[str, Any]:
    assert empty_job.empty  # importing it registers the kind in this process too
    county = Area.objects.by_code(COUNTY)
    province = county.at(Level.PROVINCE)
    assert province is not None
    params = parameters("exit-tally", province, YEAR, AS_OF)
    tally, empty, plain = medians(
        lambda: taken("report", params), lambda: taken("bench-empty", {}), lambda: raw(county), rounds=5
    )
    compared = differing(county)
    with_events = StatusEvent.objects.values("household").distinct().count()
    return {
        "tally": tally,
        "empty": empty,
        "raw": plain,
        "cells": compared.pop("cells"),
        "counted": compared.pop("counted"),
        "wrong": list(compared)[:10],
        "lost": Household.objects.count() - with_events,
    }
