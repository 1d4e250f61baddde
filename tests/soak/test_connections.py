"""Five hundred at once on a database with as many connections as the manual says (threats G3): they wait their turn
at the web processes, and everybody is answered."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest

from tests.soak.normal import export, unique
from tests.test_connections import documented

pytestmark = pytest.mark.soak
PEOPLE = 500


@pytest.fixture
def few_connections(server):
    """PostgreSQL lets in as many as the manual asks for, none kept for its administrator."""

    def allow(*settings: str) -> None:
        for setting in settings:
            server.cluster.sql(f"ALTER SYSTEM {setting}")
        server.cluster.stop()
        server.cluster.start()
        server.ready()

    for name in ("web", "worker"):
        server.kill(name)
    server.start("web", "worker-office", "worker-bulk")
    allow(f"SET max_connections = {documented()}", "SET superuser_reserved_connections = 0")
    yield documented()
    allow("RESET max_connections", "RESET superuser_reserved_connections")


def test_five_hundred_at_once_are_all_answered(server, person, households, few_connections):
    helper, town, over, open_at_once = person("helper"), person("town"), threading.Event(), [0]

    def watch() -> None:
        connection = psycopg2.connect(server.cluster.url())
        connection.autocommit = True
        with connection.cursor() as cursor:
            while not over.wait(0.1):
                cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
                open_at_once.append(cursor.fetchone()[0])
        connection.close()

    def ask(place: int) -> int:
        home = households[place % len(households)]
        if place % 20 == 0:
            return 303 if export(town, 300) else 0
        if place % 10 == 0:
            return helper.visit(home, unique(), 300)[0]
        address = ("/jobs/", "/households/", f"/households/{home}/")[place % 3]
        return helper.ask("GET", address, 300)[0]

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with ThreadPoolExecutor(PEOPLE) as pool:
            answers = Counter(pool.map(ask, range(PEOPLE)))
    finally:
        over.set()
        watcher.join()
    print(f"{dict(answers)}, at most {max(open_at_once)} connections of {few_connections}")
    assert set(answers) == {200, 303}
    # Else it would not have been a crowd.
    assert 12 <= max(open_at_once) <= few_connections
