"""Forms of closed years: reopening one, and the correction of a survey in one."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from households.checks import BOOK, ENTRY, Context, HouseholdRecord, SurveyFacts
from households.checks.case import Case
from households.entry.fields import half_width
from households.entry.household_form import ASKED, INCOMES, SIX, TICKS, TRANSFERS, SurveyForm
from households.forms import FreeText
from households.models import Survey
from households.models.survey import ANSWERED, DRAFT, SEALED
from households.record import label, written
from office import attachments
from office.file_fields import choose_again

REASON_LENGTH = 200
SEALED_RULE = "C087"


class Reason(FreeText):
    """One line that says why."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label,
            max_length=REASON_LENGTH,
            widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
            error_messages={"required": "请写明原因", "max_length": f"最多写 {REASON_LENGTH} 字"},
            **options,
        )


class Document(forms.FileField):
    """A scan of what it rests on; its clean value is a checked file."""

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(
            label=label,
            help_text="JPEG、PNG 或 PDF，10 MB 以内",
            widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
            error_messages={
                "required": "请选择依据文件",
                "invalid": "文件没有传上来，请重新选择",
                "empty": "文件是空的，请重新选择",
            },
            **options,
        )

    def clean(self, data: Any, initial: Any = None) -> attachments.Checked | None:
        upload: UploadedFile | None = super().clean(data, initial)
        return attachments.check(upload) if upload else None


class Reopening(forms.Form):
    reason = Reason("重开原因")
    document = Document("依据文件")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        choose_again(self, "document")
        return asked


class PastSurveyForm(SurveyForm):
    """A survey of a year before this one; sealed, it asks for reason and document (C087)."""

    parts: tuple[tuple[str, tuple[str, ...]], ...] = (
        ("收入", INCOMES),
        ("转移性收入", TRANSFERS),
        ("支出", ("business_expense",)),
        ("两不愁三保障和饮水安全", SIX),
        ("五核对一规范", TICKS),
        ("采集", SurveyForm.GIVEN),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    reason = Reason("更正原因")
    document = Document("更正依据")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sealed = self.instance.state == SEALED
        self.initial["version"] = self.instance.household.version
        if self.instance.state != DRAFT:
            for name in (*ASKED, *self.GIVEN):
                self.fields[name].required = True
        if self.sealed:
            self.fields["reason"].error_messages["required"] = "请写明更正原因"
            self.fields["document"].error_messages["required"] = "请选择更正依据"
            self.parts = (("更正", ("version", "reason", "document")), *self.parts)
        else:
            del self.fields["reason"], self.fields["document"]
            self.parts = (("采集", ("version", *self.GIVEN)), *self.parts[:-1])

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, self.rows(names)) for title, names in self.parts]

    @property
    def answers_changed(self) -> list[str]:
        return [name for name in self.changed_data if name in ANSWERED]

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if not self.answers_changed and not self.errors:
            raise forms.ValidationError("没有改动，不用保存")
        if self.sealed:
            self._ask_rule(asked)
            choose_again(self, "document")
        return asked

    def _ask_rule(self, asked: dict[str, Any]) -> None:
        """C087 says so too, whatever the fields above require."""
        document = asked.get("document")
        facts = SurveyFacts(
            year=self.instance.year,
            state=SEALED,
            correction_reason=half_width(asked.get("reason") or ""),
            correction_document=document.label if document else "",
        )
        told = Context(day=self.day, stage=ENTRY, survey_changed=True, by_district=True)
        case = Case(HouseholdRecord(survey=facts), told)
        for breach in BOOK.rules[SEALED_RULE].breaches(case):
            if not self.errors:
                self.add_error(None, breach.message)

    def changes(self, before: Survey) -> list[tuple[str, str, str]]:
        """(label, was, now) of what was answered otherwise."""
        return [
            (label(before, name), written(getattr(before, name)), written(getattr(self.instance, name)))
            for name in self.answers_changed
        ]
