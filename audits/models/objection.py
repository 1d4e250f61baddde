"""异议: raised by anyone, written down by village or town, holds its entry (or the list) until it is answered.

The plan says only that a list goes on without objection (R047); how one is settled is domain §5: investigated,
answered in writing, closed by somebody whom it does not concern. One that is upheld strikes its entry off.
"""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.scope import AreaScope, ScopedQuerySet
from office.digit_runs import mask_digit_runs
from office.pii import EncryptedTextField
from office.prints import PrintField


class Origin(models.TextChoices):
    RECORDED = "登记", "来访来电来信"
    PUBLIC = "公开页", "公开网页"


def told(text: str) -> str:
    """What somebody wrote, without the numbers that have no business in it."""
    return mask_digit_runs(text.strip())


class ObjectionQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "ObjectionQuerySet":
        """A village sees what is said of it on its town's list, too."""
        return self.filter(scope.area_q("audit_list__area") | scope.area_q("entry__area"))

    def open(self) -> "ObjectionQuerySet":
        return self.filter(closed_at__isnull=True)

    def overdue(self, on: datetime.date) -> "ObjectionQuerySet":
        return self.open().filter(due_on__lt=on)


class Objection(models.Model):
    area_field = "audit_list__area"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="objections", verbose_name="名单"
    )
    # None: against the list as a whole, as by a household that is not on it.
    entry = models.ForeignKey(
        "audits.Entry", models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="条目"
    )
    stage = models.CharField("提出时环节", max_length=20)
    origin = models.CharField("来源", max_length=3, choices=Origin.choices, default=Origin.RECORDED)
    # The sheet on whose public page it was typed.
    notice = models.ForeignKey(
        "audits.Notice", models.PROTECT, null=True, blank=True, related_name="objections", verbose_name="公示"
    )
    # Keyed hash of the day and the address it came from; the address itself is kept nowhere.
    source = PrintField("来源标识", max_length=80, blank=True, editable=False)
    raised_by = EncryptedTextField("异议人", max_length=40, blank=True)
    contact = EncryptedTextField("联系方式", max_length=40, blank=True)
    text = EncryptedTextField("异议内容", max_length=2000)
    raised_on = models.DateField("提出日期")
    due_on = models.DateField("答复期限")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="登记人"
    )
    recorded_at = models.DateTimeField("登记时间")
    # 受理: at once by who writes it down, later for what comes from the public page.
    taken_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="受理人"
    )
    taken_up_on = models.DateField("受理日期", null=True)
    investigation = models.TextField("调查情况", max_length=2000, blank=True)
    answer = models.TextField("书面答复", max_length=2000, blank=True)
    upheld = models.BooleanField("是否成立", null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="办结人"
    )
    closed_on = models.DateField("办结日期", null=True)
    closed_at = models.DateTimeField("办结时间", null=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "异议"
        ordering = ["raised_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True)
                | (~Q(answer="") & ~Q(investigation="") & Q(upheld__isnull=False)),
                name="objection_closed_with_an_answer",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(taken_up_on__isnull=False),
                name="objection_closed_after_being_taken_up",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True) | ~Q(closed_by=models.F("recorded_by")),
                name="objection_closed_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["entry"], condition=Q(closed_at__isnull=True), name="objection_open_entry"),
            models.Index(fields=["raised_on", "source"], name="objection_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.raised_on}异议"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def place(self) -> Any:
        """The area it lies in: the village of its entry, else that of the list."""
        return self.audit_list.area if self.entry is None else self.entry.area

    @property
    def state(self) -> str:
        """In one word: whose turn it is, or how it ended."""
        if self.is_open:
            return "待受理" if self.taken_up_on is None else "调查中"
        return "成立" if self.upheld else "不成立"

    def is_overdue(self, on: datetime.date) -> bool:
        return self.is_open and self.due_on < on

    def concerned(self) -> set[int]:
        """Who recorded it, entered what it is about, or decided on the list: none of them closes it."""
        entered: Any = self.audit_list.entries.all()
        if self.entry_id is not None:
            entered = entered.filter(pk=self.entry_id)
        persons = {self.recorded_by_id}
        for pair in entered.values_list("entered_by_id", "entered_for_id"):
            persons.update(pair)
        persons.update(self.audit_list.seats.values_list("person_id", flat=True))
        return {person for person in persons if person is not None}
