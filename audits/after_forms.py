"""Forms of what comes after an exit: a sample and its visits, why help stopped, 回退 and 返贫 of a household."""

import datetime
from typing import Any

from django import forms

from areas.models import Area, Level
from audits.models.lookback import PLACES, Result
from households.poverty import NATIONAL, PROVINCIAL
from office.form_fields import Day, FreeText, year_field
from office.selects import PlainSelect

WHOLE = {"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}
LINE = {"class": "w24", "autocomplete": "off"}
WITHIN = datetime.timedelta(days=60)


def _whole(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        widget=forms.TextInput(attrs=WHOLE),
        error_messages={
            "invalid": "填整数",
            "min_value": "至少是 1",
            "max_value": f"不能超过 {most}",
        },
    )


class DrawForm(forms.Form):
    """A share or a number of the exits of a year; `areas` are those the user may draw in."""

    area = forms.ModelChoiceField(
        label="抽样范围",
        queryset=Area.objects.none(),
        empty_label=None,
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "没有这个镇街或区县", "required": "请选择范围"},
    )
    year = year_field("退出年度", required=True)
    percent = _whole("抽样比例（%）", 100)
    count = _whole("抽样户数", 10_000)
    visitor = FreeText(label="走访人", required=False, max_length=80, widget=forms.TextInput(attrs=LINE))
    due_on = Day(label="完成期限", error_messages={"required": "请填完成期限"})

    def __init__(self, data: Any = None, *, areas: Any, day: datetime.date) -> None:
        start = {"year": day.year - 1, "percent": 10, "due_on": day + WITHIN}
        super().__init__(data, initial=start)
        self.fields["area"].queryset = areas.filter(level__in=PLACES)  # type: ignore[attr-defined]
        self.fields["area"].label_from_instance = _named  # type: ignore[attr-defined]
        self.fields["percent"].help_text = "比例和户数只填一项"

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or {}
        if not self.errors and (asked.get("percent") is None) == (asked.get("count") is None):
            self.add_error("percent", "比例和户数填一项，不能都填，也不能都空")
        return asked


def _named(area: Area) -> str:
    return f"全{area.name[-1]}　{area.name}" if area.level == Level.COUNTY else area.name


class VisitForm(forms.Form):
    visited_on = Day(label="走访日期", error_messages={"required": "请填走访日期"})
    visitor = FreeText(
        label="走访人",
        max_length=80,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "请写明走访人"},
    )
    result = forms.ChoiceField(
        label="结论",
        choices=Result.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择结论", "invalid_choice": "没有这个结论"},
    )
    finding = FreeText(
        label="走访情况",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "class": "w24"}),
        error_messages={"required": "请写明走访情况"},
    )


class NoteForm(forms.Form):
    reason = FreeText(
        label="停止的原因",
        max_length=200,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "请写明停止的原因"},
    )


class ReverseForm(forms.Form):
    """回退: why, and the document that it rests on."""

    reason = FreeText(
        label="回退的事由",
        max_length=200,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "请写明回退的事由"},
    )
    document = FreeText(
        label="依据文件",
        max_length=200,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "请写明依据的文件名称和文号"},
    )
    file = forms.FileField(
        label="依据扫描件",
        allow_empty_file=True,
        error_messages={"required": "请选择依据的扫描件（照片或 PDF）"},
    )


class ReturnForm(forms.Form):
    """返贫: why, and under which standard it is poor again."""

    reason = FreeText(
        label="返贫的事由",
        max_length=200,
        widget=forms.TextInput(attrs=LINE),
        error_messages={"required": "请写明返贫的事由"},
    )
    standard = forms.ChoiceField(
        label="返贫识别标准",
        choices=[(word, word) for word in (PROVINCIAL, NATIONAL)],
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"required": "请选择识别标准", "invalid_choice": "没有这个标准"},
    )
