"""An office's server for one test run: a PostgreSQL cluster and a Redis of its own, web, workers and beat.

Everything listens on free ports of 127.0.0.1 and lies in one folder; only what was started here is ever killed.
"""

import http.client
import json
import os
import pwd
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg2

from tests.bench.site import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "demo-Pass-2018"
PATIENCE = 90.0  # seconds; the machine may be busy with something else
LEASE = 5  # seconds after which a killed worker's job is taken from it
# Seconds that pages (a statement, a lock) and jobs (a lock) wait; shorter than the units' own.
PAGE_STATEMENT, PAGE_LOCK, JOB_LOCK = "8", "4", "4"


def until(is_so: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Waits until it is so; what it answered."""
    end = time.monotonic() + patience
    while True:
        with suppress(OSError, psycopg2.Error, urllib.error.URLError, http.client.HTTPException):
            if answer := is_so():
                return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience:.0f} s: {what}")
        time.sleep(0.2)


def shipped_web() -> list[str]:
    """What the unit starts, but for where it listens and the log of what was asked."""
    unit = (ROOT / "deploy/systemd/tuopin-web.service").read_text().replace("\\\n", " ")
    (line,) = re.findall(r"^ExecStart=\S+/(gunicorn .+?) --access-logfile", unit, re.MULTILINE)
    words = shlex.split(line)
    place = words.index("--bind")
    return [*words[:place], *words[place + 2 :]]


def shipped_concurrency(queue: str) -> str:
    unit = (ROOT / "deploy/systemd/tuopin-worker@.service").read_text()
    return re.findall(rf"CONCURRENCY_{queue}=(\d+)", unit)[0]


def _tools() -> Path:
    """Where the PostgreSQL programs of the newest version lie."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    return Path(shutil.which("initdb") or "initdb").parent


class Cluster:
    """PostgreSQL of the test's own; it refuses to run as root, so root starts it as `postgres`."""

    def __init__(self, folder: Path, connections: int = 60) -> None:
        self._made(folder / "postgres")
        self._run(
            "initdb",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        said = f"port={self.port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\n"
        said += f"max_connections={connections}\nshared_buffers=32MB\nlogging_collector=off\n"
        with (self.folder / "postgresql.conf").open("a") as file:
            file.write(said)

    def _made(self, folder: Path) -> None:
        self.folder, self.port, self.bin = folder, free_port(), _tools()
        self.as_whom = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.folder.mkdir(parents=True, mode=0o700)
        if self.as_whom:
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)

    def _run(self, tool: str, *words: str) -> None:
        subprocess.run(
            [*self.as_whom, str(self.bin / tool), "-D", str(self.folder), *words],
            cwd="/",
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def url(self, database: str = "tuopin") -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        self._run("pg_ctl", "-l", str(self.folder / "log"), "-w", "-t", "120", "start")

    def start_if_down(self) -> bool:
        """As its unit would; whether it was."""
        try:
            self._run("pg_ctl", "status")
        except subprocess.CalledProcessError:
            self.start()
            return True
        return False

    def stop(self, how: str = "immediate") -> None:
        """immediate: as with a kill -9, what was not committed is gone and the log is replayed at the start."""
        with suppress(subprocess.CalledProcessError):
            self._run("pg_ctl", "-w", "-m", how, "stop")

    def sql(self, statement: str, *values: Any, database: str = "tuopin") -> list[tuple]:
        connection = psycopg2.connect(self.url(database), connect_timeout=5)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()


class Server:
    """The whole: `start(name)`, `kill(name)` of web, redis, worker, worker2, worker-office, worker-bulk, beat, beat2."""

    def __init__(self, folder: Path, cluster: Cluster, **environment: str) -> None:
        self.folder, self.cluster = folder, cluster
        self.port, self.redis_port = free_port(), free_port()
        self.running: dict[str, subprocess.Popen] = {}
        self.cwd = ROOT
        self.data = folder / "data"
        self.data.mkdir(exist_ok=True)
        kept = {name: value for name, value in os.environ.items() if name not in ("PRODUCTION", "OFFICE_DAY")}
        self.environment = {
            **kept,
            "DATA_DIR": str(self.data),
            "DATABASE_URL": cluster.url(),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "DEMO_PASSWORD": PASSWORD,
            "JOB_LEASE_SECONDS": str(LEASE),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            **environment,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def words(self, name: str) -> Sequence[str]:
        python = [sys.executable, "-m"]
        if name == "redis":
            return ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]  # fmt: skip
        if name == "web":
            return [*python, *shipped_web(), "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"]
        if name.startswith("beat"):
            return [*python, "celery", "--quiet", "-A", "config", "beat", "--schedule", str(self.folder / name), "--loglevel", "WARNING"]  # fmt: skip
        # worker-office and worker-bulk: one queue each and giving way, as the units have it.
        queues = name.removeprefix("worker-") if name.startswith("worker-") else "office,bulk"
        nice, count = (["nice", "-n", "10"], shipped_concurrency(queues)) if "-" in name else ([], "2")
        return [*nice, *python, "celery", "--quiet", "-A", "config", "worker", "--queues", queues, "--concurrency", count, "--hostname", f"{name}@%h", "--loglevel", "WARNING", "--include", "tests.soak.work", "--without-gossip", "--without-mingle"]  # fmt: skip

    def start(self, *names: str) -> None:
        for name in names:
            with (self.folder / f"{name}.log").open("ab") as log:
                self.spawn(name, log)

    def spawn(self, name: str, log: IO[bytes], *more: str) -> None:
        """One of them, what it says going to that file."""
        limits = {
            "web": {"DB_STATEMENT_SECONDS": PAGE_STATEMENT, "DB_LOCK_SECONDS": PAGE_LOCK},
            "worker": {"DB_LOCK_SECONDS": JOB_LOCK},
            "worker-office": {"DB_LOCK_SECONDS": JOB_LOCK},
        }
        self.running[name] = subprocess.Popen(
            [*self.words(name), *more],
            cwd=ROOT,
            env={**self.environment, **limits.get(name, {})},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        """kill -9 of the process and its children."""
        process = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        for name in list(self.running):
            self.kill(name)

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )

    def parts(self) -> dict[str, str]:
        """What /readyz says; also when it answers 503."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=20) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as told:
            return dict(json.load(told))

    def ask_status(self, address: str) -> int:
        """What somebody without a session is answered."""
        try:
            with urllib.request.urlopen(f"{self.url}{address}", timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as told:
            return told.code

    def ready(self, patience: float = PATIENCE) -> None:
        until(lambda: set(self.parts().values()) == {"ok"}, "everything is ready", patience)

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""
