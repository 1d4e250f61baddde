"""What holds a measure back from a step that is taken for many at once.

A list is asked what a form asks of one: the further fields that the step needs (measures.extras), their bounds, and
what may not be had together or twice (measures.overlaps); a warning wants its reason in the remark. Who is held back
is named with the reason, the others go on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from measures import extras, overlaps
from measures.models import Measure, Policy, State
from office.rulebook import ERROR, WARNING

Owner = tuple[str, int]
TWICE = "这份名单里同一对象还有一项，单独登记"


@dataclass(frozen=True)
class Held:
    measure: Measure
    why: str

    def __str__(self) -> str:
        return f"{self.measure.to_whom}：{self.why}"


def may_be(policy: Policy) -> bool:
    """Something of the policy can be held back at all: a list of any other is not looked through."""
    return bool(extras.of(policy.code)) or bool(overlaps.about(policy))


def owner(measure: Measure) -> Owner:
    """Whose it is: that of a person stands beside the person's, that of a household beside the household's."""
    for name in ("person", "household", "village", "enterprise"):
        key = getattr(measure, f"{name}_id")
        if key is not None:
            return name, key
    raise ValueError("a measure of nobody")


def beside(measures: Sequence[Measure]) -> dict[Owner, list[Measure]]:
    """What the owners of these have already, of any year, in one statement; cancelled ones are left out."""
    of: dict[str, set[int]] = {}
    for row in measures:
        name, key = owner(row)
        of.setdefault(name, set()).add(key)
    asked = Q()
    for name, keys in of.items():
        own = Q(**{f"{name}__in": keys})
        asked |= own & Q(person__isnull=True) if name == "household" else own
    if not asked:
        return {}
    found: dict[Owner, list[Measure]] = {}
    rows = Measure.objects.exclude(state=State.CANCELLED).filter(asked)
    for row in rows.select_related("policy").order_by("pk"):
        found.setdefault(owner(row), []).append(row)
    return found


def why(measure: Measure, others: Iterable[Measure], step: str, known: Mapping[str, Any]) -> str:
    """What stands against the step, in sentences; empty when nothing does."""
    code, said = measure.policy.code, measure.extras
    found = list({**extras.missing(code, said, step), **extras.out_of_bounds(code, said, known)}.values())
    for clash in overlaps.clashes(measure, others, measure.amount):
        if clash.severity == ERROR:
            found.append(clash.message)
        elif clash.severity == WARNING and not measure.note:
            found.append(f"{clash.message}，要写明理由，单独登记")
    return "；".join(found)


def back(
    measures: Sequence[Measure], step: str, known: Mapping[str, Any], before: set[Owner]
) -> Iterator[Held]:
    """Those of them that the step holds back, in their order; of two of one owner the later waits.

    `before` gathers the owners of those that go on, from one part of a long list to the next.
    """
    others = beside(measures)
    for row in measures:
        mine = owner(row)
        said = TWICE if mine in before else why(row, others.get(mine, ()), step, known)
        if said:
            yield Held(row, said)
        else:
            before.add(mine)
