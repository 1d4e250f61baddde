"""What `/measures/` may be narrowed by."""

import datetime
from typing import Any

from django import forms
from django.db.models import Q

from households.forms import Filter, choice
from measures import extras
from measures.measure_forms import SHORT, year_field
from measures.models import Policy, State
from measures.models.measure import MeasureQuerySet
from measures.models.policy import MEASURE_CHAPTERS, REPORTED_CHAPTERS
from office.form_fields import Day, SearchWord, own_field

PERSON, HOME, VILLAGE, ENTERPRISE = "个人", "全户", "村", "企业"
OVER, SOON = "已到期", "三十天内到期"
SOON_DAYS = 30
# The chapters that the monthly progress has no line of its own for.
OTHERS = "其他各类"


OF: dict[str, dict[str, Any]] = {
    PERSON: {"person__isnull": False},
    HOME: {"person__isnull": True, "household__isnull": False},
    VILLAGE: {"village__isnull": False},
    ENTERPRISE: {"enterprise__isnull": False},
}


class MeasureFilter(Filter):
    """The area stands in the address beside it."""

    further = ("kind_of", "due", "q", "since", "until", "lay", "own")

    year = year_field(required=False)
    state = choice("状态", State.values, "w4")
    chapter = choice("章节", (*MEASURE_CHAPTERS, (OTHERS, "分月进度的其他各类")), "w8")
    policy = forms.ChoiceField(
        label="政策", required=False, choices=[], widget=forms.Select(attrs={"class": "w18"})
    )
    kind_of = choice("给到", (PERSON, HOME, VILLAGE, ENTERPRISE), "w4")
    due = choice("到期", (OVER, SOON), "w6")
    q = SearchWord(label="户编号", required=False, max_length=20, widget=forms.TextInput(attrs=SHORT))
    since = Day(label="落实起", required=False)
    until = Day(label="落实截至", required=False)
    # Comes with a figure's address: a household counts where it lay at the end of this day.
    lay = Day(label="所在村按这一天", required=False)
    own = own_field()

    def __init__(self, *args: Any, day: datetime.date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.day = day
        used = Policy.objects.standing(day).filter(chapter__in=MEASURE_CHAPTERS).order_by("pk")
        pairs = list(used.values_list("code", "name"))
        field: Any = self.fields["policy"]
        field.choices = [("", "全部"), *pairs]
        field.error_messages["invalid_choice"] = "没有“%(value)s”这一项"

    @property
    def code(self) -> str:
        """The one policy that is listed, of a valid form."""
        return str(self.cleaned_data["policy"]) if self.is_valid() else ""

    @property
    def policy_name(self) -> str:
        field: Any = self.fields["policy"]
        return str(dict(field.choices).get(self.code, "")) if self.code else ""

    def _due(self, asked: str) -> Q:
        """A day on which something ends (extras of the role 到期) is past, or near; days are kept as text that sorts."""
        codes = [code for code in extras.EXTRAS if extras.due([code])]
        today, ends = self.day.isoformat(), (self.day + datetime.timedelta(days=SOON_DAYS)).isoformat()
        wanted = Q()
        for key in extras.due(codes):
            name = f"extras__{key}"
            past, near = Q(**{f"{name}__lt": today}), Q(**{f"{name}__gte": today, f"{name}__lte": ends})
            wanted |= past if asked == OVER else near
        return wanted & Q(policy__code__in=codes) & ~Q(state=State.CANCELLED)

    def matching(self, measures: MeasureQuerySet) -> MeasureQuerySet:
        asked, found = self.cleaned_data, measures
        if asked["year"]:
            found = found.filter(year=asked["year"])
        if asked["state"]:
            found = found.filter(state=asked["state"])
        if asked["chapter"] == OTHERS:
            found = found.exclude(policy__chapter__in=REPORTED_CHAPTERS)
        elif asked["chapter"]:
            found = found.filter(policy__chapter=asked["chapter"])
        if asked["policy"]:
            found = found.of_policy(asked["policy"])
        if asked["kind_of"]:
            found = found.filter(**OF[asked["kind_of"]])
        if asked["due"]:
            found = found.filter(self._due(asked["due"]))
        if asked["q"]:
            found = found.filter(household__number=asked["q"])
        if asked["since"]:
            found = found.filter(delivered_on__gte=asked["since"])
        if asked["until"]:
            found = found.filter(delivered_on__lte=asked["until"])
        return found
