"""The household as a whole: it moves, splits, or takes another in."""

from collections.abc import Sequence
from typing import Any

from django import forms

from areas.models import Area
from households.acts.forms import NOT_FILLED, ActForm, RelatingForm, one_of, remark, words
from households.acts.people import RELATIONS
from households.entry.fields import MASKS
from households.models import Household, Person
from households.models.person import HEAD
from households.record import label, written

# What may differ between two records of one household, and is decided one by one; an account goes with its bank.
CHOSEN = (
    "villager_group",
    "address",
    "phone",
    "bank_name",
    "attribute",
    "poverty_cause",
    "other_poverty_causes",
    "poverty_type",
    "poverty_degree",
    "assistance_need",
    "military_family",
    "one_child_family",
    "two_daughter_family",
    "family_planning_family",
    "reservoir_resettler",
)
TOGETHER = {"bank_name": ("bank_account",)}
OURS, THEIRS = "ours", "theirs"


class VillageChoice(forms.ModelChoiceField):
    def label_from_instance(self, area: Area) -> str:  # type: ignore[override]
        return f"{area.parent}　{area.name}"


class Moving(ActForm):
    """转到别村. `villages` are those where the user may edit, the present one left out."""

    layout = (("转到", ("village", "villager_group", "address")), ("办理", ("on", "reason")))

    villager_group = forms.CharField(
        label="新的村民小组",
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w6", "autocomplete": "off"}),
        error_messages={"required": NOT_FILLED},
    )
    address = forms.CharField(
        label="新的家庭住址",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
    )
    reason = remark("转移原因", required=True)

    def __init__(self, *args: Any, villages: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].label = "转移日期"
        self.fields["village"] = VillageChoice(
            villages,
            label="转到哪个村",
            empty_label="",
            widget=forms.Select(attrs={"class": "w8"}),
            error_messages={
                "required": NOT_FILLED,
                "invalid_choice": "没有这个村，或者不在当前任职的区域内",
            },
        )


