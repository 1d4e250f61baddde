"""The workbench: figures of the own area from the events, what waits, jobs; none of it without the register."""

import datetime
import re
from typing import Any

import pytest

from areas.models import Area
from audits.targets import YearlyTarget
from households.models import Household
from office import clock
from office.clock import SHANGHAI
from office.findings import Found, Subject, reconcile
from office.jobs import enqueue
from reporting.chart import YearBars, colour_bar, draw
from reporting.models import PlanTable
from reporting.reading import read_plan
from tests.audits.driver import Driver
from tests.conftest import FOUNDED
from tests.reporting.conftest import PLANNED
from tests.reporting.tables import as_csv, persons


def at(*on: int) -> dict[str, Any]:
    day = datetime.date(*on)
    moment = datetime.datetime.combine(day, datetime.time(18), SHANGHAI)
    return {"on": day, "by": None, "origin": "历史导入", "recorded_at": moment}


@pytest.fixture
def lived(ground, make_household):
    homes = [make_household(village=village, persons=3) for village in (ground.village, ground.other_village)]
    homes.append(make_household(village=ground.village, persons=2, on=datetime.date(2016, 5, 1)))
    homes[0].leave_poverty(**at(2016, 12, 5))
    homes[1].leave_poverty(**at(2018, 11, 1))
    return homes


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)).replace("　", " ")


def test_the_balance_adds_up_and_its_last_figure_opens_the_register(lived, signed_in):
    page = signed_in("district").get("/").content.decode()
    assert "基数 6 ＋ 新增 2 ＋ 返贫 0 − 退出 6 ＝ 现有 2" in text(page)
    now = signed_in("district").get("/").context["desk"].now_url
    assert 'data-persons="2"' in signed_in("district").get(now).content.decode()


def test_progress_has_a_line_a_part_and_the_whole(lived, plan, signed_in, ground):
    desk = signed_in("district").get("/").context["desk"]
    lines = [
        (part.name, part.households, part.persons, part.planned, part.left)
        for part in [*desk.parts, desk.whole]
    ]
    assert lines == [("东演示镇", 1, 2, 1, 0), ("西演示镇", 0, 0, 1, 3), ("演示区", 1, 2, 2, 3)]


def test_a_town_sees_its_villages_and_nothing_of_another_town(lived, plan, signed_in, ground):
    answer = signed_in("town").get("/")
    page = answer.content.decode()
    assert [part.name for part in answer.context["desk"].parts] == ["演示东村", "演示南村"]
    assert ground.other_village.name not in page and ground.other_town.code not in page


@pytest.mark.parametrize("name", ["auditor", "security", "admin", "department", "outsider"])
def test_a_role_without_the_register_has_a_short_desk_without_figures(lived, signed_in, name):
    answer = signed_in(name).get("/")
    assert answer.status_code == 200
    assert answer.context["desk"] is None
    assert "在册" not in answer.content.decode()


@pytest.mark.parametrize(("name", "shown"), [("auditor", True), ("security", False), ("admin", False)])
def test_who_archives_the_trail_is_led_there(lived, signed_in, name, shown):
    assert ('href="/trail/archives/"' in signed_in(name).get("/").content.decode()) is shown


def test_a_town_without_shared_out_plan_is_told_so_and_then_shown_what_was_set(
    lived, plan, signed_in, cast, ground
):
    page, other = (signed_in(name).get("/").content.decode() for name in ("town", "approver"))
    assert "2018年计划还没有分解到村" in page and "2018年计划还没有分解到村" in other
    link = f'href="/plans/distribution/?area={ground.town.code}&amp;year=2018"'
    assert link in page and link not in other
    shared = {"year": 2018, "kind": "household-exit", "households": 1, "persons": 2}
    YearlyTarget.set(area=ground.village, by=cast["town"], at=clock.moment(), **shared)
    answer = signed_in("town").get("/")
    assert [part.planned for part in answer.context["desk"].parts] == [2, None]
    assert "计划数为空的，2018年没有分到计划" in answer.content.decode()
    chart = signed_in("village").get("/").context["desk"].chart
    assert [bar.label for bar in chart.years[-1].bars] == ["计划 2", "已退出 0"]


def test_the_key_of_the_chart_has_the_bars_that_are_drawn(lived, plan, signed_in):
    keys = {name: signed_in(name).get("/").context["desk"].chart.keys for name in ("helper", "town")}
    assert [word for _, word in keys["helper"]] == ["已退出"]
    assert [word for _, word in keys["town"]] == ["计划", "已退出"]


def test_many_parts_without_anybody_are_named_below_the_sum(lived, plan, signed_in, ground):
    code = ground.town.code[:9]
    facts = {"level": "village", "parent": ground.town, "valid_from": FOUNDED}
    for place in range(4):
        Area.objects.create(code=f"{code}98{place}", name=f"演示空{place}村", **facts)
    answer = signed_in("town").get("/")
    desk, page = answer.context["desk"], answer.content.decode()
    assert [part.name for part in desk.shown] == ["演示东村"] and len(desk.folded) == 5
    assert "其余 5 个村居在册、已退出都是 0" in page and page.index("合计") < page.index("演示空3村")


