"""Files with full numbers: reason, caps, a second person above the limit, a day, the trail (quality S2, threats H10)."""

import datetime
import io
import uuid

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import Duty
from accounts.roles import Role
from households import full_export
from households.models import FullExport, FullExportState, Household
from office import jobs
from office.models import Job, JobState, TrailRow
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
WHY = "镇里核对银行卡名单"
NEW = "/households/full-exports/new/"


@pytest.fixture
def homes(ground, make_household):
    """Five persons in the town, two in the other."""
    return [
        make_household(
            village=ground.village, persons=2, phone="13966150372", bank_account="6228480000001234567"
        ),
        make_household(village=ground.sibling_village, persons=3),
        make_household(village=ground.other_village, persons=2),
    ]


@pytest.fixture
def small(settings):
    """Two persons may be taken alone."""
    settings.FULL_EXPORT_ALONE = 2


@pytest.fixture
def second(ground):
    return make_user("second", Role.TOWN, ground.town)


@pytest.fixture
def client_of(signed_in, cast):
    def sign_in(user):
        cast[user.username] = user
        return signed_in(user.username)

    return sign_in


def ask(client, query="", *, status=303, **changed):
    asked = {"numbers": ["id_number"], "reason": WHY, "once": uuid.uuid4().hex, **changed}
    answer = client.post(f"{NEW}?{query}", asked)
    assert answer.status_code == status, answer.content.decode()
    return answer


def latest() -> FullExport:
    return FullExport.objects.latest("asked_at")


def act(client, export, what="", **data):
    return client.post(f"/households/full-exports/{export.pk}/{what}", data)


def work(export) -> Job:
    export.refresh_from_db()
    jobs.run_job(str(export.job_id))
    export.refresh_from_db()
    return Job.objects.get(pk=export.job_id)


def table(answer) -> list[list]:
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_a_few_are_made_alone_with_the_numbers_asked_for(homes, signed_in):
    client = signed_in("village")
    ask(client, numbers=["id_number", "bank_account"])
    assert work(latest()).state == JobState.DONE
    rows = table(act(client, latest(), "file/"))
    assert rows[0][-2:] == ["证件号码", "银行账号"]
    people = homes[0].persons.order_by("number")
    assert [row[-2] for row in rows[1:]] == [person.id_number for person in people]
    assert {row[-1] for row in rows[1:]} == {"6228480000001234567"}
    assert "13966150372" not in str(rows)


def test_more_wait_for_a_second_person_and_nothing_is_produced_before(
    homes, small, signed_in, second, client_of
):
    client = signed_in("town")
    ask(client)
    export = latest()
    assert (export.state, export.needs_second, export.persons) == ("waiting", True, 5)
    assert not Job.objects.exists()
    assert not export.path.exists()
    assert act(client, export, "file/").status_code == 409
    other = client_of(second)
    assert 'data-action="agree"' in other.get(f"/households/full-exports/{export.pk}/").content.decode()
    assert act(other, export, "agree/").status_code == 303
    assert work(export).state == JobState.DONE
    assert (export.second, export.rows) == (second, 5)
    assert len(table(act(client, export, "file/"))) == 6


def test_nobody_agrees_to_the_own_request(homes, small, signed_in, cast):
    client = signed_in("town")
    ask(client)
    export = latest()
    assert act(client, export, "agree/").status_code == 403
    assert act(client, export, "decline/", reason="不行").status_code == 403
    assert 'data-action="agree"' not in client.get(f"/households/full-exports/{export.pk}/").content.decode()
    assert latest().state == "waiting"
    assert TrailRow.objects.filter(action="复核完整号码导出", outcome="refused").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        FullExport.objects.update(second=cast["town"])
    with pytest.raises(IntegrityError), transaction.atomic():
        FullExport.objects.update(state="making")


@pytest.mark.parametrize(
    ("role", "status"),
    [("district", 303), ("village", 404), ("approver", 403), ("leader", 403), ("other_town_user", 404)],
)
def test_who_may_be_the_second(homes, small, signed_in, role, status):
    ask(signed_in("town"))
    assert act(signed_in(role), latest(), "agree/").status_code == status
    assert (latest().state == "making") == (status == 303)


