"""An adopted plan of the fixed ground, as its district would have printed it."""

import datetime

import pytest

from office.clock import SHANGHAI
from reporting.models import PlanTable
from reporting.reading import read_plan
from tests.reporting.tables import as_csv, persons, villages

PLANNED = datetime.datetime(2016, 5, 1, 9, tzinfo=SHANGHAI)


def printed_for(
    area: str, base: int, national: int, years: tuple[int, int, int], total: int
) -> list[tuple[str, ...]]:
    """A row of the form; `total` is what is printed under 合计, right or wrong."""
    return [
        persons(area, "省定", "基期2015", str(base)),
        persons(area, "国标", "基期2015", str(national)),
        *(
            persons(area, "省定", str(year), str(value))
            for year, value in zip((2016, 2017, 2018), years, strict=True)
        ),
        persons(area, "国标", "2016", "全部脱贫"),
        persons(area, "省定", "合计", str(total)),
        villages(area, "省定", "2016", "0" if area == "西演示" else "1"),
    ]


@pytest.fixture
def plan(ground):
    """全区 2017 is 6 where the towns add to 5: one error, in the sum."""
    data = as_csv(
        [
            *printed_for("全区", 30, 6, (9, 6, 2), 17),
            *printed_for("东演示", 20, 4, (6, 3, 1), 10),
            *printed_for("西演示", 10, 2, (3, 2, 1), 6),
        ]
    )
    table = PlanTable.take_in(read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date())
    table.adopt(by=None, at=PLANNED)
    return table
