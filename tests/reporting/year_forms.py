"""Figures of the forms of years and quarters, and the lists they open."""

import re
from decimal import Decimal

from reporting.definitions import DEFINITIONS
from reporting.report import PERSONS, TEN_THOUSAND, YUAN, Request, amount_of
from tests.reporting.test_exit_tally import TODAY


def run(kind, area, as_of=TODAY, year=None):
    request = Request(area, year or as_of.year, as_of)
    DEFINITIONS[kind].check(request)
    return DEFINITIONS[kind].figures(request, lambda *_: None)


def line(figures, area, prefix, stems):
    return [figures.value(area.code, f"{prefix}{stem}") for stem in stems]


def opens_what_it_counts(client, figures) -> int:
    """Every cell with a list counts to it; how many were not nought."""
    pages, more = {}, 0
    for cell in figures.cells:
        if cell.list_url is None:
            continue
        if cell.list_url not in pages:
            page = client.get(cell.list_url).content.decode()
            pages[cell.list_url] = dict(re.findall(r'data-(total|persons|yuan)="([\d.-]+)"', page))
        shown = pages[cell.list_url]
        word = {YUAN: "yuan", PERSONS: "persons", TEN_THOUSAND: "persons"}.get(cell.unit, "total")
        amount = Decimal(amount_of(cell.value, cell.unit))
        assert Decimal(shown[word]) == amount * (10_000 if cell.unit == TEN_THOUSAND else 1), (cell, shown)
        more += bool(amount)
    return more
