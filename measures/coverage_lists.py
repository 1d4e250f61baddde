"""应享未享 and 不应享而享 of one policy as a definition: who, where and why, on screen and as a file."""

import datetime
from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from areas.scope import AreaScope
from households.lists.rows import opens, strong, town_name, village_name
from households.looking_back import Back
from households.models import Household, Person
from households.record import head_names, within, written
from measures import solar
from measures.conditions import OF_PERSON
from measures.coverage import (
    ENTITLED,
    MET,
    UNDUE,
    UNMET,
    WORDS,
    Ground,
    entitled,
    met,
    reasons,
    undue,
    unmet,
    with_plan,
)
from measures.eligibility import RULES, Rule
from measures.models import Policy
from office import clock
from office.exports import exportable
from office.form_fields import own_field
from office.listing import Column, Listed, area_in

KEY = "measures:coverage-list"
ORDER = ("pk",)
SAID = {UNMET: "没有落实", MET: "已经落实"}
COMMON = [
    Column(
        "number",
        "户编号",
        lambda row: opens(row.home.number, row.may_open) if row.home else "",
        plain=lambda row: row.home.number if row.home else "",
        said=False,
        pinned=True,
        names_row=True,
        width=16,
    ),
    Column("head", "户主", lambda row: strong(row.head_name), "nb s3", plain=lambda row: row.head_name),
    Column("whom", "对象", lambda row: row.whom, "nb s3"),
    Column("town", "镇街", town_name, "nb hide-phone", said=False),
    Column("village", "村", village_name, "nb s3", said=False, width=18),
    Column("why", "理由", lambda row: row.why, "s6", width=40),
]
WANTING = [*COMMON, Column("planned", "计划", lambda row: row.plan_word, "nb s2")]
GIVEN = [
    *COMMON,
    Column("amount", "数额", lambda row: f"{row.amount} {row.unit}", "n s3"),
    Column(
        "delivered",
        "落实日期",
        lambda row: written(row.delivered_on),
        "nb s3",
        plain=lambda row: row.delivered_on,
    ),
]


