"""What the district enters on `/lines/`: published lines, price indexes, the standard that a county applies, 低保标准.

Each form writes its own record (`save`) and says what changed, for the trail and the message.
"""

import datetime
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms

from accounts.models import User
from households import poverty
from households.codes import CODES
from households.forms import HalfWidthChars
from households.models import ClosedYear, CountyStandard, Cpi, PovertyLine, SubsistenceStandard
from office.form_fields import year_field

STANDARDS = [(word, word) for word in CODES["poverty_standard"].words]


def source() -> forms.CharField:
    return HalfWidthChars(
        label="依据",
        max_length=200,
        help_text="文件名称和文号",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
    )


def yuan(label: str, name: str, example: int) -> forms.IntegerField:
    """Whole yuan a head and year."""
    return forms.IntegerField(
        label=label,
        min_value=100,
        max_value=99_999,
        widget=forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "invalid": f"{name}是整数的元，如 {example}",
            "min_value": f"{name}不能少于 100 元",
            "max_value": f"{name}不能多于 99999 元",
        },
    )


class IndexField(forms.DecimalField):
    """A price index with last year as 100."""

    def __init__(self) -> None:
        super().__init__(
            label="指数（上年＝100）",
            min_value=Decimal(50),
            max_value=Decimal(200),
            decimal_places=2,
            widget=forms.TextInput(attrs={"class": "w6 n-in", "inputmode": "decimal", "autocomplete": "off"}),
            error_messages={
                "invalid": "请填数字，如 102.3",
                "min_value": "上年是 100，不能小于 50",
                "max_value": "上年是 100，不能大于 200",
                "max_decimal_places": "最多两位小数",
                "max_whole_digits": "上年是 100，不能大于 200",
            },
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(unicodedata.normalize("NFKC", value).strip() if value else value)


class PublishedLine(forms.Form):
    """A line that the authority has published for a year; the one it replaces stays in the record."""

    action = "公布扶贫标准"

    standard = forms.ChoiceField(label="标准", choices=STANDARDS, widget=forms.RadioSelect)
    year = year_field("年度", required=True)
    published = yuan("公布标准（元）", "标准", 3509)
    source = source()

    def save(self, *, at: datetime.datetime, by: User) -> tuple[PovertyLine, dict[str, Any]]:
        asked = self.cleaned_data
        standard, year, amount = asked["standard"], asked["year"], asked["published"]
        line = PovertyLine.publish(standard, year, amount, source=asked["source"], at=at, by=by)
        return line, {"标准": standard, "年度": year, "公布数": amount, "依据": asked["source"]}


class PriceIndex(forms.Form):
    """The rural price index of a year, from which lines that were not published are computed (R026, R027)."""

    action = "登记价格指数"

    kind = forms.ChoiceField(label="指数", choices=poverty.CPI_KINDS, widget=forms.RadioSelect)
    year = year_field("年度", required=True)
    value = IndexField()
    source = source()

    def save(self, *, at: datetime.datetime, by: User) -> tuple[Cpi, dict[str, Any]]:
        asked = self.cleaned_data
        found = Cpi.objects.filter(kind=asked["kind"], year=asked["year"])
        before = found.values_list("value", flat=True).first()
        index, _ = Cpi.objects.update_or_create(
            kind=asked["kind"],
            year=asked["year"],
            defaults={"value": asked["value"], "source": asked["source"]},
        )
        return index, {
            "类别": asked["kind"],
            "年度": asked["year"],
            "指数": asked["value"],
            "原来": before,
            "依据": asked["source"],
        }


class OfCounty(forms.Form):
    """`counties` are those for which the user may enter."""

    def __init__(self, *args: Any, counties: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["county"] = forms.ModelChoiceField(
            counties,
            label="区县",
            empty_label=None if len(counties) == 1 else "",
            widget=forms.Select(attrs={"class": "w8"}),
            error_messages={"invalid_choice": "不在当前任职的区域内"},
        )
        self.order_fields(["county"])


class AppliedStandard(OfCounty):
    """The standard that a county applies from a year on (R025)."""

    action = "登记执行标准"

    standard = forms.ChoiceField(label="执行标准", choices=STANDARDS, widget=forms.RadioSelect)
    from_year = year_field("起始年度", required=True)

    def clean(self) -> dict[str, Any]:
        """What a closed year was judged by stays."""
        asked = super().clean() or {}
        county, year = asked.get("county"), asked.get("from_year")
        if county is not None and year is not None:
            closed = ClosedYear.objects.filter(county=county, year__gte=year).order_by("-year").first()
            if closed is not None:
                self.add_error("from_year", f"{closed.year}年已经封存，起始年度要在它以后")
        return asked

    def save(self, *, at: datetime.datetime, by: User) -> tuple[CountyStandard, dict[str, Any]]:
        asked = self.cleaned_data
        key = {"county": asked["county"], "from_year": asked["from_year"]}
        before = CountyStandard.objects.filter(**key).values_list("standard", flat=True).first()
        made, _ = CountyStandard.objects.update_or_create(**key, defaults={"standard": asked["standard"]})
        return made, {"起始年度": asked["from_year"], "标准": asked["standard"], "原来": before}


class Subsistence(OfCounty):
    """The 农村低保 standard of a county and year, held against the 省定 line (两线合一, R031)."""

    action = "登记低保标准"

    year = year_field("年度", required=True)
    amount = yuan("农村低保标准（元/年）", "低保标准", 3900)
    source = source()

    def save(self, *, at: datetime.datetime, by: User) -> tuple[SubsistenceStandard, dict[str, Any]]:
        asked = self.cleaned_data
        key = {"county": asked["county"], "year": asked["year"]}
        before = SubsistenceStandard.objects.filter(**key).values_list("amount", flat=True).first()
        made, _ = SubsistenceStandard.objects.update_or_create(
            **key, defaults={"amount": asked["amount"], "source": asked["source"]}
        )
        return made, {
            "年度": asked["year"],
            "低保标准": asked["amount"],
            "原来": before,
            "依据": asked["source"],
        }
