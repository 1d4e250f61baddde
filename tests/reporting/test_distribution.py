"""`/plans/distribution/`: the year's plan shared out by rule, changed by hand, set, kept, and who may."""

import datetime
import io

import pytest
from openpyxl import load_workbook

from areas.models import Area
from audits.models import YearlyTarget
from households.models import Household
from office.models import TrailRow
from villages.models import KeyVillage

PAGE = "/plans/distribution/"
AT = datetime.datetime(2018, 11, 1, tzinfo=datetime.UTC)


@pytest.fixture
def county(ground, make_household, plan):
    """Six households of two in the east, three of three in the west; the plan has 2 for 2018 (1 and 1)."""
    for village in (ground.village,) * 4 + (ground.sibling_village,) * 2:
        make_household(village=village)
    for _ in range(3):
        make_household(village=ground.other_village, persons=3)
    return ground.county


def numbers(answer):
    return [line["proposed"] for line in answer.context["lines"]]


def posted(client, answer, **changed):
    """What the page has in its fields, with some of it changed, sent to where its form goes."""
    form = answer.context["form"]
    fields = {name: form[name].value() for name in form.fields}
    sent = {name: value for name, value in {**fields, **changed}.items() if value is not None}
    return client.post(answer.context["sharing"].address(), sent)


def current(**asked):
    return {
        one.area.name: (one.households, one.persons, one.villages)
        for one in YearlyTarget.objects.current().filter(**asked)
    }


def test_the_whole_is_the_plans_and_the_stock_divides_it(signed_in, county):
    answer = signed_in("district").get(PAGE)
    sharing = answer.context["sharing"]
    assert (sharing.whole, sharing.year) == ((1, 2), 2018), "21 persons in 9 households: two persons are one"
    assert [place.stock for place in sharing.here] == [(6, 12), (3, 9)]
    answer = signed_in("district").get(f"{PAGE}?whole_households=6&whole_persons=14")
    assert numbers(answer) == [(4, 8), (2, 6)]


def test_by_ease_the_ready_weigh_three_times_and_by_the_plan_its_own_figures(signed_in, county, ground):
    Household.objects.filter(village=ground.other_village).update(colour="橙")
    client = signed_in("district")
    answer = client.get(f"{PAGE}?rule=ease&whole_households=5&whole_persons=13")
    assert [line["weight"] for line in answer.context["lines"]] == [(6, 12), (9, 27)]
    assert [homes for homes, _ in numbers(answer)] == [2, 3]
    printed = client.get(f"{PAGE}?rule=plan&whole_households=4&whole_persons=10")
    assert [line["weight"] for line in printed.context["lines"]] == [(1, 1), (1, 1)]
    assert [homes for homes, _ in numbers(printed)] == [2, 2]


def test_saving_sets_the_county_and_its_towns_with_the_rule(signed_in, county):
    client = signed_in("district")
    answer = client.get(f"{PAGE}?whole_households=6&whole_persons=14")
    assert posted(client, answer).status_code == 303
    assert current() == {"演示区": (6, 14, 0), "东演示镇": (4, 8, 0), "西演示镇": (2, 6, 0)}
    assert {one.source for one in YearlyTarget.objects.all()} == {"规划"}
    assert YearlyTarget.objects.get(area__name="东演示镇").basis == "按存量分解"
    assert TrailRow.objects.filter(action="下达年度计划").count() == 3
    page = client.get(PAGE)
    assert page.context["sharing"].whole == (6, 14)
    assert posted(client, page).status_code == 303
    assert YearlyTarget.objects.count() == 3, "nothing changed, nothing is set again"


def test_another_sum_needs_a_reason_and_what_was_typed_stays(signed_in, county, ground):
    client = signed_in("district")
    answer = client.get(f"{PAGE}?whole_households=6&whole_persons=14")
    east = f"persons-{ground.town.pk}"
    refused = posted(client, answer, **{east: 9})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "各地合计 15 人，总数 14 人，多 1" in text
    assert refused.context["form"][east].value() == "9"
    assert not YearlyTarget.objects.exists()
    assert posted(client, answer, **{east: 9, "reason": "留有余地"}).status_code == 303
    assert YearlyTarget.objects.get(area=ground.town).basis == "按存量分解，1 处人工改动：留有余地"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"households": 7, "persons": 7}, "只有 6 户"),
        ({"households": 4, "persons": 13}, "只有 12 人"),
        ({"households": 4, "persons": 3}, "人数不能少于户数"),
        ({"households": "四", "persons": 8}, "填 0 到 1000000 的整数"),
        ({"households": "", "persons": 8}, "没有填"),
        ({"households": -1, "persons": 8}, "填 0 到 1000000 的整数"),
    ],
)
def test_what_cannot_be_is_refused_and_kept(signed_in, county, ground, changed, said):
    client = signed_in("district")
    answer = client.get(f"{PAGE}?whole_households=6&whole_persons=14")
    sent = {f"{name}-{ground.town.pk}": value for name, value in changed.items()}
    refused = posted(client, answer, **sent, reason="有说明也不行")
    assert refused.status_code == 422
    assert said in refused.content.decode()
    assert {name: refused.context["form"][name].value() for name in sent} == {
        name: str(value) for name, value in sent.items()
    }
    assert not YearlyTarget.objects.exists()


