"""`/plans/distribution/`: the year's plan of a county shared out to its towns, of a town to its villages, by rule."""

from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from audits import counties
from audits.models import YearlyTarget
from audits.procedures import ListKind
from audits.targets import Source
from households import year_plan
from office import clock, trail
from office.listing import asked_area
from office.stamp import Stamp, stamped
from office.workbook_write import write_form
from reporting import distribution
from reporting.distribution import Numbers, Place, Rule
from reporting.distribution_form import AskForm, DistributionForm
from reporting.lists import shared_list
from reporting.sharing import Sharing, workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TOLD = 100


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: SignedIn) -> HttpResponse:
    area = asked_area(request) or _own(request)
    require(request.user, Capability.PLAN_VIEW)
    if request.method == "POST":
        require(request.user, Capability.PLAN_DISTRIBUTE, area)
    ask = AskForm(request.GET)
    sharing = _sharing(ask, area) if area is not None and ask.is_valid() else None
    if sharing is None:
        status = 200 if ask.is_valid() and request.method != "POST" else 422
        return render(request, "reporting/distribution.html", {"ask": ask, "area": area}, status=status)
    form, status = _form(request, sharing), 200
    if request.method == "POST":
        status = 422
        if form is None:
            messages.error(request, _why_not(sharing))
        elif form.is_valid():
            status, said = _save(request, sharing, form)
            if status == 303:
                messages.success(request, said)
                return HttpResponseRedirect(
                    f"{reverse('reporting:distribution')}?"
                    + urlencode({"area": sharing.area.code, "year": sharing.year, "kind": sharing.kind}),
                    status=303,
                )
            form.add_error(None, said)
    linked = _opens_lists(request, sharing)
    context = {
        "ask": ask.shown_for(sharing.kind, **_in_force(sharing)),
        "area": area,
        "sharing": sharing,
        "lines": _lines(sharing, form, linked=linked),
        "sums": _sums(sharing, linked=linked),
        "form": form,
        "told": _told(sharing)[:TOLD],
        "above": [one for one in sharing.area.ancestors() if request.user.area_scope().covers(one)],
        "may_audit": Capability.AUDIT_VIEW in request.user.capabilities(),
        "why_not": "" if form is not None else _why_not(sharing),
    }
    return render(request, "reporting/distribution.html", context, status=status)


@require_safe
def file(request: SignedIn) -> HttpResponse:
    """The working as a workbook: stock, weight, proposal, and what stands."""
    area = asked_area(request) or _own(request)
    require(request.user, Capability.PLAN_VIEW)
    ask = AskForm(request.GET)
    sharing = _sharing(ask, area) if area is not None and ask.is_valid() else None
    if sharing is None or not sharing.here:
        return refused(request, "这里没有可以分解的计划。", 422)
    now = clock.moment()
    form = workbook(sharing, _lines(sharing, None), _sums(sharing), clock.today())
    stamp = Stamp.new(request.user, now)
    answer = HttpResponse(stamped(write_form(form, made_at=now), stamp), content_type=XLSX)
    answer["Content-Disposition"] = (
        f"attachment; filename=\"distribution.xlsx\"; filename*=UTF-8''{quote(sharing.title + '.xlsx')}"
    )
    detail = {
        "年度": sharing.year,
        "事项": str(ListKind(sharing.kind).label),
        "办法": Rule(sharing.rule).label,
        "下载编号": stamp.number,
    }
    trail.record("导出计划分解", actor=request.user, area=sharing.area, detail=detail, request=request)
    return answer


def _own(request: SignedIn) -> Area | None:
    """One's own area; of a city or province its first county."""
    home = request.user.home_area
    if home is not None and home.level in (Level.COUNTY, Level.TOWN, Level.VILLAGE):
        return home
    return next(iter(counties.of(request.user)), None)


def _sharing(ask: AskForm, area: Area | None) -> Sharing | None:
    """Of a valid question; None of an area without parts."""
    day = clock.today()
    parts = distribution.parts_of(area, day) if area is not None else []
    if area is None or not parts:
        return None
    kind, year = ask.asked_kind, ask.cleaned_data["year"] or day.year
    here = distribution.places(area, parts, kind, year)
    rule = ask.cleaned_data["rule"] or str(Rule.STOCK)
    given, said = distribution.whole_of(area, kind, year, here)
    whole, typed = given, ask.typed_whole()
    if typed is not None and typed != whole:
        whole, said = typed, "本页填写"
    proposed: list[Numbers] = []
    over: Numbers = ()
    if whole is not None:
        proposed, over = distribution.propose(whole, rule, here)
    return Sharing(
        area,
        kind,
        year,
        rule,
        here,
        whole,
        given,
        said,
        proposed,
        over,
        year >= day.year,
        len(parts) - len(here),
    )


def _why_not(sharing: Sharing) -> str:
    if not sharing.open:
        return f"{sharing.year}年已经过去，只能查看。"
    if sharing.whole is None:
        return "没有采用的规划表，也没有下达过总数：先在上面填总数。"
    return ""


