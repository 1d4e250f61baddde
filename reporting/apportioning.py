"""Sharing a whole number out among parts by weight (pure): the rule behind a year's plan for towns and villages.

R034 (004 第二章第四节二) has towns and villages fix the year's households and persons "by difficulty" and gives no
arithmetic. Ours: in proportion to a weight, none below its least nor above its most (the stock), rounded by the
largest remainder, so that the parts add up to the whole to the last one.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

# What is ready to leave draws three times as much as the rest of the stock: ours, the plans only say "by ease".
READY_WEIGHT = 3


@dataclass(frozen=True)
class Part:
    """All counts are whole and not negative; a part without weight takes only what the others have no room for."""

    weight: int
    most: int
    least: int = 0


@dataclass(frozen=True)
class Shares:
    """`over` is what none of the parts has room for; `parts` and it add up to the whole."""

    parts: tuple[int, ...]
    over: int = 0


def apportion(whole: int, parts: Sequence[Part]) -> Shares:
    """Raises ValueError when the whole is less than the least of the parts together."""
    if whole < sum(part.least for part in parts):
        raise ValueError("the parts ask for more than the whole")
    placed = min(whole, sum(part.most for part in parts))
    exact = _exact(placed, parts)
    shares = [share.numerator // share.denominator for share in exact]
    order = sorted(range(len(parts)), key=lambda place: (shares[place] - exact[place], -parts[place].weight))
    for place in order[: placed - sum(shares)]:
        shares[place] += 1
    return Shares(tuple(shares), whole - placed)


def _exact(whole: int, parts: Sequence[Part]) -> list[Fraction]:
    """Fractions that add up to the whole: one multiple of the weights, cut off at the least and most of each."""
    drawn = [part for part in parts if part.weight]
    rest = [part for part in parts if not part.weight]
    room = sum(part.most for part in drawn) + sum(part.least for part in rest)
    if whole <= room:
        level = _level(whole - sum(part.least for part in rest), drawn)
        return [_at(level, part) if part.weight else Fraction(part.least) for part in parts]
    # Everybody with a weight is full: what is left goes to the others by their room.
    spare = [Part(part.most, part.most, part.least) for part in rest if part.most]
    level = _level(whole - sum(part.most for part in drawn), spare)
    return [
        Fraction(part.most) if part.weight else _at(level, Part(part.most, part.most, part.least))
        for part in parts
    ]


def _at(level: Fraction, part: Part) -> Fraction:
    return min(max(level * part.weight, Fraction(part.least)), Fraction(part.most))


def _level(whole: int, parts: Sequence[Part]) -> Fraction:
    """The multiple of the weights at which the parts, cut off, come to the whole; it lies between least and most."""
    bends = sorted(
        {
            Fraction(0),
            *(Fraction(bound, part.weight) for part in parts for bound in (part.least, part.most)),
        }
    )

    def filled(level: Fraction) -> Fraction:
        return sum((_at(level, part) for part in parts), Fraction(0))

    place = bisect_left(bends, Fraction(whole), key=filled)
    if place == 0:
        return bends[0]
    below, above = bends[place - 1], bends[place]
    low, high = filled(below), filled(above)
    return below + (above - below) * (whole - low) / (high - low)


@dataclass(frozen=True)
class Ground:
    """A town or village: stock of households and persons, and what they weigh."""

    households: int
    persons: int
    household_weight: int
    person_weight: int


def share_out(households: int, persons: int, grounds: Sequence[Ground]) -> tuple[Shares, Shares]:
    """Households first; then the persons of those households: a household has one at least, and one stays with
    each household that stays. Raises ValueError for fewer persons than households."""
    homes = apportion(households, [Part(one.household_weight, one.households) for one in grounds])
    people = [
        Part(one.person_weight, one.persons - (one.households - count) if count else 0, count)
        for one, count in zip(grounds, homes.parts, strict=True)
    ]
    return homes, apportion(persons, people)
