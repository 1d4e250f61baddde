"""Counting by spans of households comes to what counting at once does, and is of one moment."""

from dataclasses import replace

import pytest
from django.db import InternalError

from households.models import Household
from households.spans import WHOLE, spans
from office import clock, moment
from office.jobs import in_parts, run_now
from office.models import JobPart, JobState
from reporting import counting
from reporting.definitions import DEFINITIONS
from reporting.jobs import parameters
from reporting.models import ReportRun
from reporting.report import Request
from tests.aside import Aside
from tests.reporting.test_exit_tally import TODAY
from tests.reporting.test_structure import lived  # noqa: F401

SHARED = [kind for kind, one in DEFINITIONS.items() if one.count is not None]


def counts(kind, area, span=WHOLE):
    request = Request(area, TODAY.year, TODAY, clock.shift())
    return {
        (child, key): number
        for child, some in DEFINITIONS[kind].count.of(request, span).items()
        for key, number in some.items()
        if number
    }


@pytest.mark.django_db
@pytest.mark.parametrize("width", [1, 2, 3, 100])
def test_spans_take_in_every_household_once(lived, width):  # noqa: F811
    made = spans(Household.objects.all(), width)
    assert len(made) == (width if width < 5 else 1)
    found = [row for one in made for row in Household.objects.filter(one.q("pk"))]
    assert sorted(row.pk for row in found) == sorted(Household.objects.values_list("pk", flat=True))
    # One that comes later, before the first or behind the last, has its span too.
    assert made[0].first is None and made[-1].before is None


@pytest.mark.django_db
def test_spans_are_even_wherever_the_keys_lie(make_household, ground):
    for pk in (3, 4, 5, 6, 8000, 900_000):
        make_household(pk=pk)
    for pk in range(9000, 9004):
        make_household(pk=pk, village=ground.foreign_village)
    ours = Household.objects.in_area(ground.county)
    assert [ours.filter(one.q("pk")).count() for one in spans(ours, 3)] == [2, 2, 2]
    assert [ours.filter(one.q("pk")).count() for one in spans(ours, 4)] == [1, 2, 1, 2]


@pytest.mark.django_db
def test_of_nobody_there_is_one_span():
    assert spans(Household.objects.all(), 4) == [WHOLE]


@pytest.mark.django_db
@pytest.mark.parametrize("kind", SHARED)
@pytest.mark.parametrize("level", ["county", "town", "village"])
def test_spans_come_to_the_whole(kind, level, lived, ground):  # noqa: F811
    area = getattr(ground, level)
    whole = counts(kind, area)
    assert whole
    parts: dict = {}
    for span in spans(Household.objects.all(), 3):
        for key, number in counts(kind, area, span).items():
            parts[key] = parts.get(key, 0) + number
    assert parts == whole


def made(area, *, nested: bool = False) -> ReportRun:
    done = run_now("report", params=parameters("structure", area, TODAY.year, TODAY, nested=nested))
    assert done.state == JobState.DONE, done.error
    return ReportRun.objects.get(pk=done.result["run"])


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_report_of_spans_is_the_report(lived, ground, monkeypatch):  # noqa: F811
    at_once = made(ground.county)
    begun: list[dict] = []
    definition = DEFINITIONS["structure"]
    assert definition.count is not None
    monkeypatch.setitem(
        DEFINITIONS, "structure", replace(definition, count=replace(definition.count, least=1))
    )
    monkeypatch.setattr(
        counting, "in_parts", lambda run, kind, asked: begun.extend(asked) or in_parts(run, kind, asked)
    )
    assert made(ground.county).checksum == at_once.checksum
    assert len(begun) == 4 and not JobPart.objects.exists()


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_parts_of_parts_are_shared_out_too(lived, ground, monkeypatch):  # noqa: F811
    at_once = made(ground.county, nested=True)
    begun: list[str] = []
    definition = DEFINITIONS["structure"]
    assert definition.count is not None
    monkeypatch.setitem(
        DEFINITIONS, "structure", replace(definition, count=replace(definition.count, least=1))
    )

    def told(run, kind, asked):
        begun.extend([kind] * len(asked))
        return in_parts(run, kind, asked)

    monkeypatch.setattr(counting, "in_parts", told)
    shared = made(ground.county, nested=True)
    assert begun.count(counting.BELOW) == 2 and begun.count(counting.KIND) > 1
    assert shared.checksum == at_once.checksum and shared.figures == at_once.figures


@pytest.mark.parametrize(
    ("kind", "households", "into"),
    [
        ("structure", 9_999, 1),
        ("structure", 15_000, 3),
        ("coverage", 59_999, 1),
        ("coverage", 60_000, 2),
        ("coverage", 120_000, 4),
        ("visits", 59_999, 1),
        ("visits", 120_000, 4),
        ("structure", 1_200_000, 12),
    ],
)
def test_a_county_is_shared_out_where_counting_takes_longer_than_asking(kind, households, into):
    assert counting.parts_of(households, DEFINITIONS[kind].count) == into


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_is_written_meanwhile_is_not_of_the_moment(make_household):
    make_household()
    with moment.kept() as now:
        with moment.at(now):
            assert Household.objects.count() == 1
            assert Aside(make_household).end().pk
            assert Household.objects.count() == 1
        assert Household.objects.count() == 2
        with moment.at(now):
            assert Household.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_nothing_is_written_where_a_moment_is_read(make_household):
    home = make_household()
    with moment.kept() as now, pytest.raises(InternalError, match="read-only"), moment.at(now):
        Household.objects.filter(pk=home.pk).update(member_count=9)


@pytest.mark.django_db
def test_inside_a_transaction_there_is_no_moment_but_its_own(make_household):
    with moment.kept() as now, moment.at(now):
        assert now == "" and make_household().pk
