"""Acts that no other test has told in the trail: each is done on its page, and leaves its row (trail_actions.csv)."""

import datetime
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CAPABILITIES, Capability, Role
from measures.models import DepartmentList, ListState
from office.models import Job, JobState
from reporting.jobs import parameters
from tests.permission_objects import BUILDERS, World
from tests.villages.test_work_import import book
from villages.work.kinds import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(ground, cast, make_household):
    world = World(ground, cast, make_household)
    for name, build in BUILDERS.items():
        world.built[name] = build(world, cast["district"])
    return {name: made.own for name, made in world.built.items()}


@pytest.fixture
def client(signed_in, monkeypatch):
    """Who may do everything in the county: of rights the permission table tells."""
    monkeypatch.setitem(CAPABILITIES, Role.DISTRICT, frozenset(Capability))
    return signed_in("district")


def done(answer) -> None:
    assert answer.status_code == 303, answer.content.decode().partition("alert")[2][:600]


def test_whatever_is_struck_out(places, client):
    for kind in KINDS.values():
        done(
            client.post(
                reverse(f"villages:{kind.one}-strike", args=places[kind.one.replace("-", "_")]),
                {"reason": "录重了"},
            )
        )


def test_a_model_that_is_shown_no_more(places, client):
    for step in ("publish", "withdraw"):
        done(client.post(reverse(f"villages:work-{step}", args=places["work"])))


def test_a_sharing_that_is_taken_back(places, client):
    address = reverse("measures:sharing-withdraw", args=places["sharing"])
    done(client.post(address, {"withdrawn_reason": "数额有误"}))


def test_a_list_that_is_answered(places, client):
    DepartmentList.objects.filter(pk=places["department_list"][0]).update(state=ListState.DONE)
    done(client.post(reverse("measures:list-tell", args=places["department_list"])))
    address = reverse("measures:list-difference-return", args=places["list_difference"])
    done(client.post(address, {"reason": "请核实姓名"}))


def test_a_card_for_the_door(places, client):
    assert client.get(reverse("reporting:card", args=places["household"])).status_code == 200


def test_a_job_that_is_asked_for_again(client, cast, ground):
    asked = parameters("exit-tally", ground.county, 2018, datetime.date(2018, 11, 20))
    row = {
        "kind": "report",
        "title": "演示",
        "params": asked,
        "owner": cast["district"],
        "key": uuid.uuid4().hex,
    }
    failed = Job.objects.create(state=JobState.FAILED, queued_at=timezone.now(), **row)
    done(client.post(reverse("accounts:job-retry", args=[failed.pk])))


def test_letters_and_responsibilities_by_workbook(client, ground):
    letter = {
        "年度": 2018,
        "层级": "区—镇街",
        "区划": ground.town.code,
        "甲方": "演示区",
        "乙方": "演示镇",
        "任务": "演示任务",
    }
    answers = {
        "年度": 2018,
        "区划": ground.county.code,
        "部门": "民政",
        "责任单位和责任人": "演示局　演示甲",
        "责任事项": "演示事项",
        "完成期限": "2018-12-20",
    }
    for key, row in (("letter", letter), ("responsibility", answers)):
        file: SimpleUploadedFile = book(list(row.values()), head=list(row))
        done(client.post(reverse(f"villages:{key}-import"), {"file": file}))
