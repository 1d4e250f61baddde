"""The index of names: what a household is found by, one row a gram of its members' names (households/names.py).

Equal grams stand in the order of their households, so that the first page of a common name costs as much as that of
a rare one at any size. Area, standing and the rest are looked at in the household itself and never copied here.
"""

from collections.abc import Iterable
from typing import Any

from django.db import connections, models, transaction

from areas.scope import ScopedQuerySet
from households import names

INSERT_ROW = "INSERT INTO households_namekey (gram, household_id) VALUES (%s, %s) ON CONFLICT DO NOTHING"
INSERT_ARRAYS = """
    INSERT INTO households_namekey (gram, household_id)
    SELECT * FROM unnest(%s::varchar[], %s::bigint[]) ON CONFLICT DO NOTHING
"""


class NameKeyQuerySet(ScopedQuerySet):
    def add(self, persons: Iterable[Any]) -> None:
        """Grams of persons who are new in their households."""
        wanted = {(gram, person.household_id) for person in persons for gram in names.grams(person.name)}
        # Two short columns for each of many grams: a model object a row would cost more than the rest of a load.
        with connections[self.db].cursor() as cursor:
            if cursor.db.vendor == "postgresql":
                grams, households = zip(*sorted(wanted), strict=True) if wanted else ((), ())
                cursor.execute(INSERT_ARRAYS, [list(grams), list(households)])
            else:
                cursor.executemany(INSERT_ROW, sorted(wanted))

    def renew(self, persons: Iterable[Any]) -> None:
        """After names of persons were written by other means than Person.save."""
        everyone = list(persons)
        if everyone:
            self.renew_households(type(everyone[0]), {person.household_id for person in everyone})

    @transaction.atomic
    def renew_households(self, person_model: Any, households: set[int]) -> None:
        self.filter(household__in=households).delete()
        self.add(person_model.objects.filter(household__in=households).only("name", "household"))


class NameKey(models.Model):
    area_lookups = {
        "county": "household__county_id",
        "town": "household__town_id",
        "village": "household__village_id",
    }

    pk = models.CompositePrimaryKey("gram", "household_id")
    gram = models.CharField("检索字", max_length=names.LONGEST)
    household = models.ForeignKey(
        "households.Household",
        models.CASCADE,
        # Made of the names and made again at will: a lookup for each of so many rows is not worth it (invariants.py).
        db_constraint=False,
        related_name="name_keys",
        verbose_name="户",
    )

    objects = NameKeyQuerySet.as_manager()

    class Meta:
        verbose_name = "姓名检索"

    def __str__(self) -> str:
        return self.gram
