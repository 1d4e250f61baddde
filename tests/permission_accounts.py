"""Who may ask for what of accounts/; see permission_table.py."""

from accounts.roles import Capability as C
from tests.permission_rule import ANYONE, SIGNED_IN, Rule

ACCOUNTS: dict[str, Rule] = {
    # accounts: sign-in and the own password
    "accounts:login": Rule(ANYONE, ANYONE),
    "accounts:logout": Rule(post=SIGNED_IN),
    "accounts:here": Rule(SIGNED_IN),
    "accounts:password": Rule(SIGNED_IN, SIGNED_IN),
    "accounts:second-factor": Rule(SIGNED_IN, SIGNED_IN),
    "accounts:second-factor-new": Rule(SIGNED_IN, SIGNED_IN),
    "accounts:second-factor-codes": Rule(post=SIGNED_IN),
    # accounts: users and duties
    "accounts:users": Rule(C.USERS_MANAGE),
    "accounts:user-new": Rule(C.USERS_MANAGE, C.USERS_MANAGE),
    "accounts:user": Rule(C.USERS_MANAGE, of="user"),
    "accounts:user-disable": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-enable": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-password": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-second-factor": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-grant": Rule(post=C.USERS_MANAGE, of="user"),
    "accounts:user-end-duty": Rule(post=C.USERS_MANAGE, of="duty"),
    # accounts: jobs (the own ones), trail, monitors
    "accounts:jobs": Rule(SIGNED_IN),
    "accounts:job": Rule(SIGNED_IN, of="job"),
    "accounts:job-progress": Rule(SIGNED_IN, of="job"),
    "accounts:job-cancel": Rule(post=SIGNED_IN, of="job"),
    "accounts:job-retry": Rule(post=SIGNED_IN, of="job"),
    # accounts: lists as files; each list says itself who may have it
    "accounts:export-new": Rule(post=SIGNED_IN),
    "accounts:export": Rule(SIGNED_IN, of="export"),
    "accounts:trail": Rule(C.TRAIL_VIEW),
    "accounts:trail-archives": Rule(C.TRAIL_ARCHIVE, C.TRAIL_ARCHIVE),
    "accounts:trail-archive-file": Rule(C.TRAIL_ARCHIVE, of="trail_archive"),
    "accounts:trail-archive-prune": Rule(post=C.TRAIL_ARCHIVE, of="trail_archive"),
    "accounts:handbook": Rule(ANYONE),
    "accounts:system": Rule(C.SYSTEM_VIEW),
    "accounts:healthz": Rule(ANYONE),
    "accounts:readyz": Rule(ANYONE),
}
