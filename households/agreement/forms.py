"""Asking for a comparison (账账相符), and narrowing what it found."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from households.forms import Filter, choice
from households.models import DisagreementKind
from households.workbook.national_columns import national_columns
from office.uploads import most_bytes, too_big


class AgreementForm(forms.Form):
    """A national person sheet, and the ground whose households ought to stand in it."""

    area = forms.ModelChoiceField(
        label="核对范围",
        queryset=Area.objects.none(),
        to_field_name="code",
        help_text="这一范围里有、表里没有的户也列出来",
        error_messages={"invalid_choice": "没有这个区划，或者不在当前任职的区域内"},
    )
    file = forms.FileField(
        label="全国系统人口表",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"].help_text = f".xlsx，不超过 {settings.UPLOAD_MEGABYTES} MB"
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(
            user.scope_of(Capability.REGISTER_EDIT).area_q(),
            valid_to__isnull=True,
            level__in=(Level.COUNTY, Level.TOWN, Level.VILLAGE),
        ).order_by("code")

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > most_bytes():
            raise ValidationError(too_big())
        return file


class DisagreementFilter(Filter):
    """By kind, and by the column of the sheet; 户 and 成员 are whole ones that are missing."""

    kind = choice("类别", DisagreementKind.choices, "w8")
    title = choice("项目", ["户", "成员", *(column.header for column in national_columns())], "w8")

    def matching(self, rows: QuerySet) -> QuerySet:
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return rows.filter(**asked)
