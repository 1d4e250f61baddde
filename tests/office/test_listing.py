"""Lists by key: nothing is skipped or shown twice, and a broken place in the address is refused."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import BadRequest
from django.db.models import Max
from django.test import RequestFactory

from areas.models import Area, Level
from office import listing
from office.listing import Column, chosen_columns, kept_if_long, page_by_key
from office.templatetags.listing import cells

pytestmark = pytest.mark.django_db
ORDER = ("code",)
SORTS = {"name": ("name",), "level": ("level", "-name")}


@pytest.fixture
def villages() -> list[Area]:
    """25 villages, each name borne by up to three of them."""
    return Area.objects.bulk_create(
        Area(level=Level.VILLAGE, code=f"{990405000000 + n}", name=f"演示{n % 9}村") for n in range(25)
    )


def page(query: str = "", **options):
    queryset = Area.objects.filter(level=Level.VILLAGE)
    return page_by_key(queryset, RequestFactory().get(f"/list/{query}"), order=ORDER, size=10, **options)


def walk(query: str = "", direction: str = "next_url", **options) -> list[str]:
    """The codes of every page from this one on."""
    found: list[str] = []
    while True:
        here = page(query, **options)
        codes = [row.code for row in here.rows]
        found = found + codes if direction == "next_url" else codes + found
        if not (url := getattr(here, direction)):
            return found
        query = f"?{urlsplit(url).query}"


def test_pages_forward_show_each_row_once(villages):
    assert walk() == [area.code for area in villages]


@pytest.mark.parametrize("sort", ["name", "-name", "level", "-level"])
def test_equal_keys_are_neither_skipped_nor_repeated(villages, sort):
    codes = walk(f"?sort={sort}", sorts=SORTS)
    assert sorted(codes) == [area.code for area in villages]


def test_pages_backward_show_the_same_rows(villages):
    last = page()
    while last.more:
        last = page(f"?{urlsplit(last.next_url).query}")
    assert walk(f"?{urlsplit(last.previous_url).query}", "previous_url") == [
        area.code for area in villages[:20]
    ]


def test_first_page_has_no_way_back_and_last_none_forward(villages):
    first = page()
    assert (first.previous_url, first.first_url, first.more) == ("", "", True)
    third = page(f"?{urlsplit(page(f'?{urlsplit(first.next_url).query}').next_url).query}")
    assert (len(third.rows), third.more) == (5, False)
    assert third.first_url == "/list/"


def test_links_keep_the_filter_and_the_sort(villages):
    query = parse_qs(urlsplit(page("?area=9904&sort=name&after=", sorts=SORTS).next_url).query)
    assert (query["area"], query["sort"]) == (["9904"], ["name"])
    assert len(query["after"]) == 1


def test_unknown_sort_is_ignored(villages):
    shown = page("?sort=password", sorts=SORTS)
    assert shown.sort == ""
    assert [row.code for row in shown.rows] == [area.code for area in villages[:10]]


@pytest.mark.parametrize("token", ["x", "%00", "W10", "WyJhIiwiYiJd", "bnVsbA", "W1tbXV1d", "演示"])
def test_broken_place_is_refused(villages, token):
    with pytest.raises(BadRequest):
        page_by_key(
            Area.objects.all(), RequestFactory().get("/list/", {"after": token}), order=("valid_from", "code")
        )


def test_total_and_sums_are_of_the_whole_list(villages):
    shown = page(sums={"last": Max("code")})
    assert (shown.total, shown.sums["last"]) == (25, villages[-1].code)


def test_long_lists_are_counted_once_a_minute_and_exact_ones_each_time(villages, monkeypatch):
    monkeypatch.setattr(listing, "EXACT_UP_TO", 20)
    assert page().total == 25
    Area.objects.filter(pk=villages[0].pk).update(level=Level.TOWN)
    assert page().total == 25
    assert page(exact=True).total == 24


def test_figures_of_a_long_list_are_kept_and_those_of_a_short_one_are_not(villages, monkeypatch):
    def computed(queryset):
        made = []
        for _ in range(2):
            kept_if_long(queryset, "made", lambda: made.append(1) or len(made))
        return len(made)

    everything = Area.objects.all()
    assert computed(everything) == 2
    monkeypatch.setattr(listing, "EXACT_UP_TO", everything.count() - 1)
    assert computed(everything) == 1


def test_statements_do_not_grow_with_the_rows(villages, django_assert_num_queries):
    with django_assert_num_queries(2):
        page()
    Area.objects.exclude(pk__in=[area.pk for area in villages[:2]]).update(level=Level.TOWN)
    with django_assert_num_queries(2):
        page()


def test_chosen_columns_keep_their_order_and_fall_back_to_the_standard_ones():
    columns = [Column("a", "甲", str), Column("b", "乙", str, standard=False), Column("c", "丙", str)]
    get = RequestFactory().get
    assert [one.key for one in chosen_columns(get("/").GET, columns)] == ["a", "c"]
    assert [one.key for one in chosen_columns(get("/?column=b&column=a&column=z").GET, columns)] == ["a", "b"]
    assert [one.key for one in chosen_columns(get("/?column=z").GET, columns)] == ["a", "c"]


def test_cells_escape_what_they_hold_and_leave_the_unknown_empty():
    columns = [
        Column("name", "名称", lambda row: row["name"]),
        Column("n", "数", lambda row: row["n"], "n", said=False),
    ]
    html = cells({"name": "<b>演示", "n": None}, columns)
    assert html == '<td class="nb" data-label="名称">&lt;b&gt;演示</td><td class="n"></td>'
