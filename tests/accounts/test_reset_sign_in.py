"""`manage.py reset_sign_in`: the way back in for the only security administrator, whom no page can help."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import RecoveryCode, SecondFactor
from office import clock
from office.models import TrailRow

PASSWORD = "演示口令-2018"


@pytest.fixture
def alone(cast, settings):
    """The security administrator with a phone that is lost and codes that are used up."""
    settings.SECOND_FACTOR_ROLES = ["security"]
    now = clock.now()
    factor = SecondFactor.objects.create(
        user=cast["security"], secret="MFRGGZDF", made_at=now, confirmed_at=now
    )
    RecoveryCode.objects.create(factor=factor, digest="x", used_at=now)
    return cast["security"]


def asked(monkeypatch, answer):
    def typed(_question):
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", typed)


def reset(*words) -> str:
    out = io.StringIO()
    call_command("reset_sign_in", *words, stdout=out)
    return out.getvalue()


def signed_in(password, client=None):
    client = client or Client()
    answer = client.post("/accounts/login/", {"username": "security", "password": password})
    return client if answer.status_code == 303 else None


def test_it_gives_a_new_password_takes_the_factor_and_ends_every_session(alone, monkeypatch):
    before = signed_in(PASSWORD)
    assert before.get("/accounts/users/")["Location"].startswith("/accounts/second-factor/")
    asked(monkeypatch, "yes")
    first = reset("security").split("初始密码：")[1].split("\n")[0]
    assert not SecondFactor.objects.exists() and not RecoveryCode.objects.exists()
    assert before.get("/accounts/users/")["Location"].startswith("/accounts/login/")
    assert signed_in(PASSWORD) is None
    now = signed_in(first)
    # The phone is set up anew before anything else, and then the password is changed.
    assert now.get("/accounts/users/")["Location"].startswith("/accounts/second-factor/")
    alone.refresh_from_db()
    assert alone.must_change_password


def test_a_locked_account_is_open_again(alone):
    for _ in range(5):
        signed_in("wrong")
    assert signed_in(PASSWORD) is None
    assert signed_in(reset("security", "--yes").split("初始密码：")[1].split("\n")[0])


def test_the_trail_tells_it_and_never_the_password(alone):
    first = reset("security", "--yes").split("初始密码：")[1].split("\n")[0]
    row = TrailRow.objects.get(action="重置登录")
    assert (row.actor, row.subject_id) == (None, str(alone.pk)) and row.seq
    assert row.detail == {"途径": "服务器上的命令", "取消两步验证": "是"}
    assert not any(first in str(value) for each in TrailRow.objects.values() for value in each.values())


@pytest.mark.parametrize("answer", ["", "y", "no", None])
def test_without_a_plain_yes_nothing_is_done(alone, monkeypatch, answer):
    asked(monkeypatch, answer)
    with pytest.raises(CommandError, match="没有重置") as refusal:
        reset("security")
    assert refusal.value.returncode == 1
    assert SecondFactor.objects.exists() and not TrailRow.objects.filter(action="重置登录").exists()
    alone.refresh_from_db()
    assert alone.check_password(PASSWORD)


def test_nobody_and_who_was_disabled_are_refused(alone):
    with pytest.raises(CommandError, match="没有用户 niemand"):
        reset("niemand", "--yes")
    alone.is_active = False
    alone.save(update_fields=["is_active"])
    with pytest.raises(CommandError, match="已停用"):
        reset("security", "--yes")
    assert SecondFactor.objects.exists()


def test_a_trail_that_cannot_be_written_resets_nothing(alone, monkeypatch):
    def broken(*told, **more):
        raise RuntimeError("no row")

    monkeypatch.setattr("office.trail.record", broken)
    with pytest.raises(RuntimeError):
        reset("security", "--yes")
    alone.refresh_from_db()
    assert SecondFactor.objects.exists() and alone.check_password(PASSWORD)
