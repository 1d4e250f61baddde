"""The scoped fetch that every page of one village begins with."""

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from areas.models import Area
from villages.models import Village


def village_of(request: HttpRequest, code: str) -> Village:
    """The village with this code, present or former; 404 when it is not in the user's scope."""
    try:
        area = Area.objects.visible_to(request.user).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的村") from error
    return get_object_or_404(
        Village.objects.visible_to(request.user).select_related("area__parent__parent"), area=area
    )
