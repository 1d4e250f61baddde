"""`/households/<number>/reveal/`: one full value, for a reason, counted and noted (quality S2, threats H3)."""

import datetime
import json

import pytest

from households.models import Helper, Household
from office import trail
from office.models import TrailRow

pytestmark = pytest.mark.django_db
ACCOUNT, PHONE = "6228480000001234567", "13800001234"
WHY = "核对转账回单"


@pytest.fixture
def household(make_household) -> Household:
    return make_household(persons=2, phone=PHONE, bank_account=ACCOUNT)


@pytest.fixture
def ask(household, signed_in):
    """ask("town", person=…, field=…, reason=…) posts as that role, with htmx unless told otherwise."""

    def post(
        role="town", *, of=None, htmx=True, person="household", field="bank_account", reason=WHY, **more
    ):
        return signed_in(role).post(
            f"/households/{(of or household).number}/reveal/",
            {"person": person, "field": field, "reason": reason, **more},
            headers={"HX-Request": "true"} if htmx else {},
        )

    return post


def reveals():
    return TrailRow.objects.filter(action="查看完整号码")


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("village", 200),
        ("town", 200),
        ("district", 200),
        ("helper", 403),
        ("approver", 403),
        ("leader", 403),
        ("other_village_user", 404),
        ("other_town_user", 404),
        ("auditor", 404),
        ("outsider", 404),
    ],
)
def test_who_may(ask, role, status):
    response = ask(role)
    assert response.status_code == status
    assert (ACCOUNT in response.content.decode()) == (status == 200)
    assert reveals().count() == (status == 200)


def test_the_answer_is_kept_by_nobody(ask):
    response = ask()
    assert response["Cache-Control"] == "no-store"
    assert ask(htmx=False)["Cache-Control"] == "no-store"


def test_without_script_it_is_a_page_of_its_own(ask):
    html = ask(htmx=False).content.decode()
    assert "<html" in html
    assert ACCOUNT in html


def test_a_fragment_holds_only_the_value_asked_for(ask, household):
    html = ask().content.decode()
    assert "<html" not in html
    assert PHONE not in html
    assert 'id="hidden-household-bank_account"' in html


def test_a_member_is_named_by_number(ask, household):
    person = household.head
    assert person.id_number in ask(person=person.number, field="id_number").content.decode()
    (row,) = reveals()
    assert (row.subject_type, row.subject_id) == ("households.person", str(person.pk))


def test_the_row_says_what_and_why_and_never_the_value(ask, household, cast):
    person = household.head
    ask(person=person.number, field="id_number")
    (row,) = reveals()
    assert row.detail == {
        "户编号": household.number,
        "成员": person.name,
        "内容": "证件号码",
        "原因": WHY,
    }
    assert row.actor == cast["town"]
    assert row.area == household.village
    assert person.id_number not in json.dumps(row.detail)


def test_the_page_shows_masks_again_when_loaded_anew(ask, household, signed_in):
    ask()
    html = signed_in("town").get(f"/households/{household.number}/").content.decode()
    assert ACCOUNT not in html
    assert f"{'*' * 15}4567" in html


@pytest.mark.parametrize("role", ["helper", "approver", "leader"])
def test_who_may_not_is_not_offered_it(household, signed_in, role):
    assert "/reveal/" not in signed_in(role).get(f"/households/{household.number}/").content.decode()


def test_who_may_is_offered_what_is_filled_in(household, signed_in):
    html = signed_in("town").get(f"/households/{household.number}/").content.decode()
    assert 'id="hidden-household-phone"' in html
    assert f'id="hidden-{household.head.number}-id_number"' in html
    assert "-disease_name" not in html


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "请填查看的原因"),
        ({"reason": " 　 "}, "请填查看的原因"),
        ({"reason": "看"}, "请把查看的原因写清楚"),
        ({"reason": "看" * 101}, "原因不超过 100 个字"),
        ({"reason": f"账号{ACCOUNT}"}, "原因里不要写号码"),
        ({"field": "id_number"}, "没有这一项"),
        ({"field": "pk"}, "没有这一项"),
        ({"field": ""}, "请指明是哪一项"),
        ({"person": ""}, "请指明是哪个成员"),
        ({"person": "99999999999"}, "本户没有这个成员"),
    ],
)
@pytest.mark.parametrize("htmx", [True, False])
def test_an_incomplete_request_shows_nothing(ask, changed, words, htmx):
    response = ask(htmx=htmx, **changed)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not reveals().exists()
    if "reason" not in changed:
        assert ACCOUNT not in response.content.decode()


def test_an_empty_value_is_no_reveal(ask, household):
    response = ask(person=household.head.number, field="disease_name")
    assert response.status_code == 422
    assert "这一项没有填" in response.content.decode()


def test_a_member_of_another_household_is_nobody_here(ask, make_household):
    other = make_household()
    response = ask(person=other.head.number, field="id_number")
    assert response.status_code == 422
    assert other.head.id_number not in response.content.decode()


