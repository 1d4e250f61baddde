"""What must hold between the events, the tallies and the kept runs; each function yields problems in Chinese."""

import datetime
import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q

from areas.models import Area, Level
from households import tally
from households.models import Kind, StatusEvent
from office.days import written
from reporting.definitions import exit_tally
from reporting.models import ReportFile, ReportRun
from reporting.report import HOUSEHOLDS, PERSONS, Request
from villages.models import KeyVillage, KeyVillageEventKind

BATCH = 200
# What only comes in must not count out, nor the reverse; 更正 does both.
TURNED = Q(
    kind__in=[kind for kind, incoming in exit_tally.FLOW_OF if incoming and kind != Kind.CORRECTION],
    persons__lt=0,
) | Q(
    kind__in=[kind for kind, incoming in exit_tally.FLOW_OF if not incoming and kind != Kind.CORRECTION],
    persons__gt=0,
)
TALLIED = (Level.COUNTY, Level.TOWN)


def problems(today: datetime.date) -> Iterator[str]:
    """Everything that is wrong in figures and runs as of the day."""
    yield from tallies(today)
    yield from key_villages()
    yield from runs()
    yield from files()


def tallies(today: datetime.date) -> Iterator[str]:
    """Base + in − out = now for every area, year and standard, the stock counted apart; parts add up."""
    first = StatusEvent.objects.order_by("on").values_list("on", flat=True).first()
    if first is None:
        return
    if turned := list(StatusEvent.objects.filter(TURNED)[:BATCH]):
        yield from (
            f"动态{event.pk}（{event.kind}{written(event.on)}）人数{event.persons}，方向不对"
            for event in turned
        )
        return
    for area in Area.objects.filter(level__in=TALLIED).order_by("code"):
        events = StatusEvent.objects.in_area(area)
        for year in range(first.year, today.year + 1):
            request = Request(area=area, year=year, as_of=today)
            counts = exit_tally.count(request)
            stock = tally.stock(events, request.until, today)
            account = tally.year_account(events, year, today)
            apart = {
                (False, HOUSEHOLDS): (stock.households, account.now.households),
                (False, PERSONS): (stock.persons, account.now.persons),
                (True, HOUSEHOLDS): (stock.national_households, account.now.national_households),
                (True, PERSONS): (stock.national_persons, account.now.national_persons),
            }
            for (national, unit), others in apart.items():
                yield from _row(request, counts, national, unit, others)


def _row(
    request: Request, counts: exit_tally.Counts, national: bool, unit: str, others: tuple[int, int]
) -> Iterator[str]:
    def figure(name: str, place: int | None = None) -> int:
        return counts[place, national, name, unit]

    where = (
        f"{request.area}{request.year}年{'国标' if national else ''}{'户' if unit == HOUSEHOLDS else '人'}"
    )
    into = sum(figure(name) for name in exit_tally.INCOMING)
    out = sum(figure(name) for name in exit_tally.OUTGOING)
    closing = figure(exit_tally.BASE) + into - out
    if {closing, *others} != {figure(exit_tally.NOW)}:
        yield f"{where}：年初加增加减减少是{closing}，现在册{figure(exit_tally.NOW)}，另算在册{others[0]}"
    parts = {place for place, *_ in counts if place is not None}
    for name in exit_tally.WORDS if parts else ():
        added = sum(figure(name, place) for place in parts)
        if added != figure(name):
            yield f"{where}{exit_tally.WORDS[name]}：各部分相加{added}，全部{figure(name)}"


def key_villages() -> Iterator[str]:
    """Whether a key village is on the list is what its events say; it leaves once a stay (domain §7)."""
    opened = Count(
        "events", filter=Q(events__kind__in=(KeyVillageEventKind.DESIGNATED, KeyVillageEventKind.RETURNED))
    )
    closed = Count("events", filter=Q(events__kind=KeyVillageEventKind.CAP_REMOVED))
    for village in KeyVillage.objects.annotate(opened=opened, closed=closed).select_related("area"):
        standing = village.opened - village.closed
        if standing not in (0, 1) or village.on_list != bool(standing):
            yield f"重点村{village.area}：列入{village.opened}次、摘帽{village.closed}次，与现状不一致"


def runs() -> Iterator[str]:
    """The figures of every kept run have the checksum they were kept with."""
    for run in ReportRun.objects.order_by("pk").iterator(chunk_size=BATCH):
        if not run.intact():
            yield f"报表{run.pk}：数字与校验码不符"


def files() -> Iterator[str]:
    """Every file of a run is on disk, unchanged."""
    for file in ReportFile.objects.order_by("pk").iterator(chunk_size=BATCH):
        try:
            content = (Path(settings.MEDIA_ROOT) / file.name).read_bytes()
        except OSError:
            yield f"报表文件{file.pk}：文件不在"
            continue
        if hashlib.sha256(content).hexdigest() != file.checksum:
            yield f"报表文件{file.pk}：内容与校验码不符"
