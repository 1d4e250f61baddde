"""Who may be put on a list of a kind, and what that leaves on the register (计划脱贫年度)."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q

from areas.models import Area
from areas.scope import AreaScope
from audits.models.entry import Entry
from audits.models.house_case import HouseCase
from audits.models.objection import Objection
from audits.procedures import ListKind
from households.models import LEFT, Household, Living
from villages.models import KeyVillage

if TYPE_CHECKING:
    from audits.models.list_card import ListCard


def check(audit_list: "ListCard", subject: Household | Area, village: Area) -> None:
    """Raises ValidationError with the reason for the screen."""
    if not AreaScope.of([audit_list.area]).covers(village):
        raise ValidationError(f"{subject}不在{audit_list.area}")
    _nothing_open_against(audit_list.kind, subject)
    if audit_list.kind == ListKind.VILLAGE_EXIT:
        if (
            not isinstance(subject, Area)
            or not KeyVillage.objects.filter(area=subject, on_list=True).exists()
        ):
            raise ValidationError(f"{subject}不是没有摘帽的重点村")
        return
    if not isinstance(subject, Household):
        raise ValidationError("请选择贫困户")
    if subject.removed_on is not None:
        raise ValidationError(f"{subject}已经注销")
    refusals = {
        ListKind.HOUSEHOLD_EXIT: (not subject.in_register, "不是在册贫困户，不能退出"),
        ListKind.ENTRY: (subject.in_register, "已经在册，不用纳入"),
        ListKind.REVERSAL: (subject.exit_mark != LEFT, "没有退出，不能回退"),
        ListKind.RENOVATION: (subject.registered_on is None, "不是建档立卡户，不能申请危房改造"),
    }
    refused, why = refusals[ListKind(audit_list.kind)]
    if refused:
        raise ValidationError(f"{subject}{why}")


def _nothing_open_against(kind: str, subject: Household | Area) -> None:
    """An objection outlives the entry it was raised against: struck off and put on anew would shake it off."""
    on_it = {"area": subject, "household": None} if isinstance(subject, Area) else {"household": subject}
    listed = Entry.objects.filter(kind=kind, **on_it)
    against = Q(entry__in=listed) | Q(entry=None, audit_list__in=listed.values("audit_list"))
    if Objection.objects.open().filter(against).exists():
        raise ValidationError(f"对{subject}的异议还没有办结，办结后才能再提报")


def admitted(audit_list: "ListCard", entry: Entry, by: Any) -> None:
    """A planned exit shows as 预退出 on the register; a house gets its case with what is known of it."""
    household = entry.household
    if household is None:
        return
    if audit_list.kind == ListKind.HOUSEHOLD_EXIT:
        Entry.objects.filter(pk=entry.pk).update(planned_before=household.planned_exit_year)
        entry.planned_before = household.planned_exit_year
        _plan(household, audit_list.year, by)
    if audit_list.kind == ListKind.RENOVATION:
        living = Living.objects.filter(household=household).first()
        HouseCase.objects.create(
            entry=entry,
            case_number=f"{audit_list.year}{entry.pk:08d}",
            target="建档立卡贫困户",
            grade=living.house_grade if living is not None else "",
        )


def dismissed(entry: Entry, by: Any) -> None:
    """Struck off: the plan stands again as it was before the list."""
    if entry.kind == ListKind.HOUSEHOLD_EXIT and entry.household is not None:
        _plan(entry.household, entry.planned_before, by)


def _plan(household: Household, year: int | None, by: Any) -> None:
    Household.objects.filter(pk=household.pk).update(planned_exit_year=year, version=F("version") + 1)
    household.refresh_from_db(fields=["planned_exit_year", "version"])
    Household.history.bulk_history_create(
        [household], update=True, default_user=by, default_change_reason="预退出"
    )
