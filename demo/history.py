"""What happens to synthetic households: each act writes the events it is counted by (domain §3), pure.

The frozen content of every event is what the methods of households.models.Household write; it stands here
by itself because a county of 7 000 events is loaded in bulk (`verify_invariants` holds both to one rule).
"""

import datetime
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from demo import ground
from demo.register import HEAD, SPOUSE, Household, Person
from demo.surveys import Home, Survey
from households.poverty import NATIONAL

ENTRY, EXIT, RETURN, CANCEL = "纳入", "退出", "返贫", "注销"
JOIN, LEAVE, REVERSAL, OUT, IN, CORRECTION = "增员", "减员", "回退", "转出", "转入", "更正"
POOR, LEFT, RETURNED = "未脱贫", "脱贫", "返贫"
# The last year whose events were brought in from the old records; later ones were entered at the desk.
IMPORTED_TO = 2017
# From here on who leaves does so by an audited list (demo/past_lists.py); earlier exits are old records too.
AUDITED_FROM = 2017
BY_MARRIAGE = {"之父": "之公公", "之母": "之婆婆"}
AFTER_SPLIT = {"之子": "户主", "之儿媳": "配偶", "之孙子": "之子", "之孙女": "之女"}


@dataclass
class Event:
    life: "Life"
    kind: str
    on: datetime.date
    recorded_on: datetime.date
    households: int
    persons: int
    members: int
    mark: str
    standard: str
    village: str
    person: Person | None = None
    pair: int | None = None
    reverses: "Event | None" = None
    reason: str = ""

    @property
    def national(self) -> bool:
        return self.standard == NATIONAL

    @property
    def audited(self) -> bool:
        return self.kind == EXIT and self.on.year >= AUDITED_FROM

    @property
    def origin(self) -> str:
        if self.audited:
            return "审核"
        return "历史导入" if self.on.year <= IMPORTED_TO else "登记"


@dataclass(eq=False)
class Life:
    """A household through the years: `mark` is empty before 纳入 and stays as it was after 注销."""

    sheet: Household
    home: Home
    village: str
    mark: str = ""
    cancelled_on: datetime.date | None = None
    removal_reason: str = ""
    split_from: "Life | None" = None
    planned_exit_year: int | None = None
    no_exit_reason: str = ""
    events: list[Event] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    shock: str = ""

    @property
    def poor(self) -> bool:
        return self.mark in (POOR, RETURNED) and self.cancelled_on is None

    @property
    def out(self) -> bool:
        """Left poverty and still there."""
        return self.mark == LEFT and self.cancelled_on is None

    @property
    def registered_on(self) -> datetime.date:
        return self.sheet.registered_on

    def members(self, on: datetime.date) -> list[Person]:
        return self.sheet.present(on)

    def last(self, kind: str) -> Event | None:
        return next((event for event in reversed(self.events) if event.kind == kind), None)

    def poor_at_end_of(self, year: int) -> bool:
        """On the register on 31 December of the year."""
        if self.cancelled_on is not None and self.cancelled_on.year <= year:
            return False
        past = [event for event in self.events if event.on.year <= year]
        return bool(past) and past[-1].mark in (POOR, RETURNED)


