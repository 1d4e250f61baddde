"""Lists by key: a page starts after the last row of the one before it, never at an offset.

`?after=` and `?before=` carry the sort key of a row (base64 of JSON). The database walks the index from
there, so page 10 000 costs as much as page 1. Order columns must not be null and the last one must be
unique, else rows with equal keys would be skipped between two pages.
"""

import base64
import binascii
import datetime
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Aggregate, Count, F, Field, Model, Q, QuerySet
from django.http import Http404, HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from areas.models import Area

SIZE = 50
EXACT_UP_TO = 10_000
COUNT_KEPT = 60  # seconds that the count of a longer list is kept
PLACE = ("after", "before")


@dataclass(frozen=True)
class Column:
    """A column that a reader may show or hide; `standard` ones are shown unasked.

    `cell` is what a row has in it. `classes` go on the cell, `n` (a number) on the heading too; `said`: on a
    phone, where a row is a block, the label stands above the value. `sort` is the `?sort=` of the heading.
    """

    key: str
    label: str
    cell: Callable[[Any], Any]
    classes: str = "nb"
    said: bool = True
    standard: bool = True
    sort: str = ""

    @cached_property
    def opening(self) -> SafeString:
        if self.said:
            return format_html('<td class="{}" data-label="{}">', self.classes, self.label)
        return format_html('<td class="{}">', self.classes)

    @property
    def is_number(self) -> bool:
        return "n" in self.classes.split()

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    total: int
    sums: dict[str, Any] = field(default_factory=dict)
    size: int = SIZE
    next_url: str = ""
    previous_url: str = ""
    first_url: str = ""
    sort: str = ""

    @property
    def more(self) -> bool:
        return bool(self.next_url)


def page_by_key(
    queryset: QuerySet,
    request: HttpRequest,
    *,
    order: Sequence[str] = ("pk",),
    sorts: Mapping[str, Sequence[str]] | None = None,
    size: int = SIZE,
    sums: Mapping[str, Aggregate] | None = None,
    exact: bool = False,
    figures: Mapping[str, Any] | None = None,
) -> Page:
    """The page of `queryset` that the request asks for.

    `order`: columns ("-" in front: falling), the last one unique. `sorts`: other orders that `?sort=key`
    may name ("-key" turns it round); an unknown one is ignored. `sums`: figures of the whole list beside
    its count. Count and sums are exact up to 10 000 rows or when `exact`, else up to a minute old;
    `figures` ("total" and the sums) are those of who has counted the list already.
    Raises BadRequest when after or before is not a key of this order.
    """
    sort = request.GET.get("sort", "")
    columns = _sorted_columns(sort, order, sorts or {})
    if columns is None:
        sort, columns = "", list(order)
    counted = dict(figures) if figures is not None else _count(queryset, sums or {}, exact)
    rows_of = queryset.annotate(**{f"key_{i}": F(name.lstrip("-")) for i, name in enumerate(columns)})

    after, before = (request.GET.get(name, "") for name in PLACE)
    previous = more = False
    rows: list[Any] = []
    if before:
        rows = list(
            rows_of.filter(_beyond(queryset.model, _turned(columns), before)).order_by(*_turned(columns))[
                : size + 1
            ]
        )
        previous, more = len(rows) > size, True
        rows = rows[:size][::-1]
    if not before or len(rows) < size:  # the beginning was reached: show the first page whole
        condition = _beyond(queryset.model, columns, after) if after and not before else Q()
        rows = list(rows_of.filter(condition).order_by(*columns)[: size + 1])
        previous, more = bool(after and not before), len(rows) > size
        rows = rows[:size]
    return Page(
        rows=rows,
        total=counted.pop("total"),
        sums=counted,
        size=size,
        next_url=_address(request, "after", rows[-1], columns) if more and rows else "",
        previous_url=_address(request, "before", rows[0], columns) if previous and rows else "",
        first_url=_address(request) if previous else "",
        sort=sort,
    )


def chosen_columns(request: HttpRequest, columns: Sequence[Column]) -> list[Column]:
    """The columns that `?column=key` (repeated) names, in the list's own order; without any the standard ones."""
    asked = set(request.GET.getlist("column"))
    return [one for one in columns if one.key in asked] or [one for one in columns if one.standard]


