"""Households that apply for the register in late 2018 (纳入): taken down by their village, counted nowhere yet."""

import datetime
import random
from dataclasses import dataclass, field

from accounts.roles import Role
from areas.models import Area
from demo import people, register, surveys
from demo.history import Life
from demo.officials import Officials
from demo.store import CARD, Rows
from households.models import Household
from households.poverty import PROVINCIAL

# Apart from the numbers that the register of the county gives out, day for day.
FIRST_NUMBER = 400
SIZE, CAUSE = 2, "因病"
# Yuan a head, under the line of the year.
INCOME = 2400


@dataclass
class Applicants:
    officials: Officials
    today: datetime.date
    rng: random.Random = field(default_factory=lambda: random.Random(2018))

    def __post_init__(self) -> None:
        self.make = register.Register(self.rng, people.IdentityNumbers(FIRST_NUMBER))

    def take_down(self, village: Area, on: datetime.date) -> Household:
        """With its members and the survey of the year, as its village typed them on the day."""
        sheet = self.make.household(village.code, SIZE, PROVINCIAL, CAUSE, on)
        life = Life(sheet, surveys.home(self.rng, SIZE), village.code)
        card = {name: getattr(sheet, name) for name in CARD if name != "registered_on"}
        household = Household.create(village=village, **card)
        rows = Rows({village.code: village}, self.today)
        members = [rows.person(household, person, life) for person in sheet.members]
        for person in members:
            # They join on the day of 纳入.
            person.joined_on = None
        household.add_members(*members)
        surveyor = self.officials.of(Role.VILLAGE, village).display_name
        rows.survey(
            household,
            surveys.survey(self.rng, sheet, life.home, on, INCOME, assured=False, surveyor=surveyor),
        )
        for row in (*rows.surveys, *rows.living, *rows.production):
            row.save()
        return household
