"""A house as its page shows it: what is known, its limits, who pays what and how that was worked out, who signed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from audits import renovation
from audits.models import HouseCase, Signature
from audits.models.house_case import account_of
from audits.renovation import Bounds
from households.record import label, written

KNOWN = (
    ("申请", ("target", "grade", "applied_on", "willing", "way", "area_planned")),
    ("施工", ("agreement_on", "started_on", "completed_on", "area_built", "cost_actual")),
    ("标准", ("five_unities", "barrier_free", "plate")),
    ("验收和拨付", ("accepted_on", "accepted", "subsidy", "paid_on", "national_archive_number")),
)


@dataclass(frozen=True)
class Gap:
    """A line of the gap chain: who pays, how much, and what is still wanting after it."""

    who: str
    pays: Decimal
    wanting: Decimal


@dataclass(frozen=True)
class HouseCard:
    known: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    area: Bounds | None
    subsidy: Bounds | None
    chain: Sequence[Gap]
    signatures: Sequence[Signature]
    unsigned: Sequence[str]
    patrols: Sequence[str]
    account: str


def of(case: HouseCase) -> HouseCard:
    signatures = list(case.signatures.filter(round=case.entry.audit_list.round).order_by("pk"))
    signed = {row.department for row in signatures}
    built = case.way != renovation.REPAIR and case.persons > 0
    return HouseCard(
        known=[
            (title, [(label(case, name), written(getattr(case, name))) for name in names])
            for title, names in KNOWN
        ],
        area=renovation.area_limits(case.persons) if built else None,
        subsidy=(
            renovation.subsidy_bounds(case.grade, case.way, case.cost_actual) if case.cost_actual else None
        ),
        chain=chain(case),
        signatures=signatures,
        unsigned=[name for name in renovation.DEPARTMENTS if name not in signed],
        patrols=[line for line in case.patrol_notes.split("\n") if line],
        account=case.paid_to or account_of(case.entry.household),
    )


def chain(case: HouseCase) -> list[Gap]:
    """中央省市, then 区级专项, then the town for the rest; empty until the subsidy is known."""
    if case.subsidy is None:
        return []
    wanting, lines = case.subsidy, []
    parts = (
        ("中央、省、市", case.subsidy_upper),
        ("区级专项", case.subsidy_district),
        ("镇街兜底", case.subsidy_town),
    )
    for who, pays in parts:
        wanting -= pays or renovation.NOTHING
        lines.append(Gap(who, pays or renovation.NOTHING, wanting))
    return lines
