"""A web process of the embedded mode, as test_embedded starts it: `python -m tests.office.embedded_site [JSON]`.

It does what a server does on start, imports config.wsgi, then asks for one counting job if parameters are
given, and prints every change of the newest counting job's row as a JSON line. It ends when the job is over.
"""

import json
import sys
import time

from config import wsgi
from office import embedded, jobs
from office.models import Job
from tests.office import worker_jobs


def watch() -> None:
    told = None
    while True:
        row = Job.objects.filter(kind="worker-count").order_by("-queued_at").first()
        seen = [row.state, row.done_count, row.attempts] if row else None
        if seen != told:
            print(json.dumps(seen), flush=True)
            told = seen
        if row and row.is_over:
            return
        time.sleep(0.05)


if __name__ == "__main__":
    assert wsgi.application and worker_jobs.count
    print(json.dumps({"started_again": embedded.start_worker(wsgi.celery_app)}), flush=True)
    if len(sys.argv) > 1:
        jobs.enqueue("worker-count", params=json.loads(sys.argv[1]))
    watch()
