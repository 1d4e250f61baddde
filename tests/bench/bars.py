"""The bars of speed: each yields its entry of the JSON; `pass` is the bar of the ordinary run."""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from tests.bench.copy import Copy
from tests.bench.places import Place
from tests.bench.site import Visitor, free_port, process, served, wait_for, working
from tests.bench.turns import medians, seconds

Entry = dict[str, Any]
MOST_STATEMENTS = 12
Facts = dict[str, Any]


def worst(found: list[Entry]) -> Entry:
    return max(found, key=lambda entry: entry["ratio"])


def ratio(
    large: Callable[[], float], small: Callable[[], float], most: float, at: str, most_ms: float | None = None
) -> Entry:
    """The quotient of two sides that take turns; `ms` is the first one's median."""
    upper, lower = medians(large, small)
    found = round(upper / lower, 2)
    passed = found <= most and (most_ms is None or upper * 1000 <= most_ms)
    return {"ratio": found, "at": at, "pass": passed, "ms": round(upper * 1000, 1)}


def pages(places: tuple[Place, Place], facts: tuple[Facts, Facts]) -> dict[str, Entry]:
    """P1, P2, P3, P13 and P14 over HTTP, both sizes served at once."""
    small, large = places
    sizes = f"{large.size} ÷ {small.size}"
    with (
        served(small) as port_s,
        served(large) as port_l,
        served(large, **BARE) as port_b,
        Visitor(port_s, facts[0]["province"]) as whole_s,
        Visitor(port_l, facts[1]["province"]) as whole_l,
        Visitor(port_s, facts[0]["local"]) as town_s,
        Visitor(port_l, facts[1]["local"]) as town_l,
        Visitor(port_b) as bare,
    ):
        town_page = f"/households/?area={facts[1]['town']}"
        return {
            "P1": worst(
                [
                    ratio(
                        lambda: town_l.timed("/households/"),
                        lambda: town_s.timed("/households/"),
                        1.5,
                        f"{sizes}, the town's own user",
                    ),
                    ratio(
                        lambda: whole_l.timed(town_page),
                        lambda: whole_s.timed(f"/households/?area={facts[0]['town']}"),
                        1.5,
                        f"{sizes}, a user of the province",
                    ),
                ]
            ),
            "P2": worst([_depth(whole_l, large, *pair) for pair in facts[1]["depths"]]),
            "P3": ratio(
                lambda: town_l.timed("/households/"),
                lambda: bare.timed(f"/?area={facts[1]['town']}"),
                4,
                f"{large.size}, list ÷ bare page of the same 50 rows",
            ),
            "P13": _names(whole_s, whole_l, facts, sizes),
            "P14": worst(
                [
                    ratio(partial(whole_l.look_up, number_l), partial(whole_s.look_up, number_s), 2, sizes)
                    for number_s, number_l in zip(facts[0]["numbers"], facts[1]["numbers"], strict=True)
                ]
            ),
        }


BARE = {"application": "tests.bench.bare_site", "DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"}


def _depth(visitor: Visitor, place: Place, first: str, middle: str) -> Entry:
    return ratio(
        lambda: visitor.timed(middle),
        lambda: visitor.timed(first),
        1.5,
        f"{place.size}, {first}, half depth ÷ first",
    )


def _names(small: Visitor, large: Visitor, facts: tuple[Facts, Facts], sizes: str) -> Entry:
    """The worst of the first and last two and three characters of some names of the small register."""
    asked = sorted(
        {part for name in facts[0]["names"] for part in (name[:2], name[-2:], name[:3], name[-3:])}
    )
    found = []
    for text in asked:
        page = f"/households/?q={quote(text)}"
        found.append(
            ratio(
                partial(large.timed, page),
                partial(small.timed, page),
                5,
                f"{sizes}, {text}",
                150,
            )
        )
    slowest = max(found, key=lambda entry: entry["ms"])
    return {**worst(found), "pass": all(entry["pass"] for entry in found), "slowest_ms": slowest["ms"]}


def statements(place: Place, facts: Facts) -> Entry:
    """P4: equal for 50 rows and for 5, and few."""
    counts = facts["statements"]
    most = max(max(one["many"], one["few"]) for one in counts)
    unequal = [one["page"] for one in counts if one["many"] != one["few"]]
    widest = max(one["many"] / one["few"] for one in counts)
    return {
        "ratio": round(widest, 2),
        "at": f"{place.size}, 50 rows ÷ 5",
        "pass": not unequal and most <= MOST_STATEMENTS,
        "most": most,
        "unequal": unequal,
    }


