"""Loading a register in bulk: households made in memory by the same methods, written in the right order.

    load = Load()
    household = Household(village=village, …); household.member_count = 2
    person = Person(household=household, …)
    household.register(on=…, origin=Origin.IMPORT, recorded_at=…, load=load)
    write(households=[household], persons=[person], load=load)

Area columns, numbers and derived columns are filled here, ciphers and indexes by their fields.
"""

from collections.abc import Sequence
from typing import Any

from django.db import models, transaction

from households import poverty
from households.models import (
    Helper,
    Household,
    Living,
    Load,
    NameKey,
    NumberSeries,
    Person,
    PersonYear,
    Production,
    Shock,
    StatusEvent,
    Survey,
)

BATCH = 1000


@transaction.atomic
def write(
    *,
    households: Sequence[Household],
    persons: Sequence[Person],
    load: Load,
    surveys: Sequence[Survey] = (),
    living: Sequence[Living] = (),
    production: Sequence[Production] = (),
    helpers: Sequence[Helper] = (),
    shocks: Sequence[Shock] = (),
    years: Sequence[PersonYear] = (),
    history: bool = False,
) -> None:
    """Creates all of it or nothing; households made by splits come from the load.

    With `history` each record gets its first history row. Colours are not judged here.
    """
    everyone = [*households, *load.households]
    number(everyone, "household")
    number(persons, "person")
    number(helpers, "helper")
    for household in everyone:
        if household.town_id is None:
            household.place(household.village)
        household.below_national = household.poverty_standard == poverty.NATIONAL
    for survey in surveys:
        survey.settle()
    create(Household, everyone, history)
    create(Person, persons, history)
    NameKey.objects.add(persons)
    for model, rows in (
        (Survey, surveys),
        (Living, living),
        (Production, production),
        (Helper, helpers),
    ):
        create(model, rows, history)
    create(Shock, shocks, False)
    create(PersonYear, years, False)
    create(StatusEvent, load.events, False)


def number(rows: Sequence[Any], series: str) -> None:
    """Gives the rows without one their numbers, in one block of the series."""
    waiting = [row for row in rows if not row.number]
    if waiting:
        for row, given in zip(waiting, NumberSeries.take(series, len(waiting)), strict=True):
            row.number = given


def create(model: type[models.Model], rows: Sequence[Any], history: bool) -> None:
    model._default_manager.bulk_create(rows, batch_size=BATCH)
    if history and rows:
        model.history.bulk_history_create(rows, batch_size=BATCH)  # type: ignore[attr-defined]
