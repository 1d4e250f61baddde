"""A report that is counted in spans (人口结构), as long as it takes with the workers that are there."""

from typing import Any

from areas.models import Area
from office import clock
from reporting.jobs import parameters
from tests.bench.places import COUNTY
from tests.bench.tally import taken
from tests.bench.turns import medians


def main() -> dict[str, Any]:
    county, today = Area.objects.get(code=COUNTY), clock.today()
    (seconds,) = medians(
        lambda: taken("report", parameters("structure", county, today.year, today)), rounds=3, warm_up=1
    )
    return {"seconds": seconds}
