"""Sending a list, narrowing what it left, and settling one difference."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Area, Level
from measures.departments.kinds import KINDS, of_units
from measures.models import DifferenceKind, Settled
from office.days import written
from office.form_fields import Day, Filter, FreeText, choice
from office.uploads import most_bytes, too_big

WORDS = ("一致", "不一致", "未匹配")
ALL = "all"


class ListForm(forms.Form):
    """A list of one kind, and the ground whose people ought to stand in it."""

    use_required_attribute = False
    kind = forms.ChoiceField(
        label="名单",
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"required": "请选名单的种类", "invalid_choice": "这种名单不由本部门报送"},
    )
    area = forms.ModelChoiceField(
        label="名单范围",
        queryset=Area.objects.none(),
        to_field_name="code",
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={
            "required": "请选名单的范围",
            "invalid_choice": "没有这个区划，或者不在当前任职的区域内",
        },
    )
    as_on = Day(label="名单日期", error_messages={"required": "请填名单截至哪一天"})
    file = forms.FileField(
        label="名单文件",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )

    def __init__(self, *args: Any, user: User, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day, self.units = day, user.units_of(Capability.LISTS_UPLOAD)
        kinds: Any = self.fields["kind"]
        kinds.choices = [
            ("", "请选择"),
            *((kind.word, f"{kind.word}（{'、'.join(kind.units)}）") for kind in of_units(self.units)),
        ]
        areas: Any = self.fields["area"]
        areas.queryset = Area.objects.filter(
            user.scope_of(Capability.LISTS_UPLOAD).area_q(),
            valid_to__isnull=True,
            level__in=(Level.COUNTY, Level.TOWN),
        ).order_by("code")
        self.fields["file"].help_text = f".xlsx，不超过 {settings.UPLOAD_MEGABYTES} MB"

    def clean_as_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["as_on"]
        if day > self.day:
            raise ValidationError(f"名单日期不能晚于今天（{written(self.day)}）")
        return day

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > most_bytes():
            raise ValidationError(too_big())
        return file

    @property
    def unit(self) -> str:
        """The unit of the sender that sends such lists; of the district, whose list it is."""
        units = KINDS[self.cleaned_data["kind"]].units
        return next((str(unit) for unit in units if unit in self.units), str(units[0]))


class ListFilter(Filter):
    """Lists by unit and kind."""

    unit = choice("部门", Unit.choices, "w6")
    kind = choice("名单", list(KINDS), "w8")

    def matching(self, lists: QuerySet) -> QuerySet:
        return lists.filter(**{name: value for name, value in self.cleaned_data.items() if value})


class RowFilter(Filter):
    word = choice("结果", WORDS, "w6")

    def matching(self, rows: QuerySet) -> QuerySet:
        word = self.cleaned_data["word"]
        if word == "不一致":
            return rows.exclude(returned="")
        if word == "未匹配":
            return rows.filter(returned="").exclude(fault="")
        return rows.filter(returned="", fault="") if word else rows


class DifferenceFilter(Filter):
    """Differences; without a state those that wait, and of people on the register unless they are asked for."""

    kind = choice("类别", DifferenceKind.choices, "w8")
    settled = forms.ChoiceField(
        label="处理",
        required=False,
        choices=[*Settled.choices, (ALL, "全部")],
        widget=forms.Select(attrs={"class": "w6"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )

    def matching(self, rows: QuerySet) -> QuerySet:
        asked = self.cleaned_data
        settled = asked["settled"] or Settled.OPEN
        if settled != ALL:
            rows = rows.filter(settled=settled)
        if asked["kind"]:
            return rows.filter(kind=asked["kind"])
        return rows.exclude(kind=DifferenceKind.NOT_REGISTERED)


class ReasonForm(forms.Form):
    """Why a difference stays as it is, or goes back to the department."""

    use_required_attribute = False
    reason = FreeText(
        label="说明",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": "请写明原因", "max_length": "说明最多 200 个字"},
    )
