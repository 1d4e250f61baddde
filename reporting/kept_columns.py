"""A run that an earlier release kept shows what was counted then: a form that has got columns since has them without.

Runs keep their blocks now; those of before are laid out by the form of today (reporting/report.py, blocks_of).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reporting.report import Block, Figures


def counted_then(blocks: Iterable[Block], figures: Figures) -> list[Block]:
    """The blocks with the columns that the figures have, on every line; a block without any is left out."""
    known = {cell.column for cell in figures.cells}
    found = []
    for block in blocks:
        lines = [keys for _, keys in block.line_keys()]
        columns = tuple(
            column for column, *keys in zip(block.columns, *lines, strict=True) if known.issuperset(keys)
        )
        if columns:
            found.append(block if columns == block.columns else replace(block, columns=columns))
    return found
