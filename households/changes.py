"""Who changed what of a household, when, from what to what: its history page (quality S6, 存档可查).

Rows of eight kinds lie in as many tables (the versions of six records, status events, the trail); each gives
its newest few, and those are merged by their time. Times are the office's: `shift` is what the office's day
is ahead of the real one, nothing in production, since versions and trail are kept by the real clock.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.db.models import Field, Model, OuterRef, Q, QuerySet, Subquery

from areas.models import Area
from households.entry.fields import MASKS
from households.models import (
    Correction,
    Helper,
    Household,
    Kind,
    Living,
    Person,
    Production,
    StatusEvent,
    Survey,
    YearAct,
)
from households.models.correction import MADE_BY
from households.record import UNITS, signed, written
from office.models import Outcome, TrailRow
from office.pii import EncryptedTextField, KeyedIndexField

SIZE = 50
# The order of rows of one moment: the record before what hangs on it.
RECORDS: tuple[type[Model], ...] = (Household, Person, Survey, Living, Production, Helper)
EVENTS, TRAIL = len(RECORDS), len(RECORDS) + 1
CHANGES, READS, ALL = "changes", "reads", "all"
SOURCES = {
    CHANGES: (*range(len(RECORDS)), EVENTS),
    READS: (TRAIL,),
    ALL: (*range(len(RECORDS)), EVENTS, TRAIL),
}
# Kept by the system beside what people enter, or said by another field.
UNSAID = {"id", "uid", "number", "household", "town", "county", "version", "coloured_on"}
# The trail notes a save as well; here the versions say more about it.
SAVES = (
    "新建贫困户",
    "修改贫困户",
    "增加成员",
    "减少成员",
    "恢复成员",
    "变更户主",
    "转到别村",
    "分户",
    "合户",
    "合并人口",
    "注销",
)
# A survey's version that closing or reopening its year made.
YEAR_ACTS = tuple(YearAct.Kind.values)
TYPES = {"+": "新增", "~": "修改", "-": "删除"}


class Key(NamedTuple):
    """Where a row stands: later first, then by source, then by row."""

    at: datetime.datetime
    source: int
    pk: int

    def token(self) -> str:
        text = json.dumps([self.at.isoformat(), self.source, self.pk])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_key(token: str) -> Key | None:
    """The key of `?after=`; None without one. Raises BadRequest when it is none of ours."""
    if not token:
        return None
    try:
        at, source, pk = json.loads(
            base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        )
        key = Key(datetime.datetime.fromisoformat(at), int(source), int(pk))
        if key.at.tzinfo is None or abs(key.pk) > 2**62:
            raise ValueError("no key of this page")
    except (ValueError, TypeError, UnicodeError, binascii.Error, RecursionError) as error:
        raise BadRequest("翻页的位置认不出来，请从第一页重新打开。") from error
    return key


@dataclass(frozen=True)
class Change:
    """One field; `was` is empty for what was not there. Of a secret one both are masks, maybe the same."""

    label: str
    was: str
    now: str
    secret: bool = False


@dataclass(frozen=True)
class Entry:
    """One line of the page; `whose` is the record, `what` the act, `untold` a version without one before it."""

    key: Key
    who: str
    whose: str
    what: str
    changes: tuple[Change, ...] = ()
    said: str = ""
    added: bool = False
    untold: bool = False
    # The key of the correction of a closed year that this version is of.
    correction: int | None = None

    @property
    def at(self) -> datetime.datetime:
        return self.key.at


def entries(
    household: Household, shown: str, shift: datetime.timedelta, after: Key | None = None, size: int = SIZE
) -> tuple[list[Entry], str]:
    """A page of the history, newest first, and the key of the next one ("" at its end).

    A version in which nothing changed that is shown (a search key, say) makes no line, so a page may be shorter.
    """
    found: list[tuple[Key, Any]] = []
    for source in SOURCES[shown]:
        rows, moment, offset = _source(household, source, shift)
        if after is not None:
            rows = rows.filter(_beyond(after, source, moment, offset))
        key_name = "history_id" if source < EVENTS else "pk"
        for row in rows.order_by(f"-{moment}", f"-{key_name}")[: size + 1]:
            found.append((Key(getattr(row, moment) + offset, source, getattr(row, key_name)), row))
    found.sort(key=lambda pair: (pair[0].at, -pair[0].source, pair[0].pk), reverse=True)
    page = found[:size]
    following = page[-1][0].token() if len(found) > size else ""
    return [entry for entry in _told(page, household) if entry is not None], following


def _source(
    household: Household, source: int, shift: datetime.timedelta
) -> tuple[QuerySet, str, datetime.timedelta]:
    """Rows of one source, the name of their time, and what makes it the office's."""
    if source == EVENTS:
        events = StatusEvent.objects.filter(household=household)
        return (
            events.select_related("recorded_by", "person", "village"),
            "recorded_at",
            datetime.timedelta(),
        )
    if source == TRAIL:
        return _trail(household), "at", shift
    model: Any = RECORDS[source]
    of = {"id": household.pk} if model is Household else {"household_id": household.pk}
    earlier = (
        model.history.filter(id=OuterRef("id"))
        .filter(
            Q(history_date__lt=OuterRef("history_date"))
            | Q(history_date=OuterRef("history_date"), history_id__lt=OuterRef("history_id"))
        )
        .order_by("-history_date", "-history_id")
    )
    rows = model.history.filter(**of).select_related("history_user")
    return rows.annotate(before_id=Subquery(earlier.values("history_id")[:1])), "history_date", shift


