"""`/watch/`: the watch list against falling into poverty; entering a household and removing it again."""

from django.conf import settings
from django.db import IntegrityError
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from accounts.views.errors import refused
from households.care.watching import WatchForm, WatchRemoval, first_kind_from, kinds_on
from households.lists.watch import watch_list
from households.models import Household, Watch
from households.record import written
from households.views.care_form import Late, form_page, household_for
from office import clock, days, trail
from office.listing import area_choices

OPEN, REMOVED = "该户已经在监测中", "该户的风险已经登记消除"


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    """`data-total` and `data-persons` count households and their members, not lines."""
    day = clock.today()
    listed = watch_list(request.user, request.GET, day)
    form, area, scope = listed.form, listed.area, request.user.area_scope()
    counted = Household.objects.filter(pk__in=listed.rows.order_by().values("household")).aggregate(
        households=Count("pk"), persons=Sum("member_count")
    )
    context = {
        "form": form,
        "page": listed.page(request),
        "columns": listed.columns,
        "households": counted["households"],
        "persons": counted["persons"] or 0,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "above": [one for one in area.ancestors() if scope.covers(one)] if area else [],
        "narrowed": area is not None or any(request.GET.get(name) for name in form.fields),
        "kinds": kinds_on(day),
        "kinds_from": first_kind_from(),
    }
    return render(request, "households/watch.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, number: str) -> HttpResponse:
    household, day = household_for(request, number, Capability.REGISTER_EDIT), clock.today()
    if not kinds_on(day):
        return refused(request, f"监测对象的类别从{first_kind_from()}起才有，{days.written(day)}还不能列入。")
    if household.watches.filter(risk_removed=False).exists():
        return refused(request, OPEN)
    watch = Watch(household=household)  # type: ignore[misc]
    data = request.POST if request.method == "POST" else None
    form = WatchForm(data, instance=watch, household=household, day=day)

    def save() -> str:
        try:
            form.save()
        except IntegrityError as error:
            raise Late(OPEN) from error
        detail = {
            "户编号": household.number,
            "类别": watch.kind,
            "识别时间": watch.identified_on,
            "风险": watch.risks,
        }
        trail.record("列入监测对象", request=request, subject=watch, area=household.village, detail=detail)
        return f"已列入监测对象：{watch.kind}，风险{'、'.join(watch.risks)}。"

    return form_page(request, household, form, title="列入监测对象", submit="列入", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SignedIn, number: str, pk: int) -> HttpResponse:
    """Kind, risks, assurances and measures wanted, as long as the household is watched."""
    household, day = household_for(request, number, Capability.REGISTER_EDIT), clock.today()
    watch = get_object_or_404(household.watches, pk=pk)
    if watch.risk_removed:
        return refused(request, REMOVED)
    data = request.POST if request.method == "POST" else None
    form = WatchForm(data, instance=watch, household=household, day=day)

    def save() -> str:
        if household.watches.select_for_update().get(pk=watch.pk).risk_removed:
            raise Late(REMOVED)
        if not form.untouched_since:
            raise Late("打开本页以后，监测记录已由别人修改，请刷新后再改")
        form.save()
        detail = {
            "户编号": household.number,
            "类别": watch.kind,
            "风险": watch.risks,
            "改动": [str(form.fields[name].label) for name in form.changed_data if name != "seen"],
        }
        trail.record("修改监测对象", request=request, subject=watch, area=household.village, detail=detail)
        return f"已修改：{watch.kind}，风险{'、'.join(watch.risks)}。"

    return form_page(request, household, form, title="修改监测记录", submit="保存", save=save)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: SignedIn, number: str, pk: int) -> HttpResponse:
    household, day = household_for(request, number, Capability.REGISTER_EDIT), clock.today()
    watch = get_object_or_404(household.watches, pk=pk)
    if watch.risk_removed:
        return refused(request, REMOVED)
    data = request.POST if request.method == "POST" else None
    form = WatchRemoval(data, instance=watch, household=household, day=day)

    def save() -> str:
        if household.watches.select_for_update().get(pk=watch.pk).risk_removed:
            raise Late(REMOVED)
        form.save()
        income = watch.net_income_per_capita(with_claims=settings.CLAIMS_ARE_INCOME)
        detail = {
            "户编号": household.number,
            "消除时间": watch.removed_on,
            "方式": watch.removal_way,
            "消除后人均纯收入": written(income),
        }
        trail.record("消除监测风险", request=request, subject=watch, area=household.village, detail=detail)
        return f"风险已消除（{watch.removal_way}），消除后人均纯收入 {written(income)} 元。"

    return form_page(request, household, form, title="登记风险消除", submit="登记消除", save=save)