def test_a_request_waits_on_the_desk_of_who_may_second_it(homes, small, signed_in, second, client_of, cast):
    def waiting(client):
        todos = {todo.what: todo for todo in client.get("/").context["todos"]}
        return todos["完整号码导出待复核"].count if "完整号码导出待复核" in todos else None

    ask(signed_in("town"))
    export = latest()
    desks = {name: waiting(signed_in(name)) for name in cast if name != "second"}
    assert {name for name, count in desks.items() if count} == {"district"}
    assert {desks[name] for name in ("approver", "leader", "department", "auditor")} == {None}
    assert waiting(client_of(second)) == 1 and desks["town"] == desks["other_town_user"] == 0
    html = client_of(second).get("/").content.decode()
    assert f"/households/full-exports/{export.pk}/" in html and "演示town" in html
    act(client_of(second), export, "decline/", reason="人数太多")
    assert waiting(client_of(second)) == 0


def test_one_decision_a_request(homes, small, signed_in, second, client_of):
    ask(signed_in("town"))
    export = latest()
    assert act(client_of(second), export, "agree/").status_code == 303
    late = act(signed_in("district"), export, "agree/")
    assert late.status_code == 409
    assert "已由演示second同意" in late.content.decode()
    assert act(signed_in("district"), export, "decline/", reason="人数太多").status_code == 409
    assert Job.objects.filter(kind="full-export").count() == 1


def test_declined_with_a_reason_it_is_never_made(homes, small, signed_in, second, client_of):
    client = signed_in("town")
    ask(client)
    export, other = latest(), client_of(second)
    assert act(other, export, "decline/").status_code == 422
    assert act(other, export, "decline/", reason="人数太多").status_code == 303
    assert latest().state == "declined"
    assert act(client, export, "file/").status_code == 409
    assert "人数太多" in client.get(f"/households/full-exports/{export.pk}/").content.decode()


def test_a_day_later_neither_request_nor_file_stands(homes, small, signed_in, second, client_of):
    client, other = signed_in("town"), client_of(second)
    ask(client)
    ask(client)
    waiting, made = FullExport.objects.order_by("asked_at")
    act(other, made, "agree/")
    work(made)
    assert made.path.exists()
    FullExport.objects.update(expires_at=timezone.now())
    assert act(other, waiting, "agree/").status_code == 409
    assert act(client, made, "file/").status_code == 409
    assert full_export.expire(timezone.now()) == 1
    assert not made.path.exists()


def test_a_file_whose_row_is_still_being_written_is_not_swept(homes, signed_in):
    ask(signed_in("village"))
    export = latest()
    work(export)
    # As another transaction sees it while the job commits.
    FullExport.objects.update(state=FullExportState.MAKING)
    assert full_export.expire(timezone.now()) == 0 and export.path.exists()


def test_a_condition_of_any_length_is_answered(homes, signed_in):
    ask(signed_in("village"), "&".join(["sort=persons"] * 300), status=422)
    assert not FullExport.objects.exists()


def test_the_request_keeps_only_what_the_list_knows(homes, signed_in):
    ask(
        signed_in("village"),
        f"cause=因病&phone=13966150372&{homes[0].head.id_number}=1&column=phone&column=x",
    )
    assert QueryDict(latest().query).dict() == {"cause": "因病", "column": "phone"}


def test_more_persons_than_were_agreed_to_are_not_written(homes, small, signed_in, second, client_of, ground):
    ask(signed_in("town"))
    export = latest()
    act(client_of(second), export, "agree/")
    Household.objects.filter(pk=homes[0].pk).update(member_count=3)
    job = work(export)
    assert job.state == JobState.FAILED
    assert f"申请时 {export.persons} 人，现在 {export.persons + 1} 人" in job.error
    assert not export.path.exists()


def test_the_file_is_for_whoever_asked_while_the_right_lasts(homes, signed_in, ground, cast):
    client = signed_in("village")
    ask(client)
    export = latest()
    work(export)
    for other in ("town", "district", "other_village_user"):
        assert act(signed_in(other), export, "file/").status_code == 404
    Duty.objects.filter(user=cast["village"]).update(area=ground.other_village)
    assert act(client, export, "file/").status_code == 404
    Duty.objects.filter(user=cast["village"]).update(area=ground.village, role=Role.HELPER)
    assert act(client, export, "file/").status_code == 403


def test_scope_and_right_are_looked_at_again_when_the_file_is_made(homes, signed_in, cast):
    ask(signed_in("village"))
    Duty.objects.filter(user=cast["village"]).update(role=Role.HELPER)
    assert work(latest()).state == JobState.FAILED
    assert not latest().path.exists()


