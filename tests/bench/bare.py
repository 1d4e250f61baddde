"""The least page that Django can make of the same 50 rows: no middleware, no session, no scope, no count."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from households.models import Household

TABLE = engines["django"].from_string(
    "<!doctype html><title>贫困户</title><table>{% for row in rows %}<tr><td>{{ row.number }}<td>{{ row.head_name }}"
    "<td>{{ row.town.name }}<td>{{ row.village.name }}<td>{{ row.villager_group }}<td>{{ row.member_count }}"
    "<td>{{ row.poverty_standard }}<td>{{ row.poverty_cause }}<td>{{ row.exit_mark }}</tr>{% endfor %}</table>"
)


def page(request: HttpRequest) -> HttpResponse:
    rows = (
        Household.objects.filter(town__code=request.GET["area"])
        .with_head()
        .select_related("town", "village")
        .only(
            *("number", "town__name", "village__name", "villager_group", "member_count"),
            *("poverty_standard", "poverty_cause", "exit_mark"),
        )
        .order_by("number")[:50]
    )
    return HttpResponse(TABLE.render({"rows": rows}))


def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok")


urlpatterns = [path("healthz", alive), path("", page)]
