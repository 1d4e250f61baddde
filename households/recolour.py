"""The colours of many households at once: what refresh_colour does to one, in a constant number of statements."""

import datetime
from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Q

from households import colours
from households.checks.others import Lines
from households.models import ColourChange, ColourFactors, Household, Shock, Survey
from households.models.survey import ASSURANCES

READ = ("household", "year", "net_income_per_capita", *ASSURANCES)


def recolour(households: Sequence[Household], on: datetime.date, lines: Lines) -> int:
    """Judges these households on the day and dates the result; returns how many changed their colour."""
    ids = [household.pk for household in households]
    surveys: dict[int, Survey] = {}
    for survey in Survey.objects.counted().filter(household__in=ids, year__lte=on.year).only(*READ):
        surveys.setdefault(survey.household_id, survey)  # the newest comes first
    shocks: dict[int, list[Shock]] = defaultdict(list)
    for shock in Shock.objects.filter(household__in=ids, happened_on__lte=on).filter(
        Q(settled_on__isnull=True) | Q(settled_on__gt=on)
    ):
        shocks[shock.household_id].append(shock)
    judged: dict[str, list[int]] = defaultdict(list)
    factors = ColourFactors.objects.on(on)
    changes = []
    for household in households:
        margins = factors.get(household.county_id, colours.FACTORS)
        verdict = _verdict(household, on, surveys.get(household.pk), shocks[household.pk], lines, margins)
        if verdict.colour != household.colour:
            judged[verdict.colour].append(household.pk)
            told = {"was": household.colour, "colour": verdict.colour, "reasons": "；".join(verdict.reasons)}
            changes.append(ColourChange(household=household, on=on, **told))
    rows = Household.objects.filter(pk__in=ids)
    for colour, changed in sorted(judged.items()):
        rows.filter(pk__in=changed).update(colour=colour)
    if changes:
        ColourChange.objects.bulk_create(changes)
    rows.exclude(coloured_on=on).update(coloured_on=on)
    return len(changes)


def _verdict(
    household: Household,
    on: datetime.date,
    survey: Survey | None,
    shocks: list[Shock],
    lines: Lines,
    factors: colours.Factors,
) -> colours.Verdict:
    """Without the line of the survey's year there is no colour, as in refresh_colour."""
    if household.removed_on is not None or household.registered_on is None:
        return colours.Verdict("")
    line = lines.exit_lines(household.county_id, on).get(survey.year) if survey is not None else None
    if survey is not None and line is None:
        return colours.Verdict("", reasons=(f"缺{survey.year}年的标准",))
    return colours.verdict(household.situated(on, survey, line, shocks, factors))
