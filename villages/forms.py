"""Forms of villages. Field names are the model's; widths are by what is expected (look §6)."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from django import forms
from django.db import models

from office.codes import CodesField
from office.pii import mask_phone
from villages.models import Village, VillageYear
from villages.models.village_year import GROUPS, UNITS


class YesNoField(forms.TypedChoiceField):
    """是 or 否 as buttons; nothing chosen is unknown, not 否."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("choices", [("True", "是"), ("False", "否"), ("", "未填")])
        options.setdefault("widget", forms.RadioSelect)
        super().__init__(coerce=lambda text: text == "True", empty_value=None, **options)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return str("" if initial is None else initial) != str(data or "")


def form_field(field: models.Field, **options: Any) -> Any:
    """The form field of a model field, with its width."""
    if isinstance(field, models.BooleanField):
        return YesNoField(label=field.verbose_name, required=False, help_text=field.help_text)
    made = field.formfield(**options)
    if made is None or isinstance(field, CodesField):
        return made
    if isinstance(field, models.DecimalField | models.IntegerField):
        # A text box with the phone's number keys: a number box throws away what it cannot read.
        made.widget = forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "decimal"})
    elif isinstance(made.widget, forms.Textarea):
        made.widget.attrs.update({"class": "w24", "rows": 4})
    elif isinstance(made.widget, forms.TextInput):
        made.widget.attrs["class"] = "w24" if (field.max_length or 0) > 40 else "w8"
    return made


class StaffForm(forms.ModelForm):
    class Meta:
        model = Village
        fields = [
            "kind",
            "deep_poverty_village",
            "village_officer",
            "village_officer_phone",
            "information_officer",
            "helping_unit",
            "village_council",
        ]
        formfield_callback = form_field

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.phone = self.instance.village_officer_phone
        if self.phone:
            self.initial["village_officer_phone"] = mask_phone(self.phone)
            self.fields["village_officer_phone"].help_text = "已加密保存，改动时重新输入"

    def clean_village_officer_phone(self) -> str:
        """The masked number that comes back unchanged means: leave it alone."""
        typed = unicodedata.normalize("NFKC", self.cleaned_data["village_officer_phone"]).strip()
        return self.phone if self.phone and typed == mask_phone(self.phone) else typed


class YearForm(forms.ModelForm):
    ALREADY = "该村这一年度已经填过，请直接修改"

    class Meta:
        model = VillageYear
        fields = ["year", *(name for names in GROUPS.values() for name in names)]
        formfield_callback = form_field

    def __init__(self, *args: Any, until: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.until = until
        if self.instance.pk:
            del self.fields["year"]

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if year > self.until:
            raise forms.ValidationError(f"还没有到 {year} 年")
        if VillageYear.objects.filter(village=self.instance.village_id, year=year).exists():
            raise forms.ValidationError(self.ALREADY)
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._part("subsistence_households", "households")
        self._part("subsistence_persons", "population")
        return cleaned

    def groups(self) -> Iterator[tuple[str, list[tuple[forms.BoundField, str]]]]:
        """Title, then (field, unit) in the order of the page."""
        for title, names in GROUPS.items():
            yield title, [(self[name], UNITS.get(name, "")) for name in names]

    def _part(self, name: str, whole: str) -> None:
        part, of = self.cleaned_data.get(name), self.cleaned_data.get(whole)
        if part is not None and of is not None and part > of:
            self.add_error(name, f"不能多于{self.fields[whole].label}（{of}）")
