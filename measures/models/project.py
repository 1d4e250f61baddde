"""A project (项目台账, R232) on its way from 申报 to 收益分配, and the decisions that led it there.

Each transition is one method: a conditional UPDATE with stage and version in its WHERE, and one appended
decision with who, when, on what papers and how plan, money and work stood. What a project may spend is kept in
running balances beside it (measures.models.ledger); they are moved by entries alone.
"""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Area
from areas.scope import ScopedQuerySet
from measures import hiring, stages
from measures.models.appended import Appended, AppendOnly
from measures.models.enterprise import Enterprise
from measures.models.measure import Taken
from measures.models.money import ZERO, MoneyField
from measures.models.policy import MEASURE_CHAPTERS
from office.clock import end_of
from office.days import written

# National list of the county project store (2018).
CATEGORIES = (
    "产业项目",
    "就业扶贫",
    "易地扶贫搬迁",
    "公益岗位",
    "教育扶贫",
    "健康扶贫",
    "危房改造",
    "金融扶贫",
    "生活条件改善",
    "综合保障性扶贫",
    "村基础设施",
    "村公共服务",
    "项目管理费",
)
NATURES = ("新建", "改建", "扩建", "续建")
HIRING = ("chapter", "category", "level", "owner_unit", "enterprise")


def words(*known: str) -> list[tuple[str, str]]:
    return [(word, word) for word in known]


def by_whom(label: str) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=label
    )


class ProjectQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any) -> Any:
        """In one's area; a department sees those of its own unit alone (R236)."""
        found = super().visible_to(user)
        if isinstance(user, User) and Capability.PROJECT_VIEW in user.capabilities():
            return found.filter(user.unit_q(Capability.PROJECT_VIEW))
        return found

    def live(self) -> "ProjectQuerySet":
        return self.exclude(stage=stages.CANCELLED)

    def stood(self, on: datetime.date) -> "ProjectQuerySet":
        """Those entered by the day, with `stage_then`, where they stood at its end: before the first step after it."""
        after = Q(on__gt=on) | Q(recorded_at__gte=end_of(on))
        later = ProjectDecision.objects.filter(after, project=OuterRef("pk")).order_by("pk")
        then = Coalesce(Subquery(later.values("from_stage")[:1]), F("stage"))
        return self.filter(entered_at__lt=end_of(on)).annotate(stage_then=then)


