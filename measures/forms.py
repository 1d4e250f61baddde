"""The forms of the policy catalogue."""

from typing import Any

from django import forms
from django.db.models import Q

from households.forms import Day, HalfWidthChars, choice
from measures.models import Policy, PolicyKind
from measures.models.policy import MEASURE_CHAPTERS, OTHER_CHAPTERS, PolicyQuerySet
from office.form_fields import SearchWord

IN_FORCE, ENDED = "在执行", "已到期"
TARGETS = ("个人", "贫困户", "村", "镇街", "区县", "市", "省", "企业", "学校", "单位")
SHORT = {"class": "w8", "autocomplete": "off"}
LONG = {"class": "w24", "autocomplete": "off"}


class PolicyFilter(forms.Form):
    """What `/policies/` may be narrowed by; empty lists the whole catalogue."""

    q = SearchWord(
        label="查找",
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={**SHORT, "placeholder": "如 高龄、助学金"}),
    )
    kind = choice("类别", [kind.value for kind in PolicyKind if kind != PolicyKind.TASK], "w4")
    chapter = choice("章节", (*MEASURE_CHAPTERS, *OTHER_CHAPTERS), "w8")
    target = choice("对象", TARGETS, "w6")
    standing = choice("执行情况", (IN_FORCE, ENDED), "w6")

    def matching(self, policies: PolicyQuerySet, day: Any) -> PolicyQuerySet:
        asked, found = self.cleaned_data, policies.standing(day)
        for word in asked["q"].split():
            hit = Q(name__icontains=word) | Q(condition__icontains=word) | Q(standard__icontains=word)
            found = found.filter(hit | Q(note__icontains=word) | Q(source__icontains=word) | Q(code=word))
        for name in ("kind", "chapter"):
            if asked[name]:
                found = found.filter(**{name: asked[name]})
        if asked["target"]:
            # 个人 or 贫困户 may stand beside another: 贫困户、企业. 市 is no part of 城市 here.
            found = found.filter(target__contains=asked["target"])
        if asked["standing"] == ENDED:
            found = found.filter(valid_to__lt=day)
        elif asked["standing"] == IN_FORCE:
            found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)
        return found.order_by("pk")


class PolicyForm(forms.ModelForm):
    """A line as the district words it. `seen` is the version that the page showed."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = Policy
        fields: tuple[str, ...] = (
            "name",
            "kind",
            "chapter",
            "target",
            "condition",
            "standard",
            "low",
            "high",
            "unit",
            "period",
            "valid_from",
            "valid_to",
            "source",
            "place",
            "note",
        )
        field_classes = {
            "name": HalfWidthChars,
            "valid_from": Day,
            "valid_to": Day,
        }
        widgets = {
            "name": forms.TextInput(attrs=LONG),
            "target": forms.TextInput(attrs=SHORT),
            "condition": forms.Textarea(attrs={"rows": 2, "class": "wfull"}),
            "standard": forms.TextInput(attrs=LONG),
            "low": forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}),
            "high": forms.TextInput(
                attrs={"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}
            ),
            "unit": forms.TextInput(attrs={"class": "w4", "autocomplete": "off"}),
            "period": forms.TextInput(attrs={"class": "w6", "autocomplete": "off"}),
            "source": forms.TextInput(attrs=LONG),
            "place": forms.TextInput(attrs=SHORT),
            "note": forms.Textarea(attrs={"rows": 2, "class": "wfull"}),
        }
        help_texts = {
            "standard": "公开页上照此写出，如 30元/人",
            "valid_from": "写晚于原日期的，就是另立一个新标准，原标准到前一天为止",
            "source": "文件名称和文号",
            "low": "标准里的数字，没有就不填",
        }

    layout: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("内容", ("name", "kind", "chapter", "target", "condition")),
        ("标准", ("standard", "low", "high", "unit", "period")),
        ("执行和依据", ("valid_from", "valid_to", "source", "place", "note")),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.initial.setdefault("seen", self.instance.version if self.instance.pk else 0)

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.layout]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in ("low", "high"):
            if (cleaned.get(name) or 0) < 0:
                self.add_error(name, "不能小于 0")
        return cleaned


class NewPolicyForm(PolicyForm):
    class Meta(PolicyForm.Meta):
        fields = ("code", *PolicyForm.Meta.fields)
        widgets = {**PolicyForm.Meta.widgets, "code": forms.TextInput(attrs=SHORT)}
        help_texts = {
            **PolicyForm.Meta.help_texts,
            "valid_from": "从哪一天起执行",
            "code": "大写字母、数字和横线，如 EDU-2019",
        }

    layout = (("编号", ("code",)), *PolicyForm.layout)

    code = forms.RegexField(
        r"^[A-Z0-9][A-Z0-9-]{1,28}[A-Z0-9]$",
        label="编号",
        max_length=30,
        widget=forms.TextInput(attrs=SHORT),
        error_messages={"invalid": "编号用大写字母、数字和横线，3 到 30 位"},
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Policy.objects.filter(code=code).exists():
            raise forms.ValidationError("这个编号已经用过")
        return code
