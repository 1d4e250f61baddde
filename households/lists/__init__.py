"""The lists of the register as definitions: what each shows, in which columns and order, on screen and as a file.

Imported by whoever exports a list by its name (office.exports); the pages import the modules themselves.
"""

from households.lists import (
    agreement,
    care,
    duplicates,
    events,
    findings,
    full_exports,
    members,
    pairing,
    register,
    resettlers,
    visits,
    watch,
)

__all__ = [
    "agreement",
    "care",
    "duplicates",
    "events",
    "findings",
    "full_exports",
    "members",
    "pairing",
    "register",
    "resettlers",
    "visits",
    "watch",
]
