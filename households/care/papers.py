"""Papers of a household: the form that takes their files."""

from typing import Any

from django import forms

from households.care.forms import NOT_FILLED, Care, care_field
from households.models import Paper
from office.file_fields import MOST_FILES, Files, choose_again


class PaperForm(Care):
    kind = forms.ChoiceField(
        label="材料类别",
        choices=[("", ""), *Paper.Kind.choices],
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"required": NOT_FILLED, "invalid_choice": "没有“%(value)s”这一类材料"},
    )
    file = Files(
        label="文件",
        accept="image/jpeg,image/png,application/pdf",
        help_text=f"JPEG、PNG 或 PDF，每个 10 MB 以内，一次最多 {MOST_FILES} 个。照片里的拍摄位置和 PDF 的作者信息保存时去掉。",
    )

    class Meta:
        model = Paper
        formfield_callback = care_field
        fields = ("kind", "made_on", "note")

    layout = (("材料", ("kind", "made_on", "file", "note")),)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["made_on"] = self.day
        self.fields["made_on"].help_text = "签字或拍摄的日期"
        self.fields["note"].widget.attrs.update({"class": "w24", "maxlength": 200})

    def clean_made_on(self) -> Any:
        return self.not_later_than_today("made_on")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        choose_again(self, "file")
        return asked
