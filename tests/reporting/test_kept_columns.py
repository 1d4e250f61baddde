"""A run of an earlier release, whose form has got a column since, opens with the columns of its day (threats G7)."""

import pytest

from office.jobs import run_now
from reporting.definitions import DEFINITIONS
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.reporting.test_exit_tally import TODAY


@pytest.fixture
def runs(ground, make_household):
    """The same twice; the first as the first release kept it: without its blocks, and without the newest column."""
    make_household(village=ground.village, persons=2)
    asked = parameters("causes", ground.county, 2018, TODAY)
    earlier, today = (
        ReportRun.objects.get(pk=run_now("report", params=asked, key=key).result["run"]) for key in "ab"
    )
    newest = DEFINITIONS["causes"].blocks_of(today)[0].columns[-1].key
    stored = earlier.figures_stored
    stored["cells"] = [cell for cell in stored["cells"] if cell["column"] != newest]
    stored["blocks"] = []
    ReportRun.objects.filter(pk=earlier.pk).update(figures_stored=stored)
    return ReportRun.objects.get(pk=earlier.pk), today, newest


def test_it_opens_and_is_compared(runs, signed_in):
    earlier, today, newest = runs
    client = signed_in("district")
    shown, whole = (client.get(f"/reports/runs/{run.pk}/") for run in (earlier, today))
    assert (shown.status_code, whole.status_code) == (200, 200)
    columns, all_columns = ([one.key for one in page.context["chosen"].columns] for page in (shown, whole))
    assert [*columns, newest] == all_columns
    assert client.get(f"/reports/runs/{today.pk}/compare/", {"with": earlier.pk}).status_code == 200
