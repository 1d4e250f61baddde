"""Members join (出生、嫁入 …), leave (死亡、迁出 …), come back, and another becomes head."""

import datetime
from collections.abc import Sequence
from typing import Any

from django import forms

from accounts.models import User
from households.acts.forms import (
    NOT_FILLED,
    ActForm,
    RelatingForm,
    check_day,
    one_of,
    remark,
    seen,
    words,
)
from households.codes import CODES
from households.entry.member_form import MemberForm
from households.models import Household, Person
from households.models.person import FOUNDING, HEAD, MOVED_IN
from households.models.transfers import TWICE
from office.days import written

MOVED_OUT = "分户转出"
RELATIONS = tuple(word for word in CODES["relation"].words if word != HEAD)
# A move between registered households is a split or a merge, and founding members joined by 纳入.
JOIN_REASONS = tuple(word for word in CODES["join_reason"].words if word not in (FOUNDING, MOVED_IN))
LEAVE_REASONS = tuple(word for word in CODES["leave_reason"].words if word != MOVED_OUT)
BORN = "新生儿"


JOINED_WITH = (
    ("增加", ("joined_on", "join_reason", "reason")),
    ("本人", ("name", "relation", "id_type", "id_number", "sex", "birth_date", "ethnicity")),
    ("情况", ("health", "disease_name", "education", "schooling", "labour_capacity", "phone")),
)


class Joining(MemberForm):
    """增员 of somebody new; of the facts of the entry sheet the few that are needed first."""

    version = seen()
    reason = remark("说明")

    def __init__(
        self, *args: Any, household: Household, day: datetime.date, user: User, **options: Any
    ) -> None:
        person = Person(household=household)  # type: ignore[misc]
        super().__init__(*args, instance=person, day=day, joining=True, **options)
        self.household, self.user = household, user
        self.empty_permitted = False
        self.initial["version"] = household.version
        self.fields["join_reason"] = words("增加原因", JOIN_REASONS)
        self.fields["relation"] = words("与户主关系", RELATIONS)
        for name in ("sex", "birth_date"):
            self.fields[name].help_text = "身份证号码会带出，不用填"
        asked = {"version", *(name for _, names in JOINED_WITH for name in names)}
        for name in self.fields.keys() - asked:
            del self.fields[name]
        self.order_fields([name for _, names in JOINED_WITH for name in names])

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, self.rows(names)) for title, names in JOINED_WITH]

    def clean_joined_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["joined_on"]
        check_day(self.household, on, self.day)
        return on

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        born, joined = asked.get("birth_date"), asked.get("joined_on")
        if born and joined and joined < born:
            self.add_error("joined_on", f"增加日期早于出生日期（{born}）")
        elif born and joined and asked.get("join_reason") == BORN and (joined - born).days > 366:
            self.add_error("join_reason", f"{born}出生，增加时已满一周岁，不是新生儿")
        return asked

    @property
    def entry(self) -> dict[str, Any]:
        asked = self.cleaned_data
        return {
            "on": asked["joined_on"],
            "join_reason": asked["join_reason"],
            "by": self.user,
            "reason": asked["reason"],
            "version": asked["version"],
        }


class Returning(ActForm):
    """A member who left comes back; the number and the history go on."""

    layout = (("恢复", ("on", "join_reason", "relation", "reason")),)

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person
        self.fields["join_reason"] = words("增加原因", [word for word in JOIN_REASONS if word != BORN])
        self.fields["relation"] = words("与户主关系", RELATIONS)
        if person.relation != HEAD:
            self.initial["relation"] = person.relation

    def clean_on(self) -> datetime.date:
        on = super().clean_on()
        if self.person.left_on is not None and on < self.person.left_on:
            raise forms.ValidationError(f"不能早于减少日期（{written(self.person.left_on)}）")
        return on


class Leaving(RelatingForm):
    """减员. When the head leaves, the next one is named here."""

    def __init__(self, *args: Any, person: Person, others: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.person, self.others = person, list(others)
        self.fields["leave_reason"] = words("减少原因", LEAVE_REASONS)
        self.fields["on"].label = "减少日期"
        if person.is_head:
            self.fields["new_head"] = one_of("新户主", self.others)
            self.relate(self.others)

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        found = [("减少", [self[name] for name in ("on", "leave_reason", "reason")])]
        if self.person.is_head:
            found.append(("户主减少，先定新户主", [self["new_head"]]))
        return found

    def clean_on(self) -> datetime.date:
        on = super().clean_on()
        if self.person.joined_on is not None and on < self.person.joined_on:
            raise forms.ValidationError(f"不能早于增加日期（{written(self.person.joined_on)}）")
        return on

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if asked.get("leave_reason") == TWICE and not asked.get("reason"):
            self.add_error("reason", "按重复录入减少的，要写明与哪一条重复")
        head = next((one for one in self.others if one.pk == asked.get("new_head")), None)
        self.new_head, self.new_relations = head, {}
        if head is not None:
            self.new_relations = self.relations(head, self.others, [self.person, *self.others])
        return asked


class HeadChange(RelatingForm):
    """Another member becomes head; the old one stays as what he is to the new one. No event: nothing is counted."""

    on = None  # type: ignore[assignment]

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = list(people)
        self.fields["new_head"] = one_of("新户主", [one for one in self.people if not one.is_head])
        self.fields["reason"] = remark("变更原因", required=True)
        self.relate(self.people)

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [("变更户主", [self["new_head"], self["reason"]])]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        head: Any = next((one for one in self.people if one.pk == asked.get("new_head")), None)
        self.new_head, self.new_relations = head, {}
        if head is not None:
            self.new_relations = self.relations(head, self.people, self.people)
        return asked


def removal_words(*, by_county: bool) -> list[str]:
    """注销原因 to choose from: 并入他户 comes by a merge, 识别有误清退 is the county's to decide (codes.csv)."""
    left_out = {"并入他户", *(() if by_county else ("识别有误清退",))}
    return [word for word in CODES["removal_reason"].words if word not in left_out]


class Removal(ActForm):
    """注销: the household is struck off the register, with day and reason."""

    layout = (("注销", ("on", "removal_reason", "reason")),)

    def __init__(self, *args: Any, by_county: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = "注销日期"
        self.fields["removal_reason"] = words("注销原因", removal_words(by_county=by_county))
        self.fields["removal_reason"].error_messages["required"] = NOT_FILLED

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        if asked.get("removal_reason") in ("其他", "识别有误清退") and not asked.get("reason"):
            self.add_error("reason", "这一种原因要写明具体情况和依据")
        return asked
