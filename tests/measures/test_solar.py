"""光伏 priority (R101): which village and household come first, from which record, in every list and form."""

import datetime
from decimal import Decimal

import pytest

from areas.models import Area
from households.models import Household, Person, Production, Survey
from households.move import move_village
from measures import solar
from measures.facts import HomeFacts, PersonFacts
from measures.models import Enterprise
from tests.measures.project_world import BEGUN, TYPED, act, apply, page
from villages.models import Village, VillageYear

pytestmark = pytest.mark.django_db
DAY = datetime.date(2018, 11, 20)
SUN = {"name": "演示50千瓦光伏电站", "chapter": "产业", "category": "产业项目"}
WEAK = PersonFacts(id=1, birth_date=DAY, labour_capacity="无劳动力")
FIRST = HomeFacts(
    id=1,
    village=7,
    collective=Decimal(0),
    collective_year=2017,
    land=Decimal(0),
    land_year=2018,
    earned=Decimal(0),
    earned_year=2018,
    members=(WEAK,),
)
ALL_FOUR = (
    "所在村2017年没有村集体经济收入",
    "家中1人都没有劳动能力",
    "2018年没有耕地、林地、林果、牧草地和水面",
    "2018年没有工资和生产经营收入，也没有人务工",
)


def changed(**facts) -> HomeFacts:
    return HomeFacts(**{**{name: getattr(FIRST, name) for name in FIRST.__dataclass_fields__}, **facts})


def person(**facts) -> tuple[PersonFacts, ...]:
    return (PersonFacts(id=1, birth_date=DAY, **{"labour_capacity": "无劳动力", **facts}),)


@pytest.mark.parametrize(
    ("facts", "lost", "unknown"),
    [
        ({}, (), ()),
        ({"collective": Decimal("0.01")}, (0,), ()),
        ({"collective": None}, (0,), ("村集体经济收入",)),
        ({"members": person(labour_capacity="弱劳动力或半劳动力")}, (1,), ()),
        ({"members": person(labour_capacity="")}, (1,), ("劳动能力",)),
        ({"land": Decimal("0.1")}, (2,), ()),
        ({"land": None}, (2,), ("土地",)),
        ({"earned": Decimal(1)}, (3,), ()),
        ({"earned": None}, (3,), ("收入",)),
        ({"members": person(work_months=1)}, (3,), ()),
    ],
)
def test_each_condition_holds_by_the_record_alone_and_says_which(facts, lost, unknown):
    found = solar.of_home(changed(**facts), DAY)
    assert found.met == tuple(said for place, said in enumerate(ALL_FOUR) if place not in lost)
    assert found.unknown == unknown and found.rank == 4 - len(lost)


def year(area: Area, income: int | None, on: int = 2017) -> None:
    village, _ = Village.objects.get_or_create(area=area)
    people = {"households": 1, "population": 3, "rural_population": 3}
    VillageYear.objects.create(village=village, year=on, collective_income=income, **people)


def weak(make_household, village=None, land: str = "0", wage: str = "0", **facts) -> Household:
    home = make_household(village=village, persons=1)
    home.persons.update(labour_capacity="丧失劳动力", **facts)
    Production.objects.create(household=home, year=2017, farmland=Decimal(land))
    told = {"surveyor": "演示", "surveyed_on": DAY, "state": "已填报"}
    Survey.objects.create(household=home, year=2017, wage_income=Decimal(wage), business_income=0, **told)
    return home


def numbers(html: str, homes) -> list[str]:
    """The households in the order of the page."""
    found = {html.find(f"/households/{home.number}/"): home.number for home in homes}
    return [found[place] for place in sorted(found) if place >= 0]


@pytest.fixture
def homes(ground, make_household):
    """From the last to the first: one condition, two, three of a village with income, and one with all four."""
    year(ground.village, 5000)
    year(ground.sibling_village, 0)
    return [
        weak(make_household, land="2", wage="900"),
        weak(make_household, land="2"),
        weak(make_household),
        weak(make_household, village=ground.sibling_village),
    ]


@pytest.mark.parametrize("address", ["list/?policy=PV-INCOME&kind=unmet", "tick/?policy=PV-INCOME"])
def test_the_list_and_the_ticks_of_coverage_go_by_the_priority_and_say_why(homes, signed_in, address):
    html = page(signed_in("town").get(f"/measures/coverage/{address}"))
    assert numbers(html, homes) == [home.number for home in reversed(homes)]
    assert "符合 4 项：所在村2017年没有村集体经济收入；家中1人都没有劳动能力" in html
    assert solar.RULE in html and "三章五节一" in html


def test_among_equals_a_village_without_collective_income_comes_first(
    homes, make_household, signed_in, ground
):
    other = weak(make_household, village=ground.sibling_village, land="3")
    html = page(signed_in("town").get("/measures/coverage/list/?policy=PV-INCOME&kind=unmet"))
    assert numbers(html, [*homes, other])[:3] == [homes[3].number, other.number, homes[2].number]


def test_the_order_goes_on_over_the_page(make_household, ground, signed_in):
    year(ground.sibling_village, 0)
    made = [
        weak(make_household, village=ground.sibling_village if place % 2 else None) for place in range(60)
    ]
    client, seen = signed_in("town"), []
    address = "/measures/coverage/list/?policy=PV-INCOME&kind=unmet"
    while address:
        answer = client.get(address)
        seen += [row.number for row in answer.context["page"].rows]
        address = answer.context["page"].next_url
    wanted = sorted(made, key=lambda home: (home.village_id != ground.sibling_village.pk, home.pk))
    assert seen == [home.number for home in wanted]


