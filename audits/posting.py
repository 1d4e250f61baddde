"""What a public sheet shows: the allowed columns and nothing else (domain §5; no 证件号码, not even masked)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from areas.models import Level
from audits.models.entry import Entry
from audits.procedures import ListKind
from households.models import Person
from households.models.person import HEAD
from office.days import written
from office.workbook_write import HeadCell, OfficialForm

if TYPE_CHECKING:
    from audits.models.notice import Notice

HOUSEHOLD_COLUMNS = ("序号", "村民小组", "户主姓名", "家庭人口数")
HOUSE_COLUMNS = (*HOUSEHOLD_COLUMNS, "改造方式")
VILLAGE_COLUMNS = ("序号", "村(社区)", "乡(镇、街道)")
# What hangs there, by procedure and word.
TITLES = {
    (ListKind.HOUSEHOLD_EXIT, "公示"): "拟退出贫困户名单公示",
    (ListKind.HOUSEHOLD_EXIT, "公告"): "退出贫困户名单公告",
    (ListKind.VILLAGE_EXIT, "公示"): "拟退出扶贫工作重点村公示",
    (ListKind.VILLAGE_EXIT, "公告"): "扶贫工作重点村退出公告",
    (ListKind.ENTRY, "公示"): "拟纳入建档立卡贫困户公示",
    (ListKind.ENTRY, "公告"): "纳入建档立卡贫困户公告",
    (ListKind.RENOVATION, "公示"): "农村危房改造对象公示",
}
# In proportion, drawn out to what upright A4 holds: wider, the printer would make all of it smaller.
WIDTHS = {"序号": 7, "村民小组": 19, "户主姓名": 15, "家庭人口数": 14, "改造方式": 16}
WIDTHS |= {"村(社区)": 32, "乡(镇、街道)": 32}
UPRIGHT = 71


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


def title(notice: "Notice") -> str:
    """What the sheet is headed: where, which year, what."""
    of = notice.audit_list
    town = of.area.at(Level.TOWN)
    where = str(of.area) if town is None or town == of.area else f"{town}{of.area}"
    return f"{where}{of.year}年度{TITLES[ListKind(of.kind), notice.word]}"


def terms(notice: "Notice") -> list[str]:
    """Below the table: place, days, telephone."""
    days = f"{written(notice.posted_on)}张贴，当日不计，至{written(notice.ends_on)}24:00止"
    told = [f"张贴地点：{notice.place}", f"{notice.word}时间：{notice.days}天（{days}）"]
    if notice.telephone:
        told.append(f"如有异议，请在{notice.word}期内反映。监督电话：{notice.telephone}")
    return told


def workbook(notice: "Notice") -> OfficialForm:
    """The sheet as it hangs, for the printer next door."""
    heads = columns(notice.audit_list.kind)
    wide = sum(WIDTHS[label] for label in heads)
    return OfficialForm(
        title=title(notice),
        head=[[HeadCell(label) for label in heads]],
        rows=notice.sheet,
        notes=terms(notice),
        signatures=(),
        widths=[WIDTHS[label] * UPRIGHT / wide for label in heads],
        fixed_columns=len(heads),
        paper="A4",
        sheet=notice.word,
        wall=True,
    )
