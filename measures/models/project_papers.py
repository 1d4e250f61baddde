"""What is written down while a project lives: progress by date, and its further papers by kind."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q

from measures import stages
from measures.models.appended import Appended, AppendOnly
from measures.models.measure import Taken
from measures.models.project import Project, by_whom, words
from office.days import written


class ProjectProgress(Appended):
    """工程进度 as of a day, one report a day: percent of the work, and why it is late when it is."""

    area_field = "project__area"

    project = models.ForeignKey(Project, models.PROTECT, related_name="reports", verbose_name="项目")
    on = models.DateField("截至日期")
    percent = models.PositiveSmallIntegerField("工程进度")
    note = models.CharField("完成情况", max_length=300, blank=True)
    late_reason = models.CharField("滞后原因", max_length=200, blank=True)
    by = by_whom("报告人")
    recorded_at = models.DateTimeField("登记时间")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = "项目进度"
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["project", "on"], name="project_progress_once_a_day"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="progress_report_percent"),
        ]

    def __str__(self) -> str:
        return f"{written(self.on)} {self.percent}%"

    @classmethod
    def report(
        cls,
        project: Project,
        *,
        on: datetime.date,
        percent: int,
        by: Any,
        today: datetime.date,
        at: datetime.datetime,
        note: str = "",
        late_reason: str = "",
        overdue: bool = False,
    ) -> "ProjectProgress":
        """`overdue`: the works are late on the day, so the report says why.

        Raises ValidationError for what cannot be, Taken when the works have stopped or the day is reported.
        """
        if project.stage != stages.WORKS or project.started_on is None:
            raise Taken(f"项目现在是“{project.stage}”，实施中的项目才报进度")
        if on > today:
            raise ValidationError({"on": f"不能晚于今天（{written(today)}）"})
        if on < max(project.started_on, project.progress_on or project.started_on):
            last = project.progress_on or project.started_on
            raise ValidationError({"on": f"不能早于开工或上次报告（{last}）"})
        if percent < project.progress and not note:
            raise ValidationError({"note": f"比上次的 {project.progress}% 低，要写明原因"})
        if overdue and percent < 100 and not late_reason:
            raise ValidationError({"late_reason": "项目已经滞后，要写明原因"})
        try:
            with transaction.atomic():
                mine = Project.objects.filter(pk=project.pk, stage=stages.WORKS)
                newest = Q(progress_on__isnull=True) | Q(progress_on__lte=on)
                if not mine.filter(newest).update(progress=percent, progress_on=on, version=F("version") + 1):
                    raise Taken("这个项目刚刚有人报过进度或办理了验收，请看过再报")
                row = cls.objects.create(
                    project=project,
                    on=on,
                    percent=percent,
                    note=note,
                    late_reason=late_reason,
                    by=by,
                    recorded_at=at,
                )
        except IntegrityError as error:
            raise Taken(f"{on} 的进度已经报过") from error
        project.refresh_from_db()
        return row


class RecordKind(models.TextChoices):
    """What is kept of a project beside its steps."""

    CHOICE = "群众认定", "群众认定"  # R234
    SUPERVISION = "群众监督", "群众监督"  # R234
    TENDER = "招标采购", "招标采购"  # R248
    DISPATCH = "调度通报", "调度通报"  # R236, R243
    AUDIT = "审计检查", "审计检查"  # R244
    REVIEW = "绩效评价", "绩效评价"  # R245, R248
    DUTY = "质量责任", "质量责任"  # R246
    MISUSE = "问题追责", "问题追责"  # R246, R316
    CARE = "管护运行", "管护运行"  # R242
    ROLLING = "滚动发展", "滚动发展"  # R242
    OTHER = "其他", "其他"


GRADES = ("优", "良", "中", "差")


class ProjectRecord(Appended):
    """A dated paper of a project: who, what, with what result; files are bound to it."""

    area_field = "project__area"

    project = models.ForeignKey(Project, models.PROTECT, related_name="records", verbose_name="项目")
    kind = models.CharField("类别", max_length=4, choices=RecordKind.choices)
    on = models.DateField("日期")
    unit = models.CharField("单位或人员", max_length=80)
    text = models.CharField("内容", max_length=500)
    result = models.CharField("结果", max_length=200, blank=True)
    grade = models.CharField("绩效等次", max_length=2, choices=words(*GRADES), blank=True)
    by = by_whom("登记人")
    recorded_at = models.DateTimeField("登记时间")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = "项目材料"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=RecordKind.REVIEW) & ~Q(grade=""))
                | (~Q(kind=RecordKind.REVIEW) & Q(grade="")),
                name="project_review_has_a_grade",
                violation_error_message="绩效评价要有等次，其他类别没有",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}（{written(self.on)}）"
