"""`/households/<number>/history/` and `/households/<number>/?on=DAY`: how the record came to be."""

import datetime
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households import changes
from households.forms import Day
from households.models import Household
from office import clock, trail
from office.listing import Page

SHOWN = (
    (changes.CHANGES, "修改和动态"),
    (changes.READS, "查看记录"),
    (changes.ALL, "全部"),
)


class DayAsked(forms.Form):
    """The day whose record is asked for; the future has none."""

    on = Day(label="日期", error_messages={"required": "请填日期"})

    def __init__(self, *args: object, today: datetime.date, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]
        self.today = today

    def clean_on(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["on"]
        if day > self.today:
            raise forms.ValidationError("这一天还没有到")
        if day.year < 1949:
            raise forms.ValidationError("日期认不出来，请写成 2018-11-20 这样")
        return day


def seen(request: HttpRequest, household: Household, action: str = "查看贫困户", **detail: str) -> None:
    """A page of personal data was read: one row of the trail (quality S6)."""
    trail.record(
        action,
        request=request,
        subject=household,
        area=household.village,
        detail={"户编号": household.number, **detail},
    )


@require_safe
def history(request: SignedIn, number: str) -> HttpResponse:
    """`?shown=` changes (unasked), reads or all; `?after=` the key of the last line before the page."""
    household = get_object_or_404(
        Household.objects.visible_to(request.user).select_related("village").with_head(), number=number
    )
    require(request.user, Capability.REGISTER_VIEW)
    words = dict(SHOWN)
    shown = request.GET.get("shown", "")
    shown = shown if shown in words else changes.CHANGES
    after = changes.read_key(request.GET.get("after", ""))
    seen(request, household, "查看修改历史")
    rows, following = changes.entries(household, shown, clock.shift(), after)
    here = f"{request.path}?shown={shown}"
    context = {
        "household": household,
        "page": Page(
            rows=rows,
            total=len(rows),
            size=changes.SIZE,
            next_url=f"{here}&{urlencode({'after': following})}" if following else "",
            first_url=here if after else "",
        ),
        "choices": [(word, f"{request.path}?shown={key}", key == shown) for key, word in SHOWN],
        "form": DayAsked(today=clock.today()),
        "may_close_years": Capability.YEAR_CLOSE in request.user.capabilities(),
    }
    return render(request, "households/history.html", context)
