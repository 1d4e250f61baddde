"""Addresses of the lists that figures count: every one is the same filter the figure was counted with."""

import datetime
from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from audits.procedures import ListKind
from reporting import planned_villages
from reporting.report import HOUSEHOLDS, PERSONS

# Exports look for lists here: those of other modules are known by being named.
EXPORTED = (planned_villages.KEY,)


def _address(name: str, query: dict[str, object]) -> str:
    given = {key: value for key, value in query.items() if value not in ("", None, ())}
    return f"{reverse(name)}?{urlencode(given, doseq=True)}"


def register_list(
    area: str,
    on: datetime.date,
    as_of: datetime.date,
    *,
    national: bool = False,
    cause: str = "",
    size: str = "",
    helper: str = "",
    visits: str = "",
    visits_since: datetime.date | None = None,
) -> str:
    """The households on the register on a day; data-total counts them, data-persons their members."""
    return _address(
        "households:list",
        {
            "area": area,
            "on_register": on,
            "as_of": as_of,
            "standard": "national" if national else "all",
            "cause": cause,
            "size": size,
            "helper": helper,
            "visits": visits,
            "visits_since": visits_since,
        },
    )


def visit_list(
    area: str,
    since: datetime.date,
    until: datetime.date,
    as_of: datetime.date,
    *,
    way: str = "",
    satisfied: str = "",
    needs: str = "",
) -> str:
    """The visits between two days to households that lay there on the last, as known on `as_of`."""
    asked = {"area": area, "since": since, "until": until, "as_of": as_of}
    return _address("households:visits", {**asked, "way": way, "satisfied": satisfied, "needs": needs})


def members_list(
    area: str, on: datetime.date, as_of: datetime.date, *, trait: str = "", name: str = ""
) -> str:
    """The members of the households on the register on a day, of one class of a trait."""
    query: dict[str, object] = {"area": area, "on": on, "as_of": as_of}
    return _address("households:members", {**query, trait: name} if trait else query)


def colour_list(area: str, colour: str, on: datetime.date, as_of: datetime.date) -> str:
    """The households that had the colour on the day, where they stood then."""
    return _address("households:list", {"area": area, "colour": colour, "colour_on": on, "as_of": as_of})


def coverage_list(area: str, policy: str, kind: str, on: datetime.date, *, own: bool = False) -> str:
    """The persons or households behind a figure of coverage: kind as in measures/coverage.py."""
    asked = {"area": area, "policy": policy, "kind": kind, "on": on, "own": "1" if own else ""}
    return _address("measures:coverage-list", asked)


def event_list(
    area: str,
    unit: str,
    *,
    kinds: Sequence[str],
    direction: str,
    until: datetime.date,
    as_of: datetime.date,
    national: bool,
    year: int | None = None,
    since: datetime.date | None = None,
    cause: str = "",
) -> str:
    """The status events behind a flow, of a year or since a day, one row an event."""
    return _address(
        "households:events",
        {
            "area": area,
            "year": year,
            "kind": kinds,
            "direction": direction,
            "since": since,
            "until": until,
            "as_of": as_of,
            "national": "1" if national else "",
            "cause": cause,
            "counts": {HOUSEHOLDS: "households", PERSONS: "persons"}[unit],
        },
    )


def resettler_list(area: str, standing: str, on: datetime.date, as_of: datetime.date) -> str:
    """水库移民 as they stood on the day: those in, those out, or all."""
    return _address("households:resettlers", {"area": area, "standing": standing, "on": on, "as_of": as_of})


def exit_list(
    area: str,
    channel: str,
    since: datetime.date,
    until: datetime.date,
    as_of: datetime.date,
    *,
    holds: str = "",
) -> str:
    """Exits between two days that a channel of help had reached; data-persons counts who left. `holds`: those alone
    that nothing has taken back by the last day."""
    asked = {"area": area, "channel": channel, "holds": holds, "since": since, "until": until, "as_of": as_of}
    return _address("measures:exits", asked)


def point_list(
    area: str, level: str, state: str, on: datetime.date, as_of: datetime.date, *, poor: str = ""
) -> str:
    """Villages ("" for the level), towns or counties with what they have or lack on the day (measures/points.py)."""
    return _address(
        "measures:points",
        {"area": area, "level": level, "state": state, "poor": poor, "on": on, "as_of": as_of},
    )


