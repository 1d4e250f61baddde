"""The watch list (监测对象): which kinds a day and a household allow, the forms to enter and to remove."""

import datetime
import hashlib
from typing import Any

from django import forms

from households.care.forms import NOT_FILLED, Care, care_field
from households.codes import CODES
from households.models import LEFT, Household, Watch
from households.models.card import POOR
from office.days import written

KINDS = CODES["watch_kind"]
UNSTABLE, FRINGE, SUDDEN = KINDS.words
MOST_RISKS = 5
ASSURANCES = ("education_assured", "housing_assured", "water_assured", "health_assured")
MEASURES = ("industry_help", "job_help", "social_help", "safety_net")
INCOMES = ("wage_income", "business_income", "property_income", "transfer_income", "business_expense")
OTHER_MONEY = ("claim_income", "self_paid_medical")


def kinds_on(day: datetime.date) -> tuple[str, ...]:
    """The kinds in force on a day: the words are of 2020 and later (codes.csv, valid_from)."""
    return tuple(code.label for code in KINDS.codes if code.valid_from is None or code.valid_from <= day)


def first_kind_from() -> datetime.date | None:
    """The day since which there is any kind; None when there always was."""
    days = [code.valid_from for code in KINDS.codes]
    return None if None in days else min(day for day in days if day is not None)


def against(kind: str, household: Household) -> str:
    """Why a household cannot be of a kind; empty when it can."""
    if kind == UNSTABLE and household.exit_mark != LEFT:
        return f"{UNSTABLE}是已脱贫的户；该户{household.exit_mark or '未纳入'}"
    if kind == FRINGE and household.registered_on is not None:
        return f"{FRINGE}是没有建档立卡的户；该户已经建档立卡"
    if household.exit_mark in POOR:
        return f"该户{household.exit_mark}，在册帮扶，不列入监测"
    return ""


def as_it_stands(watch: Watch) -> str:
    """What a page showed of a record, to tell whether it was changed since."""
    names = ("kind", "identified_on", "risks", *ASSURANCES, *MEASURES)
    return hashlib.sha256(repr([getattr(watch, name) for name in names]).encode()).hexdigest()[:16]


class WatchForm(Care):
    class Meta:
        model = Watch
        formfield_callback = care_field
        fields = ("kind", "identified_on", *ASSURANCES, *MEASURES)

    RISKS = tuple(f"risk_{place}" for place in range(1, MOST_RISKS + 1))
    layout = (
        ("识别", ("kind", "identified_on")),
        ("致贫/返贫风险（按轻重）", RISKS),
        ("四项保障", ASSURANCES),
        ("需要的帮扶措施", MEASURES),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk is None:
            self.initial["identified_on"] = self.day
        words = kinds_on(self.day)
        self.fields["kind"] = forms.ChoiceField(
            label="监测对象类别",
            choices=[(word, word) for word in words],
            widget=forms.RadioSelect,
            error_messages={"required": NOT_FILLED, "invalid_choice": "今天没有“%(value)s”这一类别"},
        )
        for place, name in enumerate(self.RISKS, 1):
            self.fields[name] = forms.ChoiceField(
                label=f"第{'一二三四五'[place - 1]}项",
                required=place == 1,
                choices=[("", ""), *((word, word) for word in CODES["watch_risk"].words)],
                error_messages={"required": "至少选一项风险"},
            )
        for name, word in zip(self.RISKS, self.instance.risks or (), strict=False):
            self.initial[name] = word
        for name in MEASURES:
            self.fields[name].widget.attrs["class"] = "w24"
        self.fields["seen"] = forms.CharField(
            required=False, widget=forms.HiddenInput, initial=as_it_stands(self.instance)
        )

    @property
    def untouched_since(self) -> bool:
        """Nobody has changed the record since the page showed it."""
        return bool(self.cleaned_data["seen"] == as_it_stands(Watch.objects.get(pk=self.instance.pk)))

    def clean_identified_on(self) -> Any:
        return self.not_later_than_today("identified_on")

    def clean(self) -> dict[str, Any]:
        asked = super().clean() or self.cleaned_data
        kind, identified = asked.get("kind"), asked.get("identified_on")
        if kind and identified and kind not in kinds_on(identified):
            self.add_error("identified_on", f"{identified}还没有“{kind}”这一类别")
        if kind and (reason := against(kind, self.household)):
            self.add_error("kind", reason)
        risks = [asked[name] for name in self.RISKS if asked.get(name)]
        for name in self.RISKS:
            if asked.get(name) and risks.count(asked[name]) > 1:
                self.add_error(name, "同一项风险选了两次")
                break
        return asked

    def save(self, commit: bool = True) -> Watch:
        """Risks keep the order of their weight, which the code list's own order would undo."""
        self.instance.risks = tuple(self.cleaned_data[name] for name in self.RISKS if self.cleaned_data[name])
        watch: Watch = super().save(commit)
        return watch


class WatchRemoval(Care):
    class Meta:
        model = Watch
        formfield_callback = care_field
        fields = ("removed_on", "removal_way", *INCOMES, *OTHER_MONEY)

    layout = (
        ("风险消除", ("removed_on", "removal_way")),
        ("消除后收入（元，全家全年）", INCOMES),
        ("其他", OTHER_MONEY),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["removed_on"] = self.day
        for name in ("removed_on", "removal_way", *INCOMES):
            self.fields[name].required = True
        way = self.fields["removal_way"]
        way.choices = [pair for pair in way.choices if pair[0]]  # type: ignore[attr-defined]
        for name in (*INCOMES, *OTHER_MONEY):
            self.fields[name].label = str(self.fields[name].label).removeprefix("消除后")

    def clean_removed_on(self) -> Any:
        removed = self.not_later_than_today("removed_on")
        if removed is not None and removed < self.instance.identified_on:
            raise forms.ValidationError(f"不能早于识别时间（{written(self.instance.identified_on)}）")
        return removed

    def clean(self) -> dict[str, Any]:
        self.instance.risk_removed = True
        return super().clean() or self.cleaned_data
