"""Delegations, adjustment windows, settings and yearly targets, over HTTP."""

import datetime
from decimal import Decimal

import pytest

from accounts.roles import Role
from audits.models import AdjustmentWindow, AuditList, AuditSetting, Delegation, YearlyTarget
from office.models import TrailRow
from tests.conftest import make_user

DAY = datetime.date(2018, 11, 20)


def test_a_delegation_is_given_acts_and_is_ended(opened, driver, signed_in, cast, ground):
    deputy = make_user("deputy", Role.DISTRICT, ground.county)
    form = {"deputy": deputy.pk, "start_on": "2018-11-20", "end_on": "2018-11-30", "reason": "出差"}
    assert signed_in("approver").post("/audits/delegations/", form).status_code == 303
    given = Delegation.objects.get()
    assert (given.principal, given.deputy) == (cast["approver"], deputy)
    one, other = opened("household-exit"), opened("household-exit")
    AuditList.objects.update(stage="approval")
    cast["deputy"] = deputy
    client = signed_in("deputy")
    asked = {"stage": "approval", "version": one.version}
    assert client.post(f"/audits/{one.pk}/pass/", asked).status_code == 303
    assert one.decisions.get().on_behalf_of == cast["approver"]
    assert client.post(f"/audits/delegations/{given.pk}/end/").status_code == 303
    assert client.post(f"/audits/{other.pk}/pass/", asked).status_code == 403
    assert client.post(f"/audits/delegations/{given.pk}/end/").status_code == 409


def test_a_delegation_to_somebody_who_does_not_see_the_area_is_not_offered(signed_in, cast):
    form = {
        "deputy": cast["other_town_user"].pk,
        "start_on": "2018-11-20",
        "end_on": "2018-11-30",
        "reason": "出差",
    }
    answer = signed_in("approver").post("/audits/delegations/", form)
    assert answer.status_code == 422 and not Delegation.objects.exists()
    assert 'value="出差"' in answer.content.decode()


def test_the_district_records_windows_and_withdraws_one(signed_in, county):
    client = signed_in("district")
    form = {
        "county": county.pk,
        "opens_on": "2019-06-01",
        "closes_on": "2019-06-30",
        "source": "鲁扶贫办〔2019〕1号",
    }
    assert client.post("/audits/windows/", form).status_code == 303
    again = client.post("/audits/windows/", form)
    assert again.status_code == 422 and "重叠" in again.content.decode()
    window = AdjustmentWindow.objects.get(opens_on=datetime.date(2019, 6, 1))
    assert client.post(f"/audits/windows/{window.pk}/withdraw/").status_code == 303
    assert client.post(f"/audits/windows/{window.pk}/withdraw/").status_code == 409
    assert not AdjustmentWindow.objects.open_on(county, datetime.date(2019, 6, 2)).exists()
    assert "2019年6月1日" in signed_in("village").get("/audits/windows/").content.decode()


def test_a_window_that_closes_before_it_opens_is_refused(signed_in, county):
    form = {"county": county.pk, "opens_on": "2019-06-30", "closes_on": "2019-06-01", "source": "演示"}
    answer = signed_in("district").post("/audits/windows/", form)
    assert answer.status_code == 422 and "关闭日期不能早于开放日期" in answer.content.decode()


def test_a_setting_holds_for_lists_opened_from_its_day_on(signed_in, county, driver, opened):
    before = opened("renovation")
    form = {
        "county": county.pk,
        "setting": "renovation days.first-notice",
        "value": "10",
        "from_on": "2018-11-20",
    }
    assert signed_in("district").post("/audits/settings/", form).status_code == 303
    after = driver.open("renovation", on=DAY)
    assert (before.days_of("first-notice"), after.days_of("first-notice")) == (7, 10)
    assert TrailRow.objects.filter(action="设定审核设置").count() == 1


