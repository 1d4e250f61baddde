"""Measures by workbook: prefilled, checked by row and column, previewed, confirmed once, taken back whole."""

import datetime
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from households.models import ClosedYear, ImportState, Person
from measures.models import Measure, MeasureImport, MeasureImportRow, MeasureWorkbook, Policy, State
from measures.workbook.jobs import APPLY, UNDO, expire_imports
from office import attachments, clock
from office.jobs import enqueue, run_job
from office.models import Job, JobState, TrailRow
from office.pii import mask_id
from tests.measures.department_books import book
from tests.measures.measure_books import ROOM, downloaded, filled, sent, step, table
from tests.office.handmade import png

pytestmark = pytest.mark.django_db(transaction=True)
DAY = datetime.date(2018, 11, 20)
GOOD = {"落实日期": "2018-11-10", "支付单位": "演示区民政局", "凭证号": "2018-001"}


@pytest.fixture
def old(make_household, ground):
    """Three people of 83 in the own village, one in the other town's."""
    people = []
    for village in (ground.village, ground.village, ground.village, ground.other_village):
        person = make_household(village=village).head
        Person.objects.filter(pk=person.pk).update(birth_date=datetime.date(1935, 1, 1))
        people.append(person)
    return people


def plan(person) -> Measure:
    return Measure.plan(
        Policy.objects.get(code="AGE-80"), person=person, year=2018, on=DAY, by=None, amount=Decimal(360)
    )


def test_the_workbook_holds_who_is_entitled_in_the_own_area_masked(signed_in, old, ground):
    plan(old[0])
    rows = table(downloaded(signed_in("village"), ground.village))
    by_title = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert [row["人口编号"] for row in by_title] == [person.number for person in old[:3]]
    assert by_title[0]["证件号码"] == mask_id(old[0].id_number) and by_title[0]["计划"] == "已列入"
    assert {row["应发数额"] for row in by_title} == {"360"}
    assert TrailRow.objects.filter(action="下载措施工作簿").exists()
    for name in ("town", "outsider"):
        assert signed_in(name).get(f"{ROOM}{MeasureWorkbook.objects.get().pk}/file/").status_code == 404, name


def test_filled_in_it_is_checked_shown_confirmed_and_written_once(signed_in, old, ground):
    planned, client = plan(old[0]), signed_in("village")
    data = filled(downloaded(client, ground.village), (2, GOOD), (3, GOOD), (4, {"数额": "180"}))
    batch = sent(client, data)
    assert (batch.state, batch.delivered, batch.planned, batch.total) == (ImportState.READY, 2, 1, 720)
    assert not Measure.objects.delivered().exists(), "nothing before it is confirmed"
    page = client.get(f"{ROOM}uploads/{batch.pk}/").content.decode()
    assert "确认写入 3 行" in page and "演示区民政局" in page and 'data-total="3"' in page
    step(client, batch, "confirm")
    assert batch.state == ImportState.APPLIED
    planned.refresh_from_db()
    assert (planned.state, planned.amount, planned.voucher) == (State.DELIVERED, 360, "2018-001")
    new = Measure.objects.get(person=old[1])
    assert (new.state, new.amount, new.working) == (State.DELIVERED, 360, planned.working or new.working)
    assert Measure.objects.get(person=old[2]).state == State.PLANNED
    assert new.history.first().history_user.username == "village"
    assert TrailRow.objects.get(action="导入帮扶措施").detail["落实"] == 2
    assert client.post(f"{ROOM}uploads/{batch.pk}/confirm/").status_code == 409
    again = client.post(ROOM, {"file": SimpleUploadedFile("另一个名字.xlsx", data)})
    assert again.status_code == 422 and "已经导入过" in again.content.decode()


def test_it_is_taken_back_whole(signed_in, old, ground):
    planned, client = plan(old[0]), signed_in("village")
    data = filled(downloaded(client, ground.village), (2, {**GOOD, "数额": "100", "备注": "演示"}), (3, GOOD))
    batch = step(client, sent(client, data), "confirm")
    assert Measure.objects.delivered().count() == 2
    step(client, batch, "undo")
    assert batch.state == ImportState.UNDONE
    measure = Measure.objects.get()
    assert measure == planned and (measure.state, measure.amount, measure.note) == (State.PLANNED, 360, "")
    assert (measure.delivered_on, measure.payer, measure.voucher, measure.closed_by) == (None, "", "", None)
    assert Measure.history.filter(history_type="-", history_change_reason="撤销导入").count() == 1
    assert client.post(f"{ROOM}uploads/{batch.pk}/undo/").status_code == 409
    assert sent(client, data).state == ImportState.READY, "taken back, it may be sent again"


