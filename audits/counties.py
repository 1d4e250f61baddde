"""The counties whose windows, settings and targets a user reads or sets."""

from accounts.models import User
from accounts.roles import BUSINESS, Capability
from areas.models import Area, Level


def of(user: User) -> list[Area]:
    """Those that the user's areas lie in or hold: what is set for a county is read by all who work in it."""
    found = {
        area.pk: area for area in Area.objects.visible_to(user).filter(level=Level.COUNTY).order_by("code")
    }
    for duty in user.valid_duties():
        if duty.role not in BUSINESS:
            continue
        county = duty.area.at(Level.COUNTY)
        if county is not None:
            found.setdefault(county.pk, county)
    return list(found.values())


def set_by(user: User) -> list[Area]:
    """Those whose settings the user may change."""
    scope = user.scope_of(Capability.AUDIT_SETTINGS)
    return [county for county in of(user) if scope.covers(county)]
