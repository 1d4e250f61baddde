"""Sign-in, lock, sign-out, password."""

import datetime

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Duty, User
from office.models import TrailRow

LOGIN = "/accounts/login/"
SECRET = "演示口令-2018"
NEW = "另一个演示口令-2018"


def sign_in(client: Client, username: str = "town", password: str = SECRET, **more: str):
    return client.post(LOGIN, {"username": username, "password": password, **more})


def actions() -> list[str]:
    return list(TrailRow.objects.order_by("id").values_list("action", flat=True))


def test_the_right_password_opens_the_workbench(cast, client):
    answer = sign_in(client)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    row = TrailRow.objects.get()
    assert (row.action, row.actor, row.ip) == ("登录", cast["town"], "127.0.0.1")


@pytest.mark.parametrize("username", ["town", "nobody"])
def test_a_wrong_password_and_an_unknown_user_read_the_same(cast, client, username):
    answer = sign_in(client, username, "wrong")
    assert answer.status_code == 422
    assert "用户名或密码不正确" in answer.content.decode()
    assert TrailRow.objects.get().action == "登录失败"


def test_a_disabled_user_reads_the_same_as_a_wrong_password(cast, client):
    type(cast["town"]).objects.filter(username="town").update(is_active=False)
    assert "用户名或密码不正确" in sign_in(client).content.decode()


@pytest.mark.parametrize("username", ["town", "nobody"])
def test_five_failures_lock_the_account_and_say_how_long(cast, username):
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}").post(
            LOGIN, {"username": username, "password": "wrong"}
        )
        for n in range(5)
    ]
    assert [answer.status_code for answer in answers] == [422] * 4 + [429]
    assert "锁定 30 分钟" in answers[-1].content.decode()
    locked = sign_in(Client(), username)
    assert locked.status_code == 429 and "锁定" in locked.content.decode()
    assert actions() == ["登录失败"] * 4 + ["账户锁定"] * 2


def test_who_tries_on_does_not_keep_the_owner_out_for_longer(cast):
    for _ in range(5):
        sign_in(Client(), "town", "wrong")
    almost = timezone.now() - datetime.timedelta(minutes=29)
    AccessAttempt.objects.update(attempt_time=almost)
    assert sign_in(Client(), "town", "wrong").status_code == 429
    assert AccessAttempt.objects.get().attempt_time == almost
    AccessAttempt.objects.update(attempt_time=almost - datetime.timedelta(minutes=2))
    assert sign_in(Client(), "town").status_code == 303


def test_a_lock_leaves_other_accounts_of_the_address_alone(cast):
    for _ in range(5):
        sign_in(Client(), "town", "wrong")
    assert sign_in(Client(), "village").status_code == 303