def _trail(household: Household) -> QuerySet:
    """What was done with and seen of the household and, while they belonged to it, its members."""
    members = Person.history.filter(household_id=household.pk).values_list("id", flat=True)  # type: ignore[attr-defined]
    people = {str(pk) for pk in members} | {str(pk) for pk in household.persons.values_list("pk", flat=True)}
    return TrailRow.objects.filter(
        Q(subject_type=Household._meta.label_lower, subject_id=str(household.pk))
        | Q(
            subject_type=Person._meta.label_lower,
            subject_id__in=people,
            detail__户编号=household.number,
        )
    ).exclude(action__in=SAVES)


def _beyond(after: Key, source: int, moment: str, offset: datetime.timedelta) -> Q:
    """Rows of the source that stand after the key."""
    at = after.at - offset
    if source > after.source:
        return Q(**{f"{moment}__lte": at})
    earlier = Q(**{f"{moment}__lt": at})
    if source < after.source:
        return earlier
    key_name = "history_id" if source < EVENTS else "pk"
    return earlier | Q(**{moment: at, f"{key_name}__lt": after.pk})


def _told(page: list[tuple[Key, Any]], household: Household) -> Iterable[Entry | None]:
    before: dict[tuple[int, int], Any] = {}
    for source, model in enumerate(RECORDS):
        wanted = [row.before_id for key, row in page if key.source == source and row.before_id]
        if wanted:
            rows = model.history.filter(history_id__in=wanted)  # type: ignore[attr-defined]
            before |= {(source, row.history_id): row for row in rows}
    areas = {
        row.village_id
        for (source, _), row in [((key.source, 0), row) for key, row in page] + list(before.items())
        if source == 0
    }
    names = {area.pk: area.name for area in Area.objects.filter(pk__in=areas)} if areas else {}
    for key, row in page:
        if key.source == EVENTS:
            yield _event(key, row)
        elif key.source == TRAIL:
            yield _noted(key, row)
        else:
            yield _version(key, row, before.get((key.source, row.before_id or 0)), household, names)


def _version(key: Key, row: Any, earlier: Any, household: Household, names: dict[int, str]) -> Entry | None:
    model = RECORDS[key.source]
    who, whose = str(row.history_user or "系统"), _whose(model, row)
    if earlier is not None and getattr(earlier, "household_id", household.pk) != household.pk:
        # What it was in the other household is that household's history.
        return Entry(key, who, whose, "由他户转入")
    if row.history_type == "-" or (earlier is None and row.history_type == "~"):
        return Entry(key, who, whose, TYPES[row.history_type], untold=row.history_type == "~")
    changes = tuple(_changes(model, earlier, row, names))
    if not changes:
        return None
    correction = Correction.made(row.history_change_reason)
    what = MADE_BY if correction else TYPES[row.history_type]
    if row.history_change_reason in YEAR_ACTS:
        what = row.history_change_reason
    return Entry(key, who, whose, what, changes, added=earlier is None, correction=correction)


def _whose(model: type[Model], row: Any) -> str:
    kind = "本户" if model is Household else str(model._meta.verbose_name)
    own = getattr(row, "name", "") or (f"{row.year}年" if hasattr(row, "year") else "")
    return f"{kind}　{own}" if own else kind


def _changes(model: type[Model], earlier: Any, row: Any, names: dict[int, str]) -> Iterable[Change]:
    """Fields that differ, in the order of the form; of a new record those that are filled in."""
    for field in model._meta.concrete_fields:
        if field.name in UNSAID or isinstance(field, KeyedIndexField):
            continue
        was, now = (getattr(one, field.attname, None) for one in (earlier, row))
        if was == now or (earlier is None and now in (None, "", (), False)):
            continue
        secret = isinstance(field, EncryptedTextField)
        yield Change(str(field.verbose_name), _said(field, was, names), _said(field, now, names), secret)


def _said(field: Field, value: Any, names: dict[int, str]) -> str:
    if isinstance(field, EncryptedTextField):
        return MASKS[field.name](value) if value else ""
    if field.name == "village":
        return names.get(value, "")
    if field.name == "year":
        return str(value or "")
    return written(value, UNITS.get(field.name, ""))


def _event(key: Key, event: StatusEvent) -> Entry:
    parts = [f"{written(event.on)}生效"]
    if event.households or event.persons:
        parts.append(f"户 {signed(event.households)}、人 {signed(event.persons)}")
    if event.kind in (Kind.OUT, Kind.IN):
        other = event.counterpart
        parts.append(f"{event.village.name}　户 {other}" if other else event.village.name)
    if event.kind == Kind.CORRECTION:
        parts.append(event.standard)
    parts += [word for word in (event.origin, event.reason) if word]
    whose = f"动态　{event.person.name}" if event.person else "动态"
    return Entry(key, str(event.recorded_by or "系统"), whose, event.kind, said="　".join(parts))


def _noted(key: Key, row: TrailRow) -> Entry:
    """A row of the trail; it holds no full number (office.digit_runs)."""
    said = [
        f"{name} {value}" for name, value in row.detail.items() if name not in ("户编号", "成员") and value
    ]
    if row.outcome != Outcome.OK:
        said.append(row.get_outcome_display())
    who = "　".join(word for word in (row.actor_name or "系统", row.role) if word)
    whose = f"人口　{row.detail['成员']}" if row.detail.get("成员") else "本户"
    return Entry(key, who, whose, row.action, said="　".join(said))
