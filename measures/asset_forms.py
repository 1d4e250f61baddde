"""Forms of assets, their yearly income and its sharing; the filter of their list."""

import datetime
from typing import Any

from django import forms

from areas.models import Area
from areas.scope import AreaScope
from measures import sharing
from measures.measure_forms import year_field
from measures.models import Asset, Project
from measures.models.asset import SOLAR, AssetKind, Station
from measures.money_fields import Once, WholeNumber, Yuan
from measures.project_forms import LONG, MIDDLE, SHORT, AreaChoice, day_field, line, remark, select
from office.days import written
from office.form_fields import Filter, SearchWord, choice


class AssetForm(forms.Form):
    """What a project left behind; its place is the project's or lies within it."""

    use_required_attribute = False
    name = line("资产名称", 60, LONG)
    kind = select("资产类别", AssetKind.values)
    area = AreaChoice(label="权属地点")
    value = Yuan(label="资产价值（元）")
    station = select("电站类型", Station.values, required=False, help_text="光伏电站填")
    capacity = forms.DecimalField(
        label="装机容量（千瓦）",
        required=False,
        min_value=0,
        max_digits=8,
        decimal_places=2,
        help_text="光伏电站填",
        widget=forms.TextInput(attrs={"class": "w4 n-in", "inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            **dict.fromkeys(
                ("invalid", "min_value", "max_digits", "max_whole_digits"), "装机容量是大于 0 的数字"
            ),
            "max_decimal_places": "装机容量最多两位小数",
        },
    )
    owner = line("产权人", 60, help_text="一般是村集体")
    keeper = line("管护责任人", 30, SHORT)
    operator = line("经营主体", 60, help_text="对资产保值负责、付收益的一方")
    formed_on = day_field("形成日期")
    life_years = WholeNumber(label="使用年限", low=1, high=70)
    agreement = line("协议编号", 60, MIDDLE, number=True, required=False)
    agreed_until = day_field("协议到期", required=False)
    agreed_income = Yuan(label="约定年收益（元）", required=False)

    def __init__(
        self, *args: Any, project: Project, scope: AreaScope, day: datetime.date, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.project, self.day = project, day
        area: Any = self.fields["area"]
        area.within(scope, day, ("county", "town", "village"))
        inside = Area.objects.filter(AreaScope.of([project.area]).area_q())
        area.queryset = area.queryset.filter(pk__in=inside.values("pk"))
        self.initial.setdefault("area", project.area_id)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        formed, until = asked.get("formed_on"), asked.get("agreed_until")
        if formed and formed > self.day:
            self.add_error("formed_on", f"不能晚于今天（{written(self.day)}）")
        if formed and until and until < formed:
            self.add_error("agreed_until", "协议到期不能早于形成日期")
        solar = asked.get("kind") == SOLAR
        if asked.get("kind") and solar != bool(asked.get("capacity")) and "capacity" not in self.errors:
            self.add_error("capacity", "光伏电站要填装机容量" if solar else "只有光伏电站填装机容量")
        if asked.get("kind") and solar != bool(asked.get("station")) and "station" not in self.errors:
            self.add_error("station", "光伏电站要选电站类型" if solar else "只有光伏电站有电站类型")
        name = asked.get("name")
        if name and Asset.objects.filter(project=self.project, name=name).exists():
            self.add_error("name", "这个项目已有同名资产")
        return asked


class IncomeForm(forms.Form):
    use_required_attribute = False
    year = year_field()
    received_on = day_field("到账日期")
    amount = Yuan(label="收益（元）")
    costs = Yuan(label="运行维护费（元）", positive=False, initial=0)
    payer = line("付款单位", 60)
    voucher = line("凭证号", 60, number=True)
    once = Once()

    def __init__(self, *args: Any, asset: Asset, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asset, self.day = asset, day
        self.initial.setdefault("year", day.year)
        self.initial.setdefault("received_on", day)
        self.initial.setdefault("payer", asset.operator)

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        if not self.asset.formed_on.year <= year <= self.day.year:
            raise forms.ValidationError(f"收益年度应在 {self.asset.formed_on.year} 到 {self.day.year} 之间")
        return year


class ProposeForm(forms.Form):
    """How an income is shared: how much of it, by what rule."""

    use_required_attribute = False
    total = Yuan(label="分给贫困户（元）")
    way = forms.ChoiceField(
        label="分配方式",
        choices=[(way, f"{way}平均") for way in sharing.WAYS],
        widget=forms.Select(attrs=SHORT),
        error_messages={"required": "请选分配方式", "invalid_choice": "没有“%(value)s”这种方式"},
    )
    first = Yuan(
        label="先分的数额（元）",
        required=False,
        help_text="每户或每人先分到的最多数额，不填则只分给无劳动能力户",
    )
    village_use = line("村集体留用的用途", 100, LONG, required=False, help_text="全部分给贫困户的不填")


class ConfirmForm(forms.Form):
    use_required_attribute = False
    posted_on = day_field("公示张贴日期")
    minutes = line("会议记录编号", 60, number=True)


class PayOutForm(forms.Form):
    use_required_attribute = False
    paid_on = day_field("发放日期")
    voucher = line("发放凭证号", 60, number=True)


class WithdrawForm(forms.Form):
    use_required_attribute = False
    withdrawn_reason = remark("撤回原因", 200, required=True)


class AssetFilter(Filter):
    kind = choice("类别", AssetKind.values)
    q = SearchWord(label="名称或单位", required=False, max_length=30, widget=forms.TextInput(attrs=SHORT))
