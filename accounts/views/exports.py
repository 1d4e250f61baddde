"""导出: asks for a list as a file, and hands the file to whoever asked for it."""

import uuid

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import SignedIn
from accounts.views.errors import refused
from office import clock, exports, trail
from office.download import download
from office.exports import CONTENT_TYPES, LONGEST_QUERY, Export, Format
from office.jobs import JobRefused


class ExportForm(forms.Form):
    """`list` is a URL name, `query` what stands behind the "?" of its page, `once` a word of the page's own."""

    list = forms.CharField(max_length=60)
    query = forms.CharField(max_length=LONGEST_QUERY, required=False)
    format = forms.ChoiceField(choices=Format.choices)
    once = forms.RegexField(r"^[0-9a-f]{32}$")


@require_POST
def ask(request: SignedIn) -> HttpResponse:
    """303 to the job; the list itself says who may have it (403, 404) and whether its filter can be read (422)."""
    form = ExportForm(request.POST)
    if not form.is_valid():
        return refused(request, "没有说明导出哪个清单，请回到清单重新导出。", 422)
    asked = form.cleaned_data
    try:
        wanted = exports.named(asked["list"])
    except LookupError as unknown:
        raise Http404("no such list") from unknown
    typed = QueryDict(asked["query"])
    listed = wanted.ask(request.user, typed, clock.today())
    if listed.refusal:
        return refused(request, f"条件没有看懂：{listed.refusal}", 422)
    query = listed.address(typed)
    try:
        job = exports.order(
            wanted, query, listed, format=asked["format"], once=asked["once"], owner=request.user
        )
    except JobRefused as reason:
        return refused(request, str(reason), 409)
    return HttpResponseRedirect(reverse("accounts:job", args=[job.pk]), status=303)


@require_safe
def file(request: SignedIn, pk: uuid.UUID) -> HttpResponseBase:
    """Each time a row of the trail; another's file does not exist."""
    export = get_object_or_404(Export, pk=pk, owner=request.user)
    content = exports.content(export, request.user)
    with transaction.atomic():
        trail.record(
            "下载导出文件",
            subject=export,
            area=request.user.home_area,
            detail={"清单": export.title, "行数": export.rows, "校验码": export.checksum},
            request=request,
        )
    return download(content, export.file_name, CONTENT_TYPES[Format(export.format)], size=export.size)
