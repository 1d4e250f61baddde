"""Yearly surveys of synthetic households: incomes that add up, living and production conditions.

The per-head income is given; it is taken apart into the incomes the household can have: pension for the
old, 低保金 only with 低保, wages only when somebody works (C062–C075).
"""

import datetime
import random
from dataclasses import dataclass
from decimal import Decimal

from demo import people, yearly
from demo.register import EXTREME, GENERAL, Household, Person

# Yuan a year for one person over 60, 居民基本养老保险 basic pension (invented, near the 2015–2017 level).
PENSION = {2014: 900, 2015: 1020, 2016: 1200, 2017: 1200, 2018: 1416}
FIVE = (
    "food_assured",
    "clothing_assured",
    "education_guaranteed",
    "medical_guaranteed",
    "housing_guaranteed",
)
WANTED_BY_THE_POOR = {"medical_guaranteed": 0.12, "housing_guaranteed": 0.07, "water_safe": 0.03}


@dataclass
class Home:
    """House and land of a household; `grade` is what it had when it was registered."""

    house_area: Decimal
    house_structure: str
    house_built_year: int
    grade: str
    road_distance: Decimal
    entry_road: str
    fuel: str
    sanitary_toilet: bool
    farmland: Decimal
    cooperative: bool


@dataclass
class Survey:
    """One household and year: `incomes`, `assured` and the two condition sheets hold stored fields."""

    year: int
    surveyed_on: datetime.date
    surveyor: str
    member_count: int
    incomes: dict[str, Decimal]
    assured: dict[str, bool]
    ticks: dict[str, bool]
    living: dict[str, object]
    production: dict[str, object]
    people: list[tuple[Person, dict[str, object]]]

    @property
    def net_income(self) -> Decimal:
        parts = sum(value for name, value in self.incomes.items() if name != "business_expense")
        return parts - self.incomes["business_expense"]

    @property
    def net_income_per_capita(self) -> Decimal:
        return (self.net_income / self.member_count).quantize(Decimal("0.01"))

    @property
    def all_five(self) -> bool:
        return all(self.assured[name] for name in FIVE)


LEAST_LAND = 6


def home(rng: random.Random, size: int) -> Home:
    tenths = Decimal("0.1")

    def land(share: int) -> Decimal:
        """One household in ten has given its land away."""
        return tenths * share * size if share > LEAST_LAND else Decimal(0)

    return Home(
        house_area=Decimal(rng.randrange(35, 60) + 10 * size),
        house_structure=rng.choices(("砖木", "砖混", "土木"), (60, 30, 10))[0],
        house_built_year=rng.randrange(1972, 2011),
        grade=rng.choices("ABCD", (30, 58, 8, 4))[0],
        road_distance=tenths * rng.randrange(1, 25),
        entry_road=rng.choices(("水泥路", "砂石路", "泥土路", "沥青路"), (55, 20, 15, 10))[0],
        fuel=rng.choices(("柴草", "煤炭", "清洁能源"), (40, 25, 35))[0],
        sanitary_toilet=rng.random() < 0.5,
        farmland=land(rng.randrange(LEAST_LAND, 16)),
        cooperative=rng.random() < 0.15,
    )


def survey(
    rng: random.Random,
    household: Household,
    place: Home,
    on: datetime.date,
    per_head: int,
    *,
    assured: bool,
    surveyor: str,
) -> Survey:
    """The survey of the day's year. `assured` makes the five and the water yes (and the house safe)."""
    members = household.present(on)
    found = [(person, yearly.facts(person, on)) for person in members]
    answers = dict.fromkeys((*FIVE, "water_safe"), True)
    grade = place.grade
    if assured:
        grade = "A" if grade in "CD" else grade
    else:
        for name, chance in WANTED_BY_THE_POOR.items():
            answers[name] = rng.random() >= chance
        answers["housing_guaranteed"] = grade in "AB"
    improved = assured or on.year >= 2017
    living = {
        "house_area": place.house_area,
        "house_structure": place.house_structure,
        "house_built_year": place.house_built_year,
        "house_grade": f"{grade}级",
        "living_power": True,
        "water_difficult": not answers["water_safe"],
        "water_source": "集中供水自来水" if answers["water_safe"] else "井水",
        "broadcast": True,
        "fuel": place.fuel,
        "sanitary_toilet": place.sanitary_toilet or improved,
        "entry_road": "水泥路" if improved and place.entry_road == "泥土路" else place.entry_road,
        "road_distance": place.road_distance,
        "relocated": False,
    }
    production = {
        "cooperative_member": place.cooperative,
        "cooperative_name": f"{people.MARK}种植专业合作社" if place.cooperative else "",
        "farmland": place.farmland,
        "irrigated_land": place.farmland * Decimal("0.8"),
        "forest_land": Decimal(0),
        "production_power": True,
    }
    return Survey(
        year=on.year,
        surveyed_on=on,
        surveyor=surveyor,
        member_count=len(members),
        incomes=incomes(rng, household, members, on, per_head),
        assured=answers,
        ticks=dict.fromkeys(
            (
                "check_basic_data",
                "check_identification",
                "check_measures",
                "check_responsibility",
                "check_exit",
                "archive_tidy",
            ),
            on.year >= 2016,
        ),
        living=living,
        production=production,
        people=found,
    )


def incomes(
    rng: random.Random, household: Household, members: list[Person], on: datetime.date, per_head: int
) -> dict[str, Decimal]:
    """Whole yuan that add up to members × per head after the expense."""
    left = per_head * len(members)
    old = sum(person.age(on) >= 60 for person in members)
    pension = min(PENSION[on.year] * old, left * 7 // 10)
    left -= pension
    part = {"subsistence_income": 0, "extremely_poor_income": 0, "wage_income": 0}
    if household.attribute == EXTREME:
        part["extremely_poor_income"] = left * 8 // 10
    elif household.attribute != GENERAL:
        part["subsistence_income"] = left * rng.randrange(40, 65) // 100
    left -= sum(part.values())
    if any(yearly.works(person, on) for person in members):
        part["wage_income"] = left * rng.randrange(45, 75) // 100
        left -= part["wage_income"]
    farming = left * rng.randrange(40, 75) // 100 if any(person.able for person in members) else 0
    expense = max(1, farming * rng.randrange(30, 70) // 100) if farming else 0
    left -= farming
    lease = min(left, rng.choice((0, 0, 120, 240)))
    return {
        **{name: Decimal(value) for name, value in part.items()},
        "pension_income": Decimal(pension),
        "business_income": Decimal(farming + expense),
        "business_expense": Decimal(expense),
        "property_income": Decimal(lease),
        "family_planning_income": Decimal(0),
        "ecology_income": Decimal(0),
        "other_transfer_income": Decimal(left - lease),
    }
