"""Users and duties, for the security administrator. No page here shows anything of the register.

The scope of these pages comes from the capability itself, so it is asked for before the fetch.
"""

import secrets

from axes.utils import reset as unlock
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Prefetch, Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import DutyForm, UserForm
from accounts.models import Duty, SecondFactor, User
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from office import clock, trail
from office.listing import page_by_key

# Without letters and digits that are mistaken for one another when read from a slip of paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def initial_password() -> str:
    """Three groups of four: 58 bits, to be changed at the first sign-in."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))


def _managed(request: SignedIn, pk: int, *, own: str = "") -> User:
    """The user, or 404 outside the kept area; with `own`, 403 with that reason when it is oneself."""
    require(request.user, Capability.USERS_MANAGE)
    user = get_object_or_404(User.objects.managed_by(request.user, clock.today()), pk=pk)
    if own and user.pk == request.user.pk:
        raise PermissionDenied(own)
    return user


def _to(user: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("accounts:user", args=[user.pk]), status=303)


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.USERS_MANAGE)
    name = request.GET.get("q", "").replace("\x00", "").strip()[:40]
    users = User.objects.managed_by(request.user, clock.today())
    if name:
        users = users.filter(Q(username__icontains=name) | Q(display_name__icontains=name))
    standing = Duty.objects.valid_on(clock.today()).select_related("area")
    users = users.prefetch_related(Prefetch("duties", standing, to_attr="standing"))
    page = page_by_key(users, request, order=("pk",))
    return render(request, "accounts/users.html", {"page": page, "q": name})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedIn) -> HttpResponse:
    """The initial password is shown in this one answer and kept nowhere in the clear."""
    require(request.user, Capability.USERS_MANAGE)
    form = UserForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/user_new.html", {"form": form}, status=status)
    first = initial_password()
    with transaction.atomic():
        user = form.save(commit=False)
        user.set_password(first)
        user.must_change_password = True
        user.save()
        trail.record("新建用户", actor=request.user, subject=user, request=request)
    return render(request, "accounts/user_issued.html", {"person": user, "first": first})


def _page(request: SignedIn, user: User, form: DutyForm | None = None, status: int = 200) -> HttpResponse:
    context = {
        "person": user,
        "duties": user.duties.select_related("area", "granted_by").order_by("-start_on", "-pk"),
        "standing": set(Duty.objects.standing(clock.today()).filter(user=user).values_list("pk", flat=True)),
        "form": form or DutyForm(request.user, on=clock.today()),
        "oneself": user.pk == request.user.pk,
        "factor": SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first(),
    }
    return render(request, "accounts/user.html", context, status=status)


@require_safe
def show(request: SignedIn, pk: int) -> HttpResponse:
    return _page(request, _managed(request, pk))


@require_POST
def disable(request: SignedIn, pk: int) -> HttpResponse:
    """Sessions of the user end with it: each request looks whether the user is still active."""
    return _switch(request, pk, active=False)


@require_POST
def enable(request: SignedIn, pk: int) -> HttpResponse:
    return _switch(request, pk, active=True)


def _switch(request: SignedIn, pk: int, *, active: bool) -> HttpResponse:
    user = _managed(request, pk, own="自己的账户请由另一名安全管理员办理")
    with transaction.atomic():
        done = User.objects.filter(pk=user.pk, is_active=not active).update(is_active=active)
        if done:
            action = "启用用户" if active else "停用用户"
            trail.record(action, actor=request.user, subject=user, request=request)
    if not done:
        return refused(request, f"{user}已经{'启用' if active else '停用'}。", 409)
    return _to(user)


@require_POST
def reset_password(request: SignedIn, pk: int) -> HttpResponse:
    """A new initial password; it also opens an account that failures had locked."""
    user = _managed(request, pk, own="自己的密码请在“修改密码”中改")
    first = initial_password()
    with transaction.atomic():
        user.change_password(first, must_change=True)
        unlock(username=user.username)
        trail.record("重置密码", actor=request.user, subject=user, request=request)
    return render(request, "accounts/user_issued.html", {"person": user, "first": first, "again": True})


@require_POST
def reset_second_factor(request: SignedIn, pk: int) -> HttpResponse:
    """For a lost phone: the next sign-in sets up a new one."""
    user = _managed(request, pk, own="自己的两步验证请由另一名安全管理员重置")
    with transaction.atomic():
        done, _ = SecondFactor.objects.filter(user=user).delete()
        if done:
            user.change_password(first := initial_password(), must_change=True)
            trail.record("重置两步验证", actor=request.user, subject=user, request=request)
    if not done:
        return refused(request, f"{user}没有设置两步验证。", 409)
    return render(request, "accounts/user_issued.html", {"person": user, "first": first, "again": True})


@require_POST
def grant(request: SignedIn, pk: int) -> HttpResponse:
    user = _managed(request, pk, own="不能给自己任职，请由另一名安全管理员办理")
    form = DutyForm(request.user, request.POST, on=clock.today())
    if not form.is_valid():
        return _page(request, user, form, 422)
    try:
        with transaction.atomic():
            duty = user.grant(by=request.user, **form.cleaned_data)
            trail.record(
                "授予任职",
                actor=request.user,
                subject=user,
                area=duty.area,
                detail={
                    "角色": duty.post,
                    "任职日期": str(duty.start_on),
                    "离任日期": str(duty.end_on or ""),
                },
                request=request,
            )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _page(request, user, form, 422)
    return _to(user)


@require_POST
def end_duty(request: SignedIn, pk: int, duty_pk: int) -> HttpResponse:
    """The next request of the user has the smaller scope already."""
    user = _managed(request, pk, own="自己的任职请由另一名安全管理员办理")
    duty = get_object_or_404(user.duties, request.user.areas_of(Capability.USERS_MANAGE, "area"), pk=duty_pk)
    with transaction.atomic():
        done = duty.withdraw(on=clock.today(), at=clock.now())
        if done:
            trail.record(
                "解除任职",
                actor=request.user,
                subject=user,
                area=duty.area,
                detail={"角色": duty.post},
                request=request,
            )
    if not done:
        return refused(request, "这项任职已经解除。", 409)
    return _to(user)
