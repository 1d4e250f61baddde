"""Numbered logic checks: an app's data/checks.csv says what a rule is, its functions say when it is broken.

Level, severity, stages, message and numbers stand in the file and nowhere else. A rule is a function of one
case (an object of the app's own) that yields a Spot wherever the case breaks it; this module knows no rule.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

ERROR, WARNING = "error", "warning"
ENTRY, IMPORT, NIGHTLY = "entry", "import", "nightly"
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
_NAMED = re.compile(r"\s*([^=<>≤≥]+?)\s*[=<>≤≥]\s*(.+)")


@dataclass(frozen=True)
class Line:
    """One line of checks.csv. `message` is for the screen, `meaning` the exact words of the rule."""

    id: str
    level: str
    severity: str
    stages: frozenset[str]
    message: str
    meaning: str
    fields: tuple[str, ...]
    numbers: dict[str, str]

    def amount(self, name: str) -> Decimal:
        """The first number of `name=0.005 a member`; KeyError when the line does not have it."""
        found = _NUMBER.search(self.numbers[name])
        if found is None:
            raise KeyError(name)
        return Decimal(found.group())

    def whole(self, name: str) -> int:
        return int(self.amount(name))

    def span(self, name: str) -> range:
        """Both ends included: `ages=6-23` holds 23."""
        first, _, last = self.numbers[name].partition("-")
        return range(int(first), int(last) + 1)

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(self.numbers[name].split())


class Spot(NamedTuple):
    """Where a case breaks a rule: fields as `person.schooling`, and which person, by place (from 1) and number.

    Without fields those of the file are meant; `severity` is given only where it departs from the file.
    """

    fields: tuple[str, ...] = ()
    person: int | None = None
    number: str = ""
    severity: str = ""


class Breach(NamedTuple):
    """A rule broken: errors block, warnings may be confirmed with a reason (核实保留)."""

    rule: str
    severity: str
    message: str
    fields: tuple[str, ...]
    person: int | None = None
    number: str = ""


Test = Callable[[Any], Iterable[Spot]]
_BY_RULE = attrgetter("rule")


@dataclass(frozen=True)
class Rule:
    """A line of the file, the kind of case it is asked of, and its function.

    `needs` names what the case must have (an attribute that is true) to break it: without that nobody asks.
    """

    line: Line
    of: type
    test: Test
    needs: str = ""

    def breaches(self, case: object) -> Iterator[Breach]:
        return map(self.breach, self.test(case))

    def breach(self, spot: Spot) -> Breach:
        line = self.line
        return Breach(
            rule=line.id,
            severity=spot.severity or line.severity,
            message=line.message,
            fields=spot.fields or line.fields,
            person=spot.person,
            number=spot.number,
        )


@dataclass
class RuleBook:
    """The lines of one checks.csv and, as the modules of an app are loaded, the functions of its rules."""

    lines: dict[str, Line]
    rules: dict[str, Rule] = field(default_factory=dict)
    _chosen: dict[tuple[type, str], list[tuple[str, list[Rule]]]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, path: Path) -> "RuleBook":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return cls({row["id"]: _line(row) for row in csv.DictReader(file)})

    def __getitem__(self, rule: str) -> Line:
        return self.lines[rule]

    def rule(self, id: str, of: type, needs: str = "") -> Callable[[Test], Test]:
        """Registers a function for a line; KeyError without the line, ValueError for a second function."""
        line = self.lines[id]
        if id in self.rules:
            raise ValueError(f"{id} has a function already")

        def register(test: Test) -> Test:
            self.rules[id] = Rule(line, of, test, needs)
            self._chosen.clear()
            return test

        return register

    def run(self, case: object, stage: str) -> list[Breach]:
        """Everything the case breaks at the stage, in the order of the rules."""
        found: list[Breach] = []
        for needs, rules in self._asked(type(case), stage):
            if needs and not getattr(case, needs):
                continue
            for rule in rules:
                for spot in rule.test(case):
                    found.append(rule.breach(spot))
        if len(found) > 1:
            found.sort(key=_BY_RULE)
        return found

    def _asked(self, of: type, stage: str) -> list[tuple[str, list[Rule]]]:
        """The rules by what they need."""
        if (of, stage) not in self._chosen:
            by_need: dict[str, list[Rule]] = {}
            for _, rule in sorted(self.rules.items()):
                if rule.of is of and stage in rule.line.stages:
                    by_need.setdefault(rule.needs, []).append(rule)
            self._chosen[of, stage] = list(by_need.items())
        return self._chosen[of, stage]


def _line(row: dict[str, str]) -> Line:
    named = (_NAMED.fullmatch(part) for part in row["numbers"].replace(": ", "=").split(";"))
    return Line(
        id=row["id"],
        level=row["level"],
        severity=row["severity"],
        stages=frozenset(row["stage"].split(";")),
        message=row["rule_zh"],
        meaning=row["rule"],
        fields=tuple(filter(None, row["fields"].split(";"))),
        numbers={match[1]: match[2] for match in named if match},
    )
