"""Every report by its kind; a new official form is one module here."""

from reporting.definitions import (
    causes,
    colours,
    coverage,
    exit_tally,
    indicators,
    key_villages,
    returns,
    rolling_plan,
)
from reporting.report import ReportDefinition

DEFINITIONS: dict[str, ReportDefinition] = {
    definition.kind: definition
    for definition in (
        exit_tally.DEFINITION,
        rolling_plan.DEFINITION,
        key_villages.DEFINITION,
        indicators.DEFINITION,
        causes.DEFINITION,
        colours.DEFINITION,
        coverage.DEFINITION,
        returns.DEFINITION,
    )
}
