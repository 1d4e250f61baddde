"""Form fields for money, percent, years and keys of projects: what people type, refused in plain words."""

import unicodedata
import uuid
from decimal import Decimal
from typing import Any

from django import forms

from measures.measure_forms import MONEY, WHOLE
from office.pii import as_searched

MOST = Decimal("9999999999.99")
ACCOUNT_DIGITS = range(8, 31)


def half_width(value: Any) -> Any:
    return unicodedata.normalize("NFKC", value).strip() if isinstance(value, str) else value


class Yuan(forms.DecimalField):
    """A sum in yuan to the cent. Full-width digits, commas and 元 are read; 1e308, NaN and ∞ are not."""

    default_error_messages = {
        "required": "请填金额",
        "invalid": "金额是数字，如 28532500 或 360.50",
        "min_value": "金额不能小于 0",
        "positive": "金额要大于 0",
        "too_much": "金额太大，最多一百亿元",
        "max_decimal_places": "金额最多两位小数，精确到分",
    }

    def __init__(self, *, positive: bool = True, **options: Any) -> None:
        self.positive = positive
        options.setdefault("widget", forms.TextInput(attrs=MONEY))
        super().__init__(min_value=Decimal(0), decimal_places=2, **options)

    def to_python(self, value: Any) -> Any:
        text = half_width(value)
        if isinstance(text, str):
            text = text.replace(",", "").replace(" ", "").removesuffix("元").removeprefix("¥")
            # 1e3 is nobody's way of writing money.
            if text and not text.lstrip("+-").replace(".", "", 1).isdigit():
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is None:
            return
        if abs(value) > MOST:
            raise forms.ValidationError(self.error_messages["too_much"], code="too_much")
        if self.positive and value == 0:
            raise forms.ValidationError(self.error_messages["positive"], code="positive")

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(initial, half_width(data))


class WholeNumber(forms.IntegerField):
    """A whole number; full-width digits are read."""

    def __init__(self, *, low: int = 0, high: int, **options: Any) -> None:
        label = options.get("label", "")
        options.setdefault("widget", forms.TextInput(attrs=WHOLE))
        super().__init__(
            min_value=low,
            max_value=high,
            error_messages={
                "required": f"请填{label}",
                **dict.fromkeys(("invalid", "min_value", "max_value"), f"{label}是 {low} 到 {high} 的整数"),
            },
            **options,
        )

    def to_python(self, value: Any) -> int | None:
        return super().to_python(half_width(value))


class Account(forms.CharField):
    """A bank account: digits, read in whatever width they were typed; never shown back in full."""

    def __init__(self, **options: Any) -> None:
        attrs = {"class": "w18", "autocomplete": "off", "inputmode": "numeric"}
        super().__init__(widget=forms.TextInput(attrs=attrs), max_length=60, **options)

    def clean(self, value: Any) -> str:
        number = as_searched(super().clean(value) or "")
        if number and not (number.isascii() and number.isdigit() and len(number) in ACCOUNT_DIGITS):
            raise forms.ValidationError("账号是 8 到 30 位数字")
        return number


class Once(forms.UUIDField):
    """The form's own key: sent twice it is one act."""

    def __init__(self) -> None:
        super().__init__(
            widget=forms.HiddenInput,
            initial=uuid.uuid4,
            error_messages={"required": "请重新打开这一页再登记", "invalid": "请重新打开这一页再登记"},
        )


class Seen(forms.IntegerField):
    """Which state of the record the form was filled in over."""

    def __init__(self) -> None:
        super().__init__(
            min_value=0,
            max_value=2**31 - 1,
            widget=forms.HiddenInput,
            error_messages=dict.fromkeys(
                ("required", "invalid", "min_value", "max_value"), "请重新打开这一页再办"
            ),
        )
