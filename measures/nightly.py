"""The night's look at measures: C088–C092 and what may not be had together or twice, as findings of the work list.

The register's own night closes what it does not pass, so these findings stand under a subject of their own: a
household as the ledger of help sees it.
"""

import datetime
import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from households.doubts import FURTHER
from households.lists.findings import ELSEWHERE, Place
from households.models import Household, Watch
from households.record import head_names
from measures import checks, overlaps
from measures.models import Measure, State
from office.findings import Finding, Found, Severity, Subject, reconcile
from office.pii import index
from office.rulebook import ERROR, WARNING, Breach

SUBJECT = "measures.household"
BATCH = 500
FURTHER |= {line.id: line.message for line in checks.BOOK.lines.values()}
FURTHER |= {rule.id: rule.sentence for rule in overlaps.RULES if rule.severity in (ERROR, WARNING)}
FURTHER |= {overlaps.ONCE: "一次性的政策落实了两次", overlaps.ABOVE: "一年落实的合计超过标准"}


def recheck(day: datetime.date) -> int:
    """Every household with measures, with an open watch or with a finding of this kind; how many."""
    done = 0
    for homes in _batches():
        cases, clashes = checks.of_these(homes, day), _clashes(homes)
        found = {}
        for home in homes:
            subject = Subject(SUBJECT, str(home.pk), home.village_id)
            broken = [_of_breach(home, one) for one in checks.run(cases[home.pk])]
            found[subject] = [*broken, *clashes[home.pk]]
        reconcile(list(found), found, day)
        done += len(homes)
    return done


def _batches() -> Iterator[list[Household]]:
    mine = {"household": OuterRef("pk")}
    waiting = Finding.objects.filter(subject_type=SUBJECT).waiting()
    known = [int(key) for key in waiting.values_list("subject_id", flat=True)]
    asked = Household.objects.filter(
        Q(Exists(Measure.objects.exclude(state=State.CANCELLED).filter(**mine)))
        | Q(Exists(Watch.objects.filter(**mine)))
        | Q(pk__in=known)
    )
    # By number, not from a cursor left open: SQLite refuses at once to write beside one that has grown old.
    last = 0
    while some := list(asked.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = some[-1].pk
        yield some


def _clashes(homes: list[Household]) -> dict[int, list[Found]]:
    """Each pair once: the later measure is the one that runs into the earlier."""
    beside: dict[tuple[int, int | None], list[Measure]] = defaultdict(list)
    rows = Measure.objects.exclude(state=State.CANCELLED).filter(household__in=homes)
    for row in rows.select_related("policy", "person").order_by("pk"):
        beside[row.household_id, row.person_id].append(row)
    found: dict[int, list[Found]] = defaultdict(list)
    for (home, _), some in beside.items():
        for place, measure in enumerate(some):
            for clash in overlaps.clashes(measure, some[:place]):
                if clash.severity == ERROR or (clash.severity == WARNING and not measure.note):
                    found[home].append(_of_clash(measure, clash))
    return found


def _of_breach(home: Household, breach: Breach) -> Found:
    print_of = index(json.dumps([breach.rule, home.pk, breach.number]), "finding")
    return Found(breach.rule, breach.severity, breach.message, print_of, breach.number, breach.fields)


def _of_clash(measure: Measure, clash: overlaps.Clash) -> Found:
    who = f"{measure.person.name}：" if measure.person else ""
    print_of = index(json.dumps([clash.rule, measure.pk, str(measure.amount)]), "finding")
    severity = Severity.ERROR if clash.severity == ERROR else Severity.WARNING
    return Found(clash.rule, str(severity), f"{who}{clash.message}"[:200], print_of, str(measure.pk))


def _places(keys: set[int]) -> dict[int, Place]:
    """Where these findings lead: the household's measures."""
    heads = head_names(keys)
    rows: Any = Household.objects.filter(pk__in=keys).values_list("pk", "number")
    return {
        pk: Place(f"{heads.get(pk, '')}户 {number}", "", reverse("measures:household", args=[number]))
        for pk, number in rows
    }


ELSEWHERE[SUBJECT] = _places
