"""Visits: the form that is filled in at the door, and striking out."""

from typing import Any

from django import forms

from accounts.models import User
from households.care.forms import NOT_FILLED, Care, care_field
from households.forms import FreeText
from households.models import Visit
from office import attachments
from office.file_fields import MOST_FILES, Files, choose_again


class VisitForm(Care):
    photo = Files(
        label="走访照片",
        kinds=attachments.PHOTOS,
        accept="image/jpeg,image/png",
        required=False,
        help_text=f"JPEG 或 PNG，每张 10 MB 以内，最多 {MOST_FILES} 张。保存时去掉照片里的拍摄位置。",
    )

    class Meta:
        model = Visit
        formfield_callback = care_field
        fields = (
            "visited_on",
            "way",
            "visitor",
            "notes",
            "needs_found",
            "follow_up",
            "follow_up_on",
            "satisfied",
        )

    layout = (
        ("走访", ("visited_on", "visitor", "way", "notes", "photo")),
        ("需求和跟进", ("needs_found", "follow_up", "follow_up_on", "satisfied")),
    )

    def __init__(self, *args: Any, by: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["visited_on"] = self.day
        self.initial["visitor"] = by.display_name
        self.fields["follow_up"].widget.attrs["rows"] = 2

    def clean_visited_on(self) -> Any:
        return self.not_later_than_today("visited_on")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        visited, follow_up_on = asked.get("visited_on"), asked.get("follow_up_on")
        if visited and follow_up_on and follow_up_on < visited:
            self.add_error("follow_up_on", "跟进完成日期不能早于走访日期")
        if follow_up_on and not asked.get("follow_up"):
            self.add_error("follow_up", "有完成日期，须写明跟进措施")
        # A weak signal sends the same form twice.
        same = {name: asked.get(name) for name in ("visited_on", "visitor", "notes")}
        if all(same.values()) and self.household.visits.standing().filter(**same).exists():
            self.add_error(None, "这次走访已经登记过")
        choose_again(self, "photo")
        return asked


class StrikeOut(forms.Form):
    """作废: the record stays, struck through, with who, when and why."""

    reason = FreeText(
        label="作废原因",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": NOT_FILLED},
    )

    def __init__(self, *args: Any, what: str = "走访记录", **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute, self.what = False, what

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(f"作废{self.what}", [self["reason"]])]
