"""Logic checks of the register: pure functions, numbered as in households/data/checks.csv.

    for breach in run(record, Context(day=day, stage=ENTRY, …)): …

A record is made from a form or a workbook by its caller, from the register by `records` and `of_register`;
`context` looks up what it is held against. One module a subject; a rule's severity, stages, message and
numbers stand in the file, its exact words too.
"""

from households.checks import (
    causes,
    family,
    health,
    income,
    living,
    numbers,
    required,
    schooling,
    standing,
    support,
    work,
)
from households.checks.areas import (
    Account,
    PoorVillage,
    StatedSum,
    Stock,
    of_accounts,
    of_village_years,
)
from households.checks.book import BOOK
from households.checks.case import Context
from households.checks.others import context
from households.checks.record import (
    HelperFacts,
    HouseholdRecord,
    LivingFacts,
    PersonFacts,
    ProductionFacts,
    Stated,
    SurveyFacts,
    WatchFacts,
)
from households.checks.register import batches, of_register, of_these, records, run
from office.rulebook import ENTRY, ERROR, IMPORT, NIGHTLY, WARNING, Breach

# The modules whose loading puts their rules into the book.
SUBJECTS = (
    required,
    numbers,
    family,
    schooling,
    health,
    causes,
    work,
    income,
    support,
    living,
    standing,
)
RULES = BOOK.rules

__all__ = [
    "BOOK",
    "ENTRY",
    "ERROR",
    "IMPORT",
    "NIGHTLY",
    "RULES",
    "SUBJECTS",
    "WARNING",
    "Account",
    "Breach",
    "Context",
    "HelperFacts",
    "HouseholdRecord",
    "LivingFacts",
    "PersonFacts",
    "PoorVillage",
    "ProductionFacts",
    "Stated",
    "StatedSum",
    "Stock",
    "SurveyFacts",
    "WatchFacts",
    "batches",
    "context",
    "of_accounts",
    "of_register",
    "of_these",
    "of_village_years",
    "records",
    "run",
]
