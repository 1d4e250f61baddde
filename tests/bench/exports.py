"""The register exported by a worker beside XlsxWriter writing the same cells (P7), and the worker's memory (P8).

Needs a worker on the same database that takes the bulk queue (tests.bench.site.working).
"""

import datetime
import tempfile
import uuid
from pathlib import Path
from typing import Any

import xlsxwriter
from django.http import QueryDict

from accounts.models import User
from areas.models import Area, Level
from households.lists.register import KEY
from office import clock, exports
from office.models import Job
from tests.bench import facts, waiting
from tests.bench.places import COUNTY
from tests.bench.turns import medians, seconds


def done(owner: User) -> Job:
    """The job of one export of the whole register, after the worker has made the file."""
    register = exports.named(KEY)
    listed = register.ask(owner, QueryDict(""), clock.today())
    return waiting.done(
        exports.order(register, "", listed, format="xlsx", once=uuid.uuid4().hex, owner=owner)
    )


def taken(owner: User) -> float:
    """Seconds from the start to the end of the job: rights, rows, file, seal, trail."""
    job = done(owner)
    assert job.started_at and job.finished_at
    return (job.finished_at - job.started_at).total_seconds()


def cells(owner: User) -> list[list[Any]]:
    listed = exports.named(KEY).ask(owner, QueryDict(""), clock.today())
    values = [column.value for column in listed.columns]
    return [[value(row) for value in values] for rows in listed.batches() for row in rows]


def written(lines: list[list[Any]], path: Path) -> float:
    """Seconds that XlsxWriter takes for the same cells, held in memory already."""

    def write() -> None:
        book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, values in enumerate(lines, start=1):
            for place, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif isinstance(value, datetime.date):
                    sheet.write_datetime(line, place, value, day)
                elif value is not None:
                    sheet.write_number(line, place, value)
        book.close()

    return seconds(write)


def peak(job: Job) -> int:
    """The most memory (kB) that the process which did the job has ever held."""
    status = Path(f"/proc/{job.worker.rsplit(':', 1)[1]}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1])


def main() -> dict[str, Any]:
    province = Area.objects.by_code(COUNTY).at(Level.PROVINCE)
    assert province is not None
    facts.client("province", province)
    owner = User.objects.get(username="bench-province")
    # Before anything else: a worker that has done no more than this.
    memory = peak(done(owner))
    lines = cells(owner)
    with tempfile.TemporaryDirectory() as folder:
        export, plain = medians(lambda: taken(owner), lambda: written(lines, Path(folder) / "plain.xlsx"))
    return {
        "export": export,
        "plain": plain,
        "rows": len(lines),
        "columns": len(lines[0]),
        "peak_kb": memory,
    }
