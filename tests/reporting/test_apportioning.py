"""The rule that shares a year's plan out: exact, within the stock, in proportion."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting.apportioning import Ground, Part, apportion, share_out


@st.composite
def part(draw):
    most = draw(st.integers(0, 400))
    return Part(draw(st.integers(0, 900)), most, draw(st.integers(0, most)))


@st.composite
def case(draw):
    parts = draw(st.lists(part(), min_size=1, max_size=8))
    return draw(st.integers(sum(one.least for one in parts), 3000)), parts


@st.composite
def ground(draw):
    homes = draw(st.integers(0, 40))
    people = homes + draw(st.integers(0, 3 * homes))
    return Ground(homes, people, draw(st.integers(0, 90)), draw(st.integers(0, 300)))


@given(case())
def test_the_parts_come_to_the_whole_and_stay_within_their_bounds(case):
    whole, parts = case
    found = apportion(whole, parts)
    assert sum(found.parts) + found.over == whole
    assert all(one.least <= share <= one.most for one, share in zip(parts, found.parts, strict=True))
    assert not found.over or all(share == one.most for one, share in zip(parts, found.parts, strict=True))


@given(st.lists(st.integers(1, 900), min_size=1, max_size=8), st.integers(0, 500))
def test_with_room_everybody_gets_its_share_rounded_up_or_down(weights, whole):
    found = apportion(whole, [Part(weight, 1000) for weight in weights])
    for weight, share in zip(weights, found.parts, strict=True):
        assert abs(share - Fraction(whole * weight, sum(weights))) < 1


@given(case())
def test_who_weighs_more_with_the_same_bounds_gets_no_less(case):
    whole, parts = case
    shares = apportion(whole, parts).parts
    for one, share in zip(parts, shares, strict=True):
        for other, its in zip(parts, shares, strict=True):
            if (one.most, one.least) == (other.most, other.least) and one.weight > other.weight:
                assert share >= its


@given(st.lists(ground(), min_size=1, max_size=6), st.integers(0, 120), st.integers(0, 300))
def test_persons_follow_their_households(grounds, households, more):
    homes, people = share_out(households, households + more, grounds)
    assert sum(homes.parts) + homes.over == households
    assert sum(people.parts) + people.over == households + more
    for one, count, persons in zip(grounds, homes.parts, people.parts, strict=True):
        assert count <= persons <= one.persons
        assert one.persons - persons >= one.households - count, "one person stays with each household"
        assert count or not persons


def test_the_largest_remainder_takes_what_is_left_over():
    assert apportion(10, [Part(5, 99), Part(3, 99), Part(1, 99)]).parts == (6, 3, 1)


def test_who_is_full_leaves_the_rest_to_the_others_and_no_weight_comes_last():
    assert apportion(10, [Part(90, 4), Part(5, 99), Part(5, 99)]).parts == (4, 3, 3)
    assert apportion(10, [Part(1, 4), Part(0, 9), Part(0, 3)]).parts == (4, 5, 1)
    assert apportion(4, [Part(1, 4), Part(0, 9)]).parts == (4, 0)


def test_more_than_all_have_stays_over():
    found = apportion(10, [Part(1, 4), Part(1, 3)])
    assert (found.parts, found.over) == ((4, 3), 3)


def test_fewer_than_the_least_is_refused():
    with pytest.raises(ValueError, match="more than the whole"):
        apportion(1, [Part(1, 4, 2)])
