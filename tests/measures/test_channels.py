"""脱贫渠道: which chapters of help had reached a household when it left (R107, R177)."""

import pytest

from households.models import StatusEvent
from measures import channels
from measures.models import Measure, Policy
from tests.reporting.test_exit_tally import at

pytestmark = pytest.mark.django_db
PAGE = "/measures/exits/"


@pytest.fixture
def given():
    def give(home, chapter: str, on: str, state: str = "落实", **of) -> Measure:
        policy = Policy.objects.filter(chapter=chapter, kind__in=("政策", "事项")).order_by("pk")[0]
        facts = {"delivered_on": on, "amount": 1, "payer": "演示"} if state == "落实" else {}
        return Measure.objects.create(
            policy=policy, household=home, year=int(on[:4]), state=state, planned_on=on, **facts, **of
        )

    return give


def reached(home) -> set[str]:
    """The channels of its exit: as the filter finds them, which is as the list names them."""
    events = StatusEvent.objects.all()
    found = {
        word
        for word in (*channels.CHANNELS, channels.NONE)
        if channels.by_channel(events, word).filter(household=home).exists()
    }
    (event,) = channels.by_channel(events, "").filter(household=home)
    named = channels.names([event])[event.pk]
    assert {channels.CHANNELS.get(word, word) for word in found} == set(named or [channels.NONE])
    return found


@pytest.mark.parametrize(
    ("on", "counts"),
    [
        ("2015-12-31", False),
        ("2016-01-01", True),
        ("2017-12-05", True),
        ("2017-12-06", False),
        ("2018-01-09", False),
    ],
)
def test_help_of_the_exits_year_up_to_its_day_and_of_the_year_before_counts(
    make_household, given, on, counts
):
    home = make_household()
    given(home, "产业", on)
    home.leave_poverty(**at("2017-12-05"))
    assert reached(home) == ({"产业"} if counts else {channels.NONE})


def test_several_chapters_are_several_channels_and_a_members_help_is_its_familys(make_household, given):
    home, other = make_household(persons=2), make_household()
    given(home, "生态", "2017-03-01", person=home.head)
    given(home, "社保兜底", "2017-03-01")
    given(home, "教育", "2017-03-01", state="计划")
    given(other, "健康", "2017-03-01")
    home.leave_poverty(**at("2017-12-05"))
    assert reached(home) == {"生态", "社保兜底"}


def test_who_was_split_off_keeps_what_was_given_to_its_members_and_to_nobody_else(make_household, given):
    home = make_household(persons=3)
    leaving, staying = home.persons.exclude(relation="户主").order_by("number")
    given(home, "生态", "2017-03-01", person=leaving)
    given(home, "健康", "2017-03-01", person=staying)
    new = home.split([leaving], head=leaving, **at("2017-06-01"))
    new.leave_poverty(**at("2017-12-05"))
    home.leave_poverty(**at("2017-12-05"))
    assert reached(new) == {"生态"} and reached(home) == {"生态", "健康"}


def test_the_list_narrows_by_channel_and_counts_persons(make_household, given, signed_in, ground):
    reached_home = make_household(village=ground.village, persons=3)
    bare, away = make_household(village=ground.other_village), make_household(village=ground.foreign_village)
    for home in (reached_home, away):
        given(home, "生态", "2017-03-01")
    for home in (reached_home, bare, away):
        home.leave_poverty(**at("2017-12-05"))
    district, town = signed_in("district"), signed_in("town")
    page = district.get(f"{PAGE}?channel=生态").content.decode()
    assert 'data-total="1" data-persons="3"' in page and "生态补偿" in page and reached_home.number in page
    assert 'data-total="1"' in district.get(f"{PAGE}?channel=没有措施").content.decode()
    assert 'data-total="2"' in district.get(PAGE).content.decode()
    assert 'data-total="0"' in town.get(f"{PAGE}?channel=没有措施").content.decode()
    assert 'data-total="0"' in district.get(f"{PAGE}?until=2017-12-04").content.decode()
    assert 'data-total="2"' in district.get(f"{PAGE}?year=2017").content.decode()
    assert district.get(f"{PAGE}?channel=奖状").status_code == 422


def test_the_plans_word_for_ecology_is_compensation():
    """004 八章 (R177)."""
    assert channels.CHANNELS["生态"] == "生态补偿"
    assert {"产业", "转移就业", "易地搬迁", "社保兜底"} <= set(channels.CHANNELS.values())
