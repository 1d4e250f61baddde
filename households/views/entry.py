"""`/households/new/`, `/households/<number>/edit/`: a household with all that is kept for it, on one sheet.

A new household is an applicant: counted nowhere until it is registered by its audit. Drafts and the
fragments that answer while one types stand in entry_aids.py.
"""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from areas.models import Area
from households import doubts
from households.duplicates import found as duplicates
from households.entry import conflict, drafts, logic, rail
from households.entry.household_form import (
    HOUSEHOLD_MORE,
    HOUSEHOLD_SHOWN,
    INCOMES,
    LIVING_MORE,
    LIVING_SHOWN,
    PRODUCTION_MORE,
    PRODUCTION_SHOWN,
    SIX,
    TICKS,
    TRANSFERS,
)
from households.entry.member_form import PREFIX
from households.entry.previous import copied
from households.entry.sheet import Sheet
from households.models import Conflict, Household
from households.record import UNITS
from households.views.history import seen
from office import clock, trail

# The sheets that this session saved last, by the moment they were opened.
SAVED, SAVED_KEPT = "entry_saved", 10


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedIn) -> HttpResponse:
    require(request.user, Capability.REGISTER_EDIT)
    return _sheet(request, Household())


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedIn, number: str) -> HttpResponse:
    household = edited(request, number)
    if household.removed_on is not None:
        return refused(request, "该户已经注销，不能再修改。")
    if request.method != "POST":
        seen(request, household, 页面="修改")
    return _sheet(request, household)


def edited(request: SignedIn, number: str) -> Household:
    """The household of the address, for who may edit it."""
    visible = Household.objects.visible_to(request.user).select_related(
        "village__parent__parent__parent__parent", "county"
    )
    household: Household = get_object_or_404(visible, number=number)
    require(request.user, Capability.REGISTER_EDIT, area=household.village)
    return household


def page_of(household: Household) -> str:
    if household.pk:
        return reverse("households:edit", args=[household.number])
    return reverse("households:new")


def _sheet(request: SignedIn, household: Household) -> HttpResponse:
    day = clock.today()
    if request.method == "POST":
        act = {"draft": _keep, "add": _add_row, "copy": _copy}.get(request.POST.get("action", ""), _save)
        return act(request, household)
    draft = drafts.found(request.user, household)
    if draft is not None:
        # Opened at once: a sheet beside it would soon be kept in its place.
        data = drafts.typed_in(draft)
        data.setdefault("version", str(household.version))
        sheet = Sheet(household, request.user, day, data)
        sheet.hush()
        return _page(request, sheet, resumed=draft)
    return _page(request, Sheet(household, request.user, day))


def _save(request: SignedIn, household: Household) -> HttpResponse:
    sheet = Sheet(household, request.user, clock.today(), request.POST)
    if not sheet.is_new and sheet.seen_version != household.version:
        return _conflict(request, sheet)
    sheet.is_valid()
    found = logic.findings(sheet)
    logic.apply(sheet, found)
    if any(form.errors for form in sheet.forms) or any(one.unanswered for one in found):
        return _page(request, sheet, found=found, status=422)
    changed = sheet.changed
    try:
        with transaction.atomic():
            saved = sheet.save()
            if sheet.is_new and not Area.objects.held_open({saved.village_id}, sheet.day).exists():
                raise ValidationError("该村（居）刚刚停用，请重新选择")
            _still_own(request, saved)
            doubts.recheck(saved, sheet.day)
            duplicates.recheck([saved], sheet.day)
            doubts.confirm(saved, logic.reasons(found), by=request.user, on=sheet.day)
            trail.record(
                "新建贫困户" if sheet.is_new else "修改贫困户",
                request=request,
                subject=saved,
                area=saved.village,
                detail={
                    "户编号": saved.number,
                    "改动": changed,
                    "核实保留": {one.rule: one.reason for one in found if not one.blocks},
                },
            )
            drafts.drop(request.user, None if sheet.is_new else saved)
    except Conflict:
        return _conflict(request, _again(request, sheet))
    except ValidationError as refusal:
        again = _again(request, sheet)
        again.is_valid()
        again.household_form.add_error(None, refusal.messages)
        return _page(request, again, found=found, status=422)
    except IntegrityError:
        # Somebody else saved the same number in this moment: now the form itself finds it.
        again = _again(request, sheet)
        if again.is_valid():
            raise
        return _page(request, again, found=found, status=422)
    return _saved(request, sheet, saved)


