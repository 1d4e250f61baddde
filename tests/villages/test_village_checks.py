"""The logic checks of a village's yearly facts, driven by their file."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from villages import checks
from villages.models import Village, VillageYear

FILE = Path(checks.__file__).resolve().parent / "data" / "checks.csv"
with FILE.open(encoding="utf-8", newline="") as opened:
    ROWS = {row["id"]: row for row in csv.DictReader(opened)}
SOUND = checks.YearFacts(
    households=300,
    natural_villages=1,
    bus_service=False,
    primary_schools=0,
    clinics=1,
    doctors=0,
    public_toilets=0,
    refuse_points=2,
    reading_rooms=0,
)
BREAKING = {"C106": replace(SOUND, households=0), "C108": replace(SOUND, doctors=None)}


def test_every_rule_of_the_file_has_a_function_and_a_case():
    assert set(ROWS) == set(checks.RULES) == set(BREAKING)


@pytest.mark.parametrize("rule", ROWS)
def test_a_rule_finds_what_breaks_it_and_nothing_else(rule):
    for stage in ROWS[rule]["stage"].split(";"):
        (breach,) = checks.run(BREAKING[rule], stage)
        assert (breach.rule, breach.severity) == (rule, ROWS[rule]["severity"])
        assert breach.message == ROWS[rule]["rule_zh"]
        assert not checks.run(SOUND, stage)


def test_a_nought_is_a_value_and_a_blank_is_said_with_its_field():
    (breach,) = checks.run(BREAKING["C108"], "entry")
    assert breach.fields == ("village_year.doctors",)


def test_the_years_of_villages_are_checked_in_one_statement(ground, django_assert_num_queries):
    village = Village.objects.create(area=ground.village)
    for year in (2016, 2017):
        VillageYear.objects.create(village=village, year=year, households=0, population=1, rural_population=1)
    with django_assert_num_queries(1):
        found = {
            year.year: [each.rule for each in breaches]
            for year, breaches in checks.of_years(VillageYear.objects.order_by("year"))
        }
    assert found == {2016: ["C106", "C108"], 2017: ["C106", "C108"]}