class CoverageFilter(forms.Form):
    policy = forms.ChoiceField(
        label="政策",
        choices=[],
        widget=forms.Select(attrs={"class": "w18"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项", "required": "请选一项政策"},
    )
    kind = forms.ChoiceField(
        label="查什么",
        choices=list(WORDS.items()),
        initial=UNMET,
        widget=forms.Select(attrs={"class": "w8"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项", "required": "请选应享未享或不应享而享"},
    )

    own = own_field()
    # Comes with a figure's address: the year is this day's, up to it.
    on = forms.DateField(
        label="时点",
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.HiddenInput,
        error_messages={"invalid": "日期认不出来，请写成 2018-11-20 这样"},
    )

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False
        self.today = day
        # A figure of the past opens its list though the policy has ended since.
        known = Policy.objects.in_force(self._asked(day)).filter(code__in=RULES).order_by("pk")
        self.policies = {policy.code: policy for policy in known}
        field: Any = self.fields["policy"]
        field.choices = [(code, policy.name) for code, policy in self.policies.items()]

    def _asked(self, day: datetime.date) -> datetime.date:
        try:
            return datetime.date.fromisoformat(self.data.get("on", ""))
        except ValueError:
            return day

    def clean_on(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["on"]
        if day is not None and day > self.today:
            raise forms.ValidationError("时点不能晚于今天")
        return day

    @property
    def day(self) -> datetime.date:
        """The day that is asked about, of a valid form."""
        return self.cleaned_data["on"] or self.today

    @property
    def back(self) -> Back | None:
        """How to read the register where the day is one of the past, of a valid form."""
        return Back.since(self.day, clock.shift()) if self.cleaned_data["on"] else None

    @property
    def chosen(self) -> tuple[Policy, Rule, str]:
        """The policy, its rule and what is asked, of a valid form."""
        code = self.cleaned_data["policy"]
        return self.policies[code], RULES[code], self.cleaned_data["kind"]


@exportable(KEY, title="帮扶到位")
def coverage_list(user: User, query: QueryDict, day: datetime.date) -> Listed:
    scope: AreaScope = user.area_scope()
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), CoverageFilter(query, day=day)
    if not form.is_valid():
        return Listed(Person.objects.none(), WANTING, ORDER, form, area)
    _, rule, kind = form.chosen
    rows, related = rows_of(rule, kind, Ground(scope, area, form.day, back=form.back))
    if form.cleaned_data["own"] and area is not None:
        # Who is entitled is a household of a village or a member of one.
        rows = rows.standing_at(area) if kind == UNDUE else rows.none()
    dress = partial(_dress, rule=rule, kind=kind, day=form.day, back=form.back, scope=scope)
    columns = GIVEN if kind == UNDUE else WANTING
    if rule.code == solar.POLICY and kind != UNDUE:
        return _by_sun(rows.select_related(*related), form, area, dress)
    return Listed(rows.select_related(*related), columns, ORDER, form, area, dress=dress)


def _by_sun(rows: Any, form: CoverageFilter, area: Area | None, dress: Callable[[list[Any]], None]) -> Listed:
    """Of 光伏: who comes first by the rule stands first, with the reasons (R101)."""

    def dressed(some: list[Any]) -> None:
        dress(some)
        why = solar.of_homes([row.pk for row in some], form.day)
        for row in some:
            row.priority = why[row.pk]

    first = Column("priority", "优先次序", lambda row: row.priority.sentence, "s6", width=50)
    return Listed(
        rows,
        [*WANTING[:-1], first, WANTING[-1]],
        solar.ORDER,
        form,
        area,
        dress=dressed,
        shape=lambda some: solar.ranked(some, form.day),
    )


def rows_of(rule: Rule, kind: str, ground: Ground) -> tuple[Any, tuple[str, ...]]:
    """The rows of a question, and what each needs beside itself."""
    if kind == UNDUE:
        return undue(rule, ground), (
            "household__village__parent",
            "person",
            "village__parent",
            "enterprise__area__parent",
        )
    of_kind = {ENTITLED: entitled, MET: met, UNMET: unmet}[kind]
    rows = with_plan(rule, of_kind(rule, ground), ground.year)
    return rows, ("household__village__parent",) if rule.of == OF_PERSON else ("village__parent",)


def _dress(
    rows: list[Any], *, rule: Rule, kind: str, day: datetime.date, back: Back | None, scope: AreaScope
) -> None:
    for row in rows:
        row.home = row if isinstance(row, Household) else row.household
    lay = back.places(row.home.pk for row in rows if row.home) if back else {}
    for row in rows:
        # What was given to a village or a firm has no household.
        row.lay = lay.get(row.home.pk, row.home.village) if row.home else row.place
        row.may_open = back is None or row.home is None or within(scope, row.home)
    bare = [row for row in rows if not hasattr(row, "head_name")]
    names = head_names(row.home.pk for row in bare if row.home) if bare else {}
    for row in bare:
        row.head_name = names.get(row.home.pk, "") if row.home else ""
    if kind == UNDUE:
        whys = reasons(rule, rows, day)
        for row in rows:
            # Of a day of the past the record of now may have nothing against it.
            row.why = whys[row.pk] or f"按{written(day)}的登记不符合条件"
            row.whom = row.to_whom
        return
    for row in rows:
        row.whom = f"{row.name}　{row.age(day)}岁" if isinstance(row, Person) else "全户"
        row.why = f"{rule.sentence}；{day.year}年{SAID[kind]}" if kind != ENTITLED else rule.sentence
        row.plan_word = "已列入计划" if row.has_plan else ""


def subject_of(rule: Rule, number: str, user: User) -> Person | Household | None:
    """The person (人口编号) or household (户编号) that a list names, where the user may see it."""
    where = "household__village__parent__parent" if rule.of == OF_PERSON else "village__parent__parent"
    found: Person | Household | None = (
        rule.model.objects.visible_to(user).filter(number=number).select_related(where).first()
    )
    return found


def place_of(subject: Person | Household) -> Area:
    return subject.household.village if isinstance(subject, Person) else subject.village
