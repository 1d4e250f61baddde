"""How an audit says no. PermissionDenied is 403 (role, four eyes), NotNow 409, any other ValidationError 422."""

from django.core.exceptions import ValidationError


class NotNow(ValidationError):
    """Too early, too late, or somebody else was first; the message says which."""


class TooMany(ValidationError):
    """The public page was used too often today; 429."""
