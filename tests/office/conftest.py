"""What the tests of jobs share: kinds of work that only tests know, and a clerk who asks for it."""

import pytest
from django.contrib.auth import get_user_model

from office import jobs


@pytest.fixture
def clerk(db):
    return get_user_model().objects.create_user(username="clerk", password="不会用到的口令1")


@pytest.fixture
def rings(monkeypatch):
    """Ids that were rung for, instead of messages to a broker."""
    heard: list[str] = []
    monkeypatch.setattr(jobs.run_job, "apply_async", lambda args, **options: heard.append(args[0]))
    monkeypatch.setattr(jobs, "_broker_rests_until", 0.0)
    return heard


@pytest.fixture
def kind(monkeypatch):
    """Registers a function for one test: kind(function) gives the name to enqueue."""
    monkeypatch.setattr(jobs, "_kinds", dict(jobs._kinds))

    def register(function):
        name = f"test-{function.__name__}"
        jobs.job(name, title="测试事项")(function)
        return name

    return register
