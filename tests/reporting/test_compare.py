"""Two runs of one form: the cells that moved, the households that came or went, and a run asked for again."""

import re

import pytest

from office.jobs import run_now
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.reporting.test_exit_tally import TODAY, at, day


@pytest.fixture
def two(ground, make_household):
    """The register by cause before and after one household of the town left."""
    homes = [
        make_household(village=village, persons=persons)
        for village, persons in ((ground.village, 2), (ground.sibling_village, 3), (ground.other_village, 4))
    ]
    homes[0].leave_poverty(**at("2018-06-01"))

    def run(as_of):
        job = run_now("report", params=parameters("causes", ground.county, 2018, day(as_of)))
        return ReportRun.objects.get(pk=job.result["run"])

    return homes, run("2018-05-31"), run("2018-11-20")


def shown(client, run, **query):
    return client.get(f"/reports/runs/{run.pk}/compare/", query)


def test_cells_that_moved_stand_with_both_values_and_the_difference(two, ground, signed_in):
    _, before, after = two
    page = shown(signed_in("district"), after, **{"with": before.pk}).content.decode()
    rows = re.findall(r"<tr>\s*<th scope=\"row\" class=\"nb s3\">(.*?)</tr>", page, re.S)
    lines = [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in rows]
    assert ["全区", "户和人", "合计", "户", "3", "2", "−1", "哪些户"] in lines
    assert ["东演示", "户和人", "合计", "人", "5", "3", "−2", "哪些户"] in lines
    assert not any(line[0] == "西演示" for line in lines)
    assert f'data-total="{len(lines)}"' in page


def test_the_households_behind_a_change_are_named(two, ground, signed_in):
    homes, before, after = two
    asked = {"with": before.pk, "row": ground.county.code, "column": "total_households"}
    answer = shown(signed_in("district"), after, **asked)
    assert [one.number for one in answer.context["moved"].gone] == [homes[0].number]
    assert answer.context["moved"].come == []
    assert f"/households/{homes[0].number}/" in answer.content.decode()


def test_without_a_choice_it_is_the_run_before_and_the_first_has_none(two, signed_in):
    _, before, after = two
    client = signed_in("district")
    assert shown(client, after).context["earlier"] == before
    assert "没有可以比较的" in shown(client, before).content.decode()


def test_a_run_of_another_form_is_not_compared(two, ground, signed_in):
    _, before, _ = two
    job = run_now("report", params=parameters("structure", ground.county, 2018, TODAY))
    client = signed_in("district")
    for other in (job.result["run"], "nonsense"):
        assert shown(client, before, **{"with": other}).status_code == 404


def test_the_same_run_again_has_the_same_figures(two, signed_in):
    _, _, after = two
    client = signed_in("district")
    page = client.get(f"/reports/runs/{after.pk}/").content.decode()
    form = re.search(r'<form method="post" action="/reports/" class="body">(.*?)</form>', page, re.S)[1]
    fields = dict(re.findall(r'name="(kind|area|year|as_of)" value="([^"]+)"', form))
    assert client.post("/reports/", fields).status_code == 303
    job = run_now("report", params=parameters("causes", after.area, after.year, after.as_of))
    again = ReportRun.objects.get(pk=job.result["run"])
    assert again.checksum == after.checksum
    assert "每个数都相同" in shown(client, again, **{"with": after.pk}).content.decode()