class Splitting(RelatingForm):
    """分户: who goes, and who is head of either part."""

    def __init__(self, *args: Any, people: Sequence[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.people = list(people)
        self.fields["on"].label = "分户日期"
        self.fields["reason"] = remark("分户原因", required=True)
        for person in self.people:
            self.fields[f"goes_{person.pk}"] = forms.BooleanField(
                label=f"{person.name}分出",
                required=False,
                widget=forms.CheckboxInput(attrs={"aria-label": f"{person.name}分出"}),
            )
        self.fields["head"] = one_of("新户的户主", self.people)
        self.fields["remaining_head"] = one_of("原户的户主", self.people)
        old = next((one for one in self.people if one.is_head), None)
        self.initial["remaining_head"] = old.pk if old else None
        self.relate(self.people, "分户后与户主关系")

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [("办理", [self[name] for name in ("head", "remaining_head", "on", "reason")])]

    def rows(self) -> list[Any]:
        return [(person, field, self[f"goes_{person.pk}"]) for person, field in super().rows()]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        known = {one.pk: one for one in self.people}
        self.going = [one for one in self.people if asked.get(f"goes_{one.pk}")]
        self.staying = [one for one in self.people if one not in self.going]
        self.head: Any = known.get(asked.get("head") or 0)
        self.remaining_head: Any = known.get(asked.get("remaining_head") or 0)
        self.new_relations: dict[int, str] = {}
        if not self.going:
            self.add_error(None, "请勾选分出的成员")
        elif not self.staying:
            self.add_error(None, "分户后原户须留有成员；全家迁走的请办理转村")
        elif self.head is not None and self.head not in self.going:
            self.add_error("head", f"{self.head.name}没有勾选分出")
        elif self.remaining_head is not None and self.remaining_head not in self.staying:
            self.add_error("remaining_head", f"{self.remaining_head.name}要分出，原户须另定户主")
        elif self.head is not None and self.remaining_head is not None:
            self.new_relations = self.relations(self.head, self.going, self.people)
            if not self.remaining_head.is_head:
                self.new_relations |= self.relations(self.remaining_head, self.staying, self.people)
            else:
                self.new_relations |= {
                    one.pk: word
                    for one in self.staying
                    if (word := asked.get(f"relation_{one.pk}")) and one != self.remaining_head
                }
        return asked


class Merging(ActForm):
    """合户: every person of the other household comes in, or is a member here already; facts that differ are
    decided one by one."""

    reason = remark("合户原因", required=True)

    def __init__(
        self,
        *args: Any,
        other: Household,
        incoming: Sequence[Person],
        members: Sequence[Person],
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.other, self.incoming, self.own = other, list(incoming), list(members)
        self.fields["on"].label = "合户日期"
        self.fields["other"] = forms.CharField(widget=forms.HiddenInput, initial=other.number)
        self.fields["other_version"] = forms.IntegerField(
            widget=forms.HiddenInput, initial=other.version, min_value=0
        )
        alike = {(one.name, one.birth_date): one for one in self.own}
        for person in self.incoming:
            same = one_of(
                f"{person.name}与本户哪一个是同一人", self.own, required=False, empty="不是，转入本户"
            )
            twin = alike.get((person.name, person.birth_date))
            same.initial = twin.pk if twin else None
            self.fields[f"same_{person.pk}"] = same
            relation = words(f"{person.name}与本户户主关系", RELATIONS, required=False)
            if person.relation != HEAD:
                relation.initial = person.relation
            self.fields[f"relation_{person.pk}"] = relation
        self.differing = [name for name in CHOSEN if self._differs(name)]
        for name in self.differing:
            self.fields[f"take_{name}"] = forms.ChoiceField(
                label=label(self.household, name),
                choices=[
                    (OURS, f"本户：{self.said(self.household, name)}"),
                    (THEIRS, f"并入户：{self.said(other, name)}"),
                ],
                initial=OURS if getattr(self.household, name) not in (None, "", ()) else THEIRS,
                widget=forms.RadioSelect,
                error_messages={"required": "请选留哪一户的"},
            )

    def _differs(self, name: str) -> bool:
        return any(
            getattr(self.household, one) != getattr(self.other, one)
            for one in (name, *TOGETHER.get(name, ()))
        )

    @staticmethod
    def said(household: Household, name: str) -> str:
        """As the page shows it: numbers masked, unknown as 空."""
        values = []
        for one in (name, *TOGETHER.get(name, ())):
            value = getattr(household, one)
            values.append(MASKS[one](value) if one in MASKS else written(value))
        return "　".join(value for value in values if value) or "空"

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        found = [("办理", [self["on"], self["reason"]])]
        if self.differing:
            found.insert(0, ("两户不同的，留哪一户的", [self[f"take_{name}"] for name in self.differing]))
        return found

    def rows(self) -> list[Any]:
        return [(one, self[f"same_{one.pk}"], self[f"relation_{one.pk}"]) for one in self.incoming]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        self.same = {one.pk: asked[f"same_{one.pk}"] for one in self.incoming if asked.get(f"same_{one.pk}")}
        twins = list(self.same.values())
        self.new_relations = {}
        for person in self.incoming:
            name = f"same_{person.pk}"
            if person.pk in self.same:
                if twins.count(self.same[person.pk]) > 1:
                    self.add_error(name, "本户一个成员只能对应一个人")
                continue
            word = asked.get(f"relation_{person.pk}")
            if word:
                self.new_relations[person.pk] = word
            elif f"relation_{person.pk}" not in self.errors:
                self.add_error(f"relation_{person.pk}", f"请选{person.name}与本户户主的关系")
        return asked

    @property
    def taken(self) -> dict[str, Any]:
        """The other household's facts that stay."""
        return {
            one: getattr(self.other, one)
            for name in self.differing
            if self.cleaned_data[f"take_{name}"] == THEIRS
            for one in (name, *TOGETHER.get(name, ()))
        }
