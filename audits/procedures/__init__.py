"""The stage tables of the audits as data (procedures of 004; domain §5): procedure → version → stage.

A procedure that changes gets a further version with the day it begins; lists that run keep the version they
were opened with, and remainder lists that of the list they were split off.
"""

import datetime

from audits.procedures import entry, household_exit, renovation, reversal, village_exit
from audits.procedures.stage import Act, ListKind, Paper, Posting, Procedure, Stage

TABLES: dict[str, tuple[Procedure, ...]] = {
    ListKind.HOUSEHOLD_EXIT: household_exit.VERSIONS,
    ListKind.VILLAGE_EXIT: village_exit.VERSIONS,
    ListKind.ENTRY: entry.VERSIONS,
    ListKind.RENOVATION: renovation.VERSIONS,
    ListKind.REVERSAL: reversal.VERSIONS,
}


def of(kind: str, version: int) -> Procedure:
    """KeyError for a version that never was."""
    for procedure in TABLES[kind]:
        if procedure.version == version:
            return procedure
    raise KeyError(f"{kind} {version}")


def current(kind: str, on: datetime.date) -> Procedure:
    """The version that a list opened on the day gets; KeyError before the first."""
    begun = [procedure for procedure in TABLES[kind] if procedure.since <= on]
    if not begun:
        raise KeyError(f"{kind} {on}")
    return max(begun, key=lambda procedure: procedure.since)


def kinds_of(role: str) -> list[str]:
    """The kinds in whose procedure, of any version, the role has a stage."""
    return [
        str(kind)
        for kind, versions in TABLES.items()
        if any(role in stage.roles for procedure in versions for stage in procedure.stages)
    ]


__all__ = [
    "TABLES",
    "Act",
    "ListKind",
    "Paper",
    "Posting",
    "Procedure",
    "Stage",
    "current",
    "kinds_of",
    "of",
]
