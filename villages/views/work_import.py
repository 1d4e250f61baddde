"""`/villages/posts/import/` and its like: a workbook of records, whole or not at all."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn, require
from office import clock, trail
from office.workbook_read import WorkbookRefused
from villages.work.importing import MOST_ROWS, Fault, needed, optional, read
from villages.work.kind import Kind

FAULTS_SHOWN = 200


class BookForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label="工作簿",
        help_text=f"xlsx，最多 {MOST_ROWS} 行",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={"required": "请选择文件", "empty": "文件是空的", "invalid": "没有收到文件"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: SignedIn, kind: Kind) -> HttpResponse:
    require(request.user, kind.edit)
    if request.method != "POST":
        return _page(request, kind, BookForm())
    form = BookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, kind, form, status=422)
    try:
        found = read(kind, form.cleaned_data["file"].read(), user=request.user, day=clock.today())
    except WorkbookRefused as refusal:
        form.add_error("file", str(refusal))
        return _page(request, kind, form, status=422)
    faults, row = found.faults, 0
    if not faults:
        try:
            with transaction.atomic():
                for number, each in found.forms:
                    row = number
                    record = each.save(commit=False)
                    require(request.user, kind.edit, record.area)
                    record.recorded_by, record.recorded_at = request.user, clock.moment()
                    record.save(force_insert=True)
                detail = {"类别": kind.title, "行数": len(found.forms)}
                area = request.user.home_area
                trail.record(f"导入{kind.title}", request=request, area=area, detail=detail)
        except IntegrityError:
            faults = [Fault(row, "", "和已经登记的或表里前面的一行冲突，请看过再导入")]
    if faults:
        return _page(request, kind, form, status=422, faults=faults)
    messages.success(request, f"已导入 {len(found.forms)} 行。")
    return HttpResponseRedirect(reverse(kind.list_name), status=303)


def _page(
    request: SignedIn, kind: Kind, form: BookForm, status: int = 200, faults: list[Fault] | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "faults": (faults or [])[:FAULTS_SHOWN],
        "fault_count": len(faults or []),
        "needed": needed(kind),
        "optional": optional(kind),
        "list_url": reverse(kind.list_name),
    }
    return render(request, "villages/work_import.html", context, status=status)
