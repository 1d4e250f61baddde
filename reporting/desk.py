"""What the workbench shows of an area: progress by its parts, plan and actual by year, and what waits."""

import datetime
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace

from django.contrib.auth.models import AnonymousUser
from django.db.models import Sum
from django.db.models.functions import ExtractYear
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from audits import desk as audits_desk
from households.models import FullExport, Kind, StatusEvent
from office.listing import kept_if_long
from office.models import Job, JobState
from reporting.board.ground import Targets
from reporting.chart import Chart, YearBars, draw
from reporting.definitions import exit_tally, rolling_plan
from reporting.definitions.rows import child_areas
from reporting.lists import event_list, register_list
from reporting.models import PlanTable, ReportRun
from reporting.plan_figures import PlanFigures
from reporting.plan_rules import ERROR
from reporting.report import HOUSEHOLDS, PERSONS, Request, Value
from reporting.under_way import under_way

FAILED_FOR = datetime.timedelta(days=7)
# So many parts without anybody are folded.
FOLDED_FROM = 5


@dataclass(frozen=True)
class Todo:
    """One kind of work that waits: how many, what, which, and where it is done."""

    count: int
    what: str
    which: str
    url: str = ""
    word: str = ""


@dataclass(frozen=True)
class Progress:
    """A line of 各镇进度; the figures are those of the year's exit tally."""

    name: str
    url: str
    households: int
    persons: int
    households_url: str
    persons_url: str
    planned: Value
    left: int
    left_url: str

    @property
    def is_empty(self) -> bool:
        return not (self.households or self.persons or self.planned or self.left)


@dataclass(frozen=True)
class Desk:
    """`unplanned`: why parts have no planned figure, empty where all have one."""

    parts: list[Progress]
    whole: Progress
    years: list[YearBars]
    balance: list[tuple[str, str, int]]
    now: int
    now_url: str
    plan: str
    unplanned: str = ""
    table_url: str = ""
    chart: Chart = field(default_factory=lambda: draw([]))

    @property
    def shown(self) -> list[Progress]:
        """The lines of the table: a few empty ones stand among the others, many are named below it."""
        return (
            self.parts if len(self.empty) < FOLDED_FROM else [one for one in self.parts if not one.is_empty]
        )

    @property
    def folded(self) -> list[Progress]:
        return self.empty if len(self.empty) >= FOLDED_FROM else []

    @property
    def empty(self) -> list[Progress]:
        return [one for one in self.parts if one.is_empty]


def desk(area: Area, today: datetime.date) -> Desk:
    """The register figures of one area on a day."""
    request = Request(area=area, year=today.year, as_of=today)
    plan = PlanFigures.of(area)
    events = StatusEvent.objects.in_area(area)
    figures = kept_if_long(events, f"desk {today} {plan.table_id}", lambda: _figures(request, plan))
    return replace(figures, table_url=_table(area), chart=draw(_with_under_way(figures.years, area)))


def _figures(request: Request, plan: PlanFigures) -> Desk:
    counts = exit_tally.count(request)
    children = child_areas(request, [place for place, *_ in counts])
    targets = Targets(plan, [request.area, *children])
    whole = _progress(request, targets, request.area, None, counts)
    parts = [_progress(request, targets, child, child.pk, counts) for child in children]
    return Desk(
        parts=parts,
        whole=whole,
        years=_years(request, targets),
        balance=_balance(exit_tally.count(request, since=rolling_plan.BASE_DAY)),
        now=whole.persons,
        now_url=whole.persons_url,
        plan=plan.name,
        unplanned=_unplanned(request, parts or [whole], plan),
    )


def _unplanned(request: Request, lines: list[Progress], plan: PlanFigures) -> str:
    lacking = sum(line.planned is None for line in lines)
    below = {Level.COUNTY: "镇街", Level.TOWN: "村"}.get(Level(request.area.level), "")
    if not lacking:
        return ""
    if request.area.level == Level.VILLAGE:
        return f"{request.year}年计划还没有分解到本村，计划数为空。"
    if below and lacking == len(lines):
        return f"{request.year}年计划还没有分解到{below}，计划数为空。"
    return f"计划数为空的，{request.year}年没有分到计划。" if below or plan.name else ""


def _table(area: Area) -> str:
    """The newest rolling plan of the area, or the form that makes one."""
    kind = rolling_plan.DEFINITION.kind
    run = ReportRun.objects.filter(kind=kind, area=area).only("pk").first()
    if run is not None:
        return reverse("reporting:run", args=[run.pk]) + "?block=compared"
    return reverse("reporting:report", args=[kind]) + f"?area={area.code}"


def _progress(
    request: Request, targets: Targets, area: Area, place: int | None, counts: exit_tally.Counts
) -> Progress:
    address = register_list(area.code, request.until, request.as_of, national=False)
    return Progress(
        name=area.name,
        url=f"{reverse('households:list')}?area={area.code}",
        households=counts[place, False, exit_tally.NOW, HOUSEHOLDS],
        persons=counts[place, False, exit_tally.NOW, PERSONS],
        households_url=address,
        persons_url=address,
        planned=targets.shown(area, request.year),
        left=counts[place, False, exit_tally.EXIT, PERSONS],
        left_url=event_list(
            area.code,
            PERSONS,
            year=request.year,
            kinds=[str(Kind.EXIT)],
            direction="out",
            until=request.until,
            as_of=request.as_of,
            national=False,
        ),
    )


