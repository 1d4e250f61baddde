"""Forms of measures: what to plan, what was delivered, why not; and the filter of their list."""

import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from areas.models import Area
from households.forms import Day, Filter, HalfWidthChars, choice
from households.models import Household, Person
from measures.amounts import Amount
from measures.models import Measure, Policy, PolicyKind, State
from measures.models.measure import FIRST_YEAR, MeasureQuerySet
from measures.models.policy import MEASURE_CHAPTERS
from measures.proposals import propose, rates
from office.form_fields import SearchWord

SHORT = {"class": "w8", "autocomplete": "off"}
MONEY = {"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}
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


def plannable(day: datetime.date, *targets: str) -> Any:
    """Policies of the eleven chapters that give something to one of the targets on the day."""
    wanted = Q()
    for target in targets:
        wanted |= Q(target__contains=target)
    kinds = (PolicyKind.POLICY, PolicyKind.INDICATOR)
    found = Policy.objects.in_force(day).filter(wanted, chapter__in=MEASURE_CHAPTERS, kind__in=kinds)
    return found.order_by("pk")


class PlanForm(forms.Form):
    """A measure for a household or one of its members; without an amount the standard works it out."""

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
    note = HalfWidthChars(
        label="备注", required=False, max_length=300, widget=forms.TextInput(attrs={"class": "w24"})
    )

    def __init__(
        self,
        *args: Any,
        day: datetime.date,
        household: Household | None = None,
        village: Area | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.day, self.household, self.village = day, household, village
        if household is not None:
            self.fields["policy"].queryset = plannable(day, "个人", "贫困户")  # type: ignore[attr-defined]
            members = household.persons.filter(present=True).order_by("number")
            self.fields["person"].queryset = members  # type: ignore[attr-defined]
        else:
            self.fields["policy"].queryset = plannable(day, "村")  # type: ignore[attr-defined]
            del self.fields["person"]
        self.initial.setdefault("year", day.year)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        policy, person = cleaned.get("policy"), cleaned.get("person")
        if policy is None or "person" in self.errors:
            return cleaned
        if self.household is not None and policy.target == "个人" and person is None:
            self.add_error("person", "这项政策给到个人，请选享受人")
        elif person is not None and "个人" not in policy.target:
            self.add_error("person", "这项政策给到全户，不选人")
        elif cleaned.get("amount") is None and "amount" not in self.errors and "months" not in self.errors:
            self._work_out(cleaned)
        return cleaned

    def _work_out(self, cleaned: dict[str, Any]) -> None:
        person, home = cleaned.get("person"), self.household
        try:
            found = propose(
                cleaned["policy"],
                rates(self.day),
                age=person.age(self.day) if person else None,
                members=home.member_count if home else 0,
                months=cleaned.get("months"),
            )
        except ValueError as error:
            self.add_error("policy", str(error))
        else:
            cleaned["worked_out"] = found

    def plan(self, by: Any) -> Measure:
        """The planned measure of a valid form."""
        asked, worked = self.cleaned_data, self.cleaned_data.get("worked_out")
        amount, unit, working = asked["amount"], "元", ""
        if isinstance(worked, Amount):
            amount, unit, working = worked.value, worked.unit, worked.working
        return Measure.plan(
            asked["policy"],
            household=self.household,
            person=asked.get("person"),
            village=self.village,
            year=asked["year"],
            on=self.day,
            by=by,
            amount=amount,
            unit=unit,
            working=working,
            note=asked["note"],
        )


class DeliverForm(forms.Form):
    use_required_attribute = False
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
    note = HalfWidthChars(
        label="备注", required=False, max_length=300, widget=forms.TextInput(attrs={"class": "w24"})
    )

    def __init__(self, *args: Any, amount: Decimal | None = None, unit: str = "元", **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["amount"].label = f"数额（{unit}）"
        self.fields["amount"].error_messages["required"] = "请填数额，没有金额的填 0"
        self.initial.setdefault("amount", amount)


class CancelForm(forms.Form):
    use_required_attribute = False
    cancel_reason = HalfWidthChars(
        label="取消原因",
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24"}),
        error_messages={"required": "取消要写明原因"},
    )


class MeasureFilter(Filter):
    """What `/measures/` may be narrowed by; the area stands in the address beside it."""

    further = ("kind_of", "q")

    year = year_field(required=False)
    state = choice("状态", State.values, "w4")
    chapter = choice("章节", MEASURE_CHAPTERS, "w8")
    policy = forms.ChoiceField(
        label="政策", required=False, choices=[], widget=forms.Select(attrs={"class": "w18"})
    )
    kind_of = choice("给到", ("个人", "全户", "村"), "w4")
    q = SearchWord(label="户编号", required=False, max_length=20, widget=forms.TextInput(attrs=SHORT))

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        used = Policy.objects.standing(day).filter(chapter__in=MEASURE_CHAPTERS).order_by("pk")
        pairs = list(used.values_list("code", "name"))
        field: Any = self.fields["policy"]
        field.choices = [("", "全部"), *pairs]
        field.error_messages["invalid_choice"] = "没有“%(value)s”这一项"

    def matching(self, measures: MeasureQuerySet) -> MeasureQuerySet:
        asked, found = self.cleaned_data, measures
        if asked["year"]:
            found = found.filter(year=asked["year"])
        if asked["state"]:
            found = found.filter(state=asked["state"])
        if asked["chapter"]:
            found = found.filter(policy__chapter=asked["chapter"])
        if asked["policy"]:
            found = found.of_policy(asked["policy"])
        if asked["kind_of"] == "个人":
            found = found.filter(person__isnull=False)
        elif asked["kind_of"]:
            found = found.filter(person__isnull=True, household__isnull=asked["kind_of"] == "村")
        if asked["q"]:
            found = found.filter(household__number=asked["q"])
        return found