def test_the_hour_has_a_cap(ask, settings):
    settings.REVEALS_PER_HOUR = 2
    assert [ask().status_code for _ in range(3)] == [200, 200, 429]
    assert reveals().filter(outcome="ok").count() == 2
    refused = ask()
    assert "一小时内最多查看 2 个" in refused.content.decode()
    assert ACCOUNT not in refused.content.decode()
    assert reveals().filter(outcome="refused").count() == 2


def test_the_cap_is_each_persons_own_and_of_the_last_hour(ask, settings, monkeypatch):
    settings.REVEALS_PER_HOUR = 1
    assert ask("town").status_code == 200
    assert ask("district").status_code == 200
    later = trail.clock.now() + datetime.timedelta(minutes=61)
    monkeypatch.setattr("households.views.reveal.clock.now", lambda: later)
    monkeypatch.setattr("accounts.middleware.SessionLimitsMiddleware._over", lambda *_: "")
    assert ask("town", password="演示口令-2018").status_code == 200


@pytest.fixture
def helper(household) -> Helper:
    return Helper.objects.create(
        household=household,
        name="演示帮",
        phone="13955040263",
        unit_name="演示局",
        affiliation="县",
        start_on=datetime.date(2018, 3, 1),
    )


def test_a_helpers_number_is_opened_the_same_way(ask, household, helper, signed_in):
    page = signed_in("town").get(f"/households/{household.number}/").content.decode()
    assert f'id="hidden-helper-{helper.number}-phone"' in page
    assert helper.phone not in page
    assert helper.phone in ask(person=f"helper-{helper.number}", field="phone").content.decode()
    (row,) = reveals()
    assert (row.subject_type, row.detail["帮扶责任人"]) == ("households.helper", "演示帮")
    assert ask(person=f"helper-{helper.number}", field="bank_account").status_code == 422


def test_a_helper_of_another_household_is_nobody_here(ask, make_household, helper):
    answer = ask(of=make_household(), person=f"helper-{helper.number}", field="phone")
    assert answer.status_code == 422
    assert helper.phone not in answer.content.decode()


@pytest.mark.parametrize("htmx", [True, False])
def test_the_password_is_asked_again_when_it_was_entered_long_ago(ask, settings, htmx):
    settings.PASSWORD_AGAIN_MINUTES = 0
    asked = ask(htmx=htmx)
    html = asked.content.decode()
    assert asked.status_code == 422
    assert 'name="password"' in html and WHY in html and ACCOUNT not in html
    wrong = ask(htmx=htmx, password="x")
    assert (wrong.status_code, ACCOUNT in wrong.content.decode()) == (422, False)
    assert not reveals().exists()
    assert ACCOUNT in ask(htmx=htmx, password="演示口令-2018").content.decode()
    assert list(TrailRow.objects.filter(action="再次输入密码").values_list("outcome", flat=True)) == [
        "ok",
        "refused",
    ]


def test_once_entered_the_password_holds_for_its_minutes(household, signed_in, settings, monkeypatch):
    settings.PASSWORD_AGAIN_MINUTES = 15
    monkeypatch.setattr("accounts.middleware.SessionLimitsMiddleware._over", lambda *_: "")
    client, address = signed_in("town"), f"/households/{household.number}/reveal/"
    session = client.session
    start = trail.clock.now()
    session["began"] = int((start - datetime.timedelta(minutes=16)).timestamp())
    session.save()
    asked = {"person": "household", "field": "phone", "reason": WHY}
    assert client.post(address, asked).status_code == 422
    assert client.post(address, {**asked, "password": "演示口令-2018"}).status_code == 200
    assert client.post(address, asked).status_code == 200
    later = start + datetime.timedelta(minutes=16)
    monkeypatch.setattr("accounts.password_again.clock.now", lambda: later)
    assert client.post(address, asked).status_code == 422


def test_five_wrong_passwords_lock_the_account(household, signed_in, settings):
    settings.PASSWORD_AGAIN_MINUTES = 0
    client, address = signed_in("town"), f"/households/{household.number}/reveal/"
    asked = {"person": "household", "field": "phone", "reason": WHY}
    for _ in range(5):
        client.post(address, {**asked, "password": "x"})
    answer = client.post(address, {**asked, "password": "演示口令-2018"})
    assert PHONE not in answer.content.decode()
    assert not reveals().exists()
    sign_in = {"username": "town", "password": "演示口令-2018"}
    assert signed_in(None).post("/accounts/login/", sign_in).status_code != 303


def test_only_post(household, signed_in):
    assert signed_in("town").get(f"/households/{household.number}/reveal/").status_code == 405


def test_a_trail_that_cannot_be_written_shows_nothing(ask, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError("no room")

    monkeypatch.setattr("office.trail.record", broken)
    with pytest.raises(OSError, match="no room"):
        ask()
