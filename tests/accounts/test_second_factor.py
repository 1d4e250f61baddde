"""两步验证: asked where the setting says so, set up once, each code taken once, locks, recovery, reset."""

import base64
import datetime
import re

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse
from django_otp.oath import totp

from accounts.models import RecoveryCode, SecondFactor
from office import clock
from office.models import TrailRow
from tests.households.test_together import office  # noqa: F401

ASK, NEW = "/accounts/second-factor/", "/accounts/second-factor/new/"
LOGIN = {"username": "district", "password": "演示口令-2018"}


@pytest.fixture(autouse=True)
def asked(settings):
    settings.SECOND_FACTOR_ROLES = ["district", "admin"]


@pytest.fixture
def factor(cast):
    """The district's, set up a while ago."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    now = clock.now()
    return SecondFactor.objects.create(user=cast["district"], secret=secret, made_at=now, confirmed_at=now)


def code(factor, steps=0):
    return f"{totp(base64.b32decode(factor.secret), drift=steps):06}"


def signed(client=None):
    client = client or Client()
    assert client.post("/accounts/login/", LOGIN).status_code == 303
    return client


def give(client, text, **more):
    return client.post(ASK, {"code": text, **more})


def actions():
    return list(TrailRow.objects.order_by("id").values_list("action", flat=True))


def test_the_password_alone_opens_nothing(factor):
    client = signed()
    for address in ("/", "/households/", "/accounts/password/", "/jobs/"):
        assert client.get(address)["Location"].startswith(ASK), address
    assert client.post("/accounts/password/", {"new_password": "x"})["Location"].startswith(ASK)
    fragment = client.get("/jobs/", headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == ASK


def test_the_code_opens_the_page_that_was_asked_for(factor):
    client = signed()
    asked_for = client.get("/jobs/")["Location"]
    assert 'name="next" value="/jobs/"' in client.get(asked_for).content.decode()
    before = client.cookies["sessionid"].value
    answer = give(client, code(factor), next="/jobs/")
    assert (answer.status_code, answer["Location"]) == (303, "/jobs/")
    assert client.cookies["sessionid"].value != before
    assert client.get("/jobs/").status_code == 200
    assert actions()[-1] == "两步验证"


def test_whose_role_is_not_named_is_not_asked(cast):
    client = Client()
    client.post("/accounts/login/", {**LOGIN, "username": "town"})
    assert client.get("/jobs/").status_code == 200
    for address in (ASK, NEW):
        answer = client.get(address)
        assert answer.status_code == 409 and "没有要求" in answer.content.decode()


def test_without_the_setting_nobody_is_asked(factor, settings):
    settings.SECOND_FACTOR_ROLES = []
    assert signed().get("/jobs/").status_code == 200


def test_it_is_set_up_at_the_first_sign_in(cast):
    client = signed()
    page = client.get("/jobs/", follow=True)
    text = page.content.decode()
    assert page.redirect_chain[-1][0] == NEW and "<svg" in text and "style=" not in text
    secret = re.search(r"data-secret>([A-Z2-7 ]+)<", text)[1].replace(" ", "")
    assert secret in client.get(NEW).content.decode().replace(" ", ""), "the same until it is confirmed"
    assert client.post(NEW, {"code": "000000"}).status_code == 422
    assert client.get("/jobs/").status_code == 302
    done = client.post(NEW, {"code": f"{totp(base64.b32decode(secret)):06}"})
    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", done.content.decode())
    assert len(set(codes)) == 10
    assert client.get("/jobs/").status_code == 200
    assert actions() == ["登录", "启用两步验证"]
    assert secret not in client.get(NEW, follow=True).content.decode().replace(" ", ""), "shown no more"
    other = signed()
    assert give(other, codes[0]).status_code == 303
    assert give(signed(), codes[0]).status_code == 422, "each opens once"


def test_a_session_left_open_binds_no_phone_without_the_password(cast, monkeypatch):
    client, later = signed(), clock.now() + datetime.timedelta(minutes=20)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert "本人的密码" in client.get(NEW).content.decode()
    factor = SecondFactor.objects.get()
    answer = client.post(NEW, {"code": f"{totp(base64.b32decode(factor.secret), drift=40):06}"})
    assert answer.status_code == 422 and "再输一次本人的密码" in answer.content.decode()


def test_a_code_is_taken_once_and_for_a_minute(factor):
    assert give(signed(), code(factor, steps=-3)).status_code == 422
    assert give(signed(), code(factor)).status_code == 303
    assert give(signed(), code(factor)).status_code == 422
    assert give(signed(), code(factor, steps=-1)).status_code == 422, "nor an earlier one after it"
    assert give(signed(), code(factor, steps=1)).status_code == 303


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "1" * 200, "\x00", "-----"])
def test_what_is_no_code_is_refused_in_words(factor, typed):
    answer = give(signed(), typed)
    assert answer.status_code == 422 and "msg-err" in answer.content.decode()


def test_a_role_that_is_not_one_stops_the_start(settings):
    settings.SECOND_FACTOR_ROLES = ["district", "distrct"]
    with pytest.raises(ImproperlyConfigured, match="：distrct$"):
        apps.get_app_config("accounts").ready()


def test_five_wrong_codes_lock_wherever_they_come_from(factor, monkeypatch):
    for _ in range(4):
        assert give(signed(), "000000").status_code == 422
    answer = give(signed(), "000000")
    assert answer.status_code == 429 and "已锁定 30 分钟" in answer.content.decode()
    assert give(signed(), code(factor)).status_code == 429
    assert actions().count("两步验证失败") == 4 and actions().count("两步验证锁定") == 1
    later = clock.now() + datetime.timedelta(minutes=31)
    monkeypatch.setattr(clock, "now", lambda: later)
    client = Client()
    client.post("/accounts/login/", LOGIN)
    assert give(client, f"{totp(base64.b32decode(factor.secret), drift=62):06}").status_code == 303


def test_a_recovery_code_does_not_open_while_locked(factor):
    (first, *_) = factor.new_recovery_codes()
    now = clock.now()
    SecondFactor.objects.update(locked_until=now + datetime.timedelta(minutes=5))
    factor.refresh_from_db()
    assert not factor.opens(first, at=now)


def test_new_recovery_codes_end_the_old_ones(factor):
    (old, *_) = factor.new_recovery_codes()
    client = signed()
    give(client, code(factor))
    assert "还有 10 个" in client.get(ASK).content.decode()
    page = client.post(reverse("accounts:second-factor-codes")).content.decode()
    assert len(re.findall(r"<code>", page)) == 10
    assert give(signed(), old).status_code == 422


def test_codes_are_not_made_before_the_second_factor_was_given(factor):
    answer = signed().post(reverse("accounts:second-factor-codes"))
    assert answer.status_code == 302 and answer["Location"].startswith(ASK)
    assert not RecoveryCode.objects.exists()


def test_the_security_administrator_resets_it_for_a_lost_phone(factor, cast, signed_in):
    inside = signed()
    give(inside, code(factor))
    keeper = signed_in("security")
    page = reverse("accounts:user", args=[cast["district"].pk])
    assert "重置两步验证" in keeper.get(page).content.decode()
    answer = keeper.post(reverse("accounts:user-second-factor", args=[cast["district"].pk]))
    assert answer.status_code == 200 and "data-first-password" in answer.content.decode()
    assert not SecondFactor.objects.exists()
    assert inside.get("/jobs/")["Location"].startswith("/accounts/login/"), "what was open is open no more"
    again = keeper.post(reverse("accounts:user-second-factor", args=[cast["district"].pk]))
    assert again.status_code == 409
    assert actions().count("重置两步验证") == 1


def test_a_session_of_an_earlier_factor_is_asked_again(factor, cast):
    inside = signed()
    give(inside, code(factor))
    factor.delete()
    now = clock.now()
    SecondFactor.objects.create(user=cast["district"], secret="MFRGGZDF", made_at=now, confirmed_at=now)
    assert inside.get("/jobs/")["Location"].startswith(ASK)


def test_neither_secret_nor_codes_lie_in_the_clear(factor):
    codes = factor.new_recovery_codes()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_secondfactor")
        assert cursor.fetchone()[0].startswith("v1:")
        cursor.execute("SELECT digest FROM accounts_recoverycode")
        stored = " ".join(row[0] for row in cursor.fetchall())
    assert not any(each.replace("-", "") in stored for each in codes)


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_in_two_places_at_once_opens_one(factor, office):  # noqa: F811
    typed, at = code(factor), clock.now()
    opened = office()
    answers = opened.at_once(*[lambda: SecondFactor.objects.get().opens(typed, at=at)] * 8)
    assert sorted(answers) == [False] * 7 + [True]
