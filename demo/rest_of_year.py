"""The rest of a year's exits: every list that waits, and one for each village that still has who is planned.

Nothing is written but by the machine (audits/models): each stage by who has it there, with its papers, its days of
notice and its window. What does not pass is left where it stands, with the reason.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from areas.models import Area
from areas.scope import AreaScope
from audits import criteria, facts
from audits.criteria import Result
from audits.models import AdjustmentWindow, AuditList, AuditSetting, Entry
from audits.models.setting import rules_of
from audits.procedures import ListKind
from demo.desk import DAY, Desk
from demo.officials import Officials
from households.models import Household

KINDS = (ListKind.HOUSEHOLD_EXIT, ListKind.VILLAGE_EXIT)


@dataclass
class RestOfYear:
    """`left`: list and why it did not come to its end; `unmet`: planned households that may not leave."""

    county: Area
    year: int
    since: datetime.date
    today: datetime.date
    officials: Officials
    opened: int = 0
    ended: int = 0
    unmet: int = 0
    left: list[tuple[AuditList, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.desk = Desk(self.officials)

    def run(self) -> None:
        here = AreaScope.of([self.county]).area_q("area")
        waiting = AuditList.objects.open().filter(here, kind__in=KINDS, year=self.year)
        lists = list(waiting.select_related("area__parent__parent").order_by("pk"))
        for audit_list in [*lists, *self._opened()]:
            self._to_its_end(audit_list)

    def _opened(self) -> Iterator[AuditList]:
        """A list for each village whose planned households are on none."""
        listed = Entry.objects.standing().filter(kind=ListKind.HOUSEHOLD_EXIT, household__isnull=False)
        rows = Household.objects.in_register().in_area(self.county).filter(planned_exit_year=self.year)
        rows = rows.exclude(pk__in=listed.values("household")).select_related("village__parent", "county")
        frozen = AuditSetting.objects.frozen(self.county, ListKind.HOUSEHOLD_EXIT, self.since)
        households = list(rows.order_by("village__code", "number"))
        cases = facts.household_cases(households, self.year, self.since, rules_of(frozen))
        by_village: dict[Area, list[Household]] = defaultdict(list)
        for household in households:
            if criteria.household(cases[household.pk]).result == Result.UNMET:
                self.unmet += 1
            else:
                by_village[household.village].append(household)
        for village, homes in by_village.items():
            self.opened += 1
            yield self.desk.open(ListKind.HOUSEHOLD_EXIT, village, homes, on=self.since)

    def _to_its_end(self, audit_list: AuditList) -> None:
        on = max(audit_list.stage_since, self.since)
        try:
            while audit_list.is_open:
                step = audit_list.step
                with transaction.atomic():
                    on = self.desk.bring(audit_list, on)
                if step.window:
                    on = self._in_a_window(on)
                if on > self.today:
                    raise ValidationError(f"{step.label}最早{on}办理")
                self.desk.pass_on(audit_list, on)
                if audit_list.is_open and audit_list.step.posting is None:
                    on += DAY
        except (PermissionDenied, ValidationError) as refusal:
            reasons = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
            self.left.append((audit_list, "；".join(reasons)))
        else:
            self.ended += 1

    def _in_a_window(self, on: datetime.date) -> datetime.date:
        """The day, or the first later one on which the national system is open."""
        if AdjustmentWindow.objects.open_on(self.county, on).exists():
            return on
        later = AdjustmentWindow.objects.filter(
            county=self.county, withdrawn_at__isnull=True, opens_on__gt=on
        ).order_by("opens_on")
        return later.values_list("opens_on", flat=True).first() or on