class Project(models.Model):
    area_field = "area"

    name = models.CharField("项目名称", max_length=80)
    year = models.PositiveSmallIntegerField("年度")
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="地点")
    chapter = models.CharField("章节", max_length=8, choices=words(*MEASURE_CHAPTERS))
    category = models.CharField("项目类别", max_length=10, choices=words(*CATEGORIES))
    nature = models.CharField("建设性质", max_length=4, choices=words(*NATURES), default=NATURES[0])
    content = models.CharField("建设内容", max_length=500)
    level = models.CharField("项目级别", max_length=4, choices=words(*hiring.LEVELS), blank=True)
    owner_unit = models.CharField("实施单位", max_length=60)
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="projects",
        verbose_name="承担主体",
    )
    unit = models.CharField("主管部门", max_length=10, choices=Unit.choices, blank=True)
    leader = models.CharField("质量责任人", max_length=30)
    plan_money = MoneyField("计划投资")
    work_amount = models.DecimalField("工程量", max_digits=12, decimal_places=2)
    work_unit = models.CharField("工程量单位", max_length=10)
    start_on = models.DateField("计划开工")
    due_on = models.DateField("计划竣工")
    helped_households = models.PositiveIntegerField("受益贫困户", default=0)
    helped_persons = models.PositiveIntegerField("受益贫困人口", default=0)
    benefit = models.CharField("带贫方式", max_length=200, blank=True)

    stage = models.CharField(
        "环节",
        max_length=4,
        choices=words(*stages.STAGES, stages.CANCELLED),
        default=stages.APPLIED,
        editable=False,
    )
    submitted = models.BooleanField("已上报", default=False, editable=False)
    since = models.DateField("进入本环节", editable=False)
    version = models.PositiveIntegerField("版本", default=0, editable=False)
    chosen_on = models.DateField("群众认定日期", null=True, blank=True, editable=False)
    contractor = models.CharField("施工单位", max_length=60, blank=True, editable=False)
    started_on = models.DateField("开工日期", null=True, blank=True, editable=False)
    finished_on = models.DateField("完工日期", null=True, blank=True, editable=False)
    accepted_on = models.DateField("验收日期", null=True, blank=True, editable=False)
    keeper = models.CharField("管护单位", max_length=60, blank=True, editable=False)
    progress = models.PositiveSmallIntegerField("工程进度", default=0, editable=False)
    progress_on = models.DateField("最近进度日期", null=True, blank=True, editable=False)
    allocated = MoneyField("已分配", default=ZERO, editable=False)
    paid = MoneyField("已支付", default=ZERO, editable=False)
    # Goes up with every entry of the ledger: the form says which one it was filled in over.
    ledger_version = models.PositiveIntegerField("台账版本", default=0, editable=False)
    published = models.BooleanField("已公开", default=False, editable=False)
    entered_by = by_whom("登记人")
    entered_at = models.DateTimeField("登记时间", editable=False)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        ordering = ["-year", "-pk"]
        indexes = [models.Index(fields=["year", "stage"], name="project_year_stage")]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year", "name"],
                name="project_named_once",
                violation_error_message="这个地点这一年已有同名项目",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, allocated__gte=F("paid"), plan_money__gte=F("allocated")),
                name="project_paid_within_allocated_within_plan",
            ),
            models.CheckConstraint(condition=Q(due_on__gte=F("start_on")), name="project_ends_after_start"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="project_progress_percent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def number(self) -> str:
        return f"{self.year}-{self.pk:04d}"

    @property
    def money_percent(self) -> Decimal:
        """Paid of planned, in percent to one decimal."""
        return round(self.paid * 100 / self.plan_money, 1) if self.plan_money else Decimal(0)

    @property
    def left(self) -> Decimal:
        return self.allocated - self.paid

    @property
    def unallocated(self) -> Decimal:
        return self.plan_money - self.allocated

    @property
    def on_hiring(self) -> hiring.Verdict:
        """What R093 says of who carries it, by the enterprise as it is recorded now."""
        firm, farm = self.enterprise, hiring.is_farm(self.chapter, self.category)
        unnamed = hiring.unnamed(self.owner_unit, firm.name if firm else "")
        if farm and unnamed:
            return hiring.Verdict(refusal=unnamed)
        if firm is None:
            return hiring.Verdict()
        return hiring.verdict(farm, self.level, firm.name, firm.kind, firm.poor_employed)

    @property
    def editable(self) -> bool:
        """The application may be written over until it is reported."""
        return self.stage == stages.APPLIED and not self.submitted

    @classmethod
    def apply(cls, *, by: Any, on: datetime.date, at: datetime.datetime, **facts: Any) -> "Project":
        """A project as its town (or the district) applies for it; Taken when the place has one of this name."""
        project = cls(entered_by=by, since=on, entered_at=at, **facts)
        project.must_be_possible()
        with transaction.atomic():
            if cls.objects.filter(area=project.area, year=project.year, name=project.name).exists():
                raise ValidationError({"name": "这个地点这一年已有同名项目"})
            project.save()
        return project

    def must_be_possible(self) -> None:
        if self.plan_money <= 0:
            raise ValidationError({"plan_money": "计划投资要大于 0"})
        if self.due_on < self.start_on:
            raise ValidationError({"due_on": "计划竣工不能早于计划开工"})
        self.must_employ_the_poor()

    def must_employ_the_poor(self) -> None:
        if self.on_hiring.refusal:
            raise ValidationError({"enterprise": self.on_hiring.refusal})

    def rewrite(self, *, seen: int, **facts: Any) -> None:
        """Another wording of an application that is not reported yet; Taken when somebody was first."""
        asked = {name: facts.get(name, getattr(self, name)) for name in HIRING}
        Project(**asked).must_employ_the_poor()
        mine = Project.objects.filter(pk=self.pk, stage=stages.APPLIED, submitted=False, version=seen)
        if not mine.update(version=seen + 1, **facts):
            raise Taken("这个项目刚刚被别人改过或已经上报，请看过再改")
        self.refresh_from_db()

    def submit(self, *, chosen_on: datetime.date, **act: Any) -> "ProjectDecision":
        """The villagers have chosen it (R234); the town reports it."""
        if chosen_on > act["on"]:
            raise ValidationError({"chosen_on": "群众认定不能晚于上报"})
        self.must_employ_the_poor()
        return self._step("submit", {"submitted": True, "chosen_on": chosen_on}, **act)

    def approve(self, **act: Any) -> "ProjectDecision":
        self.must_employ_the_poor()
        return self._step("approve", {}, **act)

    def start(self, *, contractor: str, **act: Any) -> "ProjectDecision":
        return self._step("start", {"contractor": contractor, "started_on": act["on"]}, **act)

    def finish(self, **act: Any) -> "ProjectDecision":
        if self.stage == stages.WORKS and self.progress < 100:
            raise ValidationError(f"工程进度是 {self.progress}%，报到 100% 才能申请验收")
        return self._step("finish", {"finished_on": act["on"]}, **act)

    def accept(self, **act: Any) -> "ProjectDecision":
        return self._step("accept", {"accepted_on": act["on"]}, **act)

    def settle(self, *, keeper: str, **act: Any) -> "ProjectDecision":
        """Everything that was allocated is paid; who looks after it takes over."""
        if self.stage == stages.PAYING:
            if not self.allocated:
                raise ValidationError("还没有分配资金")
            if self.left:
                raise ValidationError(f"已分配的还有 {self.left:,.2f} 元没有支付，付清或冲回以后再办")
        return self._step("settle", {"keeper": keeper}, only=Q(paid=F("allocated"), allocated__gt=0), **act)

    def share_income(self, **act: Any) -> "ProjectDecision":
        if self.stage == stages.AFTER_CARE and not self.assets.exists():
            raise ValidationError("还没有登记项目形成的资产")
        return self._step("share", {}, **act)

    def send_back(self, **act: Any) -> "ProjectDecision":
        """An application to the town, an acceptance that failed to the works; with a reason."""
        return self._step("return", {"submitted": self.stage != stages.APPLIED}, **act)

    def cancel(self, **act: Any) -> "ProjectDecision":
        if self.allocated:
            raise ValidationError(f"已分配 {self.allocated:,.2f} 元，先冲回才能取消")
        return self._step("cancel", {}, only=Q(allocated=0), **act)

    def revise(
        self, *, plan_money: Decimal, due_on: datetime.date, seen: int, today: datetime.date, **act: Any
    ) -> "ProjectDecision":
        """Another sum or end of the works, by the district, with a reason; not after the acceptance."""
        if not self.since <= act["on"] <= today:
            raise ValidationError(
                {"on": f"应在进入本环节的 {written(self.since)} 到今天（{written(today)}）之间"}
            )
        if due_on < self.start_on:
            raise ValidationError({"due_on": "计划竣工不能早于计划开工"})
        if plan_money <= 0:
            raise ValidationError({"plan_money": "计划投资要大于 0"})
        if plan_money < self.allocated:
            raise ValidationError({"plan_money": f"不能少于已分配的 {self.allocated:,.2f} 元"})
        before = f"{self.plan_money:,.2f} 元、{written(self.due_on)}"
        with transaction.atomic():
            mine = Project.objects.filter(pk=self.pk, version=seen, allocated__lte=plan_money)
            mine = mine.filter(stage__in=(stages.APPROVED, stages.WORKS))
            if not mine.update(plan_money=plan_money, due_on=due_on, version=seen + 1):
                raise Taken(self._taken_by())
            self.refresh_from_db()
            act["opinion"] = f"{act['opinion']}（原为 {before}）"
            return self._decided(stages.REVISED, self.stage, **act)

    def publish(self, published: bool) -> None:
        """The switch of the public page; Taken when it stands so already or the project is not approved yet."""
        mine = Project.objects.filter(pk=self.pk, published=not published)
        if published:
            mine = mine.exclude(stage__in=(stages.APPLIED, stages.CANCELLED))
        if not mine.update(published=published):
            raise Taken("已经是公开的，或者还没有立项" if published else "本来就没有公开")
        self.published = published

    def _step(
        self,
        key: str,
        facts: dict[str, Any],
        *,
        by: Any,
        on: datetime.date,
        today: datetime.date,
        seen: int,
        only: Q | None = None,
        **act: Any,
    ) -> "ProjectDecision":
        """Raises ValidationError for what cannot be, PermissionDenied by four eyes, Taken when it was done."""
        step, before = stages.STEPS[key], self.stage
        if on > today:
            raise ValidationError({"on": f"不能晚于今天（{written(today)}）"})
        if step not in stages.open_steps(before, self.submitted):
            raise Taken(self._taken_by())
        if on < self.since:
            raise ValidationError({"on": f"不能早于进入本环节的日期（{written(self.since)}）"})
        if step.reason and not act.get("opinion", "").strip():
            raise ValidationError({"opinion": "要写明原因"})
        with transaction.atomic():
            mine = Project.objects.filter(only or Q(), pk=self.pk, stage=before, version=seen)
            to = step.leads[before]
            if not mine.update(stage=to, since=on, version=seen + 1, **facts):
                self.refresh_from_db()
                raise Taken(self._taken_by())
            if step.other_than:
                last = self.decisions.filter(step=step.other_than).order_by("-pk").first()
                if last is not None and by is not None and last.by_id == by.pk:
                    raise PermissionDenied(f"{last.label}的人不能自己{step.label}")
            self.refresh_from_db()
            return self._decided(key, before, by=by, on=on, **act)

    def _decided(self, key: str, before: str, *, by: Any, on: datetime.date, **act: Any) -> "ProjectDecision":
        return ProjectDecision.objects.create(
            project=self,
            step=key,
            from_stage=before,
            to_stage=self.stage,
            by=by,
            on=on,
            plan_money=self.plan_money,
            allocated=self.allocated,
            paid=self.paid,
            progress=self.progress,
            **act,
        )

    def _taken_by(self) -> str:
        last = self.decisions.order_by("-pk").first()
        if last is None:
            return f"项目现在是“{self.stage}”，不能这样办"
        who = f"由{last.by}" if last.by else ""
        return f"项目已{who}办理“{last.label}”，现在是“{self.stage}”，请看过再办"


class ProjectDecision(Appended):
    """One step of a project, for good, with how plan, money and work stood."""

    area_field = "project__area"

    project = models.ForeignKey(Project, models.PROTECT, related_name="decisions", verbose_name="项目")
    step = models.CharField("事项", max_length=8, choices=list(stages.LABELS.items()))
    from_stage = models.CharField("原环节", max_length=4)
    to_stage = models.CharField("办后环节", max_length=4)
    by = by_whom("办理人")
    on = models.DateField("办理日期")
    recorded_at = models.DateTimeField("登记时间")
    document = models.CharField("文号或合同号", max_length=60, blank=True)
    people = models.CharField("验收人员", max_length=200, blank=True)
    # R235: the resident team takes part in choosing, carrying out and accepting.
    team = models.CharField("驻村工作队参加人", max_length=100, blank=True)
    opinion = models.CharField("意见", max_length=300, blank=True)
    plan_money = MoneyField("当时计划投资")
    allocated = MoneyField("当时已分配")
    paid = MoneyField("当时已支付")
    progress = models.PositiveSmallIntegerField("当时工程进度")

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = "项目办理记录"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(step__in=("return", "cancel", stages.REVISED)) | ~Q(opinion=""),
                name="project_sent_back_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}（{self.by}，{written(self.on)}）"

    @property
    def label(self) -> str:
        return stages.LABELS[self.step]
