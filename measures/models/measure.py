"""A measure (帮扶措施): what one policy does for one person, household, village or enterprise in one year.

计划 → 落实 (date, amount, payer, voucher) or 取消 with its reason. Each change is one conditional UPDATE: of two
who press at once the second is told, and nothing is paid twice. A measure of a household is seen where the
household lies now; one of a village or an enterprise where that lies.
"""

import datetime
import uuid
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from areas.models import Area, Level
from areas.scope import AreaScope, ScopedQuerySet
from households.looking_back import Back, homes
from households.models import ClosedYear, Household, Person, StatusEvent
from measures.models.enterprise import Enterprise
from measures.models.policy import MEASURE_CHAPTERS, PLANNED_KINDS, Policy
from office.days import written

FIRST_YEAR = 2014
HOME = {"county": "household__county_id", "town": "household__town_id", "village": "household__village_id"}
UP = ("", "__parent", "__parent__parent", "__parent__parent__parent", "__parent__parent__parent__parent")


class Taken(Exception):
    """Somebody else did it first, or it cannot be done any more (409); the message is for the screen."""


class State(models.TextChoices):
    PLANNED = "计划", "计划"
    DELIVERED = "落实", "落实"
    CANCELLED = "取消", "取消"


class MeasureQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "MeasureQuerySet":
        if scope.everything:
            return self
        others = scope.area_q("village") | scope.area_q("enterprise__area")
        return self.filter(scope.q(HOME) | (Q(household__isnull=True) & others))

    def in_area(self, area: Area | None) -> "MeasureQuerySet":
        if area is None:
            return self
        if area.level in HOME:
            homes = Q(**{HOME[area.level]: area.pk})
        else:
            up = "__parent" if area.level == Level.CITY else "__parent__parent"
            homes = Q(**{f"household__county{up}": area.pk})
        own = Q()
        for step in UP:
            own |= Q(**{f"village{step}": area.pk}) | Q(**{f"enterprise__area{step}": area.pk})
        return self.filter(homes | (Q(household__isnull=True) & own))

    def placed(self) -> "MeasureQuerySet":
        """With `lies_in`, the area in which each lies."""
        where = Coalesce("household__village", "village", "enterprise__area")
        return self.annotate(lies_in=where)

    def standing_at(self, area: Area) -> "MeasureQuerySet":
        """What was given to the area itself or to firms there, and so lies in none of those below it (本级)."""
        return self.placed().filter(lies_in=area.pk)

    def lay(self, back: Back, area: Area | None, scope: AreaScope) -> "list[MeasureQuerySet]":
        """Those of the area, and within the scope, as their households lay at the end of a day, with `lies_in`: of whom
        nothing was recorded since, and the others."""
        stayed = self.in_scope(scope).in_area(area).filter(~back.moved("household_id")).placed()
        there = back.lay(StatusEvent.objects.in_scope(scope).in_area(area))
        moved = self.filter(back.moved("household_id"), household__in=homes(there))
        return [stayed, moved.annotate(lies_in=back.village("household_id"))]

    def counties(self) -> set[int]:
        """The counties in which they lie, and those in which their households have stood."""
        lies = Area.objects.filter(pk__in=self.order_by().placed().values("lies_in"))
        here = {area.at(Level.COUNTY) for area in lies.select_related("parent__parent")}
        stood = StatusEvent.objects.filter(household__in=self.order_by().values("household")).order_by()
        return {county.pk for county in here if county} | {*stood.values_list("county", flat=True).distinct()}

    def must_be_open(self, on: datetime.date) -> None:
        """ValidationError where the figures of that year stand for ever; call it in the transaction that delivers."""
        if year := ClosedYear.shut({(county, on.year) for county in self.counties()}):
            raise ValidationError({"delivered_on": f"{year}年已经封存，日期要写在没有封存的年度"})

    def planned(self) -> "MeasureQuerySet":
        return self.filter(state=State.PLANNED)

    def delivered(self) -> "MeasureQuerySet":
        return self.filter(state=State.DELIVERED)

    def of_policy(self, code: str) -> "MeasureQuerySet":
        """Of any standard that the policy has had."""
        return self.filter(policy__code=code)


