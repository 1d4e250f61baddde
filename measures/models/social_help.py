"""Help by society (社会帮扶): one record for whatever firms, givers, volunteers and other districts do (R204–R213).

A need waits for somebody (待对接), is met (进行中), and is done (已完成) or given up (已取消). What went into the
扶贫专户 (001 第七章第二节二) is entered when the record is done and taken back with it; the fund is never spent below 0.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from areas.models import Area
from areas.scope import AreaScope, ScopedQuerySet
from measures.models.charity_fund import CharityFund
from measures.models.measure import Taken
from office.days import written


class HelpKind(models.TextChoices):
    PAIRING = "企业结对", "企业结对"
    PROFIT = "国企分红", "国企分红"
    GIFT = "社会捐赠", "社会捐赠"
    ONE_DAY = "慈心一日捐", "慈心一日捐"
    COOPERATION = "扶贫协作", "扶贫协作"
    MEETING = "协作会议", "协作会议"
    VOLUNTEERS = "志愿服务", "志愿服务"
    ORGANISATION = "社会组织项目", "社会组织项目"
    LEGAL_AID = "法律援助", "法律援助"
    MEDIATION = "矛盾调解", "矛盾调解"
    CHARITY = "慈善转介", "慈善转介"
    FILIAL = "孝善基金", "孝善基金"
    NEIGHBOURS = "邻里互助", "邻里互助"
    FESTIVAL = "春节慰问", "春节慰问"
    OTHER = "其他", "其他"


class GiverKind(models.TextChoices):
    FIRM = "企业", "企业"
    STATE_FIRM = "国有企业", "国有企业"
    ORGANISATION = "社会组织", "社会组织"
    OFFICE = "机关单位", "机关单位"
    DISTRICT = "协作区县", "协作区县"
    TEAM = "志愿队伍", "志愿队伍"
    PERSON = "个人", "个人"


class HelpState(models.TextChoices):
    WANTED = "待对接", "待对接"
    RUNNING = "进行中", "进行中"
    DONE = "已完成", "已完成"
    CANCELLED = "已取消", "已取消"


LIVE = (HelpState.RUNNING, HelpState.DONE)
OPEN = (HelpState.WANTED, HelpState.RUNNING)


class SocialHelpQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "SocialHelpQuerySet":
        """Of one's area, or for a village of it."""
        if scope.everything:
            return self
        helped = Beneficiary.objects.filter(scope.area_q("village"), social_help=OuterRef("pk"))
        return self.filter(scope.area_q("area") | Exists(helped))

    def in_area(self, area: Area | None) -> "SocialHelpQuerySet":
        if area is None:
            return self
        helped = Beneficiary.objects.in_area(area).filter(social_help=OuterRef("pk"))
        return self.filter(_recorded_in(area) | Exists(helped))

    def recorded_in(self, area: Area) -> "SocialHelpQuerySet":
        """Recorded for the area or one below it, whoever is helped: each record has one such place."""
        return self.filter(_recorded_in(area))

    def live(self) -> "SocialHelpQuerySet":
        """What counts in sums: begun or done."""
        return self.filter(state__in=LIVE)


def _recorded_in(area: Area) -> Q:
    own = Q()
    for step in ("", "__parent", "__parent__parent", "__parent__parent__parent", "__parent" * 4):
        own |= Q(**{f"area{step}": area.pk})
    return own


