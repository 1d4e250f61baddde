"""Where a query goes when there is a replica; the replica itself is tried by `make soak ONE=replica`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import transaction

from households.models import Household
from office import replica
from office.models import Job
from office.replica import AT_HOME, REPLICA, Router

ROOT = Path(__file__).resolve().parents[2]
ROUTER = Router()


def test_only_inside_a_reading_and_never_for_writing():
    read = Household()
    read._state.db = REPLICA
    for hints in ({}, {"instance": read}):
        assert ROUTER.db_for_read(Household, **hints) == ROUTER.db_for_write(Household, **hints) == "default"
    with replica.reading():
        assert ROUTER.db_for_read(Household) == REPLICA and ROUTER.db_for_read(Job) == "default"
        assert ROUTER.db_for_write(Household, instance=read) == "default"
    assert ROUTER.db_for_read(Household) == "default"


def test_nothing_is_migrated_there_and_what_was_read_there_goes_with_the_rest():
    assert not ROUTER.allow_migrate(REPLICA, "households") and ROUTER.allow_migrate("default", "households")
    here, there = Household(), Household()
    there._state.db = REPLICA
    assert ROUTER.allow_relation(here, there)


def test_what_stays_at_home_is_there():
    assert {apps.get_model(label)._meta.label_lower for label in AT_HOME} == AT_HOME


@pytest.mark.django_db
def test_without_a_replica_or_inside_a_transaction_the_primary_is_asked(settings, monkeypatch):
    monkeypatch.setattr(replica, "_waited", lambda: pytest.fail("nobody waits"))
    assert replica.read(replica.away) is False
    monkeypatch.setitem(settings.DATABASES, REPLICA, {})
    with transaction.atomic():
        assert replica.read(replica.away) is False


@pytest.mark.parametrize("behind", ["从库没有跟上", ""])
def test_one_that_is_behind_is_not_read_and_the_log_says_so(settings, monkeypatch, caplog, behind):
    monkeypatch.setitem(settings.DATABASES, REPLICA, {})
    monkeypatch.setattr(replica, "_waited", lambda: behind)
    monkeypatch.setattr(replica, "connection", type("Here", (), {"in_atomic_block": False}))
    assert replica.read(replica.away) is not bool(behind)
    assert ("改从主库读" in caplog.text) is bool(behind)


def test_a_replica_of_no_postgresql_is_refused(tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PRODUCTION")}
    answer = subprocess.run(
        [sys.executable, "-c", "import config.settings"],
        cwd=ROOT,
        env={**kept, "DATA_DIR": str(tmp_path), "REPLICA_URL": "postgres://127.0.0.1/x"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode and "REPLICA_URL" in answer.stderr
