"""Who the members of the registered households were on a day, and by what they are told apart (人口结构).

Households are those in the stock of the day, by their events; their members and what was known of each come from
the versions of the record, as on a household's page of that day (as_of.py): without a version by then a person
stands as first known, if the dates of coming and going say so. Where an event of the day was recorded later (a closed
year's last weeks), the members are those that it left: as many as it froze.
"""

import datetime
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Least, TruncDay

from households.codes import CODES
from households.models import Household, Person, StatusEvent
from households.models.event import StatusEventQuerySet
from office.clock import end_of

FARTHEST = datetime.date(9000, 1, 1)
UNKNOWN, SEVERAL = "未填", "两项以上"
# 周岁, first and last; None is no end. 7–15: 义务教育 age, 16–59: working age.
AGES = {
    "0-6": (0, 6),
    "7-15": (7, 15),
    "16-30": (16, 30),
    "31-45": (31, 45),
    "46-59": (46, 59),
    "60-69": (60, 69),
    "70-79": (70, 79),
    "80+": (80, None),
}
PUPILS = {
    "学龄前": ("学龄前儿童", "学前教育"),
    "小学": ("小学",),
    "初中": ("七年级", "八年级", "九年级"),
    "普通高中": ("普通高中一年级", "普通高中二年级", "普通高中三年级"),
    "中职": ("中职一年级", "中职二年级", "中职三年级"),
    "非在校生": ("非在校生",),
}
HIGHER = "高等教育"
BIGGEST = 6
SIZES = [*(str(size) for size in range(1, BIGGEST)), f"{BIGGEST}+"]


@dataclass(frozen=True)
class Trait:
    """One way to tell persons apart: its classes cover everybody and no one is in two."""

    key: str
    label: str
    words: dict[str, str]

    def q(self, name: str, on: datetime.date) -> Q:
        """Condition on persons or their versions; KeyError for a class that it does not have."""
        word = self.words[name]
        if self.key == "age":
            return aged(name, on)
        column = {"health": "health", "labour": "labour_capacity", "schooling": "schooling"}[self.key]
        if word == UNKNOWN:
            return Q(**{column: ""})
        if word == SEVERAL:
            one = Q(**{column: ""})
            for label in self.words.values():
                if label not in (SEVERAL, UNKNOWN):
                    one |= Q(**{column: label})
            return ~one
        if self.key == "schooling":
            known = {label for labels in PUPILS.values() for label in labels}
            return (
                Q(**{f"{column}__in": PUPILS[word]})
                if word in PUPILS
                else ~Q(**{f"{column}__in": [*known, ""]})
            )
        return Q(**{column: word})


def aged(name: str, on: datetime.date) -> Q:
    """Of an age on the day. Who was born on 29 February has the birthday on 1 March of other years."""
    low, high = AGES[name]
    # Whoever was born after the day, by a birth date that is wrong, is among the youngest rather than nowhere.
    found = Q(birth_date__lte=_years_before(on, low)) if low else Q()
    return found if high is None else found & Q(birth_date__gt=_years_before(on, high + 1))


def _years_before(on: datetime.date, years: int) -> datetime.date:
    if on.year <= years:
        return datetime.date.min
    try:
        return on.replace(year=on.year - years)
    except ValueError:  # 29 February
        return on.replace(year=on.year - years, day=28)


def _coded(name: str, *more: str) -> dict[str, str]:
    return {
        **{f"c{code.code}": code.label for code in CODES[name].codes},
        **{("several" if word == SEVERAL else "unknown"): word for word in more},
    }


TRAITS = {
    trait.key: trait
    for trait in (
        Trait(
            "age",
            "年龄",
            {name: f"{name.replace('+', '岁以上')}{'' if '+' in name else '岁'}" for name in AGES},
        ),
        Trait("health", "健康状况", _coded("health", SEVERAL, UNKNOWN)),
        Trait("labour", "劳动能力", _coded("labour_capacity", UNKNOWN)),
        Trait(
            "schooling",
            "在校情况",
            {
                "preschool": "学龄前",
                "primary": "小学",
                "junior": "初中",
                "senior": "普通高中",
                "vocational": "中职",
                "higher": HIGHER,
                "none": "非在校生",
                "unknown": UNKNOWN,
            },
        ),
    )
}


