"""What was frozen with a decision, an entry each: read as it was kept, whatever the register says now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.template.defaultfilters import floatformat

from accounts.models import User
from audits.criteria import WORDS, Result
from audits.models import Decision, FrozenFacts
from audits.panels.entries import named
from households.record import head_names

# Key of the frozen facts → what it is called; only those that were kept are shown.
MONEY = {"income": "人均纯收入", "line": "扶贫标准"}
YES_NO = {
    "food_assured": "不愁吃",
    "clothing_assured": "不愁穿",
    "education_guaranteed": "义务教育",
    "medical_guaranteed": "基本医疗",
    "housing_guaranteed": "住房安全",
    "water_safe": "饮水安全",
}
PLAIN = {
    "member_count": "家庭人口数",
    "standard": "标准",
    "cause": "主要致贫原因",
    "poor": "在册贫困人口",
    "rural": "农村户籍人口",
    "incidence": "贫困发生率%",
    "reason": "事由",
}


@dataclass(frozen=True)
class Frozen:
    facts: FrozenFacts
    name: str
    kept: Sequence[tuple[str, str]]

    @property
    def result(self) -> str:
        return "" if self.facts.result is None else Result(self.facts.result).label


def of(decision: Decision, user: User) -> list[Frozen]:
    rows = FrozenFacts.objects.visible_to(user).filter(decision=decision)
    found = list(rows.select_related("entry__household", "entry__area").order_by("entry__place", "pk"))
    return _named(found, lambda row: str(row.entry))


def of_entry(entry: Any) -> list[Frozen]:
    """All that decisions rested on of one entry, the newest first."""
    rows = FrozenFacts.objects.filter(entry=entry).select_related(
        "decision__by", "entry__household", "entry__area"
    )
    return _named(list(rows.order_by("-decision_id")), lambda row: str(row.decision))


def _named(rows: list[FrozenFacts], fallback: Any) -> list[Frozen]:
    names = head_names(row.entry.household_id for row in rows if row.entry.household_id)
    return [
        Frozen(row, names.get(row.entry.household_id or 0, "") or fallback(row), _kept(row.facts))
        for row in rows
    ]


def _kept(facts: dict[str, Any]) -> list[tuple[str, str]]:
    found = [
        (word, str(floatformat(facts[key], "2g")))
        for key, word in MONEY.items()
        if facts.get(key) is not None
    ]
    found += [(named(word), WORDS[facts[key]]) for key, word in YES_NO.items() if key in facts]
    found += [(word, str(facts[key])) for key, word in PLAIN.items() if facts.get(key) not in (None, "")]
    members = facts.get("members")
    if members:
        found.append(("家庭人口数", str(len(members))))
    return found
