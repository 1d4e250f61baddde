"""How a number of households and persons is shared out: by size, by standard, by cause of poverty (pure)."""

import random
from collections.abc import Sequence

from households.poverty import NATIONAL, PROVINCIAL

# Shares of the main cause in percent; 因病 57.5 as published (004), the rest invented.
CAUSES = {
    "因病": 57.5,
    "因残": 14.0,
    "缺劳力": 11.5,
    "缺技术": 5.0,
    "因学": 3.0,
    "缺资金": 3.5,
    "因灾": 0.8,
    "自身发展动力不足": 2.5,
    "其他": 2.2,
}
SIZES = {1: 40, 2: 34, 3: 12, 4: 8, 5: 4, 6: 2}
LARGEST = max(SIZES)


def share(total: int, weights: Sequence[float]) -> list[int]:
    """Whole parts in proportion that add up to the total (largest remainder)."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_rest = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_rest[: total - sum(parts)]:
        parts[place] += 1
    return parts


def sizes(rng: random.Random, households: int, persons: int) -> list[int]:
    """Household sizes that add up to the persons; raises ValueError when no sizes can."""
    if not households <= persons <= households * LARGEST:
        raise ValueError(f"{persons} 人不能分成 {households} 户（每户 1 至 {LARGEST} 人）")
    found = rng.choices(list(SIZES), list(SIZES.values()), k=households)
    wrong = persons - sum(found)
    step = 1 if wrong > 0 else -1
    while wrong:
        place = rng.randrange(households)
        if 1 <= found[place] + step <= LARGEST:
            found[place] += step
            wrong -= step
    return found


def standards(rng: random.Random, household_sizes: Sequence[int], national_persons: int) -> list[str]:
    """Which households are under 国标, so that their members add up to the number (as near as can be)."""
    found = [PROVINCIAL] * len(household_sizes)
    left = national_persons
    order = list(range(len(household_sizes)))
    rng.shuffle(order)
    for place in order:
        if household_sizes[place] <= left:
            found[place] = NATIONAL
            left -= household_sizes[place]
    return found


def causes(rng: random.Random, household_sizes: Sequence[int]) -> list[str]:
    """Main causes in the published shares; 因学 only where a child may live."""
    quotas = share(len(household_sizes), list(CAUSES.values()))
    pool = [cause for cause, quota in zip(CAUSES, quotas, strict=True) for _ in range(quota)]
    rng.shuffle(pool)
    roomy = [place for place, size in enumerate(household_sizes) if size >= 2 and pool[place] != "因学"]
    rng.shuffle(roomy)
    for place, size in enumerate(household_sizes):
        if pool[place] == "因学" and size < 2:
            if roomy:
                other = roomy.pop()
                pool[place], pool[other] = pool[other], pool[place]
            else:
                pool[place] = "因病"
    return pool