def test_plans_that_wait_and_tallies_not_run_are_counted(lived, signed_in, ground):
    data = as_csv([persons("全区", "省定", "2016", "5"), persons("全区", "省定", "合计", "6")])
    PlanTable.take_in(read_plan(data), name="待用", data=data, at=PLANNED, on=PLANNED.date())
    todos = {todo.what: todo for todo in signed_in("district").get("/").context["todos"]}
    assert (todos["规划表待采用"].count, todos["规划表待采用"].which) == (1, "待用（第1版）　错误 1 个")
    assert (todos["年度退出统计未生成"].count, todos["年度退出统计未生成"].which) == (2, "2016年、2017年")
    assert todos["任务未办成"].count == 0
    assert "规划表待采用" not in {todo.what for todo in signed_in("town").get("/").context["todos"]}


def test_jobs_under_way_are_the_own_ones_and_ask_again(lived, signed_in, cast, ground):
    params = {"kind": "exit-tally", "area": ground.county.pk, "year": 2016, "as_of": "2018-11-20"}
    enqueue("report", params=params, owner=cast["district"])
    mine = signed_in("district").get("/workbench/jobs/?poll=1").content.decode()
    assert "生成报表" in mine and 'hx-trigger="every 2s"' in mine
    others = signed_in("leader").get("/workbench/jobs/").content.decode()
    assert "生成报表" not in others and "hx-trigger" not in others


def test_nobody_is_sent_to_sign_in(signed_in):
    assert signed_in(None).get("/").status_code == 302


# Six of them are what the audits ask of somebody, who then waits less than for four longer ones,
# and one are the yearly targets.
DESK = 30


def test_statements_do_not_grow_with_the_register(
    lived, make_household, ground, signed_in, django_assert_max_num_queries
):
    client = signed_in("town")
    client.get("/")
    with django_assert_max_num_queries(DESK) as few:
        client.get("/")
    for _ in range(4):
        make_household(village=ground.sibling_village)
    with django_assert_max_num_queries(DESK) as many:
        client.get("/")
    assert len(few) == len(many)


def test_the_chart_starts_at_zero_and_writes_its_figures():
    chart = draw([YearBars(2016, 100, 50), YearBars(2017, 0, None)])
    first, second = chart.years
    assert [bar.width for bar in first.bars] == ["238.0", "119.0"]
    assert [bar.label for bar in first.bars] == ["计划 100", "已退出 50"]
    assert [(bar.label, bar.width) for bar in second.bars] == [("计划 0", "0.0")]
    assert chart.words == "2016年计划 100，已退出 50；2017年计划 0"


def test_what_is_under_way_stands_hatched_behind_what_has_left():
    (year,) = draw([YearBars(2018, 100, 50, 25)]).years
    assert [(bar.classes, bar.x, bar.width) for bar in year.bars] == [
        ("plan-bar", "44.5", "238.0"), ("real-bar", "44.5", "119.0"), ("way-bar", "163.5", "59.5"),
    ]  # fmt: skip
    assert draw([YearBars(2018, 100, 50, 25)]).words == "2018年计划 100，已退出 50，审核中 25"
    # More than was planned still fits.
    assert draw([YearBars(2018, 10, 5, 15)]).years[0].bars[-1].label_x == str(int(44.5) + 238 + 7)


def test_the_workbench_counts_the_persons_of_exit_lists_on_their_way(lived, ground, cast, signed_in):
    opened = Driver(ground, cast).open("household-exit", lived[2], on=datetime.date(2018, 11, 5))

    def words(name: str) -> str:
        return signed_in(name).get("/").context["desk"].chart.words

    assert "2018年已退出 0，审核中 2" in words("town") and "已退出 3，审核中 2" in words("district")
    assert "审核中" not in words("other_town_user")
    opened.entries.update(
        closed_at=clock.moment(), closed_on=clock.today(), outcome="剔除", outcome_reason="演示"
    )
    assert "审核中" not in words("town")


def test_colours_and_doubts_open_lists_that_count_to_their_figures(lived, signed_in, ground):
    Household.objects.update(colour="绿")
    Household.objects.filter(pk=lived[2].pk).update(colour="红")
    for household in lived:
        subject = Subject("households.household", str(household.pk), household.village_id)
        finds = [Found("C085", "warning", "没有帮扶责任人", "1")]
        if household == lived[0]:
            finds.append(Found("C084", "warning", "银行账号与另一户相同", "1"))
        reconcile([subject], {subject: finds}, datetime.date(2018, 11, 20))
    for name, colours, rules in (
        ("district", [1, 0, 0, 2], [3, 1]),
        ("town", [1, 0, 0, 1], [2, 1]),
    ):
        client = signed_in(name)
        context = client.get("/").context
        assert [count for _, count, _ in context["colours"].parts] == colours
        assert [count for count, *_ in context["doubts"].rules] == rules
        addresses = [(count, url) for _, count, url in context["colours"].parts]
        addresses += [(count, url) for count, _, url in context["doubts"].rules]
        addresses.append((context["doubts"].total, context["doubts"].url))
        for count, url in addresses:
            assert f'data-total="{count}"' in client.get(url).content.decode(), url


def test_the_bar_of_colours_fills_its_width_and_names_what_fits():
    bar = colour_bar([("红", 168), ("橙", 83), ("黄", 1), ("绿", 314)])
    assert [one.key for one in bar.segments] == ["r", "o", "y", "g"]
    assert [bool(one.label_x) for one in bar.segments] == [True, True, False, True]
    last = bar.segments[-1]
    assert 371 < float(last.x) + float(last.width) <= 372
    assert bar.words == "566 户：红 168，橙 83，黄 1，绿 314"
    assert [one.width for one in colour_bar([("红", 5), ("橙", 0)]).segments] == ["372.0"]
    assert colour_bar([("红", 0)]).segments == []
