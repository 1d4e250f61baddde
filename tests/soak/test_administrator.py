"""docs/administrator.md, done from its first block to its last in an empty folder by an ordinary user; and what is
shipped for an init system, a front and containers, looked at by their own programs."""

import base64
import http.client
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml
from django_otp.oath import totp

from tests.soak.administered import HOST, NEEDS_THE_SYSTEM, PAGE, Administered, Block, Browser, blocks
from tests.soak.processes import ROOT

pytestmark = pytest.mark.soak
TEXT = PAGE.read_text()
BLOCKS = blocks(TEXT)
PASSWORD = "Qingdan-Zhuce-8836"
# The questions of a command, in its order.
ANSWERS = {"createsuperuser": ["anquan", "演示安全", PASSWORD, PASSWORD], "reset_sign_in": ["yes"]}
SECRET = "DEMOSECRETDEMO77"
SEARCHED = "13977260481"


@pytest.fixture(scope="module")
def server() -> Iterator[Administered]:
    server = Administered()
    try:
        server.begin()
        yield server
    finally:
        server.close()


def signs_in(server: Administered) -> None:
    """Over TLS, by name; the page comes with its style."""
    browser = Browser(server)
    assert browser.ask("GET", "/accounts/login/").status == 200
    answer = browser.ask("POST", "/accounts/login/", username="anquan", password=PASSWORD)
    assert answer.status == 303, answer.read().decode()[:500]
    asked = browser.ask("GET", "/accounts/users/")
    assert asked.status == 302 and asked.headers["Location"].startswith("/accounts/second-factor/")
    takes_the_phone(browser)
    page = browser.ask("GET", "/accounts/users/")
    text = page.read().decode()
    assert page.status == 200 and "演示安全" in text and page.headers["Strict-Transport-Security"]
    for style in re.findall(r'href="(/static/[^"]+\.css)"', text):
        assert browser.ask("GET", style).status == 200, style
    assert "/static/" in text


def takes_the_phone(browser: Browser) -> None:
    """The first sign-in sets up the second factor that the shipped settings ask for."""
    page = browser.ask("GET", "/accounts/second-factor/new/").read().decode()
    (shown,) = re.findall(r"data-secret>([^<]+)<", page)
    code = f"{totp(base64.b32decode(shown.replace(' ', ''))):06}"
    taken = browser.ask("POST", "/accounts/second-factor/new/", code=code)
    assert taken.status == 200 and "恢复码" in taken.read().decode()


def in_front(server: Administered) -> None:
    """Pages come through it; it answers in plain words while nobody is behind it, and leads to its own name alone."""
    signs_in(server)
    plain = http.client.HTTPConnection("127.0.0.1", server.plain, timeout=20)
    plain.request("GET", "/", headers={"Host": "evil.example"})
    assert plain.getresponse().headers["Location"] == f"https://{HOST}/"
    large = Browser(server).ask("POST", "/accounts/login/", username="a" * 42_000_000)
    assert large.status == 413 and "文件太大" in large.read().decode()
    server.stop("tuopin-web")
    away = Browser(server).ask("GET", f"/accounts/login/?q={SEARCHED}")
    assert away.status == 502 and "系统正在重启" in away.read().decode()
    assert "default-src 'none'" in away.headers["Content-Security-Policy"]
    assert away.headers["X-Frame-Options"] == "DENY" and away.headers["Strict-Transport-Security"]
    server.start("tuopin-web")
    server.ready()
    logs = {path: path.read_text() for path in Path(server.here("/var/log/nginx")).iterdir()}
    assert any("GET /accounts/login/" in text for text in logs.values())
    assert not [path for path, text in logs.items() if SEARCHED in text] and SEARCHED not in server.logs()


def kept_by_night(server: Administered) -> None:
    """What the timer starts: the unit's own line makes a backup named for the moment."""
    server.start("tuopin-backup")
    assert server.running.pop("tuopin-backup").wait(120) == 0, server.logs()
    assert list((server.folder / "var/backups/tuopin").glob("20*/manifest.sealed"))


def marked(server: Administered) -> None:
    """A user, and a sealed value, that were not there before."""
    server.manage(
        "from accounts.models import SecondFactor, User; from django.utils import timezone;"
        f"SecondFactor.objects.create(user=User.objects.create_user('later'), secret='{SECRET}', made_at=timezone.now())"
    )


def as_backed_up(server: Administered) -> None:
    assert server.sql("SELECT string_agg(username, ',') FROM accounts_user") == "anquan"
    marked(server)


def still_read(server: Administered) -> None:
    code = "from accounts.models import SecondFactor; print(SecondFactor.objects.get(user__username='later').secret)"
    assert SECRET in server.manage(code)
    assert server.sql("SELECT bool_and(secret LIKE 'v2:%') FROM accounts_secondfactor") == "t"


def a_trial(server: Administered) -> None:
    """As an office that tried first and has an empty PostgreSQL now; nothing of the production before is left."""
    for name in list(server.running):
        if name.startswith("tuopin-"):
            server.stop(name)
    server.sh("dropdb tuopin && createdb --owner tuopin --template template0 --encoding UTF8 tuopin")
    (server.folder / "var/lib/tuopin/trail_anchor").unlink()
    server.sh(
        server.here(
            "cd /opt/tuopin && set -a && . /etc/tuopin.env && set +a\n"
            "unset PRODUCTION DATABASE_URL REDIS_URL\n"
            ".venv/bin/python manage.py migrate\n.venv/bin/python manage.py import_areas areas.csv\n"
        ),
        who="tuopin",
    )


def moved(server: Administered) -> None:
    assert server.sql("SELECT count(*) FROM areas_area") == "5"
    for name in ("tuopin-web", "tuopin-worker@office", "tuopin-worker@bulk", "tuopin-beat"):
        server.start(name)


