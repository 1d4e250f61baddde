"""The office's day. Views, tasks and commands ask here; everything else gets its time as an argument.

The day is Shanghai's. OFFICE_DAY=YYYY-MM-DD (environment) or the file DATA_DIR/office_day ("2018-11-20
2026-03-01": office day, real day on which it was set) starts the office's day there; it then moves on with
the real one. Production knows neither. Leases, sessions and the trail use the real clock, `now()`.
"""

import datetime
import os
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")
_PROCESS_STARTED = datetime.datetime.now(SHANGHAI).date()


def now() -> datetime.datetime:
    """The real instant, aware."""
    return timezone.now()


def today() -> datetime.date:
    """The office's day; raises ImproperlyConfigured when a set day cannot be read."""
    return _office_day(now().astimezone(SHANGHAI).date())


def moment() -> datetime.datetime:
    """The real time of day on the office's day, aware: what `recorded_at` takes."""
    real = now().astimezone(SHANGHAI)
    return datetime.datetime.combine(_office_day(real.date()), real.time(), SHANGHAI)


def shift() -> datetime.timedelta:
    """What the office's day is ahead of the real one: nothing, but in the demonstration."""
    return today() - now().astimezone(SHANGHAI).date()


def end_of(day: datetime.date) -> datetime.datetime:
    """24:00 of a Shanghai day: what is recorded before it is recorded by that day."""
    if day == datetime.date.max:
        return datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time(), SHANGHAI)


def set_office_day(day: datetime.date) -> None:
    """From now on the office's day is this one, for every process on this DATA_DIR."""
    if settings.PRODUCTION:
        raise ImproperlyConfigured("生产环境不能设置办公日期：办公日期就是真实日期")
    path = _day_file()
    real = now().astimezone(SHANGHAI).date()
    # Replaced in one step: another process never reads half a line.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".office_day")
    with os.fdopen(handle, "w") as file:
        file.write(f"{day.isoformat()} {real.isoformat()}\n")
    os.replace(name, path)


def _day_file() -> Path:
    return Path(settings.DATA_DIR) / "office_day"


def _office_day(real: datetime.date) -> datetime.date:
    if settings.PRODUCTION:
        return real
    if settings.OFFICE_DAY:
        return _read(settings.OFFICE_DAY, "OFFICE_DAY") + (real - _PROCESS_STARTED)
    try:
        words = _day_file().read_text().split()
    except FileNotFoundError:
        return real
    if len(words) != 2:
        raise ImproperlyConfigured(f"{_day_file()} 的内容无法识别：应为“办公日期 设定当天的日期”")
    return _read(words[0], _day_file()) + (real - _read(words[1], _day_file()))


def _read(text: str, place: str | Path) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{place} 不是 YYYY-MM-DD 形式的日期：{text}") from wrong
