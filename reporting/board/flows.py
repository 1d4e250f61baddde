"""The flows of a year in one picture: the stock at its start, what came, what went, the stock at its end.

Terms and figures are those of 年度退出统计, 其他减少 parted into 注销 and the rest, so that they add up.
"""

from dataclasses import dataclass

from households.models import Kind
from reporting.board.ground import Figure, Ground
from reporting.chart import FlowStep
from reporting.definitions import exit_tally
from reporting.report import HOUSEHOLDS, PERSONS

STOCK, IN, OUT = "", "＋", "−"
GONE = (str(Kind.CANCEL),)
ELSE = tuple(str(kind) for kind in exit_tally.OUTGOING[exit_tally.OTHER_OUT][1] if kind != Kind.CANCEL)


@dataclass(frozen=True)
class Term:
    sign: str
    word: str
    says: str
    households: Figure
    persons: Figure


def terms(ground: Ground) -> list[Term]:
    counts, request = ground.counts, ground.request

    def term(sign: str, word: str, says: str, figure: str, only: tuple[str, ...] = ()) -> Term:
        found = {}
        for unit in (HOUSEHOLDS, PERSONS):
            keys = [f"{figure} {kind}" for kind in only] or [figure]
            value = sum(counts[None, False, key, unit] for key in keys)
            url = exit_tally.address(request, request.area.code, figure, unit, only=only)
            found[unit] = Figure(value, url)
        return Term(sign, word, says, found[HOUSEHOLDS], found[PERSONS])

    return [
        term(STOCK, "年初在册", "上年底在册", exit_tally.BASE),
        term(IN, "纳入", "新识别", exit_tally.NEW),
        term(IN, "返贫", "退出后返回", exit_tally.RETURN),
        term(IN, "其他增加", "增员、转入、回退、更正", exit_tally.OTHER_IN),
        term(OUT, "退出", "脱贫销号", exit_tally.EXIT),
        term(OUT, "注销", "死亡、迁出等", exit_tally.OTHER_OUT, GONE),
        term(OUT, "其他减少", "减员、转出、更正", exit_tally.OTHER_OUT, ELSE),
        term(STOCK, "现在册", "截至统计截止", exit_tally.NOW),
    ]


def steps(found: list[Term]) -> list[FlowStep]:
    """The persons of the terms, to be drawn."""
    return [FlowStep(one.sign, one.word, int(one.persons.value or 0)) for one in found]
