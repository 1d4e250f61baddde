"""Lists by key: a page starts after the last row of the one before it, never at an offset.

`Listed` is a list as one user asks for it: the page shows some of its rows, an export (exports.py) all of them,
with the same filter, order and columns.

`?after=` and `?before=` carry the sort key of a row (base64 of JSON). The database walks the index from
there, so page 10 000 costs as much as page 1. Order columns must not be null and the last one must be
unique, else rows with equal keys would be skipped between two pages.
"""

import base64
import binascii
import datetime
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Aggregate, Count, F, Field, Q, QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from areas.models import Area

SIZE = 50
BATCH = 2000  # rows that an export holds at a time
EXACT_UP_TO = 10_000
COUNT_KEPT = 60  # seconds that the count of a longer list is kept
PLACE = ("after", "before")


@dataclass(frozen=True)
class Column:
    """A column of a list: on the screen, and in the file of its export.

    `cell` is what a row has in it on the screen, `plain` what the file has where that is another thing (the
    word of a coloured square, a date). A reader may show or hide what is not `pinned`; `standard` ones are
    shown unasked. `classes` go on the cell, `n` (a number) on the heading too; `said`: on a phone, where a row
    is a block, the label stands above the value. `sort` is the `?sort=` of the heading; `natural`: the list
    comes in its order unasked. `names_row`: the cell is the row's heading. `needs`: columns of the table that
    only this one reads.
    """

    key: str
    label: str
    cell: Callable[[Any], Any]
    classes: str = "nb"
    said: bool = True
    standard: bool = True
    sort: str = ""
    plain: Callable[[Any], Any] | None = None
    pinned: bool = False
    natural: bool = False
    names_row: bool = False
    needs: tuple[str, ...] = ()
    width: float = 14.0

    @cached_property
    def opening(self) -> SafeString:
        if self.names_row:
            return format_html('<th scope="row" class="{}">', self.classes)
        if self.said:
            return format_html('<td class="{}" data-label="{}">', self.classes, self.label)
        return format_html('<td class="{}">', self.classes)

    @property
    def closing(self) -> str:
        return "</th>" if self.names_row else "</td>"

    @property
    def value(self) -> Callable[[Any], Any]:
        """What the file has in the cell: text, a whole number, a decimal, a date or nothing."""
        return self.plain or self.cell

    @property
    def heading_classes(self) -> str:
        """`n` for a number, `pin` for what stays in sight, `no-print` for what paper has no room for."""
        return " ".join(word for word in self.classes.split() if word in ("n", "pin", "no-print"))

    @property
    def falling(self) -> bool:
        return self.sort.startswith("-")

    @property
    def on_phones_too(self) -> "Column":
        kept = [word for word in self.classes.split() if word != "hide-phone"]
        return replace(self, classes=" ".join(kept), said=True)


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


def as_they_are(rows: list[Any]) -> None:
    """Rows that need nothing added."""


def whole_rows(queryset: QuerySet) -> QuerySet:
    """Rows with all their columns."""
    return queryset


@dataclass(frozen=True)
class Listed:
    """A list as one user asks for it. `rows` is what may be seen and was asked for, `form` its valid filter;
    with an invalid one there is nothing to list. `shape` says what of the rows is fetched, which need not
    burden their count; `dress` adds to some rows what the columns read.
    """

    rows: QuerySet
    columns: Sequence[Column]
    order: Sequence[str]
    form: Any = None
    area: Area | None = None
    sorts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    dress: Callable[[list[Any]], None] = as_they_are
    shape: Callable[[QuerySet], QuerySet] = whole_rows
    # What else its address may name beside area, columns, sort and the fields of the form.
    names: tuple[str, ...] = ()
    narrowed_by: str = ""  # in words, where the address holds keys and no filter says them

    def address(self, query: QueryDict) -> str:
        """The part of the query that this list knows, in one order and without the place in it, so that every
        page of it asks for the same; what somebody wrote into the address besides is not kept."""
        known = {"area", *self.names, *getattr(self.form, "fields", ())}
        columns, sorts = {column.key for column in self.columns}, {*self.sorts}
        kept = [
            (name, value)
            for name, values in query.lists()
            for value in values
            if value
            and (
                name in known
                or (name == "column" and value in columns)
                or (name == "sort" and value.removeprefix("-") in sorts)
            )
        ]
        return urlencode(sorted(kept, key=lambda pair: pair[0]))

    @property
    def refusal(self) -> str:
        """Why the filter cannot be read; empty when it can."""
        if self.form is None or self.form.is_valid():
            return ""
        return "；".join(str(error) for errors in self.form.errors.values() for error in errors)

    def page(self, request: HttpRequest, **options: Any) -> Page:
        """The page asked for, its rows dressed; options as of page_by_key."""
        if self.refusal:
            return Page(rows=[], total=0)
        page = page_by_key(
            self.rows, request, order=self.order, sorts=self.sorts, shape=self.shape, **options
        )
        self.dress(page.rows)
        return page

    def batches(self, sort: str = "", size: int = BATCH) -> Iterator[list[Any]]:
        """All rows in the order of the page, dressed, so many at a time."""
        shaped = self.shape(self.rows)
        for rows in batches_by_key(shaped, order=self.order, sorts=self.sorts, sort=sort, size=size):
            self.dress(rows)
            yield rows


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
    shape: Callable[[QuerySet], QuerySet] = whole_rows,
) -> Page:
    """The page of `queryset` that the request asks for.

    `order`: columns ("-" in front: falling), the last one unique. `sorts`: other orders that `?sort=key`
    may name ("-key" turns it round); an unknown one is ignored. `sums`: figures of the whole list beside
    its count. Count and sums are exact up to 10 000 rows or when `exact`, else up to a minute old;
    `figures` ("total" and the sums) are those of who has counted the list already. `shape`: see Listed.
    Raises BadRequest when after or before is not a key of this order.
    """
    sort = request.GET.get("sort", "")
    columns = _sorted_columns(sort, order, sorts or {})
    if columns is None:
        sort, columns = "", list(order)
    counted = dict(figures) if figures is not None else _count(queryset, sums or {}, exact)
    rows_of = _with_key(shape(queryset), columns)

    after, before = (request.GET.get(name, "") for name in PLACE)
    previous = more = False
    rows: list[Any] = []
    if before:
        rows = list(
            rows_of.filter(_beyond(rows_of, _turned(columns), before)).order_by(*_turned(columns))[: size + 1]
        )
        previous, more = len(rows) > size, True
        rows = rows[:size][::-1]
    if not before or len(rows) < size:  # the beginning was reached: show the first page whole
        condition = _beyond(rows_of, columns, after) if after and not before else Q()
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


