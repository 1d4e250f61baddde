"""Form fields that several rooms use: what people type, and what their lists are narrowed by."""

import unicodedata
from typing import Any

from django import forms

from office.digit_runs import is_private, mask_digit_runs
from office.selects import PlainSelect


class HalfWidthChars(forms.CharField):
    """Full-width digits and letters are read as the half-width ones (an input method leaves them)."""

    def to_python(self, value: Any) -> str:
        return unicodedata.normalize("NFKC", super().to_python(value) or "").strip()


class SearchWord(HalfWidthChars):
    """A word of a list's address. Addresses stay in logs and histories, so no private number is looked up by one."""

    default_error_messages = {
        "private": "这里不用证件号码、电话和银行账号查找，请用页面顶端的“查找”",
        "min_length": "至少写两个字",
    }

    def validate(self, value: Any) -> None:
        super().validate(value)
        if is_private(value):
            raise forms.ValidationError(self.error_messages["private"], code="private")


class FreeText(forms.CharField):
    """Reasons and remarks, kept in the clear: a long number that somebody writes into them is masked (quality S2)."""

    def clean(self, value: Any) -> str:
        return mask_digit_runs(super().clean(value))


class Figures(forms.TextInput):
    """A number is typed as text: a browser's own field for numbers drops what is none, and the sentence beside it would
    speak of what is no longer there."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"inputmode": "numeric", "autocomplete": "off", **(attrs or {})})


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"class": "w8", "placeholder": "年-月-日", "autocomplete": "off"})
    default_error_messages = {"invalid": "日期认不出来，请写成 2018-11-20 这样"}

    def to_python(self, value: Any) -> Any:
        return super().to_python(unicodedata.normalize("NFKC", value) if isinstance(value, str) else value)


def choice(label: str, words: Any, width: str = "w6") -> forms.ChoiceField:
    """A select with 全部 in front; the words of a code list, or pairs."""
    pairs = [word if isinstance(word, tuple) else (word, word) for word in words]
    if pairs[0][0] != "":
        pairs.insert(0, ("", "全部"))
    field = forms.ChoiceField(
        label=label, choices=pairs, required=False, widget=PlainSelect(attrs={"class": width})
    )
    field.error_messages["invalid_choice"] = "没有“%(value)s”这一项"
    return field


def own_field() -> forms.ChoiceField:
    """Narrows a list of an area to what stands at the area itself, as a report's row 本级 counts it."""
    return choice("下级", [("", "含下级"), ("1", "只看本级")])


def year_field(label: str, *, required: bool = False) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=2000,
        max_value=2100,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": "年度应是四位数字",
            "min_value": "年度不能早于 2000",
            "max_value": "年度不能晚于 2100",
        },
    )


class Filter(forms.Form):
    """A list's conditions: the usual ones in sight, the `further` ones folded while they are not used."""

    further: tuple[str, ...] = ()

    @property
    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.further]

    @property
    def further_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.further]

    @property
    def unfolded(self) -> bool:
        return any(self.data.get(name) or name in self.errors for name in self.further)
