"""What constraints cannot say about the register (design §2.5); each function yields problems in Chinese.

`problems()` is what `verify_invariants` prints. Every check is set-wise: a few statements at any size.
"""

import datetime
from collections.abc import Iterator

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from areas.models import Area, Level
from households import identity, tally
from households.models import POOR, Household, Kind, NameKey, Person, StatusEvent
from households.models.person import HEAD
from office.pii import is_same

BATCH = 2000


def problems(on: datetime.date) -> Iterator[str]:
    """Everything that is wrong in the register as of the day."""
    yield from member_counts()
    yield from heads()
    yield from name_index()
    yield from standings()
    yield from stocks()
    yield from accounts(on)
    yield from pairs()
    yield from places()
    yield from identities(on)


def member_counts() -> Iterator[str]:
    """家庭人口数 = present persons (C027); a registered household has at least one (C025)."""
    counted = (
        Person.objects.filter(household=OuterRef("pk"), present=True)
        .order_by()
        .values("household")
        .annotate(n=Count("pk"))
        .values("n")
    )
    present = Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    for number, stated, found in (
        Household.objects.annotate(found=present)
        .exclude(found=F("member_count"))
        .values_list("number", "member_count", "found")
    ):
        yield f"户{number}：家庭人口数{stated}，在册成员{found}"
    empty = Household.objects.filter(registered_on__isnull=False, removed_on__isnull=True, member_count=0)
    for number in empty.values_list("number", flat=True):
        yield f"户{number}：空户，没有在册人口"


def heads() -> Iterator[str]:
    """A registered household has a head (C017); that there is only one is a constraint."""
    head = Person.objects.filter(household=OuterRef("pk"), present=True, relation=HEAD)
    registered = Household.objects.filter(
        registered_on__isnull=False, removed_on__isnull=True, member_count__gt=0
    )
    for number in registered.filter(~Exists(head)).values_list("number", flat=True):
        yield f"户{number}：没有户主"


def name_index() -> Iterator[str]:
    """The index of names holds no household that is gone; it has no constraint of its own."""
    gone = NameKey.objects.filter(~Exists(Household.objects.filter(pk=OuterRef("household_id"))))
    count = gone.values("household_id").distinct().count()
    if count:
        yield f"姓名检索里有{count}户已不存在"


def standings() -> Iterator[str]:
    """脱贫标志, standard and cancellation are those of the household's last events."""
    newest = StatusEvent.objects.filter(household=OuterRef("pk")).order_by("-on", "-pk")
    rows = Household.objects.annotate(
        last_mark=Subquery(newest.values("mark")[:1]),
        last_standard=Subquery(newest.values("standard")[:1]),
        last_national=Subquery(newest.values("national")[:1]),
        last_on=Subquery(newest.values("on")[:1]),
        cancelled=Exists(StatusEvent.objects.filter(household=OuterRef("pk"), kind=Kind.CANCEL)),
    )
    registered = rows.filter(registered_on__isnull=False)
    wrong = {
        "脱贫标志": registered.exclude(last_mark=F("exit_mark")),
        "识别标准": registered.exclude(
            last_standard=F("poverty_standard"), last_national=F("below_national")
        ),
        "最近动态日期": rows.filter(last_on__isnull=False).exclude(last_on=F("last_event_on")),
        "建档立卡": rows.filter(registered_on__isnull=False, last_on__isnull=True),
        "注销": rows.filter(
            Q(removed_on__isnull=True, cancelled=True) | Q(removed_on__isnull=False, cancelled=False)
        ),
    }
    for label, found in wrong.items():
        for number in found.values_list("number", flat=True):
            yield f"户{number}：{label}与最后一次动态不一致"


