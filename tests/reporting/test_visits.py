"""走访情况统计表 (R252, R258): who has a helper and was visited lately, and the visits of the month and the year, as of a day."""

import re
from datetime import timedelta

import pytest

from households.models import Helper, Household, StatusEvent, Visit
from office import clock
from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request
from tests.audits.driver import evening
from tests.reporting import office_world
from tests.reporting.small_office import versioned
from tests.reporting.test_exit_tally import TODAY, at, day
from tests.reporting.year_forms import line, opens_what_it_counts, run

KIND = "visits"
STOOD = ("homes", "paired", "unpaired", "lately", "missed", "this_year", "with_needs")
TOLD = (
    *("total", "way1", "way2", "way9", "content", "discontent", "unasked"),
    *("found", "done", "going", "none"),
)


@pytest.fixture
def homes(ground, make_household) -> list[Household]:
    villages = (ground.village, ground.sibling_village, ground.other_village, ground.village)
    return [make_household(village=village) for village in villages]


@pytest.fixture
def visited(homes) -> list[Household]:
    office_world.looked_after(homes)
    return homes


def once(home, on, **facts) -> Visit:
    return Visit.objects.create(
        household=home, visited_on=on, way="入户走访", visitor="演示帮", notes="查看", **facts
    )


def paired(home, start, end=None) -> Helper:
    """As a load leaves it, without a version."""
    made = Helper.objects.create(household=home, name="演示帮", unit_name="演示", start_on=start, end_on=end)
    made.history.all().delete()
    return made


def value(area, key, as_of=TODAY):
    return run(KIND, area, as_of).value(area.code, key)


def test_households_on_the_register_by_helper_and_last_visit(visited, ground):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "", STOOD) == [4, 2, 2, 2, 2, 3, 2]
    assert line(figures, ground.town, "", STOOD) == [3, 1, 2, 1, 2, 2, 2]
    assert line(figures, ground.county, "", ("paired_rate", "lately_rate")) == ["50.0", "50.0"]


def test_visits_of_the_month_and_of_the_year(visited, ground):
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "month_", TOLD) == [2, 2, 0, 0, 2, 0, 0, 0, 0, 0, 0]
    assert line(figures, ground.county, "year_", TOLD) == [5, 4, 1, 0, 2, 1, 2, 3, 1, 1, 1]
    assert line(figures, ground.other_town, "year_", TOLD[:2]) == [1, 1]


def test_of_an_earlier_day_counts_what_was_known_and_stood_then(visited, ground):
    """What was written down, struck out, ended or followed up later, as the day knew it."""
    figures = run(KIND, ground.county, day("2018-10-31"))
    assert line(figures, ground.county, "", STOOD) == [4, 3, 1, 0, 4, 2, 2]
    assert line(figures, ground.county, "year_", TOLD) == [2, 1, 1, 0, 0, 0, 2, 2, 0, 1, 1]
    for as_of, months in (("2018-11-05", 1), ("2018-11-09", 2), ("2018-11-10", 1)):
        assert value(ground.county, "month_total", day(as_of)) == months, as_of


@pytest.mark.parametrize("as_of", ["2018-11-20", "2018-11-09", "2018-10-31", "2018-06-30"])
def test_the_parts_add_up_and_every_figure_opens_what_it_counts(visited, ground, signed_in, as_of):
    figures = run(KIND, ground.county, day(as_of))
    parts = [row.code for row in figures.rows if not row.top]
    for cell in figures.cells:
        if cell.row == ground.county.code and cell.unit != "percent":
            assert sum(figures.value(code, cell.column) for code in parts) == cell.value, cell
    assert opens_what_it_counts(signed_in("district"), figures) > 20


def test_the_days_in_which_one_is_visited_end_with_the_day_itself(homes, ground, settings):
    settings.VISIT_DAYS = 10
    once(homes[0], TODAY - timedelta(days=9))
    once(homes[1], TODAY - timedelta(days=10))
    once(homes[2], TODAY + timedelta(days=1))
    assert (value(ground.county, "lately"), value(ground.town, "lately")) == (1, 1)
    assert run(KIND, ground.county).cell(ground.county.code, "missed").list_url.endswith("2018-11-11")


def test_a_visit_is_of_the_month_of_its_day(homes, ground):
    for on in ("2018-10-31", "2018-11-01", "2018-11-20", "2018-11-21", "2017-12-31", "2018-01-01"):
        once(homes[0], day(on))
    assert (value(ground.county, "month_total"), value(ground.county, "year_total")) == (2, 4)


def test_a_household_and_its_visits_stand_where_it_lay_on_the_day(visited, ground, signed_in):
    """A move that is dated and recorded later changes nothing of the day; another town opens its own."""
    visited[0].move_to(ground.other_village, **at("2018-11-15"))
    keys = ("homes", "paired", "month_total", "year_total")
    before, after = run(KIND, ground.county, day("2018-11-14")), run(KIND, ground.county)
    assert line(before, ground.other_town, "", keys) == [1, 1, 1, 1]
    assert line(before, ground.town, "", keys) == [3, 1, 1, 4]
    assert line(after, ground.other_town, "", keys) == [2, 2, 2, 4]
    StatusEvent.objects.filter(on=day("2018-11-15")).update(recorded_at=evening(day("2018-11-25")))
    assert line(run(KIND, ground.county), ground.other_town, "", keys) == [1, 1, 1, 1]
    assert opens_what_it_counts(signed_in("district"), before) > 20
    assert opens_what_it_counts(signed_in("town"), run(KIND, ground.town, day("2018-11-14"))) > 10