class County:
    """The acts. Each takes the day it is effective on; acts of one household come in order of days."""

    def __init__(self, rng: random.Random, villages: Sequence[ground.Village]) -> None:
        self.rng = rng
        self.towns = {village.code: village.town for village in villages}
        self.lives: list[Life] = []
        self.events: list[Event] = []
        self._pairs = count(1)

    def stock(self, town: str, on: datetime.date) -> int:
        """Poor persons of a town, after the acts so far."""
        return sum(len(life.members(on)) for life in self.poor(town))

    def poor(self, town: str = "") -> list[Life]:
        return [life for life in self.lives if life.poor and (not town or self.towns[life.village] == town)]

    def _record(
        self,
        life: Life,
        kind: str,
        on: datetime.date,
        *,
        households: int = 0,
        persons: int = 0,
        mark: str | None = None,
        person: Person | None = None,
        pair: int | None = None,
        reverses: Event | None = None,
        reason: str = "",
    ) -> Event:
        """Appends an event; it is recorded within four days and in the same year."""
        later = on + datetime.timedelta(days=self.rng.randrange(1, 5))
        if mark is not None:
            life.mark = mark
        event = Event(
            life=life,
            kind=kind,
            on=on,
            recorded_on=min(later, datetime.date(on.year, 12, 31)),
            households=households,
            persons=persons,
            members=len(life.members(on)),
            mark=life.mark,
            standard=life.sheet.poverty_standard,
            village=life.village,
            person=person,
            pair=pair,
            reverses=reverses,
            reason=reason,
        )
        if event.audited:
            # Written by the strike-off of its list, on the day.
            event.recorded_on = on
        life.events.append(event)
        self.events.append(event)
        return event

    def enter(self, life: Life) -> None:
        """纳入."""
        self.lives.append(life)
        on = life.registered_on
        self._record(life, ENTRY, on, households=1, persons=len(life.members(on)), mark=POOR)

    def leave_poverty(self, life: Life, on: datetime.date) -> None:
        life.planned_exit_year = on.year
        self._record(life, EXIT, on, households=-1, persons=-len(life.members(on)), mark=LEFT)

    def return_to_poverty(self, life: Life, on: datetime.date, reason: str) -> None:
        self._record(
            life, RETURN, on, households=1, persons=len(life.members(on)), mark=RETURNED, reason=reason
        )

    def reverse_exit(self, life: Life, on: datetime.date, reason: str) -> None:
        """回退 of the last exit: an in-side count of the open year; the mark is again what it was."""
        place = max(at for at, event in enumerate(life.events) if event.kind == EXIT)
        self._record(
            life,
            REVERSAL,
            on,
            households=1,
            persons=len(life.members(on)),
            mark=life.events[place - 1].mark,
            reverses=life.events[place],
            reason=reason,
        )

    def cancel(self, life: Life, on: datetime.date, reason: str) -> None:
        step = 1 if life.poor else 0
        self._record(life, CANCEL, on, households=-step, persons=-step * len(life.members(on)), reason=reason)
        life.cancelled_on, life.removal_reason = on, reason

    def join(self, life: Life, person: Person, reason: str) -> None:
        person.join_reason = reason
        life.sheet.members.append(person)
        self._record(
            life, JOIN, person.joined_on, persons=1 if life.poor else 0, person=person, reason=reason
        )

    def leave(self, life: Life, person: Person, on: datetime.date, reason: str) -> None:
        """减员; the husband or wife takes the place of a head who leaves."""
        person.left_on, person.leave_reason = on, reason
        if person.relation == HEAD:
            heir = next(other for other in life.members(on) if other.relation == SPOUSE)
            heir.relation = HEAD
            for other in life.members(on):
                if heir.sex == "女":
                    other.relation = BY_MARRIAGE.get(other.relation, other.relation)
        self._record(life, LEAVE, on, persons=-1 if life.poor else 0, person=person, reason=reason)

    def move(self, life: Life, village: str, on: datetime.date) -> None:
        """转出 and 转入 of the whole household."""
        pair = next(self._pairs)
        size = len(life.members(on))
        step = 1 if life.poor else 0
        self._record(life, OUT, on, households=-step, persons=-size * step, pair=pair, reason="迁往他村")
        life.village = village
        self._record(life, IN, on, households=step, persons=size * step, pair=pair, reason="由他村迁入")

    def split(self, life: Life, leaving: Sequence[Person], home: Home, on: datetime.date) -> Life:
        """分户: the persons become a household of their own with the same standing, the first its head."""
        pair, step = next(self._pairs), 1 if life.poor else 0
        sheet = replace(life.sheet, village=life.village, members=[], former=[])
        new = Life(sheet, home, life.village, life.mark, split_from=life)
        new.planned_exit_year = life.planned_exit_year
        for person in leaving:
            life.sheet.part_with(person, on)
            sheet.members.append(person)
            person.joined_on, person.join_reason = on, "分户转入"
            person.relation = AFTER_SPLIT[person.relation]
        self.lives.append(new)
        self._record(life, OUT, on, persons=-len(leaving) * step, pair=pair, reason="分户")
        self._record(new, IN, on, households=step, persons=len(leaving) * step, pair=pair, reason="分户")
        return new

    def correct_standard(self, life: Life, standard: str, on: datetime.date, reason: str) -> None:
        """更正: out under the old standard, in under the new one."""
        pair = next(self._pairs)
        size = len(life.members(on))
        self._record(life, CORRECTION, on, households=-1, persons=-size, pair=pair, reason=reason)
        life.sheet.poverty_standard = standard
        self._record(life, CORRECTION, on, households=1, persons=size, pair=pair, reason=reason)
