"""Assets that projects leave behind (R250), their income by year, and its sharing (R102–R104).

The share of a household is a measure of it once it is paid: 光伏 fulfils PV-INCOME, anything else the one income
project that every household should have (PROJECT-PER-HH).
"""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Prefetch, Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from households.models import Household, Person
from measures import sharing
from measures.conditions import OF_HOUSEHOLD, Supported
from measures.facts import When
from measures.models.measure import HOME, Measure, Taken
from measures.models.money import ZERO, MaybeMoneyField, MoneyField
from measures.models.policy import Policy
from measures.models.project import Project, by_whom, words
from office.days import written

WITHOUT_LABOUR = ("丧失劳动力", "无劳动力")
SOLAR, SOLAR_POLICY, INCOME_POLICY = "光伏电站", "PV-INCOME", "PROJECT-PER-HH"


class AssetKind(models.TextChoices):
    SOLAR = SOLAR, SOLAR
    WORKSHOP = "扶贫车间", "扶贫车间"
    GREENHOUSE = "大棚", "大棚"
    EQUIPMENT = "机器设备", "机器设备"
    STOCK = "种养资产", "种养资产"
    SHARES = "入股资金", "入股资金"
    WATER = "水利设施", "水利设施"
    OTHER = "其他", "其他"


class Station(models.TextChoices):
    """Where a solar station stands (R099; 003 专栏3.4)."""

    ROOF = "户用屋顶", "户用屋顶"
    VILLAGE = "村级电站", "村级电站"
    CENTRAL = "集中式", "集中式"


