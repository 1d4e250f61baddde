"""A notice inside the office: putting it up, its page with the clock, the sheet to print, its workbook and photos."""

import datetime

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area, Level
from audits import posting
from audits.models import AuditList, AuditSetting, Notice, Objection
from audits.models.setting import PUBLIC
from audits.notice_forms import POSTED, PhotosForm, PostingForm, PublicSwitchForm
from audits.notice_list import notices
from audits.panels import clock as clocks
from audits.procedures import ListKind
from audits.public import public_notices, turned_off
from audits.views.fetch import list_for
from audits.views.refusing import Refusal, attempt, form_page, late
from office import attachments, clock, trail
from office.attachments import Attachment
from office.download import download
from office.exports import CONTENT_TYPES, Format
from office.listing import area_choices
from office.workbook_write import write_form


def notice_for(request: SignedIn, pk: int, notice_pk: int, capability: Capability) -> Notice:
    """A notice under the address of its own list; `notice.audit_list` is the list as fetched."""
    audit_list = list_for(request, pk, capability)
    found = Notice.objects.select_related("posted_by")
    notice: Notice = get_object_or_404(found, pk=notice_pk, audit_list=audit_list.pk)
    notice.audit_list = audit_list
    return notice


@require_safe
def listing(request: SignedIn) -> HttpResponse:
    day = clock.today()
    listed = notices(request.user, request.GET, day)
    county = _county(request)
    context = {
        "form": listed.form,
        "page": listed.page(request),
        "columns": listed.columns,
        "area": listed.area,
        "areas": area_choices(request.user, listed.area, day),
        "narrowed": listed.area is not None or any(request.GET.get(name) for name in listed.form.fields),
        "open_here": settings.PUBLIC_NOTICES,
        "county": county,
        "switch": None if county is None else PublicSwitchForm(initial={"kinds": _public_kinds(county, day)}),
    }
    return render(request, "audits/notices.html", context, status=422 if listed.refusal else 200)


@require_POST
def switch(request: SignedIn) -> HttpResponse:
    """Public pages of the county on and off by procedure, from today."""
    require(request.user, Capability.AUDIT_SETTINGS)
    county, form, day = _county(request), PublicSwitchForm(request.POST), clock.today()
    if county is None:
        return refused(request, "任职的区域不是一个区县，不能设置公开网页。", 422)
    if not form.is_valid():
        return refused(request, "没有看懂要公开哪些事项，请返回重选。", 422)
    wanted, standing = set(form.cleaned_data["kinds"]), _public_kinds(county, day)
    with transaction.atomic():
        for kind in POSTED:
            if (kind in wanted) != (kind in standing):
                AuditSetting.set(
                    county=county,
                    kind=kind,
                    name=PUBLIC,
                    value=int(kind in wanted),
                    from_on=day,
                    by=request.user,
                    at=clock.moment(),
                )
        if wanted != set(standing):
            words = "、".join(str(ListKind(kind).label) for kind in POSTED if kind in wanted)
            trail.record(
                "设置公示公开网页", request=request, area=county, detail={"公开": words or "都不公开"}
            )
    messages.success(request, "公开网页已按所选设置，立即生效。")
    return HttpResponseRedirect(reverse("audits:notices"), status=303)


def _county(request: SignedIn) -> Area | None:
    """Of whoever may set it: the one county of the duty."""
    if Capability.AUDIT_SETTINGS not in request.user.capabilities():
        return None
    counties = {
        duty.area.pk: duty.area for duty in request.user.valid_duties() if duty.area.level == Level.COUNTY
    }
    return next(iter(counties.values())) if len(counties) == 1 else None


def _public_kinds(county: Area, day: datetime.date) -> list[str]:
    off = {kind for place, kind in turned_off(day) if place == county.pk}
    return [kind for kind in POSTED if kind not in off]


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn, pk: int) -> HttpResponse:
    """张贴 at a level where nothing hangs yet; dated today, whatever the form says."""
    audit_list = list_for(request, pk, Capability.AUDIT_ACT)
    day, step = clock.today(), audit_list.step
    if not audit_list.is_open or step.posting is None:
        return refused(request, "名单不在公示公告的环节，没有要张贴的。")
    hanging = set(audit_list.posted().values_list("level", flat=True))
    levels = [str(level) for level in step.posting.places if level not in hanging]
    if not levels:
        return refused(request, f"{step.posting.word}已经张贴，不能重复张贴。")
    typed = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PostingForm(*typed, audit_list=audit_list, levels=levels, initial=_last_time(audit_list))

    def act() -> str:
        asked = form.cleaned_data
        with attachments.all_on_disk(asked["photo"]) as photos:
            notice = audit_list.post_notice(
                asked["level"], asked["place"], telephone=asked["telephone"], by=request.user, on=day
            )
            if photos:
                audit_list.photograph(notice, photos, by=request.user, on=day)
        wanted = "" if photos else "满期前要补传张贴照片。"
        return f"已登记张贴，今天不计，{_said(notice.ends_on)} 24:00 满期。{wanted}"

    return form_page(
        request,
        audit_list,
        form,
        title=f"登记{step.posting.word}张贴",
        submit="登记张贴",
        act=act,
        back=reverse("audits:audit", args=[pk]),
        template="audits/notice_new.html",
    )


