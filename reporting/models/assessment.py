"""年底考核 of towns (R304, R308–R310, R313): settled from a kept run of the sheet, with what follows from it.

The district draws the year up from a run, whose figures stay as they were kept; the leading group settles it, and
nothing of it moves afterwards. Who drew it up does not settle it. Plans: a missed year is talked over with the leader,
two running are put forward for a change (004 十二章四节二), and each missed year opens a 整改 with a limit; who finished early keeps money and policies for a time and
is praised; 扶贫实绩一票否决; flags 红, 蓝, 黑 (002 三章三节) beside the grade, by setting.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from reporting.models.run import ReportRun
from villages.models import Rectification
from villages.models.rectification import Source

MISSED_TO_TALK, MISSED_TO_ESCALATE = 1, 2  # years: 004 十二章四节二
GOOD_FROM, FAIR_FROM = Decimal(90), Decimal(75)  # ours: the plans name the grades and no marks


class Settled(Exception):
    """The year is settled, or somebody else was first (409); the message is for the screen."""


class Grade(models.TextChoices):
    GOOD = "好", "好"
    FAIR = "一般", "一般"
    POOR = "差", "差"


FLAGS: dict[str, str] = {Grade.GOOD: "红旗", Grade.FAIR: "蓝旗", Grade.POOR: "黑旗"}


def graded(score: Decimal | None, vetoed: bool) -> str:
    """差 for who is vetoed, whatever the score; without anything to score there is no grade."""
    if vetoed:
        return Grade.POOR
    if score is None:
        return ""
    return Grade.GOOD if score >= GOOD_FROM else Grade.FAIR if score >= FAIR_FROM else Grade.POOR


class TownAssessment(models.Model):
    """`planned` and `left` are persons; `missed` where fewer left than the plan has; `early` where nobody is left."""

    area_field = "area"

    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="镇街")
    year = models.PositiveSmallIntegerField("年度")
    run = models.ForeignKey(ReportRun, models.PROTECT, related_name="+", verbose_name="考核事实表")
    score = models.DecimalField("得分", max_digits=4, decimal_places=1, null=True)
    planned = models.PositiveIntegerField("计划退出（人）", null=True)
    left = models.PositiveIntegerField("已退出（人）", default=0)
    missed = models.BooleanField("未完成年度任务", default=False)
    early = models.BooleanField("提前完成", default=False)
    vetoed = models.BooleanField("一票否决", default=False)
    veto_reason = models.CharField("一票否决原因", max_length=200, blank=True)
    grade = models.CharField("等次", max_length=2, choices=Grade.choices, blank=True)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="拟定人"
    )
    drawn_at = models.DateTimeField("拟定时间")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="审定人"
    )
    settled_at = models.DateTimeField("审定时间", null=True)
    document = models.CharField("审定文号", max_length=60, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "镇街年度考核"
        ordering = ["-year", "area__code"]
        constraints = [
            models.UniqueConstraint(fields=["area", "year"], name="town_assessed_once_a_year"),
            models.CheckConstraint(
                condition=Q(vetoed=False) | ~Q(veto_reason=""),
                name="veto_has_a_reason",
                violation_error_message="一票否决要写明原因",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | ~Q(document=""),
                name="settled_by_a_document",
                violation_error_message="审定要有文号",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year}年{self.area.name}考核"

    @property
    def flag(self) -> str:
        return FLAGS.get(self.grade, "") if settings.ASSESSMENT_FLAGS else ""

    @property
    def keeps_until(self) -> int | None:
        """The last year in which an early finisher keeps money and policies (R310)."""
        return self.year + int(settings.ASSESSMENT_KEEP_YEARS) if self.early else None

    @classmethod
    def draw(
        cls, run: ReportRun, facts: list[dict[str, Any]], *, by: Any, at: datetime.datetime
    ) -> Sequence[Any]:
        """The year of the run for each town; one drawn up before gives way while nothing is settled."""
        with transaction.atomic():
            areas = [fact["area"] for fact in facts]
            standing = cls.objects.filter(area__in=areas, year=run.year)
            if standing.filter(settled_at__isnull=False).exists():
                raise Settled(f"{run.year}年的考核已经审定，不能再拟定")
            kept = {one.area_id: one for one in standing}
            standing.delete()
            made: list[Any] = []
            for fact in facts:
                before = kept.get(fact["area"].pk)
                one = cls(run=run, year=run.year, drawn_by=by, drawn_at=at, **fact)
                if before is not None:
                    one.vetoed, one.veto_reason = before.vetoed, before.veto_reason
                one.grade = graded(one.score, one.vetoed)
                made.append(one)
            return cls.objects.bulk_create(made)

    def veto(self, *, vetoed: bool, reason: str) -> None:
        """一票否决, or taking it back; Settled when the year is."""
        facts = {"vetoed": vetoed, "veto_reason": reason, "grade": graded(self.score, vetoed)}
        if not TownAssessment.objects.filter(pk=self.pk, settled_at__isnull=True).update(**facts):
            raise Settled("考核已经审定，不能再改")
        self.refresh_from_db()

    @classmethod
    def settle(cls, rows: Any, *, document: str, by: Any, at: datetime.datetime) -> int:
        """审定 of all rows (a queryset of one year): how many; PermissionDenied for who drew any of them up."""
        with transaction.atomic():
            waiting = list(rows.filter(settled_at__isnull=True).select_related("area"))
            if not waiting:
                raise Settled("没有待审定的考核")
            if any(row.drawn_by_id == by.pk for row in waiting):
                raise PermissionDenied("考核由另一人审定：拟定的人不能自己审定")
            # Asked of the rows alone: behind a join to the areas nobody looks again after waiting for another.
            mine = cls.objects.filter(pk__in=[row.pk for row in waiting], settled_at__isnull=True)
            if mine.update(settled_by=by, settled_at=at, document=document) != len(waiting):
                raise Settled("考核刚刚由别人审定或重新拟定，请刷新后再看")
            for row in waiting:
                if row.missed:
                    row._to_mend(by=by, at=at)
            return len(waiting)

    @property
    def missed_running(self) -> int:
        """Settled years in a row, up to this one, in which the town missed its task."""
        mine = TownAssessment.objects.filter(area=self.area_id, missed=True, settled_at__isnull=False)
        years = set(mine.values_list("year", flat=True))
        return next(back for back in range(len(years) + 1) if self.year - back not in years)

    def _to_mend(self, *, by: Any, at: datetime.datetime) -> None:
        """A missed year is a problem to be put right by a day (R309): an open 整改 of the town."""
        years = self.missed_running
        running = f"（连续 {years} 年）" if years >= MISSED_TO_ESCALATE else ""
        Rectification.objects.create(
            area=self.area,
            source=Source.ASSESSMENT,
            problem=f"{self.year}年度减贫任务没有完成{running}：计划退出 {self.planned} 人，已退出 {self.left} 人",
            holder=f"{self.area.name}党委、政府",
            due_on=at.date() + datetime.timedelta(days=settings.ASSESSMENT_MEND_DAYS),
            recorded_by=by,
            recorded_at=at,
        )
