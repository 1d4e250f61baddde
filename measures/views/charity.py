"""`/society/fund/`: the 扶贫专户, gifts in and uses out; `/honours/`: the firms that help, open to everybody."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from measures.models import CharityFund, FundUse, GiverKind, SocialHelp, Taken
from measures.models.charity_fund import NAMED_PURPOSES, NAMED_SHARE
from measures.society.forms import SpendForm
from measures.society.listing import fund_uses
from office import clock, trail
from office.form_fields import FreeText


class UndoForm(SpendForm):
    """Why a use is put right."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("on", "amount", "purpose", "payee", "voucher"):
            del self.fields[name]
        self.fields["note"] = FreeText(
            label="冲正原因",
            max_length=200,
            widget=self.fields["note"].widget,
            error_messages={"required": "冲正要写明原因"},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def fund(request: SignedIn) -> HttpResponse:
    """What came in, what it was used for, what is left; POST enters a use."""
    asked, day = request.method == "POST", clock.today()
    require(request.user, Capability.CHARITY_SPEND if asked else Capability.MEASURE_VIEW)
    form = SpendForm(request.POST if asked else None, day=day)
    county = _county(request)
    if asked and county is None:
        return refused(request, "专户是区县的，当前任职不在区县。", 422)
    if asked and county is not None and form.is_valid():
        try:
            with transaction.atomic():
                use = CharityFund.of(county).spend(by=request.user, **form.cleaned_data)
                _noted(request, "扶贫专户支出", use)
        except Taken as taken:
            form.add_error("amount", str(taken))
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"已登记支出 {use.amount:,.2f} 元（{use.purpose}）。")
            return HttpResponseRedirect(reverse("measures:charity-fund"), status=303)
    return _fund_page(request, form, county, 422 if form.errors else 200)


def _county(request: SignedIn) -> Area | None:
    """The county whose fund the user may spend, else the one of the own area."""
    held = request.user.scope_of(Capability.CHARITY_SPEND)
    first = (
        Area.objects.filter(held.area_q(), level=Level.COUNTY, valid_to__isnull=True).order_by("code").first()
    )
    home = request.user.home_area
    return first or (home.at(Level.COUNTY) if home is not None else None)


def _fund_page(request: SignedIn, form: SpendForm, county: Area | None, status: int) -> HttpResponse:
    able = request.user.capabilities()
    context: dict[str, Any] = {"form": form, "may_spend": Capability.CHARITY_SPEND in able, "county": county}
    if Capability.MEASURE_VIEW in able:
        listed = fund_uses(request.user, request.GET, clock.today())
        seen = CharityFund.objects.visible_to(request.user).filter(area=county).first()
        uses = FundUse.objects.filter(fund=seen) if seen is not None else FundUse.objects.none()
        spent = uses.order_by().values_list("purpose").annotate(sum=Sum("amount")).order_by("-sum")
        purposes = [(purpose, amount) for purpose, amount in spent if amount]
        named = sum((amount for purpose, amount in purposes if purpose in NAMED_PURPOSES), Decimal(0))
        gifts = SocialHelp.objects.visible_to(request.user).live().filter(to_fund=True)
        context |= {
            "fund": seen,
            "page": listed.page(request),
            "columns": listed.columns,
            "purposes": purposes,
            "named": "、".join(NAMED_PURPOSES),
            "named_share": named * 100 / seen.spent if seen is not None and seen.spent else None,
            "wanted_share": NAMED_SHARE,
            "gifts": list(gifts.select_related("area").order_by("-start_on", "-pk")[:20]),
        }
    return render(request, "measures/charity_fund.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def use(request: SignedIn, pk: int) -> HttpResponse:
    """One use; POST puts it right by an entry against it (冲正). Towns hold no fund: the right comes first."""
    require(request.user, Capability.CHARITY_SPEND)
    visible = FundUse.objects.visible_to(request.user).select_related("fund__area", "against", "recorded_by")
    found: FundUse = get_object_or_404(visible, pk=pk)
    require(request.user, Capability.CHARITY_SPEND, found.fund.area)
    asked = request.method == "POST"
    form = UndoForm(request.POST if asked else None, day=clock.today())
    if asked and form.is_valid():
        try:
            with transaction.atomic():
                made = found.undo(by=request.user, on=clock.today(), note=form.cleaned_data["note"])
                _noted(request, "冲正专户支出", made)
        except Taken as taken:
            return refused(request, f"{taken}。")
        except ValidationError as refusal:
            return refused(request, f"{'；'.join(refusal.messages)}。")
        messages.success(request, f"已冲正 {found.amount:,.2f} 元，专户余额随之恢复。")
        return HttpResponseRedirect(reverse("measures:charity-fund"), status=303)
    done = FundUse.objects.filter(against=found).exists() or found.against_id is not None
    context = {"use": found, "form": form, "done": done}
    return render(request, "measures/fund_use.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def honours(request: HttpRequest) -> HttpResponse:
    """企业扶贫光荣榜 (002 第二章第八节): firms whose help is marked for it; no person, no household."""
    firms = SocialHelp.objects.live().filter(
        published=True, giver_kind__in=(GiverKind.FIRM, GiverKind.STATE_FIRM)
    )
    rows = (
        firms.order_by()
        .values("giver")
        .annotate(count=Count("pk"), sum=Sum("amount"), heads=Sum("people"))
        .order_by("-sum", "giver")
    )
    return render(request, "measures/honours.html", {"rows": list(rows[:500])})


def _noted(request: SignedIn, action: str, use: FundUse) -> None:
    detail = {
        "金额": use.amount,
        "用途": use.purpose,
        "收款方": use.payee,
        "凭证号": use.voucher,
        "说明": use.note,
    }
    kept = {name: value for name, value in detail.items() if value}
    trail.record(action, request=request, subject=use, area=use.fund.area, detail=kept)
