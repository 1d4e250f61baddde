"""One page for every act on a household: shows the form, refuses with what was typed, or does it and goes back.

The form carries the version it was opened on. Who comes second is told who was first and what was done (409).
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from accounts.views.errors import refused
from households.acts.after import broken, settle
from households.models import Conflict, Household, Person
from households.models.act import TOO_LATE
from office import clock, trail
from office.constraints import broken as broken_rule

CANCELLED = "该户已经注销，不再办理。"


def act_page(
    request: SignedIn,
    household: Household,
    form: Any,
    *,
    title: str,
    submit: str,
    act: Callable[[], tuple[str, Sequence[Household]]],
    noted: Callable[[], dict[str, Any]],
    others: Sequence[Household] = (),
    **more: Any,
) -> HttpResponse:
    """`act` calls the model and returns what to say and the households it touched; all of it, the findings
    and the trail's row are one transaction. `noted` is the trail's detail. `others` are touched as well."""
    if household.removed_on is not None:
        return refused(request, f"{CANCELLED}{last_done(household)}")
    day, late = clock.today(), False
    if request.method == "POST":
        valid = form.is_valid()
        seen = form.cleaned_data.get("version")
        late = seen is not None and seen != household.version
        if late:
            form.data = form.data.copy()
            form.data["version"] = str(household.version)
            form.add_error(None, f"打开本页以后，{last_done(household)}请核对后再提交。")
        elif valid:
            try:
                with transaction.atomic():
                    _claim([household, *others])
                    before = broken([household, *others], day)
                    said, touched = act()
                    settle(touched, before, day)
                    _still_own(request, touched)
                    trail.record(
                        title,
                        request=request,
                        subject=household,
                        area=household.village,
                        detail={"户编号": household.number, **noted()},
                    )
            except Conflict as conflict:
                changed = next((one for one in (household, *others) if _changed(one)), None)
                why = last_done(changed) if changed is not None else "".join(conflict.messages)
                return refused(request, f"{why}请刷新后再办。")
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            except IntegrityError as error:
                # What another household's writer was first with in this moment, as a number; no other way is known.
                rule = broken_rule(error, Person)
                if rule is None:
                    raise
                form.add_error(None, rule.get_violation_error_message())
            else:
                messages.success(request, said)
                to = reverse("households:detail", args=[touched[0].number])
                return HttpResponseRedirect(to, status=303)
    saved = Household.objects.select_related("village").get(pk=household.pk)
    head = saved.head
    context = {
        "household": saved,
        "head_name": head.name if head else "",
        "form": form,
        "title": title,
        "submit": submit,
        **more,
    }
    status = 409 if late else 422 if form.errors else 200
    return render(request, more.get("template", "households/act.html"), context, status=status)


def last_done(household: Household) -> str:
    """Who wrote the household last, when, and what it was."""
    row = household.history.select_related("history_user").order_by("-history_date", "-history_id").first()
    if row is None:
        return ""
    at = row.history_date.astimezone(clock.SHANGHAI)
    what = row.history_change_reason or "修改"
    return f"该户已由{row.history_user or '系统'}于{at:%H:%M}办理（{what}）。"


def present(household: Household) -> list[Person]:
    """Members on the register, the head first."""
    people = Person.objects.filter(household=household, present=True)
    return sorted(people, key=lambda one: (not one.is_head, one.number))


def _claim(households: Sequence[Household]) -> None:
    """Takes the households' turn, in one order for everybody; raises Conflict when one has changed since it was
    read, so that what the act finds wrong is never somebody else's doing."""
    read = {household.pk: household.version for household in households}
    rows = Household.objects.select_for_update().filter(pk__in=read).order_by("pk")
    if dict(rows.values_list("pk", "version")) != read:
        raise Conflict(TOO_LATE)


def _changed(household: Household) -> bool:
    return not Household.objects.filter(pk=household.pk, version=household.version).exists()


def _still_own(request: SignedIn, touched: Sequence[Household]) -> None:
    """What was saved lies where the user may edit."""
    for household in touched:
        require(request.user, Capability.REGISTER_EDIT, area=household.village)
    keys = {household.pk for household in touched}
    if Household.objects.visible_to(request.user).filter(pk__in=keys).count() != len(keys):
        raise PermissionDenied("办理的户不在当前任职的区域内")
