"""Every report by its kind; a new official form is one module here."""

from reporting.definitions import exit_tally, returns, rolling_plan
from reporting.report import ReportDefinition

DEFINITIONS: dict[str, ReportDefinition] = {
    definition.kind: definition
    for definition in (exit_tally.DEFINITION, rolling_plan.DEFINITION, returns.DEFINITION)
}
