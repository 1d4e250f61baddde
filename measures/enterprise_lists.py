"""企业 as a definition: which firms, co-operatives and workshops take part, and what was delivered to them."""

import datetime
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.forms import choice
from measures import stages
from measures.models import Enterprise, EnterpriseKind, State
from measures.project_lists import named
from office.exports import exportable
from office.form_fields import SearchWord
from office.listing import Column, Listed, area_in

KEY = "measures:enterprises"
# Nobody is entered: the co-operative gets no project (measures.hiring).
NONE = Q(poor_employed__isnull=True) | Q(poor_employed=0)
COLUMNS = [
    named("名称", "measures:enterprise"),
    Column("kind", "类型", lambda row: row.kind, "nb s3", said=False, width=10),
    Column("area", "所在镇村", lambda row: row.area.name, "nb s3", width=18),
    Column("code", "统一社会信用代码", lambda row: row.credit_code, "nb hide-phone", width=22),
    Column("business", "主要业务", lambda row: row.business, "s6", width=24),
    Column("poor", "吸纳贫困人口", lambda row: row.poor_employed, "n s3", width=14),
    Column("lifted", "带动脱贫人口", lambda row: row.lifted, "n s3", width=14),
    Column("carries", "承担项目", lambda row: row.carries, "n s3", width=10),
    Column("helped", "已落实措施", lambda row: row.helped, "n s3", width=12),
    Column("closed", "经营情况", lambda row: "已停业" if row.closed else "在营", "nb s2", width=10),
]


class EnterpriseFilter(forms.Form):
    takes_on = choice("吸纳贫困人口", [("", "全部"), ("yes", "有吸纳"), ("no", "没有吸纳")], "w6")
    kind = choice("类型", EnterpriseKind.choices, "w6")
    q = SearchWord(label="名称", required=False, max_length=20, widget=forms.TextInput(attrs={"class": "w8"}))

    def matching(self, rows: Any) -> Any:
        asked = self.cleaned_data
        if asked["kind"]:
            rows = rows.filter(kind=asked["kind"])
        if asked["takes_on"]:
            rows = rows.filter(poor_employed__gt=0) if asked["takes_on"] == "yes" else rows.filter(NONE)
        return rows.filter(name__icontains=asked["q"]) if asked["q"] else rows


@exportable(KEY, title="企业")
def enterprises(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Enterprise.objects.visible_to(user)
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), EnterpriseFilter(query)
    if not form.is_valid():
        return Listed(visible.none(), COLUMNS, ("name", "pk"), form, area)
    rows = form.matching(visible.in_area(area)).select_related("area")
    helped = Count("measures", filter=Q(measures__state=State.DELIVERED), distinct=True)
    carries = Count("projects", filter=~Q(projects__stage=stages.CANCELLED), distinct=True)
    return Listed(rows.annotate(helped=helped, carries=carries), COLUMNS, ("name", "pk"), form, area)
