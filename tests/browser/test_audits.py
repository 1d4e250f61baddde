"""Audits in a real browser: from the plan to the tally by clicks, an objection and its remainder list; five clicks."""

# ruff: noqa: F811 - fixtures of the audits' own tests are imported and asked for by name
import datetime
import os
import re
from io import StringIO

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from accounts.roles import Role
from audits.models import AuditList
from households.models import Person, StatusEvent
from office.jobs import run_now
from reporting.jobs import parameters
from reporting.models import ReportRun
from tests.audits.conftest import county, driver, eligible, key_village  # noqa: F401
from tests.browser.audit_desk import Desk, stage_of
from tests.conftest import identity_number, make_user
from villages.models import KeyVillage, VillageYear

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FIRST = datetime.date(2018, 10, 8)
NOVEMBER = datetime.date(2018, 11, 5)
BORN = datetime.date(2019, 3, 1)
LAST, SPRING, NEXT_YEAR = datetime.date(2018, 12, 28), datetime.date(2019, 3, 20), datetime.date(2019, 6, 20)
WEEK = datetime.timedelta(days=8)
PART_OF_A_WEEK = datetime.timedelta(days=6)


@pytest.fixture(scope="session", autouse=True)
def _database_beside_the_browser():
    """The browser's own loop runs in this thread; nothing is asked of the database while it does."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def desk(page, live_server, cast, office_day, tmp_path):
    office_day(FIRST)
    page.set_default_timeout(20_000)
    return Desk(page, live_server.url, cast, office_day, tmp_path)


def test_a_village_goes_from_plan_to_tally_with_an_objection_that_splits_a_remainder(
    desk,
    driver,
    ground,
    eligible,
    county,
):
    homes = [eligible(), eligible(), eligible()]
    others = {ground.sibling_village: 2, ground.other_village: 1}
    for village, count in others.items():
        for _ in range(count):
            eligible(village=village, planned_exit_year=2018)
    eligible(village=ground.sibling_village, planned_exit_year=2018, income=3000)
    page = desk.seat("district", "/audits/")
    desk.follow("年度计划")
    for area, figures in ((ground.county, (3, 6)), (ground.town, (3, 6))):
        for name, figure in zip(("户数", "人数"), figures, strict=True):
            page.get_by_label(f"{area.name}{name}", exact=True).fill(str(figure))
    desk.press("保存计划")
    desk.said("已登记 2 处计划")

    page = desk.seat("village", f"/audits/candidates/?area={ground.village.code}&year=2018")
    for box in page.locator("input[name=household]").all():
        desk.click(box)
    desk.press("列入名单")
    page.wait_for_url(re.compile(r"/audits/\d+/$"))
    pk = AuditList.objects.get().pk
    here = f"/audits/{pk}/"

    for _ in ("proposal", "appraisal"):
        desk.papers()
        desk.pass_on()
    desk.seat("helper", here)
    desk.papers()
    desk.pass_on()
    page = desk.seat("village", here)
    desk.papers()
    desk.agree()
    desk.pass_on()
    desk.post()
    # Too early: the page says until when, and so does the answer.
    desk.too_soon("2018年10月15日满期")

    page = desk.seat("village", here)
    desk.follow("登记异议")
    page.select_option("[name=entry]", index=2)
    page.fill("[name=text]", "该户今年有新的债务，收入不实")
    desk.click(page.locator("form[data-action=record-objection] button[type=submit]"))
    desk.day(FIRST + WEEK)
    page = desk.seat("village", here)
    desk.too_soon("有异议没有办结")
    held = page.locator("#entries tbody tr:not(.why)").nth(1)
    desk.click(held.locator("input[name=entry]"))
    desk.press("拆出余单")
    page.fill("[name=reason]", "异议没有办结，其余的先办")
    desk.click(page.locator("form[data-action=split] button[type=submit]"))
    remainder = AuditList.objects.get(split_from=pk)
    assert (remainder.stage, remainder.entries.get().household) == ("village-notice", homes[1])
    page = desk.seat("village", here)
    expect(page.get_by_role("link", name=str(remainder))).to_be_visible()
    desk.pass_on()
    desk.pass_on()
    assert stage_of(pk) == "acceptance"

    desk.seat("town", here)
    desk.papers()
    desk.accept()
    desk.pass_on()
    page = desk.seat("approver", here)
    expect(page.locator(".facts-side").first).to_contain_text("今天张贴")
    desk.pass_on()
    desk.seat("town", here)
    desk.post()
    desk.day(FIRST + WEEK + PART_OF_A_WEEK)
    desk.seat("town", here)
    desk.pass_on()
    desk.seat("leader", here)
    desk.pass_on()
    page = desk.seat("town", here)
    desk.too_soon("不在开放调整期")
    desk.day(NOVEMBER)
    desk.seat("town", here)
    desk.pass_on()
    assert StatusEvent.objects.filter(kind="退出").count() == 2

    # The objection is upheld: its household is struck off and the remainder list ends with it.
    objection = remainder.objections.get()
    page = desk.seat("town", f"/audits/objections/{objection.pk}/")
    page.fill("[name=investigation]", "入户核对，债务属实")
    desk.click(page.locator("[name=upheld]").first)
    page.fill("[name=answer]", "反映属实，本年不退出")
    desk.press("办结异议")
    assert stage_of(remainder.pk) is None
    homes[1].refresh_from_db()
    assert homes[1].in_register

    _appoint(ground)
    desk.day(LAST)
    call_command("rest_of_year", county=ground.county.code, stdout=(said := StringIO()))
    assert "办完 3 份，新开 2 份，留下 0 份；不达标没有列入 1 户" in said.getvalue()
    run, told = _tally(ground, LAST)
    page = desk.seat("district", f"/reports/runs/{run}/")
    desk.click(page.locator("table.plan a[href*='kind=']", has_text=re.compile(r"^5$")).first)
    table = page.locator("table[data-total]")
    assert (table.get_attribute("data-total"), table.get_attribute("data-persons")) == ("5", "10")

    desk.day(NEXT_YEAR)
    _live_on(desk, driver, *homes)
    assert _tally(ground, NEXT_YEAR)[1] == told
    call_command("verify_invariants", stdout=StringIO())
    call_command("verify_trail", stdout=StringIO())


def _appoint(ground) -> None:
    """Who acts in the places where nobody of the cast does."""
    for village in (ground.sibling_village, ground.other_village):
        for role in (Role.VILLAGE, Role.HELPER):
            make_user(f"{role}{village.pk}", role, village)
    for role in (Role.TOWN, Role.APPROVER):
        make_user(f"{role}2", role, ground.other_town)


def _tally(ground, on: datetime.date) -> tuple[str, dict]:
    """The run of the year's exits as of the day, and every cell of it."""
    job = run_now("report", params=parameters("exit-tally", ground.county, 2018, on))
    figures = ReportRun.objects.get(pk=job.result["run"]).figures
    return job.result["run"], {(cell.row, cell.column): cell.value for cell in figures.cells}