def _saved(request: SignedIn, sheet: Sheet, saved: Household) -> HttpResponse:
    request.session[SAVED] = [*request.session.get(SAVED, [])[1 - SAVED_KEPT :], request.POST.get("opened")]
    said = f"已保存：{saved.head or saved.number}户，{saved.member_count} 人。"
    if sheet.is_new:
        said += "该户是申请户，还没有纳入，不计入任何统计；纳入要经过评议、公示和审核。"
    if not sheet.closed and sheet.survey_form.typed and not sheet.complete:
        said += f"{sheet.year}年采集还没有填完，先存为草稿，不计入统计。"
    messages.success(request, said)
    if request.POST.get("action") == "save_next":
        return HttpResponseRedirect(
            f"{reverse('households:new')}?{urlencode({'village': saved.village.code})}", status=303
        )
    return HttpResponseRedirect(reverse("households:detail", args=[saved.number]), status=303)


def _still_own(request: SignedIn, saved: Household) -> None:
    """The saved row is looked at again: it must lie where the user may edit."""
    require(request.user, Capability.REGISTER_EDIT, area=saved.village)
    if not Household.objects.visible_to(request.user).filter(pk=saved.pk).exists():
        raise PermissionDenied("保存的户不在当前任职的区域内")


def _again(request: SignedIn, sheet: Sheet) -> Sheet:
    """The sheet over the record as it is now, after a save that did not happen."""
    fresh = Household() if sheet.is_new else Household.objects.get(pk=sheet.household.pk)
    return Sheet(fresh, request.user, clock.today(), request.POST)


def _conflict(request: SignedIn, sheet: Sheet) -> HttpResponse:
    data, differences = conflict.put_together(sheet, conflict.opened_at(request.POST, clock.now()))
    merged = Sheet(sheet.household, request.user, sheet.day, data)
    merged.hush()
    more: dict[str, Any] = {
        "differences": differences,
        "other": _other(sheet.household),
        "opened": clock.now().isoformat(),
    }
    return _page(request, merged, status=409, **more)


def _other(household: Household) -> str:
    """Who saved last, and when."""
    row = household.history.select_related("history_user").order_by("-history_date").first()
    if row is None:
        return ""
    return f"{row.history_user or '系统'} {row.history_date.astimezone(clock.SHANGHAI):%H:%M} 保存"


def _keep(request: SignedIn, household: Household) -> HttpResponse:
    if keep_draft(request, household):
        messages.success(request, "草稿已存在服务器上，还没有登记。七天内可以接着填。")
    return HttpResponseRedirect(page_of(household), status=303)


def keep_draft(request: SignedIn, household: Household) -> bool:
    """False when nothing could be kept. What was saved meanwhile needs no draft: it may come late."""
    if request.POST.get("opened", "") in request.session.get(SAVED, ()):
        return True
    area = household.village if household.pk else request.user.home_area
    return area is not None and drafts.keep(request.user, household, area, request.POST, clock.moment())


def _add_row(request: SignedIn, household: Household) -> HttpResponse:
    """Without script: the page again with one more row."""
    data = request.POST.copy()
    written = data.get(f"{PREFIX}-TOTAL", "")
    data[f"{PREFIX}-TOTAL"] = str(int(written) + 1 if written.isdecimal() and len(written) < 4 else 1)
    return _quietly(request, household, data)


