"""Projects, sources, the ledger and assets as definitions: what their lists show, on screen and as files."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, Sum
from django.http import QueryDict
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Level
from households.record import written
from measures import lateness, stages
from measures.asset_forms import AssetFilter
from measures.fund_forms import LedgerFilter, SourceFilter
from measures.models import Asset, FundEntry, FundSource, Project
from measures.project_forms import ProjectFilter
from office.clock import end_of
from office.exports import exportable
from office.listing import Column, Listed, area_in, chosen_columns

PROJECTS, LEDGER, SOURCES, ASSETS = (
    "measures:projects",
    "measures:ledger",
    "measures:sources",
    "measures:assets",
)
MONEY_SUMS = {"planned": Sum("plan_money"), "given": Sum("allocated"), "paid_out": Sum("paid")}
SOURCE_SUMS = {"budgeted": Sum("budget"), "given": Sum("allocated"), "paid_out": Sum("paid")}
LEDGER_SUMS = {
    "budgeted": Sum("amount", filter=Q(kind="预算")),
    "given": Sum("amount", filter=Q(kind="分配")),
    "paid_out": Sum("amount", filter=Q(kind="支付")),
    "amount": Sum("amount"),
}
ASSET_SUMS = {"worth": Sum("value")}


def choices(listed: Listed, columns: list[Column]) -> dict[str, Any]:
    """What a list's page offers to show or hide, and what it shows."""
    return {
        "columns": listed.columns,
        "offered": [one for one in columns if not one.pinned],
        "chosen": {one.key for one in listed.columns},
    }


def narrowed(rows: Any, form: Any, area: Any) -> Any:
    """What stands at the area itself, where the form asks for that."""
    return rows.filter(area=area) if form.cleaned_data["own"] and area is not None else rows


def yuan(amount: Any) -> str:
    return floatformat(amount, "2g") if amount is not None else ""


def money(key: str, label: str, name: str = "", **options: Any) -> Column:
    name = name or key
    return Column(
        key,
        label,
        lambda row: yuan(getattr(row, name)),
        options.pop("classes", "n s3"),
        plain=lambda row: getattr(row, name),
        **options,
    )


def opens(url: str, row: Any, label: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse(url, args=[row.pk]), label)


def named(label: str, url: str) -> Column:
    """The name of the record, which opens its page and heads the row."""
    return Column(
        "name",
        label,
        lambda row: opens(url, row, row.name),
        "s6",
        plain=lambda row: row.name,
        said=False,
        pinned=True,
        names_row=True,
        width=28,
    )


def place(area: Any) -> str:
    """The village with its town in front, or the town or county itself."""
    return f"{area.parent.name}　{area.name}" if area.level == Level.VILLAGE else area.name


def chip(stage: str) -> SafeString:
    word = {stages.CANCELLED: "chip", stages.SHARING: "chip chip-done", stages.AFTER_CARE: "chip chip-done"}
    return format_html('<span class="{}">{}</span>', word.get(stage, "chip chip-on"), stage)


PROJECT_COLUMNS = [
    named("项目", "measures:project"),
    Column("year", "年度", lambda row: row.year, "n s1", width=8),
    Column("place", "地点", lambda row: place(row.area), "nb s3", said=False, width=22),
    Column("chapter", "章节", lambda row: row.chapter, "nb hide-phone", standard=False, width=10),
    Column("category", "类别", lambda row: row.category, "nb hide-phone", standard=False, width=14),
    Column("stage", "环节", lambda row: chip(row.stage), "nb s2", plain=lambda row: row.stage, width=10),
    money("plan_money", "计划投资", sort="-plan"),
    money("allocated", "已分配"),
    money("paid", "已支付"),
    Column(
        "money_percent",
        "资金进度",
        lambda row: f"{row.money_percent}%",
        "n s1",
        plain=lambda row: row.money_percent,
        width=9,
    ),
    Column(
        "progress",
        "工程进度",
        lambda row: f"{row.progress}%",
        "n s1",
        plain=lambda row: row.progress,
        sort="progress",
        width=9,
    ),
    Column(
        "due", "计划竣工", lambda row: written(row.due_on), "nb s3", plain=lambda row: row.due_on, sort="due"
    ),
    Column("late", "滞后", lambda row: _late(row), "s6", plain=lambda row: "；".join(row.why_late), width=30),
    Column("sources", "资金来源", lambda row: row.source_kinds, "nb hide-phone", standard=False),
    Column("unit", "主管部门", lambda row: row.unit, "nb hide-phone", standard=False, width=10),
    Column("owner_unit", "实施单位", lambda row: row.owner_unit, "hide-phone", standard=False, width=20),
    Column("level", "项目级别", lambda row: row.level, "nb hide-phone", standard=False, width=8),
    Column(
        "enterprise",
        "承担主体",
        lambda row: row.enterprise.name if row.enterprise else "",
        "hide-phone",
        standard=False,
        width=20,
    ),
    Column(
        "employed",
        "吸纳贫困人口",
        lambda row: (row.enterprise.poor_employed or 0) if row.enterprise else "",
        "n hide-phone",
        standard=False,
        width=12,
    ),
    Column("leader", "质量责任人", lambda row: row.leader, "nb hide-phone", standard=False),
    Column("helped", "受益户", lambda row: row.helped_households, "n hide-phone", standard=False, width=8),
    Column(
        "published",
        "公开",
        lambda row: "已公开" if row.published else "",
        "nb hide-phone",
        standard=False,
        width=8,
    ),
]
PROJECT_ORDER = ("-year", "-pk")
PROJECT_SORTS = {"plan": ("plan_money",), "due": ("due_on",), "progress": ("progress",)}


