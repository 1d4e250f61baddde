"""`/households/<number>/dossier/` (一户一档) and `/households/<number>/card/` (明白卡): pages made for paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households.models import Household
from households.views.history import seen
from office import clock
from reporting import dossier


def _household(request: SignedIn, number: str) -> Household:
    visible = Household.objects.visible_to(request.user).select_related("village__parent", "county")
    return get_object_or_404(visible.with_head(), number=number)


@require_safe
def file(request: SignedIn, number: str) -> HttpResponse:
    """Everything kept of the household, numbers masked; a row of the trail like the page on the screen."""
    household = _household(request, number)
    require(request.user, Capability.REGISTER_VIEW)
    seen(request, household, "打印一户一档")
    day = clock.today()
    context = {"household": household, "day": day, **dossier.file_of(household, day)}
    return render(request, "reporting/dossier.html", context)


@require_safe
def card(request: SignedIn, number: str) -> HttpResponse:
    """The sheet that hangs at the household's door."""
    household = _household(request, number)
    require(request.user, Capability.REGISTER_VIEW)
    seen(request, household, "打印明白卡")
    day = clock.today()
    context = {"household": household, "day": day, **dossier.card_of(household, day)}
    return render(request, "reporting/card.html", context)
