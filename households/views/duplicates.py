"""`/duplicates/`: persons who may have been entered twice; a pair side by side, and what is decided about it."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.duplicates.forms import (
    HOUSEHOLD_SHOWN,
    PERSON_SHOWN,
    Different,
    PersonMerging,
    households_of,
    side_by_side,
)
from households.lists.duplicates import KEY, duplicates
from households.models import Conflict, Duplicate, Household
from households.views.act_page import act_page, present
from households.views.history import seen
from households.views.people import METHODS
from office import clock, trail
from office.days import written
from office.listing import area_choices

CHANGED = "打开本页以后数据有变动。"
UP = "household__village__parent__parent__parent__parent"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = duplicates(request.user, request.GET, day)
    area, scope = listed.area, request.user.area_scope()
    context = {
        "form": listed.form,
        "key": KEY,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "households/duplicates.html", context, status=422 if listed.refusal else 200)


@require_safe
def pair(request: SignedIn, pk: int) -> HttpResponse:
    found = _fetch(request, pk)
    require(request.user, Capability.REGISTER_VIEW)
    return _page(request, found)


@require_POST
def differ(request: SignedIn, pk: int) -> HttpResponse:
    """不是同一人: not offered again until the data change."""
    found = _fetch(request, pk)
    _may_edit(request, found)
    form = Different(request.POST)
    if not found.is_open:
        return refused(request, _standing(found))
    if not form.is_valid():
        return _page(request, found, form, 422)
    if form.cleaned_data["fingerprint"] != found.fingerprint:
        return refused(request, f"{CHANGED}请刷新后再办。")
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        done = found.differ(by=request.user, on=clock.today(), reason=reason)
        if done:
            trail.record(
                "疑似重复：不是同一人",
                request=request,
                subject=found,
                area=found.one.household.village,
                detail={**_numbers(found), "依据": reason},
            )
    if not done:
        found.refresh_from_db()
        return refused(request, f"{CHANGED}请刷新后再办。" if found.is_open else _standing(found))
    messages.success(request, "已记为不是同一人。数据不变动就不再列出。")
    return HttpResponseRedirect(reverse("households:duplicate", args=[found.pk]), status=303)


@require_http_methods(METHODS)
def merge(request: SignedIn, pk: int) -> HttpResponse:
    """`keep` (address or form) is the 人口编号 of the record that stays."""
    found = _fetch(request, pk)
    _may_edit(request, found)
    if not found.is_open:
        return refused(request, _standing(found))
    asked = (request.POST if request.method == "POST" else request.GET).get("keep", found.one.number)
    sides = {found.one.number: (found.one, found.other), found.other.number: (found.other, found.one)}
    if asked not in sides:
        raise Http404("no person of this pair")
    kept, dropped = sides[asked]
    household = dropped.household
    others = [one for one in present(household) if one.pk != dropped.pk]
    if not (kept.present and dropped.present):
        return refused(request, f"{CHANGED}请刷新后再办。")
    if not others:
        return refused(
            request, f"户{household.number}只有{dropped.name}一人：请在疑似重复的页面办理合户。", 422
        )
    form = PersonMerging(
        request.POST if request.method == "POST" else None,
        pair=found,
        kept=kept,
        dropped=dropped,
        others=others,
        household=household,
        day=clock.today(),
        user=request.user,
    )

    def act() -> tuple[str, list[Household]]:
        asked = form.cleaned_data
        if asked["fingerprint"] != found.fingerprint or not found.merge(
            kept=kept, by=request.user, on=asked["on"], reason=asked["reason"]
        ):
            raise Conflict(CHANGED)
        household.drop_duplicate(
            dropped,
            kept,
            taken=form.taken,
            new_head=form.new_head,
            relations=form.new_relations,
            **form.entry,
        )
        touched = [kept.household]
        if household.pk != kept.household_id:
            touched.append(household)
        return f"已合并：保留{kept.name}（人口编号 {kept.number}），另一条按重复录入减少。", touched

    return act_page(
        request,
        household,
        form,
        title="合并人口",
        submit="合并",
        act=act,
        others=[kept.household],
        noted=lambda: {**_numbers(found), "保留": kept.number, "依据": form.cleaned_data["reason"]},
        template="households/duplicate_merge.html",
        pair=found,
        kept=kept,
        dropped=dropped,
        consequence=[
            f"保留人口编号 {kept.number}（户 {kept.household.number}）；人口编号 {dropped.number} 按重复录入从户 "
            f"{household.number} 减少，两条的历史都保留。",
            "该户在册的，在册人数减 1，计入合并日期所在的年度。"
            if household.in_register
            else "那一户不是在册贫困户，统计人数不变。",
        ],
    )


def _fetch(request: SignedIn, pk: int) -> Duplicate:
    pairs = Duplicate.objects.visible_to(request.user)
    related = [f"{side}__{UP}" for side in ("one", "other")]
    found: Duplicate = get_object_or_404(pairs.select_related(*related, "decided_by", "kept"), pk=pk)
    if found.one.household_id == found.other.household_id:
        found.other.household = found.one.household
    return found


def _may_edit(request: SignedIn, found: Duplicate) -> None:
    for household in households_of(found):
        require(request.user, Capability.REGISTER_EDIT, area=household.village)


def _page(
    request: SignedIn, found: Duplicate, form: Different | None = None, status: int = 200
) -> HttpResponse:
    """Numbers stay masked; that the two households were seen is in the trail."""
    households = households_of(found)
    for household in households:
        seen(request, household, "查看疑似重复")
    scope = request.user.scope_of(Capability.REGISTER_EDIT)
    may_edit = found.is_open and all(scope.covers(household.village) for household in households)
    one, other = found.one, found.other
    members: list[Any] = [present(household) for household in households]
    context = {
        "pair": found,
        "persons": side_by_side(one, other, PERSON_SHOWN),
        "households": side_by_side(one.household, other.household, HOUSEHOLD_SHOWN)
        if len(households) == 2
        else [],
        "members": members,
        "form": form or Different(initial={"fingerprint": found.fingerprint}),
        "may_edit": may_edit,
        # Whoever is alone in a household is not dropped from it: the households are merged.
        "may_keep_one": may_edit and len(members[-1]) > 1,
        "may_keep_other": may_edit and len(members[0]) > 1,
        "may_merge_households": may_edit
        and len(households) == 2
        and all(household.removed_on is None for household in households),
    }
    return render(request, "households/duplicate.html", context, status=status)


def _numbers(found: Duplicate) -> dict[str, Any]:
    return {
        "户编号": found.one.household.number,
        "另一户编号": found.other.household.number,
        "人口编号": found.one.number,
        "另一人口编号": found.other.number,
    }


def _standing(found: Duplicate) -> str:
    who = f"已由{found.decided_by}于{written(found.decided_on)}办理：" if found.decided_by else ""
    return f"这一对{who}{found.state}。"
