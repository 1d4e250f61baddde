"""The second gate: what the duties of a user allow. Checks raise; none returns a bool to be dropped.

The first gate is the scoped fetch (404 outside the own area); this one answers 403 inside it.
"""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area


class SignedIn(HttpRequest):
    """The request of a view behind SessionLimitsMiddleware: somebody is signed in. For annotations only."""

    user: User


def require(user: User | AnonymousUser, capability: Capability, area: Area | None = None) -> None:
    """Raises PermissionDenied unless a valid duty grants the capability, in the area when one is given."""
    require_any(user, capability, area=area)


def require_any(user: User | AnonymousUser, *capabilities: Capability, area: Area | None = None) -> None:
    """As require, for a page that more than one capability opens."""
    if not isinstance(user, User):
        raise PermissionDenied("请先登录")
    held = [capability for capability in capabilities if capability in user.capabilities()]
    if not held:
        raise PermissionDenied(f"当前任职不能{capabilities[0].label}")
    if area is not None and not any(user.scope_of(capability).covers(area) for capability in held):
        raise PermissionDenied(f"当前任职的区域不含{area}，不能{held[0].label}")
