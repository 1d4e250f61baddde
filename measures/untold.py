"""Policies for persons and households that have no coverage, and why not (data/untold.csv).

Who is entitled is said for a policy in measures.eligibility where the record can tell; of every other line the page of
coverage says what is missing. Items without a standard (事项) are entered as they happen and are none of these.
"""

import csv
import datetime
from pathlib import Path

from django.db.models import Q

from measures.eligibility import RULES
from measures.models import Policy, PolicyKind
from measures.models.policy import MEASURE_CHAPTERS
from measures.proposals import PART_OF

FILE = Path(__file__).resolve().parent / "data" / "untold.csv"
NEW = "目录里后来加的，还没有写谁应享受"


def _load() -> dict[str, str]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {code: row["reason"] for row in csv.DictReader(file) for code in row["codes"].split()}


REASONS = _load()


def by_reason(day: datetime.date) -> list[tuple[str, list[Policy]]]:
    """The policies in force on the day by what is missing, in the order of the catalogue."""
    given = Q(target__contains="个人") | Q(target__contains="贫困户")
    lines = Policy.objects.in_force(day).filter(given, chapter__in=MEASURE_CHAPTERS)
    lines = lines.filter(kind__in=(PolicyKind.POLICY, PolicyKind.INDICATOR))
    found: dict[str, list[Policy]] = {}
    for policy in lines.exclude(code__in=[*RULES, *PART_OF]).order_by("pk"):
        found.setdefault(REASONS.get(policy.code, NEW), []).append(policy)
    return list(found.items())
