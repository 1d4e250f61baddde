"""Files with full numbers (完整号码导出): asked for with a reason, agreed to, made, handed out for a day.

The persons of the households of the register's list, with the numbers that were asked for and no others.
"""

import datetime
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.http import Http404, QueryDict

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from households import reveal
from households.forms import RegisterFilter
from households.lists.register import register
from households.models import FullExport, FullExportState, Household, Person
from households.models.full_export import LASTS
from households.record import written
from office import clock, trail
from office.digit_runs import mask_digit_runs
from office.exports import STAMP, conditions
from office.jobs import JobRefused, JobRun, enqueue
from office.listing import batches_by_key
from office.sealed_file import SealedFile, remove_old
from office.workbook_write import write_long

KIND = "full-export"
TITLE = "完整号码"
# What may be asked for: (heading, of whom, field).
NUMBERS: dict[str, tuple[str, str, str]] = {
    "id_number": ("证件号码", "person", "id_number"),
    "disability_certificate": ("残疾证号", "person", "disability_certificate"),
    "person_phone": ("成员联系电话", "person", "phone"),
    "phone": ("户联系电话", "household", "phone"),
    "bank_account": ("银行账号", "household", "bank_account"),
}
HEADS: list[tuple[str, float]] = [
    ("户编号", 16),
    ("镇街", 14),
    ("村", 18),
    ("组", 10),
    ("人口编号", 16),
    ("姓名", 12),
    ("与户主关系", 12),
    ("性别", 8),
    ("出生日期", 14),
]
BATCH = 500


class Refused(Exception):
    """A request that cannot be taken; the message says why in Chinese."""


def asked_for(user: User, query: QueryDict, day: datetime.date) -> tuple[str, Any]:
    """The list's address as it is kept, and its households that stand in an area whose numbers the user may see."""
    listed = register(user, query, day)
    require(user, Capability.REVEAL)
    if listed.refusal:
        raise Refused(listed.refusal)
    # The list of an old stock has households that live elsewhere by now.
    own = Household.objects.in_scope(user.scope_of(Capability.REVEAL)).values("pk")
    return listed.address(query), listed.rows.filter(pk__in=own)


def counted(households: Any) -> tuple[int, int]:
    found = households.order_by().aggregate(households=Count("pk"), persons=Sum("member_count"))
    return found["households"], found["persons"] or 0


def needs_second(persons: int) -> bool:
    return persons > settings.FULL_EXPORT_ALONE


def order(
    user: User,
    area: Area,
    query: str,
    numbers: list[str],
    *,
    reason: str,
    once: str,
    counts: tuple[int, int],
    now: datetime.datetime,
) -> FullExport:
    """The request: made at once when it is small, waiting for a second person when it is not.

    Raises Refused over the caps. The user's row is locked while counting, so that two requests at once do not
    both take the last turn.
    """
    households, persons = counts
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if there := FullExport.objects.filter(owner=user, once=once).first():
            return there
        asked = FullExport.objects.filter(owner=user, asked_at__gt=now - datetime.timedelta(days=1)).count()
        if asked >= settings.FULL_EXPORTS_PER_DAY:
            raise Refused(f"一天内最多申请 {settings.FULL_EXPORTS_PER_DAY} 次，请明天再办。")
        second = needs_second(persons)
        if not second and reveal.taken(user, now) + persons > settings.REVEALS_PER_HOUR:
            raise Refused(f"一小时内最多查看 {settings.REVEALS_PER_HOUR} 人的完整号码，请过一会儿再办。")
        export = FullExport(
            owner=user,
            once=once,
            area=area,
            query=query,
            numbers=numbers,
            reason=mask_digit_runs(reason),
            households=households,
            persons=persons,
            needs_second=second,
            state=FullExportState.WAITING if second else FullExportState.MAKING,
            asked_at=now,
            expires_at=now + LASTS,
        )
        try:
            with transaction.atomic():
                export.save(force_insert=True)
        except IntegrityError:  # SQLite takes no row locks
            return FullExport.objects.get(owner=user, once=once)
        if not second:
            begin(export)
    return export


def narrowed_by(query: str) -> str:
    return conditions(query, RegisterFilter(QueryDict(query)))


def begin(export: FullExport) -> None:
    """Queues the making, inside the transaction that asked or agreed."""
    export.job = enqueue(
        KIND, params={"export": str(export.pk)}, owner=export.owner, key=f"{KIND}:{export.pk}"
    )
    export.save(update_fields=["job"])


