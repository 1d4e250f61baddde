"""A made file is its owner's alone (threats A11): the same duty in the same town opens nothing."""

from django.test import Client

from accounts.models import Duty, User
from accounts.roles import Role
from tests.accounts.test_exports import ask, done, three  # noqa: F401


def test_a_colleague_with_the_same_right_gets_nothing(three, ground, signed_in):  # noqa: F811
    url = done(ask(signed_in("town"), "households:list")).result["url"]
    colleague = User.objects.create_user("colleague", "演示口令-2018")
    Duty.objects.create(user=colleague, role=Role.TOWN, area=ground.town, start_on="2018-01-01")
    client = Client()
    client.force_login(colleague)
    assert client.get("/households/").status_code == 200
    assert client.get(url).status_code == 404
    assert signed_in("town").get(url).status_code == 200
