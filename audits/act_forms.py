"""Forms of the acts on one entry, on several ticked at once, and on the papers of a list."""

from collections.abc import Sequence
from typing import Any

from django import forms

from audits.criteria import Result
from audits.entry_names import names
from audits.models import AuditList, Entry
from audits.procedures import Paper
from audits.seen import SeenForm
from office.file_fields import MOST_FILES, Files, choose_again
from office.form_fields import Figures, FreeText

NOT_FILLED = "还没有填"
YES_NO = (("yes", "是"), ("no", "否"))


def reason(label: str, *, longest: int = 200, required: bool = True, help_text: str = "") -> FreeText:
    return FreeText(
        label=label,
        max_length=longest,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3, "class": "w24"}),
        error_messages={"required": NOT_FILLED},
    )


def yes_no(label: str, words: Sequence[tuple[str, str]] = YES_NO) -> forms.TypedChoiceField:
    """A pair without default; True for the first word."""
    return forms.TypedChoiceField(
        label=label,
        choices=words,
        coerce=lambda word: word == words[0][0],
        widget=forms.RadioSelect,
        error_messages={"required": NOT_FILLED, "invalid_choice": "请重新选择"},
    )


class AgreeForm(SeenForm):
    agreed = yes_no("认可", (("yes", "认可"), ("no", "不认可")))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.audit_list.kind == "village-exit":
            self.fields["agreed"].label = "申请退出"
            self.fields["agreed"].choices = [("yes", "申请"), ("no", "不申请")]  # type: ignore[attr-defined]


class HoldForm(SeenForm):
    reason = reason("暂缓的原因", help_text="写明还缺什么。名单要等它补齐，也可以把它拆成余单，其余的先办")


class ReleaseForm(SeenForm):
    """No field: the reason was said when it was held."""


class StrikeForm(SeenForm):
    reason = reason("剔除的原因", help_text="剔除后原计划恢复原样，该户（村）可以列入以后的名单")


class OverruleForm(SeenForm):
    """Only what is stricter than the computed verdict, or who may make it milder: back to that."""

    result = forms.TypedChoiceField(
        label="改判为",
        coerce=lambda word: None if word == "none" else Result(int(word)),
        widget=forms.RadioSelect,
        error_messages={"required": NOT_FILLED},
    )
    reason = reason("改判的原因")

    def __init__(self, *args: Any, computed: Result, entry: Entry, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = [(str(int(one)), one.label) for one in Result if one > computed and one != entry.overruling]
        if entry.overruled is not None:
            choices.append(("none", f"取消改判，按系统核算的{computed.label}"))
        self.fields["result"].choices = choices  # type: ignore[attr-defined]

    @property
    def possible(self) -> bool:
        return bool(self.fields["result"].choices)  # type: ignore[attr-defined]


class MoveForm(SeenForm):
    place = forms.IntegerField(
        label="排到第几位", min_value=1, widget=Figures({"class": "w4"}),
        error_messages={"required": NOT_FILLED},
    )  # fmt: skip
    reason = reason("调整顺序的原因")


class AnswerForm(SeenForm):
    """The concern as it was worded when it was read: what has changed since is answered anew."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    concern = forms.CharField(widget=forms.HiddenInput, max_length=2000)
    answer = reason("验收结论", longest=500)


class TickedForm(SeenForm):
    """`entry`: the ticked ones of the list, by key."""

    entry = forms.TypedMultipleChoiceField(
        label="所选条目",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请先勾选", "invalid_choice": "所选条目已不在这份名单上"},
    )

    def __init__(self, *args: Any, entries: Sequence[Entry], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["entry"].choices = list(names(entries).items())  # type: ignore[attr-defined]


class SplitForm(TickedForm):
    reason = reason("拆出余单的原因", help_text="余单留在本环节单独办理，其余的继续往下走")


class PaperForm(SeenForm):
    """Papers the stage asks for come first; those that belong to one household or village say which."""

    kind = forms.ChoiceField(label="材料", error_messages={"required": NOT_FILLED})
    entry = forms.TypedChoiceField(label="属于哪一户（村）", required=False, coerce=int, empty_value=None)
    file = Files(
        label="扫描件",
        accept="image/jpeg,image/png,application/pdf",
        help_text=f"JPEG、PNG 或 PDF，每个 10 MB 以内，一次最多 {MOST_FILES} 个。存入时去掉照片里的拍摄位置和 PDF 的作者信息",
    )
    note = reason("说明", longest=500, required=False, help_text="会议日期、到会人数、文号等")

    def __init__(self, *args: Any, audit_list: AuditList, entries: Sequence[Entry], **options: Any) -> None:
        super().__init__(*args, audit_list=audit_list, **options)
        wanted = list(audit_list.step.papers)
        rest = [kind for kind in Paper if kind not in wanted]
        asked = [(str(kind), str(Paper(kind).label)) for kind in wanted]
        others = [(str(kind), str(kind.label)) for kind in rest]
        groups = [(f"{audit_list.step.label}需要的", asked)] if asked else []
        self.fields["kind"].choices = [*groups, ("其他", others)]  # type: ignore[attr-defined]
        self.fields["entry"].choices = [("", "整份名单"), *names(entries).items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        choose_again(self, "file")
        return asked


class StrikePaperForm(SeenForm):
    reason = reason("作废的原因")