def tally(places: tuple[Place, Place], found: list[dict[str, Any]]) -> dict[str, Entry]:
    """P5 at the large size; P6 over both."""
    large = found[1]
    work = large["tally"] - large["empty"]
    wrong = [cell for one in found for cell in one["wrong"]]
    lost = sum(one["lost"] for one in found)
    return {
        "P5": {
            "ratio": round(work / large["raw"], 2),
            "at": f"{places[1].size}, exit tally of the province ÷ raw GROUP BY",
            "pass": work / large["raw"] <= 10 and work <= 5,
            "seconds": round(work, 2),
        },
        "P6": {
            "ratio": None,
            "at": f"{places[0].size} and {places[1].size}, exit tally of three years of the county by town",
            "pass": not wrong and not lost,
            "cells": sum(one["cells"] for one in found),
            "not_nought": sum(one["counted"] for one in found),
            "wrong": wrong,
            "lost": lost,
        },
    }


def shared(places: tuple[Place, Place], counted: Entry) -> Entry:
    """P5 whole: work in parts with two workers and with one, the nightly check and a report; a table of seventeen
    cities."""
    small, large = places
    night, report = _two_to_one(small, "night"), _two_to_one(large, "shared_report")
    with Copy(large.size).made() as copy:
        tables = copy.measured("wide")["seconds"]
    slowest = max(tables, key=tables.__getitem__)
    return {
        **counted,
        "pass": counted["pass"] and tables[slowest] <= 10 and max(night, report) < 1,
        "seventeen_cities_seconds": round(tables[slowest], 2),
        "seventeen_cities_at": f"{large.size}, {slowest}, the slowest of {len(tables)} tables",
        "two_workers_ratio": night,
        "two_workers_at": f"{small.size}, the nightly check with two workers ÷ with one",
        "two_workers_report_ratio": report,
        "two_workers_report_at": f"{large.size}, 人口结构 of the county with two workers ÷ with one",
    }


def _two_to_one(place: Place, name: str) -> float:
    with working(place):
        one = place.measured(name)["seconds"]
        with working(place):
            two = place.measured(name)["seconds"]
    return round(float(two / one), 2)


def exports(places: tuple[Place, Place], found: list[dict[str, Any]]) -> dict[str, Entry]:
    """P7 at the worse of both sizes; P8: the memory of a worker that has made one export of its size."""
    ratios = [one["export"] / one["plain"] for one in found]
    worse = ratios.index(max(ratios))
    small, large = (one["peak_kb"] / 1024 for one in found)
    return {
        "P7": {
            "ratio": round(ratios[worse], 2),
            "at": f"{places[worse].size}, register of {found[worse]['rows']} rows ÷ XlsxWriter of the same cells",
            "pass": ratios[worse] <= 1.6,
            "seconds": round(found[worse]["export"], 2),
        },
        "P8": {
            "ratio": round(large / small, 2),
            "at": f"{places[1].size} ÷ {places[0].size}, peak memory of the worker",
            "pass": large / small <= 1.5 and large <= 250,
            "megabytes": round(large, 1),
        },
    }


def passing(place: Place, found: dict[str, Any]) -> dict[str, Entry]:
    """P17 at the slower of both stages: 审核 freezes every row, 销号 writes every exit."""
    ratios = {stage: found[stage] / found["plain"] for stage in ("approval", "strike_off")}
    worse = max(ratios, key=ratios.__getitem__)
    return {
        "P17": {
            "ratio": round(ratios[worse], 2),
            "at": f"{place.size}, list of {found['rows']} ({worse}) ÷ UPDATE and INSERT of as many rows",
            "pass": ratios[worse] <= 20,
            "approval": round(ratios["approval"], 2),
            "strike_off": round(ratios["strike_off"], 2),
            "seconds": round(found[worse], 2),
        }
    }


def first_page(place: Place) -> Entry:
    """P19, the part that is there: start of the embedded mode to its first page."""

    def start() -> float:
        port = free_port()
        with process(["manage.py", "runserver", "--noreload", "--insecure", str(port)], place):
            return seconds(lambda: wait_for(port, "/accounts/login/"))

    (took,) = medians(start, rounds=5, warm_up=1)
    return {
        "ratio": None,
        "at": f"{place.size}, SQLite, first page after start",
        "pass": took <= 5,
        "seconds": round(took, 2),
    }
