"""Forms around an objection: writing it down, answering it, seeing how its writer is reached."""

from typing import Any

from django import forms

from accounts.models import User
from audits.models import AuditList, Entry
from audits.models.objection import Origin
from audits.views.refusing import SeenForm
from households.record import head_names
from office.form_fields import Filter, FreeText, choice

WHOLE = "0"
STATES = (("open", "没有办结"), ("new", "待受理"), ("late", "超期未答复"), ("closed", "已办结"))


def _long(label: str, required: str, help_text: str = "") -> FreeText:
    return FreeText(
        label=label,
        max_length=2000,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 5, "cols": 72}),
        error_messages={"required": required, "max_length": "不超过 2000 个字"},
    )


class ObjectionForm(SeenForm):
    """异议 of anyone, by who writes it down; against one of the list or the list as a whole."""

    entry = forms.ChoiceField(
        label="对哪一户（村）",
        error_messages={"required": "请选择对哪一户（村）", "invalid_choice": "这一户（村）已不在名单上"},
    )
    raised_by = forms.CharField(
        label="异议人",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
        help_text="本人不愿留名可以不填",
    )
    contact = forms.CharField(
        label="联系方式",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
    )
    text = _long("异议内容", "请写明异议的内容", "照本人说的记，写明事实和依据；号码会自动打码")

    def __init__(self, data: Any = None, *, audit_list: AuditList, user: User) -> None:
        super().__init__(data, audit_list=audit_list)
        self.use_required_attribute = False
        visible = Entry.objects.visible_to(user).standing().filter(audit_list=audit_list.pk)
        self.entries = {str(entry.pk): entry for entry in visible.select_related("household", "area")}
        heads = head_names(entry.household_id for entry in self.entries.values() if entry.household_id)
        rows = [
            (pk, f"{heads.get(entry.household_id or 0, '')}　{entry}".strip("　"))
            for pk, entry in self.entries.items()
        ]
        field: Any = self.fields["entry"]
        field.choices = [("", "请选择"), *rows, (WHOLE, "整份名单，或没有列上的户（村）")]

    @property
    def chosen(self) -> Entry | None:
        return self.entries.get(self.cleaned_data["entry"])


class AnswerForm(forms.Form):
    """调查 and 书面答复; upheld strikes the entry off."""

    investigation = _long("调查情况", "请写明调查情况", "谁去查的、查了什么、结果怎样")
    upheld = forms.TypedChoiceField(
        label="异议是否成立",
        choices=[("yes", "成立"), ("no", "不成立")],
        coerce=lambda word: word == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择异议是否成立"},
    )
    answer = _long("书面答复", "请写明书面答复", "印在答复书上，送异议人；不写别人的收入、病情和号码")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False


class ContactForm(forms.Form):
    reason = FreeText(
        label="查看的原因",
        min_length=2,
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w18", "autocomplete": "off"}),
        error_messages={
            "required": "请填查看的原因",
            "min_length": "请把查看的原因写清楚",
            "max_length": "原因不超过 100 个字",
        },
    )


class ObjectionFilter(Filter):
    state = choice("办理情况", STATES)
    origin = choice("来源", Origin.choices)

    def matching(self, rows: Any, on: Any) -> Any:
        asked = self.cleaned_data
        if asked["origin"]:
            rows = rows.filter(origin=asked["origin"])
        if asked["state"] == "late":
            return rows.overdue(on)
        if asked["state"] == "new":
            return rows.open().filter(taken_up_on__isnull=True)
        if asked["state"] == "closed":
            return rows.filter(closed_at__isnull=False)
        return rows.open() if asked["state"] == "open" else rows
