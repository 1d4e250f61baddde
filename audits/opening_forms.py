"""Forms by which a list is opened and gathered."""

from collections.abc import Sequence
from typing import Any

from django import forms

from areas.models import Area
from audits.act_forms import NOT_FILLED, reason
from audits.models import AuditList
from audits.opening import Suggested
from audits.procedures import ListKind
from audits.seen import SeenForm
from households.codes import CODES
from households.models import LEFT, Household
from office.file_fields import MOST_FILES, Files, choose_again
from office.form_fields import Figures, SearchWord

FIRST_YEAR = 2010


class OpenForm(forms.Form):
    area = forms.ChoiceField(
        label="区划",
        error_messages={"required": NOT_FILLED, "invalid_choice": "不能在那里开这种名单，请重新选择"},
    )
    year = forms.IntegerField(
        label="年度",
        min_value=FIRST_YEAR,
        widget=Figures({"class": "w4"}),
        error_messages={"required": NOT_FILLED},
    )

    def __init__(self, data: Any = None, *, areas: Sequence[Area], **options: Any) -> None:
        super().__init__(data, **options)
        pairs = [(area.code, f"{area.parent} {area.name}" if area.parent else area.name) for area in areas]
        if len(pairs) > 1:
            pairs.insert(0, ("", "请选择"))
        self.fields["area"].choices = pairs  # type: ignore[attr-defined]
        self.areas = {area.code: area for area in areas}

    def clean_area(self) -> Area:
        return self.areas[self.cleaned_data["area"]]


class ApplyForm(forms.Form):
    """A village's application: its stamped 申请书, and what the village wants to say with it."""

    file = Files(
        label="申请书扫描件",
        accept="image/jpeg,image/png,application/pdf",
        help_text=f"盖章的申请书，JPEG、PNG 或 PDF，每个 10 MB 以内，一次最多 {MOST_FILES} 个",
    )
    note = reason("说明", longest=500, required=False, help_text="村民代表会议日期等")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        choose_again(self, "file")
        return asked


class CandidatesFilter(forms.Form):
    year = forms.IntegerField(
        label="年度",
        min_value=FIRST_YEAR,
        max_value=2100,
        required=False,
        widget=Figures({"class": "w4"}),
    )


class ProposeForm(forms.Form):
    """Households ticked among the candidates, in their order; `onto` is a list that is still gathered."""

    household = forms.MultipleChoiceField(
        label="贫困户",
        error_messages={"required": "请先勾选贫困户", "invalid_choice": "有户已不在可列入的范围，请重新勾选"},
    )
    onto = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, numbers: Sequence[str]) -> None:
        super().__init__(data)
        self.fields["household"].choices = [(number, number) for number in numbers]  # type: ignore[attr-defined]


class Sought(forms.Form):
    q = SearchWord(
        label="户主姓名、户编号",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )


class AddForm(SeenForm):
    """Those ticked, with one 事由 for all of them; who has left the register returns under a standard."""

    subject = forms.MultipleChoiceField(
        label="户（村）",
        error_messages={"required": "请先勾选", "invalid_choice": "有户（村）已不能列入，请重新勾选"},
    )
    reason = reason("事由", required=False)
    standard = forms.ChoiceField(
        label="返贫识别标准",
        required=False,
        choices=[("", "请选择"), *((word, word) for word in CODES["poverty_standard"].words)],
        help_text="曾经脱贫的户须写明按哪个标准返贫",
    )

    def __init__(
        self, data: Any = None, *, audit_list: AuditList, rows: Sequence[Suggested], **options: Any
    ) -> None:
        super().__init__(data, audit_list=audit_list, **options)
        self.rows = {row.key: row for row in rows}
        self.fields["subject"].choices = [(row.key, row.name) for row in rows]  # type: ignore[attr-defined]
        self.fields["reason"].required = audit_list.step.reason
        if audit_list.kind != ListKind.ENTRY:
            del self.fields["standard"]
        if not audit_list.step.reason:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        picked = [self.rows[key].subject for key in asked.get("subject", ()) if key in self.rows]
        back = any(isinstance(one, Household) and one.exit_mark == LEFT for one in picked)
        if back and "standard" in self.fields and not asked.get("standard"):
            self.add_error("standard", "所选的户里有已脱贫的，请写明按哪个标准返贫")
        return asked
