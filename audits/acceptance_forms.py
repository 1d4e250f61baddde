"""Forms of the town team: who they were, the six items, and what was found in each home that was drawn."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from django import forms

from audits.act_forms import NOT_FILLED, reason, yes_no
from audits.models.acceptance import ITEMS, SMALLEST_TEAM
from audits.panels.acceptance import Home
from audits.seen import SeenForm
from office.days import written
from office.form_fields import Day, FreeText

PART = re.compile(r"[、，,;；\s]+")
LONGEST_NAME = 20


class VisitsForm(SeenForm):
    """Three fields a home, named by its entry; `visits` are what was found, as the machine takes it."""

    def __init__(
        self, data: Any = None, *, homes: Sequence[Home], day: datetime.date, **options: Any
    ) -> None:
        super().__init__(data, **options)
        self.homes, self.day = homes, day
        for home in homes:
            on, confirmed, finding = self._names(home)
            self.fields[on] = Day(label="入户日期", error_messages={"required": NOT_FILLED})
            self.fields[confirmed] = yes_no("情况", (("yes", "属实"), ("no", "不属实")))
            self.fields[finding] = FreeText(
                label="入户情况",
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2, "class": "w24"}),
                error_messages={"required": NOT_FILLED},
            )

    @staticmethod
    def _names(home: Home) -> tuple[str, str, str]:
        return tuple(f"home-{home.entry.pk}-{part}" for part in ("on", "confirmed", "finding"))  # type: ignore[return-value]

    @property
    def rows(self) -> list[tuple[Home, list[forms.BoundField]]]:
        return [(home, [self[name] for name in self._names(home)]) for home in self.homes]

    @property
    def visits(self) -> list[tuple[Any, datetime.date, bool, str]]:
        return [
            (home.entry, *(self.cleaned_data[name] for name in self._names(home)))  # type: ignore[misc]
            for home in self.homes
        ]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        for home in self.homes:
            on = self._names(home)[0]
            if asked.get(on) and asked[on] > self.day:
                self.add_error(on, f"不能晚于今天（{written(self.day)}）")
        return asked


class AcceptanceForm(VisitsForm):
    team = FreeText(
        label="验收组成员",
        max_length=200,
        help_text=f"至少{SMALLEST_TEAM}人，姓名之间用顿号隔开",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": NOT_FILLED},
    )
    note = reason("说明", longest=500, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, word in ITEMS.items():
            self.fields[name] = yes_no(word, (("yes", "符合"), ("no", "不符合")))

    @property
    def items(self) -> list[forms.BoundField]:
        return [self[name] for name in ITEMS]

    def clean_team(self) -> list[str]:
        names = list(dict.fromkeys(part for part in PART.split(self.cleaned_data["team"]) if part))
        if len(names) < SMALLEST_TEAM:
            raise forms.ValidationError(f"验收组须有{SMALLEST_TEAM}名以上成员署名")
        if any(len(name) > LONGEST_NAME for name in names):
            raise forms.ValidationError("姓名太长，请用顿号隔开各人")
        return names