class SocialHelp(models.Model):
    kind = models.CharField("类别", max_length=8, choices=HelpKind.choices)
    title = models.CharField("事项", max_length=80)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="所在区域")
    giver = models.CharField("帮扶方", max_length=80, blank=True)
    giver_kind = models.CharField("帮扶方类别", max_length=6, choices=GiverKind.choices, blank=True)
    receiver = models.CharField("受助方", max_length=80, blank=True)
    start_on = models.DateField("开始日期")
    end_on = models.DateField("截止日期", null=True, blank=True)
    amount = models.DecimalField("金额（元）", max_digits=14, decimal_places=2, null=True, blank=True)
    goods = models.CharField("物资或服务", max_length=200, blank=True)
    people = models.PositiveIntegerField("受益人数", null=True, blank=True)
    to_fund = models.BooleanField("进入扶贫专户", default=False)
    published = models.BooleanField("列入光荣榜", default=False)
    note = models.CharField("备注", max_length=300, blank=True)
    state = models.CharField("状态", max_length=4, choices=HelpState.choices, default=HelpState.RUNNING)
    state_reason = models.CharField("取消原因", max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="登记人",
        editable=False,
    )
    # Who the next row of history is by.
    _history_user: Any

    objects = SocialHelpQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "社会帮扶"
        ordering = ["-start_on", "-pk"]
        indexes = [models.Index(fields=["kind", "start_on"], name="social_help_kind")]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on")),
                name="social_help_ends_after_start",
                violation_error_message="截止日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="social_help_amount_not_negative",
                violation_error_message="金额不能小于 0",
            ),
            models.CheckConstraint(
                condition=Q(state=HelpState.WANTED) | Q(state=HelpState.CANCELLED) | ~Q(giver=""),
                name="social_help_by_somebody",
                violation_error_message="写明帮扶方；还没有帮扶方的，状态选待对接",
            ),
            models.CheckConstraint(
                condition=Q(to_fund=False) | Q(amount__isnull=False, amount__gt=0),
                name="social_help_fund_has_amount",
                violation_error_message="进入扶贫专户的要有金额",
            ),
            models.CheckConstraint(
                condition=~Q(state=HelpState.CANCELLED) | ~Q(state_reason=""),
                name="social_help_cancelled_with_reason",
                violation_error_message="取消要写明原因",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}　{self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def revise(self, *, by: Any, version: int) -> None:
        """Saves what was typed; Taken when somebody else was first or the record is closed by now."""
        with transaction.atomic():
            mine = SocialHelp.objects.filter(pk=self.pk, version=version, state__in=OPEN)
            if not mine.update(version=F("version") + 1):
                raise Taken("打开本页以后，这条记录已由别人修改或办结，请刷新后再改")
            self.version = version + 1
            self._history_user = by
            self.save()

    def finish(self, *, by: Any, on: datetime.date) -> None:
        """进行中 → 已完成; what goes to the 扶贫专户 is entered there in the same transaction."""
        if self.start_on > on:
            raise ValidationError(f"开始日期是{written(self.start_on)}，还没有到")
        with transaction.atomic():
            self._move(HelpState.RUNNING, HelpState.DONE, by, end_on=self.end_on or on)
            if self.to_fund:
                CharityFund.of(self.area).receive(self.amount or Decimal(0))

    def cancel(self, *, by: Any, reason: str) -> None:
        """Also of what is done: the fund gives it back, unless it has been spent."""
        if not reason.strip():
            raise ValidationError({"state_reason": "取消要写明原因"})
        with transaction.atomic():
            before = HelpState(self.state)
            self._move(before, HelpState.CANCELLED, by, state_reason=reason.strip())
            if before == HelpState.DONE and self.to_fund:
                CharityFund.of(self.area).give_back(self.amount or Decimal(0))

    def _move(self, before: str, after: str, by: Any, **facts: Any) -> None:
        mine = SocialHelp.objects.filter(pk=self.pk, state=before, version=self.version)
        if after == HelpState.CANCELLED and before == HelpState.CANCELLED:
            mine = mine.none()
        if not mine.update(state=after, version=F("version") + 1, **facts):
            self.refresh_from_db()
            raise Taken(f"这条记录刚刚有变动，现在是“{self.state}”")
        self.refresh_from_db()
        SocialHelp.history.bulk_history_create(  # type: ignore[attr-defined]
            [self], update=True, default_user=by, default_change_reason=after
        )


class Beneficiary(models.Model):
    """Who a record helps: a village, or a household of it, or one of its members."""

    area_field = "village"

    social_help = models.ForeignKey(
        SocialHelp, models.CASCADE, related_name="beneficiaries", verbose_name="社会帮扶"
    )
    village = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="村(社区)")
    household = models.ForeignKey(
        "households.Household",
        models.PROTECT,
        null=True,
        related_name="social_helps",
        verbose_name="户",
    )
    person = models.ForeignKey(
        "households.Person", models.PROTECT, null=True, related_name="+", verbose_name="人"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "受益对象"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(household__isnull=False),
                name="beneficiary_person_of_household",
            ),
            models.UniqueConstraint(
                fields=["social_help", "village"],
                condition=Q(household__isnull=True),
                name="beneficiary_village_once",
                violation_error_message="这个村已经列入",
            ),
            models.UniqueConstraint(
                fields=["social_help", "household"],
                condition=Q(household__isnull=False, person__isnull=True),
                name="beneficiary_household_once",
                violation_error_message="这一户已经列入",
            ),
            models.UniqueConstraint(
                fields=["social_help", "person"],
                condition=Q(person__isnull=False),
                name="beneficiary_person_once",
                violation_error_message="这个人已经列入",
            ),
        ]

    def __str__(self) -> str:
        return str(self.person or self.household or self.village)
