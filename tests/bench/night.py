"""The nightly check as long as it takes with the workers that are there; the first run, which finds, is thrown away."""

from typing import Any

from households.jobs import CHECK
from tests.bench.places import OFFICE_DAY
from tests.bench.tally import taken
from tests.bench.turns import medians


def main() -> dict[str, Any]:
    (night,) = medians(lambda: taken(CHECK, {"period": OFFICE_DAY}), rounds=3, warm_up=1)
    return {"seconds": night}
