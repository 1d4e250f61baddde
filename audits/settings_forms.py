"""Forms of what a county sets: adjustment windows, notice days and open questions of the criteria, targets."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from areas.models import Area
from audits import cases, continued
from audits.procedures import TABLES
from audits.setting_names import DAYS, names
from office.form_fields import Day, Figures

# Of what comes after an exit (audits/continued.py).
TERMS = {"policy_years": continued.YEARS, "subsistence_months": continued.MONTHS}


def default(kind: str, name: str) -> Decimal | int:
    """What holds where the county has set nothing."""
    if name.startswith(DAYS):
        posting = TABLES[kind][-1][name.removeprefix(DAYS)].posting
        return posting.days if posting is not None else 0
    if name in TERMS:
        return TERMS[name]
    return Decimal(getattr(cases.RULES, name))


class OfCounty(forms.Form):
    county = forms.ModelChoiceField(Area.objects.none(), label="区县", empty_label=None)

    def __init__(self, data: Any = None, *, counties: Sequence[Area], **more: Any) -> None:
        super().__init__(data, **more)
        field: Any = self.fields["county"]
        field.queryset = Area.objects.filter(pk__in=[county.pk for county in counties])
        field.label_from_instance = lambda area: area.name
        if len(counties) == 1:
            field.initial = counties[0].pk
            field.widget = forms.HiddenInput()


class WindowForm(OfCounty):
    opens_on = Day(label="开放日期")
    closes_on = Day(label="关闭日期")
    source = forms.CharField(
        label="依据", max_length=200, widget=forms.TextInput({"class": "w24"}), help_text="通知的文号或名称"
    )


class SettingForm(OfCounty):
    setting = forms.ChoiceField(label="设置项", choices=lambda: list(names().items()))
    value = forms.DecimalField(
        label="值",
        max_digits=6,
        decimal_places=2,
        min_value=0,
        widget=Figures({"class": "w4", "inputmode": "decimal"}),
    )
    from_on = Day(label="启用日期", help_text="这天起开的名单用新值，已开的不变")

    def __init__(self, data: Any = None, *, day: datetime.date, **more: Any) -> None:
        super().__init__(data, **more)
        self.day = day

    def clean_from_on(self) -> datetime.date:
        from_on: datetime.date = self.cleaned_data["from_on"]
        if from_on < self.day:
            raise ValidationError("启用日期不能早于今天")
        return from_on
