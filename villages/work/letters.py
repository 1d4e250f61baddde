"""责任书 (R257, R264), 责任清单 (R307) and the yearly plan of a village (R262) as kinds of record."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Level
from office.days import written
from office.file_fields import Files, choose_again
from office.form_fields import Day, choice, year_field
from villages.models.letter import LEVEL, Letter, LetterState, Tier
from villages.models.plan_item import Part, PlanItem
from villages.models.post import Post, PostKind
from villages.models.rectification import Responsibility
from villages.work import columns
from villages.work.fields import (
    ACCEPTED,
    PAPER_HINT,
    DoneForm,
    StepForm,
    WorkFilter,
    WorkForm,
    day_field,
    form_field,
)
from villages.work.kind import Act, Kind

OPEN, LATE, DONE, DUE = "未完成", "逾期", "已完成", "已到期"
C = Capability


class LetterForm(WorkForm):
    class Meta:
        model = Letter
        fields = (
            "year",
            "tier",
            "area",
            "giver",
            "taker",
            "target_households",
            "target_persons",
            "tasks",
        )
        formfield_callback = form_field

    def clean(self) -> dict[str, Any]:
        """A letter of a first secretary is of who holds the post in the village today."""
        asked = super().clean()
        tier, area = asked.get("tier"), asked.get("area")
        if tier in LEVEL:
            self.at_level(LEVEL[tier])
        if tier == Tier.SECRETARY and area is not None and area.level == Level.VILLAGE:
            post = Post.objects.held(self.day).filter(area=area, kind=PostKind.FIRST_SECRETARY).first()
            if post is None:
                self.add_error("area", ValidationError("这个村没有在岗的第一书记，先登记队伍"))
            self.instance.post = post
        return asked


class SignForm(StepForm):
    on = day_field("签订日期")
    papers = Files(label="签字盖章的扫描件", accept=ACCEPTED, required=False, help_text=PAPER_HINT)

    def _post_clean(self) -> None:
        choose_again(self, "papers")


class LetterFilter(WorkFilter):
    year = year_field("年度")
    tier = choice("层级", Tier.choices, "w8")
    state = choice("状态", LetterState.choices, "w6")
    searched = ("giver", "taker", "tasks")
    equal = ("year", "tier", "state")


def _sign(one: Letter, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.sign(on=asked["on"])


def _letter_facts(one: Letter, day: datetime.date) -> list[tuple[str, Any]]:
    return [("签订日期", written(one.signed_on))] if one.signed_on else []


LETTERS = Kind(
    key="letters",
    one="letter",
    title="责任书",
    thing="责任书",
    unit="份",
    empty="还没有责任书。区与镇街、镇街与村、镇街与第一书记每年各签一份。",
    model=Letter,
    form=LetterForm,
    filter=LetterFilter,
    columns=[
        columns.opening("letter", "taker", "乙方", lambda row: row.taker, width=24),
        columns.fact("year", "年度", "n", width=8),
        columns.fact("tier", "层级", width=16),
        columns.area(),
        columns.fact("giver", "甲方", "s3", width=24),
        columns.fact("target_persons", "计划退出人", "n", width=10),
        columns.chip("state", "状态", (LetterState.DRAWN,), (LetterState.SIGNED,)),
        columns.day("signed_on", "签订日期"),
    ],
    order=("-year", "area__code", "pk"),
    view=C.WORK_VIEW,
    imports=True,
    edit=C.WORK_MANAGE,
    shown=("year", "tier", "giver", "taker", "target_households", "target_persons", "tasks", "state"),
    acts=(
        Act(
            "sign",
            "登记签订",
            "登记责任书签订",
            "已登记签订。",
            SignForm,
            C.WORK_MANAGE,
            lambda one: one.state == LetterState.DRAWN,
            _sign,
            lambda one, day: {"on": day},
        ),
    ),
    facts=_letter_facts,
    sheet="villages/_letter.html",
)


class ResponsibilityForm(WorkForm):
    levels = (Level.COUNTY, Level.TOWN)

    class Meta:
        model = Responsibility
        fields = ("year", "area", "unit", "holder", "text", "lead", "due_on", "basis")
        formfield_callback = form_field

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        area = asked.get("area")
        if area is not None and area.level == Level.COUNTY and "unit" in asked and not asked["unit"]:
            self.add_error("unit", ValidationError("区级的责任清单要选部门"))
        return asked


class DueFilter(WorkFilter):
    year = year_field("年度")
    state = choice("状态", (OPEN, LATE, DONE, DUE), "w6")
    on = Day(label="时点", required=False)
    further = ("on", "stands", "own")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        """As the lines stood on the day `on`."""
        state, on = self.cleaned_data["state"], self.cleaned_data["on"] or day
        done = Q(done_on__isnull=False, done_on__lte=on)
        if state in (DONE, OPEN):
            return rows.filter(done if state == DONE else ~done)
        if state:
            rows = rows.filter(due_on__lt=on)
        return rows.filter(~done) if state == LATE else rows


class ResponsibilityFilter(DueFilter):
    unit = choice("部门", Unit.choices, "w6")
    searched = ("text", "holder")
    equal = ("year", "unit")


def _finish(one: Any, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.finish(on=asked["on"], note=asked["note"])


def _done_facts(one: Any, day: datetime.date) -> list[tuple[str, Any]]:
    return [("完成", f"{written(one.done_on)}　{one.done_note}")] if one.done_on else []


RESPONSIBILITIES = Kind(
    key="responsibilities",
    one="responsibility",
    title="责任清单",
    thing="责任事项",
    unit="项",
    empty="还没有责任清单。25 个部门和各镇街每年各列责任事项、责任人和完成期限。",
    model=Responsibility,
    form=ResponsibilityForm,
    filter=ResponsibilityFilter,
    columns=[
        columns.opening("responsibility", "text", "责任事项", lambda row: row.text, width=50),
        columns.fact("year", "年度", "n", width=8),
        columns.fact("unit", "部门", "nb s2", width=12),
        columns.area(),
        columns.fact("holder", "责任单位和责任人", "s3", width=24),
        columns.Column("lead", "分工", lambda row: "牵头" if row.lead else "配合", "nb s2", width=8),
        columns.due("完成期限"),
        columns.day("done_on", "完成"),
    ],
    order=("-year", "due_on", "pk"),
    view=C.DUTY_VIEW,
    imports=True,
    edit=C.WORK_MANAGE,
    shown=("year", "unit", "holder", "text", "lead", "due_on", "basis"),
    acts=(
        Act(
            "done",
            "登记完成",
            "完成责任事项",
            "已登记完成。",
            DoneForm,
            C.DUTY_ACT,
            lambda one: one.done_on is None,
            _finish,
            lambda one, day: {"on": day},
        ),
    ),
    facts=_done_facts,
)


class PlanItemForm(WorkForm):
    levels = (Level.VILLAGE,)

    class Meta:
        model = PlanItem
        fields = ("year", "area", "part", "text", "holder", "due_on")
        formfield_callback = form_field


class PlanItemFilter(DueFilter):
    part = choice("部分", Part.choices, "w4")
    searched = ("text", "holder")
    equal = ("year", "part")


PLAN_ITEMS = Kind(
    key="yearly-plans",
    one="yearly-plan",
    title="村年度减贫计划",
    thing="计划事项",
    unit="项",
    empty="还没有年度减贫计划。每个村每年列任务书、时间表、施工图，逐项写明责任人和期限。",
    model=PlanItem,
    form=PlanItemForm,
    filter=PlanItemFilter,
    columns=[
        columns.opening("yearly-plan", "text", "内容", lambda row: row.text, width=50),
        columns.fact("part", "部分", "nb s2", width=10),
        columns.fact("year", "年度", "n", width=8),
        columns.area("村"),
        columns.fact("holder", "责任人", "s2", width=16),
        columns.due("完成期限"),
        columns.day("done_on", "完成"),
        columns.words("done_note", "完成情况"),
    ],
    order=("-year", "area__code", "due_on", "pk"),
    view=C.WORK_VIEW,
    imports=True,
    edit=C.WORK_LOG,
    shown=("year", "part", "text", "holder", "due_on"),
    acts=(
        Act(
            "done",
            "登记完成",
            "完成计划事项",
            "已登记完成。",
            DoneForm,
            C.WORK_LOG,
            lambda one: one.done_on is None,
            _finish,
            lambda one, day: {"on": day},
        ),
    ),
    facts=_done_facts,
)
