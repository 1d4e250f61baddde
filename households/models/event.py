"""Status events (动态管理): the history of a household's standing, append only (domain §3).

Each freezes what a tally needs: signed households and persons, standard, cause and area. A tally is
one aggregation of these rows and never looks at persons.
"""

import datetime
from collections.abc import Collection, Set
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, OuterRef, Q

from areas.scope import ScopedQuerySet
from households.codes import CODES
from households.models.card import POOR
from office.clock import SHANGHAI, end_of
from office.codes import CodeField
from office.days import written


class Kind(models.TextChoices):
    ENTRY = "纳入", "纳入"
    EXIT = "退出", "退出"
    RETURN = "返贫", "返贫"
    CANCEL = "注销", "注销"
    JOIN = "增员", "增员"
    LEAVE = "减员", "减员"
    REVERSAL = "回退", "回退"
    OUT = "转出", "转出"
    IN = "转入", "转入"
    CORRECTION = "更正", "更正"


class Origin(models.TextChoices):
    REVIEW = "审核", "审核"
    DESK = "登记", "登记"
    IMPORT = "历史导入", "历史导入"


def day_of(moment: datetime.datetime) -> datetime.date:
    """The Shanghai day of a moment."""
    return moment.astimezone(SHANGHAI).date()


class StatusEventQuerySet(ScopedQuerySet):
    def known(self, on: datetime.date, as_of: datetime.date | None = None) -> "StatusEventQuerySet":
        """Effective by `on` and recorded by `as_of` (by `on`, if it is not given)."""
        return self.filter(on__lte=on, recorded_at__lt=end_of(as_of or on))

    def last_of_each(
        self, on: datetime.date, as_of: datetime.date | None = None, *, standing: bool = False
    ) -> "StatusEventQuerySet":
        """Of these events the last of its household by the day: area, standard, cause and members as they stood.

        A household that went elsewhere since is not among those of its old area. With `standing` only
        households in the stock of the day: the standing after its last event says it (households.invariants
        holds sums and standings to each other), and adding up the events of each takes several times as long.
        """
        known = self.known(on, as_of).order_by()
        later = Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk"))
        anywhere = self.model._default_manager.known(on, as_of)  # type: ignore[attr-defined]
        last = known.filter(~Exists(anywhere.filter(later, household=OuterRef("household"))))
        return last.filter(mark__in=POOR).exclude(kind=Kind.CANCEL) if standing else last

    def counted(
        self,
        *,
        year: int | None = None,
        kinds: Collection[str] = (),
        direction: str = "",
        national: bool = False,
        as_of: datetime.date | None = None,
        since: datetime.date | None = None,
        until: datetime.date | None = None,
        counts: str = "",
        cause: str = "",
    ) -> "StatusEventQuerySet":
        """The events behind a figure; the tally and the list its cell opens both come from here.

        `direction` "in" or "out"; `counts` "households" or "persons" leaves only rows that move that
        figure, and decides the direction (by persons, if it is not given: no event moves a household
        without its persons); `since` and `until` are the first and last effective day, `as_of` the last of recording.
        """
        found = self
        if year is not None:
            found = found.filter(on__gte=datetime.date(year, 1, 1), on__lte=datetime.date(year, 12, 31))
        if since is not None:
            found = found.filter(on__gte=since)
        if until is not None or as_of is not None:
            found = found.filter(on__lte=min(day for day in (until, as_of) if day is not None))
        if as_of is not None:
            found = found.filter(recorded_at__lt=end_of(as_of))
        if kinds:
            found = found.filter(kind__in=kinds)
        if national:
            found = found.filter(national=True)
        if cause:
            found = found.filter(cause=cause)
        figure = counts or "persons"
        if direction:
            found = found.filter(**{f"{figure}__{'gt' if direction == 'in' else 'lt'}": 0})
        elif counts:
            found = found.exclude(**{figure: 0})
        return found


