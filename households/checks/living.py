"""House, water, road and land (C038, C080–C083)."""

from collections.abc import Iterator

from households.checks.book import BOOK, of_household, spotted
from households.checks.case import EXITED, Case
from households.codes import CODES
from office.rulebook import Spot

# The rule names codes, the register keeps words.
UNSAFE = [CODES["house_grade"].read(code) for code in BOOK["C080"].words("grades")]
FARMLAND, FOREST = BOOK["C082"].amount("farmland"), BOOK["C082"].amount("forest")
FARTHEST = BOOK["C083"].amount("max")


@spotted("C038", needs="survey")
def conditions_missing(case: Case) -> Iterator[Spot]:
    """Of the survey's year; said once, with everything that is missing."""
    record = case.record
    if record.survey is None or record.removed_on is not None:
        return
    missing = []
    for path in BOOK["C038"].fields:
        entity, _, name = path.partition(".")
        value = getattr(getattr(record, entity), name, None)
        if value in (None, "") or (name == "house_area" and not value > 0):
            missing.append(path)
    if missing:
        yield Spot(tuple(missing))


def in_unsafe_house(case: Case) -> bool:
    return case.record.living is not None and case.record.living.house_grade in UNSAFE


def without_safe_water(case: Case) -> bool:
    return case.survey is not None and case.survey.water_safe is False


@of_household("C080", "living.house_grade", "survey.housing_guaranteed", needs="survey")
def unsafe_house_called_safe(case: Case) -> bool:
    return in_unsafe_house(case) and case.survey is not None and case.survey.housing_guaranteed is True


@of_household("C081", "living.house_grade", "survey.water_safe", "watch.kind")
def not_watched(case: Case) -> bool:
    if case.record.exit_mark != EXITED or not (in_unsafe_house(case) or without_safe_water(case)):
        return False
    return all(watch.risk_removed for watch in case.record.watches)


@of_household("C082", "production.farmland", "production.forest_land", needs="land")
def too_much_land(case: Case) -> bool:
    land, members = case.record.production, len(case.present)
    if land is None or not members:
        return False
    return (land.farmland or 0) > FARMLAND * members or (land.forest_land or 0) > FOREST * members


@of_household("C083", "living.road_distance", needs="living")
def far_from_the_road(case: Case) -> bool:
    living = case.record.living
    return living is not None and living.road_distance is not None and living.road_distance > FARTHEST
