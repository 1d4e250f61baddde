"""`/audits/<list>/`: the page of a list and its decision bar over HTTP."""

import datetime
import re

import pytest

from audits.models import AuditList, Decision
from audits.procedures import ListKind

DAY = datetime.date(2018, 10, 8)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def seen(audit_list, **typed):
    """What the page of the list sends: the stage and version that were looked at."""
    return {"stage": audit_list.stage, "version": audit_list.version, **typed}


def page(client, audit_list):
    return client.get(f"/audits/{audit_list.pk}/")


@pytest.mark.parametrize("kind", ListKind)
def test_the_page_of_every_kind_opens_for_who_has_a_part_in_it(opened, signed_in, kind):
    audit_list = opened(kind)
    for role in ("village", "town", "approver", "district", "leader"):
        answer = page(signed_in(role), audit_list)
        assert answer.status_code == 200
        assert str(audit_list) in answer.content.decode()


def test_a_stage_passes_and_leads_back_to_the_list(opened, driver, signed_in):
    audit_list = opened("household-exit")
    driver.bring(audit_list, DAY)
    answer = signed_in("village").post(f"/audits/{audit_list.pk}/pass/", seen(audit_list))
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{audit_list.pk}/")
    audit_list.refresh_from_db()
    assert audit_list.stage == "appraisal"


def test_sending_back_keeps_the_reason_and_needs_one(opened, driver, signed_in):
    audit_list = opened("household-exit")
    driver.reach(audit_list, "appraisal", DAY)
    address, client = f"/audits/{audit_list.pk}/send-back/", signed_in("village")
    refused = client.post(address, seen(audit_list, to="proposal"))
    assert refused.status_code == 422
    done = client.post(address, seen(audit_list, to="proposal", reason="提报不全"))
    assert done.status_code == 303
    assert Decision.objects.last().opinion == "提报不全"
    assert AuditList.objects.get(pk=audit_list.pk).stage == "proposal"


@pytest.mark.parametrize(
    ("unit", "sees", "acts"), [("住建", 200, 422), ("民政", 200, 403), ("教育", 404, 404)]
)
def test_departments_see_what_they_sign_and_housing_alone_accepts(opened, cast, signed_in, unit, sees, acts):
    houses, exits = opened("renovation"), opened("household-exit")
    AuditList.objects.update(stage="acceptance")
    houses.refresh_from_db()
    cast["department"].duties.update(unit=unit)
    client = signed_in("department")
    assert page(client, houses).status_code == sees
    assert client.post(f"/audits/{houses.pk}/pass/", seen(houses)).status_code == acts
    assert page(client, exits).status_code == 404


def test_a_phone_reads_the_signs_in_one_line_and_only_the_doubtful_by_name(driver, eligible, signed_in):
    audit_list = driver.open("household-exit", eligible(), eligible(survey={"water_safe": False}))
    text = signed_in("village").get(f"/audits/{audit_list.pk}/").content.decode()
    clean, doubtful = re.findall(r'<td class="phone-sum">(.*?)</td>', text)
    assert "吃穿教医住水 ✓" in clean and "疑" not in clean
    assert "吃穿教医住 ✓" in doubtful and '<b class="msg-warn">饮水 疑</b>' in doubtful
