"""The sheet around its fields: the rail, the helper, the six ticks, and that opening it is noted."""

import datetime
import re

import pytest
from django.urls import reverse

from households.models import Helper
from office.models import TrailRow
from tests.households.entry_pages import CONDITIONS, HOUSEHOLD, SURVEY, person, sent_by

NEW = "/households/new/"
PAIRED = {"name": "帮演示", "unit_name": "演示局", "affiliation": "县", "phone": "13900005678"}


@pytest.fixture
def household(make_household):
    return make_household(persons=2)


@pytest.fixture
def edit(household):
    return reverse("households:edit", args=[household.number])


def rail(page: str) -> dict[str, str]:
    found = re.search(r'<ol id="rail".*?</ol>', page, re.DOTALL)
    assert found
    rows = re.findall(r'<a href="#([\w-]+)">(.*?)</a>', found.group(), re.DOTALL)
    return {anchor: re.sub("<[^>]*>", " ", said).strip() for anchor, said in rows}


def test_the_rail_says_what_is_filled_and_what_is_wrong(signed_in, ground):
    client = signed_in("village")
    assert rail(client.get(NEW).content.decode()) == {
        "s-household": "基本情况",
        "s-person": "家庭成员",
        "s-living": "生产生活",
        "s-survey": "年度采集",
        "s-ticks": "五核对一规范",
        "s-helper": "帮扶责任人",
    }
    typed = {
        "village": ground.village.pk,
        "p-TOTAL": "1",
        **HOUSEHOLD,
        **person(0, datetime.date(1975, 3, 2), relation="户主", health=["健康", "残疾"]),
        **CONDITIONS,
        **SURVEY,
        "phone": "138",
        "surveyed_on": "2018-02-30",
    }
    page = client.post(f"{NEW}checks/", typed).content.decode()
    live = rail(page)
    assert 'hx-swap-oob="true"' in page
    assert re.split(r"\s+", live["s-household"]) == ["基本情况", "提醒", "1"]
    # The date, and who surveyed.
    assert "错误" in live["s-person"] and "错误 2" in live["s-ticks"]
    assert "✓" in live["s-living"]


def test_a_refused_save_counts_errors_in_the_rail(signed_in, household, edit):
    client = signed_in("village")
    typed = {**sent_by(client.get(edit).content.decode()), "villager_group": "", "address": "长" * 300}
    assert "错误 2" in rail(client.post(edit, typed).content.decode())["s-household"]


def test_the_helper_stands_on_the_sheet_with_the_way_to_change(signed_in, household, edit):
    page = signed_in("town").get(edit).content.decode()
    assert "还没有帮扶责任人" in page and f"/households/{household.number}/helpers/new/" in page
    helper = Helper.objects.create(household=household, start_on=datetime.date(2018, 3, 1), **PAIRED)
    page = signed_in("town").get(edit).content.decode()
    assert "帮演示" in page and "139****5678" in page and PAIRED["phone"] not in page
    assert f"/households/{household.number}/helpers/{helper.pk}/change/" in page
    assert "✓" in rail(page)["s-helper"]
    page = signed_in("village").get(edit).content.decode()
    assert "帮演示" in page and "/change/" not in page and "由镇街或区扶贫办办理" in page


def test_opening_the_sheet_is_a_read_of_personal_data(signed_in, household, edit):
    signed_in("village").get(edit)
    (row,) = TrailRow.objects.filter(action="查看贫困户", subject_id=str(household.pk))
    assert (row.actor.username, row.detail) == ("village", {"户编号": household.number, "页面": "修改"})
    page = signed_in("town").get(reverse("households:history", args=[household.number]), {"shown": "reads"})
    assert "页面 修改" in page.content.decode()


def test_a_new_sheet_reads_nobody(signed_in):
    signed_in("village").get(NEW)
    assert not TrailRow.objects.filter(action="查看贫困户").exists()


def test_the_six_ticks_are_in_sight_with_who_verified(signed_in, edit):
    page = signed_in("village").get(edit).content.decode()
    section = page[page.index('id="s-ticks"') : page.index('id="s-helper"')]
    for words in ("核对基本情况", "核对识别程序", "核对脱贫措施", "核对扶贫责任", "核对脱贫情况", "档案规范"):
        assert words in section
    assert 'name="surveyor"' in section and 'name="surveyed_on"' in section
