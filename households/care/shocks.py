"""Shocks (变故): entered when they happen, settled when they are over; an open one colours 黄 (domain §4)."""

from typing import Any

from django import forms

from households.care.forms import Care, care_field
from households.models import Shock
from office.days import written


class ShockForm(Care):
    class Meta:
        model = Shock
        formfield_callback = care_field
        fields = ("kind", "happened_on", "amount")

    layout = (("变故", ("kind", "happened_on", "amount")),)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = "造成支出或损失（元）"

    def clean_happened_on(self) -> Any:
        return self.not_later_than_today("happened_on")

    def clean_amount(self) -> Any:
        amount = self.cleaned_data["amount"]
        if amount is not None and amount < 0:
            raise forms.ValidationError("不能少于 0")
        return amount


class Settle(Care):
    class Meta:
        model = Shock
        formfield_callback = care_field
        fields = ("settled_on",)

    layout = (("消除变故", ("settled_on",)),)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["settled_on"].required = True
        self.initial["settled_on"] = self.day

    def clean_settled_on(self) -> Any:
        settled = self.not_later_than_today("settled_on")
        if settled is not None and settled < self.instance.happened_on:
            raise forms.ValidationError(f"不能早于发生日期（{written(self.instance.happened_on)}）")
        return settled
