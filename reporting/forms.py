"""The one form of the reports page."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from reporting.definitions import DEFINITIONS
from reporting.report import ReportRefused, Request

MANY = 40


class ReportForm(forms.Form):
    """Which report, of which year and area, as known on which day; areas only from the user's scope."""

    kind = forms.ChoiceField(label="报表", error_messages={"invalid_choice": "没有这种报表"})
    year = forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"class": "w4"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "年度写四位数字"),
    )
    area = forms.ModelChoiceField(
        label="区划",
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个区划，或者不在当前任职的区域内"},
    )
    as_of = forms.DateField(
        label="统计截止",
        widget=forms.DateInput(
            format="%Y-%m-%d", attrs={"class": "w8", "placeholder": "2018-11-20", "autocomplete": "off"}
        ),
        error_messages={"invalid": "日期写成 2018-11-20 的样子"},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        areas: ScopedQuerySet,
        today: datetime.date,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        self.today = today
        kinds: Any = self.fields["kind"]
        kinds.choices = [(one.kind, one.title) for one in DEFINITIONS.values()]
        field: Any = self.fields["area"]
        field.queryset = areas
        field.widget.choices = [(area.code, area.name) for area in self._offered(areas)]

    def _offered(self, areas: ScopedQuerySet) -> list[Area]:
        """Where villages are many the list has only the areas above them, and the one that is asked for."""
        open_areas = areas.filter(valid_to__isnull=True).order_by("code")
        offered = list(open_areas[: MANY + 1])
        if len(offered) > MANY:
            offered = list(open_areas.exclude(level=Level.VILLAGE))
        asked = self.data.get("area") or self.initial.get("area")
        if asked and asked not in {area.code for area in offered}:
            offered += areas.filter(code=asked, valid_to__isnull=True)
        return offered

    def clean_as_of(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(f"统计截止不能晚于今天（{self.today:%Y-%m-%d}）")
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"kind", "year", "area", "as_of"} <= found.keys():
            request = Request(area=found["area"], year=found["year"], as_of=found["as_of"])
            try:
                DEFINITIONS[found["kind"]].check(request)
            except ReportRefused as refusal:
                self.add_error("year", str(refusal))
        return found
