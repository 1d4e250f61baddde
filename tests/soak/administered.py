"""A server as docs/administrator.md sets it up, in one empty folder and as an ordinary user.

The page's own commands are run; only where they and the shipped files point is moved into the folder, and to free
ports. `apt`, `useradd`, `chown` and `systemctl` need the system's rights: in their place stand scripts that write
down how they were called. What systemctl was asked to start is then started from its unit's own ExecStart.
"""

import http.client
import json
import os
import pty
import pwd
import re
import select
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import NamedTuple
from urllib.parse import urlencode

from tests.bench.site import free_port
from tests.soak.processes import ROOT, _tools, until

PAGE = ROOT / "docs/administrator.md"
HOST = "tuopin.example.org"
FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WHO = re.compile(r"^# 由 (root|postgres|tuopin) 执行$")
NEEDS_THE_SYSTEM = ("apt", "useradd", "chown", "systemctl")


class Block(NamedTuple):
    """`who` is to run it; "" for a file that the page shows."""

    who: str
    text: str


def blocks(page: str) -> list[Block]:
    """Every fenced block, in order. A block of commands that does not say whose it is raises ValueError."""
    found = []
    for kind, text in FENCED.findall(page):
        first = text.splitlines()[0]
        told = WHO.match(first)
        if kind == "sh" and not told:
            raise ValueError(f"nobody is named to run: {first}")
        found.append(Block(told[1] if told else "", text))
    return found


