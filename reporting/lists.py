"""Addresses of the lists that figures count: every one is the same filter the figure was counted with."""

import datetime
from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from reporting.report import HOUSEHOLDS, PERSONS


def _address(name: str, query: dict[str, object]) -> str:
    given = {key: value for key, value in query.items() if value not in ("", None, ())}
    return f"{reverse(name)}?{urlencode(given, doseq=True)}"


def register_list(
    area: str, on: datetime.date, as_of: datetime.date, *, national: bool = False, cause: str = ""
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
        },
    )


def colour_list(area: str, colour: str, on: datetime.date) -> str:
    """The households that had the colour on the day, where they stood then."""
    return _address("households:list", {"area": area, "colour": colour, "colour_on": on})


def coverage_list(area: str, policy: str, kind: str, on: datetime.date) -> str:
    """The persons or households behind a figure of coverage: kind as in measures/coverage.py."""
    return _address("measures:coverage-list", {"area": area, "policy": policy, "kind": kind, "on": on})


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
