"""督查 as a kind of record (R256, R305, R312–R314)."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from areas.models import Level
from office.days import written
from office.form_fields import Day, choice, year_field
from villages.models.inspection import Grade, Inspection, InspectionKind
from villages.models.rectification import Source
from villages.work import columns
from villages.work.fields import (
    AsOfFilter,
    EmptyForm,
    StepForm,
    WorkForm,
    day_field,
    form_field,
    text_field,
)
from villages.work.kind import Act, Kind

C = Capability


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


class InspectionFilter(AsOfFilter):
    kind = choice("类别", InspectionKind.choices, "w6")
    grade = choice("评价", Grade.choices, "w4")
    year = year_field("年度")
    quarter = choice("季度", [(str(one), f"第 {one} 季度") for one in (1, 2, 3, 4)], "w6")
    since = Day(label="从", required=False)
    until = Day(label="截至", required=False)
    fed_by = Day(label="已反馈，截至", required=False)
    searched = ("inspected", "findings", "body")
    equal = ("kind", "grade")
    further = ("since", "fed_by", "as_of", "stands", "own")

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["year"]:
            found = found.filter(on__year=asked["year"])
        if asked["quarter"]:
            found = found.filter(on__quarter=int(asked["quarter"]))
        if asked["since"]:
            found = found.filter(on__gte=asked["since"])
        if asked["fed_by"]:
            found = found.filter(fed_on__lte=asked["fed_by"])
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
