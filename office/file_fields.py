"""Several files in one field: each checked and cleaned, all of them or none."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from office import attachments

MOST_FILES = 10
ACCEPTED = "image/jpeg,image/png,application/pdf"
PAPER_HINT = (
    f"JPEG、PNG 或 PDF，每个 {attachments.MOST_BYTES // 1024 // 1024} MB 以内，一次最多 {MOST_FILES} 个"
)


class _Several(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Its clean value is a list of checked files, empty when none was chosen and none is required."""

    def __init__(self, *, kinds: Collection[str] = attachments.PAPERS, accept: str, **options: Any) -> None:
        super().__init__(
            widget=_Several(attrs={"accept": accept, "multiple": True}),
            error_messages={
                "required": "请选择文件",
                "invalid": "文件没有传上来，请重新选择",
                "empty": "文件是空的，请重新选择",
            },
            **options,
        )
        self.kinds = kinds

    def clean(self, data: Any, initial: Any = None) -> list[attachments.Checked]:  # type: ignore[override]
        chosen: Sequence[Any] = [one for one in data if one] if isinstance(data, list | tuple) else []
        if not chosen:
            super().clean(None, initial)
            return []
        if len(chosen) > MOST_FILES:
            raise ValidationError(f"一次最多选 {MOST_FILES} 个文件")
        return [attachments.check(super(Files, self).clean(one, initial), self.kinds) for one in chosen]


def choose_again(form: forms.BaseForm, name: str) -> None:
    """A browser does not send a file twice: who must mend another field is told to choose it anew."""
    if form.errors and form.files and name not in form.errors:
        form.add_error(name, "浏览器不保留文件，改好以后请重新选择")