def test_more_than_the_stock_is_said_and_the_rest_needs_a_reason(signed_in, county):
    client = signed_in("district")
    answer = client.get(f"{PAGE}?whole_households=20&whole_persons=40")
    assert "总数多于存量：11 户、19 人没有地方可以分" in answer.content.decode()
    assert numbers(answer) == [(6, 12), (3, 9)]
    assert posted(client, answer).status_code == 422
    assert posted(client, answer, reason="等新识别户").status_code == 303


def test_who_left_this_year_is_of_the_stock(signed_in, county, ground):
    gone = Household.objects.filter(village=ground.village).first()
    gone.leave_poverty(on=datetime.date(2018, 11, 5), by=None)
    place = signed_in("district").get(PAGE).context["sharing"].here[0]
    assert (place.stock, place.left, place.ready) == ((6, 12), (1, 2), (1, 2))


def test_the_slower_of_two_is_told_so_and_changes_nothing(signed_in, county):
    client = signed_in("district")
    first = client.get(f"{PAGE}?whole_households=6&whole_persons=14")
    second = client.get(f"{PAGE}?whole_households=6&whole_persons=14&rule=ease")
    assert posted(client, first).status_code == 303
    late = posted(client, second)
    assert late.status_code == 409
    assert "刚才已经另有下达" in late.content.decode()
    assert YearlyTarget.objects.count() == 3


def test_a_town_shares_its_own_out_to_its_villages(signed_in, county, ground):
    target = {"area": ground.town, "year": 2018, "kind": "household-exit", "at": AT, "by": None}
    YearlyTarget.set(**target, households=3, persons=6)
    client = signed_in("town")
    answer = client.get(PAGE)
    assert answer.context["sharing"].whole == (3, 6)
    assert numbers(answer) == [(2, 4), (1, 2)]
    assert posted(client, answer).status_code == 303
    assert current(area__level="village") == {"演示东村": (2, 4, 0), "演示南村": (1, 2, 0)}
    assert current(area=ground.town) == {"东演示镇": (3, 6, 0)}, "the town's own is the county's to set"
    again = client.get(f"{PAGE}?whole_households=4&whole_persons=8")
    assert posted(client, again).status_code == 422, "another whole than the county's wants a reason"
    assert posted(client, again, reason="多报一户备用").status_code == 303
    assert current(area=ground.town) == {"东演示镇": (3, 6, 0)}


def test_villages_without_anybody_are_counted_and_not_listed(signed_in, county, ground):
    Area.objects.create(
        level="village",
        code="370405101203",
        name="演示空村",
        parent=ground.town,
        valid_from=ground.town.valid_from,
    )
    page = signed_in("town").get(f"{PAGE}?whole_households=3&whole_persons=6")
    assert [line["place"].area.name for line in page.context["lines"]] == ["演示东村", "演示南村"]
    assert "另有 1 个村没有存量" in page.content.decode()


def test_nobody_shares_out_what_is_not_theirs(signed_in, county, ground):
    client = signed_in("town")
    county_page = f"{PAGE}?area={ground.county.code}"
    assert client.get(county_page).status_code == 404
    assert client.post(county_page, {}).status_code == 404
    assert client.post(f"{PAGE}?area={ground.other_town.code}", {}).status_code == 404
    assert signed_in("district").get(f"{PAGE}?area={ground.other_county.code}").status_code == 404
    for role in ("village", "approver", "leader"):
        assert signed_in(role).get(PAGE).status_code == 200
        assert signed_in(role).post(PAGE, {}).status_code == 403
    assert signed_in("helper").get(PAGE).status_code == 403
    assert signed_in("leader").get(PAGE).context["form"] is None
    assert not YearlyTarget.objects.exists()


def test_key_villages_are_shared_out_by_those_on_the_list(signed_in, ground, plan):
    for village in (ground.village, ground.sibling_village, ground.other_village):
        KeyVillage.designate(
            area=village, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None
        )
    KeyVillage.objects.filter(area=ground.other_village).update(planned_exit_year=2018)
    client = signed_in("district")
    page = f"{PAGE}?kind=village-exit&whole_villages=1"
    assert numbers(client.get(page)) == [(1,), (0,)]
    answer = client.get(f"{page}&rule=ease")
    assert numbers(answer) == [(0,), (1,)]
    assert posted(client, answer).status_code == 303
    assert current(kind="village-exit") == {"演示区": (0, 0, 1), "东演示镇": (0, 0, 0), "西演示镇": (0, 0, 1)}


