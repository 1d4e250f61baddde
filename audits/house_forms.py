"""Forms of a house under renovation: the facts its stage asks for, the amounts with their working, signatures, patrols."""

import datetime
from collections.abc import Iterator
from copy import copy
from typing import Any

from django import forms

from audits import checks, renovation
from audits.act_forms import NOT_FILLED, reason, yes_no
from audits.models import HouseCase, Signature
from audits.models.house_case import BUILT_NOW, PAID_NOW, PLANNED
from audits.procedures import Stage
from audits.renovation import Shares, Wrong
from audits.seen import SeenForm
from households.care.forms import care_field
from office.form_fields import Day, FreeText

# R142, filled in while it is built and when it is accepted; R139, once it is filed.
STANDARDS = ("five_unities", "barrier_free", "plate")
FILED = ("national_archive_number",)
# What the town pays is what is left (R137).
COMPUTED = ("subsidy_town",)


def open_fields(case: HouseCase) -> list[str]:
    """What may be filled in at the stage where the list stands: what no earlier stage has decided on."""
    audit_list = case.entry.audit_list
    if not audit_list.is_open:
        return []
    step = audit_list.step
    settled = {name for each in audit_list.procedure.before(step.key) for name in each.case}
    names = [name for name in step.case if name not in settled and name not in COMPUTED]
    if BUILT_NOW in step.case:
        names += STANDARDS
    if PAID_NOW in step.case or audit_list.procedure.after(step.key) is None:
        names += FILED
    return names


class HouseForm(SeenForm):
    """Empty is not filled in yet: facts come one by one. What breaks a rule stands beside its field."""

    def __init__(self, data: Any = None, *, case: HouseCase, day: datetime.date, **options: Any) -> None:
        names = open_fields(case)
        options["initial"] = {name: getattr(case, name) for name in names}
        super().__init__(data, audit_list=case.entry.audit_list, **options)
        self.use_required_attribute = False
        # A copy: what was typed is no part of the record until it is kept.
        self.case, self.day, self.names = copy(case), day, names
        for name in names:
            field = care_field(HouseCase._meta.get_field(name))  # type: ignore[arg-type]
            field.required = False
            self.fields[name] = field
        if PAID_NOW in names:
            self.fields["subsidy_upper"].help_text = "这一户可用的中央、省、市补助，先用它"
            self.fields["subsidy_district"].help_text = "这一户可用的区级专项，不够的部分由镇街兜底"

    @property
    def shown(self) -> list[forms.BoundField]:
        return [self[name] for name in self.names]

    @property
    def step(self) -> Stage:
        return self.audit_list.step

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        for name in self.names:
            if name in asked:
                setattr(self.case, name, asked[name])
        if PAID_NOW in self.names and None not in (asked.get("subsidy"), asked.get("subsidy_upper")):
            shared = self.shares(asked)
            self.case.subsidy_upper, self.case.subsidy_district = shared.upper, shared.district
            self.case.subsidy_town = shared.town
        for wrong in self._wrong():
            if wrong.field in self.names and asked.get(wrong.field) not in (None, ""):
                self.add_error(wrong.field, wrong.said)
        for breach in checks.run(self.case.dates(self.day), "entry"):
            name = breach.fields[0].removeprefix("house_case.")
            if name in self.names and asked.get(name):
                self.add_error(name, breach.message)
        return asked

    def shares(self, asked: dict[str, Any]) -> Shares:
        fund = asked.get("subsidy_district") or renovation.NOTHING
        return renovation.shares(asked["subsidy"], asked["subsidy_upper"], fund)

    def facts(self) -> dict[str, Any]:
        """What is to be kept: the fields, with the town's share as it was worked out."""
        kept = {name: getattr(self.case, name) for name in self.names}
        if PAID_NOW in self.names:
            kept |= {name: getattr(self.case, name) for name in COMPUTED}
        return kept

    def _wrong(self) -> Iterator[Wrong]:
        if PLANNED in self.names:
            yield from renovation.applied(self.case.house(built=False))
        if BUILT_NOW in self.names:
            yield from renovation.built(self.case.house(built=True))
        if PAID_NOW in self.names:
            yield from renovation.paid(self.case.house(built=True))


class SignForm(SeenForm):
    """One department's word: who signed, on which paper, item by item in the note."""

    department = forms.ChoiceField(label="部门", error_messages={"required": NOT_FILLED})
    signed_by = FreeText(label="签字人", max_length=40, widget=forms.TextInput(attrs={"class": "w6"}))
    signed_on = Day(label="签字日期", error_messages={"required": NOT_FILLED})
    accepted = yes_no("验收", (("yes", "合格"), ("no", "不合格")))
    paper = FreeText(label="签字表编号", max_length=60, widget=forms.TextInput(attrs={"class": "w8"}))
    note = reason("逐项意见", longest=500, required=False, help_text="地基、墙体、屋面、门窗、水电等逐项写明")

    def __init__(self, *args: Any, case: HouseCase, **options: Any) -> None:
        super().__init__(*args, audit_list=case.entry.audit_list, **options)
        signed = set(self.signed(case).values_list("department", flat=True))
        left = [name for name in renovation.DEPARTMENTS if name not in signed]
        self.fields["department"].choices = [("", "请选择"), *((name, name) for name in left)]  # type: ignore[attr-defined]

    @staticmethod
    def signed(case: HouseCase) -> Any:
        return Signature.objects.filter(house=case, round=case.entry.audit_list.round)


class PatrolForm(SeenForm):
    finding = reason("巡查情况", longest=500, help_text="发现的问题、整改要求和复查结果")
