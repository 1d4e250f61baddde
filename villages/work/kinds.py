"""All kinds of record, their lists as files, and their addresses."""

import datetime
from functools import partial
from typing import Any

from django.http import QueryDict
from django.urls import URLPattern, path

from accounts.models import User
from accounts.permissions import require
from office.exports import exportable
from office.listing import Listed, area_in
from villages.work.events import EVENTS
from villages.work.inspections import INSPECTIONS
from villages.work.kind import Kind
from villages.work.letters import LETTERS, PLAN_ITEMS, RESPONSIBILITIES
from villages.work.posts import POSTS
from villages.work.rectifications import RECTIFICATIONS

KINDS: dict[str, Kind] = {
    kind.key: kind
    for kind in (POSTS, INSPECTIONS, EVENTS, LETTERS, PLAN_ITEMS, RESPONSIBILITIES, RECTIFICATIONS)
}


def listed(user: User, query: QueryDict, day: datetime.date, *, kind: Kind) -> Listed:
    """The list of a kind as the user asks for it."""
    visible = kind.rows(user)
    require(user, kind.view)
    area, form = area_in(query, user), kind.filter(query)
    if not form.is_valid():
        return Listed(visible.none(), kind.columns, kind.order, form, area)
    here = visible.in_area(area)
    if form.cleaned_data["own"] and area is not None:
        here = here.filter(area=area)
    rows = form.matching(here, day).select_related("area__parent", *kind.also)
    return Listed(rows, kind.columns, kind.order, form, area, dress=partial(_dress, kind=kind, day=day))


def _dress(rows: list[Any], *, kind: Kind, day: datetime.date) -> None:
    for row in rows:
        row.late = row.is_late(day) if hasattr(row, "is_late") else False
    kind.dress(rows)


for _kind in KINDS.values():
    exportable(_kind.list_name, title=_kind.title)(partial(listed, kind=_kind))


def addresses(views: Any, book: Any) -> list[URLPattern]:
    """List, new, record, striking out, file, a step each, and where it comes in by workbook, `book`; `views` is the
    module of the pages."""
    found = []
    for kind in KINDS.values():
        asked = {"kind": kind}
        found += [
            path(f"villages/{kind.key}/", views.listing, asked, name=kind.key),
            path(f"villages/{kind.key}/new/", views.new, asked, name=f"{kind.one}-new"),
            path(f"villages/{kind.key}/<int:pk>/", views.detail, asked, name=kind.one),
            path(f"villages/{kind.key}/<int:pk>/strike/", views.strike, asked, name=f"{kind.one}-strike"),
            path(
                f"villages/{kind.key}/<int:pk>/files/<int:file>/", views.file, asked, name=f"{kind.one}-file"
            ),
        ]
        if kind.imports:
            found.append(path(f"villages/{kind.key}/import/", book, asked, name=f"{kind.one}-import"))
        found += [
            path(
                f"villages/{kind.key}/<int:pk>/{act.key}/",
                views.act,
                {**asked, "step": act},
                name=f"{kind.one}-{act.key}",
            )
            for act in kind.acts
        ]
    return found
