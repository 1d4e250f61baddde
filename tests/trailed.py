"""Nothing is written without a row of the trail in the same transaction: not by a page that answers, not by a job
that ends (quality S6). A row that cannot be written then takes back what it would have told of.

Watched is every request of every test's client and every job worked on in the test's process. What was refused or
went wrong (400 and above; a job that failed) was rolled back or says so itself. And every name under which a row is
written has a test that writes it (trail_actions.csv): it fails where it does not.
"""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from office import jobs, trail
from office.models import JobState, TrailRow

TRAIL = TrailRow._meta.db_table
# What the program keeps for itself (sessions, locks, the queue's own clock), and what somebody has typed so far, which
# nobody else sees and which is told when it is saved.
BESIDE = {
    "django_session", "axes_accessattempt", "axes_accessattemptexpiration", "axes_accessfailurelog", "axes_accesslog",
    "office_pulse", "office_dueperiod", "office_jobpart", "households_entrydraft",
}  # fmt: skip
JOB = "office_job"
# Addresses that order a job and write no row; the row that the job writes with its effect, by the job's kind.
ORDERED = {
    "accounts:export-new": {"list-export": {"导出清单"}, "list-export-long": {"导出清单"}},
    "accounts:trail-archives": {"trail-archive": {"归档操作日志"}},
    "accounts:trail-archive-prune": {"trail-prune": {"清除已归档的操作日志"}},
    "audits:archive": {"list-archive": {"制作名单档案"}},
    "households:import-workbook-new": {"register-workbook": {"生成采集工作簿"}},
    "households:import-confirm": {"register-import-apply": {"导入贫困户表"}},
    "households:import-undo": {"register-import-undo": {"撤销导入"}},
    "households:year-close": {"year-close": {"封存年度"}},
    "measures:workbook-make": {"measure-workbook": {"生成措施工作簿"}},
    "measures:import-confirm": {"measure-import-apply": {"导入帮扶措施"}},
    "measures:import-undo": {"measure-import-undo": {"撤销措施导入"}},
    "reporting:run-details": {"list-export": {"导出清单"}, "list-export-long": {"导出清单"}},
    "reporting:reports": {"report": {"生成报表", "取用报表"}},
}
BY_JOBS = {kind: rows for kinds in ORDERED.values() for kind, rows in kinds.items()}
# Addresses and kinds of jobs that write without a row, and why.
UNTOLD = {
    "accounts:second-factor-new": "a secret that is shown binds nobody before its first code, which is told",
    "households:import-bad-rows": "rows of one's own upload set apart; the file is told of when it is fetched",
    "households:import-good-rows": "rows of one's own upload set apart; the file is told of when it is fetched",
    "register-import-check": "what is staged is its uploader's; told when it came, and when it is written",
    "measure-import-check": "what is staged is its uploader's; told when it came, and when it is written",
    "reporting:schedules": "what a schedule owes from its first day on; the schedule is told, and each report when it is made",
    "reporting:schedule-resume": "what a schedule owes when it goes on; that it does is told, and each report when it is made",
    "report-schedules": "what schedules owe; they are told, and each report when it is made",
    **dict.fromkeys(
        (
            "agreements-expire", "department-lists-expire", "full-exports-expire", "list-archives-expire",
            "list-exports-expire", "measure-imports-expire", "register-uploads-expire",
        ),
        "what was made to be fetched or decided within some days goes when they are over",
    ),
}  # fmt: skip
WRITES = re.compile(r'\s*(INSERT (?:OR IGNORE )?INTO|UPDATE|DELETE FROM) "(\w+)"')
ASKED, WORKED, RECORD = Client.request, jobs.work_on, trail.record

# Tables by the transaction in which they were written; None: in none, statement by statement.
Written = dict[str | None, set[str]]


@contextmanager
def written() -> Iterator[Written]:
    """The tables of which the block changes rows. Of transactions of the test itself only those inside it count."""
    tables: Written = {}
    outside, outer = connection.in_atomic_block, len(connection.savepoint_ids)

    def within() -> str | None:
        if not outside:
            return "the only one" if connection.in_atomic_block else None
        return next((name for name in connection.savepoint_ids[outer:] if name), None)

    def note(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        answer = execute(sql, params, many, context)
        found = WRITES.match(sql)
        # SQLite does not say how many rows an INSERT that gives back their keys has made.
        if found and (found[1].startswith("INSERT") or context["cursor"].rowcount):
            tables.setdefault(within(), set()).add(found[2])
        return answer

    with connection.execute_wrapper(note):
        yield tables


def untold(tables: Written) -> set[str]:
    """What was written, but for the trail itself, in transactions without a row of it."""
    alone = [names for within, names in tables.items() if within is None or TRAIL not in names]
    return set().union(*alone) - BESIDE - {TRAIL}


@dataclass
class Watch:
    """`found` wrote and told nobody; `told` are the names of the rows that were written."""

    found: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def request(self, client: Client, **environ: Any) -> Any:
        with written() as tables:
            answer = ASKED(client, **environ)
        if answer.status_code < 400 and (left := untold(tables)):
            name = answer.resolver_match.view_name
            if name not in UNTOLD and name not in ORDERED:
                self.found.append(f"{environ.get('REQUEST_METHOD')} {name}: {sorted(left)}")
        return answer

    def work_on(self, run: Any, function: Any) -> None:
        before = len(self.told)
        with written() as tables:
            WORKED(run, function)
        kind = run.job.kind
        if run.job.state != JobState.DONE or kind in UNTOLD:
            return
        if left := untold(tables) - {JOB}:
            self.found.append(f"job {kind}: {sorted(left)}")
        if (owed := BY_JOBS.get(kind)) and not owed & set(self.told[before:]):
            self.found.append(f"job {kind}: no row {sorted(owed)}")

    def record(self, action: str, **more: Any) -> TrailRow:
        row = RECORD(action, **more)
        self.told.append(action)
        return row


@contextmanager
def watched() -> Iterator[Watch]:
    """Inside another one this one alone watches."""
    watch, before = Watch(), (Client.request, jobs.work_on, trail.record)
    Client.request = lambda client, **environ: watch.request(client, **environ)
    jobs.work_on, trail.record = watch.work_on, watch.record
    try:
        yield watch
    finally:
        Client.request, jobs.work_on, trail.record = before


@cache
def actions() -> dict[str, str]:
    """The test that writes it, by the name of the row."""
    with (Path(__file__).parent / "trail_actions.csv").open() as file:
        return {row["action"]: row["test"] for row in csv.DictReader(file)}


@cache
def of_tests() -> dict[str, set[str]]:
    owed: dict[str, set[str]] = {}
    for action, test in actions().items():
        owed.setdefault(f"tests/{test}", set()).add(action)
    return owed


# Written by a command in a process and a database of its own, where the test named for it reads the row.
APART = {"恢复备份", "搬入数据"}


def missing(nodeid: str, watch: Watch) -> list[str]:
    """What this test is to write and did not."""
    return sorted(of_tests().get(nodeid, set()) - set(watch.told) - APART)
