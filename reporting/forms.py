"""The forms of the reports page and of the schedules."""

import datetime
from collections.abc import Mapping
from typing import Any

from django import forms

from areas.models import Area, Level
from areas.scope import ScopedQuerySet
from office.days import written
from office.form_fields import Day, Figures
from reporting import nesting
from reporting.definitions import DEFINITIONS
from reporting.models.schedule import AT_A_TIME
from reporting.report import ReportRefused, Request
from reporting.rhythm import WORDS, over

MANY = 40


def offered(areas: ScopedQuerySet, asked: str | None) -> list[Area]:
    """Where villages are many the list has only the areas above them, and the one that is asked for."""
    open_areas = areas.filter(valid_to__isnull=True).order_by("code")
    found = list(open_areas[: MANY + 1])
    if len(found) > MANY:
        found = list(open_areas.exclude(level=Level.VILLAGE))
    if asked and asked not in {area.code for area in found}:
        found += areas.filter(code=asked, valid_to__isnull=True)
    return found


def nested_field() -> forms.BooleanField:
    return forms.BooleanField(label="再列下一级（县的表在镇下列村）", required=False)


class KindAndAreaForm(forms.Form):
    """Which report, of which area; areas only from the user's scope."""

    kind = forms.ChoiceField(label="报表", error_messages={"invalid_choice": "没有这种报表"})
    area = forms.ModelChoiceField(
        label="区划",
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个区划，或者不在当前任职的区域内"},
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
        field.queryset = self.among(areas)
        asked = self.data.get("area") or self.initial.get("area")
        field.widget.choices = [(area.code, area.name) for area in offered(areas, asked)]

    def among(self, areas: ScopedQuerySet) -> ScopedQuerySet:
        """Those that may be asked for: of a closed area too there are figures."""
        return areas


class ReportForm(KindAndAreaForm):
    """Which report, of which year and area, as known on which day."""

    field_order = ["kind", "year", "area", "as_of", "nested"]

    year = forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2100,
        widget=Figures({"class": "w4"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), "年度写四位数字"),
    )
    as_of = Day(label="统计截止")
    nested = nested_field()

    def clean_as_of(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["as_of"]
        if day > self.today:
            raise forms.ValidationError(f"统计截止不能晚于今天（{written(self.today)}）")
        return day

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if {"kind", "year", "area", "as_of"} <= found.keys():
            request = Request(found["area"], found["year"], found["as_of"], nested=found["nested"])
            try:
                nesting.check(DEFINITIONS[found["kind"]], request)
            except ReportRefused as refusal:
                self.add_error("year", str(refusal))
        return found


class ScheduleForm(KindAndAreaForm):
    """Which report, of which area, how often, and from which period on."""

    rhythm = forms.ChoiceField(
        label="多久一次",
        choices=[(key.value, word) for key, word in WORDS.items()],
        error_messages={"invalid_choice": "选每月、每季或每年"},
    )
    since = Day(label="从哪天所在的一期起", help_text="已经过去的各期马上补上")
    nested = nested_field()

    def among(self, areas: ScopedQuerySet) -> ScopedQuerySet:
        """A closed area has no periods to come."""
        return areas.filter(valid_to__isnull=True)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("nested") and {"kind", "area"} <= found.keys():
            try:
                nesting.must_nest(DEFINITIONS[found["kind"]], found["area"])
            except ReportRefused as refusal:
                self.add_error("nested", str(refusal))
        if {"rhythm", "since"} <= found.keys():
            if found["since"] > self.today:
                self.add_error("since", f"不能晚于今天（{written(self.today)}）")
            elif sum(1 for _ in over(found["rhythm"], found["since"], self.today)) > AT_A_TIME:
                self.add_error("since", f"最多补{AT_A_TIME}期，请选晚一些的日期")
        return found
