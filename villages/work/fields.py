"""Forms of records: each field of a model becomes what people type into, with its refusal in plain words."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from office.days import written
from office.file_fields import Files, choose_again
from office.form_fields import Day, Filter, FreeText, HalfWidthChars, SearchWord, choice, own_field
from office.pii import EncryptedTextField
from office.selects import PlainSelect
from villages.incident_forms import AreaChoice
from villages.models.work_record import known

ACCEPTED = "image/jpeg,image/png,application/pdf"
PAPER_HINT = "照片或 PDF，每个不超过 10 MB，加密存放"
LONG, SHORT = 120, 24
STRUCK = "struck"
LEVEL_WORDS: dict[str, str] = {Level.COUNTY: "区", Level.TOWN: "镇街", Level.VILLAGE: "村"}
TEXT = {"rows": 3, "class": "wfull"}


def _width(most: int) -> str:
    return "w8" if most <= SHORT else "w18" if most <= 60 else "w24"


def text_field(label: str, most: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    """A line, or several lines where there is room for more than a sentence; long numbers are masked."""
    attrs = TEXT if most > LONG else {"class": _width(most), "autocomplete": "off"}
    return FreeText(
        label=label,
        max_length=most,
        required=required,
        help_text=hint,
        widget=forms.Textarea(attrs=attrs) if most > LONG else forms.TextInput(attrs=attrs),
        error_messages={"required": f"请填{label}", "max_length": f"{label}最多 {most} 个字"},
    )


def day_field(label: str, *, required: bool = True, hint: str = "") -> Day:
    return Day(label=label, required=required, help_text=hint, error_messages={"required": f"请填{label}"})


def whole_field(label: str, *, least: int = 0, most: int = 100_000, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": f"请填{label}",
            "invalid": f"{label}应是整数",
            "min_value": f"{label}不能小于 {least}",
            "max_value": f"{label}不能大于 {most}",
        },
        **options,
    )


def form_field(field: models.Field, **options: Any) -> forms.Field | None:
    """The form field of a model's (ModelForm.Meta.formfield_callback)."""
    label, hint, needed = str(field.verbose_name), str(field.help_text), not field.blank
    if isinstance(field, EncryptedTextField):
        attrs = {"class": "w8", "autocomplete": "off", "inputmode": "tel"}
        widget = forms.TextInput(attrs=attrs)
        return HalfWidthChars(label=label, required=needed, max_length=field.max_length, widget=widget)
    if field.choices:
        words = [("", "请选择" if needed else "不填"), *field.flatchoices]
        return forms.ChoiceField(
            label=label,
            choices=words,
            required=needed,
            help_text=hint,
            widget=PlainSelect(attrs={"class": "w8"}),
            error_messages={"required": f"请选{label}", "invalid_choice": "没有“%(value)s”这一项"},
        )
    if isinstance(field, models.DateField):
        return day_field(label, required=needed, hint=hint)
    if isinstance(field, models.BooleanField):
        return forms.BooleanField(label=label, required=False, help_text=hint)
    if isinstance(field, models.IntegerField):
        if field.name == "year":
            return whole_field(label, least=2000, most=2100, required=needed, help_text=hint)
        return whole_field(label, required=needed, help_text=hint)
    if isinstance(field, models.CharField):
        return text_field(label, field.max_length or SHORT, required=needed, hint=hint)
    return field.formfield(**options)


class WorkForm(forms.ModelForm):
    """A new record with its papers. `levels`: of the places it may be of; subclasses say what else must hold."""

    use_required_attribute = False
    levels: tuple[str, ...] = (Level.COUNTY, Level.TOWN, Level.VILLAGE)
    past: tuple[str, ...] = ()  # days that cannot be after today
    area = AreaChoice(
        label="区划",
        queryset=Area.objects.none(),
        empty_label="请选择",
        to_field_name="code",
        widget=PlainSelect(attrs={"class": "w8"}),
        error_messages={"required": "请选区划", "invalid_choice": "这个区域不在当前任职的范围内"},
    )
    papers = Files(label="材料", accept=ACCEPTED, required=False, help_text=PAPER_HINT)

    def __init__(
        self, *args: Any, user: User, capability: Capability, day: datetime.date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.day = day
        areas: Any = self.fields["area"]
        scope = user.scope_of(capability)
        areas.queryset = Area.objects.filter(
            scope.area_q(), valid_to__isnull=True, level__in=self.levels
        ).order_by("code")

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        for name in self.past:
            if asked.get(name) and asked[name] > self.day:
                self.add_error(name, ValidationError(f"不能晚于今天（{written(self.day)}）"))
        return asked

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        choose_again(self, "papers")

    def at_level(self, *levels: str) -> None:
        """Refuses a place of another level than the record is of."""
        area = self.cleaned_data.get("area")
        if area is not None and area.level not in levels:
            words = "、".join(LEVEL_WORDS[one] for one in levels)
            self.add_error("area", ValidationError(f"这里要选{words}"))


class StepForm(forms.Form):
    """What a step asks for; the day cannot be after today."""

    use_required_attribute = False

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day

    def clean_on(self) -> datetime.date:
        on: datetime.date = self.cleaned_data["on"]
        if on > self.day:
            raise ValidationError(f"不能晚于今天（{written(self.day)}）")
        return on


class NoteForm(StepForm):
    note = text_field("说明", 300)


class DoneForm(StepForm):
    on = day_field("完成日期")
    note = text_field("完成情况", 300)


class EmptyForm(StepForm):
    """A step that asks for nothing."""


class StrikeForm(StepForm):
    reason = text_field("作废原因", 200)


class WorkFilter(Filter):
    """Records that stand are listed, or those struck out."""

    further: tuple[str, ...] = ("stands", "own")
    q = SearchWord(
        label="查找",
        required=False,
        min_length=2,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    stands = choice("记录", [("", "有效的"), (STRUCK, "已作废的")], "w6")
    own = own_field()
    searched: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()

    def matching(self, rows: Any, day: datetime.date) -> Any:
        asked = self.cleaned_data
        found = self.standing(rows)
        for name in self.equal:
            if asked.get(name):
                found = found.filter(**{name: asked[name]})
        if asked["q"]:
            condition = models.Q(pk__in=())
            for name in self.searched:
                condition |= models.Q(**{f"{name}__contains": asked["q"]})
            found = found.filter(condition)
        return self.narrowed(found, day)

    def standing(self, rows: Any) -> Any:
        return rows.filter(struck_at__isnull=self.cleaned_data["stands"] != STRUCK)

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        return rows


class AsOfFilter(WorkFilter):
    """Besides: what was written down by the end of a day, as the figures of that day count it."""

    as_of = Day(label="登记截至", required=False)

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if asked.get("as_of") and asked.get("stands"):
            self.add_error("as_of", "登记截至只用于有效的记录")
        return asked

    def standing(self, rows: Any) -> Any:
        as_of = self.cleaned_data["as_of"]
        return known(rows, as_of) if as_of else super().standing(rows)
