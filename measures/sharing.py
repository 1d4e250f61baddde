"""How the income of an asset is shared among households (R102–R104; domain §6); pure.

First those without labour (R103, 003 第三章第五节; 004 第三章第六节), up to `first` each (a head when shared by
persons); then the others, up to the same; what is still left goes to all alike, so that nobody with labour ever
has more than somebody without. Without `first` it all goes to those without labour, and to the others only where
there is none. Every sum is exact: what a division leaves over is given out cent by cent in the order of the
household numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from measures.amounts import CENT, plain

BY_HOUSEHOLD, BY_PERSON = "按户", "按人口"
WAYS = (BY_HOUSEHOLD, BY_PERSON)
WEAK, OTHERS, ALL = "无劳动能力户优先", "其他户", "余额全体再分"


@dataclass(frozen=True)
class Claim:
    """A household that may have a share; `able`: one of its members can work, or it is not known."""

    number: str
    persons: int
    able: bool


@dataclass(frozen=True)
class Part:
    """What one household gets (yuan, above 0) and on what grounds."""

    number: str
    amount: Decimal
    why: str


def share(
    total: Decimal, claims: Sequence[Claim], *, way: str = BY_HOUSEHOLD, first: Decimal | None = None
) -> list[Part]:
    """The parts add up to the total exactly. ValueError for nobody to share among, or nothing to share."""
    if total <= 0 or total != total.quantize(CENT):
        raise ValueError("分配总额要大于 0，精确到分")
    if first is not None and first <= 0:
        raise ValueError("每户先分的数额要大于 0")
    if not claims:
        raise ValueError("没有可以分配的贫困户")
    ordered = sorted(claims, key=lambda claim: claim.number)
    weights = {claim.number: claim.persons if way == BY_PERSON else 1 for claim in ordered}
    if not all(weights.values()):
        raise ValueError("有的户没有在册人口，不能按人口分")
    weak = [claim.number for claim in ordered if not claim.able]
    others = [claim.number for claim in ordered if claim.able]
    got: dict[str, list[tuple[int, str]]] = {claim.number: [] for claim in ordered}
    left = int(total.scaleb(2))
    rounds: list[tuple[list[str], str, int | None]]
    if first is None:
        rounds = [(weak or others, WEAK if weak else OTHERS, None)]
    else:
        most = int(first.quantize(CENT).scaleb(2))
        rounds = [(weak, WEAK, most), (others, OTHERS, most), ([*weak, *others], ALL, None)]
    for names, why, each in rounds:
        wanted = left if each is None else min(left, each * sum(weights[name] for name in names))
        for name, part in _split(wanted, names, weights).items():
            got[name].append((part, why))
        left -= wanted
        if not left:
            break
    return [
        Part(
            name,
            Decimal(sum(part for part, _ in pieces)).scaleb(-2),
            "、".join(why for part, why in pieces if part),
        )
        for name, pieces in got.items()
        if sum(part for part, _ in pieces)
    ]


def _split(cents: int, names: Sequence[str], weights: dict[str, int]) -> dict[str, int]:
    """Whole cents by weight; the rest one each from the front. Nobody named, nothing given."""
    whole = sum(weights[name] for name in names)
    parts = {name: cents * weights[name] // whole for name in names}
    for name in list(names)[: cents - sum(parts.values())]:
        parts[name] += 1
    return parts


def said(way: str, first: Decimal | None) -> str:
    """The rule in one sentence, as it is posted with the list."""
    each = "每人" if way == BY_PERSON else "每户"
    if first is None:
        order = f"全部分给无劳动能力的贫困户，{way}平均；没有这样的户时分给其他贫困户"
    else:
        most = f"{each}最多 {plain(first)} 元"
        order = f"先分给无劳动能力的贫困户，{most}；再分给其他贫困户，{most}；还有余额的，全体{way}平均"
    return f"{order}。除不尽的零头按户编号次序每户一分。"