@dataclass(frozen=True)
class Members:
    """The members on a day of the households that `events` put in the stock of that day; `where` narrows their last
    events.

    `shift`: what the office's day is ahead of the real one, by which versions are dated.
    """

    events: StatusEventQuerySet
    on: datetime.date
    as_of: datetime.date
    shift: datetime.timedelta = datetime.timedelta()
    where: Q = Q()  # noqa: RUF009 — an empty condition

    def sources(self, where: Q = Q()) -> tuple[list[Any], list[Any]]:  # noqa: B008 — an empty condition
        """(versions, records without any): each person once in one of all these, with the facts of the day."""
        last = self.events.last_of_each(self.on, self.as_of, standing=True).filter(self.where).order_by()
        if self.as_of <= self.on:
            # What was not yet recorded, of members as of events, had not happened.
            found = [then(self.as_of, self.shift, last.values("household"))]
        else:
            in_time, late = (
                last.filter(**{f"recorded_at__{sign}": end_of(self.on)}) for sign in ("lt", "gte")
            )
            found = [
                then(self.on, self.shift, in_time.values("household")),
                then(self.on, self.shift, late.values("household"), self._left_behind()),
            ]
        return [known.filter(where) for known, _ in found], [bare.filter(where) for _, bare in found]

    def _left_behind(self) -> Any:
        """Of versions: the moment up to which they are what the last event that counts left of their household.

        It is the end of the day on which that was recorded or, if that is sooner, the next event: an act writes its
        versions after its event's moment, in the same transaction.
        """
        mine = StatusEvent.objects.filter(household=OuterRef("household_id")).order_by()
        counted = mine.known(self.on, self.as_of).order_by("-on", "-pk").values("recorded_at")[:1]
        others = mine.filter(Q(on__gt=self.on) | Q(recorded_at__gte=end_of(self.as_of)))
        following = others.order_by("recorded_at").values("recorded_at")[:1]
        # A day of Shanghai begins in the zone of the columns so many hours earlier, all the year.
        east, day = datetime.timedelta(hours=8), datetime.timedelta(days=1)
        midnight = TruncDay(_moment(Subquery(counted) + Value(east)), tzinfo=datetime.UTC)
        end = _moment(midnight + Value(day - east))
        return _moment(Least(end, Coalesce(Subquery(following), end)) - Value(self.shift))

    def persons(self, where: Q) -> Any:
        known, bare = self.sources(where)
        found = [Q(pk__in=one.values("id")) for one in known] + [Q(pk__in=one.values("pk")) for one in bare]
        return Person.objects.filter(reduce(or_, found))

    def sized(self, size: str) -> Any:
        """Households by the members that their last event froze."""
        last = self.events.last_of_each(self.on, self.as_of, standing=True)
        few = {"members": int(size)} if size.isdigit() else {"members__gte": BIGGEST}
        return last.filter(**few).order_by().values("household")


def _moment(expression: Any) -> ExpressionWrapper:
    return ExpressionWrapper(expression, output_field=DateTimeField())


def then(on: datetime.date, shift: datetime.timedelta, homes: Any, until: Any = None) -> tuple[Any, Any]:
    """The members on the day of these households: (versions, records without any), each person once in one of the two.

    `shift` as in Members; `until` is an expression of versions: the moment before which they count, if it is not the
    end of the day.
    """
    versions: Any = Person.history.all()
    # A day near the end of the calendar, which an address may name, has no day after it.
    end = end_of(min(on, FARTHEST)) - shift
    mine = versions if until is None else versions.alias(until=until)
    here, outer = (end, end) if until is None else (F("until"), OuterRef("until"))
    before = Q(history_date__lt=here)
    newer = Q(history_date__gt=OuterRef("history_date")) | Q(
        history_date=OuterRef("history_date"), history_id__gt=OuterRef("history_id")
    )
    older = Q(history_date__lt=OuterRef("history_date")) | Q(
        history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id")
    )
    last = (
        before & ~Exists(versions.filter(newer, history_date__lt=outer, id=OuterRef("id"))) & Q(present=True)
    )
    # A household whose versions go back further knew of no such member on the day.
    of_home: Any = Household.history.all()
    tracked = Exists(of_home.filter(history_date__lt=end, id=OuterRef("household_id")))
    dated = _dated(on) & ~tracked
    first = ~before & ~Exists(versions.filter(older, id=OuterRef("id"))) & dated
    known = mine.exclude(history_type="-").filter(last | first, household__in=homes)
    unversioned = Person.objects.filter(
        ~Exists(versions.filter(id=OuterRef("pk"))) & dated, household__in=homes
    )
    return known.order_by(), unversioned.order_by()


def _dated(on: datetime.date) -> Q:
    """Come by the day and not gone by it; founding members may have no 增加日期.

    Who is there no more and has no 减员日期 went with the household (注销): while that was in the stock, so was he.
    """
    came = Q(joined_on__isnull=True) | Q(joined_on__lte=on)
    return came & (Q(left_on__isnull=True) | Q(left_on__gt=on))
