"""Real servers and a visitor who keeps the connection open, as a browser does."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from urllib.parse import urlencode

from tests.bench.places import ROOT, Place
from tests.bench.turns import seconds

PATIENCE = 60.0  # seconds a server may take to answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(
    words: Sequence[str], place: Place, before: Sequence[str] = (), **environment: str
) -> Iterator[subprocess.Popen]:
    """Runs until the block is left; its log is in the place's folder. `before`: a program that starts it."""
    with (place.folder / "server.log").open("ab") as log:
        started = subprocess.Popen(
            [*before, sys.executable, *words],
            cwd=ROOT,
            env={**place.environment, **environment},
            stdout=log,
            stderr=log,
        )
    try:
        yield started
    finally:
        started.send_signal(signal.SIGTERM)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def wait_for(port: int, address: str = "/healthz") -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", address)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > until:
            raise TimeoutError(f"nothing answers on port {port}")
        time.sleep(0.02)


@contextmanager
def served(
    place: Place, application: str = "config.wsgi", workers: int = 1, **environment: str
) -> Iterator[int]:
    """The application behind gunicorn, so many processes with four threads; yields its port."""
    port = free_port()
    words = [
        "-m",
        "gunicorn",
        application,
        "--bind",
        f"127.0.0.1:{port}",
        "--worker-class",
        "gthread",
        "--keep-alive",
        "300",
    ]
    with process(
        [*words, "--workers", str(workers), "--threads", "4", "--log-level", "warning"], place, **environment
    ):
        wait_for(port)
        yield port


@contextmanager
def working(place: Place, before: Sequence[str] = ()) -> Iterator[None]:
    """A Celery worker of both queues that knows the empty job."""
    words = ["-m", "celery", "-A", "config", "worker", "--queues", "office,bulk", "--concurrency", "1"]
    words += ["--loglevel", "WARNING"]
    with process(
        [*words, "--include", "tests.bench.empty_job", "--without-gossip", "--without-mingle"], place, before
    ):
        yield


class Visitor:
    """One signed-in person on one connection."""

    def __init__(self, port: int, session: str = "") -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookies = {"sessionid": session} if session else {}
        self.token = ""

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.connection.close()

    def get(self, address: str) -> str:
        return self._ask("GET", address, None, (200,))

    def timed(self, address: str) -> float:
        return seconds(lambda: self.get(address))

    def look_up(self, text: str) -> float:
        """Seconds that one lookup by number takes; it must open a record."""
        if not self.token:
            page = self.get("/households/find/")
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert found, "the page has no form"
            self.token = found[1]
        body = urlencode({"csrfmiddlewaretoken": self.token, "q": text})
        return seconds(lambda: self._ask("POST", "/households/find/", body, (303,)))

    def _ask(self, method: str, address: str, body: str | None, expected: tuple[int, ...]) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, address, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        if answer.status not in expected:
            raise AssertionError(f"{method} {address}: {answer.status}\n{text[:400]}")
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        return text
