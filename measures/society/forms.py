"""Writing down help by society, whom it is for, and what the 扶贫专户 pays."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from households.models import Household, Person
from measures.measure_forms import MONEY, SHORT, WHOLE, amount_field, year_field
from measures.models import FundPurpose, GiverKind, HelpKind, HelpState, SocialHelp
from measures.models.social_help import LIVE, SocialHelpQuerySet
from office.days import written
from office.form_fields import Day, Filter, FreeText, HalfWidthChars, SearchWord, choice
from office.selects import PlainSelect

LIVE_WORD = "进行中和已完成"
RECORDED, OWN = "recorded", "own"
LONG = {"class": "w24", "autocomplete": "off"}


class AreaChoice(forms.ModelChoiceField):
    def label_from_instance(self, area: Any) -> str:
        return f"　{area.name}" if area.level == Level.VILLAGE else str(area.name)


class HelpForm(forms.ModelForm):
    """`seen` is the version that the page showed. A need without a giver waits (待对接)."""

    use_required_attribute = False
    area = AreaChoice(
        label="所在区域",
        queryset=Area.objects.none(),
        empty_label="请选择",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"required": "请选区域", "invalid_choice": "这个区域不在当前任职的范围内"},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = SocialHelp
        fields = (
            "kind",
            "title",
            "area",
            "giver",
            "giver_kind",
            "receiver",
            "start_on",
            "end_on",
            "amount",
            "goods",
            "people",
            "to_fund",
            "published",
            "note",
        )
        field_classes = {
            "title": FreeText,
            "giver": FreeText,
            "receiver": FreeText,
            "start_on": Day,
            "end_on": Day,
            "goods": FreeText,
            "note": FreeText,
        }
        widgets = {
            "kind": PlainSelect(attrs={"class": "w8"}),
            "title": forms.TextInput(attrs=LONG),
            "giver": forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
            "giver_kind": PlainSelect(attrs={"class": "w6"}),
            "receiver": forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
            "amount": forms.TextInput(attrs=MONEY),
            "goods": forms.TextInput(attrs=LONG),
            "people": forms.TextInput(attrs=WHOLE),
            "note": forms.Textarea(attrs={"rows": 2, "class": "wfull"}),
        }
        help_texts = {
            "giver": "还没有人帮的需求不填，列为待对接",
            "published": "企业的帮扶在公开的光荣榜上列出",
            "to_fund": "办结时计入本区县的扶贫专户",
        }
        error_messages = {
            "kind": {"required": "请选类别"},
            "title": {"required": "请写事项"},
            "start_on": {"required": "请填开始日期"},
            "amount": {
                "invalid": "金额是数字，如 360 或 360.50",
                "max_digits": "金额太大",
                "max_whole_digits": "金额太大",
                "max_decimal_places": "金额最多两位小数",
            },
            "people": {
                "invalid": "人数是整数",
                "min_value": "人数不能小于 0",
                "max_value": "人数太大",
            },
        }

    layout = (
        ("内容", ("kind", "title", "area", "start_on", "end_on")),
        ("双方", ("giver", "giver_kind", "receiver")),
        ("帮扶", ("amount", "goods", "people", "to_fund", "published", "note")),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        areas: Any = self.fields["area"]
        scope = user.scope_of(Capability.SOCIETY_EDIT)
        areas.queryset = Area.objects.filter(
            scope.area_q(), valid_to__isnull=True, level__in=(Level.COUNTY, Level.TOWN, Level.VILLAGE)
        ).order_by("code")
        self.initial["seen"] = self.instance.version if self.instance.pk else 0
        if self.instance.pk:
            self.initial["area"] = self.instance.area.code

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        giver = cleaned.get("giver", "")
        if giver and not cleaned.get("giver_kind") and "giver_kind" not in self.errors:
            self.add_error("giver_kind", "请选帮扶方是哪一类")
        if cleaned.get("to_fund") and not giver:
            self.add_error("giver", "进入扶贫专户的要写明捐赠方")
        self.instance.state = HelpState.RUNNING if giver else HelpState.WANTED
        return cleaned


class CancelForm(forms.Form):
    use_required_attribute = False
    state_reason = FreeText(
        label="取消原因",
        max_length=200,
        widget=forms.TextInput(attrs=LONG),
        error_messages={"required": "取消要写明原因", "max_length": "原因最多 200 个字"},
    )


class BeneficiaryForm(forms.Form):
    """A village by choice, or a household by its number and, of it, one member by name."""

    use_required_attribute = False
    village = AreaChoice(
        label="村",
        queryset=Area.objects.none(),
        required=False,
        empty_label="不选",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "这个村不在当前任职的范围内"},
    )
    household = HalfWidthChars(
        label="户编号", required=False, max_length=20, widget=forms.TextInput(attrs=SHORT)
    )
    person = HalfWidthChars(
        label="成员姓名",
        required=False,
        max_length=60,
        help_text="不填是全户",
        widget=forms.TextInput(attrs=SHORT),
    )

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user, self.scope = user, user.scope_of(Capability.SOCIETY_EDIT)
        villages: Any = self.fields["village"]
        here = Area.objects.filter(self.scope.area_q(), level=Level.VILLAGE, valid_to__isnull=True)
        villages.queryset = here.order_by("code")
        self.home: Household | None = None
        self.member: Person | None = None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        village, number = cleaned.get("village"), cleaned.get("household")
        if bool(village) == bool(number):
            raise ValidationError("选一个村，或者填一个户编号")
        if number:
            homes = Household.objects.visible_to(self.user).in_scope(self.scope)
            self.home = homes.select_related("village").filter(number=number).first()
            if self.home is None:
                self.add_error("household", "没有这个户编号，或者不在当前任职的区域内")
                return cleaned
        if cleaned.get("person") and self.home is None:
            self.add_error("person", "写成员姓名的，要填户编号")
        elif cleaned.get("person") and self.home is not None:
            members = self.home.persons.filter(present=True, name=cleaned["person"])
            self.member = members.first()
            if self.member is None:
                self.add_error("person", "这一户没有这个姓名的在册成员")
        return cleaned


class HelpFilter(Filter):
    """What `/society/` may be narrowed by; the area stands in the address beside it."""

    further = ("giver_kind", "q", "since", "until", "place")

    kind = choice("类别", HelpKind.choices, "w8")
    year = year_field(required=False)
    state = choice("状态", [("", "全部"), (LIVE_WORD, LIVE_WORD), *HelpState.choices], "w8")
    giver_kind = choice("帮扶方类别", GiverKind.choices, "w6")
    q = SearchWord(label="事项、双方", required=False, max_length=40, widget=forms.TextInput(attrs=SHORT))
    since = Day(label="开始不早于", required=False)
    until = Day(label="开始截至", required=False)
    place = choice("区域", [("", "登记或受益在此"), (RECORDED, "登记在此"), (OWN, "登记在本级")], "w8")

    def at(self, rows: SocialHelpQuerySet, area: Area | None) -> SocialHelpQuerySet:
        """Of an area: recorded for it or one below, recorded for it alone, or (unasked) helping anyone there."""
        place = self.cleaned_data["place"]
        if area is None or not place:
            return rows.in_area(area)
        return rows.filter(area=area) if place == OWN else rows.recorded_in(area)

    def matching(self, rows: SocialHelpQuerySet) -> SocialHelpQuerySet:
        asked = self.cleaned_data
        for name in ("kind", "giver_kind"):
            if asked[name]:
                rows = rows.filter(**{name: asked[name]})
        if asked["year"]:
            rows = rows.filter(start_on__year=asked["year"])
        if asked["since"]:
            rows = rows.filter(start_on__gte=asked["since"])
        if asked["until"]:
            rows = rows.filter(start_on__lte=asked["until"])
        if asked["state"]:
            rows = rows.filter(state__in=LIVE if asked["state"] == LIVE_WORD else [asked["state"]])
        if asked["q"]:
            word = asked["q"]
            hit = Q(title__icontains=word) | Q(giver__icontains=word) | Q(receiver__icontains=word)
            rows = rows.filter(hit)
        return rows


class SpendForm(forms.Form):
    """What the 扶贫专户 pays."""

    use_required_attribute = False
    on = Day(label="支出日期", error_messages={"required": "请填支出日期"})
    amount = amount_field()
    purpose = forms.ChoiceField(
        label="用途",
        choices=[("", "请选择"), *FundPurpose.choices],
        widget=PlainSelect(attrs={"class": "w6"}),
        error_messages={"required": "请选用途"},
    )
    payee = FreeText(
        label="收款方",
        max_length=80,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
        error_messages={"required": "请写收款方"},
    )
    voucher = HalfWidthChars(
        label="凭证号", required=False, max_length=60, widget=forms.TextInput(attrs=SHORT)
    )
    note = FreeText(label="备注", required=False, max_length=200, widget=forms.TextInput(attrs=LONG))

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        self.fields["amount"].label = "支出（元）"
        self.fields["amount"].error_messages["required"] = "请填支出的金额"
        self.initial.setdefault("on", day)

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"]
        if on > self.day:
            raise ValidationError(f"不能晚于今天（{written(self.day)}）")
        return on