@exportable(PROJECTS, title="扶贫项目")
def projects(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Project.objects.visible_to(user)
    require(user, Capability.PROJECT_VIEW)
    area, form = area_in(query, user), ProjectFilter(query)
    columns = chosen_columns(query, PROJECT_COLUMNS)
    if not form.is_valid():
        return Listed(visible.none(), columns, PROJECT_ORDER, form, area)
    rows = narrowed(form.matching(visible.in_area(area), day), form, area)

    def dress(some: list[Any]) -> None:
        kinds: dict[int, list[str]] = {}
        funds = FundSource.objects.filter(funds__project__in=[row.pk for row in some], funds__allocated__gt=0)
        for project, kind in funds.values_list("funds__project", "kind").order_by("pk"):
            kinds.setdefault(project, []).append(kind)
        for row in some:
            row.why_late = lateness.reasons(row, day)
            row.source_kinds = "、".join(dict.fromkeys(kinds.get(row.pk, ())))

    joined = rows.select_related("area__parent", "enterprise")
    return Listed(joined, columns, PROJECT_ORDER, form, area, PROJECT_SORTS, dress)


def _late(row: Any) -> SafeString | str:
    if not row.why_late:
        return ""
    return format_html('<span class="sign sign-warn">滞后</span> {}', "；".join(row.why_late))


SOURCE_COLUMNS = [
    named("资金", "measures:source"),
    Column("year", "年度", lambda row: row.year, "n s1", width=8),
    Column("kind", "来源", lambda row: row.kind, "nb s1", width=8),
    Column("area", "区县", lambda row: row.area.name, "nb hide-phone", width=12),
    money("budget", "预算"),
    money("allocated", "已分配"),
    money("unallocated", "未分配"),
    money("paid", "已支付"),
    money("unpaid", "已分配未支付"),
    Column("basis", "出自", lambda row: row.basis, "nb hide-phone", standard=False),
    money("pool", "出自资金总额", standard=False, classes="n hide-phone"),
]
SOURCE_ORDER = ("-year", "pk")


@exportable(SOURCES, title="资金来源")
def sources(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = FundSource.objects.visible_to(user)
    require(user, Capability.FUND_VIEW)
    area, form = area_in(query, user), SourceFilter(query)
    columns = chosen_columns(query, SOURCE_COLUMNS)
    if not form.is_valid():
        return Listed(visible.none(), columns, SOURCE_ORDER, form, area)
    rows = visible.in_area(area)
    for name in ("year", "kind"):
        if form.cleaned_data[name]:
            rows = rows.filter(**{name: form.cleaned_data[name]})
    return Listed(rows.select_related("area"), columns, SOURCE_ORDER, form, area)


LEDGER_COLUMNS = [
    Column("pk", "笔号", lambda row: row.pk, "n s1", said=False, pinned=True, names_row=True, width=8),
    Column("on", "日期", lambda row: written(row.on), "nb s3", plain=lambda row: row.on),
    Column("kind", "类别", lambda row: _entry(row), "nb s1", plain=lambda row: _entry(row), width=10),
    Column(
        "source",
        "资金来源",
        lambda row: str(row.source),
        "s6",
        width=28,
    ),
    Column(
        "project",
        "项目",
        lambda row: opens("measures:project", row.project, row.project.name) if row.project else "",
        "s6",
        plain=lambda row: row.project.name if row.project else "",
        width=28,
    ),
    Column("place", "地点", lambda row: place(row.area), "nb hide-phone", width=22),
    money("amount", "金额（元）"),
    Column("payee_kind", "收款类别", lambda row: row.payee_kind, "nb hide-phone", standard=False),
    Column("payee", "收款人", lambda row: row.payee, "s3", width=20),
    Column("account", "收款账号", lambda row: row.masked_account, "nb hide-phone", standard=False, width=22),
    Column("document", "文号或凭证号", lambda row: row.document, "s3", width=20),
    Column("note", "用途或原因", lambda row: row.note, "hide-phone", width=24),
    Column("by", "登记人", lambda row: str(row.by or ""), "nb hide-phone", standard=False),
    Column(
        "act", "冲回", lambda row: _countering(row), "nb s3 no-print", plain=lambda row: _state(row), width=10
    ),
]
LEDGER_ORDER = ("on", "pk")


@exportable(LEDGER, title="资金台账")
def ledger(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = FundEntry.objects.visible_to(user)
    require(user, Capability.FUND_VIEW)
    area, form = area_in(query, user), LedgerFilter(query)
    columns = chosen_columns(query, LEDGER_COLUMNS)
    if not form.is_valid():
        return Listed(visible.none(), columns, LEDGER_ORDER, form, area)
    asked, rows = form.cleaned_data, narrowed(visible.in_area(area), form, area)
    if asked["year"]:
        rows = rows.filter(source__year=asked["year"])
    if asked["kind"] == "冲回":
        rows = rows.filter(counters__isnull=False)
    elif asked["kind"]:
        rows = rows.filter(kind=asked["kind"])
    if asked["source"]:
        rows = rows.filter(source__kind=asked["source"])
    if asked["project"]:
        rows = rows.filter(project=asked["project"])
    if asked["payee_kind"]:
        rows = rows.filter(payee_kind=asked["payee_kind"])
    if asked["since"]:
        rows = rows.filter(on__gte=asked["since"])
    if asked["until"]:
        rows = rows.filter(on__lte=asked["until"])
    if asked["as_of"]:
        rows = rows.filter(recorded_at__lt=end_of(asked["as_of"]))
    if asked["q"]:
        word = asked["q"]
        rows = rows.filter(
            Q(project__name__icontains=word) | Q(payee__icontains=word) | Q(document__icontains=word)
        )
    able = user.scope_of(Capability.FUND_MANAGE)

    def dress(some: list[Any]) -> None:
        for row in some:
            row.may_counter = not row.is_counter and not row.is_countered and able.covers(row.area)

    turned = FundEntry.objects.filter(counters=OuterRef("pk"))
    joined = rows.select_related("source", "project", "area__parent__parent__parent__parent", "by")
    return Listed(
        joined.annotate(is_countered=Exists(turned)), columns, LEDGER_ORDER, form, area, dress=dress
    )


def _entry(row: FundEntry) -> str:
    return f"冲回{row.kind}" if row.is_counter else row.kind


def _state(row: Any) -> str:
    if row.is_counter:
        return f"冲回第{row.counters_id}笔"
    return "已冲回" if row.is_countered else ""


def _countering(row: Any) -> SafeString | str:
    if not row.may_counter:
        return _state(row)
    return format_html('<span class="no-print">{}</span>', opens("measures:counter", row, "冲回"))


ASSET_COLUMNS = [
    Column(
        "name",
        "资产",
        lambda row: opens("measures:asset", row, row.name),
        "s6",
        plain=lambda row: row.name,
        said=False,
        pinned=True,
        names_row=True,
        width=26,
    ),
    Column("kind", "类别", lambda row: row.kind, "nb s2", width=10),
    Column("place", "权属地点", lambda row: place(row.area), "nb s3", width=22),
    Column(
        "project",
        "形成项目",
        lambda row: opens("measures:project", row.project, row.project.name),
        "s6",
        plain=lambda row: row.project.name,
        width=26,
    ),
    money("value", "价值（元）"),
    Column("owner", "产权人", lambda row: row.owner, "s3", width=18),
    Column("operator", "经营主体", lambda row: row.operator, "hide-phone", width=18),
    Column("keeper", "管护责任人", lambda row: row.keeper, "nb hide-phone"),
    Column(
        "formed", "形成日期", lambda row: written(row.formed_on), "nb s3", plain=lambda row: row.formed_on
    ),
    Column(
        "life", "使用到", lambda row: f"{row.life_ends}年", "nb s1", plain=lambda row: row.life_ends, width=8
    ),
    money("income", "累计收益", "income_sum"),
    money("owed", "上年欠收", "owed_last"),
    money("shared", "已分给贫困户", "shared_sum"),
]
ASSET_ORDER = ("-pk",)


@exportable(ASSETS, title="项目资产")
def assets(user: User, query: QueryDict, day: datetime.date) -> Listed:
    visible = Asset.objects.visible_to(user)
    require(user, Capability.FUND_VIEW)
    area, form = area_in(query, user), AssetFilter(query)
    columns = chosen_columns(query, ASSET_COLUMNS)
    if not form.is_valid():
        return Listed(visible.none(), columns, ASSET_ORDER, form, area)
    rows = visible.in_area(area)
    if form.cleaned_data["kind"]:
        rows = rows.filter(kind=form.cleaned_data["kind"])
    if form.cleaned_data["q"]:
        word = form.cleaned_data["q"]
        rows = rows.filter(Q(name__icontains=word) | Q(operator__icontains=word) | Q(owner__icontains=word))

    def dress(some: list[Any]) -> None:
        for row in some:
            row.income_sum = sum(one.amount for one in row.incomes.all())
            row.owed_last = row.owed(day.year - 1) if row.formed_on.year < day.year - 1 else None
            row.shared_sum = sum(
                part.total for one in row.incomes.all() for part in one.sharings.all() if part.state == "发放"
            )

    joined = rows.select_related("area__parent", "project").prefetch_related("incomes__sharings")
    return Listed(joined, columns, ASSET_ORDER, form, area, dress=dress)