class Administered:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tuopin-page-"))
        self.folder.chmod(0o755)
        somebody = pwd.getpwnam("nobody") if os.getuid() == 0 else None
        self.as_whom = (somebody.pw_uid, somebody.pw_gid) if somebody else None
        self.port, self.redis_port, self.plain, self.tls = (free_port() for _ in range(4))
        here = self.folder
        self.moved = {
            **{
                path: f"{here}{path}"
                for path in ("/opt/tuopin", "/var/lib/tuopin", "/var/backups/tuopin", "/etc/tuopin.env")
            },
            **{
                path: f"{here}{path}"
                for path in ("/etc/systemd/system", "/etc/ssl/tuopin", "/etc/nginx/conf.d", "/var/log/nginx")
            },
            "/var/run/postgresql": f"{here}/run",
            "127.0.0.1:8000": f"127.0.0.1:{self.port}",
            "127.0.0.1:6379": f"127.0.0.1:{self.redis_port}",
            "listen 80;": f"listen 127.0.0.1:{self.plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{self.tls} ssl",
        }
        for path in ("bin", "run", "etc/systemd/system", "etc/nginx/conf.d", "var/log/nginx", "logs", "opt"):
            (here / path).mkdir(parents=True)
        self._stand_ins()
        self.running: dict[str, subprocess.Popen] = {}
        self._own()
        self.path = f"{here}/bin:{_tools()}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

    # -- what a server has before the page begins

    def begin(self) -> None:
        """PostgreSQL in the C locale, as a bare Debian has it, and Redis."""
        data = self.folder / "postgres"
        self.sh(
            f"initdb -D {data} --auth=trust --username=postgres --locale=C --no-sync >/dev/null\n"
            f"printf \"listen_addresses=''\\nunix_socket_directories='{self.folder}/run'\\nshared_buffers=32MB\\n\""
            f" >> {data}/postgresql.conf\n"
            f"pg_ctl -D {data} -l {self.folder}/logs/postgres -w start >/dev/null"
        )
        self._spawn("redis", ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder / "run")])  # fmt: skip

    def put_program(self) -> None:
        """The files of the program, as they stand in this checkout."""
        names = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\0")
        for name in filter(None, names):
            source, target = ROOT / name, Path(self.moved["/opt/tuopin"]) / name
            if source.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        for path in (Path(self.moved["/opt/tuopin"]) / "deploy").rglob("*"):
            if path.is_file():
                path.write_text(self.here(path.read_text()))
        self._own()

    def put_file(self, name: str, text: str) -> None:
        (Path(self.moved["/opt/tuopin"]) / name).write_text(text)
        self._own()

    # -- what the page asks for

    def here(self, text: str) -> str:
        """The same words, with the places of this server."""
        return re.sub("|".join(map(re.escape, self.moved)), lambda found: self.moved[found[0]], text)

    def run(self, block: Block, answers: list[str]) -> str:
        """As whoever is named would; what it said. Services that systemctl was asked for are started and stopped."""
        asked_before = len(self.asked())
        said = self.sh(self.here(block.text), who=block.who, answers=answers)
        for line in self.asked()[asked_before:]:
            if line.startswith("systemctl "):
                self._systemctl(shlex.split(line)[1:])
        return said

    def sh(self, text: str, who: str = "", answers: list[str] | None = None) -> str:
        """Runs in bash, stopping at the first command that fails; raises AssertionError with what was said."""
        person = {"postgres": "postgres", "tuopin": "tuopin"}.get(who, "postgres")
        environment = {
            "PATH": self.path,
            "HOME": str(self.folder / "run"),
            "LANG": "C.UTF-8",
            "PAGER": "cat",
            "PGHOST": str(self.folder / "run"),
            # In place of being that user of the system.
            "PGUSER": person,
            **{
                name: value
                for name, value in os.environ.items()
                if name.startswith("PIP_") or name.endswith("_proxy")
            },
        }
        words = ["bash", "-e", "-u", "-o", "pipefail", "-c", text]
        said, code = self._asked_and_answered(words, environment, answers or [])
        assert code == 0, f"{text}\n{said[-3000:]}"
        return said

    def asked(self) -> list[str]:
        path = self.folder / "asked"
        return path.read_text().splitlines() if path.exists() else []

    def manage(self, code: str) -> str:
        """Of the test's own: a line of Python in the program's shell."""
        setting = self.here("cd /opt/tuopin && set -a && . /etc/tuopin.env && set +a")
        return self.sh(
            f"{setting}\n.venv/bin/python manage.py shell -v 0 -c {shlex.quote(code)}", who="tuopin"
        )

    def sql(self, statement: str) -> str:
        return self.sh(
            f"psql --no-psqlrc --tuples-only --no-align tuopin -c {shlex.quote(statement)}"
        ).strip()

    # -- services

    def unit(self, name: str) -> dict[str, list[str]]:
        """Its settings; of a template (name@instance) with the instance filled in."""
        stem, at, instance = name.partition("@")
        suffix = "" if name.endswith((".timer", ".service")) else ".service"
        path = Path(self.moved["/etc/systemd/system"]) / (f"{stem}@{suffix}" if at else f"{stem}{suffix}")
        text = path.read_text().replace("\\\n", " ").replace("%i", instance).replace("%%", "%")
        found: dict[str, list[str]] = {}
        for key, value in re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE):
            found.setdefault(key, []).append(value.strip())
        return found

    def start(self, name: str) -> None:
        """Its ExecStart, with its settings, in its folder."""
        unit = self.unit(name)
        settings = dict(
            line.split("=", 1)
            for file in unit["EnvironmentFile"]
            for line in Path(file).read_text().splitlines()
            if "=" in line and not line.startswith("#")
        )
        settings |= dict(
            pair.split("=", 1) for line in unit.get("Environment", []) for pair in shlex.split(line)
        )
        words = [Template(word).safe_substitute(settings) for word in shlex.split(unit["ExecStart"][0])]
        self._spawn(name, words, settings, unit["WorkingDirectory"][0])

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        process.wait(90)

    def ready(self) -> None:
        def looks() -> bool:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
            connection.request("GET", "/readyz")
            return set(json.load(connection.getresponse()).values()) == {"ok"}

        until(looks, f"everything is ready\n{self.logs()}", 120)

    def logs(self) -> str:
        return "\n".join(
            f"== {path.name}\n{path.read_text(errors='replace')[-1500:]}"
            for path in (self.folder / "logs").iterdir()
        )

    def close(self) -> None:
        for name in list(self.running):
            process = self.running.pop(name)
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if (self.folder / "postgres/postmaster.pid").exists():
            self.sh(f"pg_ctl -D {self.folder}/postgres -m immediate stop >/dev/null")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _systemctl(self, words: list[str]) -> None:
        act, names = words[0], [word for word in words[1:] if not word.startswith("-")]
        assert act in ("daemon-reload", "enable", "start", "stop", "restart", "reload"), words
        if act == "enable":
            assert "--now" in words and all(self.unit(name) for name in names)
        for name in names:
            if name == "nginx":
                self._front()
            elif not name.endswith(".timer"):
                if act in ("stop", "restart"):
                    self.stop(name)
                if act in ("enable", "start", "restart"):
                    self.start(name)

    def _front(self) -> None:
        if "nginx" in self.running:
            self.running["nginx"].send_signal(signal.SIGHUP)
        else:
            self._spawn("nginx", ["nginx"])

    def _spawn(
        self, name: str, words: list[str], settings: Mapping[str, str] | None = None, where: str = "/"
    ) -> None:
        environment = {
            "PATH": self.path,
            "HOME": str(self.folder / "run"),
            "PGUSER": "tuopin",
            "LANG": "C.UTF-8",
        }
        with (self.folder / "logs" / name).open("ab") as log:
            self.running[name] = subprocess.Popen(
                words,
                cwd=where,
                env={**environment, **(settings or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._person(),
            )

    def _person(self) -> dict:
        if self.as_whom is None:
            return {}
        return {"user": self.as_whom[0], "group": self.as_whom[1], "extra_groups": []}

    def _own(self) -> None:
        """Everything in the folder is the ordinary user's."""
        if self.as_whom:
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, *self.as_whom, follow_symlinks=False)

    def _stand_ins(self) -> None:
        for name in NEEDS_THE_SYSTEM:
            self._script(name, f'echo "{name} $*" >> {self.folder}/asked')
        self._script(
            "nginx", f'exec /usr/sbin/nginx -p {self.folder} -c {self.folder}/etc/nginx/nginx.conf "$@"'
        )
        places = " ".join(f"{each}_temp_path {self.folder}/run/{each};" for each in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))  # fmt: skip
        (self.folder / "etc/nginx/nginx.conf").write_text(
            f"daemon off; pid {self.folder}/run/nginx.pid; error_log {self.folder}/logs/front warn;\n"
            f"events {{}}\nhttp {{ {places} access_log off; include {self.folder}/etc/nginx/conf.d/*.conf; }}\n"
        )

    def _script(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def _asked_and_answered(
        self, words: list[str], environment: dict[str, str], answers: list[str]
    ) -> tuple[str, int]:
        """At a terminal of its own: what ends with ": " is a question."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            ["setsid", "--ctty", *words],
            cwd=self.folder,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            **self._person(),
        )
        os.close(theirs)
        said, heard, left = "", 0, list(answers)
        try:
            while True:
                if not select.select([ours], [], [], 600)[0]:
                    raise AssertionError(f"silent for ten minutes: {said[-1000:]}")
                try:
                    piece = os.read(ours, 65536)
                except OSError:
                    break
                if not piece:
                    break
                said += piece.decode(errors="replace")
                if left and said[heard:].endswith(": "):
                    os.write(ours, f"{left.pop(0)}\n".encode())
                    heard = len(said)
        finally:
            os.close(ours)
        code = process.wait(60)
        assert code or not left, f"not asked for: {left}\n{said}"
        return said.replace("\r\n", "\n"), code


class Browser:
    """Somebody far away: TLS with the page's certificate, by the name of the house."""

    def __init__(self, server: Administered) -> None:
        self.server = server
        self.trust = ssl.create_default_context(cafile=server.here("/etc/ssl/tuopin/fullchain.pem"))
        self.kept: dict[str, str] = {}

    def ask(self, method: str, address: str, **fields: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPSConnection(HOST, timeout=60)
        plain = socket.create_connection(("127.0.0.1", self.server.tls), timeout=60)
        connection.sock = self.trust.wrap_socket(plain, server_hostname=HOST)
        cookies = "; ".join(f"{name}={value}" for name, value in self.kept.items())
        headers = {"Cookie": cookies, "Referer": f"https://{HOST}/"}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": self.kept.get("csrftoken", ""), **fields})
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            assert "Secure" in cookie, cookie
            name, _, value = cookie.split(";")[0].partition("=")
            self.kept[name] = value
        return answer