class Asset(models.Model):
    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="权属地点")
    project = models.ForeignKey(Project, models.PROTECT, related_name="assets", verbose_name="形成项目")
    name = models.CharField("资产名称", max_length=60)
    kind = models.CharField("资产类别", max_length=4, choices=AssetKind.choices)
    value = MoneyField("资产价值")
    station = models.CharField("电站类型", max_length=4, choices=Station.choices, blank=True)
    capacity = models.DecimalField("装机容量（千瓦）", max_digits=8, decimal_places=2, null=True, blank=True)
    owner = models.CharField("产权人", max_length=60)
    keeper = models.CharField("管护责任人", max_length=30)
    operator = models.CharField("经营主体", max_length=60)
    formed_on = models.DateField("形成日期")
    life_years = models.PositiveSmallIntegerField("使用年限")
    agreement = models.CharField("协议编号", max_length=60, blank=True)
    agreed_until = models.DateField("协议到期", null=True, blank=True)
    agreed_income = MaybeMoneyField("约定年收益", null=True, blank=True)
    entered_by = by_whom("登记人")
    entered_at = models.DateTimeField("登记时间", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "项目资产"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="asset_named_once"),
            models.CheckConstraint(condition=Q(value__gt=0), name="asset_has_a_value"),
            models.CheckConstraint(
                condition=(Q(kind=SOLAR, capacity__gt=0) & ~Q(station=""))
                | (~Q(kind=SOLAR) & Q(capacity__isnull=True, station="")),
                name="asset_station_of_solar",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def life_ends(self) -> int:
        """The last year of its useful life."""
        return self.formed_on.year + self.life_years

    @property
    def policy_code(self) -> str:
        return SOLAR_POLICY if self.kind == SOLAR else INCOME_POLICY

    def owed(self, year: int) -> Decimal | None:
        """What the operator still owes for a year (R104, R250); None where nothing is agreed."""
        if self.agreed_income is None:
            return None
        came = sum((one.amount for one in self.incomes.all() if one.year == year), ZERO)
        return max(self.agreed_income - came, ZERO)

    def claims(self, day: datetime.date) -> list[sharing.Claim]:
        """The households of its place that are on the register or left it less than three years ago (R051).

        Without labour is who has no member able to work and none whose ability is not on record (R103).
        """
        present = Prefetch("persons", Person.objects.filter(present=True), to_attr="here")
        homes = (
            Household.objects.in_area(self.area)
            .filter(Supported().q(When(day), OF_HOUSEHOLD), registered_on__lte=day, removed_on__isnull=True)
            .prefetch_related(present)
            .order_by("number")
        )
        return [
            sharing.Claim(
                home.number,
                len(home.here),
                any(person.labour_capacity not in WITHOUT_LABOUR for person in home.here),
            )
            for home in homes
        ]


class AssetIncome(models.Model):
    """What came in for a year, less what keeping the asset cost."""

    area_field = "asset__area"

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="incomes", verbose_name="资产")
    year = models.PositiveSmallIntegerField("收益年度")
    received_on = models.DateField("到账日期")
    amount = MoneyField("收益")
    costs = MoneyField("运行维护费", default=ZERO)
    payer = models.CharField("付款单位", max_length=60)
    voucher = models.CharField("凭证号", max_length=60)
    once = models.UUIDField(unique=True, editable=False)
    entered_by = by_whom("登记人")
    entered_at = models.DateTimeField("登记时间", editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "资产收益"
        ordering = ["-year", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["asset", "voucher"], name="asset_income_voucher_once"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, costs__gte=0, amount__gte=F("costs")),
                name="asset_income_above_costs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asset}{self.year}年收益"

    @property
    def net(self) -> Decimal:
        return self.amount - self.costs

    @classmethod
    def receive(
        cls,
        asset: Asset,
        *,
        by: Any,
        today: datetime.date,
        at: datetime.datetime,
        once: uuid.UUID,
        **facts: Any,
    ) -> "AssetIncome":
        """The same form sent twice, and a voucher that stands already, are Taken."""
        income = cls(asset=asset, entered_by=by, entered_at=at, once=once, **facts)
        if income.received_on > today:
            raise ValidationError({"received_on": f"不能晚于今天（{written(today)}）"})
        if income.received_on < asset.formed_on:
            raise ValidationError({"received_on": f"不能早于资产形成日期（{written(asset.formed_on)}）"})
        if income.amount <= 0:
            raise ValidationError({"amount": "收益要大于 0"})
        if income.costs >= income.amount:
            raise ValidationError({"costs": "运行维护费要少于收益"})
        try:
            with transaction.atomic():
                income.save(force_insert=True)
        except IntegrityError as error:
            raise Taken(f"凭证 {income.voucher} 的收益已经登记") from error
        return income


class SharingState(models.TextChoices):
    PROPOSED = "拟定", "拟定"
    CONFIRMED = "确认", "确认"
    PAID = "发放", "发放"
    WITHDRAWN = "撤回", "撤回"


class Sharing(models.Model):
    """How one income is shared: 拟定 → 确认 (posted and approved) → 发放, or 撤回 with a reason."""

    area_field = "income__asset__area"

    income = models.ForeignKey(AssetIncome, models.PROTECT, related_name="sharings", verbose_name="收益")
    state = models.CharField(
        "状态", max_length=2, choices=SharingState.choices, default=SharingState.PROPOSED, editable=False
    )
    total = MoneyField("分给贫困户")
    village_part = MoneyField("村集体留用")
    village_use = models.CharField("村集体用途", max_length=100, blank=True)
    way = models.CharField(
        "分配方式", max_length=4, choices=words(*sharing.WAYS), default=sharing.BY_HOUSEHOLD
    )
    first = MaybeMoneyField("先分的数额", null=True, blank=True)
    households = models.PositiveIntegerField("户数", editable=False)
    proposed_on = models.DateField("拟定日期", editable=False)
    proposed_by = by_whom("拟定人")
    posted_on = models.DateField("张贴日期", null=True, editable=False)
    minutes = models.CharField("会议记录编号", max_length=60, blank=True, editable=False)
    confirmed_on = models.DateField("确认日期", null=True, editable=False)
    confirmed_by = by_whom("确认人")
    paid_on = models.DateField("发放日期", null=True, editable=False)
    voucher = models.CharField("发放凭证号", max_length=60, blank=True, editable=False)
    paid_by = by_whom("发放登记人")
    withdrawn_reason = models.CharField("撤回原因", max_length=200, blank=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "收益分配"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["income"], condition=~Q(state=SharingState.WITHDRAWN), name="sharing_once_an_income"
            ),
            models.CheckConstraint(condition=Q(total__gt=0, village_part__gte=0), name="sharing_sums"),
        ]

    def __str__(self) -> str:
        return f"{self.income}分配"

    @property
    def rule(self) -> str:
        return sharing.said(self.way, self.first)

    @classmethod
    def propose(
        cls,
        income: AssetIncome,
        *,
        total: Decimal,
        way: str,
        first: Decimal | None,
        by: Any,
        on: datetime.date,
        village_use: str = "",
    ) -> "Sharing":
        """The parts of every household as of the day; ValidationError when they cannot be, Taken when there are."""
        if total > income.net:
            raise ValidationError({"total": f"不能多于可分配的 {income.net:,.2f} 元"})
        kept = income.net - total
        if kept and not village_use:
            raise ValidationError({"village_use": f"村集体留用 {kept:,.2f} 元，要写明用途"})
        claims = income.asset.claims(on)
        try:
            parts = sharing.share(total, claims, way=way, first=first)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        homes = dict(
            Household.objects.filter(number__in=[part.number for part in parts]).values_list("number", "pk")
        )
        try:
            with transaction.atomic():
                made = cls.objects.create(
                    income=income,
                    total=total,
                    village_part=kept,
                    village_use=village_use if kept else "",
                    way=way,
                    first=first,
                    households=len(parts),
                    proposed_on=on,
                    proposed_by=by,
                )
                Share.objects.bulk_create(
                    Share(sharing=made, household_id=homes[part.number], amount=part.amount, why=part.why)
                    for part in parts
                )
        except IntegrityError as error:
            raise Taken("这笔收益已经拟定了分配") from error
        return made

    def confirm(self, *, posted_on: datetime.date, minutes: str, by: Any, on: datetime.date) -> None:
        """拟定 → 确认: the list was posted in the village and the meeting agreed."""
        if posted_on > on or posted_on < self.proposed_on:
            raise ValidationError({"posted_on": f"应在 {written(self.proposed_on)} 到 {written(on)} 之间"})
        facts = {"posted_on": posted_on, "minutes": minutes, "confirmed_on": on, "confirmed_by": by}
        self._move(SharingState.PROPOSED, SharingState.CONFIRMED, **facts)

    def withdraw(self, *, reason: str) -> None:
        """拟定 or 确认 → 撤回; what is paid stays."""
        if not reason.strip():
            raise ValidationError({"withdrawn_reason": "撤回要写明原因"})
        before = SharingState.CONFIRMED if self.state == SharingState.CONFIRMED else SharingState.PROPOSED
        self._move(before, SharingState.WITHDRAWN, withdrawn_reason=reason.strip())

    def pay(self, *, paid_on: datetime.date, voucher: str, by: Any, today: datetime.date) -> int:
        """确认 → 发放: each household has its share as a delivered measure; how many."""
        if paid_on > today:
            raise ValidationError({"paid_on": f"不能晚于今天（{written(today)}）"})
        if self.confirmed_on is not None and paid_on < self.confirmed_on:
            raise ValidationError({"paid_on": f"不能早于确认日期（{written(self.confirmed_on)}）"})
        income, asset = self.income, self.income.asset
        with transaction.atomic():
            facts = {"paid_on": paid_on, "voucher": voucher, "paid_by": by}
            self._move(SharingState.CONFIRMED, SharingState.PAID, **facts)
            policy = Policy.objects.standing(paid_on).get(code=asset.policy_code)
            shares = list(self.shares.select_related("household").order_by("pk"))
            gone = [share.household.number for share in shares if share.household.removed_on is not None]
            if gone:
                raise ValidationError(f"{'、'.join(gone[:5])} 已经注销，请撤回重新拟定")
            for share in shares:
                share.deliver(policy, income.year, on=paid_on, voucher=voucher, by=by, today=today)
        return len(shares)

    def _move(self, before: str, after: str, **facts: Any) -> None:
        if not Sharing.objects.filter(pk=self.pk, state=before).update(state=after, **facts):
            self.refresh_from_db()
            raise Taken(f"这次分配现在是“{self.state}”，不能这样办")
        self.refresh_from_db()


