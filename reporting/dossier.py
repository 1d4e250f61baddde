"""What the printed file of a household (一户一档) and the card at its door (明白卡) hold.

The card hangs where everybody passes: name of the head, how many live there, cause, helper, what is being
done, income. No number of any kind, no health, nobody else's name (quality S2). Telephone numbers are
written in by hand when it is put up.
"""

import datetime
from typing import Any

from audits import passages
from audits.models import LookbackVisit
from households import condition, poverty
from households.care.examined import member
from households.care.owed import three_settled
from households.models import Household, Paper, Survey, Visit
from households.models.survey import ASSURANCES
from households.record import (
    DATED,
    FACTS,
    LIVING,
    PRODUCTION,
    TICKS,
    facts,
    label,
    standing,
    survey_rows,
    written,
)
from office.attachments import Attachment
from office.findings import Finding

YEARS_SHOWN, CARD_YEARS, VISITS_SHOWN = 5, 3, 50
CARD_INCOME = (
    "wage_income",
    "business_income",
    "property_income",
    "transfer_income",
    "business_expense",
    "net_income_per_capita",
)
# Yes/no facts of a person that open an entitlement (R010); only those that hold are printed.
BENEFITS = {
    "orphan": "孤儿",
    "child_in_difficulty": "困境儿童",
    "left_behind_child": "留守儿童",
    "left_behind_woman": "留守妇女",
    "left_behind_elder": "留守老人",
    "active_soldier": "现役军人",
}


def file_of(household: Household, day: datetime.date) -> dict[str, Any]:
    """The whole file as of the day: every part an inspector asks for, in the order they ask."""
    people: list[Any] = sorted(
        household.persons.all(), key=lambda one: (not one.present, not one.is_head, one.number)
    )
    for person in people:
        person.years_old = person.age(day)
        person.benefits = [word for name, word in BENEFITS.items() if getattr(person, name)]
    surveys = list(household.surveys.counted()[:YEARS_SHOWN])
    living, production = household.living.first(), household.production.first()
    colour, beside = standing(household, day)
    visits: list[Any] = list(household.visits.standing()[:VISITS_SHOWN])
    papers = list(Paper.objects.standing().filter(household=household))
    kept = Attachment.objects.on(Paper, [paper.pk for paper in papers])
    kept |= Attachment.objects.on(Visit, [visit.pk for visit in visits])
    stands = _condition(household, people, surveys, living.house_grade if living else "", day)
    return {
        "indicators": condition.indicators(stands),
        "to_be_examined": condition.to_be_examined(stands),
        "settled": three_settled(household, day),
        "facts": facts(household, [name for name in FACTS if name not in DATED or getattr(household, name)]),
        "people": people,
        "survey_rows": survey_rows(surveys),
        "surveys": surveys,
        "ticks": [(label(surveys[0], name), [getattr(one, name) for one in surveys]) for name in TICKS]
        if surveys
        else [],
        "living": facts(living, LIVING) if living else [],
        "production": facts(production, PRODUCTION) if production else [],
        "conditions_year": max((one.year for one in (living, production) if one), default=None),
        "colour": colour,
        "standing": beside,
        "colour_changes": household.colour_changes.select_related("by").order_by("pk"),
        "events": household.events.select_related("person", "village").order_by("on", "pk"),
        "passages": passages.of_household(household),
        "lookbacks": LookbackVisit.objects.filter(household=household)
        .exclude(result="")
        .order_by("visited_on", "pk"),
        "helpers": household.helpers.order_by("start_on", "pk"),
        "visits": visits,
        "shocks": household.shocks.all(),
        "watches": household.watches.all(),
        "findings": Finding.objects.of(household).waiting(),
        "papers": papers,
        "files": kept.order_by("uploaded_at", "pk"),
    }


def _condition(
    household: Household, people: list[Any], surveys: list[Survey], grade: str, day: datetime.date
) -> Any:
    try:
        case = household.situation(day)
    except poverty.LineMissing:
        case = None
    return condition.Standing(
        members=[member(one, day) for one in people if one.present],
        income=case.income if case else None,
        line=case.line if case else None,
        house_grade=grade,
        water_safe=surveys[0].water_safe if surveys else None,
    )


def card_of(household: Household, day: datetime.date) -> dict[str, Any]:
    """What may hang at the door."""
    surveys = list(household.surveys.counted()[:CARD_YEARS])
    return {
        "helpers": household.helpers.valid_on(day).order_by("start_on", "pk"),
        "surveys": surveys,
        "income": [(_label(name), [written(getattr(one, name)) for one in surveys]) for name in CARD_INCOME],
        "assured": [
            (label(Survey(), name), written(getattr(surveys[0], name)))
            for name in (*ASSURANCES, "water_safe")
        ]
        if surveys
        else [],
    }


def _label(name: str) -> str:
    return "转移性收入" if name == "transfer_income" else label(Survey(), name)
