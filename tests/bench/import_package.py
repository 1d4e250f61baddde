"""The same file by django-import-export with its defaults, a row of Person each; its household is made when it is new.

Its models encrypt and keep history as ours do, since it saves them one by one.
"""

import os
import time
from pathlib import Path
from typing import Any

import tablib
from import_export import fields, resources, widgets

from areas.models import Area
from households.codes import CODES
from households.models import Household, Person
from households.workbook.columns import MODELS
from tests.bench.import_file import COLUMNS
from tests.bench.import_once import clerk
from tests.bench.places import COUNTY


class YesNo(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **options: Any) -> bool | None:
        return {"是": True, "否": False}.get(str(value))


class Words(widgets.Widget):
    def clean(self, value: Any, row: Any = None, **options: Any) -> tuple[str, ...]:
        return (CODES["health"].read(value) or "",) if value else ()


def columns() -> dict[str, str]:
    """Person fields by the title of their column."""
    found = {}
    for line in COLUMNS.read_text(encoding="utf-8-sig").splitlines()[1:]:
        title, path = line.split(",")[1:3]
        entity, _, name = path.partition(".")
        if entity == "person" and name != "number":
            found[name] = title
    return found


def widget(name: str) -> widgets.Widget:
    kind = MODELS["person"]._meta.get_field(name).get_internal_type()
    if name == "birth_date":
        return widgets.DateWidget(format="%Y%m%d")
    if name in ("health", "employment_channel"):
        return Words()
    if kind == "BooleanField":
        return YesNo()
    return widgets.IntegerWidget() if "Integer" in kind else widgets.CharWidget(coerce_to_string=True)


class Persons(resources.ModelResource):
    national_number = fields.Field("national_number", column_name="人口编号")
    household = fields.Field(
        "household", column_name="户编号", widget=widgets.ForeignKeyWidget(Household, "national_number")
    )

    class Meta:
        model = Person
        import_id_fields = ("national_number",)
        fields = ("national_number", "household", *columns())

    def __init__(self) -> None:
        super().__init__()
        county = Area.objects.by_code(COUNTY)
        self.villages = {
            (area.parent.name if area.parent else "", area.name): area for area in county.villages()
        }

    def before_import_row(self, row: Any, **options: Any) -> None:
        if not Household.objects.filter(national_number=row["户编号"]).exists():
            Household.create(
                village=self.villages[row["乡"], row["村"]],
                national_number=row["户编号"],
                poverty_standard=row["识别标准"],
                phone=row["户联系电话"],
            )


for _name, _title in columns().items():
    _empty = "" if isinstance(widget(_name), widgets.CharWidget) else None
    Persons.fields[_name] = fields.Field(_name, column_name=_title, widget=widget(_name), default=_empty)


def main() -> dict[str, Any]:
    clerk()
    began, before = time.perf_counter(), Person.objects.count()
    data = tablib.Dataset().load(Path(os.environ["BENCH_FILE"]).read_bytes(), format="xlsx")
    result = Persons().import_data(data, raise_errors=True)
    took = time.perf_counter() - began
    return {"seconds": took, "persons": Person.objects.count() - before, "rows": result.total_rows}
