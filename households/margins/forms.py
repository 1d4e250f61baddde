"""The form by which a county sets the margins of its colours."""

import datetime
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms

from areas.models import Area
from areas.scope import AreaScope
from households import colours
from households.acts.forms import NOT_FILLED, remark
from households.forms import Day
from office.days import written


class Multiple(forms.DecimalField):
    """How many times the line."""

    def __init__(self, label: str, help_text: str) -> None:
        super().__init__(
            label=label,
            help_text=help_text,
            min_value=Decimal(1),
            max_value=Decimal(5),
            decimal_places=2,
            widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "decimal", "autocomplete": "off"}),
            error_messages={
                "required": NOT_FILLED,
                "invalid": "请填数字，如 1.1",
                "min_value": "不能小于 1：标准以下就是红",
                "max_value": "不能大于 5",
                "max_decimal_places": "最多两位小数",
            },
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(unicodedata.normalize("NFKC", value).strip() if value else value)


class FactorsForm(forms.Form):
    """`counties` are those whose margins the user may set."""

    fringe = Multiple("橙色边缘", "在册户人均纯收入高于标准、不超过标准的这个倍数，是橙；再高的注明待退出")
    watched = Multiple("黄色警戒", "退出户在年限内，人均纯收入低于标准的这个倍数，是黄")
    years = forms.IntegerField(
        label="退出后看收入的年数",
        min_value=0,
        max_value=20,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": NOT_FILLED,
            "invalid": "请填整数",
            "min_value": "不能小于 0",
            "max_value": "不能大于 20",
        },
    )
    from_on = Day(label="起用日期", error_messages={"required": NOT_FILLED})
    source = remark("依据", required=True, help_text="文件名称和文号")

    def __init__(self, *args: Any, counties: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.day = day
        self.fields["county"] = forms.ModelChoiceField(
            counties,
            label="区县",
            empty_label=None if len(counties) == 1 else "",
            widget=forms.Select(attrs={"class": "w8"}),
            error_messages={"required": NOT_FILLED, "invalid_choice": "不在当前任职的区域内"},
        )
        self.order_fields(["county"])
        self.initial.setdefault("from_on", day)

    def clean_from_on(self) -> datetime.date:
        """What was judged before stays judged."""
        from_on: datetime.date = self.cleaned_data["from_on"]
        if from_on < self.day:
            raise forms.ValidationError(f"不能早于今天（{written(self.day)}）：以前的判定不变")
        return from_on

    @property
    def factors(self) -> colours.Factors:
        asked = self.cleaned_data
        return colours.Factors(asked["fringe"], asked["watched"], asked["years"])


def counties_of(scope: AreaScope) -> Any:
    """The counties that a scope covers whole."""
    return Area.objects.filter(level="county", pk__in=scope.counties, valid_to__isnull=True).order_by("code")