class StatusEvent(models.Model):
    area_lookups = {"county": "county_id", "town": "town_id", "village": "village_id"}

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="events", verbose_name="户"
    )
    person = models.ForeignKey(
        "households.Person",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name="人口",
    )
    kind = CodeField(CODES, "status_event", verbose_name="事项", max_length=4)
    origin = models.CharField("来源", max_length=4, choices=Origin.choices)
    on = models.DateField("生效日期")
    recorded_at = models.DateTimeField("登记时间")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="登记人",
    )
    # Signed: what the event adds to or takes from the stock.
    households = models.SmallIntegerField("户数", default=0)
    persons = models.SmallIntegerField("人数", default=0)
    # As they stood: the members after the event, the standing after it, and what the tally groups by.
    members = models.PositiveSmallIntegerField("办理后人口数")
    mark = CodeField(CODES, "exit_mark", verbose_name="办理后脱贫标志", max_length=4, blank=True)
    standard = CodeField(CODES, "poverty_standard", verbose_name="识别标准", max_length=6, blank=True)
    national = models.BooleanField("含国标")
    cause = CodeField(CODES, "poverty_cause", verbose_name="主要致贫原因", max_length=20, blank=True)
    village = models.ForeignKey(
        "areas.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="村居"
    )
    town = models.ForeignKey(
        "areas.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="镇街"
    )
    county = models.ForeignKey(
        "areas.Area", models.PROTECT, related_name="+", db_index=False, verbose_name="区县"
    )
    pair = models.UUIDField("成对标识", null=True, blank=True, db_index=True)
    reverses = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
        verbose_name="回退的退出",
    )
    reason = models.CharField("原因", max_length=200, blank=True)

    objects = StatusEventQuerySet.as_manager()

    class Meta:
        verbose_name = "动态"
        ordering = ["-on", "-pk"]
        indexes = [
            models.Index(fields=["county", "on"], name="event_county_on"),
            models.Index(fields=["town", "on"], name="event_town_on"),
            models.Index(fields=["village", "on"], name="event_village_on"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(households__gte=-1, households__lte=1), name="event_moves_one_household"
            ),
            models.CheckConstraint(
                condition=Q(households=0) | Q(households=1, persons__gt=0) | Q(households=-1, persons__lt=0),
                name="event_moves_household_with_persons",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[Kind.OUT, Kind.IN, Kind.CORRECTION], pair__isnull=False)
                | (~Q(kind__in=[Kind.OUT, Kind.IN, Kind.CORRECTION]) & Q(pair__isnull=True)),
                name="event_transfer_is_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=Kind.REVERSAL) & Q(reverses__isnull=True)),
                name="event_reversal_names_its_exit",
            ),
        ]

    def __str__(self) -> str:
        return f"{written(self.on)} {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("a status event is never changed: write 更正 or 回退")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a status event is never deleted: write 更正 or 回退")

    @property
    def counterpart(self) -> str:
        """户编号 of the household on the other side of a split or merge; empty when this one itself moved."""
        if self.pair is None:
            return ""
        other = StatusEvent.objects.filter(pair=self.pair).exclude(household=self.household_id)
        return other.values_list("household__number", flat=True).first() or ""

    @property
    def direction(self) -> str:
        """ "in", "out", or "" when the event moves nothing."""
        return "in" if self.persons > 0 else "out" if self.persons < 0 else ""


class ClosedYear(models.Model):
    """A year whose tally is final in a county: no event may be dated in it, and no help delivered (measures/).

    Who writes into a year holds it first (`hold`) and asks then: a condition alone does not see a closing that is
    under way.
    """

    area_field = "county"

    county = models.ForeignKey("areas.Area", models.PROTECT, related_name="+", verbose_name="区县")
    year = models.PositiveSmallIntegerField("年度")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="办理人",
    )
    closed_at = models.DateTimeField("封存时间")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "封存年度"
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "year"], name="closed_year_once", violation_error_message="该年度已经封存"
            )
        ]

    def __str__(self) -> str:
        return f"{self.county}{self.year}年"

    @classmethod
    def hold(cls, places: Collection[tuple[int, int]], *, alone: bool = False) -> None:
        """Until the caller's transaction ends nobody else closes one of these (county, year); with `alone`, which
        is for closing, nobody writes into it either. Writers do not wait for each other.

        On SQLite one writes at a time, and nothing need be held.
        """
        if connection.vendor != "postgresql":
            return
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        with connection.cursor() as cursor:
            for county, year in sorted(places):
                cursor.execute(f"SELECT {lock}(%s, %s)", [county, year])

    @classmethod
    def shut(cls, places: Set[tuple[int, int]]) -> int | None:
        """The first year of these (county, year) that is closed; the others stay open until the caller's transaction ends."""
        cls.hold(places)
        return min((year for _, year in places & cls.places()), default=None)

    @classmethod
    def places(cls) -> frozenset[tuple[int, int]]:
        """(county, year) of all that are closed."""
        return frozenset(cls.objects.values_list("county_id", "year"))
