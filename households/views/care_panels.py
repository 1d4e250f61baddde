"""The part of a household's page about who looks after it: helpers, visits, shocks, the watch list."""

import datetime
from typing import Any

from django.conf import settings

from accounts.models import User
from accounts.roles import Capability
from households.care.watching import kinds_on
from households.models import POOR, Household, Paper, Visit
from office.attachments import Attachment

VISITS_SHOWN, PAPERS_SHOWN = 20, 100


def panels(user: User, household: Household, day: datetime.date) -> dict[str, Any]:
    """Context of the panels; what may be done is offered only while the household stands."""
    able = user.capabilities() if household.removed_on is None else frozenset()
    visits = list(household.visits.select_related("struck_by")[:VISITS_SHOWN])
    keys = [visit.pk for visit in visits]
    photos: dict[str, list[int]] = {}
    if keys:
        for record, photo in Attachment.objects.on(Visit, keys).values_list("record_id", "pk"):
            photos.setdefault(record, []).append(photo)
    for visit in visits:
        visit.photos = photos.get(str(visit.pk), [])
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
    papers: list[Any] = list(household.papers.select_related("struck_by")[:PAPERS_SHOWN])
    files: dict[str, list[Attachment]] = {}
    for file in Attachment.objects.on(Paper, [paper.pk for paper in papers]) if papers else ():
        files.setdefault(file.record_id, []).append(file)
    for paper in papers:
        paper.files = files.get(str(paper.pk), [])
        paper.may_strike = (
            paper.struck_at is None
            and may_edit
            and (paper.recorded_by_id == user.pk or Capability.HELPER_EDIT in able)
        )
    return {
        "papers": papers,
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