@pytest.mark.parametrize(
    ("setting", "value", "from_on"),
    [
        ("renovation days.first-notice", "10", "2018-11-19"),
        ("renovation days.first-notice", "0", "2018-11-20"),
        ("household-exit days.village-notice", "3", "2018-11-20"),
        ("household-exit water_blocks", "2", "2018-11-20"),
        ("household-exit stable_years", "1.5", "2018-11-20"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(signed_in, county, setting, value, from_on):
    form = {"county": county.pk, "setting": setting, "value": value, "from_on": from_on}
    assert signed_in("district").post("/audits/settings/", form).status_code == 422
    assert not AuditSetting.objects.exists()


def test_targets_are_set_below_the_county_and_held_against_it(signed_in, ground, make_household):
    home = make_household(persons=3)
    home.leave_poverty(
        on=datetime.date(2018, 11, 5),
        by=None,
        recorded_at=datetime.datetime(2018, 11, 5, tzinfo=datetime.UTC),
    )
    client = signed_in("district")
    form = {
        f"households-{ground.county.pk}": 10,
        f"persons-{ground.county.pk}": 30,
        f"households-{ground.town.pk}": 6,
        f"persons-{ground.town.pk}": 18,
        f"households-{ground.other_town.pk}": 3,
        f"persons-{ground.other_town.pk}": 12,
    }
    assert client.post("/audits/targets/", form).status_code == 303
    page = client.get("/audits/targets/").content.decode()
    assert "计划 10，下级合计 9，相差 1" in page and "计划 30，下级合计 30" not in page
    lines = client.get("/audits/targets/").context["lines"]
    assert [(line.area.name, list(line.left)) for line in lines] == [
        ("演示区", [1, 3]),
        ("东演示镇", [1, 3]),
        ("西演示镇", [0, 0]),
    ]
    assert client.post("/audits/targets/", form).status_code == 303
    assert YearlyTarget.objects.count() == 3


def test_a_target_of_fewer_persons_than_households_changes_nothing(signed_in, ground):
    form = {f"households-{ground.county.pk}": 10, f"persons-{ground.county.pk}": 9}
    answer = signed_in("district").post("/audits/targets/", form)
    assert answer.status_code == 422 and "人数不能少于户数" in answer.content.decode()
    form = {f"households-{ground.county.pk}": 10}
    assert signed_in("district").post("/audits/targets/", form).status_code == 422
    assert not YearlyTarget.objects.exists()


def test_villages_have_targets_of_their_own(signed_in, ground, key_village):
    key_village.remove_cap(on=datetime.date(2018, 11, 6), by=None)
    client = signed_in("district")
    address = f"/audits/targets/?area={ground.town.code}&kind=village-exit"
    form = {f"villages-{ground.town.pk}": 1, f"villages-{ground.village.pk}": 1}
    assert client.post(address, form).status_code == 303
    lines = client.get(address).context["lines"]
    assert [(list(line.planned), list(line.left)) for line in lines] == [
        ([1], [1]),
        ([1], [1]),
        ([None], [0]),
    ]


@pytest.mark.parametrize("role", ["village", "town", "leader"])
def test_others_read_the_targets_of_their_area_and_set_none(signed_in, ground, role):
    client = signed_in(role)
    assert client.get("/audits/targets/").context["form"] is None
    assert client.post("/audits/targets/", {}).status_code == 403


def test_the_value_in_force_stands_on_the_page_of_settings(signed_in, county):
    AuditSetting.set(
        county=county,
        kind="village-exit",
        name="incidence",
        value=Decimal("1.5"),
        from_on=DAY,
        by=None,
        at=datetime.datetime(2018, 11, 20, tzinfo=datetime.UTC),
    )
    ((_, rows),) = signed_in("district").get("/audits/settings/").context["places"]
    values = {row.word: row.value for row in rows}
    assert values["重点村退出：贫困发生率须低于（%）"] == Decimal("1.5")
    assert values["危房改造：一榜公示天数"] == 7
