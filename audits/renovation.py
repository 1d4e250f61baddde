"""House renovation: ways, areas, amounts and who pays them (R131–R140; 004 第五章; pure).

Areas are ㎡, amounts yuan. The plan says 户均 for the floors; fields.csv reads them for each house, so do we.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

REPAIR, REBUILD = "修缮加固", "拆除重建"
C_GRADE, D_GRADE = "C级", "D级"  # house_grade
DEPARTMENTS = ("住建", "扶贫", "财政", "民政", "残联")
# 004 第五章第一节二 L1751–1758: 1–3 persons 40–60 ㎡ and at least 20/30/40; above, 13–18 a head.
SMALL_HOUSEHOLD = 3
SMALLEST = {1: Decimal(20), 2: Decimal(30), 3: Decimal(40)}
LARGEST = Decimal(60)
PER_HEAD = (Decimal(13), Decimal(18))
# 004 专栏7 L1786–1792.
FLOORS = {REPAIR: Decimal(8000), REBUILD: Decimal(25000)}
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Bounds:
    least: Decimal
    most: Decimal


@dataclass(frozen=True)
class Shares:
    """Who pays: 中央省市, then 区级专项, then the town (R137)."""

    upper: Decimal
    district: Decimal
    town: Decimal

    @property
    def total(self) -> Decimal:
        return self.upper + self.district + self.town


@dataclass(frozen=True)
class Wrong:
    """What stands against a house; `field` as in fields.csv."""

    field: str
    said: str


@dataclass(frozen=True, kw_only=True)
class House:
    """A house case as plain values; None is not filled in. `area` is the built one once it is known."""

    grade: str = ""
    way: str = ""
    willing: bool | None = None
    persons: int = 0
    area: Decimal | None = None
    cost: Decimal | None = None
    subsidy: Decimal | None = None
    upper: Decimal | None = None
    district: Decimal | None = None
    town: Decimal | None = None


def area_limits(persons: int) -> Bounds:
    """Of the main house; ValueError without persons."""
    if persons < 1:
        raise ValueError("a house is for somebody")
    if persons <= SMALL_HOUSEHOLD:
        return Bounds(SMALLEST[persons], LARGEST)
    low, high = PER_HEAD
    return Bounds(low * persons, high * persons)


def subsidy_bounds(grade: str, way: str, cost: Decimal) -> Bounds:
    """Never above the real cost; the floor gives way to it. A rebuilt C gets nothing (L1729–1731).

    Ways for special hardship (统建, 置换, 公租房 …) have no floor in the plan.
    """
    if grade == C_GRADE and way == REBUILD:
        return Bounds(NOTHING, NOTHING)
    return Bounds(min(FLOORS.get(way, NOTHING), cost), cost)


def shares(subsidy: Decimal, upper: Decimal, district_fund: Decimal) -> Shares:
    """The gap chain: what 中央省市 give, then what the district's special fund has, the town pays the rest."""
    from_above = min(subsidy, upper)
    from_district = min(subsidy - from_above, district_fund)
    return Shares(from_above, from_district, subsidy - from_above - from_district)


def applied(house: House) -> list[Wrong]:
    """What stands against an application: C or D, willing, C repair only, and the planned area."""
    found = []
    if house.grade not in (C_GRADE, D_GRADE):
        found.append(Wrong("grade", "鉴定等级须是C级或D级"))
    if house.willing is not True:
        found.append(Wrong("willing", "须是农户自愿"))
    if house.grade == C_GRADE and house.way == REBUILD:
        found.append(Wrong("way", "C级只能修缮加固，拆除重建的一律不予补助"))
    return found + _area(house, "area_planned")


def built(house: House) -> list[Wrong]:
    """What stands against the acceptance beside the dates."""
    found = _area(house, "area_built")
    if house.cost is None or house.cost <= 0:
        found.append(Wrong("cost_actual", "须填实际造价"))
    return found


def paid(house: House) -> list[Wrong]:
    """What stands against the payment."""
    if house.cost is None or house.subsidy is None:
        return [Wrong("subsidy", "须填实际造价和补助金额")]
    found = []
    bounds = subsidy_bounds(house.grade, house.way, house.cost)
    if house.subsidy > bounds.most:
        limit = "C级拆除重建的一律不予补助" if not bounds.most else f"补助不能高于实际造价{house.cost}元"
        found.append(Wrong("subsidy", limit))
    if house.subsidy < bounds.least:
        found.append(Wrong("subsidy", f"{house.way}补助不能低于{bounds.least}元"))
    parts = [part or NOTHING for part in (house.upper, house.district, house.town)]
    if any(part < 0 for part in parts):
        found.append(Wrong("subsidy_upper", "各级补助不能是负数"))
    if sum(parts) != house.subsidy:
        found.append(Wrong("subsidy_upper", f"各级补助合计{sum(parts)}元，与补助金额{house.subsidy}元不等"))
    return found


def accepted(signed: Mapping[str, bool]) -> list[str]:
    """Departments that have not signed, or found the house not fit; empty when all five accept it."""
    missing = [f"{name}还没有签字" for name in DEPARTMENTS if name not in signed]
    return missing + [f"{name}验收不合格" for name in DEPARTMENTS if signed.get(name) is False]


def _area(house: House, field: str) -> list[Wrong]:
    """Only what is built new or rebuilt has an area to choose; a repaired house keeps its own."""
    if house.way == REPAIR:
        return []
    if house.area is None or house.persons < 1:
        return [Wrong(field, "须填建筑面积和家庭人口数")]
    limits = area_limits(house.persons)
    if limits.least <= house.area <= limits.most:
        return []
    return [Wrong(field, f"{house.persons}口之家的面积须在{limits.least}到{limits.most}平方米之间")]
