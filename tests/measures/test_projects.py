"""A project from 申报 to 收益分配 by the hands of town and district, on its pages; who may not, and what is late."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from measures import invariants, lateness
from measures.models import Asset, FundSource, Project, ProjectDecision, ProjectProgress, Taken
from office.attachments import Attachment
from office.models import TrailRow
from tests.conftest import make_user
from tests.measures.project_world import (
    BEGUN,
    DAY,
    TYPED,
    act,
    apply,
    approved,
    at_works,
    enter,
    hidden,
    page,
    source,
    taken,
)
from tests.office.handmade import png

pytestmark = pytest.mark.django_db


def test_a_project_lives_through_all_its_stages(ground, signed_in, make_household):
    make_household(village=ground.village)
    town, district = signed_in("town"), signed_in("district")
    answer = town.post("/projects/new/", {**TYPED, "area": ground.village.pk})
    project = Project.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/projects/{project.pk}/")
    assert (project.plan_money, project.stage) == (Decimal("100000.00"), "申报")

    paper = SimpleUploadedFile("会议记录.png", png())
    assert taken(town, project, "submit", chosen_on="2018-11-01", team="无", papers=paper).status_code == 303
    assert taken(district, project, "approve", document="演示批〔2018〕9号").status_code == 303
    district.post(
        "/projects/sources/new/",
        {
            **hidden(page(district.get("/projects/sources/new/"))),
            "area": ground.county.pk,
            "year": "2018",
            "kind": "中央",
            "name": "中央专项扶贫资金",
            "amount": "80000",
            "document": "演示财1号",
            "on": "2018-11-20",
        },
    )
    central = FundSource.objects.get()
    for address, typed in (
        ("allocate", {"source": central.pk, "amount": "80000", "document": "演示财2号"}),
        ("start", {"contractor": "演示工程队", "document": "合同1", "team": "演示第一书记"}),
        (
            "pay",
            {
                "amount": "30000",
                "document": "凭证1",
                "payee_kind": "施工单位",
                "payee": "演示工程队",
                "payee_account": "6228489904050000137",
            },
        ),
    ):
        if address == "pay":
            typed["fund"] = project.funds.get().pk
        assert taken(district, project, address, **typed).status_code == 303, address
    said = {"on": "2018-11-20", "percent": "100", "note": "完工"}
    assert town.post(f"/projects/{project.pk}/progress/", said).status_code == 303
    assert taken(town, project, "finish", team="无").status_code == 303
    typed = {"people": "演示甲、演示乙", "team": "演示第一书记", "document": "验收1号"}
    assert taken(district, project, "accept", **typed).status_code == 303
    refused = taken(district, project, "settle", keeper="演示东村")
    assert refused.status_code == 422 and "50,000.00 元没有支付" in page(refused)
    typed = {"amount": "50000", "document": "凭证2", "payee_kind": "施工单位", "payee": "演示工程队"}
    assert taken(district, project, "pay", fund=project.funds.get().pk, **typed).status_code == 303
    assert taken(district, project, "settle", keeper="演示东村").status_code == 303
    assert "还没有登记项目形成的资产" in page(taken(town, project, "share"))
    typed = {
        "name": "演示水渠",
        "kind": "水利设施",
        "area": ground.village.pk,
        "value": "80000",
        "owner": "演示东村",
        "keeper": "演示甲",
        "operator": "演示东村",
        "formed_on": "2018-11-20",
        "life_years": "15",
    }
    assert town.post(f"/projects/{project.pk}/assets/", typed).status_code == 303
    assert taken(town, project, "share").status_code == 303
    project.refresh_from_db()
    assert (project.stage, project.paid, Asset.objects.get().owner) == (
        "收益分配",
        Decimal(80000),
        "演示东村",
    )
    steps = list(ProjectDecision.objects.values_list("step", flat=True))
    assert steps == ["submit", "approve", "start", "finish", "accept", "settle", "share"]
    kept = Attachment.objects.get()
    shown = page(town.get(f"/projects/{project.pk}/"))
    assert f"/projects/{project.pk}/files/{kept.pk}/" in shown and "6228489904050000137" not in shown
    assert "0137" in shown and town.get(f"/projects/{project.pk}/files/{kept.pk}/").status_code == 200
    assert TrailRow.objects.filter(action="支付项目资金").count() == 2
    assert not list(invariants.problems())


def test_who_reported_does_not_approve_and_who_asked_does_not_accept(ground):
    district = make_user("one_of_the_district", "district", ground.county)
    project = apply(ground.village)
    project.submit(chosen_on=BEGUN, **act(project, by=district))
    with pytest.raises(PermissionDenied, match="上报的人不能自己批准立项"):
        project.approve(**act(project, by=district, document="1"))
    project.refresh_from_db()
    assert project.stage == "申报" and project.decisions.count() == 1


def test_what_is_sent_back_keeps_its_record_and_may_be_written_over(ground, signed_in):
    project = apply(ground.village)
    project.submit(chosen_on=BEGUN, **act(project))
    town, district = signed_in("town"), signed_in("district")
    assert town.get(f"/projects/{project.pk}/edit/").status_code == 409
    empty = taken(district, project, "return", opinion="")
    assert empty.status_code == 422 and "请写明原因" in page(empty)
    assert taken(district, project, "return", opinion="概算偏高").status_code == 303
    project.refresh_from_db()
    assert not project.submitted
    typed = {**TYPED, "area": ground.village.pk, "plan_money": "90000", "seen": project.version}
    assert town.post(f"/projects/{project.pk}/edit/", typed).status_code == 303
    assert town.post(f"/projects/{project.pk}/edit/", typed).status_code == 409
    project.refresh_from_db()
    assert project.plan_money == Decimal(90000)
    assert "概算偏高" in page(town.get(f"/projects/{project.pk}/"))


def test_an_acceptance_that_fails_goes_back_to_the_works(ground):
    project = at_works(ground.village)
    ProjectProgress.report(project, on=DAY, percent=100, by=None, today=DAY, at=project.entered_at)
    project.finish(**act(project, on=DAY))
    project.send_back(**act(project, on=DAY, opinion="渠口没有护栏"))
    assert (project.stage, project.submitted) == ("实施", True)
    assert not list(invariants.problems())


def test_a_step_is_taken_once(ground):
    project = approved(ground.village)
    facts = act(project)
    project.start(contractor="甲", **facts)
    with pytest.raises(Taken, match="开工.*现在是“实施”"):
        Project.objects.get().start(contractor="乙", **facts)
    assert Project.objects.get().contractor == "甲"


@pytest.mark.parametrize(
    ("on", "message"),
    [(DAY + datetime.timedelta(1), "不能晚于今天"), (datetime.date(2018, 1, 1), "不能早于进入本环节")],
)
def test_a_step_is_dated_between_the_last_one_and_today(ground, on, message):
    project = approved(ground.village)
    with pytest.raises(ValidationError, match=message):
        project.start(contractor="甲", **act(project, on=on))


def test_only_what_holds_no_money_is_cancelled(ground, signed_in):
    project, central = approved(ground.village), source(ground.county)
    given = enter("分配", project, central, "100")
    assert "先冲回才能取消" in page(taken(signed_in("district"), project, "cancel", opinion="选址不成"))
    address = f"/projects/ledger/{given.pk}/counter/"
    client = signed_in("district")
    typed = {**hidden(page(client.get(address))), "on": "2018-11-20", "note": "项目取消"}
    assert client.post(address, typed).status_code == 303
    assert taken(client, project, "cancel", opinion="选址不成").status_code == 303
    project.refresh_from_db()
    assert project.stage == "取消"
    assert client.get(f"/projects/{project.pk}/start/").status_code == 409


def test_the_plan_is_changed_by_the_district_with_a_reason(ground, signed_in):
    project = at_works(ground.village)
    enter("分配", project, source(ground.county), "80000")
    typed = {"plan_money": "79999", "due_on": "2019-03-01", "opinion": "雨季"}
    low = taken(signed_in("district"), project, "revise", **typed)
    assert low.status_code == 422 and "不能少于已分配的 80,000.00 元" in page(low)
    future = taken(signed_in("district"), project, "revise", **{**typed, "on": "2018-11-21"})
    assert future.status_code == 422 and "到今天" in page(future)
    typed["plan_money"] = "120000"
    assert taken(signed_in("district"), project, "revise", **typed).status_code == 303
    project.refresh_from_db()
    assert (project.plan_money, project.due_on) == (Decimal(120000), datetime.date(2019, 3, 1))
    assert "原为 100,000.00 元、2018年12月20日" in project.decisions.get(step="revise").opinion


def test_progress_is_dated_and_its_fall_and_its_lateness_are_explained(ground, signed_in):
    project, town = at_works(ground.village, due_on=datetime.date(2018, 6, 1)), signed_in("town")
    address = f"/projects/{project.pk}/progress/"
    late = town.post(address, {"on": "2018-10-01", "percent": "40"})
    assert late.status_code == 422 and "项目已经滞后，要写明原因" in page(late)
    assert town.post(address, {"on": "2018-10-01", "percent": "40", "late_reason": "雨季"}).status_code == 303
    fallen = town.post(address, {"on": "2018-11-01", "percent": "30", "late_reason": "返工"})
    assert "比上次的 40% 低" in page(fallen)
    assert "不能早于开工或上次报告" in page(
        town.post(address, {"on": "2018-09-01", "percent": "50", "late_reason": "补报"})
    )
    assert town.post(address, {"on": "2018-10-01", "percent": "50", "late_reason": "补报"}).status_code == 409
    project.refresh_from_db()
    assert project.progress == 40
    shown = page(town.get(f"/projects/{project.pk}/"))
    assert "计划2018年6月1日竣工" in shown and "雨季" in shown


def test_a_reason_to_be_late_holds_for_the_list_as_for_the_project(ground):
    """Every stage at every distance of days: page and list say the same."""
    made = []
    for place, days in enumerate([*range(-2, 3), *range(28, 35)]):
        then = DAY - datetime.timedelta(days=days)
        for stage in ("申报", "立项", "实施", "竣工验收", "拨付", "后续管护"):
            made.append(apply(ground.village, name=f"演示{stage}{place}"))
            Project.objects.filter(pk=made[-1].pk).update(
                stage=stage,
                start_on=min(then, made[-1].due_on),
                due_on=then,
                started_on=then,
                progress_on=then if place % 2 else None,
                accepted_on=then,
                allocated=Decimal(place % 3),
                paid=Decimal(0),
            )
    found = set(Project.objects.filter(lateness.late(DAY)).values_list("pk", flat=True))
    said = {one.pk for one in Project.objects.all() if lateness.reasons(one, DAY)}
    assert found == said and 0 < len(said) < len(made)
    for reason in lateness.REASONS:
        alone = set(Project.objects.filter(reason.q(DAY)).values_list("pk", flat=True))
        assert alone == {one.pk for one in Project.objects.all() if reason.holds(one, DAY)} and alone


def test_lists_narrow_and_the_ledger_sums(ground, signed_in):
    project, central = at_works(ground.village), source(ground.county)
    apply(ground.other_village, name="别处的项目")
    enter("分配", project, central, "800")
    enter("支付", project, central, "300.50")
    client = signed_in("district")
    for address, total in (
        ("/projects/", 2),
        ("/projects/?stage=实施", 1),
        ("/projects/?source=中央", 1),
        ("/projects/?source=省", 0),
        ("/projects/?late=any", 2),
        ("/projects/?late=not-begun", 1),
        ("/projects/?year=2017", 0),
        (f"/projects/?area={ground.town.code}", 1),
        ("/projects/ledger/", 3),
        ("/projects/ledger/?kind=支付", 1),
        (f"/projects/ledger/?project={project.pk}", 2),
        ("/projects/ledger/?q=工程队", 1),
        ("/projects/sources/?year=2018", 1),
    ):
        assert f'data-total="{total}"' in page(client.get(address)), address
    shown = page(client.get("/projects/ledger/"))
    assert "分配 800.00 元　支付 300.50 元" in shown
    town = page(signed_in("town").get("/projects/ledger/"))
    assert 'data-total="2"' in town and "别处" not in page(signed_in("town").get("/projects/"))
    wrong = client.get("/projects/?year=abc")
    assert wrong.status_code == 422


def test_the_public_page_shows_what_the_district_has_published(ground, signed_in):
    project = at_works(ground.village)
    apply(ground.village, name="没有公开的")
    district, nobody = signed_in("district"), signed_in(None)
    assert 'data-total="0"' in page(nobody.get("/projects/public/"))
    address = f"/projects/{project.pk}/publish/"
    assert district.post(address, {"published": "yes"}).status_code == 303
    assert district.post(address, {"published": "yes"}).status_code == 409
    assert district.post(address).status_code == 422
    shown = page(nobody.get("/projects/public/"))
    for word in ("演示排水渠", "演示东村", "100,000.00", "东演示镇政府", "实施", "未验收"):
        assert word in shown
    for word in ("演示负责人", "没有公开的", "演示工程队"):
        assert word not in shown
    assert 'data-total="1"' in page(nobody.get(f"/projects/public/?area={ground.town.code}"))
    assert nobody.get("/projects/public/?area=999999999999").status_code == 404
    assert district.post(address, {"published": "no"}).status_code == 303
    assert 'data-total="0"' in page(nobody.get("/projects/public/"))


def test_a_department_sees_its_own_projects_alone(ground, signed_in):
    own, other = at_works(ground.village, unit="民政"), at_works(ground.town, unit="住建")
    client = signed_in("department")
    shown = page(client.get("/projects/"))
    assert 'data-total="1"' in shown and "资金台账" not in shown
    assert client.get(f"/projects/{own.pk}/").status_code == 200
    assert client.get(f"/projects/{other.pk}/").status_code == 404
    assert client.get("/projects/ledger/").status_code == 403


def test_columns_are_chosen(ground, signed_in):
    at_works(ground.village, unit="民政")
    shown = page(signed_in("district").get("/projects/?column=unit&column=stage"))
    assert '<th scope="col">主管部门</th>' in shown and '<th scope="col">地点</th>' not in shown


def test_a_review_has_a_grade_and_other_papers_have_none(ground, signed_in):
    project, town = at_works(ground.village), signed_in("town")
    address = f"/projects/{project.pk}/records/"
    typed = {"kind": "绩效评价", "on": "2018-11-01", "unit": "演示财政局", "text": "2018年绩效"}
    assert "绩效评价要有等次" in page(town.post(address, typed))
    assert town.post(address, {**typed, "grade": "良"}).status_code == 303
    assert "只有绩效评价填等次" in page(town.post(address, {**typed, "kind": "群众监督", "grade": "良"}))
    assert "绩效评价　良" in page(town.get(f"/projects/{project.pk}/"))