def _by(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=label,
        editable=False,
    )


class Measure(models.Model):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="measures", verbose_name="政策")
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="户"
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="享受人"
    )
    village = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="村(社区)"
    )
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="measures", verbose_name="企业"
    )
    year = models.PositiveSmallIntegerField("年度")
    state = models.CharField("状态", max_length=4, choices=State.choices, default=State.PLANNED)
    amount = models.DecimalField("数额", max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField("单位", max_length=10, default="元", blank=True)
    working = models.CharField("计算过程", max_length=300, blank=True)
    planned_on = models.DateField("计划日期")
    planned_by = _by("计划人")
    delivered_on = models.DateField("落实日期", null=True, blank=True)
    payer = models.CharField("支付单位", max_length=100, blank=True)
    voucher = models.CharField("凭证号", max_length=60, blank=True)
    cancelled_on = models.DateField("取消日期", null=True, blank=True, editable=False)
    cancel_reason = models.CharField("取消原因", max_length=200, blank=True)
    closed_by = _by("办理人")
    note = models.CharField("备注", max_length=300, blank=True)
    # What its policy asks beside: key → text, as measures.extras reads it.
    extras = models.JSONField("其他内容", default=dict, blank=True)
    # Who the next row of history is by, and why.
    _history_user: Any
    _change_reason: str

    objects = MeasureQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "帮扶措施"
        ordering = ["-pk"]
        indexes = [
            # Coverage asks by policy and year, a household's page by household.
            models.Index(fields=["policy", "year", "state"], name="measure_policy_year"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(household__isnull=False, village__isnull=True, enterprise__isnull=True)
                | Q(
                    household__isnull=True,
                    person__isnull=True,
                    village__isnull=False,
                    enterprise__isnull=True,
                )
                | Q(
                    household__isnull=True,
                    person__isnull=True,
                    village__isnull=True,
                    enterprise__isnull=False,
                ),
                name="measure_of_one",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DELIVERED)
                | (Q(delivered_on__isnull=False, amount__gte=0) & ~Q(payer="")),
                name="measure_delivered_whole",
                violation_error_message="落实要有日期、数额和支付单位",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.CANCELLED) | (Q(cancelled_on__isnull=False) & ~Q(cancel_reason="")),
                name="measure_cancelled_with_reason",
                violation_error_message="取消要写明原因",
            ),
            *(
                models.UniqueConstraint(
                    fields=["policy", of, "year"], condition=condition, name=f"measure_{of}_planned_once"
                )
                for of, condition in (
                    ("person", Q(state=State.PLANNED, person__isnull=False)),
                    ("household", Q(state=State.PLANNED, person__isnull=True, household__isnull=False)),
                    ("village", Q(state=State.PLANNED, village__isnull=False)),
                    ("enterprise", Q(state=State.PLANNED, enterprise__isnull=False)),
                )
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy} {self.year}年"

    @property
    def is_planned(self) -> bool:
        return self.state == State.PLANNED

    @property
    def place(self) -> Area:
        """The village of the household now, the village helped, or the town or village of the enterprise."""
        if self.enterprise is not None:
            return self.enterprise.area
        place = self.household.village if self.household is not None else self.village
        assert place is not None, "measure_of_one"
        return place

    @property
    def to_whom(self) -> str:
        """In one word, for lists and pages."""
        if self.enterprise is not None:
            return self.enterprise.name
        if self.household_id is None:
            return "全村" if self.place.level == Level.VILLAGE else self.place.name
        return self.person.name if self.person is not None else "全户"

    @classmethod
    def plan(
        cls,
        policy: Policy,
        *,
        year: int,
        on: datetime.date,
        by: Any,
        household: Household | None = None,
        person: Person | None = None,
        village: Area | None = None,
        enterprise: Enterprise | None = None,
        **facts: Any,
    ) -> "Measure":
        """A planned measure. Raises ValidationError when it cannot be one, Taken when it is planned already."""
        household = person.household if person is not None else household
        measure = cls(
            policy=policy,
            household=household,
            person=person,
            village=village,
            enterprise=enterprise,
            year=year,
        )
        for name, value in {"planned_on": on, "planned_by": by, **facts}.items():
            setattr(measure, name, value)
        measure.must_be_possible(on)
        measure._history_user = by
        try:
            with transaction.atomic():
                measure.save()
        except IntegrityError as error:
            raise Taken(f"{year}年的“{policy}”已经列入计划") from error
        return measure

    def beside(self) -> MeasureQuerySet:
        """The measures of the same person, else of the same household, village or enterprise, of any year."""
        of = next(
            name
            for name in ("person", "household", "village", "enterprise")
            if getattr(self, f"{name}_id") is not None
        )
        same = Measure.objects.filter(**{of: getattr(self, f"{of}_id")})
        return (same.filter(person__isnull=True) if of == "household" else same).select_related("policy")

    def must_be_possible(self, today: datetime.date) -> None:
        """What a plan must be like on the day it is made; raises ValidationError."""
        policy = self.policy
        if policy.chapter not in MEASURE_CHAPTERS or policy.kind not in PLANNED_KINDS:
            raise ValidationError({"policy": f"“{policy}”不是帮扶措施"})
        if not FIRST_YEAR <= self.year <= today.year + 1:
            raise ValidationError({"year": f"年度应在{FIRST_YEAR}到{today.year + 1}之间"})
        if self.household is not None and self.household.removed_on is not None:
            raise ValidationError("该户已经注销，不再登记措施")
        if self.person is not None and not self.person.present:
            raise ValidationError({"person": f"{self.person}已不在册"})
        if self.enterprise is not None and self.enterprise.closed:
            raise ValidationError(f"{self.enterprise}已经停业，不再登记措施")
        if self.amount is not None and self.amount < 0:
            raise ValidationError({"amount": "数额不能小于 0"})

    def deliver(
        self,
        *,
        on: datetime.date,
        amount: Decimal,
        payer: str,
        by: Any,
        today: datetime.date,
        voucher: str = "",
        note: str = "",
        extras: Mapping[str, str] | None = None,
    ) -> None:
        """计划 → 落实; raises ValidationError for impossible facts, Taken when it is not planned any more."""
        if on > today:
            raise ValidationError({"delivered_on": f"不能晚于今天（{written(today)}）"})
        if on.year < self.year:
            raise ValidationError({"delivered_on": f"不能早于措施的年度（{self.year}年）"})
        if amount < 0:
            raise ValidationError({"amount": "数额不能小于 0"})
        with transaction.atomic():
            Measure.objects.filter(pk=self.pk).must_be_open(on)
            self._close(
                by,
                State.DELIVERED,
                delivered_on=on,
                amount=amount,
                payer=payer,
                voucher=voucher,
                note=note or self.note,
                extras={**self.extras, **(extras or {})},
            )

    def cancel(self, *, on: datetime.date, reason: str, by: Any) -> None:
        """计划 → 取消; what is delivered stays: it is put right by the payer, not by forgetting it."""
        if not reason.strip():
            raise ValidationError({"cancel_reason": "取消要写明原因"})
        self._close(by, State.CANCELLED, cancelled_on=on, cancel_reason=reason.strip())

    def complete(self, said: Mapping[str, str], *, by: Any) -> None:
        """补登: further fields of a measure that stands, each over what it said before."""
        with transaction.atomic():
            row = Measure.objects.select_for_update(of=("self",)).get(pk=self.pk)
            if row.state == State.CANCELLED:
                raise Taken("这项措施已经取消，不再补登")
            row.extras = {key: value for key, value in {**row.extras, **said}.items() if value}
            row._history_user = by
            row._change_reason = "补登"
            row.save(update_fields=["extras"])
        self.refresh_from_db()

    def _close(self, by: Any, state: str, **facts: Any) -> None:
        with transaction.atomic():
            mine = Measure.objects.filter(pk=self.pk, state=State.PLANNED)
            if not mine.update(state=state, closed_by=by, **facts):
                self.refresh_from_db()
                who = f"由{self.closed_by}" if self.closed_by else ""
                raise Taken(f"这项措施已{who}办理：{self.state}")
            self.refresh_from_db()
            Measure.history.bulk_history_create(  # type: ignore[attr-defined]
                [self], update=True, default_user=by, default_change_reason=state
            )