def test_who_left_the_register_is_in_no_row_of_households_and_keeps_its_visits(visited, ground):
    visited[0].leave_poverty(**at("2018-11-16"))
    figures = run(KIND, ground.county)
    assert line(figures, ground.county, "", ("homes", "paired", "lately", "year_total")) == [3, 1, 1, 5]


def test_who_was_never_registered_is_not_counted(visited, make_household, ground):
    once(make_household(village=ground.village, on=None), day("2018-11-05"))
    assert value(ground.county, "year_total") == 5


def test_a_pairing_holds_from_its_first_day_to_its_last(homes, ground):
    paired(homes[0], day("2018-06-10"), day("2018-06-20"))
    days = ("2018-06-09", "2018-06-10", "2018-06-20", "2018-06-21")
    assert [value(ground.county, "paired", day(on)) for on in days] == [0, 1, 1, 0]


def test_a_pairing_counts_as_its_day_knew_it(homes, ground, signed_in):
    """Written down later of a household that was followed before: not there yet. Ended later by an earlier day: it stood."""
    Household.history.update(history_date=evening(day("2018-01-05")) - clock.shift())
    late, ended = paired(homes[0], day("2018-03-01")), paired(homes[1], day("2018-03-01"))
    versioned(late, "+", evening(day("2018-11-12")))
    versioned(ended, "+", evening(day("2018-03-01")))
    ended.end_on = day("2018-10-31")
    versioned(ended, "~", evening(day("2018-11-16")))
    client = signed_in("district")
    for on, count in (("2018-11-11", 1), ("2018-11-12", 2), ("2018-11-15", 2), ("2018-11-16", 1)):
        request = Request(ground.county, 2018, day(on), clock.shift())
        figures = DEFINITIONS[KIND].figures(request, lambda *_: None)
        assert figures.value(ground.county.code, "paired") == count, on
        page = client.get(figures.cell(ground.county.code, "paired").list_url).content.decode()
        assert f'data-total="{count}"' in page, on


def test_a_pairing_of_a_year_that_is_over_counts_from_the_day_it_was_written_down(homes, ground):
    Household.history.update(history_date=evening(day("2017-01-05")) - clock.shift())
    versioned(paired(homes[0], day("2017-12-01")), "+", evening(day("2018-01-10")))
    for on, count in (("2018-01-09", 0), ("2018-01-10", 1), ("2018-01-31", 1)):
        request = Request(ground.county, 2017, day(on), clock.shift())
        figures = DEFINITIONS[KIND].figures(request, lambda *_: None)
        assert figures.value(ground.county.code, "paired") == count, on


def test_a_loaded_pairing_that_was_changed_later_stands_as_first_known(homes, ground):
    Household.history.update(history_date=evening(day("2018-01-05")) - clock.shift())
    loaded = paired(homes[0], day("2018-03-01"))
    versioned(loaded, "~", evening(day("2018-11-16")))
    request = Request(ground.county, 2018, day("2018-11-11"), clock.shift())
    assert DEFINITIONS[KIND].figures(request, lambda *_: None).value(ground.county.code, "paired") == 1


def test_visits_of_another_town_are_not_shown(visited, ground, signed_in):
    client = signed_in("town")
    assert client.get("/visits/", {"area": ground.other_town.code}).status_code == 404
    asked = {"until": "2018-11-20", "as_of": "2018-11-20"}
    assert 'data-total="4"' in client.get("/visits/", asked).content.decode()
    assert 'data-total="4"' in client.get("/visits/").content.decode()
    assert 'data-total="6"' in signed_in("district").get("/visits/").content.decode()


def test_the_list_of_a_past_day_says_where_the_household_lay_and_opens_no_record_that_moved_out_of_sight(
    visited, ground, signed_in
):
    moved = visited[0]
    moved.move_to(ground.other_village, **at("2018-11-15"))
    asked = {"until": "2018-11-14", "as_of": "2018-11-14"}
    for name, may_open in (("town", False), ("district", True)):
        page = signed_in(name).get("/visits/", asked).content.decode()
        rows = [row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if moved.number in row]
        assert len(rows) == 3, name
        for row in rows:
            assert ground.village.name in row and ground.town.name in row, name
            assert ground.other_village.name not in row and ground.other_town.name not in row, name
            assert (f"/households/{moved.number}/" in row) == may_open, name


def test_the_lists_say_what_belongs_together(visited, signed_in):
    client = signed_in("district")
    for address, words in (
        ("/visits/?as_of=2018-11-20", "登记截至要和走访截至一起用"),
        ("/households/?helper=paired", "帮扶责任人要和在册时点一起用"),
        ("/households/?visits=visited&visits_since=2018-01-01", "走访要和在册时点一起用"),
        ("/households/?on_register=2018-11-20&visits=visited", "走访和走访从哪天起要一起用"),
    ):
        answer = client.get(address)
        assert answer.status_code == 422 and words in answer.content.decode(), address


def test_nothing_to_count_is_said(ground, homes):
    for home in homes:
        home.leave_poverty(**at("2017-11-16"))
    with pytest.raises(ReportRefused, match="没有在册的户，2018年也没有走访"):
        run(KIND, ground.county)
    once(homes[0], day("2018-11-16"))
    assert line(run(KIND, ground.county), ground.county, "", ("homes", "paired_rate", "year_total")) == [
        0,
        None,
        1,
    ]
