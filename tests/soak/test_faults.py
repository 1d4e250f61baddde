"""Parts that stop, slow down or fill up (quality F3; threats E3–E8, G2–G5): nothing acknowledged is lost, people
are told in Chinese, and everything goes on by itself."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psycopg2
import pytest
import redis

from tests.soak.normal import BACK, back_to_normal, export, unique
from tests.soak.processes import LEASE, PAGE_LOCK, Server, until

pytestmark = pytest.mark.soak
# Longer than anybody may wait.
LOCKED = 40.0


def kept(server, name: str) -> int:
    ((count,),) = server.cluster.sql("SELECT count(*) FROM households_visit WHERE visitor = %s", name)
    return int(count)


def job(server, key: str, kind: str, params: str = "{}") -> None:
    """A row as a page writes it, rung for by the sweeper."""
    server.cluster.sql(
        "INSERT INTO office_job (id, kind, title, params, key, queue, state, done_count, message, error, result,"
        " attempts, queued_at, lease_token, worker, cancel_requested)"
        " VALUES (%s, %s, '长测', %s, %s, 'office', 'queued', 0, '', '', '{}', 0, now(), '', '', false)",
        str(uuid.uuid4()),
        kind,
        params,
        key,
    )


def state(server, key: str) -> tuple[str, int, str]:
    ((found, attempts, error),) = server.cluster.sql(
        "SELECT state, attempts, error FROM office_job WHERE key = %s", key
    )
    return found, attempts, error


def counted(server, name: str) -> int:
    ((count,),) = server.cluster.sql(
        "SELECT count(*) FROM office_trailrow WHERE action = 'soak-counted' AND detail->>'name' = %s", name
    )
    return int(count)


def test_redis_stopped_and_emptied(server, person, households):
    helper, name = person("helper"), unique()
    server.kill("redis")
    began = time.monotonic()
    assert helper.visit(households[0], name)[0] == 303
    assert time.monotonic() - began < 5 and kept(server, name) == 1
    town, once = person("town"), uuid.uuid4().hex
    began = time.monotonic()
    status, _, where = town.ask("POST", "/exports/", list="households:list", format="csv", once=once)
    assert status == 303 and where.startswith("/jobs/") and time.monotonic() - began < 5
    assert "排队中" in town.ask("GET", where)[1]
    assert server.parts()["broker"] == "failed"
    server.start("redis")
    began = time.monotonic()
    took = back_to_normal(server, helper, town, households[0])
    until(lambda: "已完成" in town.ask("GET", where)[1], "the export is delivered", BACK)
    print(f"well again {took:.1f} s after Redis was started, all done after {time.monotonic() - began:.1f} s")
    # Emptied with work in it: a worker that was away finds the rows in the database.
    server.kill("worker")
    for place in range(5):
        job(server, f"{name}-{place}", "soak-count", f'{{"name": "{name}-{place}", "seconds": 0.2}}')
    redis.Redis(port=server.redis_port).flushall()
    server.start("worker")
    for place in range(5):
        until(lambda place=place: state(server, f"{name}-{place}")[0] == "done", "all are done", 120)
        assert counted(server, f"{name}-{place}") == 1


def test_database_stopped(server, person, households):
    helper, town, name = person("helper"), person("town"), unique()
    web = server.running["web"].pid
    server.cluster.stop()
    for address in ("/", "/households/", f"/households/{households[0]}/"):
        status, text, _ = helper.ask("GET", address)
        assert status == 503 and "数据库暂时不能用" in text and "Traceback" not in text
    assert helper.visit(households[0], name)[0] == 503
    assert server.parts()["database"] == "failed"
    server.cluster.start()
    took = back_to_normal(server, helper, town, households[0])
    print(f"well again {took:.1f} s after the database was started")
    assert helper.visit(households[0], name)[0] == 303 and kept(server, name) == 1
    assert server.running["web"].pid == web, "nobody had to start it again"


def test_a_database_that_was_started_again_between_two_pages_costs_no_page(server, person):
    """Every connection that a thread kept is dead, and nobody is told (CONN_HEALTH_CHECKS)."""
    helper = person("helper")

    def pages() -> set[int]:
        with ThreadPoolExecutor(24) as pool:
            return {each[0] for each in pool.map(lambda _: helper.ask("GET", "/jobs/"), range(48))}

    assert pages() == {200}
    server.cluster.stop()
    server.cluster.start()
    assert pages() == {200}


def test_database_slow(server, person, households):
    """A table that is locked for 40 s: the page that needs it gives up in seconds, the others do not wait, and jobs
    that need it, more than there are workers, keep none from what needs it not."""
    helper, town, name = person("helper"), person("town"), unique()
    holder = psycopg2.connect(server.cluster.url())
    try:
        with holder.cursor() as cursor:
            cursor.execute("LOCK TABLE households_visit IN ACCESS EXCLUSIVE MODE")
        for place in range(4):
            job(server, f"{name}-{place}", "soak-look", f'{{"name": "{name}"}}')
        until(lambda: state(server, f"{name}-0")[1] == 1, "the first of them is begun", 60)
        began = time.monotonic()
        with ThreadPoolExecutor(8) as pool:
            waiting = [pool.submit(helper.visit, households[0], unique()) for _ in range(4)]
            time.sleep(1)
            asked = time.monotonic()
            for address in ("/jobs/", "/households/", "/policies/"):
                assert town.ask("GET", address)[0] == 200
            assert time.monotonic() - asked < float(PAGE_LOCK), "other pages do not wait"
            answers = [each.result(60) for each in waiting]
        assert {status for status, _ in answers} == {503}
        assert all("数据库暂时不能用" in text and "没有存下" in text for _, text in answers)
        where = export(town)
        until(lambda: "已完成" in town.ask("GET", where)[1], "a file is made meanwhile", BACK)
        assert time.monotonic() - began < LOCKED, "and not after"
        time.sleep(began + LOCKED - time.monotonic())
        assert all(state(server, f"{name}-{place}")[0] != "done" for place in range(4))
    finally:
        holder.rollback()
        holder.close()
    back_to_normal(server, helper, town, households[0])
    assert helper.visit(households[0], name)[0] == 303 and kept(server, name) == 1
    for place in range(4):
        until(lambda place=place: state(server, f"{name}-{place}")[0] == "done", "they are done in the end")


def test_out_of_connections(server, person, households):
    """Somebody else took every connection that there is: people are told, and it passes."""
    helper, town, name, held = person("helper"), person("town"), unique(), []
    try:
        while True:
            held.append(psycopg2.connect(server.cluster.url("postgres"), connect_timeout=5))
    except psycopg2.OperationalError:
        pass
    assert len(held) > 10
    try:
        with ThreadPoolExecutor(16) as pool:
            statuses = {each[0] for each in pool.map(lambda _: helper.ask("GET", "/jobs/"), range(32))}
        assert statuses <= {200, 503}, statuses
    finally:
        for one in held:
            one.close()
    back_to_normal(server, helper, town, households[0])
    assert helper.visit(households[0], name)[0] == 303 and kept(server, name) == 1


def test_an_input_that_kills_its_worker_is_put_aside(server):
    """Two tries and no more; what stands behind it is done."""
    key = unique()
    job(server, key, "soak-deadly")
    job(server, f"{key}-next", "soak-count", f'{{"name": "{key}", "seconds": 0.2}}')
    until(lambda: state(server, key)[0] == "failed", "it is put aside", 180)
    found, attempts, error = state(server, key)
    assert (found, attempts) == ("failed", 2) and "请联系系统管理员" in error
    until(lambda: state(server, f"{key}-next")[0] == "done", "the next one is done", 120)
    assert counted(server, key) == 1
    time.sleep(LEASE + 2)
    assert state(server, key)[:2] == ("failed", 2), "nor later"


def test_a_job_longer_than_the_broker_waits_has_one_effect(server):
    """150 s of work, a broker that delivers again after 5 s, two workers (threats E3)."""
    key = unique()
    server.kill("worker")
    server.environment["VISIBILITY_SECONDS"] = "5"
    try:
        server.start("worker", "worker2")
        server.ready()
        job(server, key, "soak-count", f'{{"name": "{key}", "seconds": 150}}')
        until(lambda: state(server, key)[0] == "running", "it is begun", 120)
        until(lambda: state(server, key)[0] == "done", "it is done", 400)
        assert state(server, key)[1] == 1 and counted(server, key) == 1
    finally:
        del server.environment["VISIBILITY_SECONDS"]
        server.kill("worker")


def test_a_backup_under_write_load_restores_to_one_moment(server, person, households):
    """People save while it is made; the restored place is whole and holds all that was there before (threats J1)."""
    helper, stop, acknowledged = person("helper"), threading.Event(), []

    def save() -> None:
        while not stop.is_set():
            name = unique()
            if helper.visit(households[len(acknowledged) % len(households)], name)[0] == 303:
                acknowledged.append(name)

    saver = threading.Thread(target=save)
    saver.start()
    try:
        until(lambda: len(acknowledged) >= 5, "some are saved")
        before = list(acknowledged)
        folder = server.folder / unique()
        made = server.manage("backup", str(folder))
        assert made.returncode == 0, made.stderr
        until(lambda: len(acknowledged) > len(before) + 5, "more are saved meanwhile")
    finally:
        stop.set()
        saver.join(90)
    place = server.folder / "other"
    place.mkdir()
    other = Server(place, server.cluster)
    server.cluster.sql("CREATE DATABASE other", database="postgres")
    other.environment |= {"DATABASE_URL": server.cluster.url("other")}
    (other.data / "keys").mkdir(mode=0o700)
    for key in (server.data / "keys").iterdir():
        (other.data / "keys" / key.name).write_bytes(key.read_bytes())
    restored = other.manage("restore", str(folder))
    assert restored.returncode == 0, restored.stderr
    for command in ("verify_trail", "verify_invariants"):
        checked = other.manage(command)
        assert checked.returncode == 0, checked.stdout + checked.stderr
    rows = {name for (name,) in server.cluster.sql("SELECT visitor FROM households_visit", database="other")}
    assert set(before) <= rows
    # Sequences stand behind what is there: the next row is written.
    server.cluster.sql(
        "INSERT INTO django_content_type (app_label, model) VALUES ('soak', 'soak')", database="other"
    )
    server.cluster.sql("DROP DATABASE other WITH (FORCE)", database="postgres")
