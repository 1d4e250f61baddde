"""What it is to be well again (threats G: back to normal ≤ 30 s)."""

import time
import uuid

from tests.soak.people import Person
from tests.soak.processes import Server, until

BACK = 30.0  # seconds within which all is well again


def unique() -> str:
    return f"演示{uuid.uuid4().hex[:10]}"


def export(person: Person, timeout: float = 60, query: str = "") -> str:
    """Where the job of a file that is asked for now is seen; "" where nobody took it on."""
    asked = {"list": "households:list", "format": "csv", "once": uuid.uuid4().hex, "query": query}
    status, _, where = person.ask("POST", "/exports/", timeout, **asked)
    return where if status == 303 else ""


def back_to_normal(server: Server, helper: Person, town: Person, household: str) -> float:
    """Seconds from now until a visit is kept, a file is made and every part says that it is well; BACK at most."""
    began, name = time.monotonic(), unique()

    def left() -> float:
        return max(0.1, began + BACK - time.monotonic())

    until(lambda: helper.visit(household, name, left())[0] == 303, "a visit is kept", left())
    # Of a list that nobody else asks for: an equal one that is under way would be given.
    where = until(lambda: export(town, left(), f"q={name}"), "a file is asked for", left())
    until(lambda: "已完成" in town.ask("GET", where, left())[1], "the file is made", left())
    server.ready(left())
    took = time.monotonic() - began
    assert took <= BACK, f"well again only after {took:.0f} s"
    return took
