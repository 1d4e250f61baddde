"""What is shipped for a server: every unit, the front and the compose file say what the program really has."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from accounts.roles import Role
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


def test_long_work_gives_way_to_the_pages():
    """Build 6: time-outs of pages, queues apart, workers that are nice, one import at a time."""
    web, worker, compose = (
        (ROOT / "deploy" / name).read_text()
        for name in ("systemd/tuopin-web.service", "systemd/tuopin-worker@.service", "compose.yaml")
    )
    assert "Environment=DB_STATEMENT_SECONDS=30 DB_LOCK_SECONDS=10" in web
    assert "--preload --worker-class gthread --workers 3 --threads 4" in web and "--timeout 60" in web
    assert "\nNice=10\n" in worker and "--queues %i --concurrency ${CONCURRENCY_%i}" in worker
    assert "Environment=CONCURRENCY_office=2 CONCURRENCY_bulk=1" in worker
    assert "Environment=LOCK_office=10 LOCK_bulk=0" in worker and "DB_LOCK_SECONDS=${LOCK_%i} " in worker
    services = yaml.safe_load(compose)["services"]
    assert services["web"]["environment"]["DB_STATEMENT_SECONDS"] == "30"
    assert services["web"]["environment"]["DB_LOCK_SECONDS"] == "10"
    assert services["worker-office"]["environment"]["DB_LOCK_SECONDS"] == "10"
    assert "DB_LOCK_SECONDS" not in services["worker-bulk"]["environment"]
    for queue, nice, concurrency in (("office", "10", "2"), ("bulk", "15", "1")):
        command = services[f"worker-{queue}"]["command"]
        assert (
            command[:3] == ["nice", "-n", nice] and command[command.index("--concurrency") + 1] == concurrency
        )


def test_the_front_is_of_one_name_believes_no_header_and_speaks_plainly():
    front = (ROOT / "deploy/nginx.conf").read_text()
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in front
    assert "return 301 https://$server_name$request_uri;" in front and "https://$host" not in front
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in front
    assert re.search(r"^TRUSTED_PROXIES=1$", (ROOT / "deploy/tuopin.env.example").read_text(), re.MULTILINE)
    for code, page in (("413", "too-large"), ("502 504", "away")):
        assert f"error_page {code} /{page}.html;" in front
        assert 'lang="zh-CN"' in (ROOT / f"deploy/front/{page}.html").read_text()


def test_backups_are_made_every_night_and_kept_sixty(tmp_path):
    folder = ROOT / "deploy/systemd"
    assert "OnCalendar=*-*-* 02:30:00" in (folder / "tuopin-backup.timer").read_text()
    (after,) = re.findall(
        r"^ExecStartPost=(.+)$", (folder / "tuopin-backup.service").read_text(), re.MULTILINE
    )
    for name, days in (
        ("2018-11-20-0230", 0),
        ("2018-09-25-0230", 59),
        ("2018-09-01-0230", 70),
        ("锁着的", 400),
    ):
        made = tmp_path / name
        (made / "files").mkdir(parents=True)
        then = time.time() - days * 86400
        os.utime(made, (then, then))
    subprocess.run(
        after.replace("/var/backups/tuopin", str(tmp_path)).replace('"20*"', "'20*'"), shell=True, check=True
    )
    assert {path.name for path in tmp_path.iterdir()} == {"2018-11-20-0230", "2018-09-25-0230", "锁着的"}


def test_every_image_is_of_a_named_version():
    """Digests are the deployment's own, taken by the command of the page from the registry that it uses."""
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    images = {each["image"] for each in services.values() if "image" in each}
    base = re.findall(r"^FROM (\S+)", (ROOT / "deploy/Dockerfile").read_text(), re.MULTILINE)
    images |= set(base)
    assert len(images) == 3
    assert not [name for name in images if not re.fullmatch(r"[a-z]+:\d+(\.\d+)*(-[a-z]+)+", name)]
    (pinned,) = re.findall(r"docker image inspect [^`]*", (ROOT / "docs/administrator.md").read_text())
    assert set(re.findall(r"[a-z]+:\d\S*", pinned)) == images


def test_an_image_holds_no_keys_and_no_data():
    left_out = (ROOT / ".dockerignore").read_text().split("\n")
    assert {".git", ".venv", "var", "**/*.sqlite3*"} <= set(left_out)
    # What this checkout keeps to itself, an image leaves out too.
    kept = [line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if "*" not in line]
    assert not {"var", ".venv"} - set(kept)


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


def test_the_three_administrators_and_the_district_are_asked_for_a_second_factor():
    """The security administrator gives new passwords to the others: a door no weaker than theirs."""
    example = (ROOT / "deploy/tuopin.env.example").read_text()
    asked = re.search(r"^SECOND_FACTOR_ROLES=(.+)$", example, re.MULTILINE)
    assert asked and set(asked[1].split(",")) == {Role.DISTRICT, Role.ADMIN, Role.SECURITY, Role.AUDITOR}
