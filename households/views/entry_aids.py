"""What answers while a household is typed: its draft, the checks, another member, what a number tells."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households.entry import drafts, logic, rail
from households.entry.member_form import MOST, PREFIX, Members
from households.entry.sheet import Sheet
from households.models import Household
from households.views.entry import aids, edited, keep_draft, page_of
from office import clock


def _household(request: SignedIn, number: str) -> Household:
    if number:
        return edited(request, number)
    require(request.user, Capability.REGISTER_EDIT)
    return Household()


@require_POST
def draft(request: SignedIn, number: str = "") -> HttpResponse:
    """Keeps what is typed, or with `action=drop` forgets it."""
    household = _household(request, number)
    if request.POST.get("action") == "drop":
        drafts.drop(request.user, household)
        return HttpResponseRedirect(page_of(household), status=303)
    kept = keep_draft(request, household)
    at = clock.moment() if kept else None
    return render(request, "households/_draft_kept.html", {"at": at}, status=200 if kept else 422)


@require_POST
def checks(request: SignedIn, number: str = "") -> HttpResponse:
    """The right column: what is wrong, and what the household comes to. Saves nothing."""
    sheet = Sheet(_household(request, number), request.user, clock.today(), request.POST)
    sheet.is_valid()
    errors = list(sheet.errors(unfilled=False))
    said = {target for target, _, _ in errors}
    found = [
        one for one in logic.findings(sheet) if one.rule not in logic.UNFILLED and one.target not in said
    ]
    sheet.members.narrow()
    context = {
        "sheet": sheet,
        "found": found,
        "errors": errors,
        "standing": logic.standing(sheet),
        "rail": rail.sections(sheet, errors, found, helped=_helped(sheet)),
        "live": True,
    }
    return render(request, "households/_entry_checks.html", context)


def _helped(sheet: Sheet) -> bool:
    return not sheet.is_new and sheet.household.helpers.valid_on(sheet.day).exists()


@require_POST
def member(request: SignedIn, number: str = "") -> HttpResponse:
    """One more row, and the new count of rows."""
    household = _household(request, number)
    written = request.POST.get(f"{PREFIX}-TOTAL", "")
    place = int(written) if written.isdecimal() and len(written) < 4 else 0
    if place >= MOST:
        return HttpResponse(f"一户最多录 {MOST} 人", status=422)
    members = Members(household, clock.today(), request.POST)
    form = members.new(place)
    members.forms.append(form)
    members.narrow()
    context = {"form": form, "place": place, "total": place + 1, "fresh": True, **aids(household)}
    return render(request, "households/_member.html", context)


@require_POST
def identity(request: SignedIn, number: str = "") -> HttpResponse:
    """Sex, birth date and age by the number of one row, `row`."""
    household = _household(request, number)
    members = Members(household, clock.today(), request.POST)
    place = request.POST.get("row", "")
    if not place.isdecimal() or int(place[:3]) >= len(members.forms):
        return HttpResponse("没有这一行", status=422)
    members.narrow()
    form = members.forms[int(place[:3])]
    form.is_valid()
    return render(request, "households/_identity.html", {"form": form, "live": True})
