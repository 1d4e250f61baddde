"""Projects of the demonstration: something in every stage, the money of 2016 given out, one late for each reason."""

import datetime
from decimal import Decimal

import pytest
from django.db.models import Sum

from accounts.units import Unit
from demo import load, world
from measures import invariants, lateness, stages
from measures.models import FundEntry, FundSource, Project

SMALL = 60


@pytest.mark.django_db
def test_projects_and_money_of_the_demonstration():
    load.load(seed=1, households=SMALL, today=world.TODAY)
    projects = list(Project.objects.all())
    assert {project.stage for project in projects} == {*stages.STAGES, stages.CANCELLED}
    of_2016 = FundSource.objects.filter(year=2016).aggregate(budget=Sum("budget"), paid=Sum("paid"))
    assert set(of_2016.values()) == {Decimal(28532500 + 8000000 + 2000000)}
    for reason in lateness.REASONS:
        assert any(reason.holds(project, world.TODAY) for project in projects), reason.label
    assert FundEntry.objects.filter(counters__isnull=False).count() == 1
    assert {project.unit for project in projects} - {""} <= set(Unit.values)
    assert all("演示" in project.name for project in projects)
    assert max(project.since for project in projects) <= datetime.date(2018, 11, 20)
    assert not list(invariants.problems())
