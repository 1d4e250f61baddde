"""Poverty lines (domain §2, R025–R028; pure): published beside computed, whole yuan, half up.

A year's line is the year before's × that year's price index: of rural low-income households for the
national standard, of rural households for the others. A published figure wins, also as the base of the
next year (省定 2018 = 3509 × 1.02 = 3579). What cannot be known is an error, never last year's line.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NATIONAL, PROVINCIAL, MUNICIPAL = "国家标准", "省定标准", "市定标准"
LOW_INCOME, RURAL = "农村低收入居民", "农村居民"
CPI_KINDS = [(LOW_INCOME, "农村低收入居民生活消费价格指数"), (RURAL, "农村居民消费价格指数")]


class LineMissing(LookupError):
    """There is no line for the year; the message is for the screen."""


@dataclass(frozen=True)
class Line:
    standard: str
    year: int
    published: int | None
    computed: int | None

    @property
    def value(self) -> int:
        """Yuan a head and year: the published figure if there is one."""
        if self.published is not None:
            return self.published
        if self.computed is None:
            raise LineMissing(f"没有{self.year}年{self.standard}，请先登记公布数或价格指数")
        return self.computed


def moved(line: int, cpi: Decimal) -> int:
    """A line one year on; the index has last year as 100."""
    return int((line * cpi / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@dataclass(frozen=True)
class Lines:
    """Published lines by (standard, year) and price indexes by (kind, year)."""

    published: Mapping[tuple[str, int], int]
    cpi: Mapping[tuple[str, int], Decimal]

    def line(self, standard: str, year: int) -> Line:
        """The line of a year; raises LineMissing."""
        found = Line(standard, year, self.published.get((standard, year)), self._computed(standard, year))
        if found.published is None and found.computed is None:
            raise LineMissing(f"没有{year}年{standard}，请先登记公布数或价格指数")
        return found

    def _computed(self, standard: str, year: int) -> int | None:
        cpi = self.cpi.get((LOW_INCOME if standard == NATIONAL else RURAL, year))
        if cpi is None:
            return None
        before = self.published.get((standard, year - 1)) or self._computed(standard, year - 1)
        return None if before is None else moved(before, cpi)


def two_lines(subsistence: int, line: Line) -> str:
    """两线合一 (R031): a warning when the 低保 standard of the year is below the line; else empty."""
    if subsistence >= line.value:
        return ""
    return f"{line.year}年农村低保标准{subsistence}元，低于{line.standard}{line.value}元，未实现两线合一"
