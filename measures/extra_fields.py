"""Form fields of what a policy asks beside the usual (measures.extras), put into any form of measures."""

from collections.abc import Mapping
from typing import Any

from django import forms

from measures import extras
from measures.extras import DATE, NUMBERS, TEXT, YES, Extra, Figures

WIDTHS = {TEXT: "w8", DATE: "w8"}


class ExtraField(forms.CharField):
    """One declared field; what was typed is read as data/extras.csv says."""

    def __init__(self, extra: Extra, *, needed: bool) -> None:
        self.extra = extra
        label = f"{extra.label}（{extra.unit}）" if extra.unit else extra.label
        super().__init__(
            label=label,
            required=needed,
            help_text=extra.hint,
            widget=_widget(extra),
            error_messages={"required": f"请填{extra.label}"},
        )

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return self.extra.read(typed)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def _widget(extra: Extra) -> forms.Widget:
    if extra.words:
        choices = [("", "请选择"), *((word, word) for word in extra.words)]
        return forms.Select(choices=choices, attrs={"class": "w4" if extra.kind == YES else "w8"})
    if extra.kind in NUMBERS:
        attrs = {"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}
        return forms.TextInput(attrs=attrs)
    hint = {"placeholder": "年-月-日"} if extra.kind == DATE else {}
    return forms.TextInput(attrs={"class": WIDTHS[extra.kind], "autocomplete": "off", **hint})


def put_into(form: Any, code: str, step: str, kept: Mapping[str, str] | None = None) -> None:
    """Adds the fields of the policy; `kept` is what the measure says already."""
    for one in extras.of(code):
        form.fields[one.name] = ExtraField(one, needed=one.needed_at(step))
        if kept and kept.get(one.key):
            form.initial.setdefault(one.name, kept[one.key])


def bound_fields(form: Any) -> list[forms.BoundField]:
    return [form[name] for name, field in form.fields.items() if isinstance(field, ExtraField)]


def keys_of(form: Any) -> list[str]:
    return [field.extra.key for field in form.fields.values() if isinstance(field, ExtraField)]


def values_of(form: Any) -> dict[str, str]:
    """What was filled in, by key, of a form that has been cleaned; empty fields are left out."""
    read = {
        field.extra.key: form.cleaned_data.get(name, "")
        for name, field in form.fields.items()
        if isinstance(field, ExtraField)
    }
    return {key: value for key, value in read.items() if value}


def check(form: Any, code: str, known: Figures) -> None:
    """Errors of values under or over their bounds, each at its field."""
    for key, said in extras.out_of_bounds(code, values_of(form), known).items():
        form.add_error(f"extras_{key}", said)
