"""Dating the villages that are to leave: one by hand, many by a file."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from areas.models import Area
from office.form_fields import FreeText, year_field
from reporting.plan_form import MAX_BYTES, SHOWN_PROBLEMS
from reporting.planned_reading import FIRST_YEAR, PlannedLine, read_planned
from reporting.reading import PlanRefused, Problem


class DateForm(forms.Form):
    """The year of one village; an empty one takes it off the plan. The reason stays with the change."""

    use_required_attribute = False
    year = year_field("计划退出年度")
    reason = FreeText(
        label="原因或文号",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": "写明原因或文号", "max_length": "最多 100 个字"},
    )

    def clean_year(self) -> int | None:
        year: int | None = self.cleaned_data["year"]
        if year is not None and year < FIRST_YEAR:
            raise forms.ValidationError(f"年度不能早于 {FIRST_YEAR}")
        return year


class PlannedFileForm(forms.Form):
    """A valid form has read the file: its lines are in `lines`. Bad lines are in `problems`."""

    use_required_attribute = False
    county = forms.ModelChoiceField(
        label="区县",
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=None,
        error_messages={"invalid_choice": "没有这个区县，或者不在当前任职的区域内"},
    )
    file = forms.FileField(
        label="csv 文件",
        help_text="列：town、village、level、year（镇街、村、级别、年度）；不超过 2 MB",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )
    reason = FreeText(
        label="依据",
        max_length=100,
        help_text="文号或会议，跟着每个村的年度保存",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": "写明文号或会议", "max_length": "最多 100 个字"},
    )

    def __init__(self, *args: Any, counties: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines: list[PlannedLine] = []
        self.content = b""
        self.problems: list[Problem] = []
        chosen: Any = self.fields["county"]
        chosen.queryset = counties

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_BYTES:
            raise forms.ValidationError("文件超过 2 MB")
        self.content = file.read()
        try:
            self.lines = read_planned(self.content)
        except PlanRefused as refusal:
            self.refuse(refusal)
        return file

    def refuse(self, refusal: PlanRefused) -> None:
        self.problems = refusal.problems
        self.add_error("file", f"文件有 {len(refusal.problems)} 处不对，没有导入；各行的原因列在下面")

    @property
    def shown_problems(self) -> list[Problem]:
        return self.problems[:SHOWN_PROBLEMS]

    @property
    def more_problems(self) -> int:
        return max(0, len(self.problems) - SHOWN_PROBLEMS)
