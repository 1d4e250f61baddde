"""A village's exit on its page: the incidence to the hundredth, the facts behind each factor, the report as evidence."""

import datetime

import pytest

from audits.procedures import ListKind
from villages.models import VillageYear

DAY = datetime.date(2018, 10, 8)


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


@pytest.fixture
def page(opened, signed_in):
    """page(role) is the page of the village's entry."""
    entry = opened(ListKind.VILLAGE_EXIT).entries.get()

    def get(role="town"):
        return signed_in(role).get(f"/audits/{entry.audit_list_id}/entries/{entry.pk}/").content.decode()

    return get


@pytest.mark.parametrize(
    ("poor", "rural", "shown", "word"),
    [(199, 10000, "1.99%", "达标"), (200, 10000, "2.00%", "不达标"), (201, 10000, "2.01%", "不达标")],
)
def test_the_incidence_is_shown_exactly_and_stops_at_two(page, make_household, poor, rural, shown, word):
    home = make_household(persons=1)
    home.events.update(persons=poor)
    VillageYear.objects.update(rural_population=rural)
    text = page()
    assert f"{shown}（{poor}人÷{rural}人），须低于2%" in text
    assert f"<b>{word}</b>" in text if word == "不达标" else f"<span>{word}</span>" in text
    assert f"在册贫困人口 {poor} 人" in text and f"农村户籍人口 {rural} 人" in text


def test_each_factor_shows_its_facts_and_leads_to_them(page, ground):
    VillageYear.objects.update(five_connect=("通路", "通电"), collective_income=None)
    text = page()
    assert "缺通水、通广播电视、通信息" in text and "通路 ✓" in text and "通水 缺" in text
    assert "没有填村集体经济收入" in text
    assert f"/villages/{ground.village.code}/" in text
    assert f"/households/?area={ground.village.code}&amp;on_register=2018-10-08" in text


def test_the_list_the_incidence_opens_counts_to_it(page, make_household, signed_in, ground):
    make_household(persons=3)
    text = page()
    assert "（3人÷1000人）" in text
    opened = signed_in("town").get(f"/households/?area={ground.village.code}&on_register=2018-10-08")
    assert 'data-persons="3"' in opened.content.decode()


def test_the_third_partys_report_stands_with_the_village(opened, driver, signed_in, cast):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    entry = audit_list.entries.get()
    driver.paper(audit_list, "third-party-report", DAY, cast["town"])
    text = signed_in("town").get(f"/audits/{audit_list.pk}/entries/{entry.pk}/").content.decode()
    assert "第三方评估报告" in text
