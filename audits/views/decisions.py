"""通过 and 退回: the transitions of a list, each one method of the machine."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability, Role
from audits.models import AuditList, Decision
from audits.panels import frozen
from audits.seen import PassForm, SendBackForm
from audits.views.fetch import list_for
from audits.views.lists import list_page
from audits.views.refusing import Refusal, attempt, form_page
from office import clock


@require_POST
def pass_on(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    form = PassForm(request.POST, audit_list=audit_list)
    if not form.is_valid():
        refusal = Refusal(422, ("页面不完整，请刷新后再办",))
        return list_page(request, audit_list, refusal=refusal)
    asked = form.cleaned_data
    outcome = attempt(
        lambda: audit_list.pass_stage(
            asked["stage"],
            by=request.user,
            on=clock.today(),
            version=asked["version"],
            opinion=asked["opinion"],
        )
    )
    if isinstance(outcome, Refusal):
        form.now_seen()
        return list_page(request, audit_list, form, outcome)
    messages.success(request, f"{outcome.stage_label}已通过，{_next(audit_list)}")
    return HttpResponseRedirect(reverse("audits:audit", args=[audit_list.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    form = SendBackForm(request.POST if request.method == "POST" else None, audit_list=audit_list)

    def act() -> str:
        asked = form.cleaned_data
        audit_list.send_back(
            asked["stage"],
            asked["to"],
            by=request.user,
            on=clock.today(),
            reason=asked["reason"],
            version=asked["version"],
        )
        return f"已退回到{audit_list.step.label}。"

    return form_page(
        request,
        audit_list,
        form,
        title="退回",
        submit="退回",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        danger=True,
        template="audits/send_back.html",
    )


@require_safe
def decision(request: SignedIn, pk: int, decision_pk: int) -> HttpResponse:
    """One step with all that was frozen with it, an entry each; of the list itself or from before it was split off."""
    audit_list = list_for(request, pk, Capability.AUDIT_VIEW)
    of_it = Decision.objects.filter(audit_list.lineage()).select_related("by", "on_behalf_of")
    made = get_object_or_404(of_it, pk=decision_pk)
    context = {"audit_list": audit_list, "decision": made, "rows": frozen.of(made, request.user)}
    return render(request, "audits/decision.html", context)


def _next(audit_list: AuditList) -> str:
    if not audit_list.is_open:
        return "名单已经办结。"
    roles = "、".join(str(Role(role).label) for role in audit_list.step.roles)
    return f"现在到{audit_list.step.label}，由{roles}办理。"
