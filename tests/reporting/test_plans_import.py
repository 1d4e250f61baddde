"""/plans/import/: a file is taken whole, or refused with every line and its reason."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from office.models import TrailRow
from reporting import plan_form
from reporting.models import PlanCell, PlanTable
from tests.reporting.tables import as_csv, persons

GOOD = as_csv(
    [
        persons("全区", "省定", "2016", "5"),
        persons("东演示", "省定", "2016", "3"),
        persons("西演示", "省定", "2016", "2"),
    ]
)


def send(client, data=GOOD, name="演示规划", **fields):
    file = SimpleUploadedFile("规划.csv", data, content_type="text/csv")
    return client.post("/plans/import/", {"name": name, "file": file, **fields})


def test_a_good_file_becomes_a_table(signed_in, ground):
    answer = send(signed_in("district"))
    table = PlanTable.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/plans/{table.pk}/")
    assert (table.name, table.version, table.area, table.file_name) == (
        "演示规划",
        1,
        ground.county,
        "规划.csv",
    )
    assert (table.imported_by.username, table.is_adopted, table.cells.count()) == ("district", False, 3)
    row = TrailRow.objects.get(action="导入规划表")
    assert row.detail["格数"] == 3


def test_the_office_day_is_that_of_the_import(signed_in):
    send(signed_in("district"))
    assert f"{PlanTable.objects.get().imported_at.astimezone():%Y-%m}" == "2018-11"


def test_the_same_name_again_is_the_next_version(signed_in):
    client = signed_in("district")
    send(client)
    send(client)
    assert list(PlanTable.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_a_bad_file_is_422_keeps_the_name_and_lists_the_lines(signed_in):
    bad = as_csv([persons("", "省定", "2016", "5"), persons("甲", "省定", "20l6", "5")])
    answer = send(signed_in("district"), bad)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="演示规划"' in text
    assert "第2行" in text
    assert "地区是空的" in text
    assert "年度“20l6”认不出" in text
    assert not PlanTable.objects.exists()
    assert not PlanCell.objects.exists()


def test_many_bad_lines_are_counted(signed_in):
    bad = as_csv([persons("", "省定", "2016", "5")] * 120)
    text = send(signed_in("district"), bad).content.decode()
    assert 'data-total="120"' in text
    assert "还有 20 处没有列出" in text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "文件是空的"),
        (b"PK\x03\x04", "不是 csv"),
        (b"\x00\x01", "空字符"),
        ("地区,数值\n".encode(), "表头缺少 area"),
    ],
)
def test_what_is_no_plan_is_422(signed_in, data, reason):
    answer = send(signed_in("district"), data)
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_a_file_over_the_limit_is_refused_unread(signed_in, monkeypatch):
    monkeypatch.setattr(plan_form, "MAX_BYTES", 10)
    answer = send(signed_in("district"))
    assert answer.status_code == 422
    assert "文件超过 2 MB" in answer.content.decode()


@pytest.mark.parametrize("name", ["", "  ", "长" * 61, "a\x00b"])
def test_a_name_is_needed(signed_in, name):
    assert send(signed_in("district"), name=name).status_code == 422
    assert not PlanTable.objects.exists()


def test_without_a_file_it_is_said(signed_in):
    answer = signed_in("district").post("/plans/import/", {"name": "演示规划"})
    assert answer.status_code == 422
    assert "请选择文件" in answer.content.decode()


def test_the_area_may_be_named(signed_in, ground):
    one = as_csv([persons("全区", "省定", "2016", "5")])
    send(signed_in("district"), one, area=ground.county.code)
    assert PlanTable.objects.get().area == ground.county


def test_an_area_of_others_cannot_be_named(signed_in, ground):
    answer = send(signed_in("district"), area=ground.other_county.code)
    assert answer.status_code == 422
    assert not PlanTable.objects.exists()


@pytest.mark.parametrize("who", ["town", "village", "leader", "auditor"])
def test_only_who_may_imports(signed_in, who):
    client = signed_in(who)
    assert client.get("/plans/import/").status_code == 403
    assert send(client).status_code == 403
    assert not PlanTable.objects.exists()


def test_the_page_has_the_form(signed_in):
    text = signed_in("district").get("/plans/import/").content.decode()
    assert 'method="post"' in text
    assert 'enctype="multipart/form-data"' in text
    assert 'action="/plans/import/"' in text
