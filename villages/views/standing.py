"""Pages of what stands and what lacks: 驻村情况, 责任书 that are missing, 扶贫机构 of the towns."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area
from office import clock, trail
from office.listing import Listed, area_choices
from villages import missing
from villages import teams as team_list
from villages.models import Town
from villages.office_form import OfficeForm
from villages.views.work import tabs


@require_safe
def teams(request: SignedIn) -> HttpResponse:
    empty = "还没有确定重点村。确定以后，第一书记、驻村工作队和每季度的督查列在这里。"
    return _list(request, team_list.teams, team_list.KEY, "驻村情况", "个村", empty, current="teams")


@require_safe
def letters_missing(request: SignedIn) -> HttpResponse:
    empty = "该签的责任书都已签订。"
    words = ("未签责任书", "个镇村", empty)
    return _list(request, missing.letters_missing, missing.LETTERS_KEY, *words, current="letters")


@require_safe
def offices(request: SignedIn) -> HttpResponse:
    words = ("镇街扶贫机构", "个镇街", "任职区域内没有镇街。")
    return _list(request, missing.offices, missing.OFFICES_KEY, *words, current="posts")


@require_http_methods(["GET", "HEAD", "POST"])
def office(request: SignedIn, code: str) -> HttpResponse:
    """Where the office of a town is and what it has (R263)."""
    require(request.user, Capability.WORK_MANAGE)
    try:
        area = Area.objects.visible_to(request.user).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的镇街") from error
    town = get_object_or_404(Town.objects.visible_to(request.user).select_related("area__parent"), area=area)
    require(request.user, Capability.WORK_MANAGE, town.area)
    form = OfficeForm(request.POST if request.method == "POST" else None, instance=town)
    if form.is_valid():
        with transaction.atomic():
            form.save()
            changed = [str(form.fields[name].label) for name in form.changed_data]
            trail.record("修改扶贫机构", request=request, subject=town, area=area, detail={"修改": changed})
        messages.success(request, f"已保存{area.name}的扶贫机构。")
        return HttpResponseRedirect(reverse("villages:offices"), status=303)
    context = {"town": town, "form": form}
    return render(request, "villages/office.html", context, status=422 if form.errors else 200)


def _list(
    request: SignedIn,
    ask: Callable[..., Listed],
    key: str,
    title: str,
    unit: str,
    empty: str,
    *,
    current: str,
) -> HttpResponse:
    day = clock.today()
    asked = ask(request.user, request.GET, day)
    context: dict[str, Any] = {
        "key": key,
        "form": asked.form,
        "page": asked.page(request, exact=True),
        "columns": asked.columns,
        "area": asked.area,
        "areas": area_choices(request.user, asked.area, day),
        "narrowed": asked.area is not None or any(request.GET.get(name) for name in asked.form.fields),
        "tabs": tabs(request.user.capabilities(), current),
        "title": title,
        "piece": unit,
        "empty": empty,
        "further": _further(current),
        "may_draw": key == missing.LETTERS_KEY and Capability.WORK_MANAGE in request.user.capabilities(),
    }
    return render(request, "villages/work_list.html", context, status=422 if asked.refusal else 200)


def _further(current: str) -> list[tuple[str, str]]:
    """Lists that belong to a tab."""
    found = {
        "posts": [("扶贫队伍", reverse("villages:posts"))],
        "letters": [("全部责任书", reverse("villages:letters"))],
        "teams": [("公开页", reverse("villages:public-inspections"))],
    }
    return found[current]
