"""操作日志 and 任务 as definitions: what each list shows, on screen and as a file."""

import datetime
import uuid
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.forms import TrailFilter
from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from office.clock import SHANGHAI
from office.days import moment
from office.exports import exportable
from office.listing import Column, Listed
from office.models import Job, JobState, Outcome, TrailArchive, TrailRow

TRAIL_KEY, JOBS_KEY = "accounts:trail", "accounts:jobs"
TRAIL = [
    Column(
        "at",
        "时间",
        lambda row: _moment(row.at),
        "pin nb s4",
        plain=lambda row: _stamp(row.at),
        pinned=True,
        names_row=True,
        width=20,
    ),
    Column("actor", "操作人", lambda row: row.actor_name or "系统", "nb s2", said=False),
    Column("role", "角色", lambda row: row.role, "nb s2", said=False),
    Column("action", "操作", lambda row: row.action, "nb s4", said=False, width=20),
    Column("subject", "对象", lambda row: _subject(row), "nb s6", said=False, width=30),
    Column("area", "区域", lambda row: str(row.area or ""), "nb s4", said=False, width=18),
    Column(
        "detail",
        "内容",
        lambda row: _detail(row),
        "wrap s6",
        said=False,
        plain=lambda row: "、".join(f"{key} {_in_words(value)}" for key, value in row.detail.items()),
        width=60,
    ),
    Column("ip", "地址", lambda row: row.ip, "nb s2"),
    Column(
        "outcome",
        "结果",
        lambda row: _quiet(row.get_outcome_display(), row.outcome == Outcome.OK),
        "s2",
        plain=lambda row: row.get_outcome_display(),
        width=8,
    ),
    Column(
        "seq",
        "封存序号",
        lambda row: _quiet("待封存", True) if row.seq is None else row.seq,
        "n s2",
        plain=lambda row: row.seq,
    ),
]
JOBS = [
    Column(
        "title",
        "事项",
        lambda job: format_html('<a href="{}">{}</a>', reverse("accounts:job", args=[job.pk]), job.title),
        "s4",
        plain=lambda job: job.title,
        pinned=True,
        names_row=True,
        width=24,
    ),
    Column("state", "状态", lambda job: _state(job), "s2", plain=lambda job: job.get_state_display()),
    Column(
        "queued",
        "发起",
        lambda job: _short(job.queued_at),
        "s2 nb",
        plain=lambda job: _stamp(job.queued_at),
        width=20,
    ),
    Column(
        "finished",
        "结束",
        lambda job: _short(job.finished_at),
        "s2 nb",
        plain=lambda job: _stamp(job.finished_at),
        width=20,
    ),
    Column(
        "result", "结果", lambda job: _result(job), "s2", said=False, plain=lambda job: job.error, width=40
    ),
]


def visible_rows(user: User) -> QuerySet[TrailRow]:
    """Rows of the area the auditor keeps, and those of the system itself, which have no area."""
    return TrailRow.objects.filter(user.areas_of(Capability.TRAIL_VIEW, "area") | Q(area__isnull=True))


def visible_archives(user: User) -> QuerySet[TrailArchive]:
    """Archives of the area the auditor keeps."""
    archives = TrailArchive.objects.filter(user.areas_of(Capability.TRAIL_ARCHIVE, "area"))
    return archives.select_related("area", "made_by", "pruned_by")


@exportable(TRAIL_KEY, title="操作日志")
def trail_rows(user: User, query: QueryDict, day: datetime.date) -> Listed:
    require(user, Capability.TRAIL_VIEW)
    form = TrailFilter(query)
    rows = visible_rows(user).select_related("area")
    if form.is_valid():
        rows = _filtered(rows, **form.cleaned_data)
    return Listed(rows, TRAIL, ("-pk",), form, dress=_dress)


@exportable(JOBS_KEY, title="任务")
def own_jobs(user: User, query: QueryDict, day: datetime.date) -> Listed:
    return Listed(Job.objects.of(user), JOBS, ("-queued_at", "-pk"))


def _filtered(
    rows: QuerySet[TrailRow], day: datetime.date | None, person: str, action: str
) -> QuerySet[TrailRow]:
    if day:
        # The trail keeps the real time; a day is Shanghai's, from midnight to midnight.
        start = datetime.datetime.combine(day, datetime.time.min, SHANGHAI)
        rows = rows.filter(at__gte=start, at__lt=start + datetime.timedelta(days=1))
    if person:
        rows = rows.filter(Q(actor_name__icontains=person) | Q(actor__username__icontains=person))
    if action:
        rows = rows.filter(action__icontains=action)
    return rows


def _dress(rows: list[Any]) -> None:
    for row in rows:
        row.subject_word = _word(row.subject_type)


def _subject(row: TrailRow) -> str:
    """The kind of record and its number; the long ids of files and jobs, which nobody reads, by their first eight."""
    number = row.subject_id
    try:
        number = uuid.UUID(number).hex[:8]
    except ValueError:
        pass
    return f"{row.subject_word} {number}".strip()  # type: ignore[attr-defined]


def _word(label: str) -> str:
    """The Chinese name of a kind of record; of one that the program no longer has, as it was written."""
    try:
        return str(apps.get_model(label)._meta.verbose_name) if label else ""
    except LookupError:
        return label


def _stamp(at: datetime.datetime | None) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if at else ""


def _moment(at: datetime.datetime) -> str:
    return moment(at, "%H:%M:%S")


def _short(at: datetime.datetime | None) -> str:
    here = at.astimezone(SHANGHAI) if at else None
    return f"{here.month}月{here.day}日 {here:%H:%M}" if here else ""


def _quiet(word: str, quiet: bool) -> SafeString | str:
    return format_html('<span class="quiet">{}</span>', word) if quiet else word


def _detail(row: TrailRow) -> SafeString:
    said = ((key, _in_words(value)) for key, value in row.detail.items())
    return format_html_join("、", "<span>{} {}</span>", said)


def _in_words(value: Any) -> str:
    """是 and 否, what is several in one line; what somebody wrote as it was written."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{key} {_in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "，".join(_in_words(one) for one in value)
    return "" if value is None else str(value)


def _state(job: Job) -> SafeString | str:
    word = job.get_state_display()
    if job.is_over:
        return _quiet(word, job.state != JobState.FAILED)
    percent = "" if job.percent is None else f" {job.percent}%"
    return format_html('<span class="chip chip-on">{}{}</span>', word, percent)


def _result(job: Job) -> SafeString:
    url = job.result.get("url") if job.state == JobState.DONE else ""
    if not url:
        return conditional_escape("")
    return format_html('<a href="{}">{}</a>', url, job.result.get("word", "打开结果"))
