"""docs/growing.md is true: what a database distributed by county would hold, and what it would not (Citus).

A distributed table has a column of its county, in each unique constraint too, and a query that carries it goes to
one node; a reference table is small, whole on every node, and refers to no distributed one. The page names for each
table how it would lie, where its county comes from, and every constraint and hot query that lacks it today.
"""

import datetime
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from households import tally
from households.lookup import holders
from households.models import Household, Person, StatusEvent
from office import exports
from tests.conftest import identity_number

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "growing.md").read_text()
DAY = datetime.date(2018, 11, 20)
OURS = ("areas", "office", "accounts", "villages", "households", "measures", "audits", "reporting")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under the heading, without its head."""
    part = PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    assert len(lines) > 2, heading
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def ours() -> dict[str, type[models.Model]]:
    """Our tables by label; a history lies where its record does."""
    return {
        model._meta.label: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS and not hasattr(model, "history_object")
    }


def by_county() -> dict[str, tuple[str, str]]:
    """Label → where its county comes from, and the constraints without it; all others are reference tables."""
    return {name.strip("`"): (county, lacking) for name, county, lacking in rows("各表的放法")}


def unique_without_county(model: type[models.Model]) -> set[str]:
    """Names of unique constraints and fields that do not hold the county; primary keys aside (the page says so)."""
    fields = {field.name for field in model._meta.local_fields if field.unique and not field.primary_key}
    named = {
        one.name
        for one in model._meta.constraints
        if isinstance(one, models.UniqueConstraint) and "county" not in one.fields
    }
    return fields | named


def test_a_table_by_county_says_where_its_county_comes_from_and_what_is_unique_without_it():
    assert "households.Household" in by_county()
    for label, (county, lacking) in by_county().items():
        model = ours()[label]
        there = any(field.name == "county" for field in model._meta.local_fields)
        assert county == "`county`" if there else county.startswith("要加"), label
        assert set(re.findall(r"`([^`]+)`", lacking)) == unique_without_county(model), label


def test_a_reference_table_refers_to_no_table_by_county():
    """Citus takes no foreign key from a reference table to a distributed one."""
    there = by_county()
    for label, model in ours().items():
        for field in model._meta.local_fields:
            to = field.related_model._meta.label if field.is_relation and field.related_model else ""
            assert label in there or to not in there, f"{label}.{field.name} refers to {to}: docs/growing.md"


@pytest.fixture
def asked(cast, make_household, ground):
    """Word of the page → what the query is for a user."""
    home = make_household()
    number = home.head.id_number

    def listed(user: User):
        return list(exports.named("households:list").ask(user, QueryDict(), DAY).rows[:50])

    def counted(user: User):
        events = StatusEvent.objects.visible_to(user)
        return tally.by_area(events, "village", 2018, DAY)

    def found(user: User):
        return list(Household.objects.visible_to(user).filter(pk__in=holders(number)))

    return {
        "名册清单": listed,
        "年度统计": counted,
        "按号码查找": found,
        "登记时查重": lambda user: Person.objects.holding(identity_number(1)).filter(present=True).exists(),
        "打开一户": lambda user: Household.objects.visible_to(user).filter(number=home.number).first(),
    }


def carries(sql: str) -> bool:
    return re.search(r'"county_id" (=|IN)', sql) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("place", range(5))
def test_a_hot_query_carries_the_county_where_the_page_says_so(asked, cast, place):
    tables = {ours()[label]._meta.db_table for label in by_county()}
    word, *said = rows("常用查询带不带县")[place]
    for role, yes in zip(("district", "town", "village"), said[:3], strict=True):
        user = User.objects.get(pk=cast[role].pk)
        user.area_scope()
        with CaptureQueriesContext(connection) as taken:
            asked[word](user)
        those = [one["sql"] for one in taken if any(f'"{table}"' in one["sql"] for table in tables)]
        assert those, word
        assert ("是" if all(map(carries, those)) else "否") == yes, (word, role, those)


@pytest.mark.django_db
def test_every_hot_query_is_on_the_page(asked):
    assert [word for word, *_ in rows("常用查询带不带县")] == list(asked)