def _last_time(audit_list: AuditList) -> dict[str, str]:
    """Place and telephone as the area last had them."""
    last = Notice.objects.filter(audit_list__area=audit_list.area_id).order_by("-pk").first()
    return {} if last is None else {"place": last.place, "telephone": last.telephone}


@require_safe
def show(request: SignedIn, pk: int, notice_pk: int) -> HttpResponse:
    return _page(request, notice_for(request, pk, notice_pk, Capability.AUDIT_VIEW))


@require_POST
def photos(request: SignedIn, pk: int, notice_pk: int) -> HttpResponse:
    notice = notice_for(request, pk, notice_pk, Capability.AUDIT_ACT)
    audit_list, day = notice.audit_list, clock.today()
    form = PhotosForm(request.POST, request.FILES, audit_list=audit_list)
    if not form.is_valid():
        return _page(request, notice, form, 422)

    def act() -> int:
        with attachments.all_on_disk(form.cleaned_data["photo"]) as kept:
            audit_list.photograph(notice, kept, by=request.user, on=day)
        return len(kept)

    refusal = late(form, day)
    outcome = attempt(act) if refusal is None else refusal
    if isinstance(outcome, Refusal):
        for reason in outcome.reasons:
            form.add_error(None, reason)
        return _page(request, notice, form, outcome.status)
    messages.success(request, f"已存入 {outcome} 张照片。")
    return HttpResponseRedirect(reverse("audits:notice", args=[pk, notice_pk]), status=303)


@require_safe
def photo(request: SignedIn, pk: int, notice_pk: int, file_pk: int) -> HttpResponse:
    notice = notice_for(request, pk, notice_pk, Capability.AUDIT_VIEW)
    kept = get_object_or_404(Attachment.objects.of(notice), pk=file_pk)
    answer = attachments.answer(kept)
    detail = {"名单": str(notice.audit_list), "地点": notice.place, "文件": kept.label}
    trail.record("查看张贴照片", request=request, subject=notice, area=notice.audit_list.area, detail=detail)
    return answer


@require_safe
def sheet(request: SignedIn, pk: int, notice_pk: int) -> HttpResponse:
    """What hangs on the wall, to be printed: the frozen sheet and nothing else."""
    notice = notice_for(request, pk, notice_pk, Capability.AUDIT_VIEW)
    return render(request, "audits/notice_sheet.html", sheet_context(notice))


def sheet_context(notice: Notice) -> dict[str, object]:
    return {
        "notice": notice,
        "audit_list": notice.audit_list,
        "sheet_title": posting.title(notice),
        "heads": posting.columns(notice.audit_list.kind),
        "terms": posting.terms(notice),
    }


@require_safe
def workbook(request: SignedIn, pk: int, notice_pk: int) -> HttpResponseBase:
    notice = notice_for(request, pk, notice_pk, Capability.AUDIT_VIEW)
    made = write_form(posting.workbook(notice), made_at=notice.recorded_at)
    return download([made], f"{posting.title(notice)}.xlsx", CONTENT_TYPES[Format.XLSX], size=len(made))


def _page(
    request: SignedIn, notice: Notice, form: PhotosForm | None = None, status: int = 200
) -> HttpResponse:
    day, audit_list = clock.today(), notice.audit_list
    hangs = Notice.objects.running(day).filter(pk=notice.pk).exists()
    context = {
        **sheet_context(notice),
        "face": clocks.face(notice, day),
        "hangs": hangs,
        "photos": Attachment.objects.of(notice).select_related("uploaded_by"),
        "photos_form": form or PhotosForm(audit_list=audit_list),
        "may_photograph": audit_list.stage == notice.stage
        and audit_list.round == notice.round
        and audit_list.is_open
        and Capability.AUDIT_ACT in request.user.capabilities(),
        "public": public_notices(day).filter(pk=notice.pk).exists(),
        "objections": Objection.objects.filter(notice=notice).count(),
    }
    return render(request, "audits/notice.html", context, status=status)


def _said(on: datetime.date) -> str:
    return f"{on.month}月{on.day}日"
