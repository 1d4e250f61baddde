"""回头看 draws, pure: the seed decides, and nothing else."""

import pytest

from audits import sampling

NUMBERS = [f"{place:08d}" for place in range(200)]


def test_the_same_seed_draws_the_same_households_in_whatever_order_they_come():
    drawn = sampling.draw(NUMBERS, 20, "种子")
    assert drawn == sampling.draw(NUMBERS[::-1], 20, "种子")
    assert len(set(drawn)) == 20 and drawn == sorted(drawn)


def test_another_seed_draws_others():
    assert sampling.draw(NUMBERS, 20, "甲") != sampling.draw(NUMBERS, 20, "乙")


def test_everybody_is_drawn_about_as_often():
    times = dict.fromkeys(NUMBERS, 0)
    for seed in range(300):
        for number in sampling.draw(NUMBERS, 20, str(seed)):
            times[number] += 1
    assert min(times.values()) > 10 and max(times.values()) < 60


@pytest.mark.parametrize(
    ("population", "asked", "size"),
    [
        (200, {"percent": 10}, 20),
        (201, {"percent": 10}, 21),
        (3, {"percent": 1}, 1),
        (3, {"count": 5}, 3),
        (200, {"count": 7}, 7),
    ],
)
def test_a_share_is_rounded_up_and_never_more_than_there_are(population, asked, size):
    assert sampling.size_of(population, **asked) == size


@pytest.mark.parametrize("asked", [{}, {"percent": 10, "count": 5}])
def test_a_share_or_a_number_not_both(asked):
    with pytest.raises(ValueError, match="percent or count"):
        sampling.size_of(10, **asked)
