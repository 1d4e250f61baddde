"""Households that move, split or join: always a 转出/转入 pair, each side frozen with its own area."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Self, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction

from areas.models import Area, Level
from households.codes import CODES
from households.models.act import Act, Entry
from households.models.event import Kind, StatusEvent
from households.models.person import HEAD, MOVED_IN, Person
from households.models.status import HouseholdStatus

MERGED = "并入他户"
# What a household made by a split takes over from the one it comes from.
INHERITED = (
    "villager_group",
    "address",
    "poverty_standard",
    "below_national",
    "attribute",
    "poverty_type",
    "poverty_degree",
    "assistance_need",
    "poverty_cause",
    "other_poverty_causes",
    "reservoir_resettler",
    "registered_on",
    "registered_year_only",
    "exit_mark",
    "left_on",
    "exit_year",
    "return_year",
    "planned_exit_year",
)


class HouseholdTransfers(HouseholdStatus):
    class Meta:
        abstract = True

    def move_to(self, village: Area, *, on: datetime.date, **entry: Unpack[Entry]) -> StatusEvent:
        """The whole household moves to another village; returns the 转入."""
        if self.removed_on is not None:
            raise ValidationError("该户已经注销，不能转出")
        if village.level != Level.VILLAGE or village.pk == self.village_id:
            raise ValidationError("请选择另一个村（居）")
        if village.valid_from > on or (village.valid_to is not None and village.valid_to <= on):
            raise ValidationError(f"{village}在{on}不是有效的村（居）")
        act = Act(self, on, entry)
        households, persons = self._weight()
        pair = uuid.uuid4()
        act.event(Kind.OUT, households=-households, persons=-persons, pair=pair)
        self.place(village)
        if act.closed(self.county_id):
            raise ValidationError(f"{self.county}{on.year}年已经封存，不能转入")
        event = act.event(Kind.IN, households=households, persons=persons, pair=pair)
        act.write()
        return event

    def split(
        self,
        members: Sequence[Person],
        *,
        head: Person,
        on: datetime.date,
        remaining_head: Person | None = None,
        **entry: Unpack[Entry],
    ) -> Self:
        """分户: the members become a household of their own, with the standing of this one; returns it."""
        leaving = {person.pk for person in members}
        if self.removed_on is not None:
            raise ValidationError("该户已经注销，不能分户")
        if not members or any(not each.present or each.household_id != self.pk for each in members):
            raise ValidationError("分出的须是本户在册人口")
        if len(leaving) >= self.member_count:
            raise ValidationError("分户后原户须留有在册人口")
        if head.pk not in leaving:
            raise ValidationError("新户的户主须是分出的人口")
        self._check_next_head(any(each.relation == HEAD for each in members), remaining_head, leaving)
        act = Act(self, on, entry)
        new = type(self)(
            village_id=self.village_id,
            member_count=len(leaving),
            last_event_on=on,
            **{name: getattr(self, name) for name in INHERITED},
        )
        counted, pair = self.in_register, uuid.uuid4()
        self.member_count -= len(leaving)
        with transaction.atomic():
            if act.load is None:
                new.save()
            else:
                new.place(self.village)
                act.load.households.append(new)
            act.event(Kind.OUT, persons=-len(leaving) if counted else 0, pair=pair)
            act.event(
                Kind.IN, of=new, households=int(counted), persons=len(leaving) if counted else 0, pair=pair
            )
            act.write()
            relations = {each.pk: "其他" if each.relation == HEAD else each.relation for each in members}
            _take_over(new, members, {**relations, head.pk: HEAD}, on, saving=act.load is None)
            if act.load is None:
                if remaining_head is not None:
                    remaining_head.relation = HEAD
                    remaining_head.save(update_fields=["relation"])
                new.refresh_colour(on)
        return new

    def merge(
        self,
        other: Self,
        *,
        relations: Mapping[int, str],
        on: datetime.date,
        **entry: Unpack[Entry],
    ) -> StatusEvent:
        """合户: the other household's persons come into this one, and it is cancelled (并入他户).

        `relations` gives each incoming person's relation to the head of this household, by person pk.
        Both must be counted, or both not, and under one standard: else figures would move without a cause.
        """
        if other.pk == self.pk or self.removed_on is not None or other.removed_on is not None:
            raise ValidationError("请选择另一个没有注销的户合并")
        if (self.in_register, self.exit_mark) != (other.in_register, other.exit_mark):
            raise ValidationError("两户的脱贫标志不同，不能合户")
        if self.poverty_standard != other.poverty_standard:
            raise ValidationError("两户识别标准不同，请先更正识别标准")
        incoming = other.present_persons()
        words = {each.pk: CODES["relation"].read(relations.get(each.pk, "")) for each in incoming}
        if any(word is None or word == HEAD for word in words.values()):
            raise ValidationError("请填每个并入人口与户主的关系")
        leaves, joins = Act(other, on, entry), Act(self, on, entry)
        _, persons = other._weight()
        pair = uuid.uuid4()
        leaves.event(Kind.OUT, households=-1 if persons else 0, persons=-persons, pair=pair)
        self.member_count += other.member_count
        event = joins.event(Kind.IN, persons=persons, pair=pair)
        leaves.event(Kind.CANCEL)
        other.removed_on, other.removal_reason, other.member_count = on, MERGED, 0
        with transaction.atomic():
            leaves.write()
            joins.write()
            _take_over(self, incoming, words, on, saving=True)
        return event

    def _weight(self) -> tuple[int, int]:
        """Households and persons that this household counts for now."""
        return (1, self.member_count) if self.in_register else (0, 0)


def _take_over(
    household: Any,
    persons: Sequence[Person],
    relations: Mapping[int, str | None],
    on: datetime.date,
    *,
    saving: bool,
) -> None:
    """Persons pass to a household: a move, no new person (join_reason 分户转入)."""
    for person in persons:
        person.household = household
        person.relation = relations[person.pk] or person.relation
        person.joined_on, person.join_reason = on, MOVED_IN
        if saving:
            person.save(update_fields=["household", "relation", "joined_on", "join_reason"])
