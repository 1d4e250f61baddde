"""The workbooks that are no report of a kind, as they were once looked at: plans, what is shared out, planned villages,
the rows behind figures. GOLDEN=write keeps anew."""

import uuid

import pytest

from office.workbook_write import write_form
from reporting.models import PlanTable
from reporting.plan_page import PlanPage, official_forms
from reporting.reading import read_plan
from tests.reporting.conftest import PLANNED
from tests.reporting.golden import compared
from tests.reporting.tables import DATA, as_csv, persons, villages
from tests.reporting.test_details import ask, fetched, run  # noqa: F401
from tests.reporting.test_distribution import county as stocked  # noqa: F401
from tests.reporting.test_distribution import posted
from tests.reporting.test_planned_villages import EAST, WEST, keys, send  # noqa: F401
from tests.reporting.test_workbooks import MADE

pytestmark = pytest.mark.django_db
# Neither the columns of 专栏2 nor the rows of 专栏2.1.
PLAIN = as_csv(
    [
        persons("全区", "省定", "基期2014", "9"),
        persons("全区", "省定", "2019", "4"),
        persons("全区", "省定", "合计", "4"),
        villages("全区", "市定", "2019", "1"),
        persons("东演示", "省定", "基期2014", "9"),
        persons("东演示", "省定", "2019", "5"),
    ]
)
PLANS = {
    "plan-rolling": ("演示区规划", (DATA / "county.csv").read_bytes()),
    "plan-two-rows": ("演示省规划", (DATA / "province.csv").read_bytes()),
    "plan-plain": ("演示区规划", PLAIN),
}


def plan_book(title: str, data: bytes) -> bytes:
    return printed(PlanTable.take_in(read_plan(data), name=title, data=data, at=PLANNED, on=PLANNED.date()))


def printed(table: PlanTable) -> bytes:
    return write_form(*official_forms(table, PlanPage.of(table)), made_at=MADE)


def planned_villages(client) -> bytes:
    listed = {"list": "reporting:planned-villages", "query": "", "format": "xlsx", "once": uuid.uuid4().hex}
    return fetched(client, client.post("/exports/", listed))


@pytest.mark.parametrize("name", PLANS)
def test_a_plan_is_printed_in_the_layout_of_its_table(name, ground):
    compared(name, plan_book(*PLANS[name]))


def test_a_plan_that_does_not_add_up_is_printed_with_its_marks_and_reasons(plan):
    compared("plan-marked", printed(plan))


@pytest.mark.parametrize(
    ("kind", "whole"),
    [("household-exit", "whole_households=6&whole_persons=14"), ("village-exit", "whole_villages=2")],
)
def test_what_is_shared_out_and_set_has_its_working(kind, whole, stocked, keys, signed_in):  # noqa: F811
    client = signed_in("district")
    page = client.get(f"/plans/distribution/?kind={kind}&{whole}")
    assert posted(client, page).status_code == 303
    compared(f"distribution-{kind}", client.get(page.context["sharing"].file_url).content)


def test_the_planned_villages_are_a_list_with_its_source(keys, signed_in):  # noqa: F811
    client = signed_in("district")
    assert send(client, [EAST, WEST]).status_code == 303
    compared("planned-villages", planned_villages(client))


def test_the_rows_behind_figures_follow_the_form_and_their_index(run, ground, signed_in):  # noqa: F811
    client = signed_in("district")
    compared("details", fetched(client, ask(client, run, row=ground.town.code)))