def batches_by_key(
    queryset: QuerySet,
    *,
    order: Sequence[str],
    sorts: Mapping[str, Sequence[str]] | None = None,
    sort: str = "",
    size: int = BATCH,
) -> Iterator[list[Any]]:
    """Every row once, in the order of page_by_key; each batch is entered by the key of the last row before it."""
    columns = _sorted_columns(sort, order, sorts or {}) or list(order)
    rows_of, condition = _with_key(queryset, columns).order_by(*columns), Q()
    while rows := list(rows_of.filter(condition)[:size]):
        yield rows
        if len(rows) < size:
            return
        condition = _behind(columns, _key_of(rows[-1], columns))


def chosen_columns(query: QueryDict, columns: Sequence[Column]) -> list[Column]:
    """The columns that `?column=key` (repeated) names, in the list's own order, behind the pinned ones.

    Without any, the standard ones. A choice that differs from them is meant for phones as well, where some of
    the standard ones are left out.
    """
    asked = set(query.getlist("column"))
    chosen = [one for one in columns if not one.pinned and one.key in asked]
    standard = [one for one in columns if not one.pinned and one.standard]
    if chosen and chosen != standard:
        standard = [one.on_phones_too for one in chosen]
    return [one for one in columns if one.pinned] + standard


def asked_area(request: HttpRequest) -> Area | None:
    """The area that `?area=CODE` names; None without one, 404 when it is unknown or not within one's scope."""
    return area_in(request.GET, request.user)


def area_in(query: QueryDict, user: Any) -> Area | None:
    """As asked_area, of a list's address wherever it comes from."""
    code = query.get("area", "").strip()
    if not code:
        return None
    try:
        return Area.objects.visible_to(user).select_related("parent__parent__parent__parent").by_code(code)
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


def _beyond(rows: QuerySet, columns: Sequence[str], token: str) -> Q:
    """Rows that stand after the key of an address in this order."""
    return _behind(columns, _read_key(rows, columns, token))


def _behind(columns: Sequence[str], values: Sequence[Any]) -> Q:
    condition = Q()
    for place in reversed(range(len(columns))):
        name = columns[place].lstrip("-")
        further = Q(**{f"{name}__{'lt' if columns[place].startswith('-') else 'gt'}": values[place]})
        condition = further | (Q(**{name: values[place]}) & condition) if condition else further
    # Said once more for the first column alone: this is what an index can be entered by.
    name, bound = columns[0].lstrip("-"), "lte" if columns[0].startswith("-") else "gte"
    return Q(**{f"{name}__{bound}": values[0]}) & condition if len(columns) > 1 else condition


def _read_key(rows: QuerySet, columns: Sequence[str], token: str) -> list[Any]:
    try:
        values = json.loads(base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4)))
        if not isinstance(values, list) or len(values) != len(columns) or not all(map(_is_key, values)):
            raise ValueError("a key of another order")
        return [_column(rows, name).to_python(value) for name, value in zip(columns, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error, ValidationError, RecursionError) as error:
        raise BadRequest("翻页的位置认不出来，请从第一页重新打开。") from error


def _with_key(queryset: QuerySet, columns: Sequence[str]) -> QuerySet:
    return queryset.annotate(**{f"key_{i}": F(name.lstrip("-")) for i, name in enumerate(columns)})


def _key_of(row: Any, columns: Sequence[str]) -> list[Any]:
    return [getattr(row, f"key_{i}") for i in range(len(columns))]


def _is_key(value: object) -> bool:
    """Whole numbers that a column can hold, and text that a database can."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _column(rows: QuerySet, name: str) -> Field:
    """The field that an order column names, through relations, or what the rows were given by that name."""
    if (given := rows.query.annotations.get(name.lstrip("-"))) is not None:
        return given.output_field
    model, (*path, last) = rows.model, name.lstrip("-").split("__")
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
        values = _key_of(row, columns)
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


def kept_if_long(queryset: QuerySet, what: str, compute: Callable[[], Any]) -> Any:
    """Figures over rows that no page counts: as they stand, above EXACT_UP_TO rows a minute old at most."""
    plain = queryset.order_by()
    if plain[: EXACT_UP_TO + 1].count() <= EXACT_UP_TO:
        return compute()
    return kept_a_minute(plain, what, compute)
