"""Settling a year's assessment, and 一票否决 of a town."""

from typing import Any

from django import forms

from office.form_fields import FreeText


class SettleForm(forms.Form):
    use_required_attribute = False
    document = FreeText(
        label="审定文号",
        max_length=60,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
        error_messages={"required": "请填审定文号或会议日期", "max_length": "文号最多 60 个字"},
    )


class VetoForm(forms.Form):
    use_required_attribute = False
    vetoed = forms.BooleanField(label="一票否决", required=False)
    reason = FreeText(
        label="原因",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
        error_messages={"max_length": "原因最多 200 个字"},
    )

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        if asked.get("vetoed") and not asked.get("reason"):
            self.add_error("reason", "一票否决要写明原因")
        if not asked.get("vetoed"):
            asked["reason"] = ""
        return asked
