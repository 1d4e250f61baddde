"""/plans/villages/: who is to leave when, by name; the file that dates them; where names and plan differ."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from office.models import TrailRow
from reporting.models import PlanCarry, PlanTable
from reporting.planned_reading import read_planned
from reporting.reading import COLUMNS, PlanRefused, read_plan
from tests.audits.driver import Driver
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, villages
from villages.models import KeyVillage

PAGE, DOOR = "/plans/villages/", "/plans/villages/import/"
HEAD = ("town", "village", "level", "year")


@pytest.fixture
def keys(ground):
    """East and south are 省定, west is 市定; none is dated."""
    return {
        area.name: KeyVillage.designate(
            area=area, level=level, batch="十三五", on=datetime.date(2016, 1, 10), by=None
        )
        for area, level in (
            (ground.village, "省定"),
            (ground.sibling_village, "省定"),
            (ground.other_village, "市定"),
        )
    }


def send(client, rows, header=HEAD, reason="演示发〔2018〕1号", **fields):
    file = SimpleUploadedFile("名单.csv", as_csv(rows, header), content_type="text/csv")
    county = {"county": "370405000000", **fields}
    return client.post(DOOR, {"file": file, "reason": reason, **county})


def years():
    return dict(KeyVillage.objects.values_list("area__name", "planned_exit_year"))


EAST = ("东演示镇", "演示东村", "省定", "2018")
SOUTH = ("东演示", "演示南", "省定", "2019年")
WEST = ("西演示镇", "演示西村", "市定", "2018")


def test_a_file_dates_every_village_it_names(signed_in, keys):
    answer = send(signed_in("district"), [EAST, SOUTH, WEST])
    assert answer.status_code == 303
    assert years() == {"演示东村": 2018, "演示南村": 2019, "演示西村": 2018}
    row = TrailRow.objects.get(action="导入计划退出村")
    assert (row.detail["村"], row.detail["改动"], row.detail["依据"]) == (3, 3, "演示发〔2018〕1号")
    again = send(signed_in("district"), [EAST, SOUTH], header=("镇街", "村", "级别", "年度"))
    assert again.status_code == 303
    assert years()["演示西村"] == 2018, "who is not in the file keeps its year"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("北演示镇", "演示东村", "省定", "2018"), "演示区没有叫“北演示镇”的镇街"),
        (("东演示镇", "演示北村", "省定", "2018"), "东演示镇没有叫“演示北村”的村"),
        (("西演示镇", "演示东村", "省定", "2018"), "西演示镇没有叫“演示东村”的村"),
        (("东演示镇", "演示南村", "市定", "2018"), "是省定重点村，不是市定"),
        (("东演示镇", "演示南村", "国定", "2018"), "级别“国定”认不出"),
        (("东演示镇", "演示南村", "省定", "18"), "年度“18”认不出"),
        (("东演示镇", "演示南村", "省定", "1998"), "年度“1998”认不出"),
        (("东演示镇", "", "省定", "2018"), "村是空的"),
        (("东演示镇", "演示东村", "省定", "2019"), "演示东村在第2行已有，一个村只退出一次"),
        (("东演示", "演示东", "省定", "2019"), "演示东村在第2行已有，一个村只退出一次"),
        (("东演示镇", "演示南村", "省定"), "应有4列，这一行有3列"),
    ],
)
def test_a_wrong_line_refuses_the_file_with_its_number(signed_in, keys, row, said):
    answer = send(signed_in("district"), [EAST, row])
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "第3行" in text and said in text
    assert "演示发〔2018〕1号" in text, "what was typed stays"
    assert set(years().values()) == {None}


def test_a_village_that_is_no_key_village_and_one_that_left_are_named(signed_in, keys, ground):
    KeyVillage.objects.get(area=ground.sibling_village).remove_cap(on=datetime.date(2017, 12, 1), by=None)
    left = send(signed_in("district"), [EAST, SOUTH]).content.decode()
    assert "演示南村已于2017年摘帽，一个村只退出一次" in left
    assert send(signed_in("district"), [("东演示镇", "演示南村", "省定", "2017")]).status_code == 303
    keys["演示西村"].events.all().delete()
    keys["演示西村"].delete()
    assert "西演示镇演示西村不是重点村" in send(signed_in("district"), [WEST]).content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "文件是空的"),
        ("town,village,level\n东演示镇,演示东村,省定\n".encode(), "表头缺少 year（年度）列"),
        ("town,村,village,level,year\na,b,c,省定,2018\n".encode(), "表头重复了 village（村）列"),
        (b"town,village,level,year\n", "只有表头，没有一个村"),
        ('town,village,level,year\n"东,b,省定,2018\n'.encode(), "引号没有配对"),
        (b"PK\x03\x04xx", "不是 csv"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(data, said):
    with pytest.raises(PlanRefused, match=said.replace("（", ".").replace("）", ".")):
        read_planned(data)


def test_only_a_county_of_ones_own_is_dated(signed_in, keys, ground):
    assert send(signed_in("district"), [EAST], county=ground.other_county.code).status_code == 422
    assert send(signed_in("town"), [EAST]).status_code == 403
    assert set(years().values()) == {None}


def test_one_village_is_dated_by_hand_and_its_years_stay(signed_in, keys, ground):
    client = signed_in("district")
    address = f"{PAGE}{ground.village.code}/"
    for year, reason in ((2017, "初定"), (2018, "推迟")):
        assert client.post(address, {"year": year, "reason": reason}).status_code == 303
    told = client.get(address).context["years"]
    assert [(row.planned_exit_year, row.history_change_reason) for row in told] == [
        (2018, "推迟"),
        (2017, "初定"),
    ]
    assert {row.history_user.username for row in told} == {"district"}
    assert client.post(address, {"year": 2018, "reason": "再来"}).status_code == 303
    assert TrailRow.objects.filter(action="计划重点村退出").count() == 2
    refused = client.post(address, {"year": "明年", "reason": ""})
    assert refused.status_code == 422
    assert (refused.context["form"]["year"].value(), years()["演示东村"]) == ("明年", 2018)
    assert client.post(address, {"year": 2009, "reason": "太早"}).status_code == 422


def test_who_left_is_not_planned_again(signed_in, keys, ground):
    keys["演示东村"].remove_cap(on=datetime.date(2017, 12, 1), by=None)
    answer = signed_in("district").post(f"{PAGE}{ground.village.code}/", {"year": 2018, "reason": "重来"})
    assert answer.status_code == 422
    assert "一个村只退出一次" in answer.content.decode()


def test_others_read_and_date_none(signed_in, keys, ground):
    address = f"{PAGE}{ground.village.code}/"
    for role in ("town", "leader"):
        page = signed_in(role).get(address)
        assert (page.status_code, page.context["form"]) == (200, None)
        assert signed_in(role).post(address, {"year": 2018, "reason": "x"}).status_code == 403
    assert signed_in("helper").get(address).status_code == 403
    assert signed_in("other_town_user").get(address).status_code == 404
    assert signed_in("town").get(f"{PAGE}{ground.other_village.code}/").status_code == 404
    assert signed_in("town").get(PAGE).context["page"].total == 2


def test_the_list_says_where_each_stands_and_counts_it(signed_in, keys, ground, cast):
    keys["演示东村"].plan_exit(2017, by=None)
    keys["演示南村"].plan_exit(2018, by=None)
    client = signed_in("district")

    def standing(state):
        page = client.get(f"{PAGE}?state={state}")
        assert f'data-total="{page.context["page"].total}"' in page.content.decode()
        return [row.area.name for row in page.context["page"].rows]

    assert (standing("late"), standing("planned"), standing("undated")) == (
        ["演示东村"],
        ["演示南村"],
        ["演示西村"],
    )
    assert [count for *_, count in client.get(PAGE).context["states"]] == [1, 1, 1]
    assert client.get(f"{PAGE}?year=2018").context["page"].total == 1
    Driver(ground, cast).open("village-exit", ground.sibling_village, by=cast["town"])
    assert (standing("listed"), standing("planned")) == (["演示南村"], [])
    keys["演示东村"].remove_cap(on=datetime.date(2018, 11, 1), by=None)
    assert (standing("left"), standing("late")) == (["演示东村"], [])


def test_names_that_do_not_come_to_the_plan_are_listed(signed_in, keys, ground, plan):
    """The plan has one 省定 in the county and in the east in 2016, none in the west."""
    client = signed_in("district")
    apart = client.get(PAGE).context["apart"]
    assert [(one.area.name, one.year, one.level, one.printed, one.named) for one in apart] == [
        ("演示区", 2016, "省定", 1, 0),
        ("东演示镇", 2016, "省定", 1, 0),
    ]
    assert "少 1" in client.get(PAGE).content.decode()
    keys["演示东村"].plan_exit(2016, by=None)
    assert client.get(PAGE).context["apart"] == []
    keys["演示南村"].plan_exit(2016, by=None)
    assert [one.gap for one in client.get(PAGE).context["apart"]] == ["多 1", "多 1"]
    assert client.get(client.get(PAGE).context["apart"][0].list_url).context["page"].total == 2
    town = signed_in("town").get(PAGE).context["apart"]
    assert [one.area.name for one in town] == ["东演示镇"], "what is not one's own is not shown"


def test_what_the_adopted_version_carried_over_is_not_missing(signed_in, keys, ground):
    """The plan has one 省定 in 2016 and one, carried, in 2017: the name has followed."""
    data = as_csv(
        [villages(area, "省定", str(year), "1") for area in ("全区", "东演示") for year in (2016, 2017)],
        COLUMNS,
    )
    table = PlanTable.take_in(
        read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date(), ground=ground.county
    )
    table.adopt(by=None, at=PLANNED)
    keys["演示东村"].plan_exit(2017, by=None)
    client = signed_in("district")
    assert [one.year for one in client.get(PAGE).context["apart"]] == [2016, 2016]
    facts = {"year": 2016, "planned": 1, "actual": 0, "carried": 1, "standard": "省定"}
    for area in (ground.county, ground.town):
        PlanCarry.objects.create(table=table, area=area, group="重点村退出", measure="退出村(个)", **facts)
    assert client.get(PAGE).context["apart"] == []


def test_the_list_takes_as_many_statements_for_many(signed_in, keys, plan, django_assert_max_num_queries):
    client = signed_in("district")
    client.get(PAGE)
    with django_assert_max_num_queries(18):
        client.get(PAGE)
