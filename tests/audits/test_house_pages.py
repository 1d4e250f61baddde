"""A house over HTTP: facts with their refusals beside the fields, who pays what, five signatures, monthly progress."""

import datetime
from decimal import Decimal

import pytest

from audits.models import HouseCase
from audits.procedures import ListKind

DAY = datetime.date(2018, 10, 8)
APPLICATION = {
    "target": "建档立卡贫困户",
    "grade": "D级",
    "applied_on": "2018-10-08",
    "willing": "True",
    "way": "拆除重建",
    "area_planned": "50",
}


@pytest.fixture
def at(opened, driver, office_day):
    """at(stage) is a list of one house that stands there today, and the house's address."""

    def reach(stage):
        audit_list = opened(ListKind.RENOVATION)
        office_day(driver.reach(audit_list, stage, DAY))
        return audit_list, f"/audits/{audit_list.pk}/entries/{audit_list.entries.get().pk}/house/"

    return reach


def seen(audit_list, **typed):
    audit_list.refresh_from_db()
    return {"stage": audit_list.stage, "version": audit_list.version, **typed}


def text(answer) -> str:
    return answer.content.decode()


def test_an_application_is_filled_in_and_shown(at, signed_in):
    audit_list, address = at("application")
    client = signed_in("village")
    assert "40—60" not in text(client.get(address))
    assert client.post(address, seen(audit_list, **APPLICATION)).status_code == 303
    case = HouseCase.objects.get()
    assert (case.grade, case.way, case.area_planned, case.willing) == ("D级", "拆除重建", Decimal(50), True)
    assert "30—60" in text(client.get(address))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"grade": "C级"}, "C级只能修缮加固"),
        ({"grade": "A级"}, "须是C级或D级"),
        ({"area_planned": "61"}, "须在30到60平方米之间"),
        ({"willing": "False"}, "须是农户自愿"),
        ({"applied_on": "2018-10-09"}, "日期"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field_and_nothing_is_kept(at, signed_in, typed, said):
    audit_list, address = at("application")
    answer = signed_in("village").post(address, seen(audit_list, **{**APPLICATION, **typed}))
    assert answer.status_code == 422 and said in text(answer)
    assert HouseCase.objects.get().target == "建档立卡贫困户" and HouseCase.objects.get().way == ""


def test_what_was_decided_on_is_not_asked_again(at, signed_in):
    audit_list, address = at("works")
    page = text(signed_in("town").get(address))
    assert 'name="started_on"' in page and 'name="grade"' not in page
    typed = {"started_on": audit_list.stage_since, "five_unities": ["门牌", "门窗"], "barrier_free": "True"}
    assert signed_in("town").post(address, seen(audit_list, **typed)).status_code == 303
    case = HouseCase.objects.get()
    assert case.started_on == audit_list.stage_since and set(case.five_unities) == {"门牌", "门窗"}


PAID = {"subsidy": "28000", "subsidy_upper": "20000", "subsidy_district": "6000"}


def test_the_gap_goes_to_the_town_and_the_working_is_shown(at, signed_in):
    audit_list, address = at("payment")
    client = signed_in("district")
    tried = client.post(address, seen(audit_list, **PAID, **{"try": "1"}))
    assert tried.status_code == 200 and "镇街兜底　2,000.00" in text(tried)
    assert HouseCase.objects.get().subsidy is None
    paid = seen(audit_list, **PAID, paid_on=audit_list.stage_since)
    assert client.post(address, paid).status_code == 303
    case = HouseCase.objects.get()
    assert (case.subsidy_upper, case.subsidy_district, case.subsidy_town) == (20000, 6000, 2000)


@pytest.mark.parametrize(
    ("typed", "said"), [({"subsidy": "40001"}, "不能高于实际造价"), ({"subsidy": "24999"}, "不能低于25000")]
)
def test_a_subsidy_out_of_bounds_is_refused(at, signed_in, typed, said):
    audit_list, address = at("payment")
    answer = signed_in("district").post(address, seen(audit_list, **{**PAID, **typed}))
    assert answer.status_code == 422 and said in text(answer)


def test_a_subsidy_goes_to_the_account_on_file_and_shows_four_digits(at, signed_in, driver):
    audit_list, address = at("payment")
    driver.step(audit_list, driver.bring(audit_list, audit_list.stage_since))
    case = HouseCase.objects.get()
    assert case.paid_to.startswith("演示银行") and case.paid_to.endswith("1234")
    page = text(signed_in("town").get(address))
    assert case.paid_to in page and "990405100000001234" not in page


def test_nothing_is_paid_without_an_account(at, signed_in, driver):
    audit_list, _ = at("payment")
    entry = audit_list.entries.get()
    entry.household.bank_account = ""
    entry.household.save(update_fields=["bank_account", "bank_account_key"])
    driver.bring(audit_list, audit_list.stage_since)
    answer = signed_in("district").post(f"/audits/{audit_list.pk}/pass/", seen(audit_list))
    assert answer.status_code == 422 and "没有登记一卡通账号" in text(answer)


def test_departments_sign_once_each_with_name_and_paper(at, signed_in):
    audit_list, address = at("acceptance")
    client, sign = signed_in("department"), f"{address}sign/"
    told = {
        "department": "财政",
        "signed_by": "演示签字人",
        "signed_on": audit_list.stage_since,
        "paper": "验字1号",
        "note": "屋面、墙体合格",
    }
    assert client.post(sign, seen(audit_list, **told)).status_code == 422
    assert client.post(sign, seen(audit_list, **told, accepted="yes")).status_code == 303
    again = client.post(sign, seen(audit_list, **told, accepted="yes"))
    assert again.status_code == 422
    page = text(client.get(address))
    assert "屋面、墙体合格" in page and "还没有签字：住建、扶贫、民政、残联" in page
    other = {**told, "department": "扶贫", "accepted": "yes"}
    assert signed_in("town").post(sign, seen(audit_list, **other)).status_code == 403


def test_patrols_are_lines_with_day_and_name(at, signed_in, cast):
    audit_list, address = at("works")
    client, patrol = signed_in("town"), f"{address}patrol/"
    assert client.post(patrol, seen(audit_list, finding="")).status_code == 422
    client.post(patrol, seen(audit_list, finding="地梁未浇筑，限三日整改"))
    client.post(patrol, seen(audit_list, finding="已整改"))
    lines = HouseCase.objects.get().patrol_notes.split("\n")
    assert len(lines) == 2 and lines[0].startswith(f"{audit_list.stage_since} {cast['town']}")
    assert signed_in("village").post(patrol, seen(audit_list, finding="甲")).status_code == 403


def test_progress_counts_each_month_and_every_count_opens_its_list(at, signed_in, driver):
    audit_list, _ = at("works")
    driver.house(audit_list, audit_list.stage_since, started_on=datetime.date(2018, 10, 30))
    client = signed_in("district")
    page = text(client.get("/audits/houses/"))
    assert '?month=2018-10&amp;what=started_on">1</a>' in page
    opened = text(client.get("/audits/houses/?month=2018-10&what=started_on"))
    assert 'data-total="1"' in opened
    assert 'data-total="0"' in text(client.get("/audits/houses/?month=2018-09&what=started_on"))
    assert client.get("/audits/houses/?month=2018-13").status_code == 422


def test_a_house_that_waits_too_long_is_late(at, signed_in, office_day):
    audit_list, _ = at("acceptance")
    client = signed_in("department")
    assert 'data-total="0"' in text(client.get("/audits/houses/?what=late"))
    office_day(audit_list.due_on + datetime.timedelta(days=1))
    assert 'data-total="1"' in text(client.get("/audits/houses/?what=late"))


def test_helpers_see_no_houses_and_others_their_own_area(at, signed_in):
    at("application")
    assert 'data-total="0"' in text(signed_in("helper").get("/audits/houses/"))
    assert 'data-total="0"' in text(signed_in("other_town_user").get("/audits/houses/"))
    assert 'data-total="1"' in text(signed_in("town").get("/audits/houses/"))


def test_a_list_of_another_kind_has_no_house(opened, signed_in):
    audit_list = opened(ListKind.HOUSEHOLD_EXIT)
    address = f"/audits/{audit_list.pk}/entries/{audit_list.entries.get().pk}/house/"
    assert signed_in("village").get(address).status_code == 409
