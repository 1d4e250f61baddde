"""Every report by its kind; a new official form is one module here."""

from reporting.definitions import (
    assessment,
    by_month,
    causes,
    channels,
    colours,
    cooperation,
    coverage,
    exit_tally,
    funds,
    houses,
    indicators,
    key_villages,
    monthly,
    points,
    quarterly,
    resettlers,
    returns,
    rolling_plan,
    structure,
    supervision,
    teams,
    two_standards,
    work_in_hand,
    yearly_goals,
)
from reporting.report import ReportDefinition

DEFINITIONS: dict[str, ReportDefinition] = {
    definition.kind: definition
    for definition in (
        exit_tally.DEFINITION,
        rolling_plan.DEFINITION,
        two_standards.DEFINITION,
        yearly_goals.DEFINITION,
        key_villages.DEFINITION,
        indicators.DEFINITION,
        causes.DEFINITION,
        colours.DEFINITION,
        coverage.DEFINITION,
        returns.DEFINITION,
        channels.DEFINITION,
        resettlers.DEFINITION,
        structure.DEFINITION,
        funds.DEFINITION,
        houses.DEFINITION,
        cooperation.DEFINITION,
        points.DEFINITION,
        work_in_hand.DEFINITION,
        monthly.DEFINITION,
        by_month.DEFINITION,
        quarterly.DEFINITION,
        teams.DEFINITION,
        supervision.DEFINITION,
        assessment.DEFINITION,
    )
}
