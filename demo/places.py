"""Writes the ground: areas, towns, villages with their facts, and the events of the key villages."""

import datetime
import random
from collections.abc import Iterable, Sequence
from decimal import Decimal

from areas.models import Area, Level
from demo import ground, people, village_facts
from demo.store import at
from households.bulk import create
from villages.models import KeyVillage, Origin, Town, Village, VillageYear

CHOSEN_MUNICIPAL = datetime.date(2015, 6, 30)


def area(code: str, name: str, level: str, parent: Area | None) -> Area:
    """The area of this code, made when there is none."""
    found = Area.objects.filter(code=code, valid_to__isnull=True).first()
    return found or Area.objects.create(code=code, name=name, level=level, parent=parent)


def write(rng: random.Random, villages: Sequence[ground.Village]) -> dict[str, Area]:
    """The demonstration county; code → area of every village."""
    by_code: dict[str, Area] = {}
    for place in ground.places():
        by_code[place.code] = area(place.code, place.name, place.level, by_code.get(place.parent))
        if place.level == Level.TOWN:
            Town.objects.get_or_create(
                area=by_code[place.code], defaults={"provincial_key_town": place.provincial_key_town}
            )
    found = write_villages(rng, villages, by_code)
    for village in villages:
        if village.key_level:
            _key_village(rng, village, found[village.code])
    return found


def write_villages(
    rng: random.Random, villages: Sequence[ground.Village], towns: dict[str, Area]
) -> dict[str, Area]:
    """Areas and facts of villages whose towns are there."""
    areas = Area.objects.bulk_create(
        Area(code=village.code, name=village.name, level=Level.VILLAGE, parent=towns[village.town])
        for village in villages
    )
    records = [
        Village(
            area=place,
            kind=village.kind,
            demonstration=people.MARK in village.name,
            **village_facts.staff(rng, village),
        )
        for village, place in zip(villages, areas, strict=True)
    ]
    create(Village, records, True)
    facts = [
        VillageYear(village=record, **row)
        for village, record in zip(villages, records, strict=True)
        for row in village_facts.yearly(rng, village)
    ]
    create(VillageYear, facts, True)
    return {place.code: place for place in areas}


def _key_village(rng: random.Random, village: ground.Village, place: Area) -> None:
    """确定 and, for the 40 省定, 摘帽, all 历史导入 and recorded then (004 专栏1)."""
    municipal = village.key_level == "市定"
    chosen = CHOSEN_MUNICIPAL if municipal else ground.CHOSEN_ON
    key = KeyVillage.designate(
        area=place,
        level=village.key_level,
        batch="十三五" if municipal else "十二五",
        on=chosen,
        by=None,
        origin=Origin.IMPORT,
        recorded_at=at(chosen),
        incidence_base=Decimal(rng.randrange(1500, 2800)) / 100,
        net_income_base=Decimal(rng.randrange(5200, 6200)),
        collective_income_base=Decimal(0),
        planned_exit_year=village.key_exit.year if village.key_exit else None,
        paired_unit=f"{people.MARK}单位",
    )
    if village.key_exit:
        on = village.key_exit
        key.remove_cap(on=on, by=None, origin=Origin.IMPORT, recorded_at=at(on + datetime.timedelta(days=2)))


def invented(
    rng: random.Random, county: str, count: int
) -> tuple[list[tuple[str, str]], list[ground.Village]]:
    """Towns (code, name) and villages for a county of its own, `count` villages, at most 35 a town."""
    towns = [
        (f"{county[:6]}{100 + place:03d}000", f"{people.MARK}{place + 1}镇")
        for place in range(-(-count // 35))
    ]
    villages = []
    for place in range(count):
        town = towns[place % len(towns)][0]
        serial = place // len(towns) + 1
        village = ground.Village(f"{town[:9]}{serial:03d}", f"{people.MARK}{serial}村", town, "村")
        for year in ground.YEARS:
            village.rural[year] = rng.randrange(600, 1800)
            village.population[year] = village.rural[year] + 20
            village.households[year] = village.population[year] * 10 // 33
        villages.append(village)
    return towns, villages


def write_invented(rng: random.Random, code: str, count: int) -> dict[str, Area]:
    """A county that nobody knows yet, with province and city if they are missing."""
    province = area(f"{code[:2]}0000000000", f"{people.MARK}省", Level.PROVINCE, None)
    city = area(f"{code[:4]}00000000", f"{people.MARK}市", Level.CITY, province)
    county = area(code, f"{people.MARK}{code[:6]}区", Level.COUNTY, city)
    towns, villages = invented(rng, code, count)
    found = {town: area(town, name, Level.TOWN, county) for town, name in towns}
    Town.objects.bulk_create(Town(area=town) for town in found.values())
    return write_villages(rng, villages, found)


def known_villages(county: Area) -> dict[str, Area]:
    """Villages of a county that stand, by code."""
    standing: Iterable[Area] = (
        county.villages().filter(valid_to__isnull=True).select_related("parent__parent")
    )
    return {place.code: place for place in standing}