def _live_on(desk, driver, moves, grows, poor) -> None:
    """Next year one who left moves by clicks; in another family a child is born, and its standard is corrected;
    a third falls back into poverty, by a list of its own."""
    page = desk.seat("town", f"/households/{moves.number}/move/")
    page.select_option("[name=village]", str(driver.ground.sibling_village.pk))
    for name, words in (("villager_group", "二组"), ("address", "演示路2号"), ("reason", "投靠子女")):
        page.fill(f"main [name={name}]", words)
    page.fill("main [name=on]", SPRING.isoformat())
    desk.press("办理转移")
    desk.said("转到")
    child = Person(
        name="演示新",
        relation="之子",
        sex="男",
        birth_date=BORN,
        id_number=identity_number(4321, BORN, True),
        health=("健康",),
    )
    grows.refresh_from_db()
    grows.person_joins(child, on=SPRING, join_reason="新生儿", by=None)
    standard = "省定标准" if grows.poverty_standard == "国家标准" else "国家标准"
    grows.correct_standard(standard, on=SPRING, by=None, reason="复核识别标准")
    poor.refresh_from_db()
    driver.reach(driver.open("entry", poor, on=SPRING, standard="省定标准"), None, SPRING)
    done = set(StatusEvent.objects.filter(on__year=2019).values_list("kind", flat=True))
    assert done == {"转出", "转入", "增员", "更正", "返贫"}


