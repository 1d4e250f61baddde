"""The household (贫困户), unit of the register. Its facts stand in card.py, what happens to it in status.py
and transfers.py, its colour in colour.py."""

import datetime
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery, Sum

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from households import names
from households.models.belonging import versions
from households.models.card import POOR
from households.models.event import StatusEvent, StatusEventQuerySet
from households.models.person import HEAD, Person
from households.models.transfers import HouseholdTransfers


class HouseholdQuerySet(ScopedQuerySet):
    def in_register(self) -> "HouseholdQuerySet":
        """Counted as poor now."""
        return self.filter(exit_mark__in=POOR, removed_on__isnull=True)

    def with_head(self) -> "HouseholdQuerySet":
        """Adds `head_name`, for lists; a cancelled household shows its last head."""
        heads = Person.objects.filter(household=OuterRef("pk"), relation=HEAD).order_by(
            "-present", "-left_on"
        )
        return self.annotate(head_name=Subquery(heads.values("name")[:1]))

    def named(self, asked: str) -> "HouseholdQuerySet":
        """Households with a member, present or gone, in whose name or initials this stands."""
        grams = names.asked_grams(asked)
        found = self if grams else self.none()
        for gram in grams:
            found = found.filter(name_keys__gram=gram)
        return found

    def on_register(
        self,
        *,
        on: datetime.date,
        as_of: datetime.date | None = None,
        events: StatusEventQuerySet | None = None,
        area: Area | None = None,
        national: bool = False,
        cause: str = "",
    ) -> "HouseholdQuerySet":
        """Households in the stock of a day as it was known on another, with `counted_persons` of that day.

        The same events make the figure (tally.stock), so the list counts to it; give the events the user
        may see, since a household may stand in another area by now. The main cause is that of the last event
        by the day: what is typed later without one changes no figure.
        """
        of_area = (StatusEvent.objects.all() if events is None else events).in_area(area)
        known = of_area.known(on, as_of)
        if national:
            known = known.filter(national=True)
        sums = known.order_by().values("household").annotate(stock=Sum("households"), people=Sum("persons"))
        then = sums.filter(household=OuterRef("pk"))
        found = self
        if cause:
            last = of_area.last_of_each(on, as_of, standing=True).filter(cause=cause)
            found = found.filter(pk__in=last.order_by().values("household"))
        return found.filter(pk__in=sums.filter(stock=1).values("household")).annotate(
            counted_persons=Subquery(then.values("people"), output_field=models.IntegerField())
        )


class Household(HouseholdTransfers):
    area_lookups = {"county": "county_id", "town": "town_id", "village": "village_id"}

    objects = HouseholdQuerySet.as_manager()
    history = versions("village", "town", "county")

    class Meta:
        verbose_name = "贫困户"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["number"], name="household_number_once")]
        # Here and not in the fields, which on PostgreSQL would get an index each for LIKE: nothing asks by that.
        indexes = [
            models.Index(fields=["national_number"], name="household_national_number"),
            models.Index(fields=["phone_key"], name="household_phone"),
            models.Index(fields=["bank_account_key"], name="household_bank_account"),
            models.Index(fields=["village", "number"], name="household_village_number"),
            models.Index(fields=["town", "number"], name="household_town_number"),
            models.Index(fields=["county", "number"], name="household_county_number"),
            # What a search counts and sums, read without the wide rows themselves (PostgreSQL).
            models.Index(
                fields=["id"],
                include=["county", "town", "village", "member_count"],
                name="household_counted",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @classmethod
    def create(cls, *, village: Area, **facts: Any) -> "Household":
        """An applicant in the village: no members yet, counted nowhere until register()."""
        household = cls(village=village, **facts)
        household.save()
        return household

    @property
    def head(self) -> Person | None:
        """户主: the present member whose relation is 户主."""
        return self.persons.filter(present=True, relation=HEAD).first()

    @property
    def province(self) -> Area | None:
        return self.county.at(Level.PROVINCE)

    @property
    def city(self) -> Area | None:
        return self.county.at(Level.CITY)
