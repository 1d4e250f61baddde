"""A request to the consultation desk (一键式呼叫、政策咨询; R297): asked, taken, answered or handed over, closed.

Who asked, how to reach them, what they asked and what was answered are sealed: people write of illness and debt.
The code with which the asker looks after it is kept as a keyed hash alone.
"""

import datetime
import hashlib
import secrets
import uuid
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models, transaction
from django.db.models import Q

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Area
from areas.scope import ScopedQuerySet
from measures.models.measure import Taken
from measures.models.policy import Policy
from office.days import moment
from office.pii import EncryptedTextField
from office.prints import PrintField

LONGEST_QUESTION, LONGEST_ANSWER = 500, 1000
SCORES = ((5, "5 很满意"), (4, "4 满意"), (3, "3 一般"), (2, "2 不满意"), (1, "1 很不满意"))


class Channel(models.TextChoices):
    PHONE = "电话", "电话"
    VISIT = "来访", "来访"
    PAGE = "公开页", "公开页"


class Topic(models.TextChoices):
    POLICY = "政策咨询", "政策咨询"
    HELP = "求助", "求助"
    ADVICE = "意见建议", "意见建议"
    COMPLAINT = "投诉", "投诉"


class DeskState(models.TextChoices):
    WAITING = "待受理", "待受理"
    TAKEN = "办理中", "办理中"
    HANDED = "已转办", "已转办"
    ANSWERED = "已答复", "已答复"
    CLOSED = "已办结", "已办结"


S = DeskState
UNANSWERED = (S.WAITING, S.TAKEN, S.HANDED)


class DeskRequestQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> "DeskRequestQuerySet":
        """Those of the own area; of a department those that were handed to it."""
        if isinstance(user, AnonymousUser):
            return self.none()
        return self.filter(user.unit_q(Capability.DESK_ANSWER))

    def overdue(self, day: datetime.date) -> "DeskRequestQuerySet":
        return self.filter(state__in=UNANSWERED, due_on__lt=day)

    def by_code(self, code: str) -> "DeskRequestQuerySet":
        """The one that the asker's code opens."""
        return self.filter(code_key=code_key(code))


def code_key(code: str) -> str:
    """Of 144 bits that chance made: no key is needed so that nobody finds the code by it."""
    return hashlib.sha256(code.encode()).hexdigest()