def stocks() -> Iterator[str]:
    """The sum of a household's events is itself while it is counted, and nothing otherwise."""
    sums = (
        StatusEvent.objects.filter(household=OuterRef("pk"))
        .order_by()
        .values("household")
        .annotate(h=Sum("households"), p=Sum("persons"))
    )
    rows = Household.objects.annotate(
        h=Coalesce(Subquery(sums.values("h"), output_field=IntegerField()), 0),
        p=Coalesce(Subquery(sums.values("p"), output_field=IntegerField()), 0),
    )
    counted = Q(exit_mark__in=POOR, removed_on__isnull=True)
    wrong = (counted & ~Q(h=1, p=F("member_count"))) | (~counted & ~Q(h=0, p=0))
    for number, h, p in rows.filter(wrong).values_list("number", "h", "p"):
        yield f"户{number}：动态合计{h}户{p}人，与现状不一致"


def accounts(on: datetime.date) -> Iterator[str]:
    """Base + in − out = now for every village, year and standard (C110); now is read from the households."""
    events = StatusEvent.objects.all()
    first = events.order_by("on").values_list("on", flat=True).first()
    if first is None:
        return
    last = events.order_by("-on").values_list("on", flat=True)[0]
    recorded = max(on, last)
    names = dict(Area.objects.filter(level=Level.VILLAGE).values_list("pk", "name"))
    for year in range(first.year, last.year + 1):
        opening = tally.by_area(events, "village", year, recorded)
        closing = tally.stock_by_area(events, "village", min(datetime.date(year, 12, 31), recorded), recorded)
        for area in opening.keys() | closing.keys():
            computed = opening.get(area, tally.YearAccount()).now
            if computed != closing.get(area, tally.Counts()):
                yield f"{names[area]}{year}年：期初加纳入减退出{computed}，与期末{closing.get(area)}不一致"
    by_standard = (
        events.order_by().values("village_id", "standard").annotate(h=Sum("households"), p=Sum("persons"))
    )
    from_events = {
        (row["village_id"], row["standard"]): (row["h"], row["p"])
        for row in by_standard
        if row["h"] or row["p"]
    }
    now = Household.objects.in_register().order_by().values("village_id", "poverty_standard")
    from_register = {
        (row["village_id"], row["poverty_standard"]): (row["h"], row["p"])
        for row in now.annotate(h=Count("pk"), p=Sum("member_count"))
    }
    for key in sorted(from_events.keys() | from_register.keys()):
        if from_events.get(key) != from_register.get(key):
            yield f"{names[key[0]]}{key[1]}：动态合计{from_events.get(key)}，在册{from_register.get(key)}"


def pairs() -> Iterator[str]:
    """转出/转入 and 更正 come in pairs of opposite persons on one day."""
    found = (
        StatusEvent.objects.filter(pair__isnull=False)
        .order_by()
        .values("pair")
        .annotate(n=Count("pk"), people=Sum("persons"), days=Count("on", distinct=True))
    )
    for row in found.exclude(n=2, people=0, days=1):
        yield f"成对动态{row['pair']}：{row['n']}条，人数合计{row['people']}"


def places() -> Iterator[str]:
    """Town and county of a household and of an event are those above its village."""
    right = Q(town=F("village__parent"), county=F("village__parent__parent"))
    for number in Household.objects.exclude(right).values_list("number", flat=True):
        yield f"户{number}：镇街、区县与村居不一致"
    for pk in StatusEvent.objects.exclude(right).values_list("pk", flat=True):
        yield f"动态{pk}：镇街、区县与村居不一致"


def identities(on: datetime.date) -> Iterator[str]:
    """Numbers open with their key, obey C003–C009, agree with sex and birth date, and match their index."""
    key_of = Person._meta.get_field("id_number_key").of  # type: ignore[union-attr]
    wanted = ("uid", "number", "id_type", "id_number", "id_number_key", "sex", "birth_date")
    for person in Person.objects.filter(present=True).only(*wanted).iterator(chunk_size=BATCH):
        read = identity.read(person.id_type, person.id_number, on)
        if not read.valid:
            yield f"人口{person.number}：{'；'.join(read.messages)}"
        elif read.birth_date and (read.sex, read.birth_date) != (person.sex, person.birth_date):
            yield f"人口{person.number}：性别或出生日期与证件号码不一致"
        if not is_same(person.id_number_key, key_of(person.id_number) or ""):
            yield f"人口{person.number}：证件号码索引不一致"
