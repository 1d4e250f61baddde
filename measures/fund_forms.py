"""Forms of the money: sources and their budget lines, allocations, payments, counter-entries, the yearly rule."""

import datetime
from typing import Any

from django import forms

from areas.models import Level
from areas.scope import AreaScope
from measures.measure_forms import year_field
from measures.models import (
    Basis,
    EntryKind,
    FundEntry,
    FundSource,
    FundYear,
    PayeeKind,
    Project,
    ProjectFund,
    SourceKind,
)
from measures.money_fields import Account, Once, Seen, Yuan
from measures.project_forms import LONG, MIDDLE, SHORT, AreaChoice, day_field, line, remark, select
from office.days import written
from office.form_fields import Filter, SearchWord, choice, own_field


class SourceForm(forms.Form):
    """A source and year with its first budget line."""

    use_required_attribute = False
    area = AreaChoice(label="区县")
    year = year_field()
    kind = select("来源", SourceKind.values, {"class": "w6"})
    name = line("资金名称", 60, LONG)
    amount = Yuan(label="预算（元）")
    document = line("下达文号", 60, number=True)
    on = day_field("下达日期")
    basis = select("出自", Basis.values, SHORT, required=False, help_text="是某笔资金的一部分时填")
    pool = Yuan(label="那笔资金的总额（元）", required=False)
    note = line("备注", 200, LONG, required=False)
    once = Once()

    def __init__(self, *args: Any, scope: AreaScope, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        area: Any = self.fields["area"]
        area.within(scope, day, (Level.COUNTY,))
        if len(area.queryset[:2]) == 1:
            self.initial.setdefault("area", area.queryset[0].pk)
        self.initial.setdefault("year", day.year)
        self.initial.setdefault("on", day)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("on") and asked["on"] > self.day:
            self.add_error("on", f"不能晚于今天（{written(self.day)}）")
        pool, amount = asked.get("pool"), asked.get("amount")
        if bool(asked.get("basis")) != (pool is not None) and "pool" not in self.errors:
            self.add_error("pool" if asked.get("basis") else "basis", "出自哪笔资金和它的总额要一起填")
        elif pool is not None and amount is not None and pool < amount:
            self.add_error("pool", "总额不能少于用于扶贫的预算")
        return asked


class BudgetForm(forms.Form):
    use_required_attribute = False
    amount = Yuan(label="追加预算（元）")
    document = line("下达文号", 60, number=True)
    on = day_field("下达日期")
    note = line("备注", 200, LONG, required=False)
    seen = Seen()
    once = Once()


class SourceChoice(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=FundSource.objects.none(),
            empty_label="请选择",
            widget=forms.Select(attrs=LONG),
            error_messages={"required": "请选资金来源", "invalid_choice": "没有这笔资金，或者它不在本区县"},
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.year}年　{obj.kind}　{obj.name}　可分配 {obj.unallocated:,.2f} 元"


class AllocateForm(forms.Form):
    """Money of a source for one project: of the project's county, with something left."""

    use_required_attribute = False
    source = SourceChoice(label="资金来源")
    amount = Yuan(label="分配金额（元）")
    document = line("分配文号", 60, number=True)
    on = day_field("分配日期")
    note = line("用途", 200, LONG, required=False)
    seen = Seen()
    once = Once()

    def __init__(
        self, *args: Any, project: Project, sources: Any, day: datetime.date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        county = project.area.at(Level.COUNTY)
        field: Any = self.fields["source"]
        field.queryset = sources.filter(area=county).order_by("-year", "pk")
        self.initial.setdefault("on", day)
        self.initial.setdefault("seen", project.ledger_version)


class FundChoice(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=ProjectFund.objects.none(),
            empty_label="请选择",
            widget=forms.Select(attrs=LONG),
            error_messages={"required": "请选支付哪笔资金", "invalid_choice": "这笔资金没有分配给本项目"},
            **options,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.source.year}年　{obj.source.name}　可支付 {obj.left:,.2f} 元"


class PayForm(forms.Form):
    """A payment that was made: from which money, to whom, by which voucher."""

    use_required_attribute = False
    fund = FundChoice(label="支付资金")
    amount = Yuan(label="支付金额（元）")
    on = day_field("支付日期")
    document = line("凭证号", 60, number=True)
    payee_kind = select("收款类别", PayeeKind.values)
    payee = line("收款人", 80)
    payee_account = Account(label="收款账号", required=False, help_text="保存后只显示末四位")
    note = line("用途", 200, LONG, required=False)
    seen = Seen()
    once = Once()

    def __init__(self, *args: Any, project: Project, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.project = project
        field: Any = self.fields["fund"]
        field.queryset = project.funds.select_related("source")
        self.initial.setdefault("on", day)
        self.initial.setdefault("seen", project.ledger_version)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if asked.get("document") and asked.get("payee"):
            same = FundEntry.objects.filter(
                project=self.project,
                kind=EntryKind.PAYMENT,
                document=asked["document"],
                payee=asked["payee"],
                counters__isnull=True,
                countered_by__isnull=True,
            ).exclude(once=asked.get("once"))
            if same.exists():
                self.add_error("document", "这张凭证已经登记过支付给这个收款人")
        return asked


class CounterForm(forms.Form):
    use_required_attribute = False
    on = day_field("冲回日期")
    note = remark("原因", 200, required=True)
    once = Once()


class GrowthForm(forms.Form):
    """The growth of the local revenue of a county and year, in percent; it may have fallen."""

    use_required_attribute = False
    revenue_growth = forms.DecimalField(
        label="地方财政收入增幅（%）",
        min_value=-100,
        max_value=999,
        decimal_places=2,
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "required": "请填增幅",
            **dict.fromkeys(("invalid", "min_value", "max_value"), "增幅是百分数，如 7.5，下降的写 -3"),
            "max_decimal_places": "增幅最多两位小数",
        },
    )
    source = line("数据出处", 80)

    def save(self, *, area: Any, year: int, by: Any, at: datetime.datetime) -> FundYear:
        facts = {**self.cleaned_data, "entered_by": by, "entered_at": at}
        return FundYear.objects.update_or_create(area=area, year=year, defaults=facts)[0]


class LedgerFilter(Filter):
    """What the ledger may be narrowed by."""

    further = ("q", "payee_kind", "since", "until", "as_of", "own")

    year = year_field(required=False)
    kind = choice("类别", (*EntryKind.values, "冲回"), "w4")
    source = choice("资金来源", SourceKind.values, "w4")
    project = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1, widget=forms.HiddenInput)
    q = SearchWord(
        label="项目、收款人或凭证", required=False, max_length=30, widget=forms.TextInput(attrs=MIDDLE)
    )
    payee_kind = choice("收款类别", PayeeKind.values)
    since = day_field("从", required=False)
    until = day_field("到", required=False)
    as_of = day_field("登记截至", required=False)
    own = own_field()


class SourceFilter(Filter):
    year = year_field(required=False)
    kind = choice("来源", SourceKind.values, "w4")
