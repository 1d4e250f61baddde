"""The whole house as it runs in an office: PostgreSQL, Redis, web server, worker, beat, and Chromium before it.

The demonstration county is loaded once for all browser tests; they only read it or add runs of reports.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import redis
from django.urls import reverse

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "演示口令-2018"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass(frozen=True)
class Site:
    url: str
    database: str
    data_dir: Path
    env: dict[str, str]

    def rows(self, sql: str, *params: object) -> list[tuple]:
        """Rows read past the program, for counts of one's own."""
        connection = psycopg2.connect(self.database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()
        finally:
            connection.close()


@dataclass(frozen=True)
class Staged:
    """A copy of the demonstration with a record of every kind; `places`: arguments by builder."""

    url: str
    places: dict[str, list[str]]

    def address(self, name: str, of: str) -> str:
        """Of the object that the page is best seen with, or of the builder's."""
        return self.url + reverse(name, args=self.places.get(name) or self.places.get(of, []))


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def new_database(url: str, template: str = "template1") -> None:
    server, _, name = url.rpartition("/")
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.close()


def web_server(port: int) -> list[str]:
    return [
        "gunicorn",
        "config.wsgi",
        "--worker-class",
        "gthread",
        "--threads",
        "4",
        "--bind",
        f"127.0.0.1:{port}",
    ]


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Iterator[Site]:
    database, broker = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    new_database(database)
    redis.Redis.from_url(broker).delete("office")
    data_dir = tmp_path_factory.mktemp("data")
    port = free_port()
    env = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "DEMO_PASSWORD": PASSWORD,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    subprocess.run(
        [sys.executable, "manage.py", "demo", "--no-serve"], cwd=ROOT, env=env, check=True, timeout=300
    )
    # Taken while nothing runs on it yet; what the pages' own records need is added to the copy.
    new_database(f"{database}_pages", template=database.rpartition("/")[2])
    shutil.copytree(data_dir, data_dir.parent / "pages")
    commands = [
        web_server(port),
        ["celery", "-A", "config", "worker", "--queues", "office", "--concurrency", "1"],
        ["celery", "-A", "config", "beat", "--schedule", str(data_dir / "beat")],
    ]
    log = (data_dir / "processes.log").open("w")
    running = [
        subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=env, stdout=log, stderr=log)
        for command in commands
    ]
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz")
        yield Site(url, database, data_dir, env)
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
        log.close()


@pytest.fixture(scope="session")
def staged(site) -> Iterator[Staged]:
    data_dir, port = site.data_dir.parent / "pages", free_port()
    env = {**site.env, "DATA_DIR": str(data_dir), "DATABASE_URL": f"{site.database}_pages"}
    stage = [sys.executable, "-m", "tests.browser.stage"]
    # What it complains of goes on to the terminal.
    made = subprocess.run(
        stage, cwd=ROOT, env=env, check=True, timeout=120, stdout=subprocess.PIPE, text=True
    )
    log = (data_dir / "processes.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", *web_server(port)], cwd=ROOT, env=env, stdout=log, stderr=log
    )
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz")
        yield Staged(url, json.loads(made.stdout.splitlines()[-1]))
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def wait_for(url: str, seconds: int = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(url, timeout=5)
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    chromium = shutil.which("chromium")
    assert chromium, "Chromium is missing: install the system's package chromium"
    return {**browser_type_launch_args, "executable_path": chromium, "args": CHROMIUM}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1366, "height": 768}, "locale": "zh-CN"}


@pytest.fixture
def sign_in(page, site):
    """sign_in("district") signs in by hand on the sign-in page; answers the page at the workbench."""

    def enter(username: str):
        page.goto(f"{site.url}/accounts/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"{site.url}/")
        return page

    return enter
