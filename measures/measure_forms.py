"""Forms of measures: what to plan, what was delivered, what is added later, why not."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from areas.models import Area, Level
from households.forms import Day, HalfWidthChars
from households.models import Household, Person
from measures import extra_fields, overlaps
from measures.amounts import Amount
from measures.extras import DELIVERING, PLANNING
from measures.models import Enterprise, Measure, Policy
from measures.models.measure import FIRST_YEAR
from measures.models.policy import MEASURE_CHAPTERS, PLANNED_KINDS, PolicyKind
from measures.proposals import PART_OF, Rates, propose, rates
from office.file_fields import ACCEPTED, PAPER_HINT, Files, choose_again
from office.form_fields import FreeText
from office.rulebook import ERROR, WARNING

SHORT = {"class": "w8", "autocomplete": "off"}
MONEY = {"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}
# What the catalogue calls a place that is helped.
OF_PLACE: dict[str, str] = {Level.VILLAGE: "村", Level.TOWN: "镇街", Level.COUNTY: "区县"}
WHOLE = {"class": "w4 n-in", "inputmode": "numeric", "autocomplete": "off"}


def year_field(*, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label="年度",
        required=required,
        min_value=FIRST_YEAR,
        max_value=2100,
        widget=forms.TextInput(attrs=WHOLE),
        error_messages={
            "invalid": "年度应是四位数字",
            "min_value": "年度不能早于 %(limit_value)s",
            "max_value": "年度不能晚于 %(limit_value)s",
        },
    )


def amount_field(**options: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label="数额",
        max_digits=12,
        decimal_places=2,
        min_value=0,
        widget=forms.TextInput(attrs=MONEY),
        error_messages={
            "invalid": "数额是数字，如 360 或 360.50",
            "min_value": "数额不能小于 0",
            "max_digits": "数额太大",
            "max_whole_digits": "数额太大",
            "max_decimal_places": "数额最多两位小数",
        },
        **options,
    )


class PolicyChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.chapter}　{obj.name}　{obj.period}{obj.standard}"


class PersonChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}（{obj.relation}）"


def note_field() -> FreeText:
    return FreeText(
        label="备注", required=False, max_length=300, widget=forms.TextInput(attrs={"class": "w24"})
    )


def plannable(day: datetime.date, *targets: str) -> Any:
    """Policies of the eleven chapters that give something to one of the targets on the day."""
    wanted = Q()
    for target in targets:
        wanted |= Q(target__contains=target)
    found = Policy.objects.in_force(day).filter(wanted, chapter__in=MEASURE_CHAPTERS, kind__in=PLANNED_KINDS)
    return found.exclude(code__in=PART_OF).order_by("pk")


def _of_place(day: datetime.date, place: Area) -> Any:
    """Of a village what is given to villages; of a town or county only what is recorded of it (事项)."""
    found = plannable(day, OF_PLACE[place.level])
    return found if place.level == Level.VILLAGE else found.filter(kind=PolicyKind.TASK)


class PlanForm(forms.Form):
    """A measure for a household or one of its members, a village or an enterprise; without an amount the standard
    works it out. What the chosen policy asks beside (measures.extras) follows the usual fields."""

    use_required_attribute = False
    policy = PolicyChoice(
        label="政策",
        queryset=Policy.objects.none(),
        empty_label="请选择",
        widget=forms.Select(attrs={"class": "w24"}),
        error_messages={"required": "请选一项政策", "invalid_choice": "这项政策现在不能列入计划"},
    )
    person = PersonChoice(
        label="享受人",
        queryset=Person.objects.none(),
        required=False,
        empty_label="全户",
        help_text="给到个人的政策要选人",
        widget=forms.Select(attrs=SHORT),
        error_messages={"invalid_choice": "这个人不是本户的在册成员"},
    )
    year = year_field()
    months = forms.IntegerField(
        label="月数",
        required=False,
        min_value=1,
        max_value=12,
        widget=forms.TextInput(attrs=WHOLE),
        help_text="按月的标准用，不填为 12 个月，临时救助为 1 个月",
        error_messages={
            "invalid": "月数是 1 到 12 的整数",
            "min_value": "月数是 1 到 12 的整数",
            "max_value": "月数是 1 到 12 的整数",
        },
    )
    amount = amount_field(required=False, help_text="不填，按标准算出")
    note = note_field()

    def __init__(
        self,
        *args: Any,
        day: datetime.date,
        household: Household | None = None,
        village: Area | None = None,
        enterprise: Enterprise | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.day, self.household, self.village, self.enterprise = day, household, village, enterprise
        policies: Any = self.fields["policy"]
        if household is not None:
            policies.queryset = plannable(day, "个人", "贫困户")
            members: Any = self.fields["person"]
            members.queryset = household.persons.filter(present=True).order_by("number")
        else:
            policies.queryset = plannable(day, "企业") if village is None else _of_place(day, village)
            del self.fields["person"]
        self.initial.setdefault("year", day.year)
        self.chosen = self._chosen(policies.queryset)
        if self.chosen is not None:
            extra_fields.put_into(self, self.chosen.code, PLANNING)

    def _chosen(self, policies: Any) -> Policy | None:
        typed = str(self.data.get("policy") or self.initial.get("policy") or "")
        found: Policy | None = policies.filter(pk=typed).first() if typed.isdecimal() else None
        return found

    @property
    def usual(self) -> list[forms.BoundField]:
        return [self[name] for name in self.base_fields if name in self.fields]

    @property
    def further(self) -> list[forms.BoundField]:
        return extra_fields.bound_fields(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        policy, person = cleaned.get("policy"), cleaned.get("person")
        if policy is None or "person" in self.errors:
            return cleaned
        if self.household is not None and policy.target == "个人" and person is None:
            self.add_error("person", "这项政策给到个人，请选享受人")
        elif person is not None and "个人" not in policy.target:
            self.add_error("person", "这项政策给到全户，不选人")
        known = rates(self.day)
        extra_fields.check(self, policy.code, known)
        if not self.errors and cleaned.get("amount") is None:
            self._work_out(cleaned, known)
        if not self.errors:
            hold_apart(self, self._measure(), self._amount()[0])
        return cleaned

    def _work_out(self, cleaned: dict[str, Any], known: Rates) -> None:
        person, home = cleaned.get("person"), self.household
        try:
            found = propose(
                cleaned["policy"],
                known,
                age=person.age(self.day) if person else None,
                members=home.member_count if home else 0,
                months=cleaned.get("months"),
                said=extra_fields.values_of(self),
            )
        except ValueError as error:
            self.add_error("policy", str(error))
        else:
            cleaned["worked_out"] = found

    def _amount(self) -> tuple[Decimal | None, str, str]:
        """Amount, unit and working of a valid form: as typed, or as it was worked out."""
        worked = self.cleaned_data.get("worked_out")
        if isinstance(worked, Amount):
            return worked.value, worked.unit, worked.working
        return self.cleaned_data["amount"], "元", ""

    def _measure(self) -> Measure:
        """What would be planned, not saved."""
        asked, person = self.cleaned_data, self.cleaned_data.get("person")
        return Measure(
            policy=asked["policy"],
            household=self.household,
            person=person,
            village=self.village,
            enterprise=self.enterprise,
            year=asked["year"],
        )

    @property
    def apart(self) -> list[str]:
        """What the chosen policy may not be had with, in sentences."""
        return overlaps.about(self.chosen) if self.chosen is not None else []

    def plan(self, by: Any) -> Measure:
        """The planned measure of a valid form."""
        asked = self.cleaned_data
        amount, unit, working = self._amount()
        return Measure.plan(
            asked["policy"],
            household=self.household,
            person=asked.get("person"),
            village=self.village,
            enterprise=self.enterprise,
            year=asked["year"],
            on=self.day,
            by=by,
            amount=amount,
            unit=unit,
            working=working,
            note=asked["note"],
            extras=extra_fields.values_of(self),
        )


def hold_apart(form: forms.Form, measure: Measure, amount: Decimal | None) -> None:
    """Errors of what may not be had together or twice; a warning wants its reason in the remark."""
    for one in overlaps.clashes(measure, measure.beside(), amount):
        if one.severity == ERROR:
            form.add_error(None, f"{one.message}。")
        elif one.severity == WARNING and not form.cleaned_data.get("note") and not measure.note:
            form.add_error("note", f"{one.message}。要保存，写明理由")


class PapersForm(forms.Form):
    """Further fields of a measure and its photos and papers; a subclass says what else is asked."""

    use_required_attribute = False
    step = ""

    def __init__(self, *args: Any, measure: Measure, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.measure, self.day = measure, day
        extra_fields.put_into(self, measure.policy.code, self.step, measure.extras)
        self.fields["papers"] = Files(
            label="照片和凭证", accept=ACCEPTED, required=False, help_text=PAPER_HINT
        )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if extra_fields.bound_fields(self):
            extra_fields.check(self, self.measure.policy.code, rates(self.day))
        self.further_checks()
        choose_again(self, "papers")
        return cleaned

    def further_checks(self) -> None:
        """What a step checks beside its fields."""

    @property
    def extras(self) -> dict[str, str]:
        return extra_fields.values_of(self)


class DeliverForm(PapersForm):
    step = DELIVERING
    delivered_on = Day(label="落实日期", error_messages={"required": "请填落实日期"})
    amount = amount_field()
    payer = HalfWidthChars(
        label="支付单位",
        max_length=100,
        widget=forms.TextInput(attrs={"class": "w18"}),
        error_messages={"required": "请写支付或落实的单位"},
    )
    voucher = HalfWidthChars(
        label="凭证号", required=False, max_length=60, widget=forms.TextInput(attrs=SHORT)
    )
    note = note_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = f"数额（{self.measure.unit or '元'}）"
        self.fields["amount"].error_messages["required"] = "请填数额，没有金额的填 0"
        self.initial.setdefault("amount", self.measure.amount)

    def further_checks(self) -> None:
        if not self.errors:
            hold_apart(self, self.measure, self.cleaned_data["amount"])


class CompleteForm(PapersForm):
    """补登: what is known later, and photos taken later."""

    def further_checks(self) -> None:
        if not self.errors and not self.cleaned_data.get("papers") and self.extras == self.measure.extras:
            self.add_error(None, "没有改动，也没有选文件")

    @property
    def said(self) -> dict[str, str]:
        """Every field that was shown: one that was emptied is empty."""
        return {**dict.fromkeys(extra_fields.keys_of(self), ""), **self.extras}


class CancelForm(forms.Form):
    use_required_attribute = False
    cancel_reason = FreeText(
        label="取消原因",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24"}),
        error_messages={"required": "取消要写明原因"},
    )
