"""光伏优先次序 as a definition: the villages in their order, or the households that have none of the three."""

import datetime
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from areas.scope import AreaScope
from households.lists.rows import opens
from households.models import Household
from measures import solar
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "measures:solar"
VILLAGES, HOMES = "villages", "homes"
VILLAGE_COLUMNS = [
    Column("village", "村", lambda row: row.name, "nb s3", said=False, pinned=True, names_row=True, width=18),
    Column("town", "镇街", lambda row: row.parent.name, "nb s3", said=False),
    Column(
        "collective", "村集体经济收入（元）", lambda row: _yuan(row), "n s3", plain=lambda row: row.collective
    ),
    Column("year", "年度", lambda row: row.collective_year or "", "n s1", width=8),
    Column(
        "homes", "三无贫困户", lambda row: _homes(row), "n s2", plain=lambda row: row.solar_homes, width=12
    ),
    Column("stations", "光伏项目", lambda row: row.stations, "n s1", width=10),
    Column("why", "理由", lambda row: solar.said_of(row), "s6", width=48),
]
HOME_COLUMNS = [
    Column(
        "number",
        "户编号",
        lambda row: opens(row.number),
        plain=lambda row: row.number,
        said=False,
        pinned=True,
        names_row=True,
        width=16,
    ),
    Column("head", "户主", lambda row: row.head_name, "nb s3"),
    Column("town", "镇街", lambda row: row.village.parent.name, "nb hide-phone", said=False),
    Column("village", "村", lambda row: row.village.name, "nb s3", said=False, width=18),
    Column("why", "优先次序", lambda row: row.priority.sentence, "s6", width=60),
]


class SolarFilter(forms.Form):
    kind = forms.ChoiceField(
        label="查什么",
        choices=[(VILLAGES, "村的次序"), (HOMES, "三无贫困户")],
        required=False,
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False

    @property
    def asked(self) -> str:
        return self.cleaned_data["kind"] or VILLAGES


@exportable(KEY, title="光伏优先次序")
def solar_list(user: User, query: QueryDict, day: datetime.date) -> Listed:
    scope: AreaScope = user.area_scope()
    require(user, Capability.PROJECT_VIEW)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), SolarFilter(query)
    if not form.is_valid():
        return Listed(Area.objects.none(), VILLAGE_COLUMNS, solar.VILLAGE_ORDER, form, area)
    if form.asked == HOMES:

        def dress(rows: list[Any]) -> None:
            why = solar.of_homes([row.pk for row in rows], day)
            for row in rows:
                row.priority = why[row.pk]

        homes = solar.three_none(Household.objects.in_scope(scope).in_area(area), day)
        joined = homes.select_related("village__parent")
        return Listed(
            joined,
            HOME_COLUMNS,
            solar.ORDER,
            form,
            area,
            dress=dress,
            shape=lambda rows: solar.ranked(rows, day),
        )
    here = Area.objects.in_scope(scope).in_area(area).valid_on(day).filter(level=Level.VILLAGE)
    return Listed(
        here.select_related("parent"),
        VILLAGE_COLUMNS,
        solar.VILLAGE_ORDER,
        form,
        area,
        shape=lambda rows: solar.villages(rows, day),
    )


def _yuan(row: Any) -> str:
    return "没有登记" if row.collective is None else f"{row.collective:,.2f}"


def _homes(row: Any) -> SafeString | str:
    if not row.solar_homes:
        return "0"
    return format_html('<a href="?kind={}&amp;area={}">{}</a>', HOMES, row.code, row.solar_homes)
