"""主要指标: printed base and target beside what the register counts and what the sources entered."""

import datetime
from decimal import Decimal

import pytest

from accounts.models import Duty
from reporting.definitions import DEFINITIONS
from reporting.report import Request
from tests.reporting.test_exit_tally import TODAY, at, evening
from villages import indicators
from villages.models import Indicator, KeyVillage

REPORT = DEFINITIONS["indicators"]


@pytest.fixture
def county(ground, make_household):
    """Two households on the register, one of them national; one key village; 98.5 entered for 2017, 99 later."""
    indicators.load_goals(ground.county)
    make_household(village=ground.village, persons=2)
    make_household(village=ground.other_village, persons=3, standard="省定标准")
    chosen = {"level": "市定", "batch": "十二五", "on": datetime.date(2012, 1, 1), "by": None}
    KeyVillage.designate(area=ground.village, recorded_at=evening(datetime.date(2012, 1, 1)), **chosen)
    water = Indicator.objects.get(code="water")
    first = water.enter(
        ground.county,
        year=2017,
        value=Decimal("98.5"),
        unit="水务",
        by=None,
        at=evening(datetime.date(2018, 1, 5)),
    )
    water.enter(
        ground.county,
        year=2017,
        value=Decimal(100),
        unit="水务",
        by=None,
        at=evening(datetime.date(2018, 6, 1)),
        instead_of=first.pk,
    )
    jobs = Indicator.objects.get(code="transferred-jobs")
    jobs.enter(ground.county, year=2017, value=Decimal("0.07"), unit="人社", by=None, at=evening(TODAY))
    return ground.county


def run(area, as_of=TODAY, year=2018):
    figures = REPORT.figures(Request(area=area, year=year, as_of=as_of), lambda *_: None)
    return {(cell.row, cell.column): cell for cell in figures.cells}


def test_what_the_register_counts_stands_beside_what_the_plan_prints(county, ground):
    cells = run(county)
    of = {column: cell.value for (row, column), cell in cells.items() if row == county.code}
    assert (of["printed_base_poor-provincial"], of["printed_target_poor-provincial"]) == ("7294", "全部脱贫")
    assert (of["now_poor-provincial"], of["now_poor-national"], of["now_key-villages"]) == (5, 2, 1)
    assert of["verdict_poor-provincial"] == of["verdict_key-villages"] == "未实现"
    assert cells[ground.town.code, "now_poor-provincial"].value == 2
    assert cells[ground.town.code, "printed_base_poor-provincial"].value is None


def test_entered_values_are_those_known_on_the_day(county):
    early = run(county, datetime.date(2018, 2, 1))[county.code, "now_water_rate"].value
    assert (early, run(county)[county.code, "now_water_rate"].value) == ("98.5", "100")
    assert run(county)[county.code, "verdict_water_rate"].value == "已实现"


def test_ten_thousands_become_persons_and_words_are_for_people_to_judge(county):
    cells = run(county)
    assert cells[county.code, "now_transferred-jobs"].value == 700
    assert cells[county.code, "verdict_transferred-jobs"].value == "已实现"
    assert cells[county.code, "verdict_income-growth_rate"].value is None
    assert cells[county.code, "printed_target_houses-renovated_rate"].value == "基本完成"


def test_counted_figures_open_lists_that_count_to_them(county, signed_in):
    client, opened = signed_in("district"), 0
    for cell in run(county).values():
        if cell.list_url is None:
            continue
        page = client.get(cell.list_url).content.decode()
        sought = f'data-total="{cell.value}"' if cell.unit == "villages" else f'data-persons="{cell.value}"'
        assert sought in page, cell
        opened += 1
    assert opened == 9


def test_a_return_by_illness_is_a_rate(county, ground, make_household):
    home = make_household(village=ground.village, persons=1, poverty_cause="因病")
    home.leave_poverty(**at("2017-12-05"))
    home.return_to_poverty(**at("2018-03-01"))
    assert run(county)[county.code, "now_ill-return_rate"].value == "100.0"


def test_the_printed_form_has_a_line_an_indicator(county):
    (form,) = REPORT.sheets(Request(area=county, year=2018, as_of=TODAY))
    assert len(form.rows) == 15
    assert form.rows[1][3:7] == ["7294", "全部脱贫", 5, "未实现"]
    assert len(REPORT.blocks(Request(area=county, year=2018, as_of=TODAY))) == 4


SCHOOLS = {
    "schooling-kept": ("95", "95.1", "已实现"),
    "preschool": ("80", "79.9", "未实现"),
    "senior-school": ("80", "80", "已实现"),
}


def test_the_rates_of_schools_are_entered_by_the_education_office_and_stand_beside_their_targets(
    county, cast, signed_in
):
    Duty.objects.filter(user=cast["department"]).update(unit="教育")
    client = signed_in("department")
    for code, (_, value, _) in SCHOOLS.items():
        sent = {"year": "2017", "value": value, "note": ""}
        assert client.post(f"/indicators/{code}/values/", sent).status_code == 303
    cells = run(county)
    for code, told in SCHOOLS.items():
        keys = (f"printed_target_{code}_rate", f"now_{code}_rate", f"verdict_{code}_rate")
        assert tuple(cells[county.code, key].value for key in keys) == told
    block = REPORT.blocks(Request(area=county, year=2018, as_of=TODAY))[3]
    assert (block.word, len(block.columns)) == ("教育指标", 3)


def test_another_office_does_not_enter_the_rates_of_schools(county, cast, signed_in):
    Duty.objects.filter(user=cast["department"]).update(unit="水务")
    sent = {"year": "2017", "value": "96", "note": ""}
    assert signed_in("department").post("/indicators/schooling-kept/values/", sent).status_code == 403
