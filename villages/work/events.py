"""工作纪实 as a kind of record (R259, R261, R265, R267, R289, R304, R305, R309–R311, R314, R316)."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import Capability
from areas.models import Level
from office.form_fields import Day, choice, year_field
from villages.models.work_event import MODELS, EventKind, WorkEvent
from villages.work import columns
from villages.work.fields import AsOfFilter, EmptyForm, WorkForm, form_field
from villages.work.kind import Act, Kind

# What is of the county alone, and what is said to a town.
OF_THE_COUNTY = (EventKind.COMMITTEE, EventKind.GOVERNMENT, EventKind.LEADING)
OF_A_TOWN = (EventKind.TALK, EventKind.ESCALATION)


class EventForm(WorkForm):
    past = ("on",)

    class Meta:
        model = WorkEvent
        fields = (
            "kind",
            "area",
            "on",
            "title",
            "host",
            "people",
            "content",
            "outcome",
            "document",
            "asked",
            "satisfied",
        )
        formfield_callback = form_field

    def clean(self) -> dict[str, Any]:
        facts = super().clean()
        kind = facts.get("kind")
        if kind in OF_THE_COUNTY:
            self.at_level(Level.COUNTY)
        elif kind in OF_A_TOWN:
            self.at_level(Level.TOWN)
        asked, satisfied = facts.get("asked"), facts.get("satisfied")
        if kind == EventKind.SURVEY and not asked:
            self.add_error("asked", ValidationError("满意度调查要填调查人数"))
        if kind == EventKind.SURVEY and satisfied is None:
            self.add_error("satisfied", ValidationError("满意度调查要填满意人数"))
        elif asked is not None and satisfied is not None and satisfied > asked:
            self.add_error("satisfied", ValidationError("满意的不能多于调查的"))
        return facts


class EventFilter(AsOfFilter):
    kind = choice("事项", EventKind.choices, "w8")
    year = year_field("年度")
    since = Day(label="从", required=False)
    until = Day(label="截至", required=False)
    searched = ("title", "people", "content")
    equal = ("kind",)
    further = ("since", "as_of", "stands", "own")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["year"]:
            found = found.filter(on__year=asked["year"])
        if asked["since"]:
            found = found.filter(on__gte=asked["since"])
        return found.filter(on__lte=asked["until"]) if asked["until"] else found


def _publish(one: WorkEvent, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.publish(at=at)


def _withdraw(one: WorkEvent, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    one.withdraw()


def _facts(one: WorkEvent, day: datetime.date) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    if one.satisfaction is not None:
        found.append(("满意率", f"{one.satisfaction}%"))
    if one.published_at is not None:
        found.append(("公开", "题目和内容在公开页上"))
    return found


EVENTS = Kind(
    key="works",
    one="work",
    title="工作纪实",
    thing="工作",
    unit="条",
    empty="还没有登记工作。会议、调研、走访、调度、约谈、表扬、典型和满意度调查登记在这里。",
    model=WorkEvent,
    form=EventForm,
    filter=EventFilter,
    columns=[
        columns.opening("work", "title", "题目", lambda row: row.title, width=36),
        columns.fact("kind", "事项"),
        columns.area(),
        columns.day("on", "日期"),
        columns.fact("host", "主办或报送单位", "s3", width=22),
        columns.words("people", "参加或涉及的人", width=30),
        columns.words("outcome", "结果", width=50),
    ],
    order=("-on", "-pk"),
    view=Capability.WORK_VIEW,
    edit=Capability.WORK_LOG,
    shown=(
        "kind",
        "on",
        "title",
        "host",
        "people",
        "content",
        "outcome",
        "document",
        "asked",
        "satisfied",
    ),
    acts=(
        Act(
            "publish",
            "放上公开页",
            "公开典型",
            "已放上公开页，任何人都能看到题目和内容。",
            EmptyForm,
            Capability.WORK_MANAGE,
            lambda one: one.kind in MODELS and one.published_at is None,
            _publish,
        ),
        Act(
            "withdraw",
            "从公开页撤下",
            "撤下公开的典型",
            "已从公开页撤下。",
            EmptyForm,
            Capability.WORK_MANAGE,
            lambda one: one.published_at is not None,
            _withdraw,
            danger=True,
        ),
    ),
    facts=_facts,
)
