"""The ledger of project money (资金全过程监管, R233, R296): budget lines, allocations, payments; only appended.

An entry moves the running balances of its source, project and project fund in one transaction, always in this
order. Each move is a conditional UPDATE that holds the limit in its WHERE: no payment above its allocation, no
allocation above its source's budget or the project's plan, however many write at once and on either database.
A mistake is put right by a counter-entry of the whole line and a new one; no row is changed or deleted.
"""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from areas.models import Area
from measures import stages
from measures.models.appended import Appended, AppendOnly
from measures.models.fund import FundSource, ProjectFund
from measures.models.measure import Taken
from measures.models.money import MoneyField, money
from measures.models.project import Project, by_whom
from office.days import written
from office.pii import EncryptedTextField, mask_account


class EntryKind(models.TextChoices):
    BUDGET = "预算", "预算"
    ALLOCATION = "分配", "分配"
    PAYMENT = "支付", "支付"


class PayeeKind(models.TextChoices):
    CARD = "一卡通", "一卡通"
    CONTRACTOR = "施工单位", "施工单位"
    SUPPLIER = "供应商", "供应商"
    VILLAGE = "村集体", "村集体"
    BUSINESS = "经营主体", "经营主体"


class FundEntry(Appended):
    area_field = "area"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # The form's own key: the same form sent twice is one entry.
    once = models.UUIDField(unique=True)
    kind = models.CharField("类别", max_length=2, choices=EntryKind.choices)
    # The project's place; of a budget line the source's county.
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="地点")
    source = models.ForeignKey(FundSource, models.PROTECT, related_name="entries", verbose_name="资金来源")
    project = models.ForeignKey(
        Project, models.PROTECT, null=True, related_name="entries", verbose_name="项目"
    )
    amount = MoneyField("金额")
    on = models.DateField("日期")
    document = models.CharField("文号或凭证号", max_length=60)
    payee_kind = models.CharField("收款类别", max_length=4, choices=PayeeKind.choices, blank=True)
    payee = models.CharField("收款人", max_length=80, blank=True)
    payee_account = EncryptedTextField("收款账号", max_length=40, blank=True)
    note = models.CharField("用途或原因", max_length=200, blank=True)
    counters = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="countered_by", verbose_name="冲回"
    )
    by = by_whom("登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = "资金台账"
        ordering = ["pk"]
        indexes = [models.Index(fields=["kind", "on"], name="fund_entry_kind_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(counters__isnull=True, amount__gt=0)
                | (Q(counters__isnull=False, amount__lt=0) & ~Q(note="")),
                name="fund_entry_negative_only_to_counter",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.BUDGET, project__isnull=True)
                | (~Q(kind=EntryKind.BUDGET) & Q(project__isnull=False)),
                name="fund_entry_of_a_project",
            ),
            models.CheckConstraint(
                condition=~Q(kind=EntryKind.PAYMENT) | (~Q(payee="") & ~Q(payee_kind="") & ~Q(document="")),
                name="fund_payment_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount:,.2f} 元"

    @property
    def masked_account(self) -> str:
        return mask_account(self.payee_account)

    @property
    def is_counter(self) -> bool:
        return self.counters_id is not None

    @classmethod
    def enter(
        cls,
        *,
        seen: int | None = None,
        today: datetime.date | None = None,
        at: datetime.datetime,
        **facts: Any,
    ) -> "FundEntry":
        """Writes the entry and moves the balances, or neither.

        `seen`: the version of the balance that the page showed; another one is Taken (two tabs). The same `once`
        with the same facts is the entry that stands already. Raises ValidationError for an amount that the
        balance, the stage or the day does not allow.
        """
        entry = cls(recorded_at=at, **facts)
        if today is not None and entry.on > today:
            raise ValidationError({"on": f"不能晚于今天（{written(today)}）"})
        if not entry.is_counter and entry.amount <= 0:
            raise ValidationError({"amount": "金额要大于 0"})
        try:
            with transaction.atomic():
                entry.save(force_insert=True)
                entry._move(seen)
        except IntegrityError as error:
            return entry._there_already(error)
        if entry.project is not None:
            entry.project.refresh_from_db(fields=["allocated", "paid", "ledger_version"])
        return entry

    def _there_already(self, error: IntegrityError) -> "FundEntry":
        there = FundEntry.objects.filter(once=self.once).first()
        if there is None and self.is_counter and hasattr(self.counters, "countered_by"):
            raise Taken("这一笔已经冲回") from error
        if there is None:
            raise error
        same = ("kind", "source_id", "project_id", "amount", "on", "document", "payee", "counters_id")
        if any(getattr(there, name) != getattr(self, name) for name in same):
            raise Taken(f"这张表已经登记过一笔（{there}），没有再登记；要登记另一笔，请重新打开") from error
        return there

    def counter(
        self,
        *,
        reason: str,
        by: Any,
        on: datetime.date,
        today: datetime.date,
        at: datetime.datetime,
        once: uuid.UUID,
    ) -> "FundEntry":
        """The whole of the line with its sign turned. Taken when it is countered already or is a counter itself."""
        if self.is_counter:
            raise Taken("这是冲回的一笔，不能再冲回；要恢复就重新登记")
        if not reason.strip():
            raise ValidationError({"note": "冲回要写明原因"})
        if on < self.on:
            raise ValidationError({"on": f"不能早于原来的日期（{written(self.on)}）"})
        return FundEntry.enter(
            kind=self.kind,
            area=self.area,
            source=self.source,
            project=self.project,
            amount=-self.amount,
            on=on,
            document=self.document,
            payee_kind=self.payee_kind,
            payee=self.payee,
            note=reason.strip(),
            counters=self,
            by=by,
            once=once,
            today=today,
            at=at,
        )

    def _move(self, seen: int | None) -> None:
        if self.kind == EntryKind.BUDGET:
            self._move_budget(seen)
            return
        allocating = self.kind == EntryKind.ALLOCATION
        column, floor = ("allocated", "paid") if allocating else ("paid", None)
        source = FundSource.objects.filter(pk=self.source_id)
        limit = "budget" if allocating else "allocated"
        if not _shift(source, column, self.amount, ceiling=limit, floor=floor):
            self.source.refresh_from_db()
            self._refuse(f"“{self.source}”", self.source.unallocated if allocating else self.source.unpaid)
        self._move_project(column, floor, seen)
        self._move_fund(column, floor)

    def _move_budget(self, seen: int | None) -> None:
        source = FundSource.objects.filter(pk=self.source_id)
        if seen is not None:
            source = source.filter(version=seen)
        if _shift(source, "budget", self.amount, floor="allocated", counted="version"):
            return
        self.source.refresh_from_db()
        if seen is not None and self.source.version != seen:
            raise Taken("这笔资金的预算刚刚有人登记过，请看过再登记")
        raise ValidationError(f"已分配 {self.source.allocated:,.2f} 元，预算不能少于它")

    def _move_project(self, column: str, floor: str | None, seen: int | None) -> None:
        project = self.project
        assert project is not None, "fund_entry_of_a_project"
        stages_open = stages.ALLOCATES if column == "allocated" else stages.PAYS
        rows = Project.objects.filter(pk=project.pk)
        if not self.is_counter:
            rows = rows.filter(stage__in=stages_open)
        if seen is not None:
            rows = rows.filter(ledger_version=seen)
        limit = "plan_money" if column == "allocated" else "allocated"
        if _shift(rows, column, self.amount, ceiling=limit, floor=floor, counted="ledger_version"):
            return
        project.refresh_from_db()
        if not self.is_counter and project.stage not in stages_open:
            raise Taken(f"项目现在是“{project.stage}”，不能{self.kind}资金")
        if seen is not None and project.ledger_version != seen:
            raise Taken("这个项目的资金刚刚有人登记过，请看过台账再登记")
        self._refuse("本项目", project.unallocated if column == "allocated" else project.left)

    def _move_fund(self, column: str, floor: str | None) -> None:
        if column == "allocated" and not self.is_counter:
            ProjectFund.objects.get_or_create(project=self.project, source=self.source)
        rows = ProjectFund.objects.filter(project=self.project_id, source=self.source_id)
        limit = None if column == "allocated" else "allocated"
        if not _shift(rows, column, self.amount, ceiling=limit, floor=floor):
            fund = rows.first()
            self._refuse(f"“{self.source}”分给本项目的资金", fund.left if fund else Decimal(0))

    def _refuse(self, of: str, free: Decimal) -> None:
        if self.is_counter:
            raise ValidationError(f"已经支付的还没有冲回，{of}现在只余 {free:,.2f} 元")
        raise ValidationError(
            {"amount": f"{of}还可以{self.kind} {free:,.2f} 元，这一笔是 {self.amount:,.2f} 元"}
        )


def _shift(
    rows: Any,
    column: str,
    amount: Decimal,
    *,
    ceiling: str | None = None,
    floor: str | None = None,
    counted: str = "",
) -> bool:
    """Moves a balance of one row by the amount if it stays within other columns of that row, and above 0.

    `counted`: a version that goes up with it.
    """
    after = F(column) + money(amount)
    if ceiling is not None and amount > 0:
        rows = rows.filter(**{f"{ceiling}__gte": after})
    if amount < 0:
        rows = rows.filter(**{f"{column}__gte": F(floor) + money(-amount) if floor else -amount})
    more = {counted: F(counted) + 1} if counted else {}
    moved: int = rows.update(**{column: after}, **more)
    return moved == 1
