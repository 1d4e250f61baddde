"""`/audits/<list>/notices/`: putting up, photos, the sheet printed and as a workbook, the list of all notices."""

import datetime
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from audits import posting
from audits.models import AuditList, Notice
from audits.posting_clock import clock
from audits.procedures import ListKind
from office.attachments import Attachment
from office.models import TrailRow
from tests.audits.test_list_page import seen
from tests.office.handmade import png

A_DAY = datetime.timedelta(days=1)
PHONE = "0632-6610000"


@pytest.fixture
def waiting(opened, driver, office_day):
    """A list of two that stands at its posting, on the day it came there."""
    audit_list = opened("household-exit", 2)
    office_day(driver.reach(audit_list, "village-notice"))
    return audit_list


def posted(client, audit_list, **typed):
    facts = {"level": "village", "place": "村务公开栏", "telephone": PHONE, **typed}
    return client.post(f"/audits/{audit_list.pk}/notices/new/", seen(audit_list, **facts))


def photo():
    return SimpleUploadedFile("首日.png", png())


def test_a_sheet_is_put_up_with_its_photos_and_the_page_shows_its_clock(waiting, signed_in):
    client = signed_in("village")
    answer = posted(client, waiting, photo=[photo(), photo()])
    assert (answer.status_code, answer["Location"]) == (303, f"/audits/{waiting.pk}/")
    notice = Notice.objects.get()
    assert notice.posted_on == waiting.stage_since and notice.telephone == PHONE
    assert Attachment.objects.of(notice).count() == 2
    page = client.get(f"/audits/{waiting.pk}/").content.decode()
    assert "公示今天张贴，当日不计" in page and page.count('class="t-next"') == 7
    again = posted(client, waiting)
    assert again.status_code == 409 and Notice.objects.count() == 1


def test_a_clock_that_is_set_back_breaks_no_page_and_passes_nothing(waiting, signed_in, office_day):
    client, page = signed_in("village"), f"/audits/{waiting.pk}/"
    posted(client, waiting, photo=[photo()])
    office_day(waiting.stage_since - A_DAY)
    notice = Notice.objects.get()
    for address in (
        page,
        f"{page}notices/{notice.pk}/",
        f"{page}notices/{notice.pk}/sheet/",
        "/audits/notices/",
    ):
        assert client.get(address).status_code == 200
    assert client.get(f"/notices/{notice.token}/").status_code == 404
    waiting.refresh_from_db()
    assert client.post(f"{page}pass/", seen(waiting)).status_code == 409


def test_what_is_missing_is_said_beside_its_field_and_the_typed_stays(waiting, signed_in):
    client = signed_in("village")
    answer = posted(client, waiting, place="", telephone="打村书记电话")
    page = answer.content.decode()
    assert answer.status_code == 422 and "请写明张贴地点" in page and "打村书记电话" in page
    wrong = posted(client, waiting, photo=SimpleUploadedFile("a.png", b"no picture"))
    assert wrong.status_code == 422 and not Notice.objects.exists()
    late = posted(client, waiting, stage="consent")
    assert late.status_code == 409 and not Notice.objects.exists()


def test_who_has_not_the_list_at_hand_does_not_put_anything_up(waiting, signed_in):
    assert posted(signed_in("town"), waiting).status_code == 403
    assert posted(signed_in("other_village_user"), waiting).status_code == 404
    assert not Notice.objects.exists()


def test_each_level_is_put_up_by_itself(opened, driver, signed_in, office_day):
    audit_list = opened(ListKind.VILLAGE_EXIT)
    office_day(driver.reach(audit_list, "announcement"))
    client = signed_in("district")
    for level in ("county", "town"):
        audit_list.refresh_from_db()
        assert posted(client, audit_list, level=level).status_code == 303
    assert set(Notice.objects.filter(stage="announcement").values_list("level", flat=True)) == {
        "county",
        "town",
    }


def test_photos_may_follow_while_it_hangs(waiting, driver, signed_in, office_day):
    client = signed_in("village")
    posted(client, waiting)
    notice = Notice.objects.get()
    address = f"/audits/{waiting.pk}/notices/{notice.pk}/"
    waiting.refresh_from_db()
    assert client.post(f"{address}photos/", seen(waiting)).status_code == 422
    assert client.post(f"{address}photos/", seen(waiting, photo=photo())).status_code == 303
    kept = Attachment.objects.of(notice).get()
    file = signed_in("approver").get(f"{address}photos/{kept.pk}/")
    assert file.status_code == 200 and file["Content-Type"] == "image/png"
    assert TrailRow.objects.filter(action="查看张贴照片").exists()
    assert signed_in("other_village_user").get(f"{address}photos/{kept.pk}/").status_code == 404
    AuditList.objects.filter(pk=waiting.pk).update(stage="submission")
    assert client.post(f"{address}photos/", seen(waiting, photo=photo())).status_code == 409


