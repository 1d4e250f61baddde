"""`/households/<number>/reveal/`: one hidden value in full, once, for a reason (查看完整号码)."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import password_again
from accounts.permissions import SignedIn, require
from accounts.roles import Capability
from households import reveal as numbers
from households.models import Household
from office import clock
from office.models import Outcome


class RevealForm(forms.Form):
    """Whose value, which one, and why; `record` is the household or the member."""

    person = forms.CharField(label="对象", error_messages={"required": "请指明是哪个成员"})
    field = forms.CharField(label="内容", error_messages={"required": "请指明是哪一项"})
    reason = forms.CharField(
        label="原因",
        min_length=2,
        max_length=100,
        error_messages={
            "required": "请填查看的原因",
            "min_length": "请把查看的原因写清楚",
            "max_length": "原因不超过 100 个字",
        },
    )

    def __init__(self, data: Any, *, household: Household) -> None:
        super().__init__(data)
        self.household = household
        self.record: numbers.Record = household

    def clean_person(self) -> str:
        of = str(self.cleaned_data["person"])
        if of.startswith(numbers.HELPER_PREFIX):
            helper = self.household.helpers.filter(number=of.removeprefix(numbers.HELPER_PREFIX)).first()
            if helper is None:
                raise forms.ValidationError("本户没有这个帮扶责任人")
            self.record = helper
        elif of != numbers.OF_HOUSEHOLD:
            person = self.household.persons.filter(number=of).first()
            if person is None:
                raise forms.ValidationError("本户没有这个成员")
            self.record = person
        return of

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        name = cleaned.get("field", "")
        if self.errors:
            return cleaned
        if name not in numbers.fields_of(self.record):
            self.add_error("field", "没有这一项")
        elif not getattr(self.record, name):
            self.add_error("field", "这一项没有填")
        elif str(getattr(self.record, name)) in cleaned["reason"]:
            self.add_error("reason", "原因里不要写号码")
        return cleaned


@sensitive_post_parameters("password")
@require_POST
def reveal(request: SignedIn, number: str) -> HttpResponse:
    """POST `person` ("household", a person's number, or "helper-" and a helper's), `field` and `reason`, and
    `password` when it has not been entered lately.

    Answers the value (200), why not (422: the form, 429: the cap of the hour), as the row of the page or,
    without script, as a page of its own.
    """
    household = get_object_or_404(
        Household.objects.visible_to(request.user).select_related("village").with_head(), number=number
    )
    require(request.user, Capability.REVEAL, area=household.village)
    form = RevealForm(request.POST, household=household)
    value, problem, status, asks_password = "", "", 200, False
    if not form.is_valid():
        problem, status = "；".join(str(error) for errors in form.errors.values() for error in errors), 422
    elif reason_asked := password_again.missing(request):
        problem, status, asks_password = reason_asked, 422, True
    else:
        name, reason = form.cleaned_data["field"], form.cleaned_data["reason"]
        try:
            value = numbers.opened(request, household, form.record, name, reason=reason, now=clock.now())
        except numbers.TooMany as refusal:
            numbers.note(request, household, form.record, name, reason=reason, outcome=Outcome.REFUSED)
            problem, status = str(refusal), 429
    context = {
        "household": household,
        "one": _shown(form),
        "value": value,
        "problem": problem,
        "asks_password": asks_password,
        "reason": str(form.data.get("reason", ""))[:100] if problem else "",
    }
    whole = not request.htmx or context["one"] is None  # type: ignore[attr-defined]
    template = "households/revealed.html" if whole else "households/_hidden.html"
    return render(request, template, context, status=status)


def _shown(form: RevealForm) -> numbers.Hidden | None:
    """The row the answer belongs to; None when the form names none."""
    name = str(form.data.get("field", ""))
    if "person" not in form.cleaned_data or name not in numbers.fields_of(form.record):
        return None
    return numbers.masked(form.record, name)
