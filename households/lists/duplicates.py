"""疑似重复: pairs of persons who may be one."""

import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import format_html

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from households.forms import Filter, choice
from households.lists.rows import opens
from households.models import Duplicate, DuplicateState, Likeness
from households.models.duplicate import DuplicateQuerySet
from office.exports import exportable
from office.listing import Column, Listed, area_in
from office.pii import mask_id

KEY, ALL = "households:duplicates", "all"
ORDER = ("pk",)


class DuplicateFilter(Filter):
    """Without a state it shows what waits."""

    rule = choice("疑似理由", Likeness.choices, "w8")
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[*DuplicateState.choices, (ALL, "全部")],
        widget=forms.Select(attrs={"class": "w6"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or str(DuplicateState.OPEN)

    def matching(self, pairs: DuplicateQuerySet) -> DuplicateQuerySet:
        asked = self.cleaned_data
        if asked["state"] != ALL:
            pairs = pairs.filter(state=asked["state"])
        return pairs.filter(rule=asked["rule"]) if asked["rule"] else pairs


def _person(side: str) -> list[Column]:
    """Age, masked number, household and place of one side; birth dates stand on the pair's own page (fields.csv)."""
    word = "一" if side == "one" else "二"

    def of(row: Any) -> Any:
        return getattr(row, side)

    return [
        Column(f"{side}_age", f"年龄{word}", lambda row: of(row).years_old, "n s3", width=8),
        Column(f"{side}_id", f"证件号码{word}", lambda row: mask_id(of(row).id_number), "nb s3", width=22),
        Column(
            f"{side}_household",
            f"户编号{word}",
            lambda row: opens(of(row).household.number),
            "nb s3",
            plain=lambda row: of(row).household.number,
        ),
        Column(
            f"{side}_village",
            f"村{word}",
            lambda row: of(row).household.village.name,
            "nb s3",
            width=18,
        ),
    ]


COLUMNS = [
    Column(
        "names",
        "姓名",
        lambda row: format_html(
            '<a href="{}">{}</a>', reverse("households:duplicate", args=[row.pk]), _names(row)
        ),
        plain=lambda row: _names(row),
        said=False,
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("rule", "疑似理由", lambda row: row.rule, "s6", said=False, width=28),
    *_person("one"),
    *_person("other"),
    Column("state", "状态", lambda row: row.state, "nb s3", width=12),
]


@exportable(KEY, title="疑似重复")
def duplicates(user: User, query: QueryDict, day: datetime.date) -> Listed:
    pairs = Duplicate.objects.visible_to(user)
    require(user, Capability.REGISTER_VIEW)
    area, form = area_in(query, user), DuplicateFilter(query)
    if not form.is_valid():
        return Listed(pairs.none(), COLUMNS, ORDER, form, area)
    rows = form.matching(pairs.in_area(area)).select_related(
        "one__household__village", "other__household__village"
    )
    return Listed(rows, COLUMNS, ORDER, form, area, dress=partial(_dress, day=day))


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    for row in rows:
        for person in (row.one, row.other):
            person.years_old = person.age(day)


def _names(row: Duplicate) -> str:
    one, other = row.one.name, row.other.name
    return one if one == other else f"{one}、{other}"
