"""The naive recount of the forms of years and quarters: plain loops over plain rows, each by the words of its rule.

`asked` is one row of a report: `top` the area asked about, `area` that of the row or, `own`, what stands at it alone;
`until` the last day that counts and `as_of` the last of recording.
"""

import datetime
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

from households.models import StatusEvent
from measures.models import Measure
from reporting.models import PlanCell, PlanTable
from tests.reporting.small_recount.rows import by_then
from tests.reporting.small_recount.work import place_of
from villages.models import KeyVillage, KeyVillageEvent

BASE = datetime.date(2015, 12, 31)
YEARS = (2016, 2017, 2018)
PERIOD = (*YEARS, 2019, 2020)
WAN = Decimal(10_000)


def happened(asked):
    """Status events of the row that were known and had happened."""
    return [one for one in asked.rows.of(StatusEvent)
            if asked.within(one.village_id) and one.on <= asked.until and by_then(one.recorded_at, asked.as_of)]  # fmt: skip


def off(asked, until=None):
    """(day, level) of each village of the row that came off the list, and the levels of those on it at the base."""
    gone, standing = [], []
    for village in asked.rows.of(KeyVillage):
        if not asked.within(village.area_id):
            continue
        happened_to = asked.rows.by(KeyVillageEvent, "key_village_id")[village.pk]
        events = sorted((one for one in happened_to if by_then(one.recorded_at, asked.as_of)),
                        key=lambda one: (one.on, one.pk))  # fmt: skip
        gone += [(one.on, one.level) for one in events if one.kind == "摘帽" and one.on <= asked.until]
        before = [one for one in events if one.on <= BASE]
        standing += [before[-1].level] if before and before[-1].kind != "摘帽" else []
    return gone, standing


def governing(asked) -> list[PlanCell]:
    """The cells of the table adopted for the area asked about, or for the nearest above it that has one."""
    adopted = {one.area_id: one for one in asked.rows.of(PlanTable) if one.adopted_at}
    of = next((adopted[above] for above in asked.rows.upwards[asked.top.pk] if above in adopted), None)
    return asked.rows.by(PlanCell, "table_id")[of.pk] if of else []


def what(cell) -> tuple[str, str, str]:
    """(base or year, 人 or 村, standard) of a cell."""
    year = cell.year if cell.group != "贫困基数" else "base"
    return year, "村" if "村" in cell.measure else "人", cell.standard


def printed(asked) -> dict[tuple[str, str, str], str]:
    """What → words of the adopted table in the row's area."""
    # Villages to start from are those left; in a table that tells no parts, the whole.
    cells, told = governing(asked), {}
    tells_parts = any(part in one.measure for one in cells for part in ("预退出", "剩余"))
    for one in cells:
        of_villages = what(one)[:2] == ("base", "村")
        starts = "剩余" in one.measure if tells_parts else True
        if one.area_id == asked.area.pk and (starts or not of_villages):
            told[what(one)] = one.value
    return told


def meaning(words, key) -> int | None:
    said = words.get(key)
    if said == "全部脱贫":
        return meaning(words, ("base", *key[1:]))
    return int(said) if said else None


def two_standards(asked):
    told, words, events = {}, printed(asked), happened(asked)
    gone, standing = off(asked)
    for letter, standard in (("p", "省定"), ("n", "国标")):
        of = [one for one in events if letter == "p" or one.standard == "国家标准"]
        for year in ("base", *YEARS):
            later = year != "base" and year > asked.until.year
            if year == "base":
                people = sum(one.persons for one in of if one.on <= BASE)
                villages = standing.count("省定")
            else:
                people = -sum(one.persons for one in of if one.kind == "退出" and one.on.year == year)
                villages = sum(on.year == year and level == "省定" for on, level in gone)
            for line, kind, count, each in (("persons", "人", people, WAN), ("villages", "村", villages, 1)):
                key = (str(year), kind, standard)
                blank = kind == "村" and letter == "n"
                meant = None if blank else meaning(words, key)
                said = words.get(key) or None
                is_figure = said is not None and said.isdigit()
                stem = f"{line}_{letter}{year}"
                told[f"printed_{stem}"] = None if blank else meant / each if is_figure else said
                told[f"actual_{stem}"] = None if blank or later else count / each
                told[f"diff_{stem}"] = None if later or meant is None else (count - meant) / each
    return told


