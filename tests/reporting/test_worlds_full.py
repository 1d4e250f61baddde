"""The small worlds are worth their counting: every column of every report counts something in one of them."""

import re
from collections import defaultdict

import pytest
from django.db import transaction

from reporting.definitions import DEFINITIONS
from tests.reporting.small_days import ASKED
from tests.reporting.test_small_worlds import asked_for, counted, make_world  # noqa: F401  (a fixture)

pytestmark = pytest.mark.soak
WORLDS = 60
# Where nothing is to be counted.
NEVER = {
    "rolling-plan": r"(printed|diff)_13",  # prints a village for no year but those of the plan
    "two-standards": r"(actual|printed|diff)_(villages_n.*|persons_n2018|villages_p2018)",  # no key village is 国家级
    # Years to come, and villages of 2018, which the form of 专栏2 does not have.
    "yearly-goals": r".*_(2019|2020)|printed_off_2018",
    "channels": r"(printed|diff|verdict)_(?!ecology).*",  # of the paths a figure for 生态 alone is printed
}
# One month is as good as another.
MONTH = re.compile(r"_m\d\d_")


def test_every_column_of_every_report_counts_something_in_one_of_them(make_world, ground):  # noqa: F811
    columns, counting = defaultdict(set), defaultdict(set)
    for number in range(WORLDS):
        with transaction.atomic():
            make_world(number)
            for as_of in ASKED:
                for kind, request in asked_for(ground.county, as_of.year, as_of, number):
                    for cell in counted(kind, request).cells:
                        column = MONTH.sub("_m_", cell.column)
                        columns[kind].add(column)
                        if cell.value:
                            counting[kind].add(column)
            transaction.set_rollback(True)
    assert set(columns) == set(DEFINITIONS)
    for kind, found in columns.items():
        never = re.compile(NEVER.get(kind, r"(?!)"))
        left = sorted(column for column in found - counting[kind] if not never.fullmatch(column))
        assert left == [], kind
