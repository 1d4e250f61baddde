"""`/projects/public/`: projects and their money for everybody (R241), as far as the district has published them.

Name, place, money, unit, stage, acceptance, and how many households are meant to benefit: what is planned for a
project is no count of people and identifies nobody.
"""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Capability
from areas.models import Area, Level
from measures.models import Project
from measures.project_forms import PublicFilter
from measures.project_lists import place
from office.listing import page_by_key

ORDER = ("-year", "-pk")


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    form, code = PublicFilter(request.GET), request.GET.get("area", "").strip()
    shown = Project.objects.filter(published=True)
    area = None
    if code:
        try:
            area = Area.objects.by_code(code)
        except Area.DoesNotExist as error:
            raise Http404(f"没有代码为 {code} 的区划") from error
    valid = form.is_valid()
    rows = form.matching(shown.in_area(area)) if valid else shown.none()
    page = page_by_key(
        rows.select_related("area__parent"),
        request,
        order=ORDER,
        sums={"planned": Sum("plan_money"), "given": Sum("allocated"), "paid_out": Sum("paid")},
        exact=True,
    )
    for row in page.rows:
        row.where = place(row.area)
    towns = Area.objects.filter(level__in=(Level.COUNTY, Level.TOWN), valid_to__isnull=True).order_by("code")
    context = {
        "form": form,
        "page": page,
        "area": area,
        "areas": towns,
        "narrowed": any(request.GET.get(name) for name in ("area", *form.fields)),
        "may_projects": isinstance(request.user, User)
        and Capability.PROJECT_VIEW in request.user.capabilities(),
    }
    return render(request, "measures/published.html", context, status=200 if valid else 422)
