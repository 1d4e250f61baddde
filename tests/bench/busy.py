"""The long work beside which pages are measured (P15): an import of BENCH_FILE and tallies of the province, until
BENCH_STOP exists; BENCH_BEGUN exists once a worker is at the import. Prints how much of it was done."""

import io
import os
import time
import zipfile
from pathlib import Path
from typing import Any

from areas.models import Area, Level
from households.models import ImportBatch, ImportState
from households.workbook import importing
from office import clock
from office.jobs import enqueue, sweep
from office.models import Job, JobState
from reporting.jobs import parameters
from tests.bench.import_once import clerk
from tests.bench.places import COUNTY
from tests.bench.tally import AS_OF, YEAR
from tests.bench.waiting import RING


def another(data: bytes, number: int) -> bytes:
    """The same workbook as a file of its own: one that was imported is not taken in again."""
    kept = io.BytesIO(data)
    with zipfile.ZipFile(kept, "a") as book:
        book.comment = str(number).encode()
    return kept.getvalue()


def main() -> dict[str, Any]:
    stop, begun, user = Path(os.environ["BENCH_STOP"]), Path(os.environ["BENCH_BEGUN"]), clerk()
    province = Area.objects.by_code(COUNTY).at(Level.PROVINCE)
    assert province is not None and user.home_area is not None
    data = Path(os.environ["BENCH_FILE"]).read_bytes()
    imports = tallies = 0
    batch: ImportBatch | None = None
    importer: Job | None = None
    tally: Job | None = None
    rung = time.monotonic()
    while not stop.exists():
        if time.monotonic() - rung > RING:
            # As beat would, should a message be lost.
            sweep()
            rung = time.monotonic()
        if batch is None or importer is None:
            content = another(data, imports)
            batch = importing.take_in(user, user.home_area, "bench.xlsx", content, clock.moment())
            importer = enqueue("register-import-check", params={"batch": str(batch.pk)}, owner=user)
        importer.refresh_from_db()
        assert importer.state != JobState.FAILED, importer.error
        if importer.state != JobState.QUEUED:
            begun.touch()
        if importer.state == JobState.DONE and importer.kind == "register-import-check":
            assert ImportBatch.objects.get(pk=batch.pk).move(ImportState.READY, ImportState.APPLYING)
            importer = enqueue("register-import-apply", params={"batch": str(batch.pk)}, owner=user)
        elif importer.state == JobState.DONE:
            imports, batch = imports + 1, None
        if tally is not None:
            tally.refresh_from_db()
            tallies += tally.state == JobState.DONE
        if tally is None or tally.is_over:
            tally = enqueue(
                "report", params=parameters("exit-tally", province, YEAR, AS_OF), key=f"bench-{time.time()}"
            )
        time.sleep(0.5)
    assert importer is not None
    return {"import": f"{importer.kind} {importer.state}", "imports": imports, "tallies": tallies}
