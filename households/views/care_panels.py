"""The part of a household's page about who looks after it: helpers, visits, shocks, the watch list."""

import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.roles import Capability
from households.care.watching import kinds_on
from households.models import POOR, Household, Visit
from office.attachments import Attachment

VISITS_SHOWN = 20


def panels(user: User, household: Household, day: datetime.date) -> dict[str, Any]:
    """Context of the panels; what may be done is offered only while the household stands."""
    able = user.capabilities() if household.removed_on is None else frozenset()
    visits = list(household.visits.select_related("struck_by")[:VISITS_SHOWN])
    keys = [visit.pk for visit in visits]
    pictured = set(Attachment.objects.on(Visit, keys).values_list("record_id", flat=True)) if keys else set()
    for visit in visits:
        visit.has_photo = str(visit.pk) in pictured
        visit.may_strike = visit.struck_at is None and (
            Capability.HELPER_EDIT in able
            or (Capability.VISIT_RECORD in able and visit.recorded_by_id == user.pk)
        )
    helpers = list(household.helpers.all())
    for helper in helpers:
        helper.valid_now = helper.valid(day)
    watches: list[Any] = list(household.watches.all())
    for watch in watches:
        watch.household = household
        watch.income_after = watch.net_income_per_capita(with_claims=settings.CLAIMS_ARE_INCOME)
    may_edit = Capability.REGISTER_EDIT in able
    return {
        "visits": visits,
        "helpers": helpers,
        "shocks": household.shocks.all(),
        "watches": watches,
        "may_pair": Capability.HELPER_EDIT in able,
        "may_visit": Capability.VISIT_RECORD in able,
        "may_enter_shock": may_edit,
        "may_watch": may_edit
        and household.exit_mark not in POOR
        and bool(kinds_on(day))
        and all(watch.risk_removed for watch in watches),
    }
