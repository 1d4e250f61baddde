"""Entering the value of an indicator for a year, and what the plan prints of it."""

import datetime
from typing import Any

from django import forms

from villages.models.indicator import FIRST_YEAR, Indicator, IndicatorGoal

YEAR = {"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}
SHORT = {"class": "w8", "autocomplete": "off"}
NO_YEAR = "年度应是四位数字"


class ValueForm(forms.Form):
    """`instead_of` is the value that the page showed for the year, when it showed one."""

    use_required_attribute = False
    year = forms.IntegerField(
        label="年度",
        widget=forms.TextInput(attrs=YEAR),
        error_messages={"required": "请填年度", "invalid": NO_YEAR},
    )
    value = forms.DecimalField(
        label="数值",
        max_digits=14,
        decimal_places=4,
        min_value=0,
        widget=forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填数值",
            "invalid": "数值是数字，如 97.5",
            "min_value": "数值不能小于 0",
            "max_digits": "数值太大",
            "max_whole_digits": "数值太大",
            "max_decimal_places": "最多四位小数",
        },
    )
    note = forms.CharField(
        label="说明",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"max_length": "说明最多 100 个字"},
    )
    instead_of = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)

    def __init__(self, *args: Any, indicator: Indicator, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.indicator, self.day = indicator, day
        self.fields["value"].label = f"数值（{indicator.unit}）"
        self.initial.setdefault("year", day.year)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not FIRST_YEAR <= year <= self.day.year:
            raise forms.ValidationError(f"年度应在{FIRST_YEAR}到{self.day.year}之间")
        return year

    def clean_value(self) -> Any:
        value = self.cleaned_data["value"]
        if self.indicator.unit in ("％", "%") and self.indicator.name.endswith("率") and value > 100:
            raise forms.ValidationError("比率不能大于 100")
        return value

    @property
    def replaced(self) -> int | None:
        """The id of the value the page showed for the year; `instead_of` is `year:id` pairs."""
        for pair in self.cleaned_data["instead_of"].split(","):
            year, _, pk = pair.partition(":")
            if year == str(self.cleaned_data["year"]) and pk.isdecimal() and len(pk) < 18:
                return int(pk)
        return None


class GoalForm(forms.ModelForm):
    """What the plan prints, word for word."""

    use_required_attribute = False

    class Meta:
        model = IndicatorGoal
        fields = ("base_year", "base", "target_year", "target", "document", "place", "note")
        widgets = {
            "base_year": forms.TextInput(attrs=YEAR),
            "base": forms.TextInput(attrs=SHORT),
            "target_year": forms.TextInput(attrs=YEAR),
            "target": forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
            "document": forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
            "place": forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
            "note": forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        }
        help_texts = {"base": "照规划写", "target": "照规划写，如 100 或 基本完成"}
        error_messages = {
            name: {
                "required": "这一项要填",
                "invalid": NO_YEAR,
                "min_value": NO_YEAR,
                "max_value": NO_YEAR,
            }
            for name in ("base_year", "base", "target_year", "target", "document")
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("base_year", "target_year"):
            if cleaned.get(name) is not None and not 2000 <= cleaned[name] <= 2100:
                self.add_error(name, NO_YEAR)
        return cleaned
