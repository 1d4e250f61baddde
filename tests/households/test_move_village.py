import datetime

import pytest
from django.core.exceptions import ValidationError

from areas.models import Area
from households import invariants, tally
from households.models import ClosedYear, StatusEvent
from households.move import move_village
from office import clock
from villages import tally as key_villages
from villages.models import KeyVillage, Village

ON = datetime.date(2018, 6, 1)
NEW_CODE = "370405102209"


def moved(ground, **more):
    return move_village(ground.village, ground.other_town, code=NEW_CODE, on=ON, **more)


def test_a_village_moves_with_its_households(ground, make_household):
    inside, exited, cancelled = make_household(persons=3), make_household(), make_household()
    exited.leave_poverty(on=datetime.date(2017, 12, 1))
    cancelled.cancel(on=datetime.date(2017, 12, 1), removal_reason="全户迁出")
    new = moved(ground)
    ground.village.refresh_from_db()
    inside.refresh_from_db()
    assert (ground.village.valid_to, ground.village.successor, new.valid_from) == (ON, new, ON)
    assert (inside.village, inside.town, inside.history.count()) == (new, ground.other_town, 3)
    pair = inside.events.filter(pair__isnull=False).order_by("pk")
    assert [(event.kind, event.town, event.persons) for event in pair] == [
        ("转出", ground.town, -3),
        ("转入", ground.other_town, 3),
    ]
    assert list(exited.events.filter(pair__isnull=False).values_list("persons", flat=True)) == [0, 0]
    cancelled.refresh_from_db()
    assert cancelled.village == ground.village
    assert list(invariants.problems(clock.today())) == []


def test_figures_of_the_past_stay_with_the_old_town(ground, make_household):
    make_household(persons=3)
    before, today = datetime.date(2017, 12, 31), clock.today()
    moved(ground)
    of_town = StatusEvent.objects.in_area(ground.town)
    assert tally.stock(of_town, before, today).persons == 3
    assert tally.stock(of_town, ON, today).persons == 0
    assert tally.year_account(StatusEvent.objects.in_area(ground.county), 2018, today).now.persons == 3


def test_who_holds_the_new_village_sees_the_closed_one(ground, cast, make_household):
    make_household()
    moved(ground)
    seen = StatusEvent.objects.visible_to(cast["other_town_user"])
    assert set(seen.values_list("kind", flat=True)) == {"纳入", "转出", "转入"}


def test_the_record_of_the_village_goes_with_it(ground):
    Village.objects.create(
        area=ground.village, village_officer="演示专干", village_officer_phone="13800000000"
    )
    new = moved(ground)
    assert new.village.village_officer_phone == "13800000000"


@pytest.mark.parametrize("town", ["town", "village"])
def test_only_another_town_takes_a_village(ground, town):
    with pytest.raises(ValidationError):
        move_village(ground.village, getattr(ground, town), code=NEW_CODE, on=ON)


def test_nothing_moves_past_a_later_event(ground, make_household):
    make_household().leave_poverty(on=datetime.date(2018, 7, 1))
    with pytest.raises(ValidationError, match="早于"):
        moved(ground)
    assert not Area.objects.filter(code=NEW_CODE).exists()


def test_nothing_moves_in_a_closed_year(ground, make_household):
    make_household()
    ClosedYear.objects.create(county=ground.county, year=2018, closed_at=clock.moment())
    with pytest.raises(ValidationError, match="封存"):
        moved(ground)
    assert ground.village.valid_to is None


@pytest.fixture
def chosen(ground):
    """The village is a key village since 2015."""
    return KeyVillage.designate(
        area=ground.village,
        level="省定",
        batch="十三五",
        on=datetime.date(2015, 3, 1),
        by=None,
        origin="历史导入",
        recorded_at=datetime.datetime(2015, 3, 1, tzinfo=datetime.UTC),
    )


def test_a_key_village_goes_on_under_its_new_area_and_can_leave_there(chosen, ground):
    new = moved(ground)
    chosen.refresh_from_db()
    assert (chosen.area, chosen.on_list, chosen.stay) == (new, True, 1)
    assert [(event.kind, event.area) for event in chosen.events.all()] == [
        ("确定", ground.village),
        ("转入", new),
    ]
    chosen.remove_cap(on=datetime.date(2018, 11, 1), by=None)
    assert not chosen.on_list and chosen.exit_year == 2018
    assert KeyVillage.objects.of(ground.village).get() == KeyVillage.objects.of(new).get() == chosen


def test_figures_of_key_villages_stay_with_the_town_of_their_day(chosen, ground):
    moved(ground)
    before, today, areas = datetime.date(2017, 12, 31), clock.today(), (ground.town, ground.other_town)
    assert [key_villages.designated(area, before, today).count() for area in areas] == [1, 0]
    assert [key_villages.designated(area, today, today).count() for area in areas] == [0, 1]
    assert [key_villages.left_to_go(area, today).count() for area in areas] == [1, 0]
    for day, counts in ((before, [1, 0]), (today, [0, 1])):
        bases = key_villages.base_by_area([*areas, ground.county], day, today)
        assert [bases[area.pk].total for area in areas] == counts and bases[ground.county.pk].total == 1
    # Recorded today, it was not known a year ago.
    assert key_villages.designated(ground.town, ON, before).count() == 1


def test_each_figure_of_a_moved_key_village_opens_a_list_that_counts_to_it(chosen, ground, signed_in):
    new, client = moved(ground), signed_in("district")
    for area, day, found in (
        (ground.town, "2017-12-31", [ground.village]),
        (ground.town, "2018-11-20", []),
        (ground.other_town, "2018-11-20", [new]),
    ):
        page = client.get(f"/villages/?area={area.code}&key=standing&on={day}&as_of=2018-11-20")
        assert [row.area for row in page.context["page"].rows] == found
    page = client.get(f"/villages/{NEW_CODE}/").content.decode()
    assert "转入" in page and "省定" in page


def test_a_village_off_the_list_stays_off_it_where_it_goes(chosen, ground):
    chosen.remove_cap(on=datetime.date(2016, 12, 5), by=None, recorded_at=clock.moment())
    moved(ground)
    chosen.refresh_from_db()
    today = clock.today()
    assert not chosen.on_list and chosen.exit_year == 2016
    assert not KeyVillage.objects.standing(today).exists()
    assert KeyVillage.objects.left_by(today).placed(ground.other_town).get() == chosen


def test_nothing_moves_past_a_later_event_of_the_key_village(chosen, ground):
    chosen.remove_cap(on=datetime.date(2018, 7, 1), by=None)
    with pytest.raises(ValidationError, match="已有变动"):
        moved(ground)
    assert not Area.objects.filter(code=NEW_CODE).exists()
