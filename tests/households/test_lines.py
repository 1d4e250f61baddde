import datetime
from decimal import Decimal

import pytest

from households import poverty
from households.models import CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from households.poverty import LOW_INCOME, NATIONAL, PROVINCIAL, RURAL, LineMissing

AT = datetime.datetime(2018, 1, 5, tzinfo=datetime.UTC)
RATE = Decimal("102.0")
BOOK = poverty.Lines(
    published={(NATIONAL, 2015): 2800, (PROVINCIAL, 2015): 3372, (PROVINCIAL, 2017): 3509},
    cpi={(kind, year): RATE for kind in (LOW_INCOME, RURAL) for year in (2016, 2017, 2018)},
)


@pytest.mark.parametrize(
    ("standard", "year", "published", "computed", "value"),
    [
        (PROVINCIAL, 2015, 3372, None, 3372),
        (PROVINCIAL, 2016, None, 3439, 3439),
        (PROVINCIAL, 2017, 3509, 3508, 3509),
        (PROVINCIAL, 2018, None, 3579, 3579),
        (NATIONAL, 2016, None, 2856, 2856),
        (NATIONAL, 2018, None, 2971, 2971),
    ],
)
def test_published_stands_beside_computed_and_wins(standard, year, published, computed, value):
    line = BOOK.line(standard, year)
    assert (line.published, line.computed, line.value) == (published, computed, value)


def test_half_a_yuan_goes_up():
    assert poverty.moved(1250, Decimal("102.00")) == 1275
    assert poverty.moved(1225, Decimal("102.00")) == 1250  # 1249.5


@pytest.mark.parametrize(("standard", "year"), [(PROVINCIAL, 2019), (PROVINCIAL, 2014), ("市定标准", 2016)])
def test_a_missing_line_is_an_error_and_never_last_years(standard, year):
    with pytest.raises(LineMissing, match=str(year)):
        BOOK.line(standard, year)


def test_another_published_figure_keeps_the_old_one(db):
    PovertyLine.publish(PROVINCIAL, 2017, 3500, source="初稿", at=AT)
    PovertyLine.publish(PROVINCIAL, 2017, 3509, source="004 专栏19", at=AT)
    assert PovertyLine.objects.line(PROVINCIAL, 2017).value == 3509
    old = PovertyLine.objects.get(replaced_at__isnull=False)
    assert (old.published, old.source) == (3500, "初稿")


def test_an_index_moves_the_published_line(db):
    PovertyLine.publish(NATIONAL, 2015, 2800, source="004", at=AT)
    Cpi.objects.create(kind=LOW_INCOME, year=2016, value=RATE, source="演示")
    Cpi.objects.create(kind=RURAL, year=2016, value=Decimal("150"), source="演示")
    assert PovertyLine.objects.line(NATIONAL, 2016).value == 2856


def test_each_county_says_which_standard_it_applies(ground):
    CountyStandard.objects.create(county=ground.county, standard=NATIONAL, from_year=2014)
    CountyStandard.objects.create(county=ground.county, standard=PROVINCIAL, from_year=2016)
    assert CountyStandard.applied(ground.county, 2015) == NATIONAL
    assert CountyStandard.applied(ground.county, 2018) == PROVINCIAL
    with pytest.raises(LineMissing):
        CountyStandard.applied(ground.county, 2013)


def test_two_lines_are_one_when_subsistence_is_not_lower(ground):
    line = BOOK.line(PROVINCIAL, 2017)
    paid = SubsistenceStandard.objects.create(
        county=ground.county, year=2017, amount=3900, source="004 专栏19"
    )
    assert poverty.two_lines(paid.amount, line) == ""
    assert "3508元，低于省定标准3509元" in poverty.two_lines(3508, line)