@pytest.mark.parametrize(
    ("kind", "stage", "heads"),
    [
        ("household-exit", "village-notice", ["序号", "村民小组", "户主姓名", "家庭人口数"]),
        ("village-exit", "village-notice", ["序号", "村(社区)", "乡(镇、街道)"]),
        ("renovation", "first-notice", ["序号", "村民小组", "户主姓名", "家庭人口数", "改造方式"]),
    ],
)
def test_page_print_and_workbook_show_the_allowed_columns_and_nothing_else(
    opened, driver, signed_in, office_day, kind, stage, heads
):
    audit_list = opened(kind)
    day = driver.reach(audit_list, stage)
    driver.post(audit_list, day)
    office_day(day)
    notice = Notice.objects.get()
    row = [str(value) for value in notice.sheet[0]]
    ends = notice.ends_on
    terms = [
        "张贴地点：村务公开栏",
        f"公示时间：7天（{day.year}年{day.month}月{day.day}日张贴，当日不计，"
        f"至{ends.year}年{ends.month}月{ends.day}日24:00止）",
    ]
    for address in (
        f"/audits/{audit_list.pk}/notices/{notice.pk}/sheet/",
        f"/audits/{audit_list.pk}/notices/{notice.pk}/",
        f"/notices/{notice.token}/",
    ):
        page = signed_in("district").get(address).content.decode()
        table = re.search(r"<table.*?</table>", page, re.DOTALL)[0]
        assert re.findall(r'<th scope="col">(.*?)</th>', table) == heads
        assert re.findall(r"<td>(.*?)</td>", table) == row
        sheet = re.search(r'<article class="pp pp-wall">.*?</article>', page, re.DOTALL)[0]
        assert re.findall(r">\s*([^<>\s][^<>]*?)\s*<", sheet) == [posting.title(notice), *heads, *row, *terms]
    book = signed_in("district").get(f"/audits/{audit_list.pk}/notices/{notice.pk}/workbook/")
    sheet = load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    cells = [[str(one) for one in line if one is not None] for line in sheet.iter_rows(values_only=True)]
    told = [[posting.title(notice)], heads, row, *([line] for line in terms)]
    assert [line for line in cells if line] == told
    # Upright, large, and no wider than the paper: else the printer would make it smaller again.
    assert sheet.page_setup.orientation == "portrait"
    assert sum(each.width for each in sheet.column_dimensions.values()) <= 71.5
    assert min(cell.font.size for line in sheet.iter_rows() for cell in line if cell.value is not None) >= 16


def test_the_clock_ticks_by_days():
    day = datetime.date(2018, 10, 8)
    for passed, said, looks in (
        (0, "公示今天张贴，当日不计", ["t-next"] * 7),
        (3, "公示第 3/7 天", ["t-done"] * 2 + ["t-now"] + ["t-next"] * 4),
        (7, "公示第 7/7 天", ["t-done"] * 6 + ["t-now"]),
        (8, "公示满 7 天", ["t-done"] * 7),
    ):
        face = clock("公示", day, day + 7 * A_DAY, 7, day + passed * A_DAY)
        assert (face.said, [tick.look for tick in face.ticks]) == (said, looks)
    with pytest.raises(ValueError, match="not put up"):
        clock("公示", day, day + 7 * A_DAY, 7, day - A_DAY)


def test_the_list_of_notices_is_narrowed_by_how_they_stand(waiting, driver, signed_in, office_day):
    client = signed_in("district")
    assert 'data-total="0"' in client.get("/audits/notices/").content.decode()
    posted(signed_in("village"), waiting)

    def total(state):
        page = client.get(f"/audits/notices/?state={state}").content.decode()
        return int(re.search(r'data-total="(\d+)"', page)[1])

    assert [total(state) for state in ("", "running", "bare", "over", "down")] == [1, 1, 1, 0, 0]
    AuditList.objects.filter(pk=waiting.pk).update(stage="appraisal")
    assert [total(state) for state in ("running", "down")] == [0, 1]
    office_day(waiting.stage_since + 8 * A_DAY)
    assert [total(state) for state in ("over", "down")] == [1, 0]
    assert client.get("/audits/notices/?state=x").status_code == 422
