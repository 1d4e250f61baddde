"""Over HTTP: early, twice, by the wrong person, from an old page, elsewhere, out of order, many at once."""

import datetime
import itertools

import pytest
from django.test import Client

from accounts.roles import Role
from audits.models import AuditList, Decision, FrozenFacts
from office.models import TrailRow
from tests.conftest import make_user
from tests.households.test_together import office  # noqa: F401

DAY = datetime.date(2018, 10, 8)
CLICKS = 50


@pytest.fixture(autouse=True)
def _day(office_day):
    office_day(DAY)


def client_of(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def seen(audit_list, **typed):
    return {"stage": audit_list.stage, "version": audit_list.version, **typed}


@pytest.fixture
def at_approval(driver, eligible):
    audit_list = driver.open("household-exit", eligible())
    AuditList.objects.update(stage="approval")
    audit_list.refresh_from_db()
    return audit_list


def passing(client, audit_list, **typed):
    return client.post(f"/audits/{audit_list.pk}/pass/", seen(audit_list, **typed))


def stands(audit_list):
    return AuditList.objects.values_list("stage", "version").get(pk=audit_list.pk)


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_posts_of_one_approval_are_one_transition(at_approval, cast, ground, office):  # noqa: F811
    people = itertools.cycle([cast["approver"], make_user("approver2", Role.APPROVER, ground.town)])
    clients = [client_of(next(people)) for _ in range(CLICKS)]
    opened = office()
    answers = opened.at_once(
        *(lambda client=client: passing(client, at_approval).status_code for client in clients)
    )
    assert sorted(answers) == [303] + [409] * (CLICKS - 1)

    def left():
        return (
            stands(at_approval)[0],
            Decision.objects.count(),
            FrozenFacts.objects.count(),
            TrailRow.objects.filter(action="通过环节").count(),
        )

    assert opened.see(left) == ("announcement", 1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_approve_against_send_back_leaves_one(at_approval, cast, ground, office):  # noqa: F811
    one, other = client_of(cast["approver"]), client_of(make_user("approver2", Role.APPROVER, ground.town))
    opened = office()
    back = seen(at_approval, to="acceptance", reason="材料不全")
    answers = opened.at_once(
        lambda: passing(one, at_approval).status_code,
        lambda: other.post(f"/audits/{at_approval.pk}/send-back/", back).status_code,
    )
    assert sorted(answers) == [303, 409]
    stage = "announcement" if answers[0] == 303 else "acceptance"
    assert opened.see(lambda: (stands(at_approval)[0], Decision.objects.count())) == (stage, 1)


def test_a_replay_is_told_who_did_it(at_approval, signed_in, cast, ground):
    assert passing(signed_in("approver"), at_approval).status_code == 303
    cast["approver2"] = make_user("approver2", Role.APPROVER, ground.town)
    for who in ("approver", "approver2"):
        again = passing(signed_in(who), at_approval, opinion="同意退出")
        assert again.status_code == 409
        assert "已由演示approver办理" in again.content.decode()
    assert Decision.objects.count() == 1


def test_an_old_page_is_refused_and_keeps_what_was_typed(at_approval, signed_in):
    AuditList.objects.update(version=9)
    answer = passing(signed_in("approver"), at_approval, opinion="同意退出")
    page = answer.content.decode()
    assert answer.status_code == 409 and "名单刚刚有改动" in page
    assert "同意退出</textarea>" in page
    assert 'name="version" value="9"' in page


def test_a_list_elsewhere_reads_like_none(at_approval, signed_in, cast, ground):
    cast["other_approver"] = make_user("other_approver", Role.APPROVER, ground.other_town)
    client = signed_in("other_approver")
    there, nowhere = passing(client, at_approval), client.post("/audits/999999/pass/", seen(at_approval))
    assert (there.status_code, nowhere.status_code) == (404, 404)
    assert client.get(f"/audits/{at_approval.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["village", "helper", "town", "district", "leader"])
def test_the_wrong_role_is_told_whose_it_is(at_approval, signed_in, role):
    answer = passing(signed_in(role), at_approval, opinion="同意退出")
    assert answer.status_code == 403 and "审核由本区域的镇街审核办理" in answer.content.decode()
    assert stands(at_approval)[0] == "approval"


def test_whoever_decided_before_is_told_so(driver, eligible, signed_in, cast, ground):
    audit_list = driver.open("household-exit", eligible())
    driver.reach(audit_list, "acceptance")
    AuditList.objects.update(stage="approval", stage_since=DAY)
    audit_list.refresh_from_db()
    audit_list.seats.create(person=cast["approver"], stage="acceptance")
    answer = passing(signed_in("approver"), audit_list)
    assert answer.status_code == 403 and stands(audit_list)[0] == "approval"


@pytest.mark.parametrize(
    ("stage", "status"),
    [
        ("filing", 403),
        ("strike-off", 403),
        ("announcement", 403),
        ("proposal", 403),
        ("nothing", 422),
        ("", 422),
    ],
)
def test_a_stage_out_of_order_is_refused(at_approval, signed_in, stage, status):
    crafted = {"stage": stage, "version": at_approval.version}
    assert signed_in("approver").post(f"/audits/{at_approval.pk}/pass/", crafted).status_code == status
    assert stands(at_approval)[0] == "approval"


@pytest.mark.parametrize(("stage", "status"), [("submission", 409), ("verification", 403)])
def test_the_villages_own_later_stage_is_too_early(opened, signed_in, stage, status):
    audit_list = opened("household-exit")
    crafted = {"stage": stage, "version": audit_list.version}
    assert signed_in("village").post(f"/audits/{audit_list.pk}/pass/", crafted).status_code == status
    assert stands(audit_list)[0] == "proposal"


WHY = {"reason": "不齐"}
LATER = [
    ("town", "acceptance", "acceptance/", {"team": "演示组长、演示组员"}),
    ("town", "acceptance", "draw/", {}),
    ("town", "acceptance", "send-back/", {"to": "proposal", **WHY}),
    ("town", "acceptance", "entries/{}/answer/", {"key": "C099", "concern": "饮水", "answer": "已核实"}),
    ("town", "acceptance", "split/", {"entry": "{}", **WHY}),
    ("approver", "approval", "entries/{}/strike/", WHY),
    ("approver", "approval", "entries/{}/hold/", WHY),
    (
        "village",
        "village-notice",
        "notices/new/",
        {"level": "village", "place": "村口", "telephone": "6610000"},
    ),
    ("village", "village-notice", "send-back/", {"to": "proposal", **WHY}),
    ("leader", "filing", "pass/", {}),
    ("town", "strike-off", "pass/", {}),
]


@pytest.mark.parametrize("honest", [True, False])
@pytest.mark.parametrize(("role", "stage", "act", "typed"), LATER)
def test_the_address_of_a_later_act_does_nothing_yet(opened, signed_in, role, stage, act, typed, honest):
    """Typed in by hand, and whichever stage its hidden field names: that of the act or that of the list."""
    audit_list = opened("household-exit", 2)
    entry = str(audit_list.entries.first().pk)
    told = {name: entry if value == "{}" else value for name, value in typed.items()}
    told |= {"stage": audit_list.stage if honest else stage, "version": audit_list.version}
    before = stands(audit_list)
    answer = signed_in(role).post(f"/audits/{audit_list.pk}/{act.format(entry)}", told)
    assert answer.status_code in (403, 409, 422)
    assert stands(audit_list) == before
    assert audit_list.entries.standing().count() == 2 and not Decision.objects.exists()


def test_many_do_not_skip_a_stage_either(at_approval, signed_in):
    for stage in ("announcement", "filing", "strike-off", "archive"):
        chosen = {"list": f"{at_approval.pk}:{stage}:{at_approval.version}"}
        for role in ("approver", "town", "leader"):
            assert signed_in(role).post("/audits/many/", chosen).status_code == 409
    assert stands(at_approval) == ("approval", at_approval.version)


def test_an_incomplete_form_is_told_so_and_nothing_happens(at_approval, signed_in):
    client = signed_in("approver")
    for crafted in ({}, {"stage": "approval"}, {"stage": "approval", "version": "x"}):
        assert client.post(f"/audits/{at_approval.pk}/pass/", crafted).status_code == 422
    assert stands(at_approval)[0] == "approval"


def test_what_is_missing_answers_422_with_its_words(opened, signed_in):
    audit_list = opened("household-exit")
    answer = passing(signed_in("village"), audit_list)
    assert answer.status_code == 422 and "缺村民小组提报名单" in answer.content.decode()


def test_nothing_passes_by_looking_at_it(at_approval, signed_in):
    client = signed_in("approver")
    assert client.get(f"/audits/{at_approval.pk}/pass/").status_code == 405
    assert client.get(f"/audits/{at_approval.pk}/send-back/").status_code == 200
    assert stands(at_approval) == ("approval", at_approval.version)


def test_many_lists_pass_one_by_one_and_each_is_told(driver, eligible, signed_in):
    lists = [driver.open("household-exit", eligible()) for _ in range(3)]
    AuditList.objects.update(stage="approval")
    AuditList.objects.filter(pk=lists[1].pk).update(version=9)
    chosen = [f"{each.pk}:approval:{each.version}" for each in lists]
    answer = signed_in("approver").post("/audits/many/", {"list": chosen})
    assert answer.status_code == 409
    assert [one.done for one in answer.context["outcomes"]] == [True, False, True]
    assert [stands(each)[0] for each in lists] == ["announcement", "approval", "announcement"]
    assert "名单刚刚有改动" in answer.content.decode()


def test_all_of_many_clean_lists_lead_back_and_none_chosen_is_told(driver, eligible, signed_in):
    lists = [driver.open("household-exit", eligible()) for _ in range(2)]
    AuditList.objects.update(stage="approval")
    client = signed_in("approver")
    assert client.post("/audits/many/").status_code == 422
    chosen = [f"{each.pk}:approval:{each.version}" for each in lists]
    assert (
        client.post("/audits/many/", {"list": [*chosen, "x", "1:2", "999999:approval:1"]}).status_code == 303
    )
    assert {stands(each)[0] for each in lists} == {"announcement"}