def _copy(request: SignedIn, household: Household) -> HttpResponse:
    """Last year's survey, living and production in the fields that are still empty; nothing is saved."""
    return _quietly(request, household, copied(household, clock.today().year, request.POST))


def _quietly(request: SignedIn, household: Household, data: QueryDict) -> HttpResponse:
    sheet = Sheet(household, request.user, clock.today(), data)
    sheet.hush()
    return _page(request, sheet)


def _page(
    request: SignedIn, sheet: Sheet, *, status: int = 200, found: list | None = None, **more: object
) -> HttpResponse:
    household = sheet.household
    if status != 422 and sheet.data is None and sheet.is_new:
        _choose_village(request, sheet)
    members = sheet.members.forms
    sheet.members.narrow()
    errors = list(sheet.errors()) if status == 422 else []
    helpers = list(household.helpers.valid_on(sheet.day)) if household.pk else []
    context = {
        "sheet": sheet,
        "household": household,
        "head_name": next(
            (form["name"].value() for form in members if form["relation"].value() == "户主"), ""
        ),
        "shown": sheet.household_form.rows(HOUSEHOLD_SHOWN),
        "more": sheet.household_form.rows(HOUSEHOLD_MORE),
        "more_open": sheet.household_form.opened(HOUSEHOLD_MORE),
        "members": members,
        "total": len(members),
        "incomes": sheet.survey_form.rows(INCOMES),
        "transfers": sheet.survey_form.rows(TRANSFERS),
        "six": sheet.survey_form.rows(SIX),
        "ticks": sheet.survey_form.rows(TICKS),
        "conditions": with_units(
            sheet.living_form.rows(LIVING_SHOWN) + sheet.production_form.rows(PRODUCTION_SHOWN)
        ),
        "conditions_more": with_units(
            sheet.living_form.rows(LIVING_MORE) + sheet.production_form.rows(PRODUCTION_MORE)
        ),
        "conditions_open": sheet.living_form.opened(LIVING_MORE)
        or sheet.production_form.opened(PRODUCTION_MORE),
        "found": found or [],
        "warnings": _by_rule(found or []),
        "errors": errors,
        "rail": rail.sections(sheet, errors, warned(found or []), helped=bool(helpers)),
        "helpers": helpers,
        "may_pair": Capability.HELPER_EDIT in request.user.capabilities(),
        "standing": logic.standing(sheet) if sheet.data is None or status == 422 else None,
        "opened": (sheet.data.get("opened") if sheet.data is not None else "") or clock.now().isoformat(),
        "here": page_of(household),
        **aids(household),
        **more,
    }
    return render(request, "households/entry.html", context, status=status)


def _choose_village(request: SignedIn, sheet: Sheet) -> None:
    """保存，录下一户 goes on in the same village."""
    field: Any = sheet.household_form.fields["village"]
    field.initial = field.queryset.filter(code=request.GET.get("village", "")).first()


def warned(found: list[logic.Finding]) -> list[logic.Finding]:
    """What blocks stands among the errors of the forms by now."""
    return [one for one in found if not one.blocks]


def _by_rule(found: list[logic.Finding]) -> list[tuple[logic.Finding, list[logic.Finding]]]:
    """Each rule that warns once, with everything it is about: one reason answers them all."""
    rules: dict[str, list[logic.Finding]] = {}
    for one in warned(found):
        rules.setdefault(one.rule, []).append(one)
    return [(each[0], each) for each in rules.values()]


def with_units(fields: list) -> list[tuple]:
    return [
        (field, UNITS.get(field.name, "") if field.name != "house_built_year" else "") for field in fields
    ]


def aids(household: Household) -> dict[str, str]:
    """Addresses that answer while one types."""
    args, kind = ([household.number], "edit") if household.pk else ([], "new")
    return {
        f"{part}_url": reverse(f"households:{kind}-{part}", args=args)
        for part in ("draft", "checks", "member", "identity")
    }
