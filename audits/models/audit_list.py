"""The list (名单), unit of every audit: kind, area, year, batch, and the stage, which lives here only (domain §5).

What happens to it stands in passing.py (stages), parting.py (entries in and out, remainder lists) and noticing.py
(notices, objections).
"""

import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Max, Q

from accounts.models import User
from accounts.roles import BUSINESS, Role
from areas.models import Area, Level
from areas.scope import AreaScope, HasScope, ScopedQuerySet
from audits import acting, procedures
from audits.models.proposing import ListProposing
from audits.models.setting import AuditSetting
from audits.procedures import ListKind
from office import clock, trail

# The rest (helpers, departments) see the kinds in which they have a stage.
SEES_EVERY_KIND = frozenset({Role.VILLAGE, Role.TOWN, Role.APPROVER, Role.DISTRICT, Role.LEADER})


def _reach(scope: AreaScope) -> Q:
    if scope.everything:
        return Q()
    own = scope.area_q("entries__area") & Q(kind=ListKind.VILLAGE_EXIT)
    return scope.area_q("area") | Q(pk__in=AuditList.objects.filter(own).order_by().values("pk"))


class AuditListQuerySet(ScopedQuerySet):
    def in_scope(self, scope: AreaScope) -> "AuditListQuerySet":
        """A village sees the town's list of village exits that it is on, too."""
        return self.filter(_reach(scope))

    def visible_to(self, user: HasScope | AnonymousUser) -> "AuditListQuerySet":
        """As every scope; who has a part in some procedures only sees no list of the others."""
        if not isinstance(user, User):
            return super().visible_to(user)
        seen = Q(pk__in=())
        for duty in user.valid_duties():
            if duty.role in SEES_EVERY_KIND:
                seen |= _reach(user.scope_of_duty(duty))
            elif duty.role in BUSINESS and acting.sees(duty):
                seen |= _reach(user.scope_of_duty(duty)) & Q(kind__in=procedures.kinds_of(duty.role))
        return self.filter(seen)

    def open(self) -> "AuditListQuerySet":
        return self.filter(closed_at__isnull=True)

    def overdue(self, on: datetime.date) -> "AuditListQuerySet":
        """Lists that wait longer than their stage allows."""
        return self.open().filter(due_on__lt=on)


class AuditList(ListProposing):
    area_field = "area"

    objects = AuditListQuerySet.as_manager()

    class Meta:
        verbose_name = "审核名单"
        ordering = ["-year", "kind", "area__code", "batch", "part"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "area", "year", "batch", "part"], name="audit_list_once"),
            models.CheckConstraint(
                condition=Q(part=0, split_from__isnull=True) | Q(part__gt=0, split_from__isnull=False),
                name="audit_list_part_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["area", "kind", "stage"], name="audit_list_area_stage"),
            models.Index(fields=["due_on"], condition=Q(closed_at__isnull=True), name="audit_list_open_due"),
        ]

    def __str__(self) -> str:
        part = f"余单{self.part}" if self.part else ""
        return f"{self.area}{self.year}年第{self.batch}批{self.get_kind_display()}名单{part}"

    @classmethod
    def open_list(
        cls,
        *,
        kind: str,
        area: Area,
        year: int,
        by: Any,
        on: datetime.date,
        applicant: Area | None = None,
        at: datetime.datetime | None = None,
    ) -> "AuditList":
        """The next batch of the area and year, at its first stage; 403 without a role that may enter records.

        `applicant`: the village that opens its town's list by applying for its own exit (audits/applying.py).
        """
        try:
            procedure = procedures.current(kind, on)
        except KeyError as unknown:
            raise ValidationError("没有这种审核程序") from unknown
        if area.level != procedure.unit:
            raise ValidationError(f"{ListKind(kind).label}名单按{Level(procedure.unit).label}开")
        if not 2010 <= year <= on.year + 1:
            raise ValidationError("年度不对")
        if applicant is not None and (kind != ListKind.VILLAGE_EXIT or applicant.parent_id != area.pk):
            raise ValueError(f"{applicant} does not apply on a list of {kind} in {area}")
        acting.require(by, procedure.openers, applicant or area, on, f"开{ListKind(kind).label}名单")
        county = area.at(Level.COUNTY)
        if county is None:
            raise ValueError(f"{area} lies in no county")
        first = procedure.first
        opened = cls(
            kind=kind,
            area=area,
            year=year,
            procedure_version=procedure.version,
            county_rules=AuditSetting.objects.frozen(county, kind, on),
            stage=first.key,
            stage_since=on,
            due_on=None if first.within is None else on + datetime.timedelta(days=first.within),
            opened_by=by,
            opened_on=on,
            opened_at=at or clock.moment(),
        )
        with transaction.atomic():
            same = cls.objects.filter(kind=kind, area=area, year=year)
            opened.batch = (same.aggregate(last=Max("batch"))["last"] or 0) + 1
            try:
                with transaction.atomic():
                    opened.save()
            except IntegrityError as twice:
                raise ValidationError("刚刚由别人开了同一批次的名单，请刷新后再办") from twice
            trail.record("开名单", actor=by, subject=opened, area=area, detail={"名单": str(opened)})
        return opened
