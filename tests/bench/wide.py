"""Tables of a province of seventeen cities: in a copy of a register, its towns dealt out over as many counties."""

from typing import Any

from django.db import connection

from areas.models import Area, Level
from households.models import StatusEvent
from office import jobs
from office.models import JobState
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.bench.places import COUNTY
from tests.bench.tally import AS_OF
from tests.bench.turns import medians, seconds

CITIES = 17
# Households have left and come back by then: of noughts alone no table is made.
YEAR = 2018
# Those that read the events alone; the second is the province's own table (003 专栏2.1).
KINDS = ("exit-tally", "two-standards", "causes", "returns")
DEAL = """
    UPDATE households_statusevent SET county_id = dealt.county
      FROM (SELECT id AS town, (%s::bigint[])[1 + row_number() OVER (ORDER BY code) %% %s] AS county
              FROM areas_area WHERE level = 'town') AS dealt
     WHERE households_statusevent.town_id = dealt.town
"""


def dealt(province: Area) -> None:
    """The events alone: these tables read nothing else of the register."""
    counties = [Area.objects.by_code(COUNTY)]
    for place in range(1, CITIES):
        code = f"99{place + 1:02}"
        city = Area.objects.create(
            level=Level.CITY, parent=province, code=f"{code}00000000", name=f"演示{place}市"
        )
        counties.append(
            Area.objects.create(
                level=Level.COUNTY, parent=city, code=f"{code}01000000", name=f"演示{place}区"
            )
        )
    with connection.cursor() as cursor:
        cursor.execute(DEAL, [[county.pk for county in counties], CITIES])
        cursor.execute("VACUUM ANALYZE households_statusevent")


def main() -> dict[str, Any]:
    province = Area.objects.by_code(COUNTY).at(Level.PROVINCE)
    assert province is not None
    dealt(province)
    return {
        "seconds": {kind: _taken(province, kind) for kind in KINDS},
        "events": StatusEvent.objects.count(),
    }


def _taken(province: Area, kind: str) -> float:
    made: list[str] = []

    def table() -> None:
        row = jobs.run_now("report", params=parameters(kind, province, YEAR, AS_OF))
        assert row.state == JobState.DONE, row.error
        made.append(row.result["run"])

    (taken,) = medians(lambda: seconds(table), rounds=3, warm_up=1)
    rows = {cell.row for cell in ReportRun.objects.get(pk=made[-1]).figures.cells}
    assert len(rows) == CITIES + 1, f"{kind}: {len(rows)} areas"
    return taken