def test_what_python_says_of_each_is_what_the_database_ranks_it_by(mixed):
    rows = list(solar.ranked(Household.objects.all(), DAY).values_list("pk", "solar_rank", "solar_village"))
    said = solar.of_homes([pk for pk, *_ in rows], DAY)
    assert {pk: rank for pk, rank, _ in rows} == {pk: one.rank for pk, one in said.items()}
    assert len({rank for _, rank, _ in rows}) >= 3, "the households are of several ranks"
    ranks = {pk: any("集体" in why for why in one.met) for pk, one in said.items()}
    assert {pk: bool(village) for pk, _, village in rows} == ranks


def test_villages_stand_by_their_income_then_by_who_lives_there(homes, make_household, ground, signed_in):
    year(ground.other_village, 0)
    for village in (ground.other_village, ground.other_village, ground.village, ground.village):
        weak(make_household, village=village)
    html = page(signed_in("district").get("/projects/solar/"))
    places = [
        html.find(f">{area.name}<") for area in (ground.other_village, ground.sibling_village, ground.village)
    ]
    assert 0 < places[0] < places[1] < places[2] and solar.RULE in html
    assert f"?kind=homes&amp;area={ground.other_village.code}" in html
    opened = page(signed_in("district").get(f"/projects/solar/?kind=homes&area={ground.other_village.code}"))
    assert 'data-total="2"' in opened and "符合 4 项" in opened
    assert 'data-total="2"' in page(signed_in("town").get("/projects/solar/")), "its own two villages"


def test_the_last_year_that_says_it_counts_and_a_later_one_is_not_known_yet(ground):
    year(ground.village, 0, 2016)
    year(ground.village, 800, 2017)
    year(ground.village, None, 2018)
    year(ground.village, 0, 2019)
    (found,) = solar.villages(Area.objects.filter(pk=ground.village.pk), DAY)
    assert (found.collective, found.collective_year, found.solar_village) == (800, 2017, 0)


def test_a_village_that_passed_to_another_town_is_ranked_by_what_was_known_of_it(ground, make_household):
    year(ground.village, 0)
    home = weak(make_household)
    new = move_village(ground.village, ground.other_town, code="370405102299", on=datetime.date(2018, 6, 1))
    (found,) = solar.villages(Area.objects.filter(pk=new.pk), DAY)
    assert (found.collective, found.collective_year, found.solar_village) == (0, 2017, 1)
    (row,) = solar.ranked(Household.objects.all(), DAY)
    assert (row.solar_rank, row.solar_village) == (4, 1) and solar.of_homes([home.pk], DAY)[home.pk].rank == 4
    year(new, 900, 2018)
    (found,) = solar.villages(Area.objects.filter(pk=new.pk), DAY)
    assert (found.collective, found.collective_year, found.solar_village) == (900, 2018, 0)


def test_an_application_offers_the_villages_in_that_order_with_the_reason(homes, ground, signed_in):
    client = signed_in("town")
    html = page(client.get("/projects/new/?sun=1"))
    assert 0 < html.find(f'value="{ground.sibling_village.pk}"') < html.find(f'value="{ground.village.pk}"')
    assert "2017年没有村集体经济收入" in html and solar.RULE in html and "三章五节一" in html
    plain = page(client.get("/projects/new/"))
    assert plain.find(f'value="{ground.village.pk}"') < plain.find(f'value="{ground.sibling_village.pk}"')
    typed = page(client.post("/projects/new/", {**TYPED, **SUN, "area": ""}))
    assert solar.RULE in typed, "also where only the name says it"


def test_a_department_sees_its_project_and_no_household(homes, ground, signed_in):
    project = apply(ground.village, **SUN, unit="民政")
    client = signed_in("department")
    assert client.get("/projects/solar/").status_code == 403
    for address in ("/projects/", f"/projects/{project.pk}/"):
        html = page(client.get(address))
        assert "/projects/solar/" not in html and homes[0].number not in html, address


def test_who_approves_reads_how_many_villages_come_before(homes, ground, signed_in):
    project = apply(ground.village, **SUN)
    project.submit(chosen_on=BEGUN, **act(project))
    client = signed_in("district")
    for address in (f"/projects/{project.pk}/", f"/projects/{project.pk}/approve/"):
        html = page(client.get(address))
        assert "2017年村集体经济收入 5,000.00 元" in html and "还没有光伏项目的有 1 个村" in html, address
    apply(ground.sibling_village, **SUN)
    assert "排在前面的村都已有光伏项目" in page(client.get(f"/projects/{project.pk}/"))
    drain = apply(ground.village)
    assert "光伏优先" not in page(client.get(f"/projects/{drain.pk}/"))


def test_as_many_statements_for_fifty_rows_as_for_five(
    make_household, ground, signed_in, django_assert_max_num_queries
):
    year(ground.village, 0)
    for _ in range(50):
        weak(make_household)
    client = signed_in("district")
    client.get("/projects/")
    for address in (
        "/projects/solar/",
        "/projects/solar/?kind=homes",
        "/measures/coverage/list/?policy=PV-INCOME&kind=unmet",
        "/projects/new/?sun=1",
    ):
        with django_assert_max_num_queries(12):
            assert client.get(address).status_code == 200
    assert Person.objects.count() == 50 and not Enterprise.objects.exists()
