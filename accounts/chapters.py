"""Which chapter of the handbook (templates/accounts/handbook.html) tells of a page: 帮助 on that page opens it."""

# Section of the handbook → the URL names it tells of, whole or as far as the longest one here that fits.
CHAPTERS = {
    "sign-in": (
        "accounts:login",
        "accounts:logout",
        "accounts:here",
        "accounts:password",
        "accounts:second-factor",
    ),
    "desk": ("reporting:workbench",),
    "find": ("households:", "reporting:dossier", "reporting:card"),
    "enter": ("households:new", "households:edit", "households:survey", "households:correction"),
    "change": (
        "households:join",
        "households:leave",
        "households:rejoin",
        "households:head",
        "households:move",
        "households:split",
        "households:merge",
        "households:remove",
        "households:year",
    ),
    "findings": ("households:finding", "households:duplicate"),
    "visit": (
        "households:helper",
        "households:visit",
        "households:paper",
        "households:shock",
        "households:watch",
        "households:without-helper",
        "households:not-settled",
        "households:to-examine",
        "households:not-visited",
    ),
    "import": ("households:import", "households:agreement"),
    "audit": ("audits:", "audited:", "notices:"),
    "measures": ("measures:",),
    "projects": (
        "measures:project",
        "measures:solar",
        "measures:ledger",
        "measures:counter",
        "measures:allocate",
        "measures:pay",
        "measures:source",
        "measures:growth",
        "measures:asset",
        "measures:propose",
        "measures:sharing",
    ),
    "asked": ("measures:ask", "measures:desk"),
    "lists": ("measures:department-list", "measures:list-"),
    "incidents": ("villages:incident",),
    "villages": ("villages:",),
    "plans": ("reporting:plan", "reporting:distribution", "villages:indicator"),
    "reports": ("reporting:", "accounts:export"),
    "numbers": ("households:reveal", "households:full-export"),
    "trouble": ("accounts:job",),
}


def chapter_of(page: str) -> str:
    """The section for the page of this URL name; empty for what the handbook does not tell of."""
    fitting = [(len(name), key) for key, names in CHAPTERS.items() for name in names if page.startswith(name)]
    return max(fitting)[1] if fitting else ""
