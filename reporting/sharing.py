"""One sharing out of a year's plan: what is shared, among whom, by which rule, what comes of it, and its workbook."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from areas.models import Area, Level
from audits.procedures import ListKind
from office.days import written
from office.official_form import HeadCell, OfficialForm, Value
from reporting.apportioning import READY_WEIGHT
from reporting.distribution import FIGURES, WORDS, Numbers, Place, Rule

EXPLAINED = {
    Rule.STOCK: "权重是存量：在册的，加上本年已退出的。",
    Rule.EASE: f"权重：具备条件的（橙色、已在退出名单、本年已退出；村：列入当年计划或已在名单）每个算 {READY_WEIGHT}，其余算 1。",
    Rule.PLAN: "权重是规划表印给各地的数。",
}
HEADS = ("存量", "其中已退", "具备条件", "权重", "建议")


@dataclass(frozen=True)
class Sharing:
    """The page's case: what is shared out, among whom, by which rule, and what comes of it."""

    area: Area
    kind: str
    year: int
    rule: str
    here: list[Place]
    whole: Numbers | None
    given: Numbers | None
    said: str
    proposed: list[Numbers]
    over: Numbers
    open: bool
    empty: int

    @property
    def binding(self) -> Numbers:
        """What the parts have to come to: a town's whole is the county's to set, whatever is typed here."""
        given = self.given if self.area.level == Level.TOWN else None
        return given or self.whole or ()

    @property
    def figures(self) -> tuple[str, ...]:
        return FIGURES[self.kind]

    @property
    def words(self) -> list[str]:
        return [WORDS[name] for name in self.figures]

    @property
    def heads(self) -> tuple[str, ...]:
        return HEADS

    @property
    def rule_word(self) -> str:
        return str(Rule(self.rule).label)

    @property
    def explanation(self) -> str:
        return EXPLAINED[Rule(self.rule)]

    @property
    def no_room(self) -> str:
        """What none of the parts has the stock for; empty where all of it was placed."""
        pairs = zip(self.over, self.words, strict=False)
        return "、".join(f"{number} {word}" for number, word in pairs if number)

    @property
    def title(self) -> str:
        return f"{self.area.name}{self.year}年{ListKind(self.kind).label}计划分解"

    def address(self, name: str = "reporting:distribution", **more: object) -> str:
        asked = {"area": self.area.code, "year": self.year, "kind": self.kind, "rule": self.rule}
        if self.whole is not None:
            asked |= {
                f"whole_{figure}": number for figure, number in zip(self.figures, self.whole, strict=True)
            }
        return f"{reverse(name)}?{urlencode({**asked, **more})}"

    @property
    def file_url(self) -> str:
        return self.address("reporting:distribution-file")


def workbook(
    sharing: Sharing, lines: Sequence[dict[str, Any]], sums: dict[str, Any], today: datetime.date
) -> OfficialForm:
    """The working as a form: a line an area, the sums last."""
    width = len(sharing.figures)
    heads = [*HEADS, "下达"]
    rows: list[list[Value]] = []
    nothing = (None,) * width
    for line in lines:
        place = line["place"]
        parts = (
            place.stock,
            place.left,
            place.ready,
            line["weight"],
            line["proposed"] or nothing,
            line["set"],
        )
        rows.append([place.area.name, place.printed, *(number for part in parts for number in part)])
    keys = ("stock", "left", "ready", "weight", "proposed", "set")
    total = [number for key in keys for number in sums[key] or nothing]
    rows.append(["合计", sums["printed"], *total])
    whole = "、".join(
        f"{number}{word}" for number, word in zip(sharing.whole or (), sharing.words, strict=False)
    )
    return OfficialForm(
        title=sharing.title,
        head=[
            [
                HeadCell("区划", 2),
                HeadCell("规划表", 2),
                *(HeadCell(word, rows=2 if width == 1 else 1, cols=width) for word in heads),
            ],
            [HeadCell(word) for _ in heads for word in sharing.words] if width > 1 else [],
        ],
        rows=rows,
        unit="、".join(sharing.words),
        filler=sharing.area.name,
        as_of=written(today),
        total_rows=[len(rows) - 1],
        notes=[
            f"总数 {whole}（{sharing.said}）；{sharing.rule_word}分解。{sharing.explanation}"
            if whole
            else "没有总数。",
            "最大余数法取整，各地合计等于总数，都不超过存量。",
        ],
    )
