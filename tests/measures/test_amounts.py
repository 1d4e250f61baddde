"""What a measure comes to, with the working shown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from measures.amounts import Band, critical_illness, fixed, monthly, old_age, temporary_aid, workshop_bonus

AGES = ((80, Decimal(30)), (90, Decimal(60)), (100, Decimal(400)))
BANDS = (
    Band(Decimal(6000), Decimal(55)),
    Band(Decimal(100_000), Decimal(65)),
    Band(Decimal(200_000), Decimal(70)),
)
TIERS = ((15, Decimal(20_000)), (30, Decimal(30_000)))
CAP = Decimal(500_000)


def ill(cost: object, *, poor: bool) -> Decimal:
    deductible, more = (Decimal(3000), Decimal(5)) if poor else (Decimal(6000), Decimal(0))
    return critical_illness(Decimal(str(cost)), BANDS, deductible=deductible, more=more, cap=CAP).value


def test_temporary_aid_is_the_monthly_standard_times_size_times_months():
    aid = temporary_aid(Decimal(3900), members=3, months=2)
    assert aid.value == Decimal("1950.00")
    assert aid.working == "月低保标准3900÷12＝325元；325元×3人×2个月＝1950元"


@pytest.mark.parametrize(
    ("age", "year"), [(80, 360), (89, 360), (90, 720), (99, 720), (100, 4800), (101, 4920), (110, 6000)]
)
def test_old_age_goes_by_its_tiers_and_ten_yuan_a_year_above_100(age, year):
    assert old_age(age, AGES, Decimal(10)).value == year


def test_old_age_below_the_first_tier_is_refused():
    with pytest.raises(ValueError, match="79周岁不到"):
        old_age(79, AGES, Decimal(10))


def test_old_age_says_how():
    working = old_age(102, AGES, Decimal(10)).working
    assert working == "102周岁，100周岁起每月400元，100岁以上2年×10元，合每月420元；420元×12个月＝5040元"


@pytest.mark.parametrize(
    ("people", "bonus"), [(0, 0), (1, 1000), (14, 14_000), (15, 35_000), (29, 49_000), (30, 60_000)]
)
def test_a_workshop_gets_a_tier_beside_the_sum_by_heads(people, bonus):
    assert workshop_bonus(people, Decimal(1000), TIERS).value == bonus


@pytest.mark.parametrize(
    ("cost", "anybody", "poor"),
    [
        (0, 0, 0),
        (3000, 0, 0),
        (6000, 0, 1800),
        (10_000, 2200, 4200),
        (100_000, 51_700, 58_200),
        (200_000, 116_700, 128_200),
        (300_000, 186_700, 203_200),
        (10_000_000, 500_000, 500_000),
    ],
)
def test_critical_illness_pays_band_by_band_up_to_the_cap(cost, anybody, poor):
    """004 七章二节一 and 专栏20: 6000, 55/65/70 %; for the poor 3000 and five points more."""
    assert (ill(cost, poor=False), ill(cost, poor=True)) == (anybody, poor)


def test_critical_illness_says_how():
    done = critical_illness(Decimal(120_000), BANDS, deductible=Decimal(6000), cap=CAP)
    assert done.working == "起付标准6000元；94000元×55%＝51700元；20000元×65%＝13000元；合计64700元"


def test_a_month_and_a_single_payment():
    assert monthly(Decimal(15), unit="度").value == 180
    assert monthly(Decimal(80), 3).working == "80元×3个月＝240元"
    assert fixed(Decimal(3000)).working == "3000元"


@pytest.mark.parametrize("months", [0, 13, -1])
def test_months_that_cannot_be_are_refused(months):
    with pytest.raises(ValueError, match="月数应在"):
        monthly(Decimal(30), months)


@given(st.decimals(0, 2_000_000, places=2), st.decimals(0, 100_000, places=2))
def test_a_higher_cost_never_pays_less_nor_more_than_the_cost(cost, more):
    assert ill(cost, poor=False) <= ill(cost, poor=True) <= min(cost, CAP)
    assert ill(cost, poor=True) <= ill(cost + more, poor=True)


@given(st.integers(0, 200))
def test_one_worker_more_never_brings_less(people):
    now, then = (workshop_bonus(count, Decimal(1000), TIERS).value for count in (people, people + 1))
    assert then >= now + 1000