def _years(request: Request, targets: Targets) -> list[YearBars]:
    """Persons planned and left in the years of the rolling plan, 省定标准."""
    exits = (
        StatusEvent.objects.in_area(request.area)
        .counted(kinds=[str(Kind.EXIT)], since=rolling_plan.SINCE, until=request.as_of, as_of=request.as_of)
        .annotate(event_year=ExtractYear("on"))
        .values("event_year")
        .annotate(moved=Sum("persons"))
        .order_by()
    )
    left = {group["event_year"]: -group["moved"] for group in exits}
    found = []
    for year in rolling_plan.YEARS:
        begun = year <= request.as_of.year
        planned = targets.persons(request.area, year)
        found.append(YearBars(year, planned, left.get(year, 0) if begun else None))
    return found


def _with_under_way(years: list[YearBars], area: Area) -> list[YearBars]:
    of = under_way(area)
    return [
        replace(year, under_way=of.get(year.year, 0)) if year.left is not None else year for year in years
    ]


def _balance(counts: exit_tally.Counts) -> list[tuple[str, str, int]]:
    """基数 ＋ in − out, term by term with its sign; terms other than 基数, 新增, 返贫, 退出 only when not zero."""
    terms = [
        ("", "基数", exit_tally.BASE),
        ("＋", "新增", exit_tally.NEW),
        ("＋", "返贫", exit_tally.RETURN),
        ("＋", "其他增加", exit_tally.OTHER_IN),
        ("−", "退出", exit_tally.EXIT),
        ("−", "其他减少", exit_tally.OTHER_OUT),
    ]
    figures = [(sign, word, counts[None, False, figure, PERSONS]) for sign, word, figure in terms]
    return [term for term in figures if term[2] or not term[1].startswith("其他")]


def todos(
    user: User | AnonymousUser, area: Area | None, now: datetime.datetime, today: datetime.date
) -> list[Todo]:
    """What waits for this user, most urgent first; a kind without anything stays with its 0."""
    if not isinstance(user, User):
        return []
    able = user.capabilities()
    found = [_failed(user, now)]
    if Capability.AUDIT_VIEW in able:
        found += [Todo(**asdict(task)) for task in audits_desk.tasks(user, today)]
    if Capability.REVEAL in able:
        found.append(_numbers(user, now))
    if Capability.PLAN_ADOPT in able:
        found.append(_plans(user))
    if Capability.REPORT_RUN in able and area is not None:
        found.append(_tallies(area, today))
    return sorted(found, key=lambda todo: todo.count == 0)


def _failed(user: User, now: datetime.datetime) -> Todo:
    jobs = Job.objects.of(user).filter(state=JobState.FAILED, finished_at__gte=now - FAILED_FOR)
    titles = list(jobs.order_by("-finished_at").values_list("title", flat=True)[:20])
    which = "、".join(dict.fromkeys(titles)) if titles else "最近七天没有未办成的任务。"
    return Todo(len(titles), "任务未办成", which, reverse("accounts:jobs"), "去查看")


def _numbers(user: User, now: datetime.datetime) -> Todo:
    """Requests of others for files with full numbers; they stand for a day."""
    waiting = list(FullExport.objects.waiting_for(user, now).select_related("owner", "area")[:20])
    words = [f"{one.owner}（{one.area}　{one.persons} 人）" for one in waiting[:5]]
    which = "、".join(words) if words else "没有待复核的申请。"
    address = reverse("households:full-exports")
    if len(waiting) == 1:
        address = reverse("households:full-export", args=[waiting[0].pk])
    return Todo(len(waiting), "完整号码导出待复核", which, address, "去复核")


def _plans(user: User) -> Todo:
    """Newest versions that are not adopted, with the errors in their printed figures."""
    newest: dict[str, PlanTable] = {}
    for table in PlanTable.objects.visible_to(user).order_by("name", "version"):
        newest[table.name] = table
    waiting = [table for table in newest.values() if not table.is_adopted and table.retired_at is None]
    words = []
    for table in waiting[:5]:
        errors = sum(finding.severity == ERROR for finding in table.findings)
        words.append(f"{table}" + (f"　错误 {errors} 个" if errors else ""))
    which = "、".join(words) if words else "没有待采用的规划表。"
    return Todo(len(waiting), "规划表待采用", which, reverse("reporting:plans"), "去核对")


def _tallies(area: Area, today: datetime.date) -> Todo:
    """Past years of the plan without a kept exit tally of the area."""
    years: Sequence[int] = [year for year in rolling_plan.YEARS if year < today.year]
    kept = set(
        ReportRun.objects.filter(kind=exit_tally.DEFINITION.kind, area=area, year__in=years).values_list(
            "year", flat=True
        )
    )
    missing = [year for year in years if year not in kept]
    which = "、".join(f"{year}年" for year in missing) if missing else "过去各年都已生成。"
    address = reverse("reporting:report", args=[exit_tally.DEFINITION.kind])
    if missing:
        address += f"?area={area.code}&year={missing[0]}"
    return Todo(len(missing), "年度退出统计未生成", which, address, "去生成")
