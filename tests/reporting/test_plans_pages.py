"""/plans/: the list, the page as printed with its marks, adoption, export."""

import csv
import datetime
import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from office.models import TrailRow
from reporting.models import PlanTable
from reporting.reading import read_plan
from tests.reporting.tables import DATA, cells, persons, read

AT = datetime.datetime(2018, 11, 20, 1, tzinfo=datetime.UTC)
DAY = datetime.date(2018, 11, 20)


def keep(table, name="演示规划", **options):
    return PlanTable.take_in(table, name=name, data=b"x", at=AT, on=DAY, **options)


@pytest.fixture
def plan(ground):
    """Two towns, one misread: 870 for 70 in 2016."""
    rows = []
    for area, base, first in (("全区", "200", "70"), ("东演示", "120", "870"), ("西演示", "80", "0")):
        rows += [
            persons(area, "省定", "基期2015", base),
            persons(area, "省定", "2016", first),
            persons(area, "省定", "合计", first),
        ]
    return keep(cells(*rows))


@pytest.fixture
def county_plan(ground):
    return keep(read("county.csv"), name="十九栏", ground=ground.county)


@pytest.fixture
def elsewhere(ground):
    return keep(
        cells(persons("全区", "省定", "2016", "1"), persons("甲", "省定", "2016", "1")), name="别处规划"
    )


def page(client, table, name="reporting:plan", *args):
    return client.get(reverse(name, args=[table.pk, *args]))


def test_the_list_counts_its_rows_and_findings(signed_in, plan, elsewhere):
    answer = signed_in("district").get("/plans/")
    text = answer.content.decode()
    assert 'data-total="2"' in text
    assert "演示规划" in text
    assert "没有对上区划，不能采用" in text
    assert 'data-action="adopt"' in text
    assert [table.error_count for table in answer.context["page"].rows] == [0, 2]


def test_the_list_takes_an_area(signed_in, plan, elsewhere, ground):
    client = signed_in("district")
    assert 'data-total="1"' in client.get(f"/plans/?area={ground.county.code}").content.decode()
    assert 'data-total="0"' in client.get(f"/plans/?area={ground.town.code}").content.decode()
    assert client.get("/plans/?area=370406000000").status_code == 404


def test_the_list_of_an_empty_office_says_what_to_do(signed_in):
    client = signed_in("district")
    assert "还没有规划表" in client.get("/plans/").content.decode()


def test_the_list_has_as_many_statements_for_many_tables(signed_in, plan, django_assert_max_num_queries):
    for number in range(6):
        keep(read("county.csv"), name=f"表{number}")
    client = signed_in("district")
    with django_assert_max_num_queries(12):
        client.get("/plans/")


def test_who_may_only_look_has_no_buttons(signed_in, plan):
    client = signed_in("town")
    assert "data-action" not in client.get("/plans/").content.decode()
    assert "导入规划表" not in client.get("/plans/").content.decode()
    assert 'data-action="adopt"' not in page(client, plan).content.decode()


@pytest.mark.parametrize("who", ["helper", "department"])
def test_without_the_right_it_is_refused(signed_in, plan, who):
    client = signed_in(who)
    assert client.get("/plans/").status_code == 403
    assert page(client, plan).status_code == 403


def test_a_plan_outside_ones_reach_is_not_there(signed_in, elsewhere):
    assert page(signed_in("district"), elsewhere).status_code == 200
    client = signed_in("town")
    assert page(client, elsewhere).status_code == 404
    assert page(client, elsewhere, "reporting:plan-export", "csv").status_code == 404


def test_the_page_shows_the_printed_figures_and_marks_the_impossible(signed_in, plan):
    answer = page(signed_in("district"), plan)
    text = answer.content.decode()
    assert re.search(r'class="n edge bad|class="n bad', text)
    assert '<span class="mark">①</span><a href="#r1" title="为什么标出">70</a>' in text
    assert 'id="r1"' in text
    assert "2个地区相加是870，比全区省定2016年 70 多800" in text
    assert "二镇相加" in text
    assert "比全区多" in text
    assert "＋800" in text


def test_the_form_has_its_four_header_rows(signed_in, county_plan):
    answer = page(signed_in("district"), county_plan)
    text = answer.content.decode()
    head = text[text.index("<thead>") : text.index("</thead>")]
    assert head.count("<tr") == 5
    assert "其中：<br>市定" in head
    assert "栏次" in head
    assert "省定扶贫工作重点村 12 个，十二五期间 5 个已达到退出标准，剩余 7 个。" in text
    assert "错误 0 个" in text


def test_notices_are_marked_with_a_triangle(signed_in, ground):
    table = keep(
        cells(persons("全区", "省定", "基期2015", "9"), persons("全区", "省定", "合计", "12")),
        ground=ground.county,
    )
    text = page(signed_in("district"), table).content.decode()
    assert '<span class="mark">△</span>' in text
    assert "脱贫合计多于基数：全区 3人" in text


