"""Households that move, split or join: always a 转出/转入 pair, each side frozen with its own area; and persons
who were entered twice."""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Self, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from areas.models import Area, Level
from households.models.act import Act, Entry
from households.models.event import Kind, StatusEvent
from households.models.helper import Helper
from households.models.person import HEAD, MOVED_IN, Person
from households.models.status import HouseholdStatus, read_relations
from office.pii import KeyedIndexField

MERGED, TWICE = "并入他户", "重复录入"
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

    def move_to(
        self,
        village: Area,
        *,
        on: datetime.date,
        villager_group: str = "",
        address: str = "",
        **entry: Unpack[Entry],
    ) -> StatusEvent:
        """The whole household moves to another village, with its group and address there; returns the 转入."""
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
        self.villager_group = villager_group or self.villager_group
        self.address = address or self.address
        act.also = ("villager_group", "address")
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
        relations: Mapping[int, str] | None = None,
        **entry: Unpack[Entry],
    ) -> Self:
        """分户: the members become a household of their own, with the standing and the helpers of this one;
        returns it.

        `relations` are those of members and of who stays, each to the head of his household then, by pk.
        """
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
        words = read_relations(relations or {})
        act = Act(self, on, entry)
        new = type(self)(
            village_id=self.village_id,
            member_count=len(leaving),
            last_event_on=on,
            split_from=self.number,
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
            now = {each.pk: "其他" if each.relation == HEAD else each.relation for each in members}
            _take_over(new, members, {**now, **words, head.pk: HEAD}, on, saving=act.load is None)
            if act.load is None:
                if remaining_head is not None:
                    self.relate(words, remaining_head)
                _share_helpers(self, new, on)
                new.refresh_colour(on)
        return new

    def merge(
        self,
        other: Self,
        *,
        relations: Mapping[int, str],
        on: datetime.date,
        same: Collection[int] = (),
        taken: Mapping[str, Any] | None = None,
        other_version: int | None = None,
        **entry: Unpack[Entry],
    ) -> StatusEvent:
        """合户: the other household's persons come into this one, and it is cancelled (并入他户).

        `relations` gives each incoming person's relation to the head of this household, by person pk; `same`
        are those who are members here already (登记 twice) and are not carried over. `taken` are facts of the
        other household that this one goes on with. Both must be counted, or both not, and under one standard:
        else figures would move without a cause. Returns this household's 转入, or the other's 注销 when
        everybody there was here already.
        """
        if other.pk == self.pk or self.removed_on is not None or other.removed_on is not None:
            raise ValidationError("请选择另一个没有注销的户合并")
        if (self.in_register, self.exit_mark) != (other.in_register, other.exit_mark):
            raise ValidationError("两户的脱贫标志不同，不能合户")
        if self.poverty_standard != other.poverty_standard:
            raise ValidationError("两户识别标准不同，请先更正识别标准")
        everybody = other.present_persons()
        twice = [each for each in everybody if each.pk in same]
        incoming = [each for each in everybody if each.pk not in same]
        words = read_relations({each.pk: relations.get(each.pk, "") for each in incoming})
        joins = Act(self, on, entry)
        theirs: Entry = {**entry}
        theirs.pop("version", None)
        if other_version is not None:
            theirs["version"] = other_version
        leaves = Act(other, on, theirs)
        leaves.also = ("merged_into",)
        for name, value in (taken or {}).items():
            setattr(self, name, value)
        event = _merged(self, other, joins, leaves, incoming, twice)
        other.merged_into = self.number
        with transaction.atomic():
            # One order for everybody: two who merge the same households crosswise must not wait for each other.
            for act in sorted((leaves, joins), key=lambda one: one.household.pk):
                act.write()
            if taken:
                self.save(update_fields=_with_keys(self, taken))
            _take_over(self, incoming, words, on, saving=True)
            for person in twice:
                person.present, person.left_on, person.leave_reason = False, on, TWICE
                person.save(update_fields=["present", "left_on", "leave_reason"])
        return event

    def drop_duplicate(
        self,
        person: Person,
        kept: Person,
        *,
        on: datetime.date,
        taken: Mapping[str, Any] | None = None,
        new_head: Person | None = None,
        relations: Mapping[int, str] | None = None,
        **entry: Unpack[Entry],
    ) -> StatusEvent:
        """A member who was entered twice leaves this household as 重复录入; `kept`, here or elsewhere, goes on
        with the facts `taken` from the one dropped."""
        if kept.pk == person.pk or not kept.present:
            raise ValidationError("请选择另一条在册的人口记录保留")
        Household = type(self)
        with transaction.atomic():
            event = self.person_leaves(
                person,
                on=on,
                leave_reason=TWICE,
                new_head=new_head,
                relations=relations,
                **entry,
            )
            if taken:
                for name, value in taken.items():
                    setattr(kept, name, value)
                kept.clean()
                kept.save(update_fields=_with_keys(kept, taken))
                if kept.household_id != self.pk:
                    Household._default_manager.filter(pk=kept.household_id).update(version=F("version") + 1)
        return event

    def _weight(self) -> tuple[int, int]:
        """Households and persons that this household counts for now."""
        return (1, self.member_count) if self.in_register else (0, 0)


def _merged(
    here: Any, other: Any, joins: Act, leaves: Act, incoming: Sequence[Person], twice: Sequence[Person]
) -> StatusEvent:
    """The events of a merge and the counts that follow from them."""
    counted = other.in_register
    if not incoming:
        return other._cancelled(leaves, MERGED)
    for person in twice:
        other.member_count -= 1
        leaves.event(Kind.LEAVE, persons=-int(counted), person=person)
    pair, moved = uuid.uuid4(), len(incoming)
    leaves.event(Kind.OUT, households=-int(counted), persons=-moved if counted else 0, pair=pair)
    here.member_count += moved
    event = joins.event(Kind.IN, persons=moved if counted else 0, pair=pair)
    leaves.event(Kind.CANCEL)
    other.removed_on, other.removal_reason, other.member_count = leaves.on, MERGED, 0
    return event


def _with_keys(record: Any, names: Mapping[str, Any]) -> list[str]:
    """The columns, and the search keys that follow from them."""
    keys = [
        field.name
        for field in record._meta.concrete_fields
        if isinstance(field, KeyedIndexField) and field.source in names
    ]
    return [*names, *keys]


def _share_helpers(old: Any, new: Any, on: datetime.date) -> None:
    """Who helps the old household on the day helps the new one too, from that day."""
    for helper in Helper.objects.valid_on(on).filter(household=old.pk):
        copied = {field.name: getattr(helper, field.name) for field in Helper._meta.concrete_fields}
        for name in ("id", "uid", "number", "id_number_key"):
            del copied[name]
        Helper.objects.create(**{**copied, "household": new, "start_on": on})


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
