"""Asking for a workbook, and uploading one."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from households.workbook import importing
from households.workbook.comparing import FIRST_YEAR
from office.uploads import most_bytes, too_big


class WorkbookForm(forms.Form):
    """Which area and year; the areas are those where the user may change the register."""

    area = forms.ModelChoiceField(
        label="区划",
        queryset=Area.objects.none(),
        to_field_name="code",
        error_messages={"invalid_choice": "没有这个区划，或者不在当前任职的区域内"},
    )
    year = forms.TypedChoiceField(label="采集年度", coerce=int)

    def __init__(self, *args: Any, user: User, this_year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(
            user.scope_of(Capability.REGISTER_EDIT).area_q(),
            valid_to__isnull=True,
            level__in=(Level.COUNTY, Level.TOWN, Level.VILLAGE),
        ).order_by("code")
        years: Any = self.fields["year"]
        years.choices = [(year, f"{year}年") for year in range(this_year, FIRST_YEAR - 1, -1)]


class UploadForm(forms.Form):
    """A workbook that was filled in; `applied_before` says whether the same file was written once already."""

    file = forms.FileField(
        label="填好的工作簿",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.content = user, b""
        self.fields["file"].help_text = f".xlsx，不超过 {settings.UPLOAD_MEGABYTES} MB"

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > most_bytes():
            raise ValidationError(too_big())
        self.content = file.read()
        if self.applied_before(importing.checksum(self.content)):
            raise ValidationError(importing.ALREADY)
        return file

    def applied_before(self, digest: str) -> bool:
        return importing.applied_before(self.user, digest)
