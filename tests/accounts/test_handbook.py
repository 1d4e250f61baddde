"""帮助: reachable from every page, its pictures there and small, its words those of the screens."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from accounts.chapters import CHAPTERS, chapter_of
from accounts.roles import BUSINESS, CAPABILITIES
from tests.permission_table import ANYONE, SIGNED_IN, TABLE
from tests.test_headers import own, world  # noqa: F401
from tests.test_permissions import Visitor

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = (ROOT / "templates/accounts/handbook.html").read_text()
LINK = re.compile(r'href="/help/(#[a-z-]+)?"')
SECTIONS = re.findall(r'<section [^>]*id="([a-z-]+)"', TEMPLATE)


@pytest.mark.parametrize("role", ["village", "district", "auditor", "admin", "outsider"])
def test_every_page_leads_to_it(signed_in, role):
    client = signed_in(role)
    for address in ("/", "/jobs/", "/accounts/password/", "/nothing/"):
        assert LINK.search(client.get(address).content.decode()), address


def test_every_page_there_is_leads_to_it(world):  # noqa: F811
    """What is printed for the wall or read by a program has no place for it."""
    visitor = Visitor(world.cast["district"])
    without = set()
    for name in TABLE:
        answer = visitor.ask("GET", own(world, name))
        whole = answer.headers["Content-Type"].startswith("text/html") and not answer.streaming
        text = answer.content.decode() if whole else ""
        if answer.status_code == 200 and "<html" in text and not LINK.search(text):
            without.add(name)
    assert without == set()


def test_nobody_in_particular_finds_it_on_every_page_too(client, db, monkeypatch):
    public = ("/notices/", "/policies/", "/ask/", "/projects/public/", "/villages/public/", "/nothing/")
    assert not [address for address in public if not LINK.search(client.get(address).content.decode())]
    broken = render_to_string("accounts/broken.html", {"title": "系统出错", "reason": ""})
    assert LINK.search(broken)


def test_who_cannot_sign_in_reads_it_too(client, db):
    assert LINK.search(client.get("/accounts/login/").content.decode())
    page = client.get("/help/")
    assert page.status_code == 200 and "连续输错 5 次" in page.content.decode()


def test_the_contents_are_those_of_the_page():
    assert re.findall(r'<li><a href="#([a-z-]+)">', TEMPLATE) == SECTIONS


def opened_by_caseworkers():
    """Names of the pages that somebody of the business roles may look at, and those open to all of them."""
    able = {capability for role in BUSINESS for capability in CAPABILITIES[role]}
    for name, rule in TABLE.items():
        needs = set(rule.get) if isinstance(rule.get, tuple) else {rule.get}
        if needs != {None} and needs <= {*able, SIGNED_IN, ANYONE}:
            yield name


def test_every_page_that_a_caseworker_opens_has_its_chapter():
    apart = {"accounts:handbook", "accounts:healthz", "accounts:readyz"}
    assert {name for name in opened_by_caseworkers() if chapter_of(name) not in SECTIONS} == apart


def test_every_chapter_tells_of_a_page_and_no_page_that_went_is_left_in_the_map():
    assert set(CHAPTERS) == set(SECTIONS)
    parts = {part for parts in CHAPTERS.values() for part in parts}
    assert not [part for part in parts if not any(name.startswith(part) for name in TABLE)]


@pytest.mark.parametrize(
    ("address", "chapter"),
    [("/", "desk"), ("/households/new/", "enter"), ("/projects/", "projects"), ("/imports/", "import")],
)
def test_a_page_opens_the_handbook_at_its_chapter(signed_in, address, chapter):
    assert f'href="/help/#{chapter}"' in signed_in("district").get(address).content.decode()


def test_a_page_that_is_not_there_opens_it_at_the_beginning(signed_in):
    assert 'href="/help/"' in signed_in("district").get("/nothing/").content.decode()


def test_every_picture_is_there_small_and_told_in_words():
    pictures = re.findall(r"<img src=\"{% static '([^']+)' %}\"([^>]*)>", TEMPLATE)
    assert len(pictures) >= 8
    for name, rest in pictures:
        content = (ROOT / "static" / name).read_bytes()
        assert content[8:12] == b"WEBP" and len(content) <= 60 * 1024, name
        assert re.search(r'alt="[^"]{5,}"', rest), name
    assert {name for name, _ in pictures} == {
        f"help/{path.name}" for path in (ROOT / "static/help").iterdir()
    }


def test_quoted_words_stand_on_the_screens():
    """A newcomer looks for the word that the handbook names."""
    quoted = set(re.findall(r"“([^”“]{2,30})”", TEMPLATE)) - {"fupin123", "已由……办理"}
    assert len(quoted) > 20
    source = "".join(
        path.read_text()
        for folder in (
            "templates",
            "accounts",
            "office",
            "households",
            "measures",
            "audits",
            "reporting",
            "villages",
        )
        for path in [*(ROOT / folder).rglob("*.html"), *(ROOT / folder).rglob("*.py")]
        if path.name != "handbook.html"
    )
    assert not [word for word in quoted if word not in source]
