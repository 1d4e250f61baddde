"""What the rules of a printed plan are made of: its cells by meaning, sums and limits between them, findings.

Pure. Amounts are counted in single persons, households or villages; a cell that is no number judges nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reporting.reading import LEFT, TidyCell

ERROR, NOTICE = "error", "notice"


@dataclass(frozen=True)
class Finding:
    """One broken rule with all of its cells; the first is the one to look at, `gap` how much it is off."""

    rule: str
    severity: str
    cells: tuple[TidyCell, ...]
    message: str
    gap: str = ""

    def as_json(self) -> dict[str, object]:
        return {
            "rule": self.rule,
            "severity": self.severity,
            "cells": [cell.printed() for cell in self.cells],
            "message": self.message,
        }


class NotJudged(Exception):
    """A cell of the rule is no number."""


class Table:
    """The cells by what they mean, and the amount of each in single persons, households or villages."""

    def __init__(self, cells: Sequence[TidyCell]) -> None:
        self.cells = cells
        self.areas = list(dict.fromkeys(cell.area_word for cell in cells))
        self.top = next((cell.area_word for cell in cells if cell.is_top), None)
        self.bases: dict[tuple[str, str, str], TidyCell] = {}
        for cell in cells:
            if cell.is_base:
                place = (cell.area_word, cell.counted, cell.standard_word)
                known = self.bases.get(place)
                if known is None or cell.year_word > known.year_word:
                    self.bases[place] = cell
        self.left = {
            (cell.area_word, cell.standard_word): cell
            for cell in cells
            if cell.part == LEFT and not cell.is_blank
        }

    def base(self, cell: TidyCell) -> TidyCell | None:
        """The base a leaving cell is measured by, unless it is blank."""
        found = self.bases.get((cell.area_word, cell.counted, cell.standard_word))
        return None if found is None or found.is_blank else found

    def amount(self, cell: TidyCell) -> Decimal:
        """Amount of a cell; blank is 0; raises NotJudged for what is no number."""
        if cell.is_blank:
            return Decimal(0)
        if cell.is_whole_base:
            base = self.base(cell)
            return Decimal(0) if base is None else self.amount(base)
        if cell.number is None:
            raise NotJudged
        return cell.number * 10_000 if cell.in_ten_thousands else cell.number

    def unknown(self, cell: TidyCell) -> bool:
        """Nothing to compare: blank, or the whole of a base that is blank."""
        return cell.is_blank or (cell.is_whole_base and self.base(cell) is None)


@dataclass(frozen=True)
class Sum:
    """A rule: `parts` add up to `total`, or will do as well when they add up to `instead`."""

    table: Table
    rule: str
    total: TidyCell
    parts: Sequence[TidyCell]
    words: str
    instead: TidyCell | None = None

    def __call__(self) -> Finding | None:
        amount = sum((self.table.amount(cell) for cell in self.parts), Decimal(0))
        wanted = self.table.amount(self.total)
        if amount == wanted or (self.instead and amount == self.table.amount(self.instead)):
            return None
        gap = show(abs(amount - wanted), self.total)
        than = "多" if amount > wanted else "少"
        said = f"{self.words}是{show(amount, self.total)}"
        message = f"{said}，比{name(self.total)} {self.total.value.strip()} {than}{gap}"
        return Finding(self.rule, ERROR, (self.total, *self.parts), message)


@dataclass(frozen=True)
class Within:
    """A rule: `small` is no more than `large`."""

    table: Table
    rule: str
    small: TidyCell
    large: TidyCell
    words: str

    def __call__(self) -> Finding | None:
        small, large = self.small, self.large
        if self.table.amount(small) <= self.table.amount(large):
            return None
        message = f"{name(small)} {small.value.strip()} 大于{name(large)} {large.value.strip()}：{self.words}"
        return Finding(self.rule, ERROR, (small, large), message)


def show(amount: Decimal, like: TidyCell) -> str:
    """An amount in the unit of a cell, without trailing zeros."""
    return plain(amount / 10_000 if like.in_ten_thousands else amount)


def plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def name(cell: TidyCell) -> str:
    year = f"{cell.year_word}年" if cell.is_year else cell.year_word
    words = [cell.standard_word, year] if cell.standard_word != year else [year]
    return f"{cell.area}{''.join(words)}{cell.part}"
