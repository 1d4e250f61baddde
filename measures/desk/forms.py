"""Asking, answering, handing over, closing and rating."""

import datetime
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Area, Level
from households.models import Household
from measures.models import Channel, DeskState, Policy, Topic
from measures.models.desk_request import LONGEST_ANSWER, LONGEST_QUESTION, SCORES, DeskRequestQuerySet
from office.form_fields import Day, Filter, FreeText, HalfWidthChars, choice
from office.selects import PlainSelect

PHONE = re.compile(r"1[0-9]{10}|0[0-9]{2,3}-?[0-9]{7,8}")
LATE, UNANSWERED = "逾期", "未答复"
SHORT = {"class": "w8", "autocomplete": "off"}
LONG = {"class": "w24", "autocomplete": "off"}


class TownChoice(forms.ModelChoiceField):
    """Towns and counties with the county before them, where there are several."""

    def label_from_instance(self, area: Any) -> str:
        return f"{area.parent.name}　{area.name}" if area.level == Level.TOWN else str(area.name)


class AskForm(forms.Form):
    """What the public page asks; the same fields for what comes by phone or in person."""

    use_required_attribute = False
    topic = forms.ChoiceField(
        label="类别",
        choices=Topic.choices,
        widget=forms.Select(attrs={"class": "w6"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一类"},
    )
    area = TownChoice(
        label="所在镇街",
        queryset=Area.objects.none(),
        empty_label="请选择",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w18"}),
        error_messages={"required": "请选所在的镇街", "invalid_choice": "没有这个镇街"},
    )
    asker = HalfWidthChars(
        label="姓名",
        max_length=20,
        widget=forms.TextInput(attrs={**SHORT, "autocomplete": "name"}),
        error_messages={"required": "请写姓名", "max_length": "姓名最多 20 个字"},
    )
    phone = HalfWidthChars(
        label="联系电话",
        max_length=20,
        widget=forms.TextInput(attrs={**SHORT, "inputmode": "tel", "autocomplete": "tel"}),
        help_text="加密存放，只用来回复",
        error_messages={"required": "请写联系电话", "max_length": "电话太长"},
    )
    question = FreeText(
        label="问题",
        max_length=LONGEST_QUESTION,
        min_length=5,
        widget=forms.Textarea(attrs={"rows": 4, "class": "wfull", "maxlength": LONGEST_QUESTION}),
        help_text=f"不超过 {LONGEST_QUESTION} 个字，不要写证件号码和银行账号",
        error_messages={
            "required": "请写要问的事",
            "min_length": "请把要问的事写清楚，至少 5 个字",
            "max_length": f"最多 {LONGEST_QUESTION} 个字，现在有 %(show_value)s 个",
        },
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        areas: Any = self.fields["area"]
        areas.queryset = self.places()

    def places(self) -> QuerySet:
        towns = Area.objects.filter(level=Level.TOWN, valid_to__isnull=True)
        return towns.select_related("parent").order_by("code")

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].replace(" ", "")
        if not PHONE.fullmatch(phone):
            raise ValidationError("电话应是 11 位手机号码，或带区号的固定电话")
        return phone


class TakeDownForm(AskForm):
    """A request by phone or in person, written down by the desk."""

    field_order = ("channel", "topic", "area", "asker", "phone", "household", "question")
    channel = forms.ChoiceField(
        label="方式",
        choices=[(Channel.PHONE, "电话"), (Channel.VISIT, "来访")],
        widget=forms.Select(attrs={"class": "w4"}),
    )
    household = HalfWidthChars(
        label="户编号", required=False, max_length=20, widget=forms.TextInput(attrs=SHORT)
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        self.user = user
        super().__init__(*args, **options)

    def places(self) -> QuerySet:
        scope = self.user.scope_of(Capability.DESK_ANSWER)
        here = Area.objects.filter(
            scope.area_q(), level__in=(Level.COUNTY, Level.TOWN), valid_to__isnull=True
        )
        return here.select_related("parent").order_by("code")

    def clean_household(self) -> Household | None:
        number = self.cleaned_data["household"]
        if not number:
            return None
        able = Capability.REGISTER_VIEW in self.user.capabilities()
        homes = Household.objects.visible_to(self.user) if able else Household.objects.none()
        home: Household | None = homes.filter(number=number).first()
        if home is None:
            raise ValidationError("没有这个户编号，或者不在当前任职的区域内")
        return home


class HandOverForm(forms.Form):
    use_required_attribute = False
    unit = choice("转给部门", [("", "不转部门"), *Unit.choices], "w8")
    area = TownChoice(
        label="或转给镇街",
        queryset=Area.objects.none(),
        required=False,
        empty_label="不转镇街",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "没有这个镇街，或者不在当前任职的区域内"},
    )
    due_on = Day(label="答复期限", error_messages={"required": "请填答复期限"})
    note = FreeText(
        label="转办原因",
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
        error_messages={"required": "转办要写明原因", "max_length": "原因最多 200 个字"},
    )

    def __init__(self, *args: Any, user: User, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        areas: Any = self.fields["area"]
        scope = user.scope_of(Capability.DESK_ANSWER)
        here = Area.objects.filter(scope.area_q(), level=Level.TOWN, valid_to__isnull=True)
        areas.queryset = here.select_related("parent").order_by("code")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(cleaned.get("unit")) == bool(cleaned.get("area")):
            self.add_error("unit", "选一个部门，或者选一个镇街")
        if cleaned.get("due_on") and cleaned["due_on"] < self.day:
            self.add_error("due_on", "答复期限不能早于今天")
        return cleaned


class PolicyChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.chapter}　{obj.name}"


class ReplyForm(forms.Form):
    use_required_attribute = False
    answer = FreeText(
        label="答复",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea(attrs={"rows": 4, "class": "wfull"}),
        error_messages={"required": "请写答复", "max_length": f"答复最多 {LONGEST_ANSWER} 个字"},
    )
    policies = PolicyChoices(
        label="依据的政策",
        queryset=Policy.objects.none(),
        required=False,
        help_text="可以选几条，答复里附上公开的政策页",
        widget=forms.SelectMultiple(attrs={"class": "w24", "size": 6}),
        error_messages={"invalid_choice": "有一条政策现在不在执行"},
    )

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        policies: Any = self.fields["policies"]
        policies.queryset = Policy.objects.public().in_force(day).order_by("pk")


class CloseForm(forms.Form):
    use_required_attribute = False
    note = FreeText(
        label="说明",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
        help_text="没有答复就办结的，要写明为什么",
        error_messages={"max_length": "说明最多 200 个字"},
    )


class ContactForm(forms.Form):
    use_required_attribute = False
    reason = FreeText(
        label="原因",
        min_length=2,
        max_length=100,
        widget=forms.TextInput(attrs=SHORT),
        error_messages={"required": "请填查看的原因", "min_length": "请把查看的原因写清楚"},
    )


class RateForm(forms.Form):
    """The short survey: one to five, and a word."""

    use_required_attribute = False
    score = forms.TypedChoiceField(
        label="满意度",
        coerce=int,
        choices=SCORES,
        widget=forms.RadioSelect,
        error_messages={"required": "请选满意度", "invalid_choice": "满意度是 1 到 5"},
    )
    score_word = FreeText(
        label="评价",
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off", "maxlength": 100}),
        error_messages={"max_length": "评价最多 100 个字"},
    )


class DeskFilter(Filter):
    """What `/desk/` may be narrowed by; the area stands in the address beside it."""

    state = choice("状态", [("", "全部"), (UNANSWERED, UNANSWERED), (LATE, LATE), *DeskState.choices], "w6")
    topic = choice("类别", Topic.choices, "w6")
    channel = choice("方式", Channel.choices, "w4")
    unit = choice("转办部门", Unit.choices, "w6")

    def matching(self, rows: DeskRequestQuerySet, day: datetime.date) -> DeskRequestQuerySet:
        asked = self.cleaned_data
        for name in ("topic", "channel", "unit"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["state"] == LATE:
            return rows.overdue(day)
        if asked["state"] == UNANSWERED:
            return rows.filter(state__in=(DeskState.WAITING, DeskState.TAKEN, DeskState.HANDED))
        return rows.filter(state=asked["state"]) if asked["state"] else rows
