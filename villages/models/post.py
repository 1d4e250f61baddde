"""Who is posted where (R251, R254, R257, R260, R263, R266, R289): 第一书记, 驻村工作队, staff of towns, the three tiers
and the three groups. One record a person and place, with its days; how many days were stayed, by month (R251, R295).

Plans: a team of 3 (003) or 5 (001) a key village, a stint of two years (003), nobody is taken away before the task is
done (不脱钩、不撤回: 004 十章一节一).
"""

import calendar
import datetime
import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from office.days import written
from office.pii import EncryptedTextField
from office.striking import Strikable, StrikableQuerySet, struck_with_a_reason
from villages.models.village import PHONE
from villages.models.work_record import OutOfTurn, WorkRecord, by_whom

TERM_YEARS = 2  # 003 十章一节一: 一包两年
STRUCK = "作废须写明原因"


class PostKind(models.TextChoices):
    FIRST_SECRETARY = "第一书记", "第一书记"
    TEAM_LEADER = "驻村工作队长", "驻村工作队长"
    TEAM_MEMBER = "驻村工作队员", "驻村工作队员"
    TOWN_STAFF = "镇街专职人员", "镇街专职人员"
    COUNTY_STAFF = "区级专职人员", "区级专职人员"
    COMMITTEE = "常委包村", "常委包村"
    DEPARTMENT = "部门联村", "部门联村"
    SECTION = "科级干部包户", "科级干部包户"
    DUTY_GROUP = "责任组", "责任组"
    FILES_GROUP = "档卡填写咨询小组", "档卡填写咨询小组"
    INSPECTION_GROUP = "督导组", "督导组"
    STATISTICS = "统计员", "统计员"


K = PostKind
TEAM = (K.TEAM_LEADER, K.TEAM_MEMBER)
RESIDENT = (K.FIRST_SECRETARY, *TEAM)
TIERS = (K.COMMITTEE, K.DEPARTMENT, K.SECTION)  # 002 二章八节1 (R260)
GROUPS = (K.DUTY_GROUP, K.FILES_GROUP, K.INSPECTION_GROUP)  # 002 二章八节1 (R266)
OF_A_VILLAGE = (*RESIDENT, *TIERS)


class PostQuerySet(StrikableQuerySet):
    def held(self, day: datetime.date) -> "PostQuerySet":
        """Those that count on the day: begun, and not ended before it."""
        running = Q(end_on__isnull=True) | Q(end_on__gte=day)
        return self.standing().filter(running, start_on__lte=day)  # type: ignore[return-value]


class Post(WorkRecord):
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("岗位", max_length=8, choices=PostKind.choices)
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("派出单位", max_length=60)
    title = models.CharField("职务", max_length=40, blank=True)
    phone = EncryptedTextField("电话", max_length=20, blank=True, validators=[PHONE])
    full_time = models.BooleanField("专职", default=False)
    start_on = models.DateField("到岗日期")
    party_link_on = models.DateField("党组织关系转入", null=True, blank=True)
    end_on = models.DateField("离岗日期", null=True, editable=False)
    end_reason = models.CharField("离岗原因", max_length=200, blank=True, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = "扶贫队伍"
        ordering = ["-start_on", "-pk"]
        indexes = [models.Index(fields=["kind", "area"], name="post_kind_area")]
        constraints = [
            struck_with_a_reason("post_struck_with_a_reason", STRUCK),
            models.UniqueConstraint(
                fields=["area"],
                condition=Q(kind=K.FIRST_SECRETARY, end_on__isnull=True, struck_at__isnull=True),
                name="post_one_first_secretary",
                violation_error_message="这个村已有在任的第一书记，先登记离岗再派新的",
            ),
            models.CheckConstraint(
                condition=Q(end_on__isnull=True) | (Q(end_on__gte=F("start_on")) & ~Q(end_reason="")),
                name="post_ends_with_a_reason",
                violation_error_message="离岗不能早于到岗，并要写明原因",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}（{self.area.name}）"

    @property
    def term_ends(self) -> datetime.date:
        """The last day of two years; somebody posted on 29 February serves until 28 February."""
        year = self.start_on.year + TERM_YEARS
        day = min(self.start_on.day, calendar.monthrange(year, self.start_on.month)[1])
        return datetime.date(year, self.start_on.month, day)

    @property
    def left_early(self) -> bool:
        return self.kind in RESIDENT and self.end_on is not None and self.end_on < self.term_ends

    def end(self, *, on: datetime.date, reason: str) -> None:
        """离岗: the reason is kept, so that who was taken away before the task was done is seen (R254)."""
        if on < self.start_on:
            raise ValidationError({"on": f"离岗不能早于到岗（{written(self.start_on)}）"})
        self.step(Q(end_on__isnull=True), "已经登记离岗", end_on=on, end_reason=reason)

    def link_party(self, *, on: datetime.date) -> None:
        """党组织关系转入 the village (001 八章一节三, R257)."""
        if on < self.start_on:
            raise ValidationError({"on": f"不能早于到岗（{written(self.start_on)}）"})
        self.step(Q(party_link_on__isnull=True), "党组织关系已经登记转入", party_link_on=on)

    def stay(self, *, year: int, month: int, days: int, by: Any, at: datetime.datetime) -> "StayMonth":
        """驻村天数 of a month; a second figure takes the place of the first, which stays struck out."""
        first = datetime.date(year, month, 1)
        last = first.replace(day=calendar.monthrange(year, month)[1])
        if last < self.start_on or (self.end_on is not None and first > self.end_on):
            raise ValidationError({"month": "这个月不在岗"})
        if days > last.day:
            raise ValidationError({"days": f"{month}月只有 {last.day} 天"})
        for before in self.stays.filter(year=year, month=month, struck_at__isnull=True):
            before.strike(by=by, at=at, reason=f"改为 {days} 天")
        try:
            with transaction.atomic():
                return self.stays.create(year=year, month=month, days=days, recorded_by=by, recorded_at=at)
        except IntegrityError as error:
            raise OutOfTurn(f"{year}年{month}月的天数刚刚由别人登记，请看过再填") from error


class StayMonth(Strikable):
    """Days stayed in the village in a month."""

    area_field = "post__area"

    post = models.ForeignKey(Post, models.PROTECT, related_name="stays", verbose_name="岗位")
    year = models.PositiveSmallIntegerField("年度")
    month = models.PositiveSmallIntegerField("月份", validators=[MinValueValidator(1), MaxValueValidator(12)])
    days = models.PositiveSmallIntegerField("驻村天数", validators=[MaxValueValidator(31)])
    recorded_by = by_whom("登记人")
    recorded_at = models.DateTimeField("登记时间", editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "驻村天数"
        ordering = ["-year", "-month", "-pk"]
        constraints = [
            struck_with_a_reason("stay_struck_with_a_reason", STRUCK),
            models.UniqueConstraint(
                fields=["post", "year", "month"],
                condition=Q(struck_at__isnull=True),
                name="stay_once_a_month",
            ),
            models.CheckConstraint(condition=Q(month__range=(1, 12), days__lte=31), name="stay_of_a_month"),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.month}月 {self.days} 天"
