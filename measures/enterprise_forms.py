"""The form of an enterprise."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from measures.models import Enterprise
from office.form_fields import HalfWidthChars


class EnterpriseForm(forms.ModelForm):
    use_required_attribute = False

    class Meta:
        model = Enterprise
        fields = ("name", "kind", "area", "credit_code", "business", "poor_employed", "lifted", "closed")
        field_classes = {"name": HalfWidthChars, "credit_code": HalfWidthChars, "business": HalfWidthChars}
        widgets = {
            "name": forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
            "kind": forms.Select(attrs={"class": "w6"}),
            "area": forms.Select(attrs={"class": "w8"}),
            "credit_code": forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
            "business": forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
            "poor_employed": forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric"}),
            "lifted": forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric"}),
        }
        error_messages = {
            "name": {"required": "请填名称"},
            "kind": {"required": "请选类型"},
            "area": {
                "required": "请选所在镇村",
                "invalid_choice": "没有这个区划，或者不在当前任职的区域内",
            },
            **dict.fromkeys(
                ("poor_employed", "lifted"), {"invalid": "人数应是整数", "min_value": "人数不能小于 0"}
            ),
        }

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(
            user.scope_of(Capability.MEASURE_EDIT).area_q(),
            valid_to__isnull=True,
            level__in=(Level.TOWN, Level.VILLAGE),
        ).order_by("code")
        areas.label_from_instance = lambda area: area.name

    def clean_credit_code(self) -> str:
        return str(self.cleaned_data["credit_code"]).upper()
