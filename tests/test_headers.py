"""Headers of every answer, and what a request may not be (quality S4; threats A14, A15, B9, C6, C7, H9)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from accounts.views import jobs
from tests.permission_objects import BUILDERS, World
from tests.permission_table import TABLE
from tests.test_permissions import Visitor

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import json, django
django.setup()
from django.templatetags.static import static
from django.test import Client
def told(answer):
    cookies = {name: [bool(one["secure"]), bool(one["httponly"]), one["samesite"]] for name, one in answer.cookies.items()}
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies}
front = {"HTTP_X_FORWARDED_PROTO": "https"}
asked = {
    "page": Client(HTTP_HOST="tuopin.example.org", **front).get("/accounts/login/"),
    "plain": Client(HTTP_HOST="tuopin.example.org").get("/accounts/login/"),
    "other host": Client(HTTP_HOST="evil.example", **front).get("/accounts/login/"),
    "static": Client(HTTP_HOST="tuopin.example.org", **front).get(static("css/ledger.css")),
    "database gone": Client(HTTP_HOST="tuopin.example.org", raise_request_exception=False, **front).get(
        "/", headers={"cookie": "sessionid=" + 32 * "a"}
    ),
}
print(json.dumps({name: told(answer) for name, answer in asked.items()}))
"""


def faults(answer) -> list[str]:
    wrong, headers = [], answer.headers
    policy = headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "frame-ancestors 'none'" not in policy or "unsafe" in policy:
        wrong.append(f"policy {policy!r}")
    for name, value in (
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ):
        if headers.get(name) != value:
            wrong.append(f"{name}: {headers.get(name)}")
    if not headers.get("Cache-Control", "").startswith(("no-store", "private, no-store")):
        wrong.append(f"Cache-Control: {headers.get('Cache-Control')}")
    return wrong


@pytest.fixture
def world(ground, cast, make_household):
    made = World(ground, cast, make_household)
    made.built[""] = None
    for name, build in BUILDERS.items():
        made.built[name] = build(made, cast["district"])
    return made


def own(world, name: str) -> str:
    of = TABLE[name].of
    return reverse(name, args=world.built[of].own if of else ())


def test_every_address_answers_with_every_header(world, caplog):
    """Pages, files, fragments and JSON; taken and refused."""
    caplog.set_level("CRITICAL", "django.request")
    visitor = Visitor(world.cast["district"])
    wrong = {name: faults(visitor.ask("GET", own(world, name))) for name in TABLE}
    assert not {name: found for name, found in wrong.items() if found}


def test_answers_that_are_no_page_have_them_too(signed_in, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    client = signed_in("town")
    client.raise_request_exception = False
    monkeypatch.setattr(jobs, "own_jobs", broken)
    for address, status in (("/nothing/", 404), ("/jobs/", 500), ("/trail/", 403), ("/jobs/?after=!!", 500)):
        answer = client.get(address)
        assert (answer.status_code, faults(answer)) == (status, []), address
    assert Client().get("/jobs/").status_code == 302 and faults(Client().get("/jobs/")) == []


@pytest.fixture(scope="module")
def production():
    """What the shipped production settings answer through the front; no database is asked."""
    keys = {"SECRET_KEY": "x" * 64, "PII_KEY": "ab" * 32, "PII_INDEX_KEY": "cd" * 32}
    environment = {
        **{name: value for name, value in os.environ.items() if name not in ("OFFICE_DAY", "DEBUG")},
        **keys,
        "PRODUCTION": "1",
        "ALLOWED_HOSTS": "tuopin.example.org",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_production_asks_for_tls_and_its_own_name(production):
    assert production["page"]["status"] == 200
    assert production["page"]["headers"]["Strict-Transport-Security"].startswith("max-age=31536000")
    assert production["plain"]["status"] == 301
    assert production["plain"]["headers"]["Location"].startswith("https://tuopin.example.org/")
    assert production["other host"]["status"] == 400


@pytest.mark.parametrize("asked", ["page", "other host", "database gone"])
def test_production_answers_with_every_header(production, asked):
    told = production[asked]
    assert told["status"] == {"page": 200, "other host": 400, "database gone": 503}[asked]
    assert faults(SimpleNamespace(headers=told["headers"])) == []
    assert told["headers"]["Strict-Transport-Security"].startswith("max-age=31536000")


def test_files_of_the_program_are_for_its_own_pages(production):
    told = production["static"]["headers"]
    assert production["static"]["status"] == 200 and "max-age" in told["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in told
    assert "default-src 'none'" in told["Content-Security-Policy"]
    assert (told["X-Frame-Options"], told["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_cookies_of_production_are_for_tls_alone(production):
    secure, _, samesite = production["page"]["cookies"]["csrftoken"]
    assert secure and samesite == "Lax"


def test_a_session_is_no_business_of_scripts(cast, client):
    answer = client.post("/accounts/login/", {"username": "town", "password": "演示口令-2018"})
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"


def test_no_address_takes_another_method(world, caplog):
    """PUT, PATCH, DELETE and a method smuggled in a field do nothing anywhere."""
    caplog.set_level("CRITICAL", "django.request")
    visitor = Visitor(world.cast["district"])
    answers = {
        (method, name): visitor.ask(method, own(world, name)).status_code
        for name in TABLE
        for method in ("PUT", "PATCH", "DELETE", "TRACE")
    }
    # 403: the right is asked for first.
    assert not {asked: status for asked, status in answers.items() if status not in (403, 405)}


@pytest.mark.parametrize("name", ["_method", "X-HTTP-Method-Override"])
def test_a_smuggled_method_is_nothing(signed_in, cast, name):
    client, address = signed_in("security"), reverse("accounts:user-disable", args=[cast["helper"].pk])
    assert client.get(f"{address}?{name}=POST", headers={name: "POST"}).status_code == 405
    cast["helper"].refresh_from_db()
    assert cast["helper"].is_active


@pytest.mark.parametrize(
    "address",
    [
        "//households/",
        "/Households/",
        "/households;x/",
        "/./households/",
        "/%68ouseholds/%2e/",
        "/households/..",
    ],
)
def test_an_address_spelled_otherwise_opens_nothing(signed_in, address):
    """The address as it comes from the wire, past what a client makes of it."""
    assert signed_in("department").get("/", PATH_INFO=address).status_code in (301, 403, 404)


@pytest.mark.parametrize("role", [*Role, "outsider"])
def test_there_is_no_second_door_for_administrators(signed_in, role):
    assert signed_in(role).get("/admin/").status_code == 404
    assert not apps.is_installed("django.contrib.admin")


def test_a_form_from_elsewhere_is_refused(cast, make_household):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["town"], backend="django.contrib.auth.backends.ModelBackend")
    client.get("/accounts/password/")
    token = client.cookies["csrftoken"].value
    sent = {"csrfmiddlewaretoken": token, "q": "演示"}
    find = reverse("households:find")
    assert client.post(find, sent).status_code in (302, 303)
    assert client.post(find, sent, HTTP_ORIGIN="https://evil.example").status_code == 403
    assert client.post(find, {**sent, "csrfmiddlewaretoken": "a" * 64}).status_code == 403
    assert client.post(find, json.dumps(sent), content_type="text/plain").status_code == 403
    assert client.post(find, json.dumps(sent), content_type="application/json").status_code == 403
