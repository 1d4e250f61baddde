"""The filter of the work list of 疑点数据, and what is written down about one of them."""

import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q

from accounts.models import Duty, User
from accounts.roles import CAPABILITIES, Capability
from households.doubts import FURTHER, RULES
from households.forms import Day, Filter, FreeText, choice
from office.findings import Finding, FindingQuerySet, FindingState, Severity

ALL, MINE, NOBODY = "all", "me", "none"
EDITORS = [role for role, able in CAPABILITIES.items() if Capability.REGISTER_EDIT in able]


class FindingFilter(Filter):
    """What `/findings/` may be narrowed by; without a state it shows what waits."""

    rule = choice("规则", [(id, f"{id} {line.message}") for id, line in sorted(RULES.items())], "w8")
    severity = choice("程度", Severity.choices)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[*FindingState.choices, (ALL, "全部")],
        widget=forms.Select(attrs={"class": "w6"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )
    owner = choice("核实人", [(MINE, "由我核实"), (NOBODY, "未分派")], "w6")
    # Comes with a figure's address: those there were, or that waited, at the end of the day.
    on = Day(label="时点", required=False)
    further = ("on",)

    def __init__(self, *args: Any, owners: list[tuple[int, str]], **options: Any) -> None:
        """`owners`: id and name of who has findings that may be seen."""
        super().__init__(*args, **options)
        rules = self.fields["rule"]
        rules.choices += [(id, f"{id} {words}") for id, words in sorted(FURTHER.items())]  # type: ignore[attr-defined]
        self.fields["owner"].choices += [(str(pk), name) for pk, name in owners]  # type: ignore[attr-defined]

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or str(FindingState.OPEN)

    def matching(self, findings: FindingQuerySet, user: User) -> FindingQuerySet:
        asked = self.cleaned_data
        if asked["on"]:
            waited = asked["state"] == FindingState.OPEN
            findings = findings.waiting_on(asked["on"]) if waited else findings.seen(asked["on"])
        if asked["state"] not in (ALL, FindingState.OPEN if asked["on"] else ""):
            findings = findings.filter(state=asked["state"])
        for name in ("rule", "severity"):
            if asked[name]:
                findings = findings.filter(**{name: asked[name]})
        if asked["owner"] == NOBODY:
            return findings.filter(owner__isnull=True)
        if asked["owner"]:
            return findings.filter(owner=user.pk if asked["owner"] == MINE else int(asked["owner"]))
        return findings


class Confirmation(forms.Form):
    """核实保留. The fingerprint is that of the data the page showed."""

    fingerprint = forms.CharField(widget=forms.HiddenInput)
    reason = FreeText(
        label="核实保留的原因",
        max_length=200,
        help_text="写明怎么核实的、为什么属实",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages={"required": "请写明核实保留的原因"},
    )


class Assignment(forms.Form):
    """Who verifies a finding: somebody who edits the register where it lies."""

    owner = forms.ModelChoiceField(
        label="核实人",
        queryset=User.objects.none(),
        required=False,
        empty_label="不分派",
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "此人在这里没有登记贫困户的任职"},
    )
    due_on = Day(label="核实期限", required=False)

    def __init__(self, *args: Any, finding: Finding, on: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.on = on
        places = [finding.area.pk, *(area.pk for area in finding.area.ancestors())]
        duties = Duty.objects.valid_on(on).filter(role__in=EDITORS, area__in=places)
        able = Q(pk__in=duties.values("user"), is_active=True)
        owners = get_user_model().objects.filter(able | Q(pk=finding.owner_id)).order_by("display_name", "pk")
        self.fields["owner"].queryset = owners  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        due_on = asked.get("due_on")
        if due_on is not None and due_on < self.on:
            self.add_error("due_on", "核实期限不能早于今天")
        if due_on is not None and "owner" in asked and asked["owner"] is None:
            self.add_error("owner", "有期限的要写明核实人")
        return asked