def key_village_list(area: str, key: str, level: str, on: datetime.date, as_of: datetime.date) -> str:
    """The villages behind a base figure: `key` is designated, reached or left-to-go."""
    return _address("villages:list", {"area": area, "key": key, "level": level, "on": on, "as_of": as_of})


def key_village_event_list(
    area: str,
    *,
    level: str,
    until: datetime.date,
    as_of: datetime.date,
    year: int | None = None,
    since: datetime.date | None = None,
) -> str:
    """The 摘帽 events of a year or since a day, one row a village."""
    return _address(
        "villages:events",
        {
            "area": area,
            "year": year,
            "since": since,
            "kind": "摘帽",
            "level": level,
            "until": until,
            "as_of": as_of,
        },
    )


def project_list(area: str, year: int, stage: str, on: datetime.date, *, own: bool = False) -> str:
    """Projects of the year at a stage (or at any but 取消) as they stood on the day."""
    query = {"area": area, "year": year, "stage": stage, "on": on, "own": "1" if own else ""}
    return _address("measures:projects", query)


def ledger_list(
    area: str,
    year: int,
    kind: str,
    until: datetime.date,
    as_of: datetime.date,
    *,
    source: str = "",
    own: bool = False,
) -> str:
    """The lines of the ledger behind a sum of money; data-yuan is their sum."""
    return _address(
        "measures:ledger",
        {
            "area": area,
            "year": year,
            "kind": kind,
            "source": source,
            "until": until,
            "as_of": as_of,
            "own": "1" if own else "",
        },
    )


def audit_list(
    area: str,
    on: datetime.date,
    *,
    kind: str,
    stage: str = "",
    late: bool = False,
    own: bool = False,
    year: int | None = None,
) -> str:
    """Lists that were open at the end of the day, at a stage or late, of a year or of all."""
    return _address(
        "audits:list",
        {
            "area": area,
            "kind": kind,
            "stage": f"{kind}.{stage}" if stage else "",
            "state": "overdue" if late else "",
            "on": on,
            "own": "1" if own else "",
            "year": year or "",
        },
    )


def house_list(area: str, year: int, until: datetime.date, *, what: str = "", month: str = "") -> str:
    """Houses of the year's lists by the day, those of whom something was done by it or in a month."""
    return _address(
        "audits:houses", {"area": area, "year": year, "what": what, "month": month, "until": until}
    )


def measure_list(
    area: str,
    chapter: str,
    since: datetime.date,
    until: datetime.date,
    *,
    lay: datetime.date | None = None,
    own: bool = False,
) -> str:
    """What was delivered between two days to who lay there on the last, or on `lay`; data-yuan is what was paid of it in
    yuan."""
    return _address(
        "measures:list",
        {
            "area": area,
            "chapter": chapter,
            "state": "落实",
            "since": since,
            "until": until,
            "lay": lay or until,
            "own": "1" if own else "",
        },
    )


def cooperation_list(
    area: str, since: datetime.date, until: datetime.date, *, year: int | None = None, own: bool = False
) -> str:
    """扶贫协作 begun from the one day to the other, or of these in the year; data-persons and data-yuan are its sums."""
    return _address(
        "measures:society",
        {
            "area": area,
            "kind": "扶贫协作",
            "year": year or "",
            "state": "进行中和已完成",
            "since": since if year is None else "",
            "until": until,
            "place": "own" if own else "recorded",
        },
    )


def team_list(area: str, state: str, on: datetime.date) -> str:
    """Key villages with what they have or lack on the day (villages/teams.py)."""
    return _address("villages:teams", {"area": area, "state": state, "on": on})


def work_list(key: str, area: str, *, own: bool = False, **asked: object) -> str:
    """Records of people and work, narrowed as their list is (villages.work)."""
    return _address(f"villages:{key}", {"area": area, **asked, "own": "1" if own else ""})


def finding_list(area: str, on: datetime.date, *, all: bool) -> str:
    """疑点 that waited at the end of the day, or every one there was by it."""
    return _address("households:findings", {"area": area, "state": "all" if all else "", "on": on})


def shared_list(area: str, kind: str, part: str, year: int) -> str:
    """The households or key villages that a year's plan is shared out by, as they stand (households/year_plan.py)."""
    name = planned_villages.KEY if kind == ListKind.VILLAGE_EXIT else "households:list"
    return _address(name, {"area": area, "plan": part, "plan_year": year})
