"""Are these two one person? (pure)"""

import datetime
from dataclasses import dataclass
from uuid import UUID

from households import identity, names
from households.models.duplicate import Likeness
from office.pii import index

# A birthday given by the moon calendar stands some weeks off.
NEAR_DAYS = 60
# Of one name, village and address, but further apart than this: father and son, say.
GENERATION = 10


@dataclass(frozen=True)
class Seen:
    """What the comparison reads of a person. `number` stays sealed until two are found alike."""

    pk: int
    name: str
    sex: str
    born: datetime.date
    uid: UUID
    number: str
    household: int
    address: str
    village: int
    town: int


def likeness(one: Seen, other: Seen) -> str:
    """The surest reason to take them for one; empty when there is none."""
    mine, theirs = names.searched(one.name), names.searched(other.name)
    if len(mine) < 2:
        return ""
    if mine == theirs:
        if one.born == other.born:
            return Likeness.SAME
        if one.village != other.village or one.sex != other.sex:
            return ""
        if near(one.born, other.born):
            return Likeness.NEAR
        at = "".join(one.address.split())
        same_place = at and one.household != other.household and at == "".join(other.address.split())
        if same_place and abs(one.born.year - other.born.year) <= GENERATION:
            return Likeness.ADDRESS
        return ""
    alike = one.born == other.born and one.town == other.town and one.sex == other.sex
    # Twins of one household are told apart by one character.
    if alike and one.household != other.household and sounds_alike(mine, theirs):
        return Likeness.SOUND
    return ""


def near(one: datetime.date, other: datetime.date) -> bool:
    """Within two months, or one digit of the date apart, or day and month changed round."""
    if abs((one - other).days) <= NEAR_DAYS or (one.year, one.month, one.day) == (
        other.year,
        other.day,
        other.month,
    ):
        return True
    return sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True)) == 1


def sounds_alike(one: str, other: str) -> bool:
    """Names as searched that differ in one character, of the same initial: 王小兰, 王晓兰."""
    if len(one) != len(other) or sum(a != b for a, b in zip(one, other, strict=True)) != 1:
        return False
    return bool(names.initials(one) & names.initials(other))


def fingerprint(one: Seen, other: Seen) -> str:
    """Keyed hash of what the likeness and a verdict on it rest on; both with their numbers open."""
    facts = [
        [
            each.name,
            each.sex,
            each.born.isoformat(),
            identity.stem(each.number),
            each.household,
            each.address,
            each.village,
        ]
        for each in sorted((one, other), key=lambda each: each.pk)
    ]
    return index(repr(facts), "duplicate")
