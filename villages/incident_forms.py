"""Writing down an incident, reporting, handling and closing it; and what the list may be narrowed by."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from office.days import written
from office.form_fields import Day, Filter, FreeText, choice
from office.selects import PlainSelect
from villages.models.incident import (
    LONGEST,
    FoundBy,
    Incident,
    IncidentKind,
    IncidentLevel,
    IncidentQuerySet,
    IncidentState,
)

LATE, OPEN = "逾期", "未办结"
LONG = {"class": "w24", "autocomplete": "off"}
TEXT = {"rows": 4, "class": "wfull"}


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, area: Any) -> str:
        return f"　{area.name}" if area.level == Level.VILLAGE else str(area.name)


class IncidentForm(forms.ModelForm):
    use_required_attribute = False
    area = AreaChoice(
        label="发生地",
        queryset=Area.objects.none(),
        empty_label="请选择",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"required": "请选发生地", "invalid_choice": "这个区域不在当前任职的范围内"},
    )
    what = FreeText(
        label="情况",
        max_length=LONGEST,
        min_length=5,
        widget=forms.Textarea(attrs=TEXT),
        help_text="时间、地点、涉及的人和事，加密存放",
        error_messages={
            "required": "请写发生了什么",
            "min_length": "请把情况写清楚，至少 5 个字",
            "max_length": f"情况最多 {LONGEST} 个字",
        },
    )

    class Meta:
        model = Incident
        fields = ("area", "kind", "level", "found_by", "found_on", "what")
        field_classes = {"found_on": Day}
        widgets = {
            "kind": PlainSelect(attrs={"class": "w6"}),
            "level": forms.RadioSelect,
            "found_by": PlainSelect(attrs={"class": "w6"}),
        }
        error_messages = {
            "kind": {"required": "请选类别"},
            "level": {"required": "请选程度"},
            "found_by": {"required": "请选发现途径"},
            "found_on": {"required": "请填发现日期"},
        }

    def __init__(self, *args: Any, user: User, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        areas: Any = self.fields["area"]
        scope = user.scope_of(Capability.INCIDENT_REPORT)
        areas.queryset = Area.objects.filter(
            scope.area_q(), valid_to__isnull=True, level__in=(Level.COUNTY, Level.TOWN, Level.VILLAGE)
        ).order_by("code")
        level: Any = self.fields["level"]
        level.choices = IncidentLevel.choices

    def clean_found_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["found_on"]
        if day > self.day:
            raise ValidationError(f"发现日期不能晚于今天（{written(self.day)}）")
        if day.year < self.day.year - 2:
            raise ValidationError("发现日期太早，请核对")
        return day


class ReportForm(forms.Form):
    use_required_attribute = False
    note = FreeText(
        label="说明",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
        help_text="已经采取的措施",
        error_messages={"max_length": "说明最多 200 个字"},
    )


class HandleForm(forms.Form):
    use_required_attribute = False
    handler = FreeText(
        label="处置单位",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
        error_messages={"required": "请写处置的单位", "max_length": "处置单位最多 60 个字"},
    )
    close_by = Day(label="处置期限", error_messages={"required": "请填处置期限"})
    note = FreeText(
        label="处置办法",
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
        error_messages={"required": "请写怎么处置", "max_length": "处置办法最多 200 个字"},
    )

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day

    def clean_close_by(self) -> datetime.date:
        by: datetime.date = self.cleaned_data["close_by"]
        if by < self.day:
            raise ValidationError("处置期限不能早于今天")
        return by


class CloseForm(forms.Form):
    use_required_attribute = False
    result = FreeText(
        label="处置结果",
        max_length=LONGEST,
        widget=forms.Textarea(attrs=TEXT),
        error_messages={"required": "请写处置结果", "max_length": f"处置结果最多 {LONGEST} 个字"},
    )


class IncidentFilter(Filter):
    state = choice("状态", [("", "全部"), (OPEN, OPEN), (LATE, LATE), *IncidentState.choices], "w6")
    level = choice("程度", IncidentLevel.choices, "w4")
    kind = choice("类别", IncidentKind.choices, "w6")
    found_by = choice("发现途径", FoundBy.choices, "w6")

    def matching(self, rows: IncidentQuerySet, day: datetime.date) -> QuerySet:
        asked = self.cleaned_data
        found: Any = rows
        for name in ("level", "kind", "found_by"):
            if asked[name]:
                found = found.filter(**{name: asked[name]})
        if asked["state"] == LATE:
            return found.overdue(day)  # type: ignore[no-any-return]
        if asked["state"] == OPEN:
            return found.exclude(state=IncidentState.CLOSED)  # type: ignore[no-any-return]
        return found.filter(state=asked["state"]) if asked["state"] else found
