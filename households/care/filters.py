"""What the lists of this room may be narrowed by."""

from typing import Any

from django import forms
from django.conf import settings

from households.codes import CODES
from office.form_fields import SearchWord

OPEN, REMOVED = "在监测", "已消除"
PAIRED = "paired"
SAID = {
    "invalid": "请填整数",
    "min_value": "不能小于 %(limit_value)s",
    "max_value": "不能大于 %(limit_value)s",
}


def _words(label: str, words: tuple[str, ...]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[("", "全部"), *((word, word) for word in words)],
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )


def _count(label: str, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=SAID,
    )


class WithHelper(forms.Form):
    """Households that are owed help: without a helper, or those with one."""

    state = forms.ChoiceField(
        label="帮扶责任人",
        required=False,
        choices=[("", "没有"), (PAIRED, "已有")],
        widget=forms.Select(attrs={"class": "w4"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )


class VisitedSince(forms.Form):
    days = _count("天数", 3660)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].widget.attrs["placeholder"] = str(settings.VISIT_DAYS)


class HelperLoad(forms.Form):
    q = SearchWord(
        label="责任人姓名",
        required=False,
        min_length=2,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    least = _count("至少户数", 1000)


class WatchFilter(forms.Form):
    kind = _words("类别", CODES["watch_kind"].words)
    risk = _words("风险", CODES["watch_risk"].words)
    open = _words("监测状态", (OPEN, REMOVED))

    def matching(self, watches: Any) -> Any:
        asked = self.cleaned_data
        if asked["kind"]:
            watches = watches.filter(kind=asked["kind"])
        if asked["risk"]:
            watches = watches.filter(risks__holds=asked["risk"])
        if asked["open"]:
            watches = watches.filter(risk_removed=asked["open"] == REMOVED)
        return watches
