"""Users and duties by the security administrator, each act in the trail."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Duty, User
from accounts.roles import Role
from office.models import TrailRow
from tests.conftest import make_user


def issued(answer) -> str:
    found = re.search(r"data-first-password>([^<]+)<", answer.content.decode())
    assert found
    return found[1]


def actions() -> list[str]:
    return list(TrailRow.objects.order_by("id").values_list("action", flat=True))


@pytest.fixture
def keeper(signed_in):
    return signed_in("security")


@pytest.fixture
def stranger(ground, cast):
    """A user of the other county."""
    return make_user("stranger", Role.DISTRICT, ground.other_county)


def test_a_new_user_gets_a_password_once_and_must_change_it(keeper):
    answer = keeper.post(reverse("accounts:user-new"), {"username": "new", "display_name": "演示新"})
    first = issued(answer)
    user = User.objects.get(username="new")
    assert user.check_password(first) and user.must_change_password
    client = Client()
    client.post("/accounts/login/", {"username": "new", "password": first})
    assert client.get("/jobs/")["Location"] == "/accounts/password/"
    assert actions() == ["新建用户", "登录"]
    assert first not in str(TrailRow.objects.values_list("detail", flat=True))


def test_extra_fields_of_the_form_change_nothing(keeper):
    extra = {"is_active": "", "must_change_password": "", "is_superuser": "1", "password": "演示口令-2018"}
    keeper.post(reverse("accounts:user-new"), {"username": "new", "display_name": "演示新", **extra})
    user = User.objects.get(username="new")
    assert user.is_active and user.must_change_password and not user.check_password("演示口令-2018")


def test_a_user_name_that_is_taken_is_refused_and_the_form_kept(keeper):
    answer = keeper.post(reverse("accounts:user-new"), {"username": "town", "display_name": "演示新"})
    assert answer.status_code == 422
    assert "已有人用" in answer.content.decode() and "演示新" in answer.content.decode()


def grant(client, user, **fields):
    values = {"role": "village", "start_on": "2018-11-20", "end_on": "", **fields}
    return client.post(reverse("accounts:user-grant", args=[user.pk]), values)


def test_a_granted_duty_works_at_the_next_request_and_an_ended_one_no_more(keeper, cast, ground, signed_in):
    outsider = cast["outsider"]
    assert grant(keeper, outsider, area=ground.village.pk).status_code == 303
    duty = outsider.duties.get()
    assert duty.granted_by == cast["security"]
    assert User.objects.get(pk=outsider.pk).area_scope().covers(ground.village)
    end = reverse("accounts:user-end-duty", args=[outsider.pk, duty.pk])
    assert keeper.post(end).status_code == 303
    assert not User.objects.get(pk=outsider.pk).area_scope()
    assert keeper.post(end).status_code == 409
    assert actions() == ["授予任职", "解除任职"]


def test_the_duty_of_a_department_is_granted_with_its_name(keeper, cast, ground):
    outsider, county = cast["outsider"], ground.county.pk
    refused = grant(keeper, outsider, role="department", area=county)
    assert refused.status_code == 422 and "写明是哪个部门" in refused.content.decode()
    assert grant(keeper, outsider, role="department", area=county, unit="住建").status_code == 303
    assert outsider.duties.get().unit == "住建"
    page = keeper.get(reverse("accounts:user", args=[outsider.pk])).content.decode()
    assert "部门·住建" in page
    assert TrailRow.objects.get(action="授予任职").detail["角色"] == "部门·住建"


def test_an_area_outside_the_kept_county_cannot_be_chosen(keeper, cast, ground):
    answer = grant(keeper, cast["outsider"], area=ground.foreign_village.pk)
    assert answer.status_code == 422
    assert "管理范围" in answer.content.decode()
    assert not cast["outsider"].duties.exists()


def test_a_duty_that_does_not_fit_says_why(keeper, cast, ground):
    answer = grant(keeper, cast["town"], role="approver", area=ground.town.pk)
    assert answer.status_code == 422
    assert "同时只任一种角色" in answer.content.decode()
    assert actions() == []


def test_no_self_grant_and_no_act_on_the_own_account(keeper, cast, ground):
    oneself = cast["security"]
    duty = oneself.duties.get()
    assert grant(keeper, oneself, role="district", area=ground.county.pk).status_code == 403
    for name, args in [
        ("user-disable", [oneself.pk]),
        ("user-enable", [oneself.pk]),
        ("user-password", [oneself.pk]),
        ("user-end-duty", [oneself.pk, duty.pk]),
    ]:
        assert keeper.post(reverse(f"accounts:{name}", args=args)).status_code == 403
    assert list(oneself.duties.values_list("role", flat=True)) == ["security"]
    assert set(actions()) == {"访问被拒绝"}


def test_disable_and_enable_happen_once_each(keeper, cast):
    disable = reverse("accounts:user-disable", args=[cast["town"].pk])
    assert [keeper.post(disable).status_code for _ in range(2)] == [303, 409]
    assert not User.objects.get(username="town").is_active
    enable = reverse("accounts:user-enable", args=[cast["town"].pk])
    assert [keeper.post(enable).status_code for _ in range(2)] == [303, 409]
    assert actions() == ["停用用户", "启用用户"]


def test_a_reset_password_opens_the_locked_account_and_ends_its_sessions(keeper, cast, signed_in):
    client = signed_in("town")
    for _ in range(5):
        Client().post("/accounts/login/", {"username": "town", "password": "wrong"})
    first = issued(keeper.post(reverse("accounts:user-password", args=[cast["town"].pk])))
    assert client.get("/jobs/").status_code == 302
    assert Client().post("/accounts/login/", {"username": "town", "password": first}).status_code == 303


def test_users_of_another_county_do_not_exist(keeper, stranger):
    unknown = keeper.get(reverse("accounts:user", args=[10**9]))
    foreign = keeper.get(reverse("accounts:user", args=[stranger.pk]))
    assert foreign.status_code == unknown.status_code == 404
    assert "stranger" not in keeper.get(reverse("accounts:users")).content.decode()
    assert keeper.post(reverse("accounts:user-password", args=[stranger.pk])).status_code == 404


def test_a_user_with_a_second_duty_elsewhere_is_out_of_reach(keeper, cast, ground):
    Duty.objects.create(user=cast["town"], role=Role.TOWN, area=ground.foreign_town, start_on="2018-01-01")
    assert keeper.get(reverse("accounts:user", args=[cast["town"].pk])).status_code == 404


def test_the_search_finds_by_part_of_the_name(keeper):
    page = keeper.get(reverse("accounts:users"), {"q": "other_"}).content.decode()
    assert 'data-total="2"' in page


def test_the_list_asks_as_often_for_many_users_as_for_few(keeper, ground):
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            keeper.get(reverse("accounts:users"))
        return len(seen)

    count()
    few = count()
    for n in range(30):
        make_user(f"many{n}", Role.VILLAGE, ground.village)
    assert count() == few
    assert few <= 12


def test_two_keepers_of_a_province_reach_one_another_and_everybody_below(ground, cast, client):
    first = User.objects.create_superuser("first", "演示口令-2018", display_name="演示一")
    second = make_user("second", Role.SECURITY, ground.province)
    client.force_login(first, backend="django.contrib.auth.backends.ModelBackend")
    for user in (second, cast["security"], cast["town"]):
        assert client.get(reverse("accounts:user", args=[user.pk])).status_code == 200
    assert grant(client, cast["outsider"], role="leader", area=ground.city.pk).status_code == 303