def _in_force(sharing: Sharing) -> dict[str, Any]:
    whole = dict(zip(sharing.figures, sharing.whole or (), strict=False))
    return {
        "year": sharing.year,
        "rule": sharing.rule,
        **{f"whole_{name}": number for name, number in whole.items()},
    }


def _form(request: SignedIn, sharing: Sharing) -> DistributionForm | None:
    able = request.user.scope_of(Capability.PLAN_DISTRIBUTE).covers(sharing.area)
    if not able or not sharing.open or sharing.whole is None:
        return None
    return DistributionForm(
        request.POST if request.method == "POST" else None,
        here=sharing.here,
        kind=sharing.kind,
        whole=sharing.binding,
        proposed=sharing.proposed,
        seen=_newest(sharing),
    )


def _told(sharing: Sharing) -> Any:
    """Every figure that was ever set for the area and its parts in the year."""
    areas = [sharing.area.pk, *(place.area.pk for place in sharing.here)]
    return YearlyTarget.objects.told().filter(area__in=areas, year=sharing.year, kind=sharing.kind)


def _newest(sharing: Sharing) -> int:
    return _told(sharing).order_by("-pk").values_list("pk", flat=True).first() or 0


def _save(request: SignedIn, sharing: Sharing, form: DistributionForm) -> tuple[int, str]:
    """Status and what to say; the whole of a county is set with its parts, that of a town is the county's to set."""
    late = "刚才已经另有下达，下面的数按现在的重新列出；核对以后再保存。"
    if form.cleaned_data["seen"] not in (None, _newest(sharing)):
        form.data = {**form.data.dict(), "seen": str(_newest(sharing))}  # type: ignore[attr-defined]
        return 409, late
    basis = f"{Rule(sharing.rule).label}分解"
    changed = form.by_hand()
    basis += f"，{changed} 处人工改动" if changed else ""
    basis += f"：{form.cleaned_data['reason']}" if form.cleaned_data["reason"] else ""
    set_before = YearlyTarget.objects.current().filter(year=sharing.year, kind=sharing.kind)
    try:
        with transaction.atomic():
            count = 0
            whole = sharing.whole or ()
            wanted: list[tuple[Area, list[int], YearlyTarget | None, str]] = [
                (place.area, form.typed(place), place.target, basis) for place in sharing.here
            ]
            if sharing.area.level == Level.COUNTY:
                now = set_before.filter(area=sharing.area).first()
                wanted.insert(0, (sharing.area, list(whole), now, sharing.said))
            for area, numbers, now, why in wanted:
                figures: dict[str, Any] = dict(zip(sharing.figures, numbers, strict=True))
                if now is not None and all(getattr(now, name) == figures[name] for name in figures):
                    continue
                YearlyTarget.set(
                    area=area,
                    year=sharing.year,
                    kind=sharing.kind,
                    by=request.user,
                    at=clock.moment(),
                    source=Source.PLAN,
                    basis=why,
                    **figures,
                )
                count += 1
    except IntegrityError:
        return 409, late
    return 303, f"已下达 {count} 处计划。" if count else "没有改动。"


def _opens_lists(request: SignedIn, sharing: Sharing) -> bool:
    """The register is not open to all who see plans; the villages of the plan are."""
    return sharing.kind == ListKind.VILLAGE_EXIT or Capability.REGISTER_VIEW in request.user.capabilities()


def _lines(sharing: Sharing, form: DistributionForm | None, *, linked: bool = False) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "counted": _counted(
                sharing, place.area, {part: getattr(place, part) for part in year_plan.PARTS}, linked
            ),
            "weight": place.weight(sharing.rule),
            "proposed": sharing.proposed[number] if sharing.proposed else (),
            "fields": form.of(place) if form is not None else [],
            "set": _set(place, sharing.figures),
        }
        for number, place in enumerate(sharing.here)
    ]


def _counted(
    sharing: Sharing, area: Area, numbers: dict[str, Numbers], linked: bool
) -> list[tuple[Numbers, str, bool]]:
    """What is there of the area, the list behind it, and whether it is quiet."""
    return [
        (
            found,
            shared_list(area.code, sharing.kind, part, sharing.year) if linked else "",
            part == year_plan.GONE,
        )
        for part, found in numbers.items()
    ]


def _set(place: Place, figures: tuple[str, ...]) -> list[int | None]:
    return [getattr(place.target, name) if place.target else None for name in figures]


def _sums(sharing: Sharing, *, linked: bool = False) -> dict[str, Any]:
    """The row of 合计; nothing where nothing is set."""

    def over(rows: Any) -> Numbers:
        return tuple(map(sum, zip(*rows, strict=True)))

    here = sharing.here
    set_now = [_set(place, sharing.figures) for place in here if place.target]
    printed = [place.printed for place in here if place.printed is not None]
    numbers = {part: over(getattr(place, part) for place in here) for part in year_plan.PARTS}
    return {
        **numbers,
        "counted": _counted(sharing, sharing.area, numbers, linked),
        "weight": over(place.weight(sharing.rule) for place in here),
        "proposed": over(sharing.proposed) if sharing.proposed else (),
        "printed": sum(printed) if printed else None,
        "set": over(set_now) if set_now else [None] * len(sharing.figures),
    }
