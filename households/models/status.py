"""What happens to a household, one method an act: entry, exit, return, reversal, cancellation, correction.

Errors are ValidationError in plain Chinese; `on` is the effective day, the rest of the entry (by, origin,
reason, recorded_at) may be left out. Families that move, split or join stand in transfers.py.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from households import poverty
from households.codes import CODES
from households.models.act import TOO_LATE, Act, Conflict, Entry
from households.models.card import LEFT, NOT_OUT, RETURNED
from households.models.colour import HouseholdColour
from households.models.event import Kind, Origin, StatusEvent
from households.models.person import HEAD, Person
from office.days import written

# What is written of a person who comes back.
RETURNED_WITH = ("joined_on", "join_reason", "present", "left_on", "leave_reason", "relation")


class HouseholdStatus(HouseholdColour):
    class Meta:
        abstract = True

    def present_persons(self) -> list[Person]:
        return list(Person.objects.filter(household=self.pk, present=True))

    def add_members(self, *persons: Person) -> None:
        """Takes down persons before 纳入; no event, since the household is counted nowhere yet."""
        if self.registered_on is not None or self.removed_on is not None:
            raise ValidationError("该户已经建档立卡，增加成员请按增员办理")
        with transaction.atomic():
            for person in persons:
                person.household = self  # type: ignore[assignment]
                person.save()
            type(self)._default_manager.filter(pk=self.pk).update(
                member_count=F("member_count") + len(persons), version=F("version") + 1
            )
        self.member_count += len(persons)
        self.version += 1

    def register(self, *, on: datetime.date, **entry: Unpack[Entry]) -> StatusEvent:
        """纳入 under the household's poverty_standard; founding members joined on that day."""
        if self.registered_on is not None or self.removed_on is not None:
            raise ValidationError("该户已经建档立卡或已注销，不能再次纳入")
        if not self.poverty_standard or not self.poverty_cause:
            raise ValidationError("纳入前须填识别标准和主要致贫原因")
        if not self.member_count:
            raise ValidationError("该户还没有家庭成员，不能纳入")
        act = Act(self, on, entry, Origin.REVIEW)
        self.registered_on, self.exit_mark = on, NOT_OUT
        self.below_national = self.poverty_standard == poverty.NATIONAL
        event = act.event(Kind.ENTRY, households=1, persons=self.member_count)
        with transaction.atomic():
            act.write()
            if act.load is None:
                for person in Person.objects.filter(household=self.pk, joined_on__isnull=True):
                    person.joined_on = on
                    person.save(update_fields=["joined_on"])
        return event

    def leave_poverty(self, *, on: datetime.date, **entry: Unpack[Entry]) -> StatusEvent:
        """退出. Whether the household may leave is for the audit that calls this."""
        if not self.in_register:
            raise ValidationError("该户不是在册贫困户，不能退出")
        act = Act(self, on, entry, Origin.REVIEW)
        self.exit_mark, self.left_on, self.exit_year, self.return_year = LEFT, on, on.year, None
        event = act.event(Kind.EXIT, households=-1, persons=-self.member_count)
        act.write()
        return event

    def return_to_poverty(
        self, *, on: datetime.date, standard: str = "", **entry: Unpack[Entry]
    ) -> StatusEvent:
        """返贫, under the standard named (the old one if none is)."""
        self._must_have_left("返贫")
        act = Act(self, on, entry, Origin.REVIEW)
        if standard:
            self.poverty_standard = _standard(standard)
            self.below_national = self.poverty_standard == poverty.NATIONAL
        self.exit_mark, self.return_year, self.exit_year, self.left_on = RETURNED, on.year, None, None
        event = act.event(Kind.RETURN, households=1, persons=self.member_count)
        act.write()
        return event

    def reverse_exit(self, *, on: datetime.date, **entry: Unpack[Entry]) -> StatusEvent:
        """回退 of the last exit: the exit stays, the household comes back in as it was before."""
        self._must_have_left("回退")
        act = Act(self, on, entry, Origin.REVIEW)
        act.need_reason("回退须写明原因")
        past = self._past(act)
        place = max((at for at, event in enumerate(past) if event.kind == Kind.EXIT), default=0)
        if not place or past[place].on < _newest(past, Kind.RETURN):
            raise ValidationError("没有找到可以回退的退出")
        self.exit_mark, self.left_on, self.exit_year = past[place - 1].mark, None, None
        self.return_year = _newest(past, Kind.RETURN).year if self.exit_mark == RETURNED else None
        event = act.event(Kind.REVERSAL, households=1, persons=self.member_count, reverses=past[place])
        act.write()
        return event

    def cancel(self, *, on: datetime.date, removal_reason: str, **entry: Unpack[Entry]) -> StatusEvent:
        """注销 with a word of the list removal_reason; its persons are no longer present."""
        if self.removed_on is not None:
            raise ValidationError("该户已经注销")
        act = Act(self, on, entry)
        event = self._cancelled(act, removal_reason)
        with transaction.atomic():
            act.write()
            if act.load is None:
                for person in self.present_persons():
                    person.present = False
                    person.save(update_fields=["present"])
        return event

    def _cancelled(self, act: Act, removal_reason: str) -> StatusEvent:
        word = CODES["removal_reason"].read(removal_reason)
        if word is None:
            raise ValidationError("注销原因不在规定的选项内")
        counted, members = self.in_register, self.member_count
        event = act.event(Kind.CANCEL, households=-1 if counted else 0, persons=-members if counted else 0)
        self.removed_on, self.removal_reason, self.member_count = act.on, word, 0
        return event

    def correct_standard(self, standard: str, *, on: datetime.date, **entry: Unpack[Entry]) -> StatusEvent:
        """更正 of the standard: a pair, out of the old one and in with the new; returns the latter."""
        word = _standard(standard)
        if self.registered_on is None or self.removed_on is not None:
            raise ValidationError("该户没有建档立卡或已注销，识别标准不用更正")
        if word == self.poverty_standard:
            raise ValidationError(f"该户的识别标准已经是{word}")
        act = Act(self, on, entry)
        act.need_reason("更正识别标准须写明原因")
        pair, counted = uuid.uuid4(), self.in_register
        households, persons = (1, self.member_count) if counted else (0, 0)
        act.event(Kind.CORRECTION, households=-households, persons=-persons, pair=pair)
        self.poverty_standard, self.below_national = word, word == poverty.NATIONAL
        event = act.event(Kind.CORRECTION, households=households, persons=persons, pair=pair)
        act.write()
        return event

    def person_joins(
        self, person: Person, *, on: datetime.date, join_reason: str, **entry: Unpack[Entry]
    ) -> StatusEvent:
        """增员: +1 while the household is in the register, else recorded with nothing to count.

        A person who left this household may come back; the number and the history go on.
        """
        if self.removed_on is not None:
            raise ValidationError("该户已经注销，不能增员")
        word = CODES["join_reason"].read(join_reason)
        if word is None:
            raise ValidationError("增加原因不在规定的选项内")
        returning = person.pk is not None
        if returning and (person.present or person.household_id != self.pk):
            raise ValidationError(f"{person.name}不是本户减少的人口")
        if returning and person.left_on is not None and on < person.left_on:
            raise ValidationError(f"增加日期早于减少日期{written(person.left_on)}")
        act = Act(self, on, entry)
        if act.load is None and person.relation == HEAD and self.has_head():
            raise ValidationError("本户已有户主，请先变更户主")
        person.household = self  # type: ignore[assignment]
        person.joined_on, person.join_reason, person.present = on, word, True
        person.left_on, person.leave_reason = None, ""
        self.member_count += 1
        with transaction.atomic():
            if act.load is None:
                person.clean()
                person.save(update_fields=RETURNED_WITH if returning else None)
            event = act.event(Kind.JOIN, persons=int(self.in_register), person=person)
            act.write()
        return event

    def person_leaves(
        self,
        person: Person,
        *,
        on: datetime.date,
        leave_reason: str,
        new_head: Person | None = None,
        relations: Mapping[int, str] | None = None,
        **entry: Unpack[Entry],
    ) -> StatusEvent:
        """减员: −1 while the household is in the register. A head who leaves names the next one, and
        `relations` what the others are to the new head, by person pk."""
        word = CODES["leave_reason"].read(leave_reason)
        if word is None:
            raise ValidationError("减少原因不在规定的选项内")
        if not person.present or person.household_id != self.pk:
            raise ValidationError(f"{person.name}不是本户在册人口")
        if self.member_count <= 1:
            raise ValidationError("户内只有这一人，请办理注销")
        if person.joined_on is not None and on < person.joined_on:
            raise ValidationError(f"减少日期早于增加日期{written(person.joined_on)}")
        self._check_next_head(person.relation == HEAD, new_head, {person.pk})
        words = read_relations(relations or {})
        act = Act(self, on, entry)
        person.present, person.left_on, person.leave_reason = False, on, word
        self.member_count -= 1
        event = act.event(Kind.LEAVE, persons=-int(self.in_register), person=person)
        with transaction.atomic():
            act.write()
            if act.load is None:
                person.save(update_fields=["present", "left_on", "leave_reason"])
                if new_head is not None:
                    self.relate(words, new_head)
        return event

    def change_head(
        self,
        new_head: Person,
        *,
        old_head_relation: str,
        relations: Mapping[int, str] | None = None,
        by: Any = None,
        version: int | None = None,
    ) -> None:
        """Demotes first, then promotes: there is never a moment with two heads.

        `relations` are those of the others to the new head, by person pk; `version` as in Entry.
        """
        word = CODES["relation"].read(old_head_relation)
        if word is None or word == HEAD:
            raise ValidationError("请填原户主与新户主的关系")
        if self.removed_on is not None:
            raise ValidationError("该户已经注销，不能变更户主")
        if new_head.relation == HEAD:
            raise ValidationError(f"{new_head.name}已经是户主")
        self._check_next_head(True, new_head, set())
        words = read_relations(relations or {})
        rows = type(self)._default_manager.filter(pk=self.pk)
        if version is not None:
            rows = rows.filter(version=version)
        with transaction.atomic():
            if not rows.update(version=F("version") + 1):
                raise Conflict(TOO_LATE)
            self.version += 1
            heads = Person.objects.filter(household=self.pk, present=True, relation=HEAD)
            self.relate({**words, **dict.fromkeys(heads.values_list("pk", flat=True), word)}, new_head)
            type(self).history.bulk_history_create(  # type: ignore[attr-defined]
                [self], update=True, default_user=by, default_change_reason="变更户主"
            )

    def relate(self, relations: Mapping[int, str], head: Person) -> None:
        """Writes the relations of present members, by pk, and then the head's."""
        for person in self.present_persons():
            word = relations.get(person.pk, person.relation)
            if person.pk != head.pk and word != person.relation:
                person.relation = word
                person.save(update_fields=["relation"])
        if head.relation != HEAD:
            head.relation = HEAD
            head.save(update_fields=["relation"])

    def has_head(self) -> bool:
        return Person.objects.filter(household=self.pk, present=True, relation=HEAD).exists()

    def _check_next_head(self, needed: bool, new_head: Person | None, leaving: set[int]) -> None:
        if not needed:
            return
        if new_head is None:
            raise ValidationError("户主减少或分出的，须先指定新户主")
        if not new_head.present or new_head.household_id != self.pk or new_head.pk in leaving:
            raise ValidationError("新户主须是本户在册人口")

    def _must_have_left(self, act: str) -> None:
        if self.exit_mark != LEFT or self.removed_on is not None:
            raise ValidationError(f"该户没有退出，不能{act}")

    def _past(self, act: Act) -> list[StatusEvent]:
        """Events of the household in their order, those of an unfinished load included."""
        if act.load is not None:
            return [event for event in act.load.events if event.household is self]
        return list(StatusEvent.objects.filter(household=self.pk).order_by("on", "pk"))


def read_relations(relations: Mapping[int, str]) -> dict[int, str]:
    """The words of these relations to a head; raises ValidationError for one that is none."""
    words = {pk: CODES["relation"].read(text) for pk, text in relations.items()}
    if any(word is None or word == HEAD for word in words.values()):
        raise ValidationError("请填每个成员与户主的关系")
    return {pk: word for pk, word in words.items() if word is not None}


def _standard(text: str) -> str:
    word = CODES["poverty_standard"].read(text)
    if word is None:
        raise ValidationError("识别标准不在规定的选项内")
    return word


def _newest(past: list[StatusEvent], kind: str) -> datetime.date:
    return max((event.on for event in past if event.kind == kind), default=datetime.date.min)
