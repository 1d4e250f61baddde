"""Forms that make another version of a plan table: what is carried over, and figures entered by hand."""

from collections.abc import Sequence
from typing import Any

from django import forms

from areas.models import Area
from office.form_fields import Figures, FreeText
from reporting.carrying import Line
from reporting.plan_layout import BASE_YEAR, ROLLING_COLUMNS, ColumnKey
from reporting.reading import (
    BASE,
    LONGEST,
    PERSONS,
    VILLAGES_LEAVING,
    WHOLE_BASE,
    TidyCell,
    read_number,
    squash,
)

MOST_ENTERED = 600
REASON_ERRORS = {"required": "写明原因", "max_length": "原因最多 200 个字"}


def reason_field(label: str) -> FreeText:
    return FreeText(
        label=label,
        max_length=200,
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
        error_messages=REASON_ERRORS,
    )


class CarryForm(forms.Form):
    """How much of what each part missed is added to the next year ("c17" by the place of the figure)."""

    use_required_attribute = False

    def __init__(self, data: Any, *, lines: Sequence[Line], year: int) -> None:
        super().__init__(data, initial={"reason": f"{year}年未完成的结转到{year + 1}年"})
        parted = {line.column for line in lines if not line.top}
        self.offered = [line for line in lines if line.open and not (line.top and line.column in parted)]
        for line in self.offered:
            words = {
                "required": "没有填",
                "invalid": "填整数",
                "min_value": "不能小于 0",
                "max_value": f"只有 {line.open} 没有完成",
            }
            self.fields[f"c{line.place}"] = forms.IntegerField(
                label=f"{line.area.name}　{line.what}",
                min_value=0,
                max_value=line.open,
                initial=line.open,
                widget=Figures({"class": "w4 n-in"}),
                error_messages=words,
            )
        self.fields["reason"] = reason_field("原因")

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(self.chosen().values()):
            raise forms.ValidationError("一个都没有结转")
        return asked

    def chosen(self) -> dict[int, int]:
        return {line.place: self.cleaned_data.get(f"c{line.place}") or 0 for line in self.offered}

    def of(self, line: Line) -> Any:
        name = f"c{line.place}"
        return self[name] if name in self.fields else None


class EntryForm(forms.Form):
    """One field a figure ("c17" by its place); what was printed before may stay whatever it is.

    With `named` the table is new and has no name yet.
    """

    use_required_attribute = False

    def __init__(self, data: Any, *, cells: Sequence[TidyCell], named: bool) -> None:
        super().__init__(data)
        self.before = cells
        for place, cell in enumerate(cells):
            self.fields[f"c{place}"] = forms.CharField(
                label=f"{cell.area} {cell.measure} {cell.standard} {cell.year}",
                required=False,
                max_length=LONGEST["value"],
                initial=cell.value,
                widget=forms.TextInput(
                    attrs={"class": "w4 n-in", "autocomplete": "off", "inputmode": "numeric"}
                ),
            )
        if named:
            self.fields["name"] = forms.CharField(
                label="名称",
                max_length=60,
                widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off"}),
                error_messages={"required": "请填写名称", "max_length": "名称最多 60 个字"},
            )
        self.fields["reason"] = reason_field("来源或原因")

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        for place, cell in enumerate(self.before):
            typed = asked.get(f"c{place}")
            if typed is None or typed == cell.value.strip() or not typed.strip():
                continue
            whole = squash(typed) == WHOLE_BASE and cell.group_word != BASE
            number = read_number(typed)
            if not whole and (number is None or number < 0):
                self.add_error(f"c{place}", "填不小于 0 的数、全部脱贫，或者空着")
        if not self.errors and self.cells() == list(self.before):
            raise forms.ValidationError("没有改动")
        if not self.errors and not any(cell.value.strip() for cell in self.cells()):
            raise forms.ValidationError("一个数都没有填")
        return asked

    def cells(self) -> list[TidyCell]:
        """The figures with what was typed; the others as they were."""
        made = []
        for place, cell in enumerate(self.before):
            typed = self.cleaned_data[f"c{place}"].strip()
            same = typed == cell.value.strip()
            made.append(
                cell
                if same
                else TidyCell(
                    cell.area, cell.group, cell.measure, cell.standard, cell.year, typed, line=cell.line
                )
            )
        return made


def blank(county: Area, towns: Sequence[Area], base_year: int) -> list[TidyCell]:
    """The nineteen columns of 004 专栏2 without figures, for a county and its towns."""
    names = ["全区", *(town.short_name for town in towns)]
    return [_blank(name, column, base_year) for name in names for column in ROLLING_COLUMNS]


def _blank(area: str, column: ColumnKey, base_year: int) -> TidyCell:
    year = f"基期{base_year}" if column.year == BASE_YEAR else column.year
    if column.kind == PERSONS:
        measure = "贫困人口（人）" if column.group == BASE else "脱贫人口（人）"
    elif column.group == VILLAGES_LEAVING:
        measure = "退出村（个）"
    else:
        measure = f"扶贫工作重点村（个）{column.part}"
    return TidyCell(area, column.group, measure, column.standard, year, "")