class DeskRequest(models.Model):
    area_field = "area"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code_key = models.CharField("查询码校验值", max_length=80, unique=True, editable=False)
    channel = models.CharField("方式", max_length=4, choices=Channel.choices)
    topic = models.CharField("类别", max_length=4, choices=Topic.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="办理区域")
    unit = models.CharField("转办部门", max_length=8, choices=Unit.choices, blank=True)
    asker = EncryptedTextField("姓名", max_length=20)
    phone = EncryptedTextField("联系电话", max_length=20)
    question = EncryptedTextField("问题", max_length=LONGEST_QUESTION)
    household = models.ForeignKey(
        "households.Household", models.PROTECT, null=True, related_name="+", verbose_name="户"
    )
    state = models.CharField("状态", max_length=4, choices=S.choices, default=S.WAITING)
    received_at = models.DateTimeField("收到时间")
    due_on = models.DateField("答复期限")
    taken_at = models.DateTimeField("受理时间", null=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="受理人"
    )
    answer = EncryptedTextField("答复", blank=True, max_length=LONGEST_ANSWER)
    answered_at = models.DateTimeField("答复时间", null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="答复人"
    )
    policies = models.ManyToManyField(Policy, related_name="+", verbose_name="依据的政策")
    closed_at = models.DateTimeField("办结时间", null=True)
    score = models.PositiveSmallIntegerField("满意度", choices=SCORES, null=True)
    score_word = models.CharField("评价", max_length=100, blank=True)
    scored_at = models.DateTimeField("评价时间", null=True)
    # Whose address it came from, as a keyed hash, for the limit of the hour.
    address_key = PrintField(max_length=80, blank=True, editable=False)

    objects = DeskRequestQuerySet.as_manager()

    class Meta:
        verbose_name = "政策咨询"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="desk_request_due"),
            models.Index(fields=["address_key", "received_at"], name="desk_request_address"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=S.ANSWERED) | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="desk_request_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(score__isnull=True) | (Q(score__gte=1) & Q(score__lte=5)),
                name="desk_request_score_of_five",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"

    @classmethod
    def ask(
        cls, *, at: datetime.datetime, days: int, by: User | None = None, **facts: Any
    ) -> tuple["DeskRequest", str]:
        """The request, and the code with which the asker looks after it; the code is nowhere else."""
        code = secrets.token_urlsafe(18)
        with transaction.atomic():
            made = cls.objects.create(
                code_key=code_key(code),
                received_at=at,
                due_on=at.date() + datetime.timedelta(days=days),
                **facts,
            )
            made.steps.create(action="收到", by=by, at=at)
        return made, code

    def is_late(self, day: datetime.date) -> bool:
        return self.state in UNANSWERED and self.due_on < day

    def take(self, *, by: User, at: datetime.datetime) -> None:
        self._move((S.WAITING, S.HANDED), S.TAKEN, "受理", by, at, taken_by=by, taken_at=at)

    def hand_over(
        self,
        *,
        by: User,
        at: datetime.datetime,
        note: str,
        due_on: datetime.date,
        unit: str = "",
        area: Area | None = None,
    ) -> None:
        """To a unit of the county, or to a town: whoever holds that desk takes it next."""
        to = unit or str(area)
        facts: dict[str, Any] = {"unit": unit, "due_on": due_on}
        if area is not None:
            facts["area"] = area
        self._move((S.TAKEN,), S.HANDED, f"转{to}", by, at, note, **facts)

    def reply(self, *, by: User, at: datetime.datetime, answer: str, policies: Any = ()) -> None:
        sealed = DeskRequest(uid=self.uid, answer=answer)
        field: Any = DeskRequest._meta.get_field("answer")
        with transaction.atomic():
            self._move(
                (S.TAKEN,),
                S.ANSWERED,
                "答复",
                by,
                at,
                answer=field.token_for(sealed),
                answered_by=by,
                answered_at=at,
            )
            self.policies.set(policies)

    def close(self, *, by: User, at: datetime.datetime, note: str = "") -> None:
        """After the answer; without one only with a reason (联系不上, 重复, 已撤回)."""
        before = (S.ANSWERED, S.TAKEN) if note else (S.ANSWERED,)
        self._move(before, S.CLOSED, "办结", by, at, note, closed_at=at)

    def rate(self, *, score: int, word: str, at: datetime.datetime) -> None:
        """By the asker, once, of what was answered."""
        able = DeskRequest.objects.filter(
            pk=self.pk, score__isnull=True, answered_at__isnull=False, state__in=(S.ANSWERED, S.CLOSED)
        )
        if not able.update(score=score, score_word=word, scored_at=at):
            raise Taken("已经评价过，或者还没有答复")

    def _move(
        self,
        before: tuple[str, ...],
        after: str,
        action: str,
        by: User,
        at: datetime.datetime,
        note: str = "",
        **facts: Any,
    ) -> None:
        with transaction.atomic():
            mine = DeskRequest.objects.filter(pk=self.pk, state__in=before)
            if not mine.update(state=after, **facts):
                self.refresh_from_db()
                raise Taken(f"这件咨询现在是“{self.state}”，不能{action[:2]}")
            self.refresh_from_db()
            self.steps.create(action=action, by=by, at=at, note=note)


class DeskStep(models.Model):
    """What was done with a request, by whom and when; only added to."""

    area_field = "request__area"

    request = models.ForeignKey(DeskRequest, models.CASCADE, related_name="steps", verbose_name="咨询")
    action = models.CharField("办理", max_length=30)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    at = models.DateTimeField("时间")
    note = models.CharField("说明", max_length=200, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "咨询办理过程"
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.action} {moment(self.at)}"
