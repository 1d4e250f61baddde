"""What the forms of this room share: fields of the register as a telephone shows them, laid out in sheets."""

import datetime
from typing import Any

from django import forms
from django.db import models

from households.entry.fields import entry_field
from households.models import Household
from office.codes import CodeField, CodesField
from office.days import written
from office.pii import EncryptedTextField

NOT_FILLED = "还没有填"


def care_field(field: models.Field, **options: Any) -> Any:
    """Choices side by side, long texts in an area; the rest as on the entry sheet."""
    if isinstance(field, CodeField | CodesField):
        made = field.formfield(**options)
    elif isinstance(field, models.TextField) and not isinstance(field, EncryptedTextField):
        made = field.formfield(widget=forms.Textarea(attrs={"rows": 4, "class": "wfull"}), **options)
    else:
        made = entry_field(field, **options)
        if isinstance(field, models.BooleanField):
            made.required = not field.null
    made.error_messages["required"] = NOT_FILLED
    return made


class Care(forms.ModelForm):
    """A form about one household on the office day. `sheets` are (heading, fields) in reading order."""

    layout: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __init__(self, *args: Any, household: Household, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.household, self.day = household, day

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def not_later_than_today(self, name: str) -> Any:
        """The cleaned day; nothing is recorded before it has happened."""
        value = self.cleaned_data.get(name)
        if value is not None and value > self.day:
            raise forms.ValidationError(f"不能晚于今天（{written(self.day)}）")
        return value
