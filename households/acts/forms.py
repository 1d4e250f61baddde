"""What every form of an act has: the day, why, and the version of the household that the page showed."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from accounts.models import User
from households.acts import kinship
from households.codes import CODES
from households.forms import Day, FreeText
from households.models import ClosedYear, Household, Person
from households.models.person import HEAD
from office.days import written

NOT_FILLED = "还没有填"


def words(label: str, choices: Iterable[str], *, required: bool = True, empty: str = "") -> forms.ChoiceField:
    """A select of the words of a code list, none chosen yet."""
    return forms.ChoiceField(
        label=label,
        required=required,
        choices=[("", empty), *((word, word) for word in choices)],
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"required": NOT_FILLED, "invalid_choice": "没有“%(value)s”这一项"},
    )


def remark(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return FreeText(
        label=label,
        required=required,
        max_length=200,
        help_text=help_text,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": NOT_FILLED, "max_length": "最多写 %(limit_value)s 个字"},
    )


def seen() -> forms.IntegerField:
    """The version that the page showed."""
    return forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={
            "required": "页面不完整，请从该户的页面重新打开",
            "invalid": "页面不完整，请重新打开",
        },
    )


def check_day(household: Household, on: datetime.date, day: datetime.date) -> None:
    """Raises ValidationError when nothing of the household may be dated on `on`; the models say the same."""
    if on > day:
        raise forms.ValidationError(f"不能晚于今天（{written(day)}）")
    if household.last_event_on is not None and on < household.last_event_on:
        raise forms.ValidationError(f"不能早于该户上一次动态的日期（{written(household.last_event_on)}）")
    if ClosedYear.objects.filter(county=household.county_id, year=on.year).exists():
        raise forms.ValidationError(f"{on.year}年已经封存，日期要写在没有封存的年度")


class ActForm(forms.Form):
    """`layout` are (heading, fields) in reading order; fields made at run time are added by `sheets`."""

    layout: tuple[tuple[str, tuple[str, ...]], ...] = ()

    version = seen()
    on = Day(label="日期", error_messages={"required": NOT_FILLED})
    reason = remark("说明")

    def __init__(
        self, *args: Any, household: Household, day: datetime.date, user: User, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.household, self.day, self.user = household, day, user
        self.initial.setdefault("on", day)
        self.initial["version"] = household.version

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"]
        check_day(self.household, on, self.day)
        return on

    @property
    def entry(self) -> dict[str, Any]:
        """Who, when, why and over which version: what the methods of the models take."""
        asked = self.cleaned_data
        return {
            "on": asked["on"],
            "by": self.user,
            "reason": asked["reason"],
            "version": asked["version"],
        }


class RelatingForm(ActForm):
    """An act by which somebody becomes head: each other member's relation to him may be said, or is derived."""

    def relate(self, members: Sequence[Person], label: str = "与新户主关系") -> None:
        """A select for each of these members."""
        self.members = list(members)
        choices = [word for word in CODES["relation"].words if word != HEAD]
        for person in self.members:
            field = words(label, choices, required=False, empty="按原关系推定")
            field.widget.attrs["aria-label"] = f"{person.name}{label}"
            self.fields[f"relation_{person.pk}"] = field

    def rows(self) -> list[tuple[Person, forms.BoundField]]:
        """Each member beside the field."""
        return [(person, self[f"relation_{person.pk}"]) for person in self.members]

    def relations(self, head: Person, others: Iterable[Person], family: Iterable[Person]) -> dict[int, str]:
        """What the others are to the head: as chosen, else derived from the `family` as it was. Whoever's
        relation does not follow gets an error of his own."""
        kin = [kinship.Kin(one.pk, one.relation, one.sex) for one in family]
        derived = kinship.relations_to(kin, head.pk)
        found = {}
        for person in others:
            if person.pk == head.pk:
                continue
            name = f"relation_{person.pk}"
            word = self.cleaned_data.get(name) or derived.get(person.pk, "")
            if word:
                found[person.pk] = word
            elif name not in self.errors:
                self.add_error(name, f"{person.name}与新户主的关系推定不出来，请选")
        return found


def one_of(
    label: str, people: Iterable[Person], *, required: bool = True, empty: str = ""
) -> forms.TypedChoiceField:
    """A select of members, by pk."""
    return forms.TypedChoiceField(
        label=label,
        required=required,
        choices=[("", empty), *((str(one.pk), f"{one.name}　{one.relation}") for one in people)],
        coerce=int,
        empty_value=None,
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"required": NOT_FILLED, "invalid_choice": "请选本户在册的成员"},
    )
