"""What a board is asked: an area one may see, a year, a day; and how the same is asked of another area."""

import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, QueryDict
from django.urls import reverse

from accounts.models import User
from accounts.permissions import require
from accounts.roles import Capability
from areas.models import Area
from office.days import written
from office.form_fields import Day, Filter, year_field
from office.listing import area_in
from reporting.report import Request

PAPERS = {"a3": "A3", "a1": "A1"}


class BoardForm(Filter):
    year = year_field("年度")
    as_of = Day(label="统计截止", required=False)

    def __init__(self, data: QueryDict, *, today: datetime.date) -> None:
        super().__init__(data)
        self.today = today
        for name, value in (("year", today.year), ("as_of", f"{today:%Y-%m-%d}")):
            self.fields[name].widget.attrs["placeholder"] = str(value)

    def clean_as_of(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["as_of"] or self.today
        if day > self.today:
            raise forms.ValidationError(f"统计截止不能晚于今天（{written(self.today)}）")
        return day


class Asked:
    """One board of one user, who needs what reports need and what it shows `also`; `request` is None while the form
    does not hold, `today` the office's day."""

    def __init__(self, user: Any, query: QueryDict, today: datetime.date, *also: Capability) -> None:
        self.user: User = user
        self.area = _area(user, query)
        for capability in (Capability.REPORT_VIEW, *also):
            require(user, capability, self.area)
        self.query, self.today = query, today
        self.form = BoardForm(query, today=today)
        self.request: Request | None = None
        if self.form.is_valid():
            as_of: datetime.date = self.form.cleaned_data["as_of"]
            year = self.form.cleaned_data["year"] or as_of.year
            self.request = Request(area=self.area, year=year, as_of=as_of)

    def chosen(self, name: str, words: dict[str, str]) -> str:
        """The choice that the address names; an unknown one is the first."""
        asked = self.query.get(name, "")
        return asked if asked in words else next(iter(words))

    def address(self, page: str, area: str = "", **more: str) -> str:
        """The same question, of another page, area or choice."""
        kept = {name: self.query.get(name, "") for name in ("year", "as_of", "shade", "by", "of", "paper")}
        query = {"area": area or self.area.code, **kept, **more}
        return f"{reverse(page)}?{urlencode({name: word for name, word in query.items() if word})}"

    def choices(self, page: str, name: str, words: dict[str, str]) -> list[tuple[str, str, bool]]:
        """(word, address, whether it is the one shown)."""
        now = self.chosen(name, words)
        return [(word, self.address(page, **{name: key}), key == now) for key, word in words.items()]

    def above(self) -> list[Area]:
        """The areas over this one that the user may open."""
        scope = self.user.scope_of(Capability.REPORT_VIEW)
        return [one for one in self.area.ancestors() if scope.covers(one)]


def _area(user: Any, query: QueryDict) -> Area:
    """The area of the address, else the first of the user's duties that reports may be seen of."""
    visible = Area.objects.visible_to(user).select_related("parent__parent__parent__parent")
    found = area_in(query, user)
    if found is None and isinstance(user, User):
        scope = user.scope_of(Capability.REPORT_VIEW)
        places = [duty.area_id for duty in user.valid_duties() if duty.area and scope.covers(duty.area)]
        found = visible.filter(pk=places[0]).first() if places else None
    if found is None:
        require(user, Capability.REPORT_VIEW)
        raise Http404("没有可看的区划")
    return found
