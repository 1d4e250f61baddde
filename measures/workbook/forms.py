"""Asking for a workbook of measures, and uploading one."""

import datetime
from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from households.workbook.forms import UploadForm
from measures.measure_forms import PolicyChoice, plannable, year_field
from measures.models import Policy
from measures.workbook import importing
from measures.workbook.eligible import TARGETS


class WorkbookForm(forms.Form):
    """Which policy, year and area; the areas are those where the user may enter measures."""

    use_required_attribute = False
    policy = PolicyChoice(
        label="政策",
        queryset=Policy.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs={"class": "w24"}),
        error_messages={"required": "请选一项政策", "invalid_choice": "这项政策现在不能登记"},
    )
    year = year_field()
    area = forms.ModelChoiceField(
        label="区划",
        queryset=Area.objects.none(),
        to_field_name="code",
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={
            "required": "请选区划",
            "invalid_choice": "没有这个区划，或者不在当前任职的区域内",
        },
    )

    def __init__(self, *args: Any, user: User, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        policies: Any = self.fields["policy"]
        policies.queryset = plannable(day, *TARGETS)
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(
            user.scope_of(Capability.MEASURE_EDIT).area_q(),
            valid_to__isnull=True,
            level__in=(Level.COUNTY, Level.TOWN, Level.VILLAGE),
        ).order_by("code")

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > self.day.year + 1:
            raise forms.ValidationError(f"年度不能晚于 {self.day.year + 1}")
        return year


class MeasureUpload(UploadForm):
    def applied_before(self, digest: str) -> bool:
        return importing.applied_before(digest)