def test_what_is_no_number_is_shown_as_printed_and_escaped(signed_in, ground):
    table = keep(cells(persons("全区", "省定", "2016", "<b>约9</b>")), ground=ground.county)
    text = page(signed_in("district"), table).content.decode()
    assert "&lt;b&gt;约9&lt;/b&gt;" in text
    assert "<b>约9" not in text


def test_a_province_table_has_its_own_layout(signed_in, ground):
    text = page(signed_in("district"), keep(read("province.csv"))).content.decode()
    assert "国家扶贫标准" in text
    assert "全部脱贫" in text
    assert "各地相加　脱贫人口（万人）" in text
    assert "照印保留，不影响校验：全省、东州、南州、西州、北州" in text


def test_adopting_answers_303_and_leaves_a_row_in_the_trail(signed_in, plan):
    answer = signed_in("district").post(f"/plans/{plan.pk}/adopt/")
    assert (answer.status_code, answer["Location"]) == (303, f"/plans/{plan.pk}/")
    plan.refresh_from_db()
    assert (plan.is_adopted, plan.adopted_by.username) == (True, "district")
    row = TrailRow.objects.get(action="采用规划表")
    assert (row.subject_id, row.area) == (str(plan.pk), plan.area)


def test_adopting_twice_is_409_with_the_name(signed_in, plan):
    client = signed_in("district")
    client.post(f"/plans/{plan.pk}/adopt/")
    answer = client.post(f"/plans/{plan.pk}/adopt/")
    assert answer.status_code == 409
    assert "已由演示district采用" in answer.content.decode()
    assert TrailRow.objects.filter(action="采用规划表").count() == 1


def test_an_unlinked_plan_is_422(signed_in, elsewhere):
    answer = signed_in("district").post(f"/plans/{elsewhere.pk}/adopt/")
    assert answer.status_code == 422
    assert "没有对上区划" in answer.content.decode()


def test_only_the_district_of_the_area_adopts(signed_in, plan, ground):
    assert signed_in("town").post(f"/plans/{plan.pk}/adopt/").status_code == 403
    city = keep(cells(persons("全市", "省定", "2016", "1")), name="市规划", ground=ground.city)
    assert signed_in("district").post(f"/plans/{city.pk}/adopt/").status_code == 403
    assert not PlanTable.objects.standing().exists()


def test_adopting_takes_a_post(signed_in, plan):
    assert signed_in("district").get(f"/plans/{plan.pk}/adopt/").status_code == 405


def test_the_workbook_has_the_figures_as_printed_with_their_marks(signed_in, plan):
    answer = page(signed_in("town"), plan, "reporting:plan-export", "xlsx")
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert "filename*=UTF-8''" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    rows = {row[0].value: row for row in sheet.iter_rows() if row[0].value}
    assert sheet["A1"].value == "演示规划"
    assert rows["全区"][1].value == 200
    marked = rows["全区"][8]
    assert (marked.value, marked.comment.text[:4]) == (70, "①错误：")
    assert rows["西演示"][8].comment is None
    assert "多800" in "".join(str(cell.value) for row in book["核对"].iter_rows() for cell in row)
    again = page(signed_in("district"), plan, "reporting:plan-export", "xlsx")
    other = load_workbook(io.BytesIO(again.content))
    for one in book:
        # Below them stands who took it (test_handed_out.py).
        lines = [
            list(sheet.iter_rows(max_row=sheet.max_row - 1, values_only=True))
            for sheet in (one, other[one.title])
        ]
        assert lines[0] == lines[1]


def test_the_csv_is_read_back_to_the_same_cells(signed_in, county_plan):
    answer = page(signed_in("town"), county_plan, "reporting:plan-export", "csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    again = read_plan(answer.content)
    assert [cell.printed() for cell in again] == [cell.printed() for cell in county_plan.tidy]
    assert TrailRow.objects.filter(action="导出规划表").count() == 1


def test_a_formula_leaves_as_text(signed_in, ground):
    table = keep(cells(persons("=全区", "省定", "2016", "=1+1")))
    client = signed_in("district")
    rows = list(
        csv.reader(
            io.StringIO(page(client, table, "reporting:plan-export", "csv").content.decode("utf-8-sig"))
        )
    )
    assert (rows[1][0], rows[1][-1]) == ("'=全区", "'=1+1")
    book = load_workbook(io.BytesIO(page(client, table, "reporting:plan-export", "xlsx").content))
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


def test_other_formats_are_not_there(signed_in, plan):
    assert page(signed_in("district"), plan, "reporting:plan-export", "pdf").status_code == 404


def test_the_fixture_files_are_small():
    assert all(path.stat().st_size < 20_000 for path in DATA.glob("*.csv"))
