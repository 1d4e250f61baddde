"""The own password once more before full numbers are given out (threats H3): a desk left open is not enough.

When it was entered last stands in the session; the first entry is the sign-in itself.
"""

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest

from accounts.permissions import SignedIn
from office import clock, trail

ENTERED = "password_entered"


def entered_lately(request: HttpRequest) -> bool:
    entered = int(request.session.get(ENTERED, request.session.get("began", 0)))
    return int(clock.now().timestamp()) - entered < settings.PASSWORD_AGAIN_MINUTES * 60


def missing(request: SignedIn) -> str:
    """Why the password of the form (`password`) does not do; empty when it does, or none is needed now.

    A wrong one counts towards the lock of the account, as at the sign-in.
    """
    if entered_lately(request):
        return ""
    typed = str(request.POST.get("password", ""))
    if not typed:
        minutes = settings.PASSWORD_AGAIN_MINUTES
        return f"距上次输入密码已过 {minutes} 分钟，请再输一次本人的密码"
    request.lock_minutes = int(settings.AXES_COOLOFF_TIME * 60)  # type: ignore[attr-defined]
    found = auth.authenticate(request, username=request.user.username, password=typed)
    right = found is not None and found.pk == request.user.pk
    trail.record("再次输入密码", subject=request.user, outcome="ok" if right else "refused", request=request)
    if not right:
        return "密码不正确"
    request.session[ENTERED] = int(clock.now().timestamp())
    return ""