def listed(client, line):
    """(figures, what the list of each figure counts) of a line of the page."""
    found = []
    for values, url, _ in line["counted"]:
        page = client.get(url).context["page"]
        found.append((values, (page.total, page.sums.get("persons") or 0)[: len(values)]))
    return found


def test_every_figure_opens_the_list_it_counts(signed_in, county, ground):
    homes = list(Household.objects.filter(village=ground.village))
    homes[0].leave_poverty(on=datetime.date(2018, 11, 5), by=None)
    Household.objects.filter(pk=homes[1].pk).update(colour="橙")
    Household.objects.filter(pk=homes[2].pk).update(removed_on=datetime.date(2018, 11, 6))
    client = signed_in("district")
    page = client.get(PAGE)
    lines = page.context["lines"]
    assert [line["place"].ready[0] for line in lines] == [2, 0]
    for line in (*lines, page.context["sums"]):
        assert all(figures == counted for figures, counted in listed(client, line))
    assert lines[0]["counted"][0][1].replace("&", "&amp;") in client.get(PAGE).content.decode()


def test_the_figures_of_villages_open_their_lists_too(signed_in, ground, plan):
    made = [
        KeyVillage.designate(area=area, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None)
        for area in (ground.village, ground.sibling_village, ground.other_village)
    ]
    made[0].plan_exit(2018, by=None)
    made[1].remove_cap(on=datetime.date(2018, 11, 5), by=None)
    client = signed_in("district")
    page = client.get(f"{PAGE}?kind=village-exit")
    east, west = page.context["lines"]
    assert [figures for figures, _ in listed(client, east)] == [(2,), (1,), (2,)]
    for line in (east, west, page.context["sums"]):
        assert all(figures == counted for figures, counted in listed(client, line))


def test_a_village_that_left_and_came_back_in_the_year_is_one(signed_in, ground, plan):
    key = KeyVillage.designate(
        area=ground.village, level="省定", batch="十三五", on=datetime.date(2016, 1, 10), by=None
    )
    key.remove_cap(on=datetime.date(2018, 3, 1), by=None)
    key.return_to_list(on=datetime.date(2018, 6, 1), by=None)
    east = signed_in("district").get(f"{PAGE}?kind=village-exit").context["sharing"].here[0]
    assert (east.stock, east.left, east.ready) == ((1,), (0,), (0,))


def test_the_workbook_holds_the_working(signed_in, county, ground):
    client = signed_in("district")
    answer = client.get(f"{PAGE}?whole_households=6&whole_persons=14")
    posted(client, answer)
    file = client.get(answer.context["sharing"].file_url)
    sheet = load_workbook(io.BytesIO(file.content)).worksheets[0]
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in sheet.iter_rows() if row[0].value}
    assert rows["东演示镇"] == [1, 6, 12, 0, 0, 0, 0, 6, 12, 4, 8, 4, 8]
    assert rows["合计"][-4:] == [6, 14, 6, 14]
    number = TrailRow.objects.get(action="导出计划分解").detail["下载编号"]
    assert any(number in str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert client.get(f"/plans/distribution/xlsx/?area={ground.village.code}").status_code == 422


def test_a_past_year_is_only_read_and_without_a_plan_the_whole_is_asked_for(signed_in, county, ground):
    client = signed_in("district")
    past = client.get(f"{PAGE}?year=2017")
    assert past.context["form"] is None and "2017年已经过去" in past.content.decode()
    assert client.post(f"{PAGE}?year=2017", {}).status_code == 422
    assert "先在上面填总数" in client.get(f"{PAGE}?year=2019").content.decode()
    assert client.get(f"{PAGE}?year=二〇").status_code == 422
    assert client.get(f"{PAGE}?whole_households=5&whole_persons=4").status_code == 422


def test_what_was_set_and_by_whom_stays_in_sight(signed_in, county):
    client = signed_in("district")
    for whole in ("whole_households=6&whole_persons=14", "whole_households=7&whole_persons=16"):
        posted(client, client.get(f"{PAGE}?{whole}"))
    told = client.get(PAGE).context["told"]
    assert {one.set_by.username for one in told} == {"district"}
    assert [one.replaced_at is None for one in told].count(True) == 3
    assert len(told) > 3


def test_the_page_takes_as_many_statements_for_many_places(signed_in, county, django_assert_max_num_queries):
    client = signed_in("district")
    client.get(PAGE)
    with django_assert_max_num_queries(26):
        client.get(PAGE)
