"""Assets that projects left, their income, and how it is shared: 拟定 → 确认 → 发放."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.record import head_names
from measures import project_lists, stages
from measures.asset_forms import (
    AssetForm,
    ConfirmForm,
    IncomeForm,
    PayOutForm,
    ProposeForm,
    WithdrawForm,
)
from measures.models import Asset, AssetIncome, Share, Sharing, SharingState, Taken
from measures.models.asset import SOLAR
from measures.models.policy import Policy
from measures.views.projects import form_page, noted, project_for, refusal_of
from office import clock, trail
from office.listing import area_choices

UP = "area__parent__parent__parent__parent"
FORMED = (stages.PAYING, stages.AFTER_CARE, stages.SHARING)


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = project_lists.assets(request.user, request.GET, day)
    area = listed.area
    context = {
        "form": listed.form,
        "page": listed.page(request, sums=project_lists.ASSET_SUMS),
        **project_lists.choices(listed, project_lists.ASSET_COLUMNS),
        "may_funds": True,
        "area": area,
        "areas": area_choices(request.user, area, day),
        "narrowed": area is not None or any(request.GET.get(name) for name in listed.form.fields),
    }
    return render(request, "measures/assets.html", context, status=422 if listed.refusal else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    project = project_for(request, pk, Capability.ASSET_EDIT)
    if project.stage not in FORMED:
        return refused(request, f"项目现在是“{project.stage}”，验收以后才登记形成的资产。")
    scope, day = request.user.scope_of(Capability.ASSET_EDIT), clock.today()
    form = AssetForm(
        request.POST if request.method == "POST" else None, project=project, scope=scope, day=day
    )

    def save() -> str:
        facts = form.cleaned_data
        made = Asset.objects.create(
            project=project, entered_by=request.user, entered_at=clock.moment(), **facts
        )
        require(request.user, Capability.ASSET_EDIT, area=made.area)
        noted(request, "登记项目资产", project, 资产=made.name, 价值=made.value)
        return f"已登记资产：{made}。"

    return form_page(request, project, form, title="登记资产", submit="登记资产", save=save)


@require_safe
def detail(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _asset(request, pk, Capability.FUND_VIEW))


@require_POST
def income(request: SignedIn, pk: int) -> HttpResponse:
    asset = _asset(request, pk, Capability.ASSET_EDIT)
    form = IncomeForm(request.POST, asset=asset, day=clock.today())
    if form.is_valid():
        try:
            with transaction.atomic():
                facts = form.cleaned_data
                made = AssetIncome.receive(
                    asset, by=request.user, today=clock.today(), at=clock.moment(), **facts
                )
                _noted(request, "登记资产收益", asset, 年度=made.year, 收益=made.amount, 凭证号=made.voucher)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _back(request, asset, f"已登记{made.year}年收益 {made.amount:,.2f} 元，可以拟定分配。")
    return _page(request, asset, form)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: SignedIn, pk: int) -> HttpResponse:
    """The rule is chosen and the parts are worked out; they can be withdrawn until they are paid."""
    visible = AssetIncome.objects.visible_to(request.user).select_related(f"asset__{UP}")
    found: AssetIncome = get_object_or_404(visible, pk=pk)
    require(request.user, Capability.ASSET_EDIT, area=found.asset.area)
    if found.sharings.exclude(state=SharingState.WITHDRAWN).exists():
        return refused(request, "这笔收益已经拟定了分配。")
    initial: dict[str, Any] = {"total": found.net, "way": "按户", "first": _standard(found.asset)}
    form = ProposeForm(request.POST if request.method == "POST" else None, initial=initial)
    claims = found.asset.claims(clock.today())
    if form.is_valid():
        try:
            with transaction.atomic():
                made = Sharing.propose(found, by=request.user, on=clock.today(), **form.cleaned_data)
                facts = {"年度": found.year, "总额": made.total, "户数": made.households, "办法": made.rule}
                _noted(request, "拟定收益分配", found.asset, **facts)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _to(
                request,
                made,
                f"已拟定：{made.households} 户，合计 {made.total:,.2f} 元。张贴公示、开会通过以后由镇街确认。",
            )
    context = {
        "form": form,
        "income": found,
        "asset": found.asset,
        "weak": sum(not claim.able for claim in claims),
        "others": sum(claim.able for claim in claims),
    }
    return render(request, "measures/propose.html", context, status=422 if form.errors else 200)


@require_safe
def sharing(request: SignedIn, pk: int) -> HttpResponse:
    return _sharing_page(request, _sharing(request, pk, Capability.FUND_VIEW))


@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    found, form = _sharing(request, pk, Capability.PROJECT_EDIT), ConfirmForm(request.POST)

    def act() -> str:
        found.confirm(by=request.user, on=clock.today(), **form.cleaned_data)
        return "已确认，可以发放。"

    return _step(request, found, form, act, "确认收益分配", confirm_form=form)


@require_POST
def pay(request: SignedIn, pk: int) -> HttpResponse:
    found, form = _sharing(request, pk, Capability.PROJECT_EDIT), PayOutForm(request.POST)

    def act() -> str:
        count = found.pay(by=request.user, today=clock.today(), **form.cleaned_data)
        return f"已登记发放：{count} 户，记入各户的帮扶措施。"

    return _step(request, found, form, act, "发放收益", pay_form=form)


@require_POST
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    found, form = _sharing(request, pk, Capability.ASSET_EDIT), WithdrawForm(request.POST)

    def act() -> str:
        found.withdraw(reason=form.cleaned_data["withdrawn_reason"])
        return "已撤回，可以重新拟定。"

    return _step(request, found, form, act, "撤回收益分配", withdraw_form=form)


def _standard(asset: Asset) -> Any:
    """Photovoltaic income has a standard a household (PV-INCOME); other assets have none."""
    if asset.kind != SOLAR:
        return None
    line = Policy.objects.standing(clock.today()).filter(code=asset.policy_code).first()
    return line.low if line is not None else None


def _asset(request: SignedIn, pk: int, capability: Capability) -> Asset:
    visible = Asset.objects.visible_to(request.user).select_related(UP, "project")
    asset: Asset = get_object_or_404(visible.prefetch_related("incomes__sharings"), pk=pk)
    require(request.user, capability, area=asset.area)
    return asset


def _page(request: SignedIn, asset: Asset, form: IncomeForm | None = None) -> HttpResponse:
    incomes: list[Any] = list(asset.incomes.all())
    for one in incomes:
        one.plan = next((part for part in one.sharings.all() if part.state != SharingState.WITHDRAWN), None)
    day = clock.today()
    years = range(asset.formed_on.year + 1, day.year + 1) if asset.agreed_income else []
    able = request.user.scope_of(Capability.ASSET_EDIT).covers(asset.area)
    context = {
        "asset": asset,
        "where": project_lists.place(asset.area),
        "incomes": incomes,
        "owed": [(year, asset.owed(year)) for year in years if asset.owed(year)],
        "able": able,
        "form": form or IncomeForm(asset=asset, day=day),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "measures/asset.html", context, status=status)


def _sharing(request: SignedIn, pk: int, capability: Capability) -> Sharing:
    visible = Sharing.objects.visible_to(request.user).select_related(
        f"income__asset__{UP}", "proposed_by", "confirmed_by", "paid_by"
    )
    found: Sharing = get_object_or_404(visible, pk=pk)
    require(request.user, capability, area=found.income.asset.area)
    return found


def _step(
    request: SignedIn, found: Sharing, form: Any, act: Callable[[], str], action: str, **forms: Any
) -> HttpResponse:
    if form.is_valid():
        try:
            with transaction.atomic():
                said = act()
                facts = {"年度": found.income.year, "总额": found.total, "状态": found.state}
                _noted(request, action, found.income.asset, **facts)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            for name in getattr(refusal, "error_dict", {None: 0}):
                form.add_error(name if name in form.fields else None, refusal_of(refusal, name))
        else:
            return _to(request, found, said)
    return _sharing_page(request, found, **forms)


def _sharing_page(request: SignedIn, found: Sharing, **forms: Any) -> HttpResponse:
    """Who sees the asset sees the list; the record of a household opens to who sees the household."""
    area = found.income.asset.area
    shares = list(
        Share.objects.visible_to(request.user)
        .filter(sharing=found)
        .select_related("household__village")
        .order_by("household__number")
    )
    names = head_names(row.household_id for row in shares)
    for row in shares:
        row.head_name = names.get(row.household_id, "")
    edits = request.user.scope_of(Capability.PROJECT_EDIT).covers(area)
    shares_asset = request.user.scope_of(Capability.ASSET_EDIT).covers(area)
    context = {
        "sharing": found,
        "income": found.income,
        "asset": found.income.asset,
        "shares": shares,
        "summed": found.shares.aggregate(total=Sum("amount"))["total"],
        "may_confirm": edits and found.state == SharingState.PROPOSED,
        "may_pay": edits and found.state == SharingState.CONFIRMED,
        "may_withdraw": shares_asset and found.state in (SharingState.PROPOSED, SharingState.CONFIRMED),
        "confirm_form": ConfirmForm(initial={"posted_on": found.proposed_on}),
        "pay_form": PayOutForm(initial={"paid_on": clock.today()}),
        "withdraw_form": WithdrawForm(),
        **forms,
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "measures/sharing.html", context, status=status)


def _back(request: SignedIn, asset: Asset, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("measures:asset", args=[asset.pk]), status=303)


def _to(request: SignedIn, found: Sharing, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("measures:sharing", args=[found.pk]), status=303)


def _noted(request: SignedIn, action: str, asset: Asset, **detail: Any) -> None:
    facts = {"资产": asset.name, "项目": asset.project.number, **detail}
    trail.record(action, request=request, subject=asset, area=asset.area, detail=facts)
