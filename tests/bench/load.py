"""P15 and P16: how long pages take when many people come at once and long work is done beside them.

A request begins when it is due, whether or not those before it were answered (an open loop), and its time runs
from then: waiting in the queue is part of it.
"""

import json
import queue
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote, urlencode

from tests.bench.copy import Copy
from tests.bench.places import PASSWORD, ROOT, Place
from tests.bench.site import PATIENCE, Visitor, served, working

Entry = dict[str, Any]
PEOPLE = 200
RATE = 50.0  # requests a second (P15)
LOWER = (40.0, 30.0, 25.0, 20.0, 15.0, 10.0)  # tried in turn where the machine does not take that many
MOST = 3.0  # times the idle p95
SIGN_IN_SECONDS = 60.0
IDLE_REQUESTS = 150


def p95(taken: list[float]) -> float:
    return sorted(taken)[int(len(taken) * 0.95)]


class Desk(Visitor):
    """A visitor who also saves."""

    def save(self, household: str) -> None:
        form = f"/households/{household}/visits/new/"
        if not self.token:
            found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(form))
            assert found, "the page has no form"
            self.token = found[1]
        fields = {
            "visited_on": "2018-11-19",
            "way": "入户走访",
            "visitor": f"演示{random.random()}",
            "notes": "演示",
        }
        self._ask("POST", form, urlencode({"csrfmiddlewaretoken": self.token, **fields}), (303,))

    def sign_in(self, username: str) -> None:
        page = self.get("/accounts/login/")
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found, "the page has no form"
        fields = {"csrfmiddlewaretoken": found[1], "username": username, "password": PASSWORD}
        self._ask("POST", "/accounts/login/", urlencode(fields), (303,))


def mixed(crowd: dict[str, Any], chance: random.Random) -> Callable[[Desk], object]:
    """80 % read, 15 % save, 5 % search."""
    household, dice = chance.choice(crowd["households"]), chance.random()
    if dice < 0.15:
        return lambda desk: desk.save(household)
    if dice < 0.20:
        name = quote(chance.choice(crowd["names"])[:2])
        return lambda desk: desk.get(f"/households/?q={name}")
    page = chance.choice(("/households/", "/households/", f"/households/{household}/", f"/households/{household}/", "/villages/", "/"))  # fmt: skip
    return lambda desk: desk.get(page)


def one_by_one(desk: Desk, acts: list[Callable[[Desk], object]]) -> list[float]:
    taken = []
    for act in acts:
        began = time.perf_counter()
        act(desk)
        taken.append(time.perf_counter() - began)
    return taken


class Rush:
    """Acts that begin on time, answered by as many desks as there are; `taken` and what went wrong."""

    def __init__(self, port: int, sessions: list[str]) -> None:
        self.due: queue.Queue[tuple[float, Callable[[Desk], object]] | None] = queue.Queue()
        self.taken: list[float] = []
        self.wrong: list[str] = []
        self.desks = [threading.Thread(target=self._desk, args=(port, session)) for session in sessions]

    def _desk(self, port: int, session: str) -> None:
        with Desk(port, session) as desk:
            while (asked := self.due.get()) is not None:
                due, act = asked
                try:
                    act(desk)
                except (AssertionError, OSError) as error:
                    self.wrong.append(str(error)[:200])
                self.taken.append(time.perf_counter() - due)

    def run(self, acts: Iterator[Callable[[Desk], object]], rate: float, seconds: float) -> None:
        for desk in self.desks:
            desk.start()
        began = time.perf_counter()
        for place in range(int(rate * seconds)):
            due = began + place / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            self.due.put((due, next(acts)))
        for _ in self.desks:
            self.due.put(None)
        for desk in self.desks:
            desk.join()


def _endless(crowd: dict[str, Any]) -> Iterator[Callable[[Desk], object]]:
    chance = random.Random(15)
    while True:
        yield mixed(crowd, chance)


