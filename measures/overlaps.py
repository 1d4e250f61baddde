"""What may not be had together, and what may not be had twice (pure; data/overlaps.csv).

An error blocks, a warning is saved with a reason in the remark, a notice is only said. Beside the lines of the file two
rules hold for every policy of the plans: a one-off sum (一次性) is had once, and what was delivered for a period does not
exceed the standard where that is a ceiling for one person, household or case. Sums that grow with heads, 亩 or posts,
and averages (平均…), have no such ceiling.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from measures import extras
from measures.models import Measure, Policy, PolicyKind, State
from office.rulebook import ERROR

FILE = Path(__file__).resolve().parent / "data" / "overlaps.csv"
EVER, NAMED = "ever", "name:"
ONCE, ABOVE = "O901", "O902"
ONE_OFF, YEARLY, MONTHLY, EACH = "一次性", "每年", "每月", "每笔"
A_HEAD = ("元/人", "元/生", "元/户", "元", "度")
GROWS = (extras.TIMES, extras.HEADS)


@dataclass(frozen=True)
class Rule:
    id: str
    severity: str
    span: str
    codes: tuple[str, ...]
    others: tuple[str, ...]
    sentence: str
    source: str

    def meets(self, one: Policy, other: Policy) -> bool:
        """The two exclude each other by this rule, whichever came first."""
        return one.code != other.code and (self._of(one, other) or self._of(other, one))

    def _of(self, one: Policy, other: Policy) -> bool:
        words = [word.removeprefix(NAMED) for word in self.others if word.startswith(NAMED)]
        return one.code in self.codes and (
            other.code in self.others or any(word in other.name for word in words)
        )


@dataclass(frozen=True)
class Clash:
    rule: str
    severity: str
    message: str


def _load() -> tuple[Rule, ...]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Rule(
                id=row["id"],
                severity=row["severity"],
                span=row["span"],
                codes=tuple(row["codes"].split()),
                others=tuple(row["others"].split()),
                sentence=row["sentence"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


RULES = _load()


def about(policy: Policy) -> list[str]:
    """The sentences of the rules that name the policy, for the form."""
    named = [one for one in RULES if policy.code in (*one.codes, *one.others)]
    words = [(one, word.removeprefix(NAMED)) for one in RULES for word in one.others if NAMED in word]
    named += [one for one, word in words if word in policy.name and one not in named]
    said = [one.sentence for one in named]
    if _is_once(policy):
        said.append("一次性，每人（户）只登记一次")
    most = ceiling(policy)
    if most is not None:
        span = "每笔" if policy.period == EACH else "一年合计"
        said.append(f"{span}不超过 {most.normalize():f} {_unit(policy)}")
    return said


def clashes(measure: Measure, others: Iterable[Measure], amount: Decimal | None = None) -> list[Clash]:
    """What the measure runs into among the others of the same person, household or enterprise.

    `amount` is what is about to be delivered; cancelled measures and the measure itself do not count.
    """
    standing = [one for one in others if one.state != State.CANCELLED and one.pk != measure.pk]
    return [*_excluded(measure, standing), *_twice(measure, standing, amount)]


def _excluded(measure: Measure, others: Sequence[Measure]) -> Iterator[Clash]:
    for rule in RULES:
        met = next(
            (
                one
                for one in others
                if (rule.span == EVER or one.year == measure.year) and rule.meets(measure.policy, one.policy)
            ),
            None,
        )
        if met is not None:
            yield Clash(
                rule.id, rule.severity, f"{rule.sentence}：{met.year}年的“{met.policy}”已经{_word(met)}"
            )


def _twice(measure: Measure, others: Sequence[Measure], amount: Decimal | None) -> Iterator[Clash]:
    policy = measure.policy
    same = [one for one in others if one.policy.code == policy.code and one.state == State.DELIVERED]
    if same and _is_once(policy):
        yield Clash(ONCE, ERROR, f"“{policy}”是一次性的，{same[0].year}年已经落实")
        return
    most, now = ceiling(policy), amount if amount is not None else measure.amount
    if most is None or now is None:
        return
    of_year = [] if policy.period == EACH else [one for one in same if one.year == measure.year]
    had = sum((one.amount for one in of_year if one.amount is not None), Decimal(0))
    if had + now > most:
        before = f"已经落实 {had.normalize():f}，" if had else ""
        span = "每笔" if policy.period == EACH else f"{measure.year}年"
        unit = _unit(policy)
        yield Clash(
            ABOVE,
            ERROR,
            f"“{policy}”{span}不超过 {most.normalize():f} {unit}，{before}加上这次的 {now.normalize():f} 就超过了",
        )


def ceiling(policy: Policy) -> Decimal | None:
    """The most that one has of it in a year (每笔: in one case); None where the standard is no ceiling."""
    if (
        policy.high is None
        or policy.unit not in A_HEAD
        or policy.standard.startswith("平均")
        or _grows(policy)
    ):
        return None
    high = Decimal(policy.high)
    if policy.period == MONTHLY:
        return high * 12
    return high if policy.period in (YEARLY, EACH) else None


def _is_once(policy: Policy) -> bool:
    return policy.period == ONE_OFF and policy.kind == PolicyKind.POLICY and not _grows(policy)


def _grows(policy: Policy) -> bool:
    return any(one.role in GROWS for one in extras.of(policy.code))


def _unit(policy: Policy) -> str:
    return policy.unit.partition("/")[0]


def _word(one: Measure) -> str:
    return "落实" if one.state == State.DELIVERED else "列入计划"
