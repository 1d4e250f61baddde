"""The household's colour: gathers what colours.py judges, and keeps the result as a dated column."""

import datetime
from collections.abc import Iterable

from django.db import models

from households import colours, poverty
from households.models.card import LEFT, HouseholdCard
from households.models.colour_change import ColourChange, who_acts
from households.models.colour_factors import ColourFactors
from households.models.line import CountyStandard, PovertyLine
from households.models.shock import Shock
from households.models.survey import Survey


class HouseholdColour(HouseholdCard):
    class Meta:
        abstract = True

    def situation(self, on: datetime.date) -> colours.Situation:
        """What the colour rests on, with the line of the survey's year; raises LineMissing."""
        survey = Survey.objects.counted().filter(household=self.pk, year__lte=on.year).first()
        shocks = Shock.objects.filter(household=self.pk, happened_on__lte=on).filter(
            models.Q(settled_on__isnull=True) | models.Q(settled_on__gt=on)
        )
        line = None
        if survey is not None:
            standard = CountyStandard.applied(self.county, survey.year)
            line = PovertyLine.objects.line(standard, survey.year).value
        return self.situated(on, survey, line, shocks, ColourFactors.applied(self.county_id, on))

    def situated(
        self,
        on: datetime.date,
        survey: Survey | None,
        line: int | None,
        shocks: Iterable[Shock],
        factors: colours.Factors = colours.FACTORS,
    ) -> colours.Situation:
        """The situation, when the newest counted survey, its line, the open shocks and the county's factors are
        known already."""
        return colours.Situation(
            on=on,
            in_register=self.in_register,
            left_on=self.left_on if self.exit_mark == LEFT and self.removed_on is None else None,
            year=survey.year if survey else None,
            income=survey.net_income_per_capita if survey else None,
            line=line,
            failing=survey.failing if survey else (),
            open_shocks=tuple(str(shock) for shock in shocks),
            factors=factors,
        )

    def explain_colour(self, on: datetime.date, factors: colours.Factors | None = None) -> colours.Verdict:
        """Why the household has its colour on the day, by the county's factors unless others are given; raises
        LineMissing."""
        if self.removed_on is not None or self.registered_on is None:
            return colours.Verdict("")
        return colours.verdict(self.situation(on), factors)

    def refresh_colour(self, on: datetime.date) -> None:
        """Judges again and keeps what changed. Without a line there is no colour: the change that asked for it
        still stands."""
        try:
            verdict = self.explain_colour(on)
        except poverty.LineMissing as missing:
            verdict = colours.Verdict("", reasons=(str(missing),))
        if verdict.colour != self.colour:
            ColourChange.objects.create(
                household=self,  # type: ignore[misc]
                on=on,
                was=self.colour,
                colour=verdict.colour,
                reasons="；".join(verdict.reasons),
                by=who_acts(),
            )
        self.colour, self.coloured_on = verdict.colour, on
        type(self)._default_manager.filter(pk=self.pk).update(colour=self.colour, coloured_on=on)
