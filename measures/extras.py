"""What a measure says beyond day, amount, payer and voucher (pure): fields declared by policy in data/extras.csv.

A line of the file holds for the policies it names: key, label, kind, choices, from which step on it is needed, its
bounds, its part in the sum. A bound is a number or day, a code of the catalogue (its figure that day), `@key` (another
field), `CODE%@key` (so many percent of it) or 省定标准 (the poverty line of the year). Values are kept as text, one way
each: 12.50, 2018-11-20, 是. No field asks for an illness by name, a number of a person or of an account.
"""

import csv
import datetime
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from office.digit_runs import mask_digit_runs

FILE = Path(__file__).resolve().parent / "data" / "extras.csv"
TEXT, WHOLE, MONEY, PERCENT, DATE, CHOICE, YES = "text", "whole", "money", "percent", "date", "choice", "yes"
NUMBERS = (WHOLE, MONEY, PERCENT)
PLANNING, DELIVERING = "计划", "落实"
YES_WORDS = ("是", "否")
LONGEST = 60
MOST = Decimal("9999999999.99")
LINE = "省定标准"
# Parts in a sum: so much of a cost, so many of a unit, heads of a workshop, a year's cost of illness, what was built.
COST, TIMES, HEADS, ILLNESS, INVESTED, DUE = "费用", "数量", "人数", "大病费用", "实际投资", "到期"
Figures = Mapping[str, Decimal]
TEXTS = ("key", "label", "kind", "needed", "low", "high", "unit", "role", "hint")


@dataclass(frozen=True)
class Extra:
    key: str
    label: str
    kind: str
    choices: tuple[str, ...] = ()
    needed: str = ""
    low: str = ""
    high: str = ""
    unit: str = ""
    role: str = ""
    hint: str = ""

    @property
    def name(self) -> str:
        """What its form field is called."""
        return f"extras_{self.key}"

    @property
    def title(self) -> str:
        """As the head of a column says it."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def words(self) -> tuple[str, ...]:
        """What may be said, where that is laid down."""
        return {YES: YES_WORDS, CHOICE: self.choices}.get(self.kind, ())

    def needed_at(self, step: str) -> bool:
        """What a plan needs, any later step needs too; an addition needs nothing else."""
        return self.needed == PLANNING or (step == DELIVERING and self.needed == DELIVERING)

    def read(self, text: str) -> str:
        """The text as it is kept; raises ValueError in Chinese. Empty stays empty."""
        plain = unicodedata.normalize("NFKC", text).strip()
        if not plain:
            return ""
        if self.kind == DATE:
            return _day(self.label, plain).isoformat()
        if self.kind in NUMBERS:
            return _number(self.label, plain, whole=self.kind == WHOLE)
        words = self.words
        if words and plain not in words:
            raise ValueError(f"{self.label}应是{'、'.join(words)}")
        if len(plain) > LONGEST:
            raise ValueError(f"{self.label}最多 {LONGEST} 个字")
        return mask_digit_runs(plain)

    def shown(self, value: str) -> str:
        if self.kind in NUMBERS and value:
            return f"{Decimal(value):,}{self.unit}"
        return value


def _load() -> dict[str, tuple[Extra, ...]]:
    found: dict[str, list[Extra]] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = {name: row[name] for name in TEXTS}
            extra = Extra(**words, choices=tuple(row["choices"].split()))
            for code in row["codes"].split():
                found.setdefault(code, []).append(extra)
    return {code: tuple(extras) for code, extras in found.items()}


# By the code of the policy, in the order in which they are asked.
EXTRAS = _load()


def of(code: str) -> tuple[Extra, ...]:
    return EXTRAS.get(code, ())


def missing(code: str, values: Mapping[str, str], step: str) -> dict[str, str]:
    """Key → what is said of each field that the step needs and that is empty."""
    return {
        one.key: f"请填{one.label}" for one in of(code) if one.needed_at(step) and not values.get(one.key, "")
    }


def out_of_bounds(code: str, values: Mapping[str, str], known: Figures) -> dict[str, str]:
    """Key → what is said of each value under or over its bound."""
    said = {}
    for one in of(code):
        value = values.get(one.key, "")
        if not value or one.kind in (TEXT, CHOICE, YES):
            continue
        if one.kind == DATE:
            if one.low and value < one.low:
                said[one.key] = f"{one.label}不能早于{one.low}"
            continue
        low, high = (bound(text, values, known) for text in (one.low, one.high))
        if low is not None and Decimal(value) < low:
            said[one.key] = f"{one.label}不能低于{low.normalize():f}{one.unit}"
        elif high is not None and Decimal(value) > high:
            said[one.key] = f"{one.label}不能高于{high.normalize():f}{one.unit}"
    return said


def bound(text: str, values: Mapping[str, str], known: Figures) -> Decimal | None:
    """The figure that a bound comes to; None where none is declared, known or filled in."""
    if not text:
        return None
    part, _, key = text.partition("@")
    if key:
        other = values.get(key, "")
        if not other:
            return None
        if not part:
            return Decimal(other)
        percent = known.get(part.removesuffix("%"))
        return None if percent is None else Decimal(other) * percent / 100
    if text in known:
        return known[text]
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def figure(code: str, role: str, values: Mapping[str, str]) -> Decimal | None:
    """The value of the field that plays this part in the sum."""
    found = next((values.get(one.key, "") for one in of(code) if one.role == role), "")
    return Decimal(found) if found else None


def due(codes: Sequence[str]) -> list[str]:
    """The keys of the days on which something ends: a loan, a contract, a post."""
    return sorted({one.key for code in codes for one in of(code) if one.role == DUE})


def _day(label: str, text: str) -> datetime.date:
    for mark in "年月/.":
        text = text.replace(mark, "-")
    try:
        year, month, day = (int(part) for part in text.removesuffix("日").strip("-").split("-"))
        return datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"{label}认不出来，请写成 2018-11-20 这样") from None


def _number(label: str, text: str, *, whole: bool) -> str:
    try:
        value = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise ValueError(f"{label}应是数字") from None
    if not value.is_finite() or abs(value) > MOST:
        raise ValueError(f"{label}太大")
    if whole and value != value.to_integral_value():
        raise ValueError(f"{label}应是整数")
    if value != value.quantize(Decimal("0.01")):
        raise ValueError(f"{label}最多两位小数")
    return str(int(value)) if value == value.to_integral_value() else f"{value:f}"
