"""Medians of sides that take turns, so that what slows the machine slows them alike."""

import statistics
import time
from collections.abc import Callable
from typing import Any

ROUNDS, SLOW_ROUNDS = 7, 3
SLOW = 20.0  # seconds; a side that takes longer is measured three times
WARM_UP = 2


def seconds(act: Callable[[], Any]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def medians(*sides: Callable[[], float], rounds: int = ROUNDS, warm_up: int = WARM_UP) -> list[float]:
    """The median of what each side returns (seconds), after rounds that are thrown away."""
    taken: list[list[float]] = [[] for _ in sides]
    for turn in range(warm_up + rounds):
        if turn == warm_up + SLOW_ROUNDS and max(map(max, taken)) > SLOW:
            break
        for side, found in zip(sides, taken, strict=True):
            took = side()
            if turn >= warm_up:
                found.append(took)
    return [statistics.median(found) for found in taken]