def yearly_goals(asked):
    told, words, events = {}, printed(asked), happened(asked)
    gone, _ = off(asked)
    # What a year is for the whole table says, of areas too that it does not name.
    years = {what(one) for one in governing(asked)}
    planned = [year for year in PERIOD if (str(year), "人", "省定") in years]
    for year in PERIOD:
        begun, end = year <= asked.until.year, datetime.date(year, 12, 31)
        left = -sum(one.persons for one in events if one.kind == "退出" and one.on.year == year)
        back = sum(one.persons for one in events if one.kind == "返贫" and one.on.year == year)
        stock = sum(one.persons for one in events if one.on <= end)
        meant = meaning(words, (str(year), "人", "省定"))
        aim = None
        if planned and year >= planned[0]:
            aim = "脱贫" if year in planned else "巩固"
        told[f"aim_{year}"] = aim
        told[f"printed_{year}"] = meant
        of_all, provincial = (words.get((str(year), "村", level)) for level in ("合计", "省定"))
        told[f"printed_off_{year}"] = int(of_all or provincial) if of_all or provincial else None
        counted = {"left": left, "back": back, "stock": stock, "off": sum(on.year == year for on, _ in gone)}
        told |= {f"{key}_{year}": count if begun else None for key, count in counted.items()}
        if aim == "巩固":
            failed, reached = bool(back or stock), asked.until >= end
        elif planned and year == planned[-1]:
            failed, reached = asked.until >= end and stock > 0, stock == 0
        else:
            failed = meant is not None and left < meant and asked.until >= end
            reached = meant is not None and left >= meant
        unsure = aim is None or (aim == "脱贫" and meant is None and year != planned[-1])
        said = "未实现" if failed else "已实现" if reached else "未到期限"
        told[f"verdict_{year}"] = said if begun and not unsure else None
    return told


def quarterly(asked):
    found, until = Counter(), asked.until

    def spans(day):
        if day.year == until.year and day <= until:
            yield "year"
            if (day.month - 1) // 3 == (until.month - 1) // 3:
                yield "quarter"

    if not asked.own:
        for one in happened(asked):
            word = {"退出": "left", "返贫": "back"}.get(one.kind)
            for span in spans(one.on) if word else ():
                found[f"{span}_{word}_households"] += abs(one.households)
                found[f"{span}_{word}_persons"] += abs(one.persons)
        for day, _ in off(asked)[0]:
            for span in spans(day):
                found[f"{span}_off_villages"] += 1
    for one in asked.rows.of(Measure):
        here = one.state == "落实" and asked.here(place_of(asked.rows, one, asked.until))
        for span in spans(one.delivered_on) if here else ():
            found[f"{span}_help_items"] += 1
            found[f"{span}_help_yuan"] += (one.amount or 0) if one.unit == "元" else 0
    stems = ("left_households", "left_persons", "back_households", "back_persons", "off_villages", "help_items", "help_yuan")  # fmt: skip
    told = {f"{span}_{stem}": found[f"{span}_{stem}"] for span in ("quarter", "year") for stem in stems}
    told["printed_left"] = None if asked.own else meaning(printed(asked), (str(until.year), "人", "省定"))
    told["done_rate"] = None
    if told["printed_left"]:
        rate = Decimal(told["year_left_persons"]) * 100 / told["printed_left"]
        told["done_rate"] = rate.quantize(Decimal("0.1"), ROUND_HALF_UP)
    return told
