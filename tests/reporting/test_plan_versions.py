"""Versions of a plan: what a year missed is carried into the next, figures by hand, two versions side by side."""

import datetime
import io

import pytest
from openpyxl import load_workbook

from households.models import ClosedYear, Household
from office.models import TrailRow
from reporting.models import PlanCarry, PlanTable
from reporting.reading import read_plan
from reporting.version_compare import changes
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, cells, errors, persons, villages

AT = datetime.datetime(2018, 11, 20, 1, tzinfo=datetime.UTC)


@pytest.fixture
def missed(ground, make_household):
    """2017: the east plans 6 persons and lets 2 go, the west plans 2 and lets 4 go."""
    rows = []
    for area, base, first, second in (("全区", 20, 8, 4), ("东演示", 12, 6, 2), ("西演示", 8, 2, 2)):
        rows += [
            persons(area, "省定", "基期2015", str(base)),
            persons(area, "省定", "2017", str(first)),
            persons(area, "省定", "2018", str(second)),
            persons(area, "省定", "合计", str(first + second)),
            villages(area, "省定", "2017", "0" if area == "西演示" else "1"),
            villages(area, "省定", "2018", "0"),
        ]
    data = as_csv(rows)
    table = PlanTable.take_in(
        read_plan(data), name="演示规划", data=data, at=PLANNED, on=PLANNED.date(), ground=ground.county
    )
    table.adopt(by=None, at=PLANNED)
    for village, count in ((ground.village, 3), (ground.other_village, 2)):
        for _ in range(count):
            make_household(village=village)
    leaving = [
        *Household.objects.filter(village=ground.village)[:1],
        *Household.objects.filter(village=ground.other_village),
    ]
    for household in leaving:
        household.leave_poverty(on=datetime.date(2017, 12, 1), by=None)
    return table


def figures(table):
    return {
        (cell.area, cell.kind, cell.year_word): cell.value for cell in table.tidy if cell.group != "贫困基数"
    }


def carried(client, table, year=2017, **changed):
    page = client.get(f"/plans/{table.pk}/carry/?year={year}")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields} | changed
    return client.post(f"/plans/{table.pk}/carry/?year={year}", sent)


def field(client, table, name):
    lines = client.get(f"/plans/{table.pk}/carry/").context["lines"]
    return next(field for line, field, _ in lines if line.area.name == name and field is not None)


def test_the_page_holds_the_plan_against_what_left(signed_in, missed):
    page = signed_in("leader").get(f"/plans/{missed.pk}/carry/")
    lines = [(line.area.name, line.planned, line.actual, line.missed) for line, *_ in page.context["lines"]]
    assert lines == [
        ("演示区", 8, 6, 2),
        ("演示区", 1, 0, 1),
        ("东演示镇", 6, 2, 4),
        ("东演示镇", 1, 0, 1),
        ("西演示镇", 2, 4, 0),
    ]
    assert page.context["form"] is None
    assert "还没有封存" in page.content.decode()


def test_what_was_missed_goes_into_the_next_year_of_a_new_version(signed_in, missed):
    answer = carried(signed_in("district"), missed)
    made = PlanTable.objects.newest("演示规划")
    assert (answer.status_code, answer["Location"], made.version) == (303, f"/plans/{made.pk}/", 2)
    before, after = figures(missed), figures(made)
    assert {key: value for key, value in after.items() if before.get(key) != value} == {
        ("东演示", "persons", "2018"): "6",
        ("东演示", "persons", "合计"): "12",
        ("全区", "persons", "2018"): "8",
        ("全区", "persons", "合计"): "16",
        ("东演示", "villages", "2018"): "1",
        ("全区", "villages", "2018"): "1",
    }
    assert errors(missed.tidy) == errors(made.tidy) == [], "the years still add up, the parts too"
    assert (made.reason, made.based_on, made.is_adopted) == ("2017年未完成的结转到2018年", missed, False)
    missed.refresh_from_db()
    assert missed.is_adopted
    assert TrailRow.objects.get(action="结转规划").detail["版次"] == 2
    book = load_workbook(io.BytesIO(signed_in("town").get(f"/plans/{made.pk}/xlsx/").content)).worksheets[0]
    said = "".join(str(row[0].value) for row in book.iter_rows())
    assert "第2版，由第1版改成：2017年未完成的结转到2018年" in said and "照印" not in said
    page = signed_in("town").get(f"/plans/{made.pk}/").content.decode()
    assert 'id="carries"' in page and "2017年未完成的结转到2018年" in page