@pytest.mark.parametrize(
    "away", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_next_never_leads_away(cast, away):
    client = Client()
    assert sign_in(client, next=away)["Location"] == "/"


def test_next_leads_to_the_page_that_was_asked_for(cast, client):
    asked = client.get("/jobs/?sort=x")
    assert asked.status_code == 302 and asked["Location"].startswith(LOGIN)
    page = client.get(asked["Location"]).content.decode()
    assert 'name="next" value="/jobs/?sort=x"' in page
    assert sign_in(client, next="/jobs/?sort=x")["Location"] == "/jobs/?sort=x"


def test_the_session_key_changes_and_the_old_one_dies(cast, client):
    client.get("/jobs/")
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = before = session.session_key
    sign_in(client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != before
    assert not Session.objects.filter(pk=before).exists()


def test_sign_out_by_post_kills_the_session_on_the_server(signed_in):
    client = signed_in("town")
    client.get("/jobs/")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(reverse("accounts:logout")).status_code == 405
    assert client.post(reverse("accounts:logout"))["Location"] == LOGIN
    again = Client()
    again.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert again.get("/jobs/").status_code == 302
    assert actions() == ["退出登录"]


def change(client: Client, old: str = SECRET, new: str = NEW, again: str = NEW):
    return client.post("/accounts/password/", {"password": old, "new_password": new, "again": again})


def test_a_new_password_ends_the_other_sessions(signed_in, cast):
    here, there = signed_in("town"), signed_in("town")
    assert there.get("/jobs/").status_code == 200
    assert change(here).status_code == 303
    assert here.get("/jobs/").status_code == 200
    assert there.get("/jobs/").status_code == 302
    assert actions() == ["修改密码"]


@pytest.mark.parametrize(
    ("old", "new", "again", "message"),
    [
        ("wrong", NEW, NEW, "现在的密码不正确"),
        (SECRET, NEW, NEW + "x", "两次输入的新密码不一致"),
        (SECRET, SECRET, SECRET, "不能与现在的相同"),
        (SECRET, "12345678901", "12345678901", "不能全是数字"),
        (SECRET, "short", "short", "至少 10 个字符"),
        (SECRET, "fupin12345", "fupin12345", "太常见"),
        (SECRET, "Tuopin@2018", "Tuopin@2018", "太常见"),
        (SECRET, "演示town1", "演示town1", "不能与用户名或姓名相近"),
        (SECRET, NEW, NEW + " ", "两次输入的新密码不一致"),
    ],
)
def test_a_password_that_does_not_do_is_refused(signed_in, old, new, again, message):
    answer = change(signed_in("town"), old, new, again)
    assert answer.status_code == 422
    assert message in answer.content.decode()


@pytest.mark.parametrize("new", ["一二三四五六七八九十", "字" * 200, " 前后有空格的口令 "])
def test_a_password_is_taken_whole(signed_in, cast, new):
    """Chinese, 200 characters, spaces at the ends: nothing is cut or stripped."""
    assert change(signed_in("town"), new=new, again=new).status_code == 303
    assert sign_in(Client(), password=new).status_code == 303
    assert sign_in(Client(), password=new[:-1]).status_code == 422


def test_kinds_of_characters_are_asked_for_where_a_deployment_says_so(signed_in, settings):
    rule = {"NAME": "accounts.password_rules.KindsValidator", "OPTIONS": {"kinds": 3}}
    settings.AUTH_PASSWORD_VALIDATORS = [rule]
    assert "至少要有 3 种" in change(signed_in("town"), new="abcdefgh12", again="abcdefgh12").content.decode()
    assert change(signed_in("town"), new="Abcdefgh12", again="Abcdefgh12").status_code == 303


def test_an_old_password_is_changed_where_a_deployment_says_so(signed_in, cast, settings):
    client, old = signed_in("town"), timezone.now() - datetime.timedelta(days=91)
    type(cast["town"]).objects.filter(username="town").update(password_changed_at=old)
    assert client.get("/jobs/").status_code == 200
    settings.PASSWORD_DAYS = 90
    assert client.get("/jobs/")["Location"] == "/accounts/password/"
    assert "已用满 90 天" in client.get("/accounts/password/").content.decode()
    assert change(client).status_code == 303
    assert client.get("/jobs/").status_code == 200


def test_an_unknown_name_costs_the_same_work_as_a_known_one(cast, monkeypatch):
    """One hashing of the password each (threats B2): the time tells nothing."""
    hashed = []
    encode = MD5PasswordHasher.encode

    def counted(self, password, salt):
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    type(cast["town"]).objects.filter(username="helper").update(is_active=False)
    for username in ("town", "helper", "nobody"):
        hashed.clear()
        sign_in(Client(), username, "wrong")
        assert hashed == ["wrong"], username


def test_a_fresh_install_has_nobody(db):
    assert not User.objects.exists() and not Duty.objects.exists()


def test_an_initial_password_must_be_changed_first(signed_in, cast):
    type(cast["town"]).objects.filter(username="town").update(must_change_password=True)
    client = signed_in("town")
    assert client.get("/jobs/")["Location"] == "/accounts/password/"
    assert change(client).status_code == 303
    assert client.get("/jobs/").status_code == 200


def test_disabling_ends_the_session(signed_in, cast):
    client = signed_in("town")
    assert client.get("/jobs/").status_code == 200
    type(cast["town"]).objects.filter(username="town").update(is_active=False)
    assert client.get("/jobs/").status_code == 302
