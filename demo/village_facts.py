"""Facts of a village by year (村情), invented: within the checks C106–C109, better from year to year."""

import random
from decimal import Decimal
from typing import Any

from demo import people
from demo.ground import YEARS, Village

# Below so many yuan a village has no collective income; key villages have some, since they are to leave the list.
LEAST = 9000
FIVE_CONNECT = ("通路", "通电", "通水", "通广播电视", "通信息")
TEN_HAVE = (
    "有旱涝保收田",
    "有致富项目",
    "有办公房",
    "有卫生室",
    "有卫生保洁制度",
    "有学前教育",
    "有文化活动室",
    "有健身场所",
    "有良好生态环境",
    "有就业保障措施",
)


def yearly(rng: random.Random, village: Village) -> list[dict[str, Any]]:
    """The stored facts of each year of ground.YEARS."""
    income = rng.randrange(9200, 13800)
    collective = rng.randrange(0, 30_000 if village.key_level else 180_000)
    if not village.key_level and collective < LEAST:
        collective = 0
    hamlets, doctors = rng.randrange(1, 5), rng.randrange(1, 4)
    reached, school = rng.randrange(5, 9), rng.random() < 0.3
    bus, unpaved = rng.random() < 0.8, Decimal(rng.randrange(0, 20)) / 10
    rows = []
    for step, year in enumerate(YEARS):
        households, population = village.households[year], village.population[year]
        have = min(len(TEN_HAVE), reached + step)
        rows.append(
            {
                "year": year,
                "households": households,
                "population": population,
                "rural_population": village.rural[year],
                "natural_villages": hamlets,
                "subsistence_households": households * rng.randrange(20, 45) // 1000,
                "subsistence_persons": population * rng.randrange(18, 35) // 1000,
                "unsafe_house_households": households * max(0, 12 - 4 * step) // 1000,
                "unsafe_water_households": households * max(0, 9 - 3 * step) // 1000,
                "water_difficult_households": households * max(0, 6 - 2 * step) // 1000,
                "medical_insured": population * (960 + 10 * step) // 1000,
                "pension_insured": population * (400 + 60 * step) // 1000,
                "net_income_per_capita": Decimal(income * (100 + 8 * step) // 100),
                "collective_income": Decimal(collective * (100 + 25 * step) // 100),
                "collective_assets": Decimal(collective * 6),
                "specialty_industries": min(2, step),
                "cooperatives": 1 + min(2, step),
                "cooperative_households": 2 * step,
                "tourism_workers": step,
                "hardened_road": True,
                "bus_service": bus or step >= 2,
                "grid": True,
                "tap_water_rate": Decimal(min(100, 96 + 2 * step)),
                "cable_tv_rate": Decimal(100),
                "unpaved_km": max(Decimal(0), unpaved - step),
                "five_connect": FIVE_CONNECT,
                "ten_have": TEN_HAVE[:have],
                "primary_schools": int(school),
                "care_room": step >= 2 or rng.random() < 0.4,
                "clinics": 1,
                "standard_clinic": step >= 1,
                "doctors": doctors,
                "public_toilets": 1 + step,
                "refuse_points": hamlets + 1,
                "reading_rooms": 1,
            }
        )
    return rows


def staff(rng: random.Random, village: Village) -> dict[str, str]:
    """扶贫专干, 信息员 and 扶贫理事会, every name marked 演示."""

    def somebody() -> str:
        return people.person_name(rng, rng.choice("男女"))

    return {
        "village_officer": somebody(),
        "village_officer_phone": people.phone(rng),
        "information_officer": somebody(),
        "village_council": "\n".join(f"{somebody()} 2015年至今" for _ in range(3)),
        "helping_unit": f"{people.MARK}区帮扶单位" if village.key_level else "",
    }
