"""The yearly rules of the money of a county (R239, R240, R247), and the one figure that no entry knows."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from areas.models import Area, Level
from measures import fund_rules
from measures.fund_forms import GrowthForm
from measures.models import FundSource, FundYear, ProjectRecord, RecordKind
from measures.models.fund import SPECIAL
from measures.models.project_papers import GRADES
from office import clock, trail

YEARS = range(2014, 2101)


@dataclass(frozen=True)
class OfCounty:
    """What the rules say of a county and year."""

    area: Area
    growth: fund_rules.Verdict
    bound: list[tuple[FundSource, fund_rules.Verdict]]
    may_enter: bool


def verdicts(user: User, area: Area | None, year: int) -> list[OfCounty]:
    """By county that has sources in the year or the one before, within the user's scope."""
    visible = FundSource.objects.visible_to(user).in_area(area)
    special = visible.filter(kind__in=SPECIAL, year__in=(year - 1, year)).order_by()
    sums = {
        (county, when): total
        for county, when, total in special.values_list("area", "year").annotate(total=Sum("budget"))
    }
    growths = dict(FundYear.objects.visible_to(user).filter(year=year).values_list("area", "revenue_growth"))
    bound: dict[int, list[tuple[FundSource, fund_rules.Verdict]]] = {}
    for source in visible.filter(year=year, pool__isnull=False):
        verdict = source.verdict(clock.today())
        if verdict is not None:
            bound.setdefault(source.area_id, []).append((source, verdict))
    counties = Area.objects.filter(pk__in={*(key for key, _ in sums), *bound}).order_by("code")
    able = user.scope_of(Capability.FUND_MANAGE)
    zero = Decimal(0)
    return [
        OfCounty(
            county,
            fund_rules.growth(
                sums.get((county.pk, year), zero),
                sums.get((county.pk, year - 1), zero),
                growths.get(county.pk),
            ),
            bound.get(county.pk, []),
            able.covers(county),
        )
        for county in counties.select_related("parent__parent")
    ]


@dataclass(frozen=True)
class Reviewed:
    """The reviews (绩效评价) of a town's projects in a year, and where next year's share leans (R245)."""

    town: str
    grades: dict[str, int]
    leaning: str

    @property
    def said(self) -> str:
        return "、".join(f"{grade} {count}" for grade, count in self.grades.items() if count)


def reviews(user: User, area: Area | None, year: int) -> list[Reviewed]:
    """By town, of the projects that the user may see; a project of the county itself stands under its name."""
    rows = ProjectRecord.objects.visible_to(user).in_area(area).filter(kind=RecordKind.REVIEW, on__year=year)
    found: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows.select_related("project__area__parent"):
        place = row.project.area
        town = place.parent if place.level == Level.VILLAGE and place.parent else place
        counts = found.setdefault((town.code, town.name), dict.fromkeys(GRADES, 0))
        counts[row.grade] += 1
    return [Reviewed(name, counts, fund_rules.leaning(counts)) for (_, name), counts in sorted(found.items())]


@require_http_methods(["GET", "HEAD", "POST"])
def growth(request: SignedIn, code: str, year: int) -> HttpResponse:
    """How much the local revenue of a county grew in a year."""
    require(request.user, Capability.FUND_MANAGE)
    mine = Area.objects.in_scope(request.user.scope_of(Capability.FUND_MANAGE))
    try:
        county = mine.filter(level=Level.COUNTY).by_code(code)
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的区县") from error
    if year not in YEARS:
        raise Http404("no such year")
    standing = FundYear.objects.filter(area=county, year=year).first()
    initial: dict[str, Any] = {}
    if standing is not None:
        initial = {"revenue_growth": standing.revenue_growth, "source": standing.source}
    form = GrowthForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            kept = form.save(area=county, year=year, by=request.user, at=clock.moment())
            facts = {
                "年度": year,
                "增幅": kept.revenue_growth,
                "出处": kept.source,
                "原来": {"增幅": standing.revenue_growth, "出处": standing.source} if standing else "没有",
            }
            trail.record("登记财政收入增幅", request=request, subject=kept, area=county, detail=facts)
        messages.success(request, f"已登记：{county}{year}年地方财政收入增幅 {kept.revenue_growth}%。")
        return HttpResponseRedirect(f"{reverse('measures:sources')}?year={year}", status=303)
    context = {"form": form, "county": county, "year": year}
    return render(request, "measures/growth.html", context, status=422 if form.errors else 200)
