"""Inspections, work, letters, yearly plans, 责任清单 and rectification: written down, moved on, struck out, published."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from office import clock
from office.attachments import Attachment
from office.models import TrailRow
from tests.office.handmade import png
from tests.villages.work_world import (
    DAY,
    duty_typed,
    event_typed,
    inspection_typed,
    letter_typed,
    plan_typed,
    post_typed,
    problem_typed,
    take,
    write,
)
from villages.models import (
    Inspection,
    Letter,
    PlanItem,
    Rectification,
    Responsibility,
    Town,
    WorkEvent,
)
from villages.models.work_record import OutOfTurn
from villages.work.kinds import KINDS

pytestmark = pytest.mark.django_db
PUBLIC = "/villages/public/"


def scan(name: str = "演示.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png())


def test_an_inspection_is_fed_back_and_published_in_part(signed_in, client, ground):
    district = signed_in("district")
    at = write(district, "inspections", inspection_typed(ground.village, grade="差"))
    take(district, at, "publish", status=409, text="先公开")
    take(district, at, "feed", on="2018-11-15", to="演示镇党委")
    assert "演示东村" not in client.get(PUBLIC).content.decode()
    take(district, at, "publish", text="在岗情况一般，已要求补写日志")
    public = client.get(PUBLIC).content.decode()
    assert "已要求补写日志" in public and "演示东村" in public
    assert "驻村日志没有写" not in public and "演示督查室" not in public and "差" not in public
    take(district, at, "withdraw")
    assert 'data-total="0"' in client.get(PUBLIC).content.decode()
    assert signed_in("village").post(f"{at}withdraw/").status_code == 403


def test_a_third_party_is_independent(signed_in, ground):
    district = signed_in("district")
    typed = inspection_typed(ground.town, kind="第三方监测")
    assert "不能作第三方监测" in write(district, "inspections", typed, status=422)
    write(district, "inspections", {**typed, "independent": "on"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.update(independent=False)


def test_work_of_every_kind_is_logged_and_models_are_published(signed_in, client, ground):
    district, helper = signed_in("district"), signed_in("helper")
    write(helper, "works", event_typed(ground.village))
    write(district, "works", event_typed(ground.county, kind="区委常委会", outcome="研究产业资金"))
    page = write(district, "works", event_typed(ground.town, kind="区委常委会"), status=422)
    assert "这里要选区" in page
    at = write(district, "works", event_typed(ground.village, kind="典型人物", content="演示养牛脱贫"))
    take(district, at, "publish")
    assert "演示养牛脱贫" in client.get(f"{PUBLIC}models/").content.decode()
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkEvent.objects.filter(kind="区委常委会").update(published_at=clock.moment())


@pytest.mark.parametrize(
    ("asked", "satisfied", "said"),
    [("", "", "要填调查人数"), ("10", "", "要填满意人数"), ("10", "11", "满意的不能多于调查的")],
)
def test_a_survey_counts_people(signed_in, ground, asked, satisfied, said):
    typed = event_typed(ground.town, kind="满意度调查", asked=asked, satisfied=satisfied)
    assert said in write(signed_in("district"), "works", typed, status=422)


def test_satisfaction_is_a_percentage(signed_in, ground):
    write(
        signed_in("district"),
        "works",
        event_typed(ground.town, kind="满意度调查", asked="300", satisfied="287"),
    )
    assert str(WorkEvent.objects.get().satisfaction) == "95.7"


def test_a_letter_is_drawn_signed_and_printed_once_a_year(signed_in, ground):
    town = signed_in("town")
    at = write(town, "letters", letter_typed(ground.village, target_persons="12"))
    assert "已经有了" in write(town, "letters", letter_typed(ground.village), status=422)
    take(town, at, "sign", on="2018-03-01", papers=scan())
    letter = Letter.objects.get()
    assert letter.signed_on == datetime.date(2018, 3, 1) and Attachment.objects.of(letter).count() == 1
    page = town.get(at).content.decode()
    assert "计划退出 12 人" in page and "甲方（签字、盖章）" in page
    take(town, at, "sign", status=409, on="2018-03-02")
    take(town, at, "strike", reason="甲方写错")
    assert write(town, "letters", letter_typed(ground.village))
    assert signed_in("village").get("/villages/letters/").context["page"].total == 1


def test_a_first_secretary_signs_with_the_town(signed_in, ground):
    town = signed_in("town")
    typed = letter_typed(ground.village, tier="镇街—第一书记")
    assert "没有在岗的第一书记" in write(town, "letters", typed, status=422)
    write(town, "posts", post_typed(ground.village))
    write(town, "letters", typed)
    assert Letter.objects.get().post.name == "演示甲"


def test_what_was_not_signed_is_listed_until_it_is(signed_in, ground):
    district, missing = signed_in("district"), "/villages/letters/missing/"

    def places(**asked) -> list[str]:
        return [row.name for row in district.get(missing, asked).context["page"].rows]

    assert places(tier="区—镇街") == [ground.town.name, ground.other_town.name]
    assert places(tier="镇街—第一书记") == []
    write(district, "posts", post_typed(ground.village))
    assert places(tier="镇街—第一书记") == [ground.village.name]
    at = write(district, "letters", letter_typed(ground.village))
    assert ground.village.name in places(tier="镇街—村")
    assert "已拟，待签订" in district.get(missing).content.decode()
    take(district, at, "sign", on="2018-11-01")
    assert ground.village.name not in places(tier="镇街—村")
    assert ground.village.name in places() and ground.village.name in places(year="2017")
    assert signed_in("village").get(missing).context["page"].total == 1


def test_a_village_plans_its_year_line_by_line(signed_in, ground):
    village = signed_in("village")
    for part in ("任务书", "时间表", "施工图"):
        at = write(village, "yearly-plans", plan_typed(ground.village, part=part))
    page = village.get("/villages/yearly-plans/", {"state": "逾期"})
    assert page.context["page"].total == 3 and "逾期" in page.content.decode()
    take(village, at, "done", status=422, on="2018-11-21", note="做完")
    take(village, at, "done", on="2018-11-18", note="做完")
    assert PlanItem.objects.filter(done_on__isnull=False).count() == 1
    assert village.get("/villages/yearly-plans/", {"state": "已完成"}).context["page"].total == 1
    assert signed_in("other_village_user").get(at).status_code == 404


def test_a_department_sees_and_finishes_its_own_lines_alone(signed_in, ground):
    district, department = signed_in("district"), signed_in("department")
    mine = write(district, "responsibilities", duty_typed(ground.county))
    other = write(district, "responsibilities", duty_typed(ground.county, unit="人社"))
    assert "要选部门" in write(district, "responsibilities", duty_typed(ground.county, unit=""), status=422)
    assert department.get("/villages/responsibilities/").context["page"].total == 1
    assert department.get(other).status_code == 404
    assert department.post(f"{other}done/", {"on": "2018-11-20", "note": "完成"}).status_code == 404
    take(department, mine, "done", on="2018-11-20", note="已衔接")
    assert Responsibility.objects.get(unit="民政").done_note == "已衔接"


def test_a_problem_is_mended_by_its_unit_and_verified_by_another(signed_in, ground):
    district, department, leader = (signed_in(each) for each in ("district", "department", "leader"))
    at = write(district, "rectifications", problem_typed(ground.village))
    take(department, at, "report", status=409, result="太早")
    take(department, at, "plan", measures="换灯")
    take(department, at, "report", result="已换")
    take(department, at, "verify", status=403, note="自己验")
    take(leader, at, "back", note="还有两盏不亮")
    take(district, at, "report", result="都亮了")
    take(district, at, "verify", status=403, note="报的人自己验")
    take(leader, at, "verify", note="看过，亮了")
    one = Rectification.objects.get()
    assert (one.state, one.closed_by.username, one.result) == ("已销号", "leader", "都亮了")
    actions = [step.action for step in one.steps.all()]
    assert actions == ["定整改措施", "报整改结果", "退回再整改", "报整改结果", "验收销号"]
    take(leader, at, "verify", status=409, note="再验")
    assert "看过，亮了" in department.get(at).content.decode()


def test_a_problem_remembers_the_inspection_that_found_it(signed_in, ground):
    district = signed_in("district")
    at = write(district, "inspections", inspection_typed(ground.village))
    found = Inspection.objects.get()
    page = district.get(at).content.decode()
    assert f"inspection={found.pk}" in page
    form = district.get(f"/villages/rectifications/new/?inspection={found.pk}").content.decode()
    assert f'name="inspection" value="{found.pk}"' in form
    write(district, "rectifications", problem_typed(ground.village, inspection=str(found.pk)))
    assert Rectification.objects.get().inspection == found
    assert "演示路灯不亮" in district.get(at).content.decode()
    elsewhere = Inspection.objects.create(
        **{**INSPECTED, "area": ground.foreign_village, "recorded_at": clock.moment()}
    )
    typed = problem_typed(ground.village, inspection=str(elsewhere.pk))
    assert "不在当前任职的范围内" in write(district, "rectifications", typed, status=422)


def test_a_limit_that_passed_is_late_until_something_is_reported(signed_in, ground, office_day):
    district = signed_in("district")
    at = write(district, "rectifications", problem_typed(ground.village))
    late = {"state": "逾期"}
    assert district.get("/villages/rectifications/", late).context["page"].total == 0
    office_day(datetime.date(2018, 11, 26))
    assert district.get("/villages/rectifications/", late).context["page"].total == 1
    assert "已逾期" in district.get(at).content.decode()
    take(district, at, "extend", status=422, due_on="2018-11-25", note="没有更晚")
    take(district, at, "extend", due_on="2018-12-05", note="等材料")
    assert district.get("/villages/rectifications/", late).context["page"].total == 0


def test_of_two_who_verify_at_once_one_is_told(signed_in, ground, cast):
    one = Rectification.objects.create(
        area=ground.village,
        source="督查",
        problem="演示",
        holder="演示",
        due_on=DAY,
        recorded_at=clock.moment(),
        state="待验收",
        result="做完",
        reported_by=cast["town"],
    )
    first, second = (Rectification.objects.get(pk=one.pk) for _ in range(2))
    first.verify(note="好", by=cast["leader"], at=clock.moment())
    with pytest.raises(OutOfTurn, match="已销号|待验收"):
        second.verify(note="好", by=cast["district"], at=clock.moment())
    assert one.steps.count() == 1


def test_a_struck_record_stays_with_its_reason_and_does_nothing_more(signed_in, ground):
    district = signed_in("district")
    at = write(district, "inspections", inspection_typed(ground.village))
    assert "请填作废原因" in take(district, at, "strike", status=422, reason="")
    take(district, at, "strike", reason="登记错了村")
    page = district.get(at).content.decode()
    assert "登记错了村" in page and "已作废" in page
    take(district, at, "feed", status=409, on="2018-11-15", to="演示")
    take(district, at, "strike", status=409, reason="再作废")
    assert district.get("/villages/inspections/").context["page"].total == 0
    assert district.get("/villages/inspections/", {"stands": "struck"}).context["page"].total == 1


def test_papers_are_given_out_to_who_sees_the_record(signed_in, ground):
    village = signed_in("village")
    at = write(village, "works", {**event_typed(ground.village), "papers": [scan(), scan("二.png")]})
    file = Attachment.objects.first()
    assert village.get(f"{at}files/{file.pk}/")["Content-Type"] == "image/png"
    assert signed_in("other_village_user").get(f"{at}files/{file.pk}/").status_code == 404
    assert village.get(f"{at}files/{file.pk + 99}/").status_code == 404
    assert TrailRow.objects.filter(action="查看材料").count() == 1


def test_a_file_that_is_none_is_refused_and_the_words_stay(signed_in, ground):
    bad = SimpleUploadedFile("演示.png", b"not a picture")
    page = write(signed_in("village"), "works", {**event_typed(ground.village), "papers": bad}, status=422)
    assert "只收" in page and "演示内容" in page and not WorkEvent.objects.exists()


def test_a_long_number_in_a_text_is_masked(signed_in, ground):
    write(
        signed_in("village"),
        "works",
        event_typed(ground.village, content="联系人 13800001234、990405195006150011"),
    )
    content = WorkEvent.objects.get().content
    assert "13800001234" not in content and "990405195006150011" not in content


def test_a_town_has_an_office_and_enough_staff(signed_in, ground, settings):
    """At least 5 full-time staff a town (004 十二章一节一)."""
    assert settings.TOWN_STAFF == 5
    Town.objects.create(area=ground.town)
    Town.objects.create(area=ground.other_town)
    town, offices = signed_in("town"), "/villages/offices/"
    assert "0/5" in town.get(offices).content.decode()
    for place in range(5):
        typed = post_typed(ground.town, kind="镇街专职人员", name=f"演示{place}", full_time="on")
        write(town, "posts", typed)
    assert town.get(offices, {"lacks": "staff"}).context["page"].total == 0
    assert signed_in("district").get(offices, {"lacks": "staff"}).context["page"].total == 1
    office = f"{offices}{ground.town.code}/"
    sent = {"office_place": "演示镇政府二楼", "office_equipment": "电脑四台"}
    assert town.post(office, sent).status_code == 303
    assert "演示镇政府二楼" in town.get(offices).content.decode()
    assert town.get(offices, {"lacks": "place"}).context["page"].total == 0
    assert town.get(f"{offices}{ground.other_town.code}/").status_code == 404
    assert Town.history.filter(area=ground.town).count() >= 2


@pytest.mark.parametrize("key", KINDS)
def test_a_list_takes_as_many_statements_for_fifty_as_for_five(signed_in, ground, key):
    kind, client = KINDS[key], signed_in("district")
    address = f"/villages/{key}/"
    client.get(address)

    def taken() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    def add(count: int) -> None:
        facts = EVERY[key]
        rows = [kind.model(area=ground.village, recorded_at=clock.moment(), **facts) for _ in range(count)]
        kind.model.objects.bulk_create(rows)

    add(5)
    few = taken()
    add(45)
    assert taken() == few <= 12


INSPECTED = {
    "kind": "驻村督查",
    "on": DAY,
    "body": "演示",
    "inspectors": "演示",
    "inspected": "演示",
    "grade": "好",
    "findings": "演示",
}
EVERY = {
    "posts": {"kind": "驻村工作队员", "name": "演示", "unit": "演示局", "start_on": DAY},
    "inspections": INSPECTED,
    "works": {"kind": "走访慰问", "on": DAY, "title": "演示", "host": "演示", "content": "演示"},
    "letters": {"year": 2018, "tier": "村—户", "giver": "演示", "taker": "演示", "tasks": "演示"},
    "yearly-plans": {"year": 2018, "part": "任务书", "text": "演示", "holder": "演示", "due_on": DAY},
    "responsibilities": {"year": 2018, "unit": "民政", "holder": "演示", "text": "演示", "due_on": DAY},
    "rectifications": {"source": "审计", "problem": "演示", "holder": "演示", "due_on": DAY},
}
