"""The worker inside the web process, on a database file of its own; each site is a real process."""

import fcntl
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from config.celery import app as celery_app
from office import embedded
from tests import migrated

# Seconds after which a site that hangs is ended, so that its test fails instead of waiting.
DEADLINE = 60
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A DATA_DIR with every table: the nightly work of all apps falls due here too."""
    data = tmp_path_factory.mktemp("embedded")
    if not migrated.put_at(data / "tuopin.sqlite3"):
        migrate = [sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"]
        subprocess.run(migrate, cwd=ROOT, env=environment(data), check=True)
    return data


def environment(data):
    outside = ("DATABASE_URL", "REDIS_URL", "PRODUCTION", "OFFICE_DAY")
    kept = {name: value for name, value in os.environ.items() if name not in outside}
    return {**kept, "DATA_DIR": str(data)}


def hear_ctrl_c():
    """A suite that runs in the background of a script ignores SIGINT, and its children would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def site(place):
    """Starts a web process; whatever is left of it is killed afterwards."""
    started = []

    def start(**params):
        asked = [json.dumps(params)] if params else []
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.office.embedded_site", *asked],
            cwd=ROOT,
            env=environment(place),
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=hear_ctrl_c,
        )
        deadline = threading.Timer(DEADLINE, process.kill)
        deadline.start()
        started.append((process, deadline))
        return process

    yield start
    for process, deadline in started:
        deadline.cancel()
        process.kill()
        process.wait()
        process.stdout.close()


def until(process, state, done=0):
    """Reads what the site prints until its job stands there."""
    for line in process.stdout:
        seen = json.loads(line)
        if isinstance(seen, list) and seen[0] == state and seen[1] >= done:
            return seen
    raise AssertionError(f"the site ended before its job was {state}")


def effects(place, total):
    with sqlite3.connect(place / "tuopin.sqlite3") as database:
        return database.execute(
            "SELECT count(*) FROM office_trailrow WHERE action = 'test-counted'"
            " AND json_extract(detail, '$.total') = ?",
            [total],
        ).fetchone()[0]


def test_progress_moves_while_the_process_does_other_things(site, place):
    process = site(total=20, step=0.1)
    lines = [json.loads(line) for line in process.communicate()[0].splitlines()]
    assert lines[0] == {"started_again": False}, "one worker a process"
    states = [line[0] for line in lines[1:] if line]
    # The worker may be quicker than the first look.
    assert list(dict.fromkeys(states)) in (["queued", "running", "done"], ["running", "done"])
    counts = [line[1] for line in lines[1:] if line and line[0] == "running"]
    assert len(set(counts)) >= 3 and counts == sorted(counts)
    assert lines[-1] == ["done", 20, 1]
    assert effects(place, 20) == 1


def test_killed_process_leaves_an_interrupted_job_that_the_next_one_finishes_once(site, place):
    first = site(total=31, step=0.1)
    until(first, "running", done=5)
    first.kill()
    first.wait()
    assert effects(place, 31) == 0
    assert until(site(), "done") == ["done", 31, 2]
    assert effects(place, 31) == 1


def test_ctrl_c_ends_the_process_while_a_job_is_running(site):
    process = site(total=600, step=0.1)
    until(process, "running", done=1)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=15)
    assert process.returncode in (1, 130, -signal.SIGINT)


def test_second_process_on_the_same_data_has_no_worker(settings):
    with (settings.DATA_DIR / "worker.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert embedded.start_worker(celery_app) is False
    assert not any(thread.name.startswith("embedded") for thread in threading.enumerate())
