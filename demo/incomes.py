"""The path of each household's income through the surveys of 2015–2018.

Who leaves in a year is above that year's line with five yes; who stays is below it or, for about a third
of those still poor in 2018, above it with a reason not to leave. No year jumps by half (C069).
"""

import datetime
import random
from collections import Counter
from collections.abc import Collection

from demo import people
from demo.history import EXIT, RETURN, County, Life
from demo.register import Household
from demo.surveys import survey

# Yuan a head; 省定, the standard the county applies (domain §2), and the national line of 2015.
LINES = {2015: 3372, 2016: 3439, 2017: 3509, 2018: 3579}
NATIONAL_2015 = 2800
LOWEST = 2380
# Below 1.2 × the line a household that left stays under watch (domain §4); in percent.
WATCHED = 120
LAST_SURVEY = 2017
LEAVING = LAST_SURVEY + 1
# What a household leaves with, in percent of the line, and how many of a doubted village lack safe water.
LEAVING_BAND = (112, 140)
DOUBTFUL_A_VILLAGE = 2
FIRST_SURVEY = datetime.date(2015, 12, 1)
UNSTEADY = "收入没有稳定超过贫困退出标准"
NOT_ALL_FIVE = "人均纯收入超过扶贫标准，但没有实现两不愁三保障"


def survey_all(rng: random.Random, county: County) -> None:
    """A survey a year for every household registered by then; those new or back in 2018 have one of 2018."""
    for life in county.lives:
        before = 0
        surveyor = people.person_name(rng, rng.choice("男女"))
        for year in range(2015, LAST_SURVEY + 2):
            on = survey_day(rng, life, year)
            if on is None or not life.members(on):
                continue
            per_head, assured = _found(rng, life, year, before)
            found = survey(rng, life.sheet, life.home, on, per_head, assured=assured, surveyor=surveyor)
            life.surveys.append(found)
            before = per_head
        if life.poor and life.surveys:
            last = life.surveys[-1]
            if last.net_income_per_capita > LINES[last.year]:
                life.no_exit_reason = UNSTEADY if last.all_five else NOT_ALL_FIVE


def survey_leaving(rng: random.Random, county: County, doubted: Collection[str]) -> None:
    """The surveys of September 2018, of who is to leave in that year: above its line with five yes.

    In the villages of `doubted` two of them have no safe water yet. Who came in 2018 has a survey already.
    """
    doubts: Counter[str] = Counter()
    for life in county.poor():
        if any(each.year == LEAVING for each in life.surveys) or not life.surveys:
            continue
        last = life.surveys[-1]
        line, before = LINES[LEAVING], int(last.net_income_per_capita)
        low, high = (line * percent // 100 for percent in LEAVING_BAND)
        # No more than half above last year's (C069).
        high = max(low + 20, min(high, before * 148 // 100))
        on = datetime.date(LEAVING, 9, 3) + datetime.timedelta(days=rng.randrange(26))
        if not life.members(on):
            continue
        per_head = min(rng.randrange(low, high), before * 149 // 100)
        found = survey(
            rng, life.sheet, life.home, on, per_head, assured=True, surveyor=life.surveys[-1].surveyor
        )
        if life.village in doubted and doubts[life.village] < DOUBTFUL_A_VILLAGE:
            doubts[life.village] += 1
            found.assured["water_safe"] = False
            found.living.update(water_difficult=True, water_source="井水")
        life.surveys.append(found)
        life.no_exit_reason = ""


def first_survey(rng: random.Random, life: Life, surveyor: str) -> None:
    """The survey of a household's registration; none in a year whose line is not known."""
    on = max(life.registered_on, FIRST_SURVEY)
    if on.year in LINES:
        per_head = _first(rng, life.sheet, on.year)
        life.surveys.append(
            survey(rng, life.sheet, life.home, on, per_head, assured=False, surveyor=surveyor)
        )


def survey_day(rng: random.Random, life: Life, year: int) -> datetime.date | None:
    """The day of the survey of a year; None when the household has none."""
    if life.registered_on.year > year:
        return None
    if year == LAST_SURVEY + 1:
        start = max(life.registered_on, _last_return(life))
        on: datetime.date | None = start if start.year == year else None
    elif year == 2015:
        on = datetime.date(year, 12, 1) + datetime.timedelta(days=rng.randrange(18))
    else:
        on = datetime.date(year, 10, 8) + datetime.timedelta(days=rng.randrange(50))
    if on is None or (life.cancelled_on is not None and life.cancelled_on <= on):
        return None
    return on


def _last_return(life: Life) -> datetime.date:
    event = life.last(RETURN)
    return event.on if event else datetime.date.min


def _found(rng: random.Random, life: Life, year: int, before: int) -> tuple[int, bool]:
    """Income a head, and whether all five are assured."""
    line = LINES[year]
    if life.poor_at_end_of(year):
        return _poor(rng, life, year, before), False
    if _leaves(life, year):
        low = line * 1015 // 1000
        high = min(max(low + 40, before * 148 // 100) if before else line * 135 // 100, line * 14 // 10)
        safe = line * WATCHED // 100 + 5
        if rng.random() < 0.85:
            low = min(safe, high - 20)
        return rng.randrange(low, high), True
    risk = rng.random()
    grown = before * rng.randrange(98, 104) // 100 if risk < 0.06 else before * rng.randrange(116, 142) // 100
    return max(grown, line * 101 // 100), risk > 0.004


def _leaves(life: Life, year: int) -> bool:
    """An exit that was undone later looked right when it was made."""
    return any(event.kind == EXIT and event.on.year == year for event in life.events)


def _poor(rng: random.Random, life: Life, year: int, before: int) -> int:
    line = LINES[year]
    if not before:
        return _first(rng, life.sheet, year)
    if year == LAST_SURVEY and life.poor and rng.random() < 0.3:
        low = line * 102 // 100
        return rng.randrange(low, max(low + 20, min(before * 148 // 100, line * 125 // 100)))
    low = max(line * 85 // 100, before * 55 // 100)
    return rng.randrange(low, max(low + 1, min(line - 8, before * 140 // 100)))


def _first(rng: random.Random, sheet: Household, year: int) -> int:
    """Below the line it was registered under (C070); 国标 households below the national line."""
    line = LINES[year]
    if sheet.national:
        return rng.randrange(LOWEST, NATIONAL_2015 - 5)
    return rng.randrange(line * 84 // 100, line - 8)
