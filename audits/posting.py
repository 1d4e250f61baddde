"""What a public sheet shows: the allowed columns and nothing else (domain §5; no 证件号码, not even masked)."""

from collections.abc import Sequence

from audits.models.entry import Entry
from audits.procedures import ListKind
from households.models import Person
from households.models.person import HEAD

HOUSEHOLD_COLUMNS = ("序号", "村民小组", "户主姓名", "家庭人口数")
HOUSE_COLUMNS = (*HOUSEHOLD_COLUMNS, "改造方式")
VILLAGE_COLUMNS = ("序号", "村(社区)", "乡(镇、街道)")


def columns(kind: str) -> tuple[str, ...]:
    if kind == ListKind.VILLAGE_EXIT:
        return VILLAGE_COLUMNS
    return HOUSE_COLUMNS if kind == ListKind.RENOVATION else HOUSEHOLD_COLUMNS


def sheet(entries: Sequence[Entry]) -> list[list[str | int]]:
    """One row an entry, in the order of `columns`."""
    ids = [entry.household_id for entry in entries]
    heads = dict(
        Person.objects.filter(household__in=ids, present=True, relation=HEAD).values_list(
            "household_id", "name"
        )
    )
    rows: list[list[str | int]] = []
    for number, entry in enumerate(entries, 1):
        household = entry.household
        if household is None:
            rows.append([number, entry.area.name, str(entry.area.parent)])
            continue
        row: list[str | int] = [
            number,
            household.villager_group,
            heads.get(household.pk, ""),
            household.member_count,
        ]
        if entry.kind == ListKind.RENOVATION:
            row.append(entry.house_case.way)
        rows.append(row)
    return rows
