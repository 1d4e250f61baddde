"""The fragment of a village's page: what the register holds of it on the office day."""

import datetime

import pytest

from accounts.roles import CAPABILITIES, Capability, Role
from villages.models import Village, VillageYear

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(ground, make_household) -> str:
    """Two households of 2 and 3 persons among 500 rural people; one of 国标 has left the register."""
    make_household(village=ground.village, persons=2, standard="国家标准")
    make_household(village=ground.village, persons=3, standard="省定标准")
    left = make_household(village=ground.village, persons=4, standard="国家标准")
    left.leave_poverty(on=datetime.date(2017, 12, 20), by=None, origin="历史导入")
    make_household(village=ground.sibling_village, persons=7)
    village, _ = Village.objects.get_or_create(area=ground.village)
    VillageYear.objects.create(
        village=village, year=2017, households=180, population=520, rural_population=500
    )
    VillageYear.objects.create(village=village, year=2019, households=180, population=520, rural_population=9)
    return f"/households/village-panel/{ground.village.code}/"


def test_counts_and_incidence_of_the_office_day(address, signed_in, office_day):
    html = signed_in("village").get(address).content.decode()
    for words in ("2 户</a>", "5 人</a>", "1 户　2 人</a>", "500 人（2017年）", "1.00%"):
        assert words in html
    office_day(datetime.date(2017, 12, 19))
    assert "9 人</a>" in signed_in("village").get(address).content.decode()


def test_figures_open_the_list_they_count(address, ground, signed_in):
    client = signed_in("town")
    html = client.get(address).content.decode()
    link = f"/households/?area={ground.village.code}&amp;on_register=2018-11-20&amp;as_of=2018-11-20"
    assert link in html
    assert 'data-total="2" data-persons="5"' in client.get(link.replace("&amp;", "&")).content.decode()


def test_who_sees_villages_only_gets_the_counts_without_links(address, signed_in, monkeypatch):
    monkeypatch.setitem(CAPABILITIES, Role.LEADER, frozenset({Capability.VILLAGE_VIEW}))
    html = signed_in("leader").get(address).content.decode()
    assert "2 户" in html
    assert "href" not in html


@pytest.mark.parametrize(
    ("role", "status"),
    [("leader", 200), ("other_village_user", 404), ("other_town_user", 404), ("outsider", 404)],
)
def test_seen_inside_the_area_only(address, signed_in, role, status):
    assert signed_in(role).get(address).status_code == status


def test_unknown_codes_and_towns_are_not_found(address, ground, signed_in):
    client = signed_in("district")
    for code in ("000000000000", ground.town.code, "x"):
        assert client.get(f"/households/village-panel/{code}/").status_code == 404


def test_no_incidence_without_a_rural_population(address, signed_in):
    VillageYear.objects.all().delete()
    html = signed_in("village").get(address).content.decode()
    assert "不能计算" in html
    assert "%" not in html
