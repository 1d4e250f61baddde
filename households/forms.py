"""The filters of the register's lists, and the box that finds a record."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import IntegerField, OuterRef, Q, Subquery

from areas.models import Area
from households import lookup, names, tally, year_plan
from households.care import then
from households.codes import CODES
from households.models import POOR, Household, Person
from households.models.card import PENDING
from households.models.event import StatusEventQuerySet
from households.models.household import HouseholdQuerySet
from households.structure import SIZES, Members
from office import clock
from office.form_fields import Day, Filter, FreeText, HalfWidthChars, SearchWord, choice, year_field

# Other rooms know these by this one.
__all__ = ["Day", "Filter", "FreeText", "HalfWidthChars", "choice"]

NATIONAL, ALL = "national", "all"
PAIRED, UNPAIRED = "paired", "unpaired"
VISITED, UNVISITED, NEEDS = "visited", "unvisited", "needs"
CANCELLED, UNREGISTERED = "注销", "未纳入"
UNJUDGED = "未评定"
DIRECTIONS = (("", "全部"), ("in", "进"), ("out", "出"))
COUNTS = (("", "户和人"), ("households", "户"), ("persons", "人"))


class RegisterFilter(Filter):
    """What `/households/` may be narrowed by; the area stands in the address beside it."""

    further = (
        *("standard", "size", "on_register", "as_of", "colour_on", "plan", "plan_year"),
        *("helper", "visits", "visits_since"),
    )

    q = SearchWord(
        label="姓名、首字母、编号",
        required=False,
        min_length=2,
        max_length=30,
        widget=forms.TextInput(attrs={"class": "w8", "autocomplete": "off"}),
    )
    exit_mark = choice("状态", (*CODES["exit_mark"].words, CANCELLED, UNREGISTERED))
    cause = choice("主要致贫原因", CODES["poverty_cause"].words, "w8")
    colour = choice("四色", (*CODES["colour"].words, UNJUDGED), "w6")
    standard = choice("标准", [("", "全部"), (NATIONAL, "含国标"), (ALL, "不分标准")])
    size = choice(
        "家庭规模",
        [(size, f"{size.replace('+', '人以上')}{'' if '+' in size else '人'}") for size in SIZES],
        "w6",
    )
    on_register = Day(label="在册时点", required=False)
    as_of = Day(label="登记截至", required=False)
    colour_on = Day(label="四色时点", required=False)
    plan = choice("计划分解", list(year_plan.PARTS.items()))
    plan_year = year_field("计划年度")
    helper = choice("帮扶责任人", [(PAIRED, "有"), (UNPAIRED, "没有")], "w4")
    visits = choice("走访", [(VISITED, "走访过"), (UNVISITED, "没有走访"), (NEEDS, "走访发现需求")])
    visits_since = Day(label="走访从", required=False)

    def clean_q(self) -> str:
        q: str = self.cleaned_data["q"]
        if q and len(names.searched(q)) < names.SHORTEST:
            raise forms.ValidationError("至少写两个字")
        return q

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        of_a_day = any(asked.get(name) or name in self.errors for name in ("on_register", "colour_on"))
        if asked.get("as_of") and not of_a_day:
            self.add_error("as_of", "登记截至要和在册时点或四色时点一起用")
        if asked.get("size") and not asked.get("on_register") and "on_register" not in self.errors:
            self.add_error("size", "家庭规模要和在册时点一起用")
        for name, word in (("helper", "帮扶责任人"), ("visits", "走访")):
            if asked.get(name) and not asked.get("on_register") and "on_register" not in self.errors:
                self.add_error(name, f"{word}要和在册时点一起用")
        if bool(asked.get("visits")) != bool(asked.get("visits_since")) and not self.errors:
            self.add_error("visits_since", "走访和走访从哪天起要一起用")
        if asked.get("colour_on") and asked.get("on_register"):
            self.add_error("colour_on", "四色时点和在册时点只用一个")
        if asked.get("plan") and (asked.get("colour_on") or asked.get("on_register")):
            self.add_error("plan", "计划分解按现在的情况列，不和时点一起用")
        if asked.get("plan_year") and not asked.get("plan"):
            self.add_error("plan_year", "计划年度要和计划分解一起用")
        return asked

    @property
    def by_stock(self) -> bool:
        """The list is the stock of a day, narrowed by nothing that the tally does not know."""
        asked = self.cleaned_data
        narrowed = any(
            asked[name] for name in ("q", "exit_mark", "colour", "cause", "size", "helper", "visits")
        )
        return bool(asked["on_register"]) and not narrowed

    @property
    def of_a_day(self) -> bool:
        """Its households have `counted_persons`, as they stood then."""
        return any(self.cleaned_data[name] for name in ("on_register", "colour_on"))

    @property
    def of_figure(self) -> bool:
        """Opened from a figure: its count is exact, however long it is."""
        return any(self.cleaned_data[name] for name in ("on_register", "colour_on", "plan"))

    def members_found(self, rows: Iterable[Household]) -> dict[int, list[str]]:
        """Names that matched, by household, when a name was asked for."""
        asked, found = self.cleaned_data["q"], defaultdict(list)
        if asked and not lookup.is_number(asked):
            members = Person.objects.filter(household__in=[row.pk for row in rows]).order_by("number")
            for pk, name in members.values_list("household", "name"):
                if names.holds(name, asked):
                    found[pk].append(name)
        return found

    def events(self, events: StatusEventQuerySet) -> StatusEventQuerySet:
        """Of the events that may be seen, those the stock of the day is made of."""
        return events.counted(national=self.cleaned_data["standard"] == NATIONAL)

    def matching(
        self,
        households: HouseholdQuerySet,
        everywhere: HouseholdQuerySet,
        events: StatusEventQuerySet,
        area: Area | None,
        year: int,
    ) -> HouseholdQuerySet:
        """The households that the valid form asks for.

        With a day for the colour: among those everywhere whose last event by it lies in the area.
        As the register stands: among `households` in the area, cancelled and unregistered ones only when asked
        for or searched by name. As it stood on a day: among those `everywhere` whose `events` in the area make
        the stock of the day, since a household may live elsewhere by now.
        """
        asked = self.cleaned_data
        if asked["on_register"]:
            found = everywhere.on_register(
                on=asked["on_register"],
                as_of=asked["as_of"],
                events=self.events(events),
                area=area,
                cause=asked["cause"],
            )
            if asked["size"]:
                stock = Members(
                    events.in_area(area), asked["on_register"], asked["as_of"] or asked["on_register"]
                )
                found = found.filter(pk__in=stock.sized(asked["size"]))
            found = self._looked_after(found, asked["on_register"], asked["as_of"] or asked["on_register"])
        elif asked["colour_on"]:
            coloured = tally.coloured(events.in_area(area), asked["colour_on"], asked["as_of"])
            if asked["colour"]:
                coloured = coloured.filter(colour=_colour(asked["colour"]))
            then = coloured.order_by().filter(household=OuterRef("pk")).values("members")
            found = everywhere.filter(pk__in=coloured.order_by().values("household")).annotate(
                counted_persons=Subquery(then[:1], output_field=IntegerField())
            )
        else:
            found = households.in_area(area)
            if asked["standard"] == NATIONAL:
                found = found.filter(below_national=True)
            if asked["cause"]:
                found = found.filter(poverty_cause=asked["cause"])
            if not asked["q"] and asked["exit_mark"] not in (CANCELLED, UNREGISTERED):
                found = found.filter(registered_on__isnull=False, removed_on__isnull=True)
            if asked["plan"]:
                found = year_plan.shared_out(found, asked["plan"], asked["plan_year"] or year)
        if asked["exit_mark"]:
            found = found.filter(_standing(asked["exit_mark"], year))
        if asked["colour"] and not asked["colour_on"]:
            found = found.filter(colour=_colour(asked["colour"]))
        if asked["q"] and lookup.is_number(asked["q"]):
            found = found.filter(pk__in=lookup.holders(asked["q"]))
        elif asked["q"]:
            found = found.named(asked["q"])
        return found

    def _looked_after(
        self, found: HouseholdQuerySet, on: datetime.date, as_of: datetime.date
    ) -> HouseholdQuerySet:
        """Of those on the register on the day: with a helper or without, visited or not, as it was known."""
        asked = self.cleaned_data
        if asked["helper"]:
            paired = then.paired("pk", on, as_of, clock.shift())
            found = found.filter(paired if asked["helper"] == PAIRED else ~paired)
        if asked["visits"]:
            visited = then.visited("pk", asked["visits_since"], on, as_of, needs=asked["visits"] == NEEDS)
            found = found.filter(~visited if asked["visits"] == UNVISITED else visited)
        return found


def _colour(word: str) -> str:
    """As it is kept: not judged is no colour."""
    return "" if word == UNJUDGED else word


def _standing(word: str, year: int) -> Q:
    """Households shown under a word of the 状态 filter; 预脱贫 is the plan of the year, no event."""
    if word == CANCELLED:
        return Q(removed_on__isnull=False)
    if word == UNREGISTERED:
        return Q(registered_on__isnull=True, removed_on__isnull=True)
    if word == PENDING:
        return Q(exit_mark__in=POOR, removed_on__isnull=True, planned_exit_year=year)
    return Q(exit_mark=word, removed_on__isnull=True)


class LookupForm(forms.Form):
    """The one box of `/households/find/`."""

    q = HalfWidthChars(
        label="姓名、首字母或号码",
        max_length=60,
        min_length=2,
        help_text="户编号、人口编号、证件号码、电话、银行账号都可以",
        widget=forms.TextInput(attrs={"class": "w24", "autocomplete": "off", "autofocus": True}),
        error_messages={"min_length": "至少写两个字", "required": "请先写要查的姓名或号码"},
    )

    def clean_q(self) -> str:
        q: str = self.cleaned_data["q"]
        if not lookup.is_number(q) and len(names.searched(q)) < names.SHORTEST:
            raise forms.ValidationError("至少写两个字")
        return q


class EventFilter(Filter):
    """What `/households/events/` may be narrowed by: the filter of a report's cell, word for word."""

    further = ("direction", "counts", "national", "cause", "since", "until", "as_of")

    year = year_field("年度")
    direction = choice("进出", DIRECTIONS, "w4")
    counts = choice("计数", COUNTS)
    national = choice("标准", [("", "全部"), ("1", "含国标")])
    cause = choice("主要致贫原因", CODES["poverty_cause"].words, "w8")
    since = Day(label="发生起", required=False)
    until = Day(label="发生截至", required=False)
    as_of = Day(label="登记截至", required=False)
    kind = forms.MultipleChoiceField(
        label="事项",
        required=False,
        choices=[(word, word) for word in CODES["status_event"].words],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "没有“%(value)s”这一项"},
    )

    def matching(self, events: StatusEventQuerySet) -> StatusEventQuerySet:
        """The events that the valid form asks for."""
        asked = self.cleaned_data
        return events.counted(
            year=asked["year"],
            kinds=asked["kind"],
            direction=asked["direction"],
            national=bool(asked["national"]),
            as_of=asked["as_of"],
            since=asked["since"],
            until=asked["until"],
            counts=asked["counts"],
            cause=asked["cause"],
        )
