"""P17: passing a list of 1 000 households (审核, 销号) beside one UPDATE and one INSERT of as many rows.

All of it happens in transactions that are rolled back: the register of the size stays as it was loaded.
"""

import datetime
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Duty, User
from accounts.roles import Role
from areas.models import ALWAYS, Area
from audits import criteria, facts, wanting
from audits.cases import RULES
from audits.models import AdjustmentWindow, Answer, AuditList, Entry
from audits.procedures import ListKind
from households.models import ClosedYear, CountyStandard, Household, Living, PovertyLine, StatusEvent, Survey
from tests.bench.places import COUNTY
from tests.bench.turns import medians, seconds

ROWS, DAY = 1000, datetime.date(2018, 11, 20)
# Of so many on the register those are taken that may leave.
LOOKED_AT = 4000
SURE = dict.fromkeys(
    (
        "food_assured",
        "clothing_assured",
        "education_guaranteed",
        "medical_guaranteed",
        "housing_guaranteed",
        "water_safe",
    ),
    True,
)


class _Undone(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """What is written within is taken back."""
    try:
        with transaction.atomic():
            yield
            raise _Undone
    except _Undone:
        pass


def timed(act: Callable[[], Any]) -> float:
    """Seconds of an act whose writing is taken back."""
    took = 0.0
    with undone():
        took = seconds(act)
    return took


def leavers() -> list[Household]:
    """Households with a survey of the year well above the line and every guarantee."""
    households = list(
        Household.objects.in_register().select_related("village", "county", "town").order_by("pk")[:LOOKED_AT]
    )
    keys = [household.pk for household in households]
    Survey.objects.filter(household__in=keys, year=DAY.year).delete()
    Survey.objects.bulk_create(
        Survey(
            household=household,
            year=DAY.year,
            member_count=household.member_count,
            wage_income=Decimal(6000) * household.member_count,
            net_income=Decimal(6000) * household.member_count,
            net_income_per_capita=Decimal(6000),
            surveyor="演示",
            surveyed_on=DAY,
            state="已填报",
            **SURE,
        )
        for household in households
    )
    Living.objects.filter(household__in=keys, year=DAY.year).delete()
    Living.objects.bulk_create(
        Living(household=household, year=DAY.year, house_grade="A级", house_area=80, water_difficult=False)
        for household in households
    )
    cases = facts.household_cases(households, DAY.year, DAY, RULES)
    met = [one for one in households if not criteria.household(cases[one.pk]).errors]
    assert len(met) >= ROWS, f"{len(met)} of {len(households)} meet the standard"
    return met[:ROWS]


def listed(households: list[Household], by: User) -> AuditList:
    village, at = households[0].village, timezone.now()
    audit_list = AuditList.objects.create(
        kind=ListKind.HOUSEHOLD_EXIT,
        area=village,
        year=DAY.year,
        batch=99,
        procedure_version=1,
        stage="approval",
        stage_since=DAY,
        opened_on=DAY,
        opened_at=at,
    )
    Entry.objects.bulk_create(
        Entry(
            audit_list=audit_list,
            kind=audit_list.kind,
            household=household,
            area=household.village,
            place=place,
            entered_by=by,
            entered_at=at,
            agreed=True,
        )
        for place, household in enumerate(households, 1)
    )
    entries = list(Entry.objects.with_subject().filter(audit_list=audit_list))
    judged = facts.judged(audit_list, entries, DAY)
    Answer.objects.bulk_create(
        Answer(
            entry=entry,
            key=concern.key,
            concern=concern.text[: wanting.LONGEST],
            answer="已核实",
            answered_by=by,
            answered_on=DAY,
            recorded_at=at,
        )
        for entry in entries
        for concern in wanting.concerns(entry, judged[entry.pk][1])
    )
    return audit_list


def person(role: str, area: Area) -> User:
    made = User.objects.create(username=f"bench-passing-{role}", display_name="演示")
    Duty.objects.create(user=made, role=role, area=area, start_on=ALWAYS)
    return made


def plain(keys: list[int]) -> None:
    """One UPDATE and one INSERT of as many rows as leave: what the register cannot do without."""
    Household.objects.filter(pk__in=keys).update(version=F("version") + 1, last_event_on=DAY)
    before = StatusEvent.objects.filter(household__in=keys).order_by("household", "-pk")
    rows = {event.household_id: event for event in before}
    for event in rows.values():
        event.pk = None
    StatusEvent.objects.bulk_create(rows.values(), batch_size=500)


def main() -> dict[str, Any]:
    found: dict[str, Any] = {}
    with undone():
        county = Area.objects.by_code(COUNTY)
        ClosedYear.objects.filter(county=county, year=DAY.year).delete()
        CountyStandard.objects.get_or_create(county=county, from_year=2014, defaults={"standard": "省定标准"})
        if PovertyLine.objects.book().line("省定标准", DAY.year).value is None:
            PovertyLine.publish("省定标准", DAY.year, 3579, source="演示", at=timezone.now())
        AdjustmentWindow.objects.create(
            county=county, opens_on=DAY, closes_on=DAY, source="演示", recorded_at=timezone.now()
        )
        households = leavers()
        town = households[0].town
        approver, clerk = (person(role, town) for role in (Role.APPROVER, Role.TOWN))
        enterer = person(Role.VILLAGE, households[0].village)
        audit_list = listed(households, enterer)

        def passing(stage: str, by: User) -> Callable[[], float]:
            def once() -> float:
                AuditList.objects.filter(pk=audit_list.pk).update(stage=stage)
                fresh = AuditList.objects.get(pk=audit_list.pk)
                return timed(lambda: fresh.pass_stage(stage, by=by, on=DAY))

            return once

        keys = [household.pk for household in households]
        approval, strike_off, bare = medians(
            passing("approval", approver),
            passing("strike-off", clerk),
            lambda: timed(lambda: plain(keys)),
            rounds=5,
        )
        found = {"rows": ROWS, "approval": approval, "strike_off": strike_off, "plain": bare}
    return found
