"""The lines of the permission table for projects, their money and what they leave."""

from accounts.roles import Capability as C
from tests.permission_rule import ANYONE, Rule

PROJECT_RULES: dict[str, Rule] = {
    # measures: projects on their way
    "measures:projects": Rule(C.PROJECT_VIEW),
    "measures:projects-public": Rule(ANYONE),
    # It names households, which a department does not see.
    "measures:solar": Rule((C.PROJECT_VIEW, C.MEASURE_VIEW)),
    "measures:project-new": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT),
    "measures:project": Rule(C.PROJECT_VIEW, of="project"),
    "measures:project-edit": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-revise": Rule(C.PROJECT_APPROVE, C.PROJECT_APPROVE, of="project"),
    "measures:project-publish": Rule(post=C.PROJECT_APPROVE, of="project"),
    "measures:project-progress": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-record": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-file": Rule(C.PROJECT_VIEW, of="project_file"),
    "measures:project-submit": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-approve": Rule(C.PROJECT_APPROVE, C.PROJECT_APPROVE, of="project"),
    "measures:project-start": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-finish": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-accept": Rule(C.PROJECT_APPROVE, C.PROJECT_APPROVE, of="project"),
    "measures:project-settle": Rule(C.FUND_MANAGE, C.FUND_MANAGE, of="project"),
    "measures:project-share": Rule(C.PROJECT_EDIT, C.PROJECT_EDIT, of="project"),
    "measures:project-return": Rule(C.PROJECT_APPROVE, C.PROJECT_APPROVE, of="project"),
    "measures:project-cancel": Rule(C.PROJECT_APPROVE, C.PROJECT_APPROVE, of="project"),
    # measures: their money
    "measures:ledger": Rule(C.FUND_VIEW),
    "measures:counter": Rule(C.FUND_MANAGE, C.FUND_MANAGE, of="entry"),
    "measures:allocate": Rule(C.FUND_MANAGE, C.FUND_MANAGE, of="project"),
    "measures:pay": Rule(C.FUND_MANAGE, C.FUND_MANAGE, of="project"),
    "measures:sources": Rule(C.FUND_VIEW),
    "measures:source-new": Rule(C.FUND_MANAGE, C.FUND_MANAGE),
    "measures:source": Rule(C.FUND_VIEW, of="source"),
    "measures:source-budget": Rule(post=C.FUND_MANAGE, of="source"),
    "measures:growth": Rule(C.FUND_MANAGE, C.FUND_MANAGE, of="county_year"),
    # measures: what they leave, its income and how that is shared
    "measures:assets": Rule(C.FUND_VIEW),
    "measures:asset-new": Rule(C.ASSET_EDIT, C.ASSET_EDIT, of="project"),
    "measures:asset": Rule(C.FUND_VIEW, of="asset"),
    "measures:asset-income": Rule(post=C.ASSET_EDIT, of="asset"),
    "measures:propose": Rule(C.ASSET_EDIT, C.ASSET_EDIT, of="asset_income"),
    "measures:sharing": Rule(C.FUND_VIEW, of="sharing"),
    "measures:sharing-confirm": Rule(post=C.PROJECT_EDIT, of="sharing"),
    "measures:sharing-pay": Rule(post=C.PROJECT_EDIT, of="sharing"),
    "measures:sharing-withdraw": Rule(post=C.ASSET_EDIT, of="sharing"),
}
