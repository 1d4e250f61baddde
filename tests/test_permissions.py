"""Every URL × method × role, for the own area and elsewhere, as tests/permission_table.py says (quality S1)."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.roles import CAPABILITIES, Capability, Role
from tests.permission_objects import BUILDERS, NO_CODE, Places, World
from tests.permission_table import ANYONE, AREA_LISTS, SIGNED_IN, TABLE, Needs, Rule

# 409: the right is there and the state of the object is against it; 422: the form was not complete.
TAKEN = {200, 302, 303, 409, 422}
METHODS = ("GET", "POST")
# Tokens of the session and of a form that is sent once, and the moment at which it was opened.
TOKEN = re.compile(
    r'name="(csrfmiddlewaretoken|once)" value="[^"]*"|csrf_?token"?: ?"[^"]*"|value="[-0-9]+T[0-9:.+]+"',
    re.IGNORECASE,
)


def url_names(patterns: list, prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}"


NAMES = list(url_names(get_resolver().url_patterns))


@pytest.fixture(autouse=True)
def _quiet(caplog):
    """Hundreds of refusals a test are what is wanted here, not something to log."""
    caplog.set_level("CRITICAL", "django.request")


@pytest.fixture
def world(ground, cast, make_household) -> World:
    return World(ground, cast, make_household)


class Visitor:
    """Asks as one person. What a request changes is rolled back, so that none disturbs the next."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            # The first request of a session writes into it; rolled back, every further one would again.
            self.client.get(reverse("accounts:password"))
        self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, address: str) -> HttpResponse:
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = self.client.generic(method, address)
            transaction.set_rollback(True)
        return answer


def holds(needs: Needs, held: frozenset[Capability]) -> bool:
    if needs in (ANYONE, SIGNED_IN):
        return True
    return held >= set(needs if isinstance(needs, tuple) else (needs,))


def places(world: World, user: User) -> dict[str, Places]:
    """Arguments by builder, each built once; no builder, no arguments."""
    world.built[""] = Places(area_bound=False)
    for of, build in BUILDERS.items():
        world.built[of] = build(world, user)
    return world.built


def body(answer: HttpResponse) -> str:
    return TOKEN.sub("", answer.content.decode())


def expected(rule: Rule, method: str, user: User, bound_and_unseen: bool) -> set[int]:
    """Statuses that answer this person rightly about an object of the own area."""
    needs = rule.needs(method)
    if needs is None:
        return {405}
    if holds(needs, user.capabilities()):
        return TAKEN
    return {403, 404} if bound_and_unseen else {403}


def deviations(world: World, user: User) -> list[str]:
    """Every URL, both methods, asked by a person signed in: what differs from the table."""
    visitor, built, wrong = Visitor(user), places(world, user), []
    seen = user.area_scope().covers(world.ground.village)
    for name, rule in TABLE.items():
        own = reverse(name, args=built[rule.of].own)
        for method in METHODS:
            got = visitor.ask(method, own).status_code
            right = expected(rule, method, user, built[rule.of].area_bound and not seen)
            if got not in right:
                wrong.append(f"{method} {name}: {got}, not {sorted(right)}")
    return wrong


def leaks(world: World, user: User) -> list[str]:
    """Addresses that answer otherwise for what lies elsewhere than for what does not exist."""
    visitor, built, wrong = Visitor(user), places(world, user), []
    for name, rule in TABLE.items():
        for method in METHODS:
            needs, there = rule.needs(method), built[rule.of]
            if not rule.of or needs is None:
                continue
            allowed = {404} if holds(needs, user.capabilities()) else {403, 404}
            foreign = visitor.ask(method, reverse(name, args=there.foreign))
            unknown = visitor.ask(method, reverse(name, args=there.unknown))
            if foreign.status_code not in allowed or unknown.status_code not in allowed:
                wrong.append(f"{method} {name}: {foreign.status_code} and {unknown.status_code}")
            elif body(foreign) != body(unknown):
                wrong.append(f"{method} {name}: another body")
    return wrong


def test_every_address_has_a_rule_and_every_rule_an_address():
    assert sorted(NAMES) == sorted(TABLE)


def test_every_rule_names_a_builder_that_exists():
    assert {rule.of for rule in TABLE.values()} - {""} <= set(BUILDERS)


@pytest.mark.parametrize("role", [*Role, "outsider"])
def test_a_role_gets_what_the_table_gives_it_and_nothing_else(world, role):
    wrong = deviations(world, world.cast[role])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [*Role, "outsider"])
def test_what_lies_elsewhere_reads_like_what_does_not_exist(world, role):
    wrong = leaks(world, world.cast[role])
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", ["village", "town", "district"])
def test_a_page_narrowed_to_an_area_elsewhere_tells_nothing(world, role):
    user = world.cast[role]
    visitor, foreign = Visitor(user), world.ground.foreign_village
    places(world, user)
    for name in AREA_LISTS:
        if not holds(TABLE[name].get, user.capabilities()):
            continue
        there, nowhere = (
            visitor.ask("GET", f"{reverse(name)}?area={code}") for code in (foreign.code, NO_CODE)
        )
        assert there.status_code == nowhere.status_code, name
        assert body(there).replace(foreign.code, NO_CODE) == body(nowhere), name
        assert foreign.name not in body(there), name


@pytest.mark.parametrize("capability", Capability)
def test_a_capability_granted_alone_opens_exactly_its_addresses(world, monkeypatch, capability):
    monkeypatch.setitem(CAPABILITIES, Role.DISTRICT, frozenset({capability}))
    wrong = deviations(world, world.cast["district"])
    assert not wrong, "\n".join(wrong)


def test_nobody_signed_in_gets_the_sign_in_page_or_what_is_open_to_all(world):
    visitor, built, wrong = Visitor(None), places(world, world.cast["town"]), []
    for name, rule in TABLE.items():
        address = reverse(name, args=built[rule.of].own)
        for method in METHODS:
            needs, answer = rule.needs(method), visitor.ask(method, address)
            to_login = answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")
            if needs == ANYONE:
                good = answer.status_code in TAKEN and not to_login
            else:
                good = to_login or (needs is None and answer.status_code == 405)
            if not good:
                wrong.append(f"{method} {name}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
