"""整改 as a kind of record (R305, R306): problems, who answers for them, by when, and what was done."""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import Capability
from accounts.units import Unit
from office.clock import end_of
from office.days import written
from office.form_fields import Day, choice, year_field
from villages.models.inspection import Inspection
from villages.models.rectification import UNFINISHED, Rectification, RectState, Source
from villages.work import columns
from villages.work.fields import AsOfFilter, NoteForm, StepForm, WorkForm, day_field, form_field, text_field
from villages.work.kind import Act, Kind

OVERDUE, UNCLOSED = "逾期", "未销号"
OTHERS = "其他来源"  # than 督查 and 第三方监测
C = Capability
S = RectState


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


class RectificationFilter(AsOfFilter):
    state = choice("状态", [("", "全部"), (UNCLOSED, UNCLOSED), (OVERDUE, OVERDUE), *S.choices], "w6")
    source = choice("来源", [*Source.choices, (OTHERS, OTHERS)], "w6")
    unit = choice("责任部门", Unit.choices, "w6")
    year = year_field("到期年度")
    due_by = Day(label="到期，截至", required=False)
    late_by = Day(label="到期未报结果，截至", required=False)
    since = Day(label="从哪天登记", required=False)
    until = Day(label="到哪天登记", required=False)
    on = Day(label="状态按这一天", required=False)
    searched = ("problem", "holder")
    equal = ("unit",)
    further = ("year", "due_by", "late_by", "since", "until", "on", "as_of", "stands", "own")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["source"] == OTHERS:
            found = found.exclude(source__in=(Source.INSPECTION, Source.THIRD))
        elif asked["source"]:
            found = found.filter(source=asked["source"])
        if asked["since"]:
            found = found.filter(recorded_at__gte=end_of(asked["since"] - datetime.timedelta(days=1)))
        if asked["until"]:
            found = found.filter(recorded_at__lt=end_of(asked["until"]))
        if asked["year"]:
            found = found.filter(due_on__year=asked["year"])
        if asked["due_by"]:
            found = found.filter(due_on__lt=asked["due_by"])
        if asked["late_by"]:
            found = found.late_by(asked["late_by"])
        if asked["on"]:
            return self._stood(found.stood(asked["on"]), "state_then", asked["on"])
        return self._stood(found, "state", day)

    def _stood(self, rows: Any, name: str, day: datetime.date) -> Any:
        """In the state that is asked for: as it stands, or as it stood on the day."""
        asked = self.cleaned_data["state"]
        if asked == OVERDUE:
            return rows.filter(**{f"{name}__in": UNFINISHED}, due_on__lt=day)
        if asked == UNCLOSED:
            return rows.exclude(**{name: S.CLOSED})
        return rows.filter(**{name: asked}) if asked else rows


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
