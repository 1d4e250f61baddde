"""两步验证: setting it up, giving its code, new recovery codes. Codes and the secret are shown once and kept sealed."""

import datetime

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import password_again, second_factor_step
from accounts.forms import CodeForm
from accounts.permissions import SignedIn
from accounts.second_factor import RECOVERY_CODES, SecondFactor, is_asked_of
from accounts.views.errors import refused
from accounts.views.sign_in import wanted_page
from office import clock, trail

NOT_ASKED = "本系统没有要求你的任职使用两步验证。"


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedIn) -> HttpResponse:
    """The code after the password; once it was given, the state of one's second factor."""
    if not is_asked_of(request.user):
        return refused(request, NOT_ASKED, 409)
    factor = second_factor_step.of(request).first()
    if factor is None:
        return redirect("accounts:second-factor-new")
    if not second_factor_step.is_missing(request):
        return render(request, "accounts/second_factor.html", {"factor": factor, "in_all": RECOVERY_CODES})
    form = CodeForm(request.POST or None)
    context = {"form": form, "next": wanted_page(request)}
    if request.method != "POST":
        return render(request, "accounts/second_factor_ask.html", context)
    now = clock.now()
    if factor.is_locked(now):
        return _locked(request)
    # The code is used up and the failure counted with its row of the trail, or neither.
    with transaction.atomic():
        opened = form.is_valid() and factor.opens(form.cleaned_data["code"], at=now)
        locked = factor.is_locked(now)
        if opened:
            trail.record("两步验证", subject=request.user, request=request)
        else:
            failed = "两步验证锁定" if locked else "两步验证失败"
            trail.record(failed, subject=request.user, outcome="refused", request=request)
    if opened:
        second_factor_step.give(request, factor)
        return HttpResponseRedirect(wanted_page(request), status=303)
    if locked:
        return _locked(request)
    if form.is_valid():
        form.add_error("code", "验证码不正确，或者已经用过；请等下一个，并查看手机的时间是否准确")
    return render(request, "accounts/second_factor_ask.html", context, status=422)


def _locked(request: SignedIn) -> HttpResponse:
    minutes = int(settings.AXES_COOLOFF_TIME * 60)
    return refused(request, f"验证码连续输错，已锁定 {minutes} 分钟；急用时请安全管理员重置两步验证。", 429)


@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: SignedIn) -> HttpResponse:
    """The secret as a picture and as text, and the first code as proof that the phone has it."""
    if not is_asked_of(request.user):
        return refused(request, NOT_ASKED, 409)
    if second_factor_step.of(request).exists():
        return redirect("accounts:second-factor")
    now = clock.now()
    factor = SecondFactor.begun(request.user, now)
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            # A session that was left open must not bind somebody else's phone.
            if missing := password_again.missing(request):
                form.add_error(None, missing)
            elif codes := _confirmed(request, factor, form.cleaned_data["code"], now):
                second_factor_step.give(request, factor)
                return render(request, "accounts/second_factor_codes.html", {"codes": codes, "first": True})
            else:
                form.add_error("code", "验证码不正确：请用刚才添加的那一项，并查看手机的时间是否准确")
    context = {
        "factor": factor,
        "form": form,
        "password_wanted": not password_again.entered_lately(request),
    }
    return render(request, "accounts/second_factor_new.html", context, status=status)


def _confirmed(request: SignedIn, factor: SecondFactor, code: str, now: datetime.datetime) -> list[str]:
    """The recovery codes, or [] for a wrong code."""
    with transaction.atomic():
        made = factor.confirm(code, at=now)
        if made:
            trail.record("启用两步验证", subject=request.user, request=request)
    return made


@require_POST
def codes(request: SignedIn) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    factor = second_factor_step.of(request).first()
    if factor is None or not is_asked_of(request.user):
        return refused(request, "还没有设置两步验证。", 409)
    with transaction.atomic():
        made = factor.new_recovery_codes()
        trail.record("重新生成恢复码", subject=request.user, request=request)
    messages.success(request, "旧的恢复码都已作废。")
    return render(request, "accounts/second_factor_codes.html", {"codes": made, "first": False})