def test_the_printed_version_stays_to_the_letter(signed_in, missed):
    before = [cell.printed() for cell in missed.tidy]
    carried(signed_in("district"), missed)
    again = PlanTable.objects.get(pk=missed.pk)
    assert [cell.printed() for cell in again.tidy] == before
    assert not again.carries.exists() and not again.reason


def test_nothing_is_carried_twice(signed_in, missed):
    client = signed_in("district")
    carried(client, missed)
    made = PlanTable.objects.newest("演示规划")
    page = client.get(f"/plans/{made.pk}/carry/?year=2017")
    assert page.context["form"].offered == []
    assert client.post(f"/plans/{made.pk}/carry/?year=2017", {"reason": "再来"}).status_code == 422
    assert PlanTable.objects.count() == 2


def test_part_of_it_is_carried_and_the_rest_is_still_open(signed_in, missed, ground):
    client = signed_in("district")
    name = field(client, missed, "东演示镇").name
    assert carried(client, missed, **{name: 3}).status_code == 303
    made = PlanTable.objects.newest("演示规划")
    assert figures(made)["全区", "persons", "2018"] == "7"
    kept = PlanCarry.objects.get(table=made, area=ground.town, measure="脱贫人口(人)")
    assert (kept.planned, kept.actual, kept.carried) == (6, 2, 3)
    assert carried(client, made).status_code == 303
    last = PlanTable.objects.newest("演示规划")
    assert figures(last)["东演示", "persons", "2018"] == "6"
    assert sum(one.carried for one in last.carries.filter(area=ground.town, measure="脱贫人口(人)")) == 4


