"""Pairings and visits counted again by the words of 走访情况统计表 (R252, R258)."""

import datetime
from collections import Counter

from django.conf import settings

from households.models import Helper, Household, StatusEvent, Visit
from office import clock
from tests.reporting.small_recount.register import in_order, last_events
from tests.reporting.small_recount.rows import Asked, Counted, by_then, share

WAYS = {"入户走访": "way1", "电话联系": "way2", "其他": "way9"}
ANSWERS = {True: "content", False: "discontent", None: "unasked"}


def visits(asked: Asked) -> Counted:
    found: Counter[str] = Counter()
    known = [one for one in asked.rows.of(Visit) if one.visited_on <= asked.until and _known(asked, one)]
    for event in last_events(asked):
        if event.standing:
            mine = [one for one in known if one.household_id == event.household_id]
            this_year = [one for one in mine if asked.in_year(one.visited_on)]
            near = any((asked.until - one.visited_on).days < settings.VISIT_DAYS for one in mine)
            found["homes"] += 1
            found["paired" if _paired(asked, event.household_id) else "unpaired"] += 1
            found["lately" if near else "missed"] += 1
            found["this_year"] += bool(this_year)
            found["with_needs"] += any(one.needs_found for one in this_year)
    for one in known:
        place = _place(asked, one.household_id)
        if asked.in_year(one.visited_on) and place is not None and asked.within(place):
            keys = ["total", WAYS[one.way], ANSWERS[one.satisfied]]
            if one.needs_found:
                done = one.follow_up_on is not None and one.follow_up_on <= asked.until
                keys += ["found", ("done" if done else "going") if one.follow_up else "none"]
            for span in ("year", *(["month"] if asked.in_month(one.visited_on) else [])):
                for key in keys:
                    found[f"{span}_{key}"] += 1
    stood = ("homes", "paired", "unpaired", "lately", "missed", "this_year", "with_needs")
    dated = ("total", *WAYS.values(), *ANSWERS.values(), "found", "done", "going", "none")
    keys = [*stood, *(f"{span}_{key}" for span in ("month", "year") for key in dated)]
    rates = {f"{key}_rate": share(found[key], found["homes"]) for key in ("paired", "lately")}
    return {key: found[key] for key in keys} | rates


def _known(asked: Asked, one: Visit) -> bool:
    """Loaded, or written down by the day; not struck out by it."""
    recorded = one.recorded_at is None or by_then(one.recorded_at, asked.as_of)
    return recorded and not by_then(one.struck_at, asked.as_of)


def _place(asked: Asked, home: int) -> int | None:
    place = None
    for event in in_order(asked.rows.by(StatusEvent, "household_id")[home]):
        if event.on <= asked.until and by_then(event.recorded_at, asked.as_of):
            place = event.village_id
    return place


def _paired(asked: Asked, home: int) -> bool:
    """A helper by the version that the day knew; by the first one there is, where nothing older was followed."""
    history = Helper.history.model
    stood = [one for one in asked.rows.of(Helper) if not asked.rows.by(history, "id")[one.pk]]
    for versions in filter(None, asked.rows.by(history, "id").values()):
        in_turn = sorted(versions, key=lambda one: (one.history_date, one.history_id))
        before = [one for one in in_turn if _dated(asked, one)]
        if before and before[-1].history_type != "-":
            stood.append(before[-1])
        elif not before and (in_turn[0].history_type == "~" or not _followed(asked, in_turn[0].household_id)):
            stood.append(in_turn[0])
    return any(
        one.household_id == home
        and one.start_on <= asked.until
        and (one.end_on is None or asked.until <= one.end_on)
        for one in stood
    )


def _dated(asked: Asked, version) -> bool:
    """Versions are dated by the real clock, which the office's day may be ahead of."""
    moment: datetime.datetime = version.history_date + clock.shift()
    return by_then(moment, asked.as_of)


def _followed(asked: Asked, home: int) -> bool:
    return any(_dated(asked, one) for one in asked.rows.by(Household.history.model, "id")[home])
