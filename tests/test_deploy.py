"""What is shipped for a server: every unit, the front and the compose file say what the program really has."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.celery import app

ROOT = Path(__file__).resolve().parents[1]
UNITS = sorted((ROOT / "deploy/systemd").iterdir())
SETTINGS = (ROOT / "config/settings.py").read_text()


def names_of(text: str) -> set[str]:
    return set(re.findall(r"^([A-Z][A-Z_]+)=", text, re.MULTILINE))


def test_every_setting_of_the_example_is_one_that_the_program_reads():
    names = names_of((ROOT / "deploy/tuopin.env.example").read_text())
    assert len(names) > 8
    assert not [name for name in names if f'"{name}"' not in SETTINGS]


def test_the_example_names_every_secret_and_holds_none():
    text = (ROOT / "deploy/tuopin.env.example").read_text()
    for name in re.findall(r'required\("([A-Z_]+)"\)', SETTINGS):
        assert re.search(rf"^{name}=$", text, re.MULTILINE), name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_a_unit_reads_the_settings_and_runs_as_nobody_special(unit):
    text = unit.read_text()
    if unit.suffix == ".timer":
        assert "OnCalendar=" in text and (unit.with_suffix(".service")).exists()
        return
    assert (
        "User=tuopin" in text and "EnvironmentFile=/etc/tuopin.env" in text and "ProtectSystem=strict" in text
    )
    assert not re.search(r"--(pool|uid)\b", text)


def test_the_workers_listen_to_every_queue_that_there_is():
    queues = {queue.name for queue in app.conf.task_queues}
    manual = (ROOT / "docs/administrator.md").read_text()
    compose = (ROOT / "deploy/compose.yaml").read_text()
    for queue in queues:
        assert f"tuopin-worker@{queue}" in manual and f'"--queues", "{queue}"' in compose


def test_no_worker_needs_to_write_a_greeting():
    shipped = [*UNITS, ROOT / "deploy/compose.yaml", ROOT / "README.md"]
    started = [
        line
        for path in shipped
        for line in path.read_text().replace('", "', " ").splitlines()
        if "celery" in line and "-A config" in line
    ]
    assert len(started) == 8 and all("celery --quiet " in line for line in started)


def test_every_command_of_the_manual_exists():
    manual = (ROOT / "docs/administrator.md").read_text()
    asked = set(re.findall(r"manage\.py ([a-z_]+)", manual))
    known = subprocess.run(
        [sys.executable, "manage.py", "help", "--commands"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout.split()
    assert len(asked) >= 8 and asked <= set(known)
    for target in re.findall(r"make ([a-z-]+)", manual):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text()


def test_the_front_lets_in_what_the_program_takes():
    front = (ROOT / "deploy/nginx.conf").read_text()
    default = int(re.search(r'"UPLOAD_MEGABYTES", default=(\d+)', SETTINGS)[1])
    assert int(re.search(r"client_max_body_size (\d+)m", front)[1]) > default
    assert "$request_uri" not in front.split("log_format")[1].split(";")[0]


def test_no_log_of_a_server_holds_what_was_searched_for():
    """gunicorn's own format logs the whole request line and the referring page."""
    for name in ("systemd/tuopin-web.service", "compose.yaml"):
        text = (ROOT / "deploy" / name).read_text()
        if "access-logfile" in text:
            formats = re.findall(r"access-logformat'?\"?,? ?['\"](.+?)['\"]\s*$", text, re.MULTILINE)
            assert len(formats) == text.count("access-logfile"), name
            assert not any(atom in each for each in formats for atom in ("(r)", "(q)", "(f)")), name
