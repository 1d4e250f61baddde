"""People at work while parts of the server are killed: each keeps what the server acknowledged and what it left open,
and afterwards says what is not as it was told (Jepsen's way)."""

import http.client
import random
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

from tests.soak.normal import export, unique
from tests.soak.people import Person
from tests.soak.processes import Server, until
from tests.soak.test_small_beside_big import upload

NOBODY = (OSError, http.client.HTTPException, AssertionError)
# What a fault may answer; 302 and 403: without a session.
BY_FAULT, SIGNED_OUT = (502, 503), (302, 403)
SECONDS = 20.0


class AtWork(threading.Thread, ABC):
    """Does the same again and again under names of its own, until `stop`."""

    username = ""

    def __init__(self, server: Server, stop: threading.Event) -> None:
        super().__init__(name=type(self).__name__)
        self.server, self.stop = server, stop
        self.person = Person(server, self.username)
        self.acknowledged: list[str] = []
        self.unanswered: set[str] = set()
        self.wrong: list[tuple[int, str]] = []

    def run(self) -> None:
        while not self.stop.is_set():
            name = unique()
            try:
                status, text = self.act(name)
            except NOBODY:
                self.unanswered.add(name)
                self.stop.wait(0.3)
                continue
            if status == 303:
                self.acknowledged.append(name)
            elif status in SIGNED_OUT:
                self.sign_in()
            else:
                self.unanswered.add(name)
                if status not in BY_FAULT:
                    self.wrong.append((status, text[:300]))

    @abstractmethod
    def act(self, name: str) -> tuple[int, str]:
        """Status and body; 303 is the server's word that it is kept."""

    def sign_in(self) -> None:
        try:
            self.person.sign_in()
        except NOBODY:
            self.stop.wait(0.3)

    counted = ""

    def rows(self, statement: str) -> dict[str, int]:
        return {str(name): int(count) for name, count in self.server.cluster.sql(statement)}

    def lies(self) -> dict[str, int]:
        """What was acknowledged and is not there once, and what is there twice."""
        rows = self.rows(self.counted)
        asked = {name: rows.get(name, 0) for name in self.acknowledged}
        return {name: count for name, count in asked.items() if count != 1} | {
            name: rows[name] for name in self.unanswered if rows.get(name, 0) > 1
        }


class Visitor(AtWork):
    """Saves visits."""

    username = "village"
    counted = "SELECT visitor, count(*) FROM households_visit GROUP BY visitor"

    def __init__(self, server: Server, stop: threading.Event, households: list[str]) -> None:
        super().__init__(server, stop)
        self.households = households

    def act(self, name: str) -> tuple[int, str]:
        return self.person.visit(random.choice(self.households), name, SECONDS)


class Helper(Visitor):
    username = "helper"


class Official(AtWork):
    """Passes a list that waits for the district, and sends it back from the next stage, on and on."""

    username = "district"
    counted = "SELECT opinion, count(*) FROM audits_decision WHERE opinion LIKE '演示%' GROUP BY opinion"

    def __init__(self, server: Server, stop: threading.Event) -> None:
        super().__init__(server, stop)
        self.lists = [pk for (pk,) in server.cluster.sql(
            "SELECT id FROM audits_auditlist WHERE kind = 'entry' AND stage = 'approval' AND closed_at IS NULL"
        )]  # fmt: skip

    def act(self, name: str) -> tuple[int, str]:
        address = f"/audits/{random.choice(self.lists)}/"
        status, page, _ = self.person.ask("GET", address, SECONDS)
        if status != 200:
            return status, page
        seen = {each: re.findall(rf'name="{each}" value="([^"]+)"', page)[0] for each in ("stage", "version")}
        if seen["stage"] == "approval":
            return self.person.ask("POST", f"{address}pass/", SECONDS, opinion=name, **seen)[:2]
        return self.person.ask("POST", f"{address}send-back/", SECONDS, to="approval", reason=name, **seen)[
            :2
        ]

    def halves(self) -> list[Any]:
        """Decisions without their row of the trail or without what is frozen with them, lists that stand elsewhere
        than their last decision says."""
        return self.server.cluster.sql(
            "SELECT d.id FROM audits_decision d WHERE d.opinion LIKE '演示%%' AND ("
            " (SELECT count(*) FROM office_trailrow t WHERE d.opinion IN (t.detail->>'意见', t.detail->>'原因')) <> 1"
            " OR (d.verdict = '通过' AND d.entries <>"
            "     (SELECT count(*) FROM audits_frozenfacts f WHERE f.decision_id = d.id)))"
            " UNION SELECT l.id FROM audits_auditlist l JOIN audits_decision d ON d.id ="
            " (SELECT max(id) FROM audits_decision WHERE audit_list_id = l.id)"
            " WHERE l.id = ANY(%s) AND (l.stage, l.version, l.round) <>"
            " (d.to_stage, d.list_version, d.round + (d.verdict = '退回')::int)",
            self.lists,
        )