def close(county) -> ClosedYear:
    return ClosedYear.objects.create(county=county, year=2018, closed_at=clock.moment())


def test_nothing_of_a_closed_year_is_written_or_taken_back(signed_in, old, ground):
    client = signed_in("village")
    batch = sent(client, filled(downloaded(client, ground.village), (2, GOOD), (3, GOOD)))
    closed = close(ground.county)
    step(client, batch, "confirm")
    assert batch.state != ImportState.APPLIED and not Measure.objects.exists()
    assert "2018年已经封存" in client.get(f"{ROOM}uploads/{batch.pk}/").content.decode()
    closed.delete()
    batch = step(
        client, sent(client, filled(downloaded(client, ground.village), (2, GOOD), (3, GOOD))), "confirm"
    )
    assert Measure.objects.delivered().count() == 2
    close(ground.county)
    step(client, batch, "undo")
    assert batch.state == ImportState.APPLIED and Measure.objects.delivered().count() == 2


@pytest.mark.parametrize("what", ["photo", "further"])
def test_what_was_touched_since_is_not_taken_back(signed_in, old, ground, what):
    client = signed_in("village")
    batch = step(
        client, sent(client, filled(downloaded(client, ground.village), (2, GOOD), (3, GOOD))), "confirm"
    )
    measure = Measure.objects.get(person=old[1])
    if what == "photo":
        with attachments.on_disk(attachments.check(SimpleUploadedFile("照片.png", png()))) as kept:
            kept.bind(measure, by=None, at=clock.moment())
    else:
        Measure.objects.filter(pk=measure.pk).update(voucher="另一张")
    step(client, batch, "undo")
    assert batch.state == ImportState.APPLIED and "第 3 行" in batch.reason and "又改过" in batch.reason
    assert Measure.objects.delivered().count() == 2, "all or nothing"


def test_who_was_overtaken_is_told_by_row_and_nothing_is_written(signed_in, old, ground):
    client = signed_in("village")
    batch = sent(client, filled(downloaded(client, ground.village), (2, GOOD), (3, GOOD)))
    Person.objects.filter(pk=old[1].pk).update(present=False, left_on=DAY, leave_reason="死亡")
    step(client, batch, "confirm")
    assert batch.state == ImportState.READY and batch.reason.startswith("第 3 行")
    assert not Measure.objects.exists()
    assert batch.reason in client.get(f"{ROOM}uploads/{batch.pk}/").content.decode()


@pytest.mark.parametrize(
    ("typed", "column", "says"),
    [
        ({**GOOD, "落实日期": "2018-11-21"}, "落实日期", "不能晚于今天"),
        ({**GOOD, "落实日期": "2017-12-31"}, "落实日期", "不能早于措施的年度"),
        ({**GOOD, "落实日期": "十一月"}, "落实日期", "认不出来"),
        ({**GOOD, "数额": "三百"}, "数额", "数额是数字"),
        ({**GOOD, "数额": "-1"}, "数额", "不能小于 0"),
        ({**GOOD, "数额": "1e308"}, "数额", "数额太大"),
        ({**GOOD, "数额": "1.005"}, "数额", "两位小数"),
        ({**GOOD, "支付单位": None}, "支付单位", "请写支付或落实的单位"),
        ({**GOOD, "凭证号": "9" * 61}, "凭证号", "最多 60 个字"),
        ({**GOOD, "人口编号": "99999999999"}, "人口编号", "没有这个人口编号"),
        ({**GOOD, "落实日期": "#REF!"}, "落实日期", ""),
    ],
)
def test_every_bad_cell_is_told_by_row_and_column(signed_in, old, ground, typed, column, says):
    client = signed_in("village")
    batch = sent(client, filled(downloaded(client, ground.village), (2, typed), (3, GOOD)))
    assert batch.state == ImportState.FAULTY and batch.faults >= 1
    row = batch.bad.get()
    assert row.row == 2 and column in {title for _, title, _ in row.faults}
    page = client.get(f"{ROOM}uploads/{batch.pk}/").content.decode()
    assert says in page and "一行也没有写入" in page
    assert client.post(f"{ROOM}uploads/{batch.pk}/confirm/").status_code == 409
    assert not Measure.objects.exists()


