"""`/households/village-panel/<code>/`: what the register holds of a village, for the village's page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area, Level
from households import tally
from households.models import StatusEvent
from office import clock
from villages.incidence import incidence
from villages.models import VillageYear


@require_safe
def panel(request: HttpRequest, code: str) -> HttpResponse:
    """Households and persons on the register on the office day, and the incidence they make (R018).

    Counts only: who may see villages but not households gets no link to the list.
    """
    try:
        village = Area.objects.visible_to(request.user).filter(level=Level.VILLAGE).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    require(request.user, Capability.VILLAGE_VIEW)
    day = clock.today()
    events = StatusEvent.objects.visible_to(request.user).in_area(village)
    stock = tally.stock(events, day, day)
    facts = VillageYear.objects.filter(village__area=village, year__lte=day.year).order_by("-year").first()
    context = {
        "village": village,
        "day": day,
        "stock": stock,
        "facts": facts,
        "incidence": incidence(stock.persons, facts.rural_population if facts else None),
        "may_open": Capability.REGISTER_VIEW in request.user.capabilities(),  # type: ignore[union-attr]
    }
    return render(request, "households/_village_panel.html", context)
