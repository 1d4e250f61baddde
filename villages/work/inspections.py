"""督查 and 整改 as kinds of record (R256, R305, R306, R312–R314)."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from areas.models import Level
from office.days import written
from office.form_fields import Day, choice, year_field
from villages.models.inspection import Grade, Inspection, InspectionKind
from villages.models.rectification import Rectification, RectState, Source
from villages.work import columns
from villages.work.fields import (
    EmptyForm,
    NoteForm,
    StepForm,
    WorkFilter,
    WorkForm,
    day_field,
    form_field,
    text_field,
)
from villages.work.kind import Act, Kind

OVERDUE, UNCLOSED = "逾期", "未销号"
C = Capability
S = RectState


class InspectionForm(WorkForm):
    past = ("on",)

    class Meta:
        model = Inspection
        fields = (
            "kind",
            "area",
            "on",
            "body",
            "inspectors",
            "inspected",
            "grade",
            "findings",
            "independent",
        )
        formfield_callback = form_field

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("kind") == InspectionKind.RESIDENT:
            self.at_level(Level.VILLAGE)
        if asked.get("kind") == InspectionKind.THIRD and not asked.get("independent"):
            self.add_error(
                "independent", ValidationError("第三方与被查单位有隶属或利益关系的，不能作第三方监测")
            )
        return asked


class FeedForm(StepForm):
    on = day_field("反馈日期")
    to = text_field("反馈对象", 100, hint="反馈给谁，如派出单位、镇街党委")


class PublishForm(StepForm):
    text = text_field("公开内容", 500, hint="任何人都能看到；不写贫困户的姓名和情况")


class InspectionFilter(WorkFilter):
    kind = choice("类别", InspectionKind.choices, "w6")
    grade = choice("评价", Grade.choices, "w4")
    year = year_field("年度")
    quarter = choice("季度", [(str(one), f"第 {one} 季度") for one in (1, 2, 3, 4)], "w6")
    until = Day(label="截至", required=False)
    searched = ("inspected", "findings", "body")
    equal = ("kind", "grade")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["year"]:
            found = found.filter(on__year=asked["year"])
        if asked["quarter"]:
            found = found.filter(on__quarter=int(asked["quarter"]))
        return found.filter(on__lte=asked["until"]) if asked["until"] else found


def _feed(one: Inspection, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    if asked["on"] < one.on:
        raise ValidationError({"on": f"不能早于督查日期（{written(one.on)}）"})
    one.feed_back(on=asked["on"], to=asked["to"])


def _publish(one: Inspection, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.publish(text=asked["text"], at=at)


def _withdraw(one: Inspection, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.withdraw()


def _facts(one: Inspection, day: datetime.date) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if one.fed_on is not None:
        found.append(("反馈", f"{written(one.fed_on)}　{one.fed_to}"))
    if one.published_at is not None:
        found.append(("公开", one.published_text))
    return found


def _problems(one: Inspection) -> tuple[list[str], list[list[Any]]] | None:
    rows = one.rectifications.filter(struck_at__isnull=True)
    if not rows:
        return None
    found = [[row.problem, row.holder, written(row.due_on), row.state] for row in rows]
    return ["问题", "整改", "期限", "状态"], found


def _mend(one: Inspection, able: frozenset[Capability]) -> list[tuple[str, str]]:
    if C.INSPECT not in able or one.struck_at is not None:
        return []
    query = urlencode({"inspection": one.pk, "area": one.area.code, "source": str(Source.INSPECTION)})
    return [("登记要整改的问题", f"{reverse('villages:rectification-new')}?{query}")]


INSPECTIONS = Kind(
    key="inspections",
    one="inspection",
    title="督查",
    thing="督查",
    unit="次",
    empty="还没有登记督查。第一书记和驻村工作队每季度至少督查一次，结果反馈以后公开一部分。",
    model=Inspection,
    form=InspectionForm,
    filter=InspectionFilter,
    columns=[
        columns.opening("inspection", "inspected", "被督查的", lambda row: row.inspected, width=24),
        columns.fact("kind", "类别"),
        columns.area(),
        columns.day("on", "督查日期"),
        columns.fact("body", "督查单位", "s3", width=20),
        columns.fact("grade", "评价", "nb s2", width=8),
        columns.words("findings", "发现的情况", width=60),
        columns.day("fed_on", "反馈"),
        columns.Column(
            "published",
            "公开",
            lambda row: "已公开" if row.published_at else "",
            "nb s2",
            width=8,
        ),
    ],
    order=("-on", "-pk"),
    view=C.WORK_VIEW,
    edit=C.INSPECT,
    shown=("kind", "on", "body", "inspectors", "inspected", "grade", "findings", "independent"),
    acts=(
        Act(
            "feed",
            "反馈",
            "反馈督查结果",
            "已登记反馈。",
            FeedForm,
            C.INSPECT,
            lambda one: one.fed_on is None,
            _feed,
            lambda one, day: {"on": day},
        ),
        Act(
            "publish",
            "公开一部分",
            "公开督查结果",
            "已放上公开页，任何人都能看到。",
            PublishForm,
            C.INSPECT,
            lambda one: one.fed_on is not None and one.published_at is None,
            _publish,
            lambda one, day: {"text": one.published_text},
        ),
        Act(
            "withdraw",
            "从公开页撤下",
            "撤下公开的督查结果",
            "已从公开页撤下。",
            EmptyForm,
            C.INSPECT,
            lambda one: one.published_at is not None,
            _withdraw,
            danger=True,
        ),
    ),
    facts=_facts,
    table=_problems,
    links=_mend,
)


class RectificationForm(WorkForm):
    """`inspection` is the one that found the problem, when it is written down from there."""

    inspection = forms.ModelChoiceField(
        queryset=Inspection.objects.none(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": "这次督查不在当前任职的范围内"},
    )

    class Meta:
        model = Rectification
        fields = ("source", "area", "problem", "unit", "holder", "due_on")
        formfield_callback = form_field

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        found: Any = self.fields["inspection"]
        found.queryset = Inspection.objects.visible_to(user).standing()

    def clean_inspection(self) -> Inspection | None:
        self.instance.inspection = self.cleaned_data["inspection"]
        return self.instance.inspection

    def clean_due_on(self) -> datetime.date:
        due: datetime.date = self.cleaned_data["due_on"]
        if due < self.day:
            raise ValidationError("期限不能早于今天")
        return due


class PlanForm(StepForm):
    measures = text_field("整改措施", 500)


class ResultForm(StepForm):
    result = text_field("整改结果", 500)


class ExtendForm(StepForm):
    due_on = day_field("新的期限", hint="晚于原来的期限")
    note = text_field("延期原因", 300)


class RectificationFilter(WorkFilter):
    state = choice("状态", [("", "全部"), (UNCLOSED, UNCLOSED), (OVERDUE, OVERDUE), *S.choices], "w6")
    source = choice("来源", Source.choices, "w6")
    unit = choice("责任部门", Unit.choices, "w6")
    year = year_field("到期年度")
    due_by = Day(label="到期，截至", required=False)
    late_by = Day(label="到期未报结果，截至", required=False)
    searched = ("problem", "holder")
    equal = ("source", "unit")
    further = ("year", "due_by", "late_by", "stands", "own")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["year"]:
            found = found.filter(due_on__year=asked["year"])
        if asked["due_by"]:
            found = found.filter(due_on__lt=asked["due_by"])
        if asked["late_by"]:
            found = found.late_by(asked["late_by"])
        if asked["state"] == OVERDUE:
            return found.overdue(day)
        if asked["state"] == UNCLOSED:
            return found.exclude(state=S.CLOSED)
        return found.filter(state=asked["state"]) if asked["state"] else found


def _plan(one: Rectification, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.plan(measures=asked["measures"], by=by, at=at)


def _report(one: Rectification, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.report(result=asked["result"], by=by, at=at)


def _verify(one: Rectification, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.verify(note=asked["note"], by=by, at=at)


def _back(one: Rectification, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.send_back(note=asked["note"], by=by, at=at)


def _extend(one: Rectification, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    if asked["due_on"] <= one.due_on:
        raise ValidationError({"due_on": f"要晚于原来的期限（{written(one.due_on)}）"})
    one.extend(due_on=asked["due_on"], note=asked["note"], by=by, at=at)


def _rect_facts(one: Rectification, day: datetime.date) -> list[tuple[str, Any]]:
    found_by = str(one.inspection) if one.inspection is not None else ""
    named = [("发现于", found_by), ("整改措施", one.measures), ("整改结果", one.result)]
    found: list[tuple[str, Any]] = [pair for pair in named if pair[1]]
    if one.closed_on is not None:
        found.append(("销号", f"{written(one.closed_on)}　{one.closed_by}"))
    return found


RECTIFICATIONS = Kind(
    key="rectifications",
    one="rectification",
    title="整改",
    thing="问题",
    unit="个",
    empty="没有要整改的问题。督查、审计、考核和群众反映的问题登记在这里，写明责任单位和期限。",
    model=Rectification,
    form=RectificationForm,
    filter=RectificationFilter,
    columns=[
        columns.opening("rectification", "problem", "问题", lambda row: row.problem, width=50),
        columns.fact("source", "来源", width=12),
        columns.area(),
        columns.fact("unit", "责任部门", "nb s2", width=12),
        columns.fact("holder", "责任单位和责任人", "s3", width=24),
        columns.due("整改期限"),
        columns.chip("state", "状态", (S.OPEN,), (S.CLOSED,)),
        columns.day("closed_on", "销号", "nb s3 hide-phone"),
    ],
    order=("due_on", "pk"),
    view=C.DUTY_VIEW,
    edit=C.INSPECT,
    shown=("source", "problem", "unit", "holder", "due_on", "state"),
    acts=(
        Act(
            "plan",
            "定整改措施",
            "定整改措施",
            "已登记整改措施。",
            PlanForm,
            C.DUTY_ACT,
            lambda one: one.state in (S.OPEN, S.UNDER_WAY),
            _plan,
            lambda one, day: {"measures": one.measures},
        ),
        Act(
            "report",
            "报整改结果",
            "报整改结果",
            "已报结果，由另一人验收。",
            ResultForm,
            C.DUTY_ACT,
            lambda one: one.state == S.UNDER_WAY,
            _report,
        ),
        Act(
            "verify",
            "验收销号",
            "验收销号",
            "已销号。",
            NoteForm,
            C.INSPECT,
            lambda one: one.state == S.REPORTED,
            _verify,
        ),
        Act(
            "back",
            "退回再整改",
            "退回再整改",
            "已退回。",
            NoteForm,
            C.INSPECT,
            lambda one: one.state == S.REPORTED,
            _back,
            danger=True,
        ),
        Act(
            "extend",
            "延期",
            "延长整改期限",
            "已改期限。",
            ExtendForm,
            C.INSPECT,
            lambda one: one.state in (S.OPEN, S.UNDER_WAY),
            _extend,
        ),
    ),
    facts=_rect_facts,
    also=("closed_by", "inspection__area"),
)
