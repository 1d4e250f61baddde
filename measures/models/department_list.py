"""A department's list held against the register: its rows, and what does not agree.

Two sides see two things. The department sees its own rows, each judged by itself or sent back by the district; the
district sees the differences with the households. The rows, and what is on nobody's register, go after seven days
(quality S2); a difference of a household stays until somebody settles it.
"""

import datetime
import json
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Area
from areas.scope import ScopedQuerySet
from office.pii import EncryptedTextField, index
from office.prints import PrintField
from office.stated import Stated


class ListState(models.TextChoices):
    RUNNING = "running", "正在核对"
    DONE = "done", "已核对"
    REFUSED = "refused", "不能读取"


class DepartmentListQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "DepartmentListQuerySet":
        """Of a department the own lists; of the district those of all units in its area."""
        if isinstance(user, AnonymousUser):
            return self.none()
        return self.filter(user.unit_q(Capability.LISTS_VIEW))


class DepartmentList(Stated):
    """One upload. `matched` and what follows it count people of the register: for the district alone."""

    area_field = "area"

    id = models.UUIDField("编号", primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="上传人"
    )
    unit = models.CharField("部门", max_length=8, choices=Unit.choices)
    kind = models.CharField("名单", max_length=10)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="名单范围")
    as_on = models.DateField("名单日期")
    file_name = models.CharField("文件", max_length=120)
    checksum = models.CharField("文件校验码", max_length=64)
    state = models.CharField("状态", max_length=8, choices=ListState.choices, default=ListState.RUNNING)
    reason = models.CharField("原因", max_length=300, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    faulty = models.PositiveIntegerField("未匹配", default=0)
    matched = models.PositiveIntegerField("建档立卡", default=0)
    agreeing = models.PositiveIntegerField("一致", default=0)
    uploaded_at = models.DateTimeField("上传时间", db_index=True)
    told_at = models.DateTimeField("通报时间", null=True, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="通报人"
    )
    # Words, not figures: small ones are suppressed before they are written here.
    told = models.JSONField("通报内容", default=list)

    objects = DepartmentListQuerySet.as_manager()

    class Meta:
        verbose_name = "部门名单"
        ordering = ["-uploaded_at", "-id"]

    def __str__(self) -> str:
        return f"{self.unit}　{self.kind}名单"

    def told_before(self) -> list[int]:
        """`matched` of what its unit was told already where the areas overlap, of whatever kind: people are counted."""
        told = DepartmentList.objects.filter(unit=self.unit, told_at__isnull=False).exclude(pk=self.pk)
        around = Q(pk__in=told.in_area(self.area)) | Q(area__in=self.area.ancestors())
        return list(told.filter(around).values_list("matched", flat=True))

    def tell(self, words: list[list[str]], *, by: User, at: datetime.datetime) -> bool:
        """通报部门, once; False when it was told already or is not ready."""
        waiting = DepartmentList.objects.filter(pk=self.pk, state=ListState.DONE, told_at__isnull=True)
        return bool(waiting.update(told=words, told_by=by, told_at=at))


class ListRow(models.Model):
    """A row as the department may read it again: `content` is JSON, sealed, the number masked before."""

    area_field = "department_list__area"

    department_list = models.ForeignKey(
        DepartmentList, models.CASCADE, db_index=False, related_name="lines", verbose_name="名单"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    row = models.PositiveIntegerField("行")
    content = EncryptedTextField("内容")
    fault = models.CharField("未匹配原因", max_length=100, blank=True)
    returned = models.CharField("退回核实", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "名单行"
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["department_list", "row"], name="list_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.department_list_id} {self.row}"

    @property
    def word(self) -> str:
        """What the department is told of the row; it never depends on who is on the register."""
        if self.returned:
            return "不一致"
        return "未匹配" if self.fault else "一致"


class DifferenceKind(models.TextChoices):
    NOT_FLAGGED = "flag", "名单有，系统没有此项"
    NOT_LISTED = "listed", "系统有此项，名单没有"
    VALUE = "value", "两边都有，内容不同"
    NOT_REGISTERED = "person", "名单有，系统没有此人"


class Settled(models.TextChoices):
    OPEN = "待处理", "待处理"
    TAKEN = "转为疑点", "转为疑点"
    KEPT = "予以保留", "予以保留"
    RETURNED = "退回部门", "退回部门"


class ListDifferenceQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "ListDifferenceQuerySet":
        """Who settles differences, in the area of that duty; nobody else."""
        if isinstance(user, AnonymousUser):
            return self.none()
        return self.filter(
            user.unit_q(Capability.LISTS_SETTLE, "department_list__area", "department_list__unit")
        )

    def waiting(self) -> "ListDifferenceQuerySet":
        return self.filter(settled=Settled.OPEN)


class ListDifference(models.Model):
    """One difference. `content` is JSON, sealed: who, what the list says, what the register says."""

    area_field = "department_list__area"

    department_list = models.ForeignKey(
        DepartmentList, models.PROTECT, db_index=False, related_name="differences", verbose_name="名单"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField("类别", max_length=8, choices=DifferenceKind.choices)
    household = models.ForeignKey(
        "households.Household", models.CASCADE, null=True, related_name="+", verbose_name="户"
    )
    person = models.ForeignKey(
        "households.Person", models.CASCADE, null=True, related_name="+", verbose_name="人"
    )
    village = models.ForeignKey(
        Area, models.PROTECT, null=True, db_index=False, related_name="+", verbose_name="村(社区)"
    )
    row = models.PositiveIntegerField("表中行号", null=True)
    title = models.CharField("项目", max_length=60)
    content = EncryptedTextField("内容")
    fingerprint = PrintField("数据指纹", max_length=100, facts="about", purpose="list-difference")
    settled = models.CharField("处理", max_length=4, choices=Settled.choices, default=Settled.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="处理人"
    )
    settled_on = models.DateField("处理日期", null=True)
    reason = models.CharField("说明", max_length=200, blank=True)

    objects = ListDifferenceQuerySet.as_manager()

    class Meta:
        verbose_name = "名单差异"
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["department_list", "kind", "id"], name="difference_kind"),
            models.Index(fields=["department_list", "village", "id"], name="difference_village"),
            models.Index(fields=["fingerprint"], name="difference_fingerprint"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(settled__in=(Settled.KEPT, Settled.RETURNED)) | ~Q(reason=""),
                name="difference_settled_with_reason",
                violation_error_message="保留和退回要写明原因",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_list_id} {self.get_kind_display()}"

    @property
    def told(self) -> tuple[str, str, str]:
        """Who, what the list says, what the register says."""
        who, theirs, ours = json.loads(self.content)
        return who, theirs, ours

    @property
    def is_open(self) -> bool:
        return self.settled == Settled.OPEN

    @classmethod
    def of(cls, department_list: DepartmentList, *, told: tuple[str, str, str], **facts: Any) -> Any:
        """Not saved; its fingerprint is that of the same difference in a later list of the same kind."""
        content = json.dumps(told, ensure_ascii=False)
        made = cls(department_list=department_list, content=content, **facts)
        made.fingerprint = made.fingerprint_now
        return made

    @property
    def about(self) -> str:
        """What the fingerprint is made of."""
        listed = self.department_list
        what = [listed.unit, listed.kind, self.kind, self.title, self.person_id or "", self.content]
        return json.dumps(what, ensure_ascii=False)

    @property
    def fingerprint_now(self) -> str:
        """Of every key that is in use."""
        return index(self.about, "list-difference")

    def settle(self, how: str, *, by: User, on: datetime.date, reason: str = "") -> bool:
        """Once; False when somebody else was first."""
        waiting = ListDifference.objects.waiting().filter(pk=self.pk)
        return bool(waiting.update(settled=how, settled_by=by, settled_on=on, reason=reason))
