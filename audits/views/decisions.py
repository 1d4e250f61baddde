"""通过 and 退回: the transitions of a list, each one method of the machine."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import SignedIn
from accounts.roles import Capability, Role
from audits.models import AuditList
from audits.views.fetch import list_for
from audits.views.lists import list_page
from audits.views.refusing import Refusal, SeenForm, attempt, form_page
from office import clock


class PassForm(SeenForm):
    opinion = forms.CharField(label="意见", max_length=500, required=False)


class SendBackForm(SeenForm):
    to = forms.ChoiceField(label="退回到")
    reason = forms.CharField(
        label="退回的原因", max_length=500, widget=forms.Textarea(attrs={"rows": 3, "class": "w24"})
    )

    def __init__(self, data: object = None, *, audit_list: AuditList) -> None:
        super().__init__(data, audit_list=audit_list)
        before = audit_list.procedure.before(audit_list.stage)
        self.fields["to"].choices = [(stage.key, stage.label) for stage in reversed(before)]  # type: ignore[attr-defined]


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


def _next(audit_list: AuditList) -> str:
    if not audit_list.is_open:
        return "名单已经办结。"
    roles = "、".join(str(Role(role).label) for role in audit_list.step.roles)
    return f"现在到{audit_list.step.label}，由{roles}办理。"
