"""How many connections to PostgreSQL one server takes (threats G3): the manual says what the units add up to."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
WEB = (ROOT / "deploy/systemd/tuopin-web.service").read_text()
WORKER = (ROOT / "deploy/systemd/tuopin-worker@.service").read_text()
SERVICES = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
# PostgreSQL's own max_connections, and what it keeps of them for its administrator.
OF_POSTGRESQL, RESERVED = 100, 3
# A backup and somebody's commands.
COMMANDS = 5


def documented() -> int:
    """What the manual promises that one server never goes beyond."""
    (said,) = re.findall(r"至多用 (\d+) 个数据库连接", (ROOT / "docs/administrator.md").read_text())
    return int(said)


def needed(workers: int, threads: int, concurrency: int) -> int:
    """A connection a thread, those of one process that is being replaced, and three a job: one works on it, one
    renews its lease, one that of the part at hand (office.parts)."""
    return workers * threads + threads + 3 * concurrency + COMMANDS


def test_the_units_take_no_more_than_the_manual_says():
    workers, threads = (int(re.findall(rf"--{name} (\d+)", WEB)[0]) for name in ("workers", "threads"))
    jobs = sum(int(count) for count in re.findall(r"CONCURRENCY_\w+=(\d+)", WORKER))
    assert needed(workers, threads, jobs) == documented() <= OF_POSTGRESQL - RESERVED


def test_the_containers_take_no_more_either():
    words = re.findall(r"CMD (\[.+\])", (ROOT / "deploy/Dockerfile").read_text())
    web = SERVICES["web"].get("command") or yaml.safe_load(words[0])
    workers, threads = (int(web[web.index(f"--{name}") + 1]) for name in ("workers", "threads"))
    commands = [SERVICES[name]["command"] for name in SERVICES if name.startswith("worker-")]
    jobs = sum(int(command[command.index("--concurrency") + 1]) for command in commands)
    assert needed(workers, threads, jobs) <= documented()


def test_each_thread_keeps_one_connection_and_no_pool_adds_to_it():
    settings = (ROOT / "config/settings.py").read_text()
    assert "CONN_MAX_AGE=" in settings and '"pool"' not in settings
