"""What a list is made of, and what its steps ask of it; abstract, the record itself is AuditList."""

import datetime
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, Q, QuerySet

from areas.models import Area, Level
from audits import procedures
from audits.cases import Rules
from audits.models.acceptance import Acceptance
from audits.models.evidence import Evidence
from audits.models.setting import posting_days, rules_of
from audits.procedures import ListKind, Procedure, Stage
from audits.refusals import NotNow


class ListCard(models.Model):
    kind = models.CharField("事项", max_length=16, choices=ListKind.choices)
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    year = models.PositiveSmallIntegerField("年度")
    batch = models.PositiveSmallIntegerField("批次", default=1)
    # 0 is the list itself, remainder lists (余单) count from 1.
    part = models.PositiveSmallIntegerField("余单序号", default=0)
    split_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="remainders", verbose_name="拆自"
    )
    procedure_version = models.PositiveSmallIntegerField("程序版本")
    county_rules = models.JSONField("开单时的设置", default=dict)
    stage = models.CharField("环节", max_length=20)
    # How often it came back, and one: evidence, notices and decisions of an earlier round count no more.
    round = models.PositiveSmallIntegerField("轮次", default=1)
    # Goes up with every change, so that who decides decides on what was seen.
    version = models.PositiveIntegerField(default=1)
    stage_since = models.DateField("到达本环节日期")
    due_on = models.DateField("办理期限", null=True, blank=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="开单人"
    )
    opened_on = models.DateField("开单日期")
    opened_at = models.DateTimeField("登记时间")
    closed_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def procedure(self) -> Procedure:
        return procedures.of(self.kind, self.procedure_version)

    @property
    def step(self) -> Stage:
        """The stage at which the list stands."""
        return self.procedure[self.stage]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def county(self) -> Area:
        county = self.area.at(Level.COUNTY)
        if county is None:
            raise ValueError(f"{self.area} lies in no county")
        return county

    @property
    def rules(self) -> Rules:
        return rules_of(self.county_rules)

    def posting_days(self) -> int:
        """Whole days of the notice of this stage, as they were when the list was opened."""
        return self.days_of(self.stage)

    def days_of(self, stage: str) -> int:
        return posting_days(self.procedure, stage, self.county_rules)

    def entered_by(self) -> frozenset[int]:
        """Everybody who entered any of it, for whomever."""
        pairs = self.entries.values_list("entered_by_id", "entered_for_id")  # type: ignore[attr-defined]
        return frozenset(person for pair in pairs for person in pair if person is not None)

    def due(self, stage: Stage | None, on: datetime.date) -> datetime.date | None:
        """By when the stage is to be done, for a list that comes to it on the day."""
        if stage is None or stage.within is None:
            return None
        return on + datetime.timedelta(days=stage.within)

    @contextmanager
    def whole(self) -> Iterator[None]:
        """All of it or nothing; after a refusal this object shows the list as it stands, not as it would have."""
        try:
            with transaction.atomic():
                yield
        except (ValidationError, PermissionDenied):
            self.refresh_from_db()
            raise

    def touch(self, stages: Iterable[str], on: datetime.date, refusal: str = "") -> None:
        """Takes the list's row for a change of what is on it: it still stands at one of the stages, not earlier.

        Raises NotNow. Whoever decides on an older version is told that it has changed.
        """
        rows = type(self)._default_manager
        same = rows.filter(pk=self.pk, stage__in=list(stages), closed_at__isnull=True, stage_since__lte=on)
        if not same.update(version=F("version") + 1):
            raise NotNow(refusal or "名单已经到了别的环节，请刷新后再办")
        self.refresh_from_db()

    def lineage(self) -> Q:
        """Rows of this list, and of those it was split off, from before the split (`audit_list`, `recorded_at`)."""
        found, child = Q(audit_list=self.pk), self
        while child.split_from is not None:
            parent = child.split_from
            found |= Q(audit_list=parent.pk, recorded_at__lte=child.opened_at)
            child = parent
        return found

    def papers(self) -> QuerySet[Evidence]:
        """The evidence of this stage and round."""
        return Evidence.objects.standing().filter(self.lineage(), stage=self.stage, round=self.round)

    def acceptance(self) -> Acceptance | None:
        """The town team's record of this round."""
        found = Acceptance.objects.filter(self.lineage(), round=self.round)
        return found.order_by("pk").last()

    def posted(self) -> QuerySet[Any]:
        """The sheets of this stage and round; those of a list that this one was split off are not its own."""
        return self.notices.filter(stage=self.stage, round=self.round)  # type: ignore[attr-defined]
