"""扶贫队伍: 第一书记, 驻村工作队, staff, tiers and groups (R251, R254, R255, R257, R260, R263, R266, R289)."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.roles import Capability
from areas.models import Level
from office.days import written
from office.form_fields import choice
from office.pii import mask_phone
from villages.models.post import GROUPS, OF_A_VILLAGE, RESIDENT, TIERS, Post, PostKind
from villages.work import columns
from villages.work.fields import (
    StepForm,
    WorkFilter,
    WorkForm,
    day_field,
    form_field,
    text_field,
    whole_field,
)
from villages.work.kind import Act, Kind

HELD, ENDED, EARLY = "在岗", "已离岗", "任期未满离岗"
SETS = {"驻村队伍": RESIDENT, "三级包联": TIERS, "工作小组": GROUPS}


class PostForm(WorkForm):
    past = ("start_on", "party_link_on")

    class Meta:
        model = Post
        fields = (
            "kind",
            "area",
            "name",
            "unit",
            "title",
            "phone",
            "full_time",
            "start_on",
            "party_link_on",
        )
        formfield_callback = form_field

    def clean(self) -> dict[str, Any]:
        asked = super().clean()
        if asked.get("kind") in OF_A_VILLAGE:
            self.at_level(Level.VILLAGE)
        elif asked.get("kind") == PostKind.TOWN_STAFF:
            self.at_level(Level.TOWN)
        elif asked.get("kind") == PostKind.COUNTY_STAFF:
            self.at_level(Level.COUNTY)
        start, link = asked.get("start_on"), asked.get("party_link_on")
        if start and link and link < start:
            self.add_error("party_link_on", ValidationError("不能早于到岗"))
        return asked


class EndForm(StepForm):
    on = day_field("离岗日期", hint="最后在岗的一天")
    reason = text_field("离岗原因", 200, hint="任务没有完成不撤回；轮换的写明接任人")


class LinkForm(StepForm):
    on = day_field("转入日期")


class StayForm(StepForm):
    year = whole_field("年度", least=2010, most=2100)
    month = whole_field("月份", least=1, most=12)
    days = whole_field("驻村天数", most=31)

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or self.cleaned_data
        year, month = asked.get("year"), asked.get("month")
        if year and month and (year, month) > (self.day.year, self.day.month):
            self.add_error("month", ValidationError("这个月还没有到"))
        return asked


class PostFilter(WorkFilter):
    kind = choice("岗位", PostKind.choices, "w8")
    group = choice("分组", list(SETS), "w6")
    held = choice("在岗", (HELD, ENDED, EARLY), "w8")
    searched = ("name", "unit")
    equal = ("kind",)

    def narrowed(self, rows: Any, day: datetime.date) -> Any:
        asked, found = self.cleaned_data, rows
        if asked["group"]:
            found = found.filter(kind__in=SETS[asked["group"]])
        if asked["held"] == HELD:
            return found.held(day)
        if asked["held"]:
            found = found.filter(end_on__lt=day)
        if asked["held"] == EARLY:
            early = [post.pk for post in found.filter(kind__in=RESIDENT) if post.left_early]
            found = found.filter(pk__in=early)
        return found


def _end(post: Post, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    post.end(on=asked["on"], reason=asked["reason"])


def _link(post: Post, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    post.link_party(on=asked["on"])


def _stay(post: Post, asked: dict[str, Any], by: User, at: datetime.datetime) -> None:
    post.stay(by=by, at=at, **asked)


def _facts(post: Post, day: datetime.date) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [("电话", mask_phone(post.phone))]
    if post.kind in RESIDENT:
        found.append(("一届两年到", written(post.term_ends)))
    if post.end_on is not None:
        early = "（任期未满）" if post.left_early else ""
        found += [("离岗", f"{written(post.end_on)}{early}"), ("离岗原因", post.end_reason)]
    return found


def _stays(post: Post) -> tuple[list[str], list[list[Any]]] | None:
    if post.kind not in RESIDENT:
        return None
    stays = post.stays.filter(struck_at__isnull=True).select_related("recorded_by")
    rows = [[f"{one.year}年{one.month}月", one.days, str(one.recorded_by or "")] for one in stays]
    return ["月份", "驻村天数", "登记人"], rows


POSTS = Kind(
    key="posts",
    one="post",
    title="扶贫队伍",
    thing="人员",
    unit="人",
    empty="还没有登记扶贫队伍。第一书记、驻村工作队、镇街专职人员、包联干部和工作小组登记在这里。",
    model=Post,
    form=PostForm,
    filter=PostFilter,
    columns=[
        columns.opening("post", "name", "姓名", lambda row: row.name, width=14),
        columns.fact("kind", "岗位", width=16),
        columns.area(),
        columns.fact("unit", "派出单位", "s3", width=24),
        columns.fact("title", "职务", "s3 hide-phone"),
        columns.day("start_on", "到岗"),
        columns.day("party_link_on", "党组织关系转入", "nb s3 hide-phone"),
        columns.day("end_on", "离岗"),
    ],
    order=("-start_on", "-pk"),
    view=Capability.WORK_VIEW,
    imports=True,
    edit=Capability.WORK_MANAGE,
    shown=("kind", "name", "unit", "title", "full_time", "start_on", "party_link_on"),
    acts=(
        Act(
            "stay",
            "登记驻村天数",
            "登记驻村天数",
            "已登记驻村天数。",
            StayForm,
            Capability.WORK_LOG,
            lambda post: post.kind in RESIDENT,
            _stay,
            lambda post, day: {"year": day.year, "month": day.month},
        ),
        Act(
            "link",
            "登记党组织关系转入",
            "登记党组织关系转入",
            "已登记党组织关系转入。",
            LinkForm,
            Capability.WORK_MANAGE,
            lambda post: post.kind in RESIDENT and post.party_link_on is None and post.end_on is None,
            _link,
        ),
        Act(
            "end",
            "登记离岗",
            "登记离岗",
            "已登记离岗。",
            EndForm,
            Capability.WORK_MANAGE,
            lambda post: post.end_on is None,
            _end,
            lambda post, day: {"on": day},
        ),
    ),
    facts=_facts,
    table=_stays,
)
