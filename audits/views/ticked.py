"""What is done with several entries of a list at once: 拆出余单, 登记认可."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits.act_forms import SplitForm, TickedForm
from audits.entry_names import name
from audits.models import AuditList, Entry
from audits.refusals import NotNow
from audits.views.fetch import list_for
from audits.views.refusing import form_page
from office import clock


def _entries(request: SignedIn, audit_list: AuditList) -> list[Entry]:
    visible = Entry.objects.visible_to(request.user).standing().filter(audit_list=audit_list.pk)
    return list(visible.select_related("household", "area"))


@require_http_methods(["GET", "HEAD", "POST"])
def split(request: SignedIn, pk: int) -> HttpResponse:
    """`?entry=` as ticked on the page of the list; the reason is asked here."""
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    entries = _entries(request, audit_list)
    data = request.POST if request.method == "POST" else None
    form = SplitForm(
        data, audit_list=audit_list, entries=entries, initial={"entry": request.GET.getlist("entry")}
    )

    def act() -> str:
        asked = form.cleaned_data
        remainder = audit_list.split(
            asked["entry"],
            by=request.user,
            on=clock.today(),
            reason=asked["reason"],
            version=asked["version"],
        )
        return f"已拆出{len(asked['entry'])}户（村）：{remainder}。"

    return form_page(
        request,
        audit_list,
        form,
        title="拆出余单",
        submit="拆出余单",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/split.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: SignedIn, pk: int) -> HttpResponse:
    """贫困户认可 of all that are ticked: their papers are signed in one evening."""
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    entries = _entries(request, audit_list)
    ticked = request.GET.getlist("entry") or [str(entry.pk) for entry in entries if entry.agreed is None]
    data = request.POST if request.method == "POST" else None
    form = TickedForm(data, audit_list=audit_list, entries=entries, initial={"entry": ticked})

    def act() -> str:
        asked = [entry for entry in entries if entry.pk in form.cleaned_data["entry"]]
        for entry in asked:
            if entry.agreed is False:
                raise NotNow(f"{name(entry)}已登记不认可，改变主意的单独登记")
            entry.audit_list = audit_list
            entry.agree(True, by=request.user, on=clock.today())
        return f"已登记 {len(asked)} 户认可。"

    return form_page(
        request,
        audit_list,
        form,
        title="登记认可",
        submit="登记认可",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        template="audits/agree_ticked.html",
    )