class Exporter(AtWork):
    """Asks for files; what is acknowledged is the job."""

    username = "town"
    counted = (
        "SELECT j.id, count(e.id) FROM office_job j LEFT JOIN office_export e ON e.job_id = j.id"
        " AND e.made_at IS NOT NULL WHERE j.kind = 'list-export' AND j.state = 'done' GROUP BY j.id"
    )

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                if where := export(self.person, SECONDS):
                    self.acknowledged.append(where.strip("/").rpartition("/")[2])
                else:
                    self.sign_in()
            except NOBODY:
                pass
            self.stop.wait(0.7)

    def lies(self) -> dict[str, int]:
        """Whose worker was killed twice is put aside, and has no file."""
        aside = self.rows(
            "SELECT j.id, count(e.id) FROM office_job j LEFT JOIN office_export e ON e.job_id = j.id"
            " AND e.made_at IS NOT NULL WHERE j.state = 'failed' AND j.attempts = 2 GROUP BY j.id"
        )
        return {name: count for name, count in super().lies().items() if aside.get(name) != 0}

    def files(self) -> Iterator[tuple[int, int, int]]:
        """Of each job that is done: what its file's address answers, its lines and how many rows were promised."""
        done = self.server.cluster.sql(
            "SELECT result->>'url', (result->>'rows')::int FROM office_job WHERE state = 'done' AND id = ANY(%s::uuid[])",
            sorted(set(self.acknowledged)),
        )
        for address, rows in done:
            status, text, _ = self.person.ask("GET", address)
            yield status, len(text.splitlines()), rows


class Reader(AtWork):
    """Opens lists; what is answered must be a page or a plain word."""

    username = "town"

    def run(self) -> None:
        while not self.stop.is_set():
            try:
                status, text, _ = self.person.ask("GET", "/households/", SECONDS)
                if status in SIGNED_OUT:
                    self.sign_in()
                elif "Traceback" in text or status not in (200, *BY_FAULT):
                    self.wrong.append((status, text[:300]))
            except NOBODY:
                pass
            self.stop.wait(0.3)

    def lies(self) -> dict[str, int]:
        """A page is no promise."""
        return {}


class Importer:
    """One import of new households, big enough to be killed half way."""

    def __init__(self, server: Server, content: bytes) -> None:
        self.server, self.person = server, Person(server, "district").sign_in()
        self.before = self.register()
        upload(self.person, content)
        ((self.batch,),) = server.cluster.sql(
            "SELECT id::text FROM households_importbatch ORDER BY uploaded_at DESC LIMIT 1"
        )

    def register(self) -> tuple[int, int]:
        """How many households and persons there are."""
        ((households, persons),) = self.server.cluster.sql(
            "SELECT (SELECT count(*) FROM households_household), (SELECT count(*) FROM households_person)"
        )
        return households, persons

    def added(self) -> tuple[int, int]:
        households, persons = self.register()
        return households - self.before[0], persons - self.before[1]

    def job(self, step: str) -> tuple[str, int]:
        """State and attempts of its check, or of its writing (apply)."""
        rows = self.server.cluster.sql(
            "SELECT state, attempts FROM office_job WHERE kind = %s AND params->>'batch' = %s",
            f"register-import-{step}",
            self.batch,
        )
        return rows[-1] if rows else ("", 0)

    def confirm(self) -> None:
        """303 is the server's word that it will be written."""
        until(lambda: self.job("check")[0] == "done", "the file is checked", 180)
        status, text, _ = self.person.ask("POST", f"/imports/{self.batch}/confirm/")
        assert status == 303, text[:300]
