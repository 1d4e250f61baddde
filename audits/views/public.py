"""`/notices/`: running notices for everybody, without sign-in; the frozen sheet, and a form to object to it.

Nothing is found by trying: an address has 192 random bits, and what is over, taken down or turned off answers like
what never was. No search engine keeps it.
"""

import datetime
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.middleware import client_address
from areas.models import Area
from audits import posting
from audits.models import AuditList, Entry, Notice
from audits.notice_forms import PublicObjectionForm
from audits.panels import clock as clocks
from audits.public import public_notices, source
from audits.refusals import NotNow, TooMany
from audits.views.notices import sheet_context
from office import clock

WHERE = "audit_list__area__parent__parent"
View = Callable[..., HttpResponse]


def kept_out_of_searches(view: View) -> View:
    """In the header of every answer, the refusals included; the page says it once more."""

    @wraps(view)
    def answered(request: HttpRequest, *args: object, **named: object) -> HttpResponse:
        answer = view(request, *args, **named)
        answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return answer

    return answered


@login_not_required
@require_safe
@kept_out_of_searches
def listing(request: HttpRequest) -> HttpResponse:
    """What runs today, by place; `?area=CODE` narrows."""
    day = clock.today()
    area, notices = _area(request), public_notices(day).select_related(WHERE)
    rows = sorted(
        notices.in_area(area),
        key=lambda notice: (notice.audit_list.area.code, notice.pk),
    )
    lines = [(notice, posting.title(notice), clocks.face(notice, day)) for notice in rows]
    return render(request, "audits/public_notices.html", {"lines": lines, "area": area})


@login_not_required
@sensitive_post_parameters("contact", "raised_by", "text")
@require_http_methods(["GET", "HEAD", "POST"])
@kept_out_of_searches
def notice(request: HttpRequest, token: str) -> HttpResponse:
    """The sheet as it hangs; POST is an objection: 303 taken, 422 incomplete, 409 too late, 429 too many."""
    day = clock.today()
    found: Notice | None = public_notices(day).filter(token=token).select_related(WHERE).first()
    if found is None:
        raise Http404("no notice hangs there")
    form = PublicObjectionForm(request.POST if request.method == "POST" else None, notice=found)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                due = _object(request, found, form)
            except TooMany as refusal:
                status = 429
                form.add_error(None, refusal)
            except NotNow as refusal:
                status = 409
                form.add_error(None, refusal)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(
                    request, f"异议已收到，有关的户（村）暂停办理，{due.month}月{due.day}日前书面答复。"
                )
                return HttpResponseRedirect(reverse("notices:notice", args=[token]), status=303)
    context = {**sheet_context(found), "face": clocks.face(found, day), "form": form}
    return render(request, "audits/public_notice.html", context, status=status)


def _object(request: HttpRequest, notice: Notice, form: PublicObjectionForm) -> datetime.date:
    """By when it is answered. The entry may stand on a remainder list by now."""
    day, asked = clock.today(), form.cleaned_data
    entry = _entry(notice, form.row_number)
    audit_list = AuditList.objects.select_related("area__parent__parent").get(
        pk=notice.audit_list_id if entry is None else entry.audit_list_id
    )
    objection = audit_list.object_publicly(
        asked["text"],
        notice=notice,
        entry=entry,
        on=day,
        source=source(client_address(request), day),
        most=settings.PUBLIC_OBJECTIONS_PER_DAY,
        raised_by=asked["raised_by"],
        contact=asked["contact"],
    )
    return objection.due_on


def _entry(notice: Notice, row: int | None) -> Entry | None:
    if row is None or row > len(notice.entry_keys):
        return None
    return Entry.objects.select_related("area").get(pk=notice.entry_keys[row - 1])


def _area(request: HttpRequest) -> Area | None:
    code = request.GET.get("area", "").strip()
    if not code:
        return None
    try:
        return Area.objects.by_code(code)
    except Area.DoesNotExist as error:
        raise Http404("no such area") from error
