"""Which notices everybody may read without signing in (R269; quality S2, threats H4).

PUBLIC_NOTICES opens the pages in the deployment; below it a county turns them off and on by procedure, from a day.
What is turned off, over or taken down is not there: the same answer as for an address that never was.
"""

import datetime

from django.conf import settings
from django.db.models import Q

from audits.models import AuditSetting, Notice
from audits.models.notice import NoticeQuerySet
from audits.models.setting import PUBLIC
from office import pii


def public_notices(on: datetime.date) -> NoticeQuerySet:
    running: NoticeQuerySet = Notice.objects.running(on)
    if not settings.PUBLIC_NOTICES:
        return running.none()
    for county, kind in turned_off(on):
        lies = Q(audit_list__area=county) | Q(audit_list__area__parent=county)
        lies |= Q(audit_list__area__parent__parent=county)
        running = running.exclude(Q(audit_list__kind=kind) & lies)
    return running


def turned_off(on: datetime.date) -> list[tuple[int, str]]:
    """County and procedure of every switch that stands at off on the day; the newest counts."""
    rows = AuditSetting.objects.filter(name=PUBLIC, from_on__lte=on).order_by("from_on", "pk")
    standing = {(row.county_id, row.kind): row.value for row in rows}
    return [place for place, value in standing.items() if not value]


def source(address: str, on: datetime.date) -> str:
    """Stands for an address on one day: counts what it sends, and says neither who nor the same tomorrow."""
    return pii.index(f"{address} {on}", "objection-source")
