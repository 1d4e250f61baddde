"""The form that takes in a plan table: its name, the csv file, and, if need be, whose table it is."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from areas.models import Area, Level
from areas.scope import HasScope
from reporting.reading import PlanRefused, Problem, TidyCell, read_plan

MAX_BYTES = 2 * 1024 * 1024
SHOWN_PROBLEMS = 100


class PlanForm(forms.Form):
    """A valid form has read the file: its cells are in `plan_cells`. Bad lines are in `problems`."""

    name = forms.CharField(
        label="名称",
        max_length=60,
        help_text="同名的再导入一次，就成为新的一版",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": "请填写名称"},
    )
    file = forms.FileField(
        label="csv 文件",
        help_text="列：area、group、measure、standard、year、value；不超过 2 MB",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )
    area = forms.ModelChoiceField(
        label="哪个区划的表",
        queryset=Area.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="按表中的地名对",
        error_messages={"invalid_choice": "没有这个区划，或者不在当前任职的区域内"},
    )

    def __init__(self, *args: Any, user: HasScope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan_cells: list[TidyCell] = []
        self.plan_data = b""
        self.problems: list[Problem] = []
        chosen: Any = self.fields["area"]
        chosen.queryset = (
            Area.objects.visible_to(user).filter(valid_to__isnull=True).exclude(level=Level.VILLAGE)
        )

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if "\x00" in name:
            raise forms.ValidationError("名称里有不能用的字符")
        return name

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if file.size is None or file.size > MAX_BYTES:
            raise forms.ValidationError("文件超过 2 MB")
        self.plan_data = file.read()
        try:
            self.plan_cells = read_plan(self.plan_data)
        except PlanRefused as refusal:
            self.problems = refusal.problems
            raise forms.ValidationError(
                f"文件有 {len(refusal.problems)} 处读不了，没有导入；各行的原因列在下面"
            ) from None
        return file

    @property
    def shown_problems(self) -> list[Problem]:
        return self.problems[:SHOWN_PROBLEMS]

    @property
    def more_problems(self) -> int:
        return max(0, len(self.problems) - SHOWN_PROBLEMS)