@contextmanager
def long_work(place: Copy) -> Iterator[dict[str, Any]]:
    """Under way when the block begins, and beside it; filled with what came of it."""
    stop, begun = place.folder / "busy.stop", place.folder / "busy.begun"
    told: dict[str, Any] = {}
    for mark in (stop, begun):
        mark.unlink(missing_ok=True)
    asked = {"BENCH_FILE": place.sheet(), "BENCH_STOP": stop, "BENCH_BEGUN": begun}
    environment = place.given(**{name: str(path) for name, path in asked.items()}).environment
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.run", "busy"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        try:
            until = time.monotonic() + 3 * PATIENCE
            while not begun.exists():
                assert child.poll() is None and time.monotonic() < until, "the import did not begin"
                time.sleep(0.2)
            yield told
        finally:
            stop.touch()
        out, _ = child.communicate(timeout=120)
    told.update(json.loads(out.splitlines()[-1]))


def measured(large: Place, seconds: float = 60.0) -> dict[str, Entry]:
    """Both bars in one copy of the large size, served as it is shipped: three processes of four threads."""
    with Copy(large.size).made() as place:
        crowd = place.given(BENCH_PEOPLE=str(PEOPLE)).measured("crowd")
        acts = _endless(crowd)
        with served(place, workers=3) as port, Desk(port, crowd["sessions"][0]) as alone:
            one_by_one(alone, [next(acts) for _ in range(20)])
            idle = p95(one_by_one(alone, [next(acts) for _ in range(IDLE_REQUESTS)]))
            lists = [lambda desk: desk.get("/households/")] * IDLE_REQUESTS
            idle_list = p95(one_by_one(alone, lists))
            signing = _signing_in(port, crowd, lists[0])
            nice = ["nice", "-n", "10"]
            with working(place, nice), long_work(place) as told:
                rushed = _rushed(port, crowd, acts, idle, seconds)
    return {
        "P15": {
            **rushed,
            "at": f"{place.size}, p95 of requests at {RATE:.0f}/s beside import and tallies ÷ idle",
            "pass": rushed["holds_at"] == RATE,
            "beside": told,
        },
        "P16": {
            **signing,
            "ratio": round(signing["ms"] / 1000 / idle_list, 2),
            "at": f"{place.size}, p95 of list pages while {PEOPLE} sign in within {SIGN_IN_SECONDS:.0f} s ÷ idle",
            "pass": signing["ms"] / 1000 / idle_list <= MOST and not signing["wrong"],
        },  # fmt: skip
    }


def _rushed(
    port: int, crowd: dict[str, Any], acts: Iterator[Callable[[Desk], object]], idle: float, seconds: float
) -> Entry:
    """What comes of the rate of the bar, and the highest rate at which the bar holds on this machine (0: none).

    `tried`: the ratio at each rate. The long work goes through its phases meanwhile, and writing weighs most.
    """
    tried: dict[float, Entry] = {}
    for rate in (RATE, *LOWER):
        rush = Rush(port, crowd["sessions"])
        rush.run(acts, rate, seconds)
        ratio = round(p95(rush.taken) / idle, 2)
        tried[rate] = {"ratio": ratio, "ms": round(p95(rush.taken) * 1000, 1), "wrong": rush.wrong[:3]}
        if rush.wrong or ratio <= MOST:
            break
    held = ratio <= MOST and not rush.wrong
    ratios = {f"{each:.0f}": entry["ratio"] for each, entry in tried.items()}
    return {**tried[RATE], "holds_at": rate if held else 0.0, "tried": ratios}


def _signing_in(port: int, crowd: dict[str, Any], page: Callable[[Desk], object]) -> dict[str, Any]:
    """List pages twice a second while everybody signs in, evenly over the minute."""
    names = iter(crowd["people"])

    def sign_in(_: Desk) -> None:
        with Desk(port) as desk:
            desk.sign_in(next(names))

    door, reader = Rush(port, [""] * 16), Rush(port, crowd["sessions"][:4])

    def endlessly(act: Callable[[Desk], object]) -> Iterator[Callable[[Desk], object]]:
        while True:
            yield act

    coming = threading.Thread(
        target=door.run, args=(endlessly(sign_in), PEOPLE / SIGN_IN_SECONDS, SIGN_IN_SECONDS)
    )
    coming.start()
    reader.run(endlessly(page), 4.0, SIGN_IN_SECONDS)
    coming.join()
    return {
        "ms": round(p95(reader.taken) * 1000, 1),
        "signed_in": len(door.taken) - len(door.wrong),
        "sign_in_ms": round(p95(door.taken) * 1000, 1),
        "wrong": (door.wrong + reader.wrong)[:3],
    }
