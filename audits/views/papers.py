"""The papers of a list: which there are, and each as it is printed."""

from typing import NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn
from accounts.roles import Capability
from audits.models import AuditList, Decision, Entry, ListArchive
from audits.papers import kinds
from audits.papers.facts import ListFacts
from audits.papers.kinds import PaperKind
from audits.views.fetch import list_for
from office import clock

RELATED = ("household__village", "household__county", "area__parent__parent", "house_case")


class Line(NamedTuple):
    """A kind on the page; `decision`: whose frozen facts it is printed from, None the day's register."""

    kind: PaperKind
    title: str
    stage: str
    decision: Decision | None


@require_safe
def listing(request: SignedIn, pk: int) -> HttpResponse:
    audit_list = list_for(request, pk, Capability.AUDIT_VIEW)
    facts = ListFacts(audit_list, (), clock.today())
    lines = []
    for kind in kinds.of(audit_list.kind):
        stage = kind.stage(audit_list.kind)
        title, label = kind.titled(audit_list.kind), audit_list.procedure[stage].label
        lines.append(Line(kind, title, label, facts.rests_on(stage)))
    archive = (
        ListArchive.objects.own(request.user).filter(audit_list=audit_list).select_related("job").first()
    )
    context = {"audit_list": audit_list, "lines": lines, "notices": facts.notices, "archive": archive}
    return render(request, "audits/papers.html", context)


@require_safe
def paper(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """The whole list's; `?entry=` prints the page of one."""
    audit_list = list_for(request, pk, Capability.AUDIT_VIEW)
    found = kinds.BY_KEY.get(kind)
    if found is None or found not in kinds.of(audit_list.kind):
        raise Http404("this procedure has no such paper")
    one = request.GET.get("entry", "")
    facts = ListFacts(audit_list, seen_entries(request, audit_list, one), clock.today())
    context = {
        "audit_list": audit_list,
        "paper": kinds.printed(found, facts),
        "kind": found,
        "one": one,
        # Each on a page of its own may be printed by itself, too.
        "choices": [] if one or not found.each else facts.rows(found.stage(audit_list.kind)),
    }
    return render(request, "audits/paper.html", context)


def seen_entries(request: SignedIn, audit_list: AuditList, one: str = "") -> list[Entry]:
    """A village on a town's list prints its own papers; 404 for an entry that is not there."""
    visible = Entry.objects.visible_to(request.user).filter(audit_list=audit_list.pk)
    if one:
        visible = (
            visible.filter(pk=int(one))
            if one.isascii() and one.isdigit() and len(one) < 19
            else visible.none()
        )
    entries = list(visible.select_related(*RELATED).prefetch_related("answers"))
    if one and not entries:
        raise Http404("no such entry on the list")
    return entries
