"""`/audits/<list>/evidence/`: evidence of the stage a list stands at, kept, given out, struck out."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits.act_forms import PaperForm, StrikePaperForm
from audits.models import AuditList, Entry, Evidence
from audits.procedures import Paper
from audits.views.fetch import list_for
from audits.views.refusing import form_page
from office import attachments, clock, trail
from office.attachments import Attachment


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    """`?kind=` and `?entry=` choose beforehand."""
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    visible = Entry.objects.visible_to(request.user).standing().filter(audit_list=audit_list.pk)
    entries = list(visible.select_related("household", "area"))
    typed: tuple[Any, Any] = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    chosen = {name: request.GET[name] for name in ("kind", "entry") if name in request.GET}
    form = PaperForm(*typed, audit_list=audit_list, entries=entries, initial=chosen)

    def act() -> str:
        asked = form.cleaned_data
        entry = next((one for one in entries if one.pk == asked["entry"]), None)
        with attachments.all_on_disk(asked["file"]) as files:
            evidence = audit_list.attach(
                asked["kind"], *files, by=request.user, on=clock.today(), note=asked["note"], entry=entry
            )
            detail = {"材料": str(evidence), "文件": [file.label for file in files]}
            _note(request, audit_list, "存入佐证材料", **detail)
        return f"已存入{evidence} {len(files)} 个文件。存错了可以作废重存。"

    return form_page(
        request,
        audit_list,
        form,
        title="存入材料",
        submit="存入",
        template="audits/evidence.html",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def strike(request: SignedIn, pk: int, evidence_pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    evidence = _evidence(request, audit_list, evidence_pk)
    data = request.POST if request.method == "POST" else None
    form = StrikePaperForm(data, audit_list=audit_list)

    def act() -> str:
        reason = form.cleaned_data["reason"]
        audit_list.strike_paper(evidence, reason, by=request.user, on=clock.today())
        return f"{evidence}已作废，原件仍然保留。"

    return form_page(
        request,
        audit_list,
        form,
        title=f"作废{evidence}",
        submit="作废",
        template="audits/strike_evidence.html",
        act=act,
        back=reverse("audits:audit", args=[audit_list.pk]),
        danger=True,
    )


@require_safe
def file(request: SignedIn, pk: int, evidence_pk: int, file_pk: int) -> HttpResponse:
    """One scan of it. Reading it is in the trail: it holds what people signed."""
    audit_list = list_for(request, pk, Capability.AUDIT_VIEW)
    evidence = _evidence(request, audit_list, evidence_pk)
    kept = get_object_or_404(Attachment.objects.of(evidence), pk=file_pk)
    answer = attachments.answer(kept)
    _note(request, audit_list, "查看佐证材料", 材料=str(Paper(evidence.kind).label), 文件=kept.label)
    return answer


def _evidence(request: SignedIn, audit_list: AuditList, pk: int) -> Evidence:
    """Of the list, or of one it was split off; what is of another village's entry is not seen."""
    kept = Evidence.objects.filter(audit_list.lineage()).select_related("entry__area")
    evidence: Evidence = get_object_or_404(kept, pk=pk)
    if evidence.entry is not None and not request.user.area_scope().covers(evidence.entry.area):
        raise Http404(f"no paper {pk} on list {audit_list.pk}")
    return evidence


def _note(request: SignedIn, audit_list: AuditList, action: str, **more: Any) -> None:
    detail = {"名单": str(audit_list), "环节": audit_list.step.label, **more}
    trail.record(action, request=request, subject=audit_list, area=audit_list.area, detail=detail)