def test_somebody_of_another_area_is_as_unknown_as_nobody(signed_in, old, ground):
    client = signed_in("village")
    data = downloaded(client, ground.village)
    told = []
    for number in (old[3].number, "99999999999"):
        batch = sent(client, filled(data, (2, {**GOOD, "人口编号": number})))
        told.append([message for _, _, message in batch.bad.get().faults])
    assert told[0] == told[1]


def test_the_same_person_twice_is_told(signed_in, old, ground):
    client = signed_in("village")
    typed = {**GOOD, "人口编号": old[0].number}
    batch = sent(client, filled(downloaded(client, ground.village), (2, GOOD), (3, typed)))
    assert batch.bad.get().faults[0][2] == "与第 2 行重复"


def test_what_may_not_be_had_twice_is_told_by_row(signed_in, old, ground):
    client = signed_in("village")
    data = downloaded(client, ground.village)
    plan(old[0]).deliver(on=DAY, amount=Decimal(360), payer="演示局", by=None, today=DAY)
    batch = sent(client, filled(data, (2, GOOD), (3, GOOD)))
    (fault,) = batch.bad.get().faults
    assert batch.bad.get().row == 2 and "已经落实 360" in fault[2]


def test_further_fields_are_columns_and_are_held_against_their_bounds(signed_in, make_household, ground):
    make_household()
    client = signed_in("village")
    data = downloaded(client, ground.village, "TASK-FARM-SERVICE")
    typed = {"服务": "机耕", "市场价": "80", "优惠价": "81", **GOOD, "数额": "0"}
    bad = sent(client, filled(data, (2, typed)))
    assert "不能高于80元" in bad.bad.get().faults[0][2]
    good = step(client, sent(client, filled(data, (2, {**typed, "优惠价": "60"}))), "confirm")
    assert good.state == ImportState.APPLIED
    assert Measure.objects.get().extras == {"item": "机耕", "market": "80", "price": "60"}


def test_a_workbook_that_is_not_ours_is_refused(signed_in, ground):
    client = signed_in("village")
    batch = sent(client, book(["1", "2018-01-01"], head=["人口编号", "落实日期"]).read())
    assert batch.state == ImportState.REFUSED and "不是本系统下载" in batch.reason
    page = client.get(f"{ROOM}uploads/{batch.pk}/").content.decode()
    assert batch.reason in page


def test_a_column_that_is_missing_is_named(signed_in, old, ground):
    client = signed_in("village")
    data = filled(downloaded(client, ground.village), (1, {"支付单位": "付款方"}), (2, {"数额": "1"}))
    batch = sent(client, data)
    assert batch.state == ImportState.REFUSED and "缺少列：支付单位" in batch.reason


def test_nothing_filled_in_writes_nothing(signed_in, old, ground):
    client = signed_in("village")
    batch = sent(client, downloaded(client, ground.village))
    assert (batch.state, batch.unchanged) == (ImportState.READY, 3)
    assert client.post(f"{ROOM}uploads/{batch.pk}/confirm/").status_code == 409


def test_what_was_never_confirmed_goes_after_seven_days(signed_in, old, ground):
    client = signed_in("village")
    waiting = sent(client, filled(downloaded(client, ground.village), (2, GOOD)))
    MeasureImport.objects.update(uploaded_at=clock.moment() - datetime.timedelta(days=7, minutes=1))
    expire_imports(None, period="2018-11-28")
    waiting.refresh_from_db()
    assert waiting.state == ImportState.REFUSED and not MeasureImportRow.objects.exists()


def test_who_lost_the_duty_gets_nothing_written(signed_in, old, ground, cast):
    client = signed_in("village")
    batch = sent(client, filled(downloaded(client, ground.village), (2, GOOD)))
    client.post(f"{ROOM}uploads/{batch.pk}/confirm/")
    cast["village"].duties.update(end_on=DAY - datetime.timedelta(days=1))
    run_job(str(Job.objects.waiting().get().pk))
    assert not Measure.objects.exists()


def test_a_job_that_a_colleague_orders_writes_nothing_of_it(signed_in, old, ground, cast):
    client = signed_in("village")
    batch = sent(client, filled(downloaded(client, ground.village), (2, GOOD)))
    for kind in (APPLY, UNDO):
        job = enqueue(kind, params={"batch": str(batch.pk)}, owner=cast["town"])
        run_job(str(job.pk))
        job.refresh_from_db()
        assert job.state == JobState.FAILED and "没有这次导入" in job.error
    assert not Measure.objects.exists()
