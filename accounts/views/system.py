"""系统状态, for the system administrator alone: whether the installation is well, and nothing of the register."""

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from office.state import figures


@require_safe
def show(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.SYSTEM_VIEW)
    found = figures()
    context = {
        "figures": found,
        "bad": [each for each in found if each.bad],
        "database": connection.vendor,
        "embedded": settings.EMBEDDED,
        "framework": django.get_version(),
    }
    return render(request, "accounts/system.html", context)
