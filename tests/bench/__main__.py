"""`python -m tests.bench`: loads both sizes, measures, and prints one JSON object as its last line.

DATABASE_URL and REDIS_URL name services; each size has a database of its own, kept between runs.
"""

import json
import sys
import time

from tests.bench import bars, import_bars, keeping, load
from tests.bench.bars import Entry
from tests.bench.places import Place, sizes
from tests.bench.site import working

BEGAN = time.monotonic()


def say(text: str) -> None:
    print(f"{time.monotonic() - BEGAN:6.0f} s  {text}", flush=True)


class Found(dict[str, Entry]):
    """The bars measured so far, each said as soon as it is known: a run that is cut short was not for nothing."""

    def take(self, entries: dict[str, Entry]) -> None:
        for bar, entry in entries.items():
            say(f"{bar:4} {'pass' if entry['pass'] else 'MISSED'}  {entry['ratio']}  {entry['at']}")
        self.update(entries)


def main() -> int:
    small, large = (Place(size) for size in sizes())
    embedded = Place(small.size, embedded=True)
    for place in (small, large, embedded):
        say(f"{place.size} households{' on SQLite' if place.embedded else ''}")
        place.prepare()
    for place in (small, large):
        place.settle()
    facts = (small.measured("facts"), large.measured("facts"))
    found = Found()
    found.take({"P4": bars.statements(large, facts[1])})
    say("pages")
    found.take(bars.pages((small, large), facts))
    counted = []
    for place in (small, large):
        say(f"exit tally of {place.size}")
        with working(place):
            counted.append(place.measured("tally"))
    tally = bars.tally((small, large), counted)
    say("two workers and one, and a province of seventeen cities")
    found.take({**tally, "P5": bars.shared((small, large), tally["P5"])})
    exported = []
    for place in (small, large):
        say(f"export of {place.size}")
        with working(place):
            exported.append(place.measured("exports"))
    found.take(bars.exports((small, large), exported))
    say(f"a list passed at {small.size}")
    found.take(bars.passing(small, small.measured("passing")))
    say("first page of the embedded mode")
    first_page = bars.first_page(embedded)
    say("imports")
    found.take(import_bars.measured(small.size, large.size, first_page, say))
    say(f"backup and restore of {large.size}")
    found.take(keeping.measured(large))
    say(f"many people at {large.size}")
    found.take(load.measured(large))
    ordered = dict(sorted(found.items(), key=lambda item: int(item[0][1:])))
    print(json.dumps(ordered, ensure_ascii=False))
    return 0 if all(entry["pass"] for entry in ordered.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