def told(export: FullExport) -> dict[str, Any]:
    """What the trail keeps of it."""
    return {
        "条件": narrowed_by(export.query),
        "号码": "、".join(NUMBERS[name][0] for name in export.numbers),
        "户数": export.households,
        "人数": export.persons,
        "原因": export.reason,
    }


def make(run: JobRun, export: FullExport, url: str) -> dict[str, Any]:
    """Writes the file; everything that allowed it is looked at again."""
    owner, now, moment = run.owner, clock.now(), clock.moment()
    if export.state != FullExportState.MAKING or export.over(now):
        raise JobRefused("这项申请已过期或者已经办理")
    try:
        require(owner, Capability.REVEAL, export.area)
        _, households = asked_for(owner, QueryDict(export.query), moment.date())
    except (Http404, Refused) as gone:
        raise JobRefused("申请的范围已不在当前任职的区域内") from gone
    total, persons = counted(households)
    if persons > export.persons:
        # Whoever asked, and who agreed, did so for the number on the page.
        raise JobRefused(f"申请时 {export.persons} 人，现在 {persons} 人，比同意的多，请重新申请")
    part = export.path.with_suffix(f".{run.token}")
    second = f"，{export.second}复核" if export.second else ""
    stamp = moment.strftime(STAMP)
    footer = f"含完整号码，用后销毁。{owner}导出{second}　{stamp}"
    try:
        with SealedFile(part, export.pk) as file:
            heads = [*HEADS, *((NUMBERS[name][0], 24.0) for name in export.numbers)]
            rows = _rows(households, export.numbers, run, total)
            origin = [
                ("用途", export.reason),
                ("导出人", f"{owner}（{owner.role_label}）"),
                ("复核人", str(export.second or "")),
                ("导出时间", stamp),
                ("导出编号", str(export.pk)),
            ]
            count = write_long(file, heads, rows, made_at=moment, title=TITLE, footer=footer, origin=origin)
        with transaction.atomic():
            FullExport.objects.filter(pk=export.pk).update(
                state=FullExportState.MADE,
                expires_at=now + LASTS,
                rows=count,
                size=file.size,
                checksum=file.checksum,
            )
            trail.record(
                "生成完整号码文件",
                actor=owner,
                subject=export,
                area=export.area,
                detail={
                    **told(export),
                    "复核人": str(export.second or ""),
                    "行数": count,
                    "校验码": file.checksum,
                },
            )
            result = {"full_export": str(export.pk), "url": url, "word": "查看和下载"}
            run.finish(result)
            # Last: whoever lost the job has left by now, and the file is that of the row.
            part.replace(export.path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return result


def _rows(households: Any, numbers: list[str], run: JobRun, total: int) -> Iterator[list[Any]]:
    done = 0
    # What the list's own columns need says nothing of the numbers here: fetched by key, whole.
    chosen = Household.objects.filter(pk__in=households.order_by().values("pk"))
    rows = chosen.select_related("town", "village")
    for batch in batches_by_key(rows, order=("number",), size=BATCH):
        people: dict[int, list[Person]] = {row.pk: [] for row in batch}
        present = Person.objects.filter(household__in=list(people), present=True)
        for person in present.order_by("number"):
            people[person.household_id].append(person)
        for household in batch:
            for person in people[household.pk]:
                yield _row(household, person, numbers)
        done += len(batch)
        run.progress(min(done, total), total)


def _row(household: Household, person: Person, numbers: list[str]) -> list[Any]:
    of = {"household": household, "person": person}
    return [
        household.number,
        household.town.name,
        household.village.name,
        household.villager_group,
        person.number,
        person.name,
        person.relation,
        person.sex,
        written(person.birth_date),
        *(str(getattr(of[whose], field) or "") for _, whose, field in (NUMBERS[name] for name in numbers)),
    ]


def expire(now: datetime.datetime) -> int:
    """Deletes files whose day is over, and what killed workers left behind; how many."""
    # A file stands a moment before its row says so.
    states = (FullExportState.MAKING, FullExportState.MADE)
    kept = {export.path for export in FullExport.objects.filter(state__in=states, expires_at__gt=now)}
    count = 0
    for path in FullExport().path.parent.glob("*"):
        if path not in kept:
            # A finished one goes at once, the part of a killed worker when it is old.
            before = now.timestamp() if path.suffix == ".sealed" else (now - LASTS).timestamp()
            count += remove_old(path, before)
    return count


def check_second(user: User, export: FullExport) -> None:
    """Raises PermissionDenied for whoever may not agree: without the right in the area, or the owner."""
    require(user, Capability.REVEAL, export.area)
    if user.pk == export.owner_id:
        raise PermissionDenied("本人的申请要由另一人复核")
