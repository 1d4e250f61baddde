"""回头看: a sample of a year's exits, drawn by a kept seed, and what each visit found (R274; audits/sampling.py)."""

import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from accounts.roles import Role
from areas.models import Area, Level
from areas.scope import AreaScope, ScopedQuerySet
from audits import acting, sampling
from audits.refusals import NotNow
from households.models import Household, Kind, StatusEvent
from office import clock, trail

DRAWERS = (Role.TOWN, Role.DISTRICT)
VISITORS = (Role.HELPER, Role.TOWN, Role.APPROVER, Role.DISTRICT)
PLACES = (Level.TOWN, Level.COUNTY)


class Result(models.TextChoices):
    STABLE = "稳定", "稳定脱贫"
    AT_RISK = "有返贫风险", "有返贫风险"
    FALLEN_BACK = "返贫", "返贫"


def exits_of(area: Area, year: int, by: datetime.datetime) -> "models.QuerySet[StatusEvent]":
    """Exits of the year that were recorded by then and are not undone by then."""
    undone = StatusEvent.objects.filter(reverses__isnull=False, recorded_at__lte=by).values("reverses")
    found: models.QuerySet[StatusEvent] = (
        StatusEvent.objects.in_area(area)
        .filter(kind=Kind.EXIT, on__year=year, recorded_at__lte=by)
        .exclude(pk__in=undone)
    )
    return found


class LookbackQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "LookbackQuerySet":
        """A village sees the samples in which it has a household; of them it sees its own visits only."""
        if scope.everything:
            return self
        visited = LookbackVisit.objects.filter(scope.area_q("village")).order_by().values("lookback")
        return self.filter(scope.area_q("area") | Q(pk__in=visited))


class Lookback(models.Model):
    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="抽样范围")
    year = models.PositiveSmallIntegerField("退出年度")
    percent = models.PositiveSmallIntegerField(
        "抽样比例（%）", null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    count = models.PositiveIntegerField("抽样户数", null=True, blank=True, validators=[MinValueValidator(1)])
    # What the draw can be repeated by: the seed, and the exits that were recorded when it was made.
    seed = models.CharField("随机种子", max_length=40)
    population = models.PositiveIntegerField("退出户数")
    checksum = models.CharField("名册校验", max_length=64)
    drawn_on = models.DateField("抽取日期")
    due_on = models.DateField("完成期限")
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="抽取人"
    )
    recorded_at = models.DateTimeField("登记时间")

    objects = LookbackQuerySet.as_manager()

    class Meta:
        app_label = "audits"
        verbose_name = "回头看抽样"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__isnull=True, count__isnull=False)
                | Q(percent__isnull=False, count__isnull=True),
                name="lookback_percent_or_count",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("drawn_on")), name="lookback_due_after_draw"),
        ]

    def __str__(self) -> str:
        return f"{self.area}{self.year}年退出户回头看（{self.drawn_on}抽取）"

    @classmethod
    def draw(
        cls,
        *,
        area: Area,
        year: int,
        seed: str,
        due_on: datetime.date,
        by: Any,
        on: datetime.date,
        percent: int | None = None,
        count: int | None = None,
        visitor: str = "",
        at: datetime.datetime | None = None,
    ) -> "Lookback":
        """A sample of the area's exits of the year, its visits waiting. 403 without a role, ValidationError else."""
        at = at or clock.moment()
        acting.require(by, DRAWERS, area, on, "抽取回头看样本")
        if area.level not in PLACES:
            raise ValidationError("回头看按镇街或区县抽取")
        if due_on < on:
            raise ValidationError("完成期限不能早于今天")
        if (percent is None) == (count is None):
            raise ValidationError("比例和户数填一项")
        exits = list(exits_of(area, year, at).select_related("household").order_by("household__number"))
        households = {event.household.number: event.household for event in exits}
        if not households:
            raise ValidationError(f"{area}{year}年没有退出的户，抽不出样本")
        size = sampling.size_of(len(households), percent=percent, count=count)
        with transaction.atomic():
            sample = cls.objects.create(
                area=area,
                year=year,
                percent=percent,
                count=count,
                seed=seed,
                population=len(households),
                checksum=sampling.checksum(households),
                drawn_on=on,
                due_on=due_on,
                drawn_by=by,
                recorded_at=at,
            )
            LookbackVisit.objects.bulk_create(
                LookbackVisit(
                    lookback=sample,
                    household=households[number],
                    village_id=households[number].village_id,
                    visitor=visitor.strip(),
                )
                for number in sampling.draw(households, size, seed)
            )
            detail = {"年度": year, "退出户": len(households), "样本": size, "校验": sample.checksum}
            trail.record("抽取回头看样本", actor=by, subject=sample, area=area, detail=detail)
        return sample

    def drawn_again(self) -> bool:
        """The same seed over the same exits gives the households of this sample."""
        exits = exits_of(self.area, self.year, self.recorded_at)
        numbers = set(exits.values_list("household__number", flat=True))
        size = sampling.size_of(len(numbers), percent=self.percent, count=self.count) if numbers else 0
        mine = LookbackVisit.objects.filter(lookback=self)
        kept = sorted(mine.values_list("household__number", flat=True))
        return sampling.checksum(numbers) == self.checksum and kept == sampling.draw(numbers, size, self.seed)


