"""`/policies/`: the catalogue, open to everybody; the district keeps it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from measures.forms import NewPolicyForm, PolicyFilter, PolicyForm
from measures.models import Policy
from office import clock, trail


@login_not_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """All lines in one table: nobody turns pages in a catalogue, and it prints whole."""
    day, form = clock.today(), PolicyFilter(request.GET)
    valid = form.is_valid()
    rows: list[Any] = list(form.matching(Policy.objects.public(), day)) if valid else []
    for row in rows:
        row.over = row.ended(day)
    context = {
        "form": form,
        "rows": rows,
        "narrowed": any(request.GET.get(name) for name in form.fields),
        "may_edit": _may_edit(request),
    }
    return render(request, "measures/policies.html", context, status=200 if valid else 422)


@login_not_required
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    policy = _policy(code)
    day = clock.today()
    context = {
        "policy": policy,
        "over": policy.ended(day),
        "others": Policy.objects.filter(code=code).exclude(pk=policy.pk).order_by("-valid_from"),
        "may_edit": _may_edit(request),
        # Who changed what is for those who sign in; the public sees what is in force and what was.
        "changes": policy.history.select_related("history_user")[:20]
        if isinstance(request.user, User)
        else [],
    }
    return render(request, "measures/policy.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.POLICY_EDIT)
    form = NewPolicyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with transaction.atomic():
            policy = form.save(commit=False)
            policy._history_user = request.user
            policy.save()
            _noted(request, "新增政策", policy)
        return _saved(request, policy, "已新增")
    return _form_page(request, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, code: str) -> HttpResponse:
    """Who was not first is told, sees what stands now beside what was typed, and may save again."""
    require(request.user, Capability.POLICY_EDIT)
    policy = _policy(code)
    form = PolicyForm(request.POST if request.method == "POST" else None, instance=policy)
    taken = False
    if form.is_valid():
        try:
            with transaction.atomic():
                saved = form.instance.revise(by=request.user, version=form.cleaned_data["seen"])
                _noted(request, "修改政策", saved)
        except ValidationError as refusal:
            taken = getattr(refusal, "code", "") == "taken"
            form.add_error(None, refusal)
        else:
            return _saved(request, saved, "已保存")
    standing = _policy(code)
    if taken:
        typed = request.POST.copy()
        typed["seen"] = str(standing.version)
        form.data = typed
    return _form_page(request, form, standing, taken=taken)


def _policy(code: str) -> Policy:
    policy = Policy.objects.standing(clock.today()).filter(code=code).first()
    if policy is None:
        raise Http404("no such policy")
    return policy


def _may_edit(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and Capability.POLICY_EDIT in user.capabilities()


def _form_page(
    request: SignedIn, form: PolicyForm, policy: Policy | None, taken: bool = False
) -> HttpResponse:
    status = 409 if taken else 422 if form.errors else 200
    context = {"form": form, "policy": policy, "taken": taken}
    return render(request, "measures/policy_form.html", context, status=status)


def _saved(request: SignedIn, policy: Policy, said: str) -> HttpResponse:
    messages.success(request, f"{said}：{policy.name}，{policy.standard}，{policy.valid_from}起执行。")
    return HttpResponseRedirect(reverse("measures:policy", args=[policy.code]), status=303)


def _noted(request: SignedIn, action: str, policy: Policy) -> None:
    detail = {
        "编号": policy.code,
        "名称": policy.name,
        "标准": policy.standard,
        "执行日期": policy.valid_from,
        "依据": policy.source,
    }
    trail.record(action, request=request, subject=policy, detail=detail)
