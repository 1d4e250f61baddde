"""Helpers of a household (结对帮扶): the forms, and what C040 and C086 say of a helper before it is saved."""

import datetime
from typing import Any

from django import forms

from households import identity
from households.care.forms import Care, care_field
from households.checks import ENTRY, Breach, Context, HelperFacts, HouseholdRecord, run
from households.colours import anniversary
from households.forms import FreeText
from households.models import Helper, Household, Person
from households.models.card import POOR
from office.days import written

OF_HELPERS = ("C040", "C086")


def warnings(helper: HelperFacts, day: datetime.date) -> list[Breach]:
    """Only the rules about helpers: the record holds nothing else. It is not said whose number it is."""
    poor = Person.objects.none()
    if helper.id_number:
        key = Person._meta.get_field("id_number_key").of(helper.id_number)  # type: ignore[union-attr]
        poor = Person.objects.filter(
            id_number_key=key,
            present=True,
            household__exit_mark__in=POOR,
            household__removed_on__isnull=True,
        )
    numbers = {identity.stem(helper.id_number)} if poor.exists() else set()
    record = HouseholdRecord(helpers=(helper,))
    found = run(record, Context(day=day, stage=ENTRY, poor_numbers=numbers))
    return [breach for breach in found if breach.rule in OF_HELPERS]


class HelperForm(Care):
    """A new helper; `after` is the one it takes over from: a change of helper is a new line with its days."""

    reason = FreeText(
        label="核实说明", required=False, max_length=200, widget=forms.TextInput(attrs={"class": "w24"})
    )

    class Meta:
        model = Helper
        formfield_callback = care_field
        fields = (
            "name",
            "unit_name",
            "affiliation",
            "phone",
            "start_on",
            "id_number",
            "political_status",
            "education",
            "resident_team_member",
            "skills",
            "plan",
        )

    layout = (
        ("帮扶责任人", ("name", "unit_name", "affiliation", "phone", "start_on")),
        (
            "其他情况",
            ("id_number", "political_status", "education", "resident_team_member", "skills", "plan"),
        ),
    )

    def __init__(self, *args: Any, after: Helper | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.after, self.warned = after, []  # type: tuple[Helper | None, list[Breach]]
        self.initial["start_on"] = self.day
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["unit_name"].widget.attrs["class"] = "w18"
        self.fields["id_number"].widget.attrs["class"] = "w18"
        self.fields["id_number"].help_text = "填了才能核对本人是不是在册贫困人口"

    @property
    def sheets(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The reason is asked for only where something is to be confirmed."""
        return ([("提醒", [self["reason"]])] if self.warned else []) + super().sheets

    def clean_start_on(self) -> Any:
        start = self.not_later_than_today("start_on")
        if self.after is not None and start is not None and start <= self.after.start_on:
            raise forms.ValidationError(
                f"须晚于{self.after.name}的开始时间（{written(self.after.start_on)}）"
            )
        return start

    def clean_id_number(self) -> str:
        number = identity.normalise(self.cleaned_data["id_number"] or "")
        if number:
            broken = identity.read("居民身份证", number, self.day).broken
            if broken:
                raise forms.ValidationError(identity.MESSAGES[broken[0]])
        return number

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        start = asked.get("start_on")
        if start is not None and asked.get("name") and "unit_name" in asked:
            same = self.household.helpers.valid_on(start).filter(
                name=asked["name"], unit_name=asked["unit_name"]
            )
            if same.exists():
                self.add_error("name", f"{asked['name']}已经是该户的帮扶责任人")
        facts = HelperFacts(
            id_number=asked.get("id_number", ""), phone=asked.get("phone", ""), start_on=start
        )
        self.warned = warnings(facts, self.day)
        if self.warned and not asked.get("reason"):
            self.add_error("reason", "核实无误后写明理由，再保存")
        return asked


# 003 第十章第一节一: one stint.
STINT_YEARS = 2


def against_release(start: datetime.date, end: datetime.date, *, poor: bool, another: bool) -> list[str]:
    """不脱钩、不撤回 (R254): what speaks against letting a helper go on the day; nothing, once the task is done."""
    if not poor:
        return []
    found = [] if another else ["该户还没有脱贫，任务没有完成，也没有别的责任人接手"]
    if end < anniversary(start, STINT_YEARS):
        found.append(f"帮扶不满{STINT_YEARS}年（{start}开始）")
    return found


class HelperEnd(Care):
    reason = FreeText(
        label="提前撤出的理由",
        required=False,
        max_length=200,
        help_text="该户脱贫以前撤出，或者帮扶不满两年的，要写明",
        widget=forms.TextInput(attrs={"class": "w24"}),
    )

    class Meta:
        model = Helper
        formfield_callback = care_field
        fields = ("end_on",)

    layout = (("结束帮扶", ("end_on", "reason")),)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["end_on"].required = True
        self.initial["end_on"] = self.day

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        end = asked.get("end_on")
        if end is not None and not asked.get("reason"):
            others = self.household.helpers.valid_on(end + datetime.timedelta(days=1)).exclude(
                pk=self.instance.pk
            )
            against = against_release(
                self.instance.start_on, end, poor=self.household.in_register, another=others.exists()
            )
            if against:
                self.add_error("reason", f"{'；'.join(against)}：写明理由，或者用“更换”安排接手的人")
        return asked

    def clean_end_on(self) -> Any:
        end = self.not_later_than_today("end_on")
        if end is not None and end < self.instance.start_on:
            raise forms.ValidationError(f"不能早于开始时间（{written(self.instance.start_on)}）")
        return end


def masked(household: Household, helper: Helper) -> dict[str, Any]:
    """What the trail keeps of a pairing."""
    return {"户编号": household.number, "结对编号": helper.number, "帮扶责任人": helper.name}
