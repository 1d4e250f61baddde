import pytest

from villages.models import Village, VillageYear


def total(page) -> int:
    return page.context["page"].total


@pytest.mark.parametrize(
    ("who", "count"),
    [("district", 3), ("leader", 3), ("town", 2), ("village", 1), ("other_town_user", 1)],
)
def test_the_list_shows_the_villages_of_ones_area(villages, signed_in, who, count):
    page = signed_in(who).get("/villages/")
    assert total(page) == count
    assert f'data-total="{count}"' in page.content.decode()


def test_the_list_narrows_to_an_area(villages, signed_in, ground):
    assert total(signed_in("district").get(f"/villages/?area={ground.other_town.code}")) == 1


@pytest.mark.parametrize("area", ["foreign_town", "other_county"])
def test_a_foreign_area_is_unknown(villages, signed_in, ground, area):
    client = signed_in("district")
    foreign = client.get(f"/villages/?area={getattr(ground, area).code}")
    assert foreign.status_code == client.get("/villages/?area=999999999999").status_code == 404


@pytest.mark.parametrize("query", ["on=2018-13-01&key=standing", "as_of=昨天", "key=all", "level=县定"])
def test_an_unreadable_condition_is_refused_in_chinese(villages, signed_in, query):
    page = signed_in("district").get(f"/villages/?{query}")
    assert page.status_code == 422
    text = page.content.decode()
    assert "没有列出" in text and 'data-total="0"' in text


def test_a_name_finds_the_village(villages, signed_in):
    page = signed_in("district").get("/villages/?q=南村")
    assert total(page) == 1 and "演示南村" in page.content.decode()


def test_an_empty_list_says_why_and_offers_the_way_back(villages, signed_in):
    page = signed_in("district").get("/villages/?q=没有的村").content.decode()
    assert 'data-total="0"' in page and "清除条件" in page


def test_a_village_of_a_key_town_is_marked(villages, signed_in):
    rows = signed_in("district").get("/villages/").context["page"].rows
    assert [row.in_key_town for row in rows] == [True, True, False]


def test_the_phone_is_masked(villages, signed_in):
    village = villages["village"]
    village.village_officer_phone = "13900001234"
    village.save()
    page = signed_in("district").get("/villages/").content.decode()
    assert "139****1234" in page and "13900001234" not in page


def test_the_newest_facts_are_shown(villages, signed_in):
    for year, population in ((2016, 900), (2017, 910)):
        VillageYear.objects.create(
            village=villages["village"],
            year=year,
            households=300,
            population=1000,
            rural_population=population,
        )
    rows = signed_in("village").get("/villages/").context["page"].rows
    assert (rows[0].facts.year, rows[0].facts.rural_population) == (2017, 910)


def test_a_closed_village_is_not_among_todays(villages, signed_in, ground):
    ground.sibling_village.close(on=ground.village.valid_from, successor=ground.village)
    assert total(signed_in("town").get("/villages/")) == 1


def test_more_villages_need_no_more_queries(
    villages, signed_in, chosen, ground, django_assert_max_num_queries
):
    chosen(ground.village)
    chosen(ground.other_village)
    client = signed_in("district")
    client.get("/villages/")
    with django_assert_max_num_queries(14):
        client.get("/villages/")


def test_events_list_counts_what_a_figure_counts(plan_base, signed_in):
    client = signed_in("district")
    page = client.get("/villages/events/?year=2016&kind=摘帽&level=省定&as_of=2018-11-20")
    assert total(page) == 1 and 'data-total="1"' in page.content.decode()
    assert total(client.get(f"/villages/events/?area={plan_base.other_town.code}&kind=摘帽")) == 0
    assert total(client.get("/villages/events/")) == 5


@pytest.mark.parametrize("query", ["year=二零一六", "year=99999", "kind=退出", "until=2016-02-30"])
def test_unreadable_conditions_of_events_are_refused(plan_base, signed_in, query):
    page = signed_in("district").get(f"/villages/events/?{query}")
    assert page.status_code == 422
    assert query.split("=")[1] in page.content.decode()


@pytest.mark.parametrize("address", ["/villages/", "/villages/events/"])
def test_keepers_of_the_system_see_no_village(villages, signed_in, address):
    for who in ("auditor", "security", "admin", "outsider"):
        assert signed_in(who).get(address).status_code == 403


def test_villages_without_an_officer_are_listed(ground, signed_in):
    """R016: every village has a named 扶贫专干 or 联络员."""
    Village.objects.create(area=ground.village, village_officer="秦演示")
    Village.objects.create(area=ground.sibling_village)
    page = signed_in("town").get("/villages/?officer=missing").content.decode()
    assert 'data-total="1"' in page
    assert "演示南村" in page