class Share(models.Model):
    """What one household gets of one sharing."""

    area_lookups = HOME

    sharing = models.ForeignKey(Sharing, models.PROTECT, related_name="shares", verbose_name="分配")
    household = models.ForeignKey(Household, models.PROTECT, related_name="+", verbose_name="户")
    amount = MoneyField("金额")
    why = models.CharField("依据", max_length=40)
    measure = models.OneToOneField(
        Measure, models.PROTECT, null=True, related_name="share", verbose_name="帮扶措施"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "户收益"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sharing", "household"], name="share_once_a_household"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="share_above_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.amount:,.2f} 元"

    def deliver(
        self, policy: Policy, year: int, *, on: datetime.date, voucher: str, by: Any, today: datetime.date
    ) -> None:
        """The measure that this share is: the planned one of the household and year, or a new one."""
        same = Measure.objects.planned().of_policy(policy.code)
        measure = same.filter(household=self.household, person__isnull=True, year=year).first()
        asset = self.sharing.income.asset
        if measure is None:
            measure = Measure(
                policy=policy, household=self.household, year=year, planned_on=on, planned_by=by
            )
            measure._history_user = by
            measure.save()
        measure.deliver(
            on=on,
            amount=self.amount,
            payer=asset.owner,
            voucher=voucher,
            note=f"{asset}{year}年收益分配（{self.why}）",
            by=by,
            today=today,
        )
        Share.objects.filter(pk=self.pk).update(measure=measure)
