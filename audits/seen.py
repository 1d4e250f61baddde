"""The forms of acts on a list: each says on which stage and version of it the user decides, those of the page seen."""

from typing import Any

from django import forms

from audits.models import AuditList


class SeenForm(forms.Form):
    """Every act on a list says on which stage and version of it the user decides: those of the page seen.

    `SeenForm(data, audit_list=…)`; the fields of the act itself stand in the subclass.
    """

    stage = forms.CharField(widget=forms.HiddenInput, max_length=20)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, data: Any = None, *args: Any, audit_list: AuditList, **more: Any) -> None:
        seen = {"stage": audit_list.stage, "version": audit_list.version}
        more["initial"] = {**seen, **(more.get("initial") or {})}
        super().__init__(data, *args, **more)
        self.audit_list = audit_list

    def now_seen(self) -> None:
        """The page is shown anew with the list as it stands: what was typed stays, the hidden fields do not."""
        self.audit_list.refresh_from_db(
            fields=["stage", "version", "round", "stage_since", "due_on", "closed_at"]
        )
        seen = {"stage": self.audit_list.stage, "version": str(self.audit_list.version)}
        data: Any = self.data.copy()  # type: ignore[attr-defined]
        for name, value in seen.items():
            data[self.add_prefix(name)] = value
        self.data = data


class PassForm(SeenForm):
    """通过, with an opinion that is kept with the decision."""

    opinion = forms.CharField(label="意见", max_length=500, required=False)


class SendBackForm(SeenForm):
    to = forms.ChoiceField(label="退回到")
    reason = forms.CharField(
        label="退回的原因", max_length=500, widget=forms.Textarea({"rows": 3, "class": "w24"})
    )

    def __init__(self, data: Any = None, *, audit_list: AuditList) -> None:
        super().__init__(data, audit_list=audit_list)
        before = audit_list.procedure.before(audit_list.stage)
        choices: Any = [(stage.key, stage.label) for stage in reversed(before)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