def all_the_same(server: Administered) -> None:
    server.ready()
    assert server.sql("SELECT count(*) FROM areas_area") == "5"


def nobody_else(server: Administered) -> None:
    """The only security administrator, whose phone is lost."""
    server.manage(
        "from accounts.models import SecondFactor, User; from django.utils import timezone as t;"
        f"one = User.objects.create_superuser('anquan', '{PASSWORD}', display_name='演示安全');"
        f"SecondFactor.objects.create(user=one, secret='{SECRET}', made_at=t.now(), confirmed_at=t.now())"
    )


def let_in_again(server: Administered) -> None:
    assert server.sql("SELECT count(*) FROM accounts_secondfactor") == "0"
    assert server.sql("SELECT must_change_password FROM accounts_user WHERE username = 'anquan'") == "t"
    assert server.sql("SELECT count(*) FROM office_trailrow WHERE action = '重置登录'") == "1"


def trail_is_apart(server: Administered) -> None:
    """The program's own role cannot take the guard of the trail away, and goes on writing to it."""
    refused = "ALTER TABLE office_trailrow DISABLE TRIGGER USER"
    said = server.sh(f"psql --no-psqlrc tuopin -c '{refused}' 2>&1 || true", who="tuopin")
    assert "must be owner of table office_trailrow" in said, said
    server.manage("from office import trail; trail.record('演示'); trail.seal()")


# What is there before a block, and what must hold after it; by words that stand in that block alone.
BEFORE: dict[str, Callable[[Administered], None]] = {
    "move_from_sqlite": a_trial,
    "reset_sign_in": nobody_else,
}
AFTER: dict[str, Callable[[Administered], None]] = {
    "trail_apart.sql": trail_is_apart,
    "systemctl enable --now": Administered.ready,
    "nginx -t": in_front,
    "manage.py metrics": kept_by_night,
    "manage.py backup /var/backups/tuopin/2018-11-20": marked,
    "restore --replace": as_backed_up,
    "rotate_keys": still_read,
    "move_from_sqlite": moved,
    "reset_sign_in": let_in_again,
}
SAID = {
    "import_areas areas.csv": "新增5个区划",
    "manage.py metrics": "操作日志完整",
    "restore --replace": "核对相符",
    "rotate_keys": "仍用旧密钥的值 0 个",
    "reset_sign_in": "演示安全的初始密码：",
}


def test_every_block_does_what_the_page_says(server):
    seen: set[str] = set()
    program_is_there = False
    for block in BLOCKS:
        text = block.text
        if not block.who:
            server.put_file("areas.csv", block.text)
            continue
        if "cd /opt/tuopin" in text and not program_is_there:
            server.put_program()
            program_is_there = True
        if words := _words(text, BEFORE):
            BEFORE[words](server)
        said = server.run(block, ANSWERS.get(_words(text, ANSWERS), []))
        for words, expected in SAID.items():
            if words in text:
                assert expected in said, said
        if words := _words(text, AFTER):
            AFTER[words](server)
            seen.add(words)
    assert seen == set(AFTER), "each stands in the page"
    all_the_same(server)


def _words(text: str, of: dict) -> str:
    return next((words for words in of if words in text), "")


def test_a_block_that_names_nobody_is_found():
    with pytest.raises(ValueError, match="mkdir"):
        blocks("```sh\nmkdir /opt/tuopin\n```\n")
    assert blocks("```sh\n# 由 root 执行\nid\n```\n") == [Block("root", "# 由 root 执行\nid\n")]


def test_the_page_needs_the_system_for_nothing_but_what_it_says():
    """Everything that is not run for real is on the page's own list."""
    told = re.search(r"其中 (.+?)\n?要系统权限", TEXT)
    assert told and re.findall(r"`(\w+)`", told[1]) == list(NEEDS_THE_SYSTEM)


def test_the_units_are_what_systemd_takes(tmp_path):
    """With a program in its place: systemd looks whether what a unit starts is there."""
    tool = shutil.which("systemd-analyze")
    assert tool, "systemd-analyze is missing: it is in the system's package systemd"
    for name in ("gunicorn", "celery", "python"):
        path = tmp_path / "opt/tuopin/.venv/bin" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
    units = []
    for source in sorted((ROOT / "deploy/systemd").iterdir()):
        unit = tmp_path / source.name
        unit.write_text(source.read_text().replace("/opt/tuopin", f"{tmp_path}/opt/tuopin"))
        units.append(str(unit))
    checked = subprocess.run([tool, "verify", *units], capture_output=True, text=True)
    assert checked.returncode == 0 and "tuopin" not in checked.stderr, checked.stderr
    broken = tmp_path / "tuopin-web.service"
    broken.write_text(broken.read_text().replace("ExecStart=", "ExecStrat="))
    assert subprocess.run([tool, "verify", str(broken)], capture_output=True).returncode != 0


def test_the_compose_file_starts_what_the_units_start():
    services = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]
    own = {name: each for name, each in services.items() if "build" in each}
    assert set(own) == {"migrate", "web", "worker-office", "worker-bulk", "beat"}
    assert all(
        (ROOT / "deploy" / each["build"]["dockerfile"].removeprefix("deploy/")).exists()
        for each in own.values()
    )
    assert all(each["env_file"] == "/etc/tuopin.env" for each in own.values())
    assert [port for each in services.values() for port in each.get("ports", [])] == ["127.0.0.1:8000:8000"]
    for queue in ("office", "bulk"):
        words = own[f"worker-{queue}"]["command"]
        assert words[words.index("--queues") + 1] == queue
    for each in own.values():
        waits = set(each["depends_on"])
        assert waits <= set(services) and (waits == {"migrate"} or "db" in waits)
