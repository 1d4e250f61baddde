"""脱贫攻坚作战图 (R300): by part of the area the base, each year's target, what is done and what is left, the key
villages with their years, and who answers for it: the letter of the year (责任书) and the leaders posted to villages."""

from collections import defaultdict
from dataclasses import dataclass

from areas.models import Level
from reporting.board import ground
from reporting.board.ground import Figure, Ground, Key, Part, by_year
from reporting.board.years import YearLine, YearLines
from reporting.definitions import exit_tally, rolling_plan
from reporting.report import Request
from villages.models import Letter, LetterState, Post, Tier
from villages.models.post import TIERS
from villages.tally import UPWARDS

# Names of leaders that a line has room for.
NAMED = 6


@dataclass(frozen=True)
class Line:
    """`letter` is who signed for the year, `leaders` the first of those posted to villages, `posted` all of them;
    `bar` is how much of the base is no longer on the register, in hundredths."""

    part: Part
    base: Figure
    years: list[YearLine]
    letter: str
    signed: bool
    leaders: list[str]
    posted: int
    keys: list[tuple[str, list[Key]]]
    whole: bool = False

    @property
    def bar(self) -> int:
        base, now = self.base.value, self.part.persons.value
        if not isinstance(base, int) or not isinstance(now, int) or not base:
            return 0
        return max(0, min(100, (base - now) * 100 // base))


@dataclass(frozen=True)
class Campaign:
    ground: Ground
    lines: list[Line]
    years: tuple[int, ...] = rolling_plan.YEARS


def of(request: Request) -> Campaign:
    """Raises ReportRefused as 滚动规划表 and 年度退出统计 do."""
    exit_tally.registered(request)
    rolling_plan.check(request)
    found = ground.of(request)
    years = YearLines(found)
    letters, leaders = _letters(request, found), _leaders(request, found)
    lines = []
    for part in (found.whole, *found.parts):
        # A village is its own only line.
        whole, names = part is found.whole and bool(found.parts), leaders[part.area.pk]
        letter, signed = letters.get(part.area.pk, ("", False))
        lines.append(
            Line(
                part,
                years.base(part.area),
                years.of(part.area),
                letter,
                signed,
                names[:NAMED],
                len(names),
                by_year(part.keys),
                whole,
            )
        )
    return Campaign(found, lines)


def _letters(request: Request, found: Ground) -> dict[int, tuple[str, bool]]:
    """The second party of the year's 责任书 of each part, and whether it had signed by the day."""
    areas = [found.whole.area.pk, *(part.area.pk for part in found.parts)]
    rows = Letter.objects.standing().filter(
        area__in=areas, year=request.year, tier__in=(Tier.TOWN, Tier.VILLAGE)
    )
    return {
        area: (taker, state == LetterState.SIGNED and signed_on <= request.until)
        for area, taker, state, signed_on in rows.values_list("area", "taker", "state", "signed_on")
    }


def _leaders(request: Request, found: Ground) -> dict[int, list[str]]:
    """Leaders posted to villages on the day, by the part they lie in; at a village with their post, above it with
    the village."""
    parts = {part.area.pk for part in found.parts}
    of_villages = found.level == Level.VILLAGE
    held = Post.objects.held(request.until).in_area(request.area).filter(kind__in=TIERS)
    named: dict[int, list[str]] = defaultdict(list)
    rows = held.order_by("area__code", "kind", "pk").values_list("kind", "name", "area__name", *UPWARDS)
    for kind, name, village, *places in rows:
        for place in {*parts, found.whole.area.pk}.intersection(places):
            named[place].append(f"{kind} {name}" if of_villages else f"{name}（{village}）")
    return named