class LookbackVisitQuerySet(ScopedQuerySet):
    def waiting(self) -> "LookbackVisitQuerySet":
        return self.filter(result="")

    def overdue(self, on: datetime.date) -> "LookbackVisitQuerySet":
        return self.waiting().filter(lookback__due_on__lt=on)


class LookbackVisit(models.Model):
    """One household of a sample: who goes there, and once they were there what they found."""

    area_field = "village"

    lookback = models.ForeignKey(Lookback, models.PROTECT, related_name="visits", verbose_name="抽样")
    household = models.ForeignKey(
        Household, models.PROTECT, related_name="lookback_visits", verbose_name="户"
    )
    # Where it lay when it was drawn.
    village = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="村(社区)")
    visitor = models.CharField("走访人", max_length=80, blank=True)
    visited_on = models.DateField("走访日期", null=True, blank=True)
    result = models.CharField("结论", max_length=5, choices=Result.choices, blank=True)
    finding = models.CharField("走访情况", max_length=500, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间", null=True)

    objects = LookbackVisitQuerySet.as_manager()

    class Meta:
        app_label = "audits"
        verbose_name = "回头看走访"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["lookback", "household"], name="lookback_visit_once"),
            models.CheckConstraint(
                condition=Q(result="", visited_on__isnull=True, recorded_at__isnull=True)
                | (~Q(result="") & ~Q(finding="") & ~Q(visitor="") & Q(visited_on__isnull=False)),
                name="lookback_visit_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household}回头看"

    @property
    def is_waiting(self) -> bool:
        return not self.result

    def record(
        self,
        *,
        result: str,
        finding: str,
        visitor: str,
        visited_on: datetime.date,
        by: Any,
        on: datetime.date,
        at: datetime.datetime | None = None,
    ) -> None:
        """What the visit found, once; NotNow when somebody has recorded it already."""
        acting.require(by, VISITORS, self.village, on, "登记回头看")
        if result not in Result.values:
            raise ValidationError("请选择结论")
        if not finding.strip() or not visitor.strip():
            raise ValidationError("请写明走访人和走访情况")
        if not self.lookback.drawn_on <= visited_on <= on:
            raise ValidationError("走访日期在抽取之后，不晚于今天")
        with transaction.atomic():
            mine = LookbackVisit.objects.waiting().filter(pk=self.pk)
            if not mine.update(
                result=result,
                finding=finding.strip()[:500],
                visitor=visitor.strip()[:80],
                visited_on=visited_on,
                recorded_by=by,
                recorded_at=at or clock.moment(),
            ):
                self.refresh_from_db()
                raise NotNow(f"已由{self.recorded_by}登记：{self.result}")
            self.refresh_from_db()
            trail.record("登记回头看", actor=by, subject=self, area=self.village, detail={"结论": result})
