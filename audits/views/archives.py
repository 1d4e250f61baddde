"""The archive of a list: asked for, made by a job, fetched by whoever asked for it."""

import uuid

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from audits import jobs
from audits.models import ListArchive
from audits.views.fetch import list_for
from office import clock, trail
from office.download import download
from office.sealed_file import pieces


@require_POST
def make(request: SignedIn, pk: int) -> HttpResponse:
    """303 to the job; asked for again while it runs, the same one."""
    audit_list = list_for(request, pk, Capability.AUDIT_VIEW)
    archive = jobs.order(audit_list, request.user)
    address = (
        reverse("audits:papers", args=[pk])
        if archive.job is None
        else reverse("accounts:job", args=[archive.job.pk])
    )
    return HttpResponseRedirect(address, status=303)


@require_safe
def file(request: SignedIn, pk: uuid.UUID) -> HttpResponseBase:
    """Each time a row of the trail; another's file does not exist, nor one whose days are over."""
    own = ListArchive.objects.own(request.user).select_related("audit_list__area")
    archive: ListArchive = get_object_or_404(own, pk=pk)
    require(request.user, Capability.AUDIT_VIEW)
    if archive.made_at is None or archive.over(clock.now()):
        raise Http404("the file is not there")
    try:
        content = pieces(archive.path, archive.pk)
    except FileNotFoundError as gone:
        raise Http404("the file is not on this server") from gone
    with transaction.atomic():
        detail = {"名单": str(archive.audit_list), "文件数": archive.files, "校验码": archive.checksum}
        area = archive.audit_list.area
        trail.record("下载名单档案", request=request, subject=archive, area=area, detail=detail)
    return download(content, archive.file_name, "application/zip", size=archive.size)
