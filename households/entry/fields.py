"""Form fields of the entry sheet: numbered choices, 是/否 pairs, and personal data that comes back masked."""

import unicodedata
from collections.abc import Callable
from typing import Any

from django import forms
from django.db import models

from households.entry.widgets import Boxes, Buttons, Choice, Text
from households.forms import Day
from office.codes import CodeField, CodesField
from office.pii import mask_account, mask_id, mask_phone

# Select lists longer than nine are found by typing their number; shorter ones move on by themselves.
WIDTHS = {"phone": "w8", "address": "w24", "bank_account": "w18", "name": "w6", "villager_group": "w6"}


def mask_disease(value: str | None) -> str:
    """疾病名称 is not shown at all (fields.csv)."""
    return "****" if value else ""


MASKS: dict[str, Callable[[str | None], str]] = {
    "phone": mask_phone,
    "bank_account": mask_account,
    "id_number": mask_id,
    "disability_certificate": mask_id,
    "disease_name": mask_disease,
}


def half_width(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


class YesNo(forms.TypedChoiceField):
    """是 and 否 side by side; neither is unknown. Keys 1 and 0 as in the code list."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", Buttons(attrs={"class": "yes-no"}))
        super().__init__(
            choices=[("True", "是"), ("False", "否")],
            coerce=lambda text: text == "True",
            empty_value=None,
            required=False,
            **options,
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str("" if initial is None else initial) != str(data or "")


class Amount(forms.DecimalField):
    """Yuan, ㎡, 亩 or 公里: full-width digits and commas are read."""

    default_error_messages = {"invalid": "请填数字", "min_value": "不能为负数"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(half_width(value).replace(",", "") if isinstance(value, str) else value)


class Whole(forms.IntegerField):
    default_error_messages = {"invalid": "请填整数", "min_value": "不能为负数"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(half_width(value) if isinstance(value, str) else value)


def _numbered(words: tuple[str, ...]) -> list[tuple[str, str]]:
    """As on the paper form: the number in front, so that a key finds the word."""
    return [("", ""), *((word, f"{place} {word}") for place, word in enumerate(words, 1))]


def entry_field(field: models.Field, **options: Any) -> Any:
    """The form field of a model field, as the entry sheet shows it."""
    label, required = field.verbose_name, not field.blank
    if isinstance(field, models.BooleanField):
        return YesNo(label=label)
    if isinstance(field, CodesField):
        words = field.code_list.words
        return forms.TypedMultipleChoiceField(
            label=label,
            required=required,
            choices=[(word, f"{place} {word}") for place, word in enumerate(words, 1)],
            coerce=str,
            empty_value=(),  # type: ignore[arg-type]
            widget=Boxes,
        )
    if isinstance(field, CodeField):
        width = "w6" if max(map(len, field.code_list.words)) <= 4 else "w8"
        return forms.TypedChoiceField(
            label=label,
            required=required,
            choices=_numbered(field.code_list.words),
            coerce=str,
            initial=field.get_default() if field.has_default() else "",
            widget=Choice(attrs={"class": width, "data-numbered": len(field.code_list.words)}),
        )
    text = {"autocomplete": "off"}
    if isinstance(field, models.DecimalField):
        return Amount(
            label=label,
            required=False,
            min_value=0,
            max_digits=field.max_digits,
            decimal_places=field.decimal_places,
            widget=Text(attrs={**text, "class": "w6 n-in", "inputmode": "decimal"}),
        )
    if isinstance(field, models.IntegerField):
        return Whole(
            label=label,
            required=False,
            min_value=0,
            max_value=32767,
            widget=Text(attrs={**text, "class": "w4 n-in", "inputmode": "numeric"}),
        )
    if isinstance(field, models.DateField):
        return Day(label=label, required=required)
    made = field.formfield(**options)
    if made is not None and not isinstance(made, forms.ModelChoiceField):
        made.widget = Text(attrs={**text, "class": WIDTHS.get(field.name, "w8")})
        if field.name in ("phone", "bank_account"):
            made.widget.attrs["inputmode"] = "tel"
    return made


class Masked(forms.ModelForm):
    """A saved phone, account, number or disease is shown masked; the mask that comes back leaves it alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.kept = {name: getattr(self.instance, name) for name in MASKS if name in self.fields}
        for name, value in self.kept.items():
            self.initial[name] = MASKS[name](value)
        for field in self.fields.values():
            field.error_messages["required"] = "还没有填"

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, value in self.kept.items():
            typed = half_width(cleaned.get(name) or "")
            if name in cleaned:
                cleaned[name] = value if value and typed == MASKS[name](value) else typed
        return cleaned

    def untouched(self, name: str) -> bool:
        """The saved value came back as its mask."""
        return bool(self.kept[name]) and self.cleaned_data.get(name) == self.kept[name]

    def rows(self, names: tuple[str, ...]) -> list[forms.BoundField]:
        return [self[name] for name in names if name in self.fields]

    def opened(self, names: tuple[str, ...]) -> bool:
        """Folded fields are unfolded when one of them is wrong."""
        return any(name in self.errors for name in names) if self.is_bound else False
