"""一户一人一技能 as a definition: which households and workers, what each said of a course, and why they are here."""

import datetime
from functools import partial
from typing import Any

from django import forms
from django.http import QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.scope import AreaScope
from households.models import Household
from households.models.person import HEAD
from measures import skills
from measures.coverage import Ground
from measures.coverage_lists import COMMON
from measures.models import Measure
from office.exports import exportable
from office.listing import Column, Listed, area_in

KEY = "measures:skills"
ORDER = ("pk",)
COLUMNS = [
    *(one for one in COMMON if one.key != "whom"),
    Column("plan", "培训计划", lambda row: row.plan_word, "s3", width=18),
]
OF_A_WORKER = Column("whom", "劳动力", lambda row: row.whom, "nb s3")


class SkillFilter(forms.Form):
    kind = forms.ChoiceField(
        label="查什么",
        choices=[*skills.OF_HOMES.items(), *skills.OF_WORKERS.items()],
        required=False,
        widget=forms.Select(attrs={"class": "w18"}),
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.use_required_attribute = False

    @property
    def asked(self) -> str:
        """What is asked, of a valid form: those who are owed a course unless something else is."""
        return self.cleaned_data["kind"] or skills.OWED


@exportable(KEY, title="一户一人一技能")
def skill_list(user: User, query: QueryDict, day: datetime.date) -> Listed:
    scope: AreaScope = user.area_scope()
    require(user, Capability.MEASURE_VIEW)
    area, form = area_in(query, user), SkillFilter(query)
    if not form.is_valid():
        return Listed(Household.objects.none(), COLUMNS, ORDER, form, area)
    rows = skills.rows(form.asked, Ground(scope, area, day))
    dress = partial(_dress, day=day)
    if form.asked in skills.OF_HOMES:
        return Listed(rows.select_related("village__parent"), COLUMNS, ORDER, form, area, dress=dress)
    columns = [*COLUMNS[:2], OF_A_WORKER, *COLUMNS[2:]]
    joined = rows.select_related("household__village__parent")
    return Listed(joined, columns, ORDER, form, area, dress=dress)


def _dress(rows: list[Any], *, day: datetime.date) -> None:
    """Adds head, place, reason, what is planned, and for a household `choices`: for whom a course may be planned."""
    for row in rows:
        row.home = row if isinstance(row, Household) else row.household
        row.lay, row.may_open = row.home.village, True
    keys = {row.home.pk for row in rows}
    members, planned = skills.members_of(keys, day), _planned(keys, day.year)
    for row in rows:
        here = members.get(row.home.pk, [])
        row.head_name = next((one.name for one in here if one.relation == HEAD), "")
        if row.home is not row:
            here = [one for one in here if one.pk == row.pk]
            row.whom = f"{row.name}　{row.age(day)}岁"
        row.why = skills.why(here)
        waits = [one.name for one in here if one.pk in planned]
        row.plan_word = f"已列入计划：{'、'.join(waits)}" if waits else ""
        row.choices = [] if waits else skills.candidates(here)[:1]
        row.unasked = [one for one in here if one.able and not one.trained and not one.wish]


def _planned(households: set[int], year: int) -> set[int]:
    """Keys of the members for whom a course is planned in the year."""
    courses = Measure.objects.planned().filter(policy__code__in=skills.TRAINING, year=year)
    return set(courses.filter(person__household__in=households).values_list("person", flat=True))
