"""A printed paper as data: pages of blocks, each block drawn by the one template (audits/_paper.html)."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Pairs:
    """Facts of a record, two a row; an empty value is a space to write in."""

    pairs: Sequence[tuple[str, str]]
    form: str = field(default="pairs", init=False)

    @property
    def rows(self) -> list[list[tuple[str, str]]]:
        pairs = list(self.pairs)
        return [pairs[place : place + 2] for place in range(0, len(pairs), 2)]


@dataclass(frozen=True)
class Grid:
    """A table. `by_hand` empty rows follow; `numbers` are the columns set right."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    total: str = ""
    caption: str = ""
    by_hand: int = 0
    numbers: frozenset[int] = frozenset()
    form: str = field(default="grid", init=False)

    @property
    def cells(self) -> list[list[tuple[str, bool]]]:
        return [[(text, place in self.numbers) for place, text in enumerate(row)] for row in self.rows]

    @property
    def heads(self) -> list[tuple[str, bool]]:
        return [(text, place in self.numbers) for place, text in enumerate(self.head)]

    @property
    def empty_rows(self) -> range:
        return range(self.by_hand)


@dataclass(frozen=True)
class Words:
    """A passage under a heading; without text so many lines to write on."""

    heading: str
    text: str = ""
    lines: int = 0
    form: str = field(default="words", init=False)

    @property
    def empty_lines(self) -> range:
        return range(0 if self.text else self.lines)


@dataclass(frozen=True)
class Opinion:
    """What a stage decided, as it is on record, in a box with room for signature and seal."""

    heading: str
    text: str = ""
    by: str = ""
    on: str = ""
    form: str = field(default="opinion", init=False)


Block = Pairs | Grid | Words | Opinion


@dataclass(frozen=True)
class PrintedPaper:
    """`pages` are printed one a sheet, each with title, `under` and the signature line."""

    title: str
    under: str
    pages: Sequence[Sequence[Block]]
    signatures: Sequence[str] = ()
    wide: bool = False
