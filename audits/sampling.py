"""回头看: which households of a year's exits are visited again (R274; 004 第十二章第二节五 L3893–3899; pure).

The plan asks that they are looked at again and gives no number. The draw is by a seed that is kept: whoever has
the numbers and the seed draws the same households with any tool that knows SHA-256.
"""

import hashlib
from collections.abc import Collection


def draw(numbers: Collection[str], size: int, seed: str) -> list[str]:
    """So many of the household numbers, those with the smallest SHA-256 of "seed:number", in the order of numbers."""
    ranked = sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).hexdigest())
    return sorted(ranked[:size])


def size_of(population: int, *, percent: int | None = None, count: int | None = None) -> int:
    """A share is rounded up and at least one; never more than there are. ValueError without exactly one of both."""
    if (percent is None) == (count is None):
        raise ValueError("percent or count")
    wanted = count if count is not None else -(-population * (percent or 0) // 100)
    return min(population, max(1, wanted))


def checksum(numbers: Collection[str]) -> str:
    """SHA-256 (hex) of the numbers drawn from, one a line in their order."""
    return hashlib.sha256("\n".join(sorted(numbers)).encode()).hexdigest()