def test_a_village_takes_off_its_cap_by_clicks_under_two_percent(
    desk, ground, key_village, county, make_household
):
    poor = make_household(persons=1)
    VillageYear.objects.update(rural_population=10000)
    page = desk.seat("village", "/audits/new/?kind=village-exit")
    desk.follow(f"{ground.village.name}申请退出")
    page.set_input_files("[name=file]", desk.scan)
    desk.click(page.locator("form[data-action=apply-exit] button[type=submit]"))
    page.wait_for_url(re.compile(r"/audits/\d+/$"))
    pk = AuditList.objects.get().pk
    here = f"/audits/{pk}/"
    desk.seat("town", here)
    desk.pass_on()
    desk.papers()
    for persons, rate in ((201, "2.01%"), (200, "2.00%")):
        poor.events.update(persons=persons)
        page = desk.seat("town", here)
        expect(page.locator("#entries")).to_contain_text(rate)
        desk.too_soon("须低于2%")
    poor.events.update(persons=199)
    page = desk.seat("town", here)
    expect(page.locator("#entries")).to_contain_text("1.99%")
    desk.pass_on()
    desk.seat("town", here)
    desk.post()
    desk.day(FIRST + WEEK)
    for _ in ("village-notice", "submission"):
        desk.seat("town", here)
        desk.pass_on()
    desk.seat("district", here)
    desk.papers()
    desk.pass_on()
    desk.seat("leader", here)
    desk.pass_on()
    for level in ("区县", "镇街"):
        desk.seat("district", here)
        desk.post(level if level == "区县" else "")
    desk.day(FIRST + WEEK + PART_OF_A_WEEK)
    desk.seat("district", here)
    desk.pass_on()
    desk.seat("leader", here)
    desk.pass_on()
    desk.day(NOVEMBER)
    desk.seat("district", here)
    desk.pass_on()
    assert stage_of(pk) is None
    assert not KeyVillage.objects.get(area=ground.village).on_list
    page = desk.seat("district", "/audits/targets/?kind=village-exit")
    expect(page.locator("tr.sum")).to_contain_text("1")


def test_a_clean_list_of_sixty_is_passed_in_five_clicks_and_two_doubtful_ones_say_why(
    desk,
    driver,
    eligible,
    county,
):
    clean = driver.open("household-exit", *(eligible() for _ in range(60)))
    ill = eligible()
    patient = ill.persons.first()
    patient.health, patient.critical_illness_insurance = ("患有大病",), False
    patient.save()
    doubtful = driver.open("household-exit", eligible(), eligible(survey={"water_safe": False}), ill)
    AuditList.objects.filter(pk=doubtful.pk).update(stage_since=FIRST + datetime.timedelta(days=1))
    AuditList.objects.update(stage="approval")
    desk.day(FIRST + datetime.timedelta(days=2))
    page = desk.seat("approver")
    desk.clicks = 0
    row = page.locator(".todo tr", has_text="待我办理　贫困户退出")
    desk.click(row.get_by_role("link", name="去办理"))
    desk.follow(str(clean))
    desk.click(page.locator("form[data-action=pass] button[type=submit]"))
    desk.said("审核已通过")
    assert desk.clicks <= 5 and stage_of(clean.pk) == "announcement"

    page = desk.seat("approver", f"/audits/{doubtful.pk}/")
    why = page.locator(".why")
    expect(why).to_have_count(2)
    expect(why.nth(0)).to_contain_text("饮水")
    expect(why.nth(1)).to_contain_text("大病保险")
    desk.too_soon("验收没有写明结论")
    assert stage_of(doubtful.pk) == "approval"


def test_many_clean_lists_are_passed_by_keyboard(desk, driver, eligible, county):
    lists = [driver.open("household-exit", eligible()) for _ in range(3)]
    AuditList.objects.update(stage="approval")
    page = desk.seat("approver", "/audits/many/")
    page.focus("#all")
    page.keyboard.press("Space")
    page.focus("form[data-action=pass-many] button[type=submit]")
    page.keyboard.press("Enter")
    desk.said("已通过 3 份")
    assert {stage_of(each.pk) for each in lists} == {"announcement"}
