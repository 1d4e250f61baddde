"""Sharing out a year's plan: what is asked for, and what is set for each town or village."""

from collections.abc import Sequence
from typing import Any

from django import forms

from audits.procedures import ListKind
from audits.targets import KINDS
from office.form_fields import Figures, FreeText
from office.selects import PlainSelect
from reporting.distribution import FIGURES, WORDS, Numbers, Place, Rule

LARGEST = 1_000_000
YEAR_WORDS = dict.fromkeys(("invalid", "min_value", "max_value"), "年度写四位数字")


def count_field(label: str, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=LARGEST,
        widget=Figures({"class": "w4 n-in"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "填 0 到 1000000 的整数"),
        **options,
    )


class AskForm(forms.Form):
    """Which year, kind and rule, and the whole where it is another than what was set or printed."""

    kind = forms.ChoiceField(
        label="事项", choices=[(one.value, one.label) for one in KINDS], required=False, widget=PlainSelect()
    )
    year = forms.IntegerField(
        label="年度",
        min_value=2010,
        max_value=2100,
        required=False,
        widget=Figures({"class": "w4"}),
        error_messages=YEAR_WORDS,
    )
    rule = forms.ChoiceField(label="分解办法", choices=Rule.choices, required=False, widget=PlainSelect())
    whole_households = count_field("总户数", required=False)
    whole_persons = count_field("总人数", required=False)
    whole_villages = count_field("总村数", required=False)

    @property
    def asked_kind(self) -> str:
        """Of a valid form."""
        return self.cleaned_data["kind"] or str(ListKind.HOUSEHOLD_EXIT)

    def typed_whole(self) -> Numbers | None:
        """The whole as it was typed; None unless all of its figures were."""
        typed = [self.cleaned_data[f"whole_{name}"] for name in FIGURES[self.asked_kind]]
        return None if None in typed else tuple(typed)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        homes, people = asked.get("whole_households"), asked.get("whole_persons")
        if homes is not None and people is not None and people < homes:
            self.add_error("whole_persons", "人数不能少于户数")
        return asked

    def shown_for(self, kind: str, **values: Any) -> "AskForm":
        """The fields of the kind with what is in force."""
        form = AskForm(initial={"kind": kind, **values})
        for name in WORDS:
            if name not in FIGURES[kind]:
                del form.fields[f"whole_{name}"]
        return form


class DistributionForm(forms.Form):
    """One field a figure of each place ("persons-17"), and why the parts do not come to the whole.

    `seen` is the newest figure set before the page was shown: who was slower is told so.
    """

    use_required_attribute = False
    reason = FreeText(
        label="与总数不符的说明",
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"max_length": "说明最多 120 个字"},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any,
        *,
        here: Sequence[Place],
        kind: str,
        whole: Numbers,
        proposed: Sequence[Numbers],
        seen: int,
    ) -> None:
        super().__init__(data, initial={"seen": seen})
        self.here, self.whole, self.proposed = here, whole, proposed
        self.figures = FIGURES[kind]
        for place, numbers in zip(here, proposed, strict=True):
            for name, number in zip(self.figures, numbers, strict=True):
                self.fields[f"{name}-{place.area.pk}"] = count_field(
                    f"{place.area.name}{WORDS[name]}数", required=True, initial=number
                )
                self.fields[f"{name}-{place.area.pk}"].error_messages["required"] = "没有填"

    def of(self, place: Place) -> list[Any]:
        return [self[f"{name}-{place.area.pk}"] for name in self.figures]

    def typed(self, place: Place) -> list[Any]:
        return [self.cleaned_data.get(f"{name}-{place.area.pk}") for name in self.figures]

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        for place in self.here:
            numbers = self.typed(place)
            for name, number, most in zip(self.figures, numbers, place.stock, strict=True):
                if number is not None and number > most:
                    self.add_error(
                        f"{name}-{place.area.pk}", f"{place.area.name}只有 {most} {WORDS[name]}，不能多于存量"
                    )
            if len(numbers) > 1 and None not in numbers and numbers[1] < numbers[0]:
                self.add_error(f"persons-{place.area.pk}", f"{place.area.name}的人数不能少于户数")
        if not self.errors and (gaps := self.gaps()) and not asked.get("reason"):
            self.add_error("reason", f"{gaps}；改到相等，或者写明原因")
        return asked

    def sums(self) -> Numbers:
        """Of a form all of whose figures could be read."""
        return tuple(map(sum, zip(*map(self.typed, self.here), strict=True)))

    def gaps(self) -> str:
        said = [
            f"各地合计 {total} {WORDS[name]}，总数 {whole} {WORDS[name]}，{'多' if total > whole else '少'} {abs(total - whole)}"
            for name, total, whole in zip(self.figures, self.sums(), self.whole, strict=True)
            if total != whole
        ]
        return "；".join(said)

    def by_hand(self) -> int:
        """How many places have another figure than was proposed."""
        return sum(
            self.typed(place) != list(numbers)
            for place, numbers in zip(self.here, self.proposed, strict=True)
        )
