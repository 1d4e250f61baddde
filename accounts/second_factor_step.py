"""Where a session stands with the second factor. The session names the factor that opened it, so that a reset
one opens nothing that was open."""

from django.db import models
from django.http import HttpRequest

from accounts.second_factor import SecondFactor, is_asked_of

GIVEN = "second_factor"


def is_missing(request: HttpRequest) -> bool:
    """Whether the role asks for a second factor and this session has not given the one that stands now."""
    if not is_asked_of(request.user):
        return False
    given = request.session.get(GIVEN)
    return not given or not of(request).filter(uid=given).exists()


def of(request: HttpRequest) -> models.QuerySet[SecondFactor]:
    """The user's factor that stands, or none."""
    return SecondFactor.objects.filter(user=request.user.pk, confirmed_at__isnull=False)


def give(request: HttpRequest, factor: SecondFactor) -> None:
    request.session[GIVEN] = str(factor.uid)
    # Who knew the session before knows it no more.
    request.session.cycle_key()
