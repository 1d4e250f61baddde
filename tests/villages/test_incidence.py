from decimal import Decimal

import pytest

from villages.incidence import incidence


@pytest.mark.parametrize(
    ("poor", "rural", "percent"),
    [
        (7294, 230095, "3.17"),  # 004 第二章第一节
        (0, 500, "0.00"),
        (500, 500, "100.00"),
        (1, 800, "0.13"),  # 0.125, half up
        (30, 100, "30.00"),
    ],
)
def test_incidence_is_in_percent_to_two_places_half_up(poor, rural, percent):
    assert incidence(poor, rural) == Decimal(percent)


@pytest.mark.parametrize("rural", [0, None])
def test_there_is_no_incidence_without_a_rural_population(rural):
    assert incidence(3, rural) is None