def test_households_that_moved_out_of_the_area_are_left_out(homes, ground, signed_in):
    homes[0].move_to(ground.other_village, on=datetime.date(2017, 3, 1), by=None, reason="搬迁")
    client = signed_in("village")
    assert "没有符合条件的人" in ask(client, "on_register=2016-12-31", status=422).content.decode()


def test_the_file_on_disk_is_sealed_and_the_row_holds_no_number(homes, signed_in):
    ask(signed_in("village"), reason="给13966150372核对")
    export = latest()
    work(export)
    number = homes[0].head.id_number
    assert number.encode() not in export.path.read_bytes()
    assert export.path.read_bytes()[:8].find(b"PK") == -1
    assert [path.name for path in export.path.parent.glob("*")] == [export.path.name]


def test_the_hours_cap_counts_screen_and_file_together(homes, signed_in, settings):
    settings.REVEALS_PER_HOUR = 3
    client = signed_in("village")
    ask(client)
    answer = ask(client, status=422)
    assert "一小时内最多查看 3 人" in answer.content.decode()
    assert TrailRow.objects.filter(action="申请完整号码导出", outcome="refused").count() == 1
    reveal = f"/households/{homes[0].number}/reveal/"
    asked = {"person": "household", "field": "phone", "reason": WHY}
    assert [client.post(reveal, asked).status_code for _ in range(2)] == [200, 429]


def test_requests_of_a_day_are_counted(homes, small, signed_in, settings):
    settings.FULL_EXPORTS_PER_DAY = 2
    client = signed_in("town")
    ask(client)
    ask(client)
    assert "一天内最多申请 2 次" in ask(client, status=422).content.decode()


def test_the_same_click_sent_five_times_is_one_request(homes, small, signed_in):
    client, once = signed_in("town"), uuid.uuid4().hex
    assert len({ask(client, once=once)["Location"] for _ in range(5)}) == 1
    assert FullExport.objects.count() == TrailRow.objects.filter(action="申请完整号码导出").count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "请填原因"),
        ({"reason": "看看"}, "请把原因写清楚"),
        ({"numbers": []}, "请选要哪些号码"),
        ({"numbers": ["disease_name"]}, "没有“disease_name”这一项"),
    ],
)
def test_an_incomplete_request_is_said_and_kept(homes, signed_in, changed, words):
    html = ask(signed_in("town"), status=422, **changed).content.decode()
    assert words in html
    if "reason" not in changed:
        assert WHY in html
    assert not FullExport.objects.exists()


@pytest.mark.parametrize("role", ["helper", "approver", "leader", "auditor", "outsider"])
def test_who_may_not_see_full_numbers_may_not_ask(homes, signed_in, role):
    client = signed_in(role)
    assert client.get(NEW).status_code == 403
    ask(client, status=403)
    assert "完整号码" not in client.get("/households/").content.decode()


def test_the_password_is_asked_again_when_it_was_entered_long_ago(
    homes, small, signed_in, settings, second, client_of
):
    settings.PASSWORD_AGAIN_MINUTES = 0
    client, password = signed_in("village"), "演示口令-2018"
    assert 'name="password"' in client.get(NEW).content.decode()
    assert "请再输一次" in ask(client, status=422).content.decode()
    assert "密码不正确" in ask(client, status=422, password="x").content.decode()
    ask(client, password=password)
    export = latest()
    work(export)
    assert act(client, export, "file/").status_code == 422
    assert act(client, export, "file/", password=password).status_code == 200
    ask(signed_in("town"), password=password)
    other = client_of(second)
    assert act(other, latest(), "agree/").status_code == 422
    assert latest().state == FullExportState.WAITING
    assert act(other, latest(), "agree/", password=password).status_code == 303


def test_every_step_is_in_the_trail_without_a_number(homes, small, signed_in, second, client_of):
    client = signed_in("town")
    ask(client)
    export = latest()
    act(client_of(second), export, "agree/")
    work(export)
    act(client, export, "file/")
    steps = list(TrailRow.objects.filter(subject_id=str(export.pk)).order_by("pk"))
    assert [(row.action, row.actor_name) for row in steps] == [
        ("申请完整号码导出", "演示town"),
        ("同意完整号码导出", "演示second"),
        ("生成完整号码文件", "演示town"),
        ("下载完整号码文件", "演示town"),
    ]
    assert {row.detail["原因"] for row in steps} == {WHY}
    assert steps[2].detail["复核人"] == "演示second"
    assert steps[2].detail["行数"] == 5
    numbers = [person.id_number for home in homes for person in home.persons.all()]
    assert not [number for number in numbers for row in steps if number in str(row.detail)]