def asked_area(request: HttpRequest) -> Area | None:
    """The area that `?area=CODE` names; None without one, 404 when it is unknown or not within one's scope."""
    code = request.GET.get("area", "").strip()
    if not code:
        return None
    try:
        return (
            Area.objects.visible_to(request.user)
            .select_related("parent__parent__parent__parent")
            .by_code(code)
        )
    except Area.DoesNotExist as error:
        raise Http404(f"没有代码为 {code} 的区划") from error


def area_choices(user: Any, area: Area | None, day: datetime.date) -> list[Area]:
    """What the area filter offers: the own areas, the way down to `area`, and what lies beside and below it.

    A county has hundreds of villages; a select shows those of the chosen town only.
    """
    scope = user.area_scope()
    own = scope.counties | scope.towns | scope.villages
    way = {one.pk for one in (*area.ancestors(), area)} if area else set()
    opened = way | own if len(own) == 1 else way
    visible = Area.objects.visible_to(user).valid_on(day)
    return list(visible.filter(Q(pk__in=own | way) | Q(parent__in=opened)).order_by("code"))


def _sorted_columns(sort: str, order: Sequence[str], sorts: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Columns of the named sort with the unique column of `order` behind them; None when it is not allowed."""
    names = sorts.get(sort.removeprefix("-"))
    if names is None:
        return None
    columns = _turned(names) if sort.startswith("-") else list(names)
    if order[-1].lstrip("-") not in [name.lstrip("-") for name in columns]:
        columns.append(order[-1])
    return columns


def _turned(columns: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in columns]


def _beyond(model: type[Model], columns: Sequence[str], token: str) -> Q:
    """Rows that stand after the key in this order."""
    values = _read_key(model, columns, token)
    condition = Q()
    for place in reversed(range(len(columns))):
        name = columns[place].lstrip("-")
        further = Q(**{f"{name}__{'lt' if columns[place].startswith('-') else 'gt'}": values[place]})
        condition = further | (Q(**{name: values[place]}) & condition) if condition else further
    # Said once more for the first column alone: this is what an index can be entered by.
    name, bound = columns[0].lstrip("-"), "lte" if columns[0].startswith("-") else "gte"
    return Q(**{f"{name}__{bound}": values[0]}) & condition if len(columns) > 1 else condition


def _read_key(model: type[Model], columns: Sequence[str], token: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)))
        if not isinstance(values, list) or len(values) != len(columns) or not all(map(_is_key, values)):
            raise ValueError("a key of another order")
        return [_column(model, name).to_python(value) for name, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError) as error:
        raise BadRequest("翻页的位置认不出来，请从第一页重新打开。") from error


def _is_key(value: object) -> bool:
    """Whole numbers that a column can hold, and text that a database can."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _column(model: type[Model], name: str) -> Field:
    """The field that an order column names, through relations."""
    *path, last = name.lstrip("-").split("__")
    for step in path:
        related = model._meta.get_field(step).related_model
        assert isinstance(related, type), f"{step} is not a relation"
        model = related
    found = model._meta.pk if last == "pk" else model._meta.get_field(last)
    assert isinstance(found, Field), f"{name} is not a column"
    return found


def _address(request: HttpRequest, place: str = "", row: Any = None, columns: Sequence[str] = ()) -> str:
    kept = [(key, value) for key, values in request.GET.lists() if key not in PLACE for value in values]
    if place:
        values = [getattr(row, f"key_{i}") for i in range(len(columns))]
        text = json.dumps([value if isinstance(value, int | str) else str(value) for value in values])
        kept.append((place, base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")))
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


def _count(queryset: QuerySet, sums: Mapping[str, Aggregate], exact: bool) -> dict[str, Any]:
    wanted: dict[str, Any] = {"total": Count("pk"), **sums}
    plain = queryset.order_by()
    if exact:
        figures = plain.aggregate(**wanted)
    else:
        figures = plain[: EXACT_UP_TO + 1].aggregate(**wanted)
        if figures["total"] > EXACT_UP_TO:
            figures = kept_a_minute(plain, f"sums {sorted(sums)}", lambda: plain.aggregate(**wanted))
    return {key: value or 0 for key, value in figures.items()}


def kept_a_minute(queryset: QuerySet, what: str, compute: Callable[[], Any]) -> Any:
    """A figure of a long list, computed at most once a minute for equal rows (filter and scope included)."""
    sql, params = queryset.query.sql_with_params()
    digest = hashlib.sha256(f"{what}{sql}{params}".encode()).hexdigest()
    return cache.get_or_set(f"list-{digest}", compute, COUNT_KEPT)
