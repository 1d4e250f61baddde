"""Records by workbook: the rows of the form, whole or not at all, with every fault by row and column."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from office.jobs import run_job
from office.models import Job, TrailRow
from tests.villages.work_world import post_typed, write
from villages.models import PlanItem, Post

pytestmark = pytest.mark.django_db
PAGE = "/villages/posts/import/"
HEAD = ["岗位", "区划", "姓名", "派出单位", "职务", "到岗日期", "专职"]


def book(*rows, head=HEAD) -> SimpleUploadedFile:
    made = Workbook()
    for row in (head, *rows):
        made.active.append(list(row))
    kept = io.BytesIO()
    made.save(kept)
    return SimpleUploadedFile("队伍.xlsx", kept.getvalue())


def sent(client, file, page=PAGE):
    return client.post(page, {"file": file})


def test_a_team_comes_in_by_workbook(signed_in, ground):
    town = signed_in("town")
    assert "派出单位" in town.get(PAGE).content.decode()
    answer = sent(
        town,
        book(
            ["第一书记", ground.village.code, "演示甲", "演示局", "科长", "2018-03-01", "是"],
            [
                "驻村工作队员",
                f"{ground.town.name}　{ground.village.name}",
                "演示乙",
                "演示局",
                "",
                "2018/3/1",
                "",
            ],
            ["镇街专职人员", ground.town.name, "演示丙", "演示办", "", "2018-03-01", "是"],
        ),
    )
    assert answer.status_code == 303, answer.content.decode()[-2500:]
    kinds = dict(Post.objects.values_list("name", "kind"))
    assert kinds == {"演示甲": "第一书记", "演示乙": "驻村工作队员", "演示丙": "镇街专职人员"}
    assert Post.objects.get(name="演示甲").full_time and not Post.objects.get(name="演示乙").full_time
    assert TrailRow.objects.filter(action="导入扶贫队伍").count() == 1


def test_one_bad_row_keeps_all_out_and_each_fault_is_told(signed_in, ground):
    answer = sent(
        signed_in("town"),
        book(
            ["第一书记", ground.village.code, "演示甲", "演示局", "", "2018-03-01", ""],
            ["第一书记", ground.other_village.code, "演示乙", "演示局", "", "2018-03-01", ""],
            ["村长", ground.village.code, "", "演示局", "", "昨天", ""],
        ),
    )
    page = answer.content.decode()
    assert answer.status_code == 422 and not Post.objects.exists()
    assert "任职区域内没有" in page and "没有“村长”这一项" in page
    assert "请填姓名" in page and "日期认不出来" in page


def test_two_that_cannot_both_be_are_refused_together(signed_in, ground):
    rows = [["第一书记", ground.village.code, name, "演示局", "", "2018-03-01", ""] for name in ("甲", "乙")]
    answer = sent(signed_in("town"), book(*rows))
    assert answer.status_code == 422 and "冲突" in answer.content.decode() and not Post.objects.exists()


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (SimpleUploadedFile("队伍.xlsx", b"nothing"), "没有导入"),
        (book(head=["姓名", "岗位", "区划"]), "表头缺"),
        (book(), "表头下面没有内容"),
        (book(*[["第一书记", "1", "甲", "乙", "", "2018-03-01", ""]] * 501), "最多 500 行"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused(signed_in, ground, file, said):
    answer = sent(signed_in("town"), file)
    assert answer.status_code == 422 and said in answer.content.decode()


def test_an_exported_list_comes_back_and_doubles_nothing(signed_in, ground):
    town = signed_in("town")
    write(town, "posts", post_typed(ground.village))
    asked = {"list": "villages:posts", "query": "", "format": "xlsx", "once": uuid.uuid4().hex}
    assert town.post("/exports/", asked).status_code == 303
    job = Job.objects.waiting().get()
    run_job(str(job.pk))
    job.refresh_from_db()
    answer = town.get(job.result["url"])
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    again = sent(town, SimpleUploadedFile("队伍.xlsx", content))
    assert again.status_code == 422 and "同样的记录已经登记" in again.content.decode()
    assert Post.objects.count() == 1


def test_a_plan_of_a_village_comes_in_too_and_who_may_not_is_refused(signed_in, ground):
    head = ["年度", "区划", "部分", "内容", "责任人", "完成期限"]
    row = [2018, ground.village.code, "任务书", "演示任务", "演示队长", "2018-12-20"]
    page = "/villages/yearly-plans/import/"
    assert sent(signed_in("village"), book(row, head=head), page).status_code == 303
    assert PlanItem.objects.get().due_on.month == 12
    assert sent(signed_in("village"), book(row), PAGE).status_code == 403