@pytest.mark.parametrize(
    ("typed", "said"), [("5", "只有 4 没有完成"), ("-1", "不能小于 0"), ("四", "填整数")]
)
def test_more_than_was_missed_is_refused_and_kept(signed_in, missed, typed, said):
    client = signed_in("district")
    name = field(client, missed, "东演示镇").name
    answer = carried(client, missed, **{name: typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"][name].value() == typed
    assert carried(client, missed, reason="").status_code == 422
    assert PlanTable.objects.count() == 1


def test_only_the_newest_version_is_carried_from(signed_in, missed):
    client = signed_in("district")
    page = client.get(f"/plans/{missed.pk}/carry/?year=2017")
    sent = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    assert client.post(f"/plans/{missed.pk}/carry/?year=2017", sent).status_code == 303
    late = client.post(f"/plans/{missed.pk}/carry/?year=2017", sent)
    assert late.status_code == 409
    assert "已经有第2版" in late.content.decode()
    assert client.get(f"/plans/{missed.pk}/carry/").context["form"] is None
    assert PlanTable.objects.count() == 2


def test_a_sealed_year_has_no_warning_and_others_are_not_there(signed_in, missed, ground):
    ClosedYear.objects.create(county=ground.county, year=2017, closed_at=AT)
    client = signed_in("district")
    assert "还没有封存" not in client.get(f"/plans/{missed.pk}/carry/").content.decode()
    for year in (2016, 2018, "x", "２０１７"):
        assert client.get(f"/plans/{missed.pk}/carry/?year={year}").status_code == 404


def test_the_last_year_is_carried_into_one_the_table_has_not(signed_in, missed, ground, office_day):
    office_day(datetime.date(2019, 3, 1))
    client = signed_in("district")
    assert carried(client, missed, 2018).status_code == 303
    made = PlanTable.objects.newest("演示规划")
    assert figures(made)["东演示", "persons", "2019"] == "2"
    assert figures(made)["全区", "persons", "2019"] == "4"
    assert client.get(f"/plans/{made.pk}/").status_code == 200


def test_only_the_district_of_the_table_makes_versions(signed_in, missed, ground):
    for role in ("town", "leader", "village"):
        assert signed_in(role).post(f"/plans/{missed.pk}/carry/", {}).status_code == 403
        assert signed_in(role).get(f"/plans/{missed.pk}/edit/").status_code == 403
        assert signed_in(role).get("/plans/new/").status_code == 403
    city = PlanTable.take_in(
        cells(persons("全市", "省定", "2016", "1")),
        name="市规划",
        data=b"x",
        at=AT,
        on=AT.date(),
        ground=ground.city,
    )
    client = signed_in("district")
    assert client.post(f"/plans/{city.pk}/carry/", {"reason": "x"}).status_code == 403
    assert client.get(f"/plans/{city.pk}/edit/").status_code == 403
    foreign = PlanTable.take_in(
        cells(persons("全区", "省定", "2016", "1")),
        name="邻区规划",
        data=b"x",
        at=AT,
        on=AT.date(),
        ground=ground.other_county,
    )
    for page in ("carry", "edit", "compare"):
        assert client.get(f"/plans/{foreign.pk}/{page}/").status_code == 404
    assert client.get(f"/plans/{missed.pk}/compare/?with={foreign.pk}").status_code == 404


def typed(page, **changed):
    form = page.context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changed


def test_figures_changed_by_hand_are_the_next_version(signed_in, missed):
    client = signed_in("district")
    carried(client, missed)
    second = PlanTable.objects.newest("演示规划")
    page = client.get(f"/plans/{second.pk}/edit/")
    place = next(number for number, cell in enumerate(second.tidy) if cell.value == "20")
    answer = client.post(
        f"/plans/{second.pk}/edit/", typed(page, **{f"c{place}": "21", "reason": "核实基数"})
    )
    third = PlanTable.objects.newest("演示规划")
    assert (answer.status_code, third.version, third.reason) == (303, 3, "核实基数")
    assert [one.after for one in changes(second.tidy, third.tidy)] == ["21"]
    assert third.carries.count() == second.carries.count() == 4
    assert client.post(f"/plans/{second.pk}/edit/", typed(page, reason="迟了")).status_code == 409


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"c1": "约9", "reason": "x"}, "填不小于 0 的数、全部脱贫，或者空着"),
        ({"c1": "-9", "reason": "x"}, "填不小于 0 的数"),
        ({"c1": "9", "reason": ""}, "写明原因"),
        ({"reason": "x"}, "没有改动"),
    ],
)
def test_what_cannot_be_entered_is_refused_and_kept(signed_in, missed, changed, said):
    client = signed_in("district")
    page = client.get(f"/plans/{missed.pk}/edit/")
    answer = client.post(f"/plans/{missed.pk}/edit/", typed(page, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert answer.context["form"]["c1"].value() == changed.get("c1", "8")
    assert PlanTable.objects.count() == 1


def test_a_table_is_entered_by_hand_and_linked(signed_in, ground):
    client = signed_in("district")
    page = client.get("/plans/new/")
    assert page.context["plan"].grid.layout == "rolling"
    assert client.post("/plans/new/", typed(page, name="手工规划", reason="区发1号")).status_code == 422
    answer = client.post(
        "/plans/new/", typed(page, name="手工规划", reason="区发1号", c0="7", c19="4", c38="3")
    )
    table = PlanTable.objects.get()
    assert (answer.status_code, table.area, table.name, table.version) == (303, ground.county, "手工规划", 1)
    assert {cell.area: cell.value for cell in table.tidy if cell.value} == {
        "全区": "7",
        "东演示": "4",
        "西演示": "3",
    }
    assert {row.area for row in table.rows} == {ground.county, ground.town, ground.other_town}
    assert table.error_count == 0
    again = client.post("/plans/new/", typed(page, name="手工规划", reason="区发1号", c0="7"))
    assert again.status_code == 422
    assert "已经有这个名称的表" in again.content.decode()


def test_two_versions_stand_side_by_side(signed_in, missed):
    client = signed_in("district")
    carried(client, missed)
    made = PlanTable.objects.newest("演示规划")
    page = signed_in("town").get(f"/plans/{made.pk}/compare/")
    text = page.content.decode()
    assert page.context["earlier"] == missed
    assert f'data-total="{len(page.context["changes"])}"' in text
    east = next(one for one in page.context["changes"] if (one.cell.area, one.after) == ("东演示", "6"))
    assert (east.before, east.gap) == ("2", "＋4")
    back = client.get(f"/plans/{missed.pk}/compare/?with={made.pk}")
    assert {one.gap for one in back.context["changes"]} == {"−4", "−1"}
    assert "没有更早的一版" in client.get(f"/plans/{missed.pk}/compare/").content.decode()
    assert client.get(f"/plans/{made.pk}/compare/?with=x").status_code == 404


def test_a_figure_that_only_one_version_has_and_tens_of_thousands_are_compared():
    before = cells(persons("甲", "省定", "2016", "1.5", "万人"), persons("甲", "省定", "2017", "2", "万人"))
    after = cells(persons("甲", "省定", "2016", "1.25", "万人"), persons("乙", "省定", "2016", "3", "万人"))
    found = [(one.cell.area, one.before, one.after, one.gap) for one in changes(before, after)]
    assert found == [("甲", "1.5", "1.25", "−0.25"), ("乙", "", "3", ""), ("甲", "2", "", "")]
