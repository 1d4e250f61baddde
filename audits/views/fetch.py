"""First line of every view of an audit: the list, or an entry of it, that the user may see; else 404, 403."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from audits.models import AuditList, Entry

WHERE = "area__parent__parent__parent__parent"


def list_for(request: SignedIn, pk: int, capability: Capability) -> AuditList:
    """In which area and at which stage it may be used is for audits/acting.py, which says why not."""
    visible = AuditList.objects.visible_to(request.user).select_related(
        WHERE, "split_from__area", "opened_by"
    )
    audit_list: AuditList = get_object_or_404(visible, pk=pk)
    require(request.user, capability)
    return audit_list


def entry_for(request: SignedIn, pk: int, entry_pk: int, capability: Capability) -> Entry:
    """An entry under the address of its own list; `entry.audit_list` is the list as fetched.

    A village on a town's list sees its own entry there and no other's.
    """
    audit_list = list_for(request, pk, capability)
    visible = Entry.objects.visible_to(request.user).filter(audit_list=audit_list.pk)
    entry = (
        visible.select_related("household__village", "household__county", "area__parent")
        .filter(pk=entry_pk)
        .first()
    )
    if entry is None:
        raise Http404(f"no entry {entry_pk} on list {pk}")
    entry.audit_list = audit_list
    return entry
