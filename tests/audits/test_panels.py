"""`/households/<number>/audits/` and `/villages/<code>/audits/`: what the audits know of one, page and fragment."""

import datetime

import pytest

from audits.procedures import ListKind
from tests.audits.driver import FIRST

DAY = datetime.date(2018, 11, 20)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def test_a_household_shows_its_list_with_steps_notices_and_objections(opened, driver, cast, signed_in):
    audit_list = opened("household-exit")
    day = driver.reach(audit_list, "submission")
    entry = audit_list.entries.get()
    audit_list.object_to("有房", by=cast["village"], on=day, entry=entry)
    page = signed_in("town").get(f"/households/{entry.household.number}/audits/").content.decode()
    for word in (str(audit_list), "民主评议", "村务公开栏", "没有办结", "达标"):
        assert word in page


def test_htmx_gets_the_fragment_alone(opened, signed_in):
    number = opened("household-exit").entries.get().household.number
    client = signed_in("village")
    assert "<html" not in client.get(f"/households/{number}/audits/", **HTMX).content.decode()
    assert "<html" in client.get(f"/households/{number}/audits/").content.decode()


def test_a_remainder_list_shows_what_was_decided_before_the_split(opened, driver, cast, signed_in):
    audit_list = opened("household-exit", 2)
    day = driver.reach(audit_list, "village-notice")
    entry = audit_list.entries.last()
    audit_list.split([entry.pk], by=cast["village"], on=day, reason="补充材料")
    page = signed_in("town").get(f"/households/{entry.household.number}/audits/").content.decode()
    assert "余单1" in page and "民主评议" in page


def test_a_household_that_left_offers_what_may_follow(make_household, signed_in):
    home = make_household()
    address = f"/households/{home.number}/audits/"
    assert "fall-back" not in signed_in("town").get(address).content.decode()
    home.leave_poverty(on=datetime.date(2018, 3, 1))
    page = signed_in("town").get(address).content.decode()
    assert "fall-back" in page and "reverse-exit" in page
    assert "reverse-exit" not in signed_in("village").get(address).content.decode()
    assert "fall-back" not in signed_in("leader").get(address).content.decode()


def test_the_pages_of_both_load_the_panel(make_household, ground, signed_in, key_village):
    home = make_household()
    client = signed_in("village")
    assert (
        f'hx-get="/households/{home.number}/audits/"'
        in client.get(f"/households/{home.number}/").content.decode()
    )
    page = client.get(f"/villages/{ground.village.code}/").content.decode()
    assert f'hx-get="/villages/{ground.village.code}/audits/"' in page


def test_the_printed_file_of_a_household_holds_how_it_left(opened, driver, signed_in):
    audit_list = opened("household-exit")
    household = audit_list.entries.get().household
    client = signed_in("town")
    address = f"/households/{household.number}/dossier/"
    driver.reach(audit_list, None)
    page = client.get(address).content.decode()
    section = page.split("退出和其他审核")[1].split("家庭状况评估")[0]
    for stage in audit_list.procedure.stages:
        assert stage.label in section
    assert "村务公开栏" in section and "达标" in section


def test_a_village_shows_its_lists_the_open_ones_first(opened, driver, ground, signed_in):
    done, waiting = opened("reversal"), opened("household-exit")
    driver.reach(done, None, FIRST)
    driver.reach(waiting, "village-notice")
    page = signed_in("town").get(f"/villages/{ground.village.code}/audits/").content.decode()
    assert 'data-total="2"' in page
    assert page.index(str(waiting)) < page.index(str(done))
    assert "已办结" in page


def test_a_village_shows_its_own_exit(opened, driver, ground, signed_in):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    driver.reach(audit_list, "submission")
    page = signed_in("village").get(f"/villages/{ground.village.code}/audits/").content.decode()
    assert str(audit_list) in page and "初审评估" in page


def test_statements_do_not_grow_with_the_lists_of_a_village(
    opened, ground, signed_in, django_assert_max_num_queries
):
    for _ in range(6):
        opened("household-exit")
    client = signed_in("town")
    client.get("/audits/")
    with django_assert_max_num_queries(16):
        client.get(f"/villages/{ground.village.code}/audits/")
