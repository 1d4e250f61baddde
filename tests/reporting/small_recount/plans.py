"""What plans print, read again: the cells of the adopted table, the goals of 专栏3, and what is said of a goal."""

import datetime
from collections import Counter
from decimal import Decimal, InvalidOperation

from households.models import StatusEvent
from reporting.models import PlanCell, PlanTable
from tests.reporting.small_recount import villages
from tests.reporting.small_recount.rows import Asked, Counted, Day, by_then, share
from villages.models import Indicator, IndicatorGoal, IndicatorValue, KeyVillage

# The nineteen columns of 004 专栏2 in its order (data/layouts.md): group, of what, standard, year, part.
BASE, LEAVE, OFF = "贫困基数", "贫困人口脱贫", "重点村退出"
COLUMNS = (
    (BASE, "人", "省定", "基期2015", ""), (BASE, "人", "国标", "基期2015", ""), (BASE, "村", "合计", "基期2015", ""),
    (BASE, "村", "市定", "基期2015", ""), (BASE, "村", "省定", "基期2015", ""), (BASE, "村", "省定", "基期2015", "预退出"),
    (BASE, "村", "省定", "基期2015", "剩余"), (LEAVE, "人", "省定", "2016", ""), (LEAVE, "人", "国标", "2016", ""),
    (LEAVE, "人", "省定", "2017", ""), (LEAVE, "人", "省定", "2018", ""), (LEAVE, "人", "省定", "合计", ""),
    (LEAVE, "人", "国标", "合计", ""), (OFF, "村", "合计", "2016", ""), (OFF, "村", "省定", "2016", ""),
    (OFF, "村", "合计", "2017", ""), (OFF, "村", "省定", "2017", ""), (OFF, "村", "合计", "合计", ""),
    (OFF, "村", "省定", "合计", ""),
)  # fmt: skip


def verdict(reached: bool, day: Day, until: Day) -> str:
    """A goal is reached, or has its day behind it and is not, or has time yet."""
    return "已实现" if reached else "未实现" if until >= day else "未到期限"


def _read(asked: Asked) -> dict[tuple[str, ...], PlanCell]:
    """The table adopted for the area asked about or the nearest above it: the cells of the row's own area."""
    for above in asked.rows.upwards[asked.top.pk]:
        adopted = [one for one in asked.rows.of(PlanTable) if one.area_id == above and one.adopted_at]
        if adopted:
            (table,) = adopted
            return {_place(one): one for one in asked.rows.by(PlanCell, "table_id")[table.pk]
                    if one.area_id == asked.area.pk}  # fmt: skip
    return {}


def _place(cell: PlanCell) -> tuple[str, ...]:
    part = next((word for word in ("预退出", "剩余") if word in cell.measure), "")
    return cell.group, "村" if "村" in cell.measure else "人", cell.standard, cell.year, part


def leaving(asked: Asked, standard: str, year: str) -> PlanCell | None:
    return _read(asked).get((LEAVE, "人", standard, year, ""))


def text(cell: PlanCell | None):
    """As printed, a whole number as one; blank is nothing."""
    if cell is None or not cell.value:
        return None
    return int(cell.value) if cell.value.isdigit() else cell.value


def less(asked: Asked, counted: int, cell: PlanCell | None) -> int | None:
    """How much more is counted than printed; 全部脱贫 is the whole base of that standard."""
    meant = meaning(asked, cell)
    return None if meant is None else counted - meant


def meaning(asked: Asked, cell: PlanCell | None) -> int | None:
    if cell is None or not cell.value:
        return None
    if cell.value == "全部脱贫":
        return meaning(asked, _read(asked).get((BASE, "人", cell.standard, "基期2015", "")))
    return int(cell.value)


def rolling_plan(asked: Asked) -> Counted:
    """Printed, counted up to 2018, and the difference, by the heads of the form."""
    counted, told, printed = _counted(asked), {}, _read(asked)
    for number, place in enumerate(COLUMNS, 1):
        cell = printed.get(place)
        told[f"printed_{number}"] = text(cell)
        told[f"actual_{number}"] = counted[number]
        told[f"diff_{number}"] = less(asked, counted[number], cell)
    return told


def _counted(asked: Asked) -> Counter[int]:
    """The form is of its three years, whatever year it is asked for."""
    base, until = datetime.date(2015, 12, 31), min(asked.as_of, datetime.date(2018, 12, 31))
    found: Counter[int] = Counter()
    for event in asked.rows.of(StatusEvent):
        if (
            not asked.within(event.village_id)
            or event.on > until
            or not by_then(event.recorded_at, asked.as_of)
        ):
            continue
        both = ("省定", "国标") if event.standard == "国家标准" else ("省定",)
        for number, (group, of, standard, year, _) in enumerate(COLUMNS, 1):
            if of != "人" or standard not in both:
                continue
            if group == BASE and event.on <= base:
                found[number] += event.persons
            elif group == LEAVE and event.kind == "退出" and _of_year(event.on, year):
                found[number] -= event.persons
    for village in asked.rows.of(KeyVillage):
        if not asked.within(village.area_id):
            continue
        at_base = villages.stood(asked.rows, village, base, asked.as_of)
        for number, (group, of, standard, year, part) in enumerate(COLUMNS, 1):
            if of != "村":
                continue
            if group == BASE and at_base and standard in ("合计", at_base.level):
                found[number] += part == "" or (part == "预退出") == (at_base.state == "摘帽")
            elif group == OFF:
                found[number] += sum(
                    _of_year(one.on, year) and standard in ("合计", one.level)
                    for one in villages.events(asked.rows, village, asked.as_of, asked.as_of)
                    if one.kind == "摘帽"
                )
    return found


def _of_year(day: Day, year: str) -> bool:
    return 2016 <= day.year <= 2018 if year == "合计" else str(day.year) == year


def indicators(asked: Asked) -> Counted:
    """专栏3: base and target as printed, what is counted or was entered by the newest year, reached or not (R284)."""
    told: Counted = {}
    for one in asked.rows.of(Indicator):
        stem = f"{one.code}_rate" if one.unit == "％" else one.code
        now = _registered(asked, one.code) if one.registered else _entered(asked, one)
        goals = asked.rows.by(IndicatorGoal, "indicator_id")[one.pk]
        goal = next((each for each in goals if each.area_id == asked.area.pk), None)
        told[f"now_{stem}"] = now
        told[f"printed_base_{stem}"] = goal.base if goal else None
        told[f"printed_target_{stem}"] = goal.target if goal else None
        told[f"verdict_{stem}"] = None if goal is None or now is None else _reached(one, goal.target, now)
    return told


def _reached(one: Indicator, target: str, now) -> str:
    if target.startswith("全部"):
        return "已实现" if now == 0 else "未实现"
    try:
        figure = Decimal(target) * (10_000 if one.unit == "万人" else 1)
    except InvalidOperation:
        return "待判断"
    return "已实现" if now >= figure else "未实现"


def _registered(asked: Asked, code: str):
    here = [one for one in asked.rows.of(StatusEvent) if asked.within(one.village_id) and one.on <= asked.until
            and by_then(one.recorded_at, asked.as_of)]  # fmt: skip
    if code.startswith("poor-"):
        return sum(one.persons for one in here if code == "poor-provincial" or one.standard == "国家标准")
    if code == "key-villages":
        found = [villages.stood(asked.rows, one, asked.until, asked.as_of) for one in asked.rows.of(KeyVillage)
                 if asked.within(one.area_id)]  # fmt: skip
        return sum(one is not None and one.state != "摘帽" for one in found)
    assert code == "ill-return"
    back = [one for one in here if one.kind == "返贫" and one.on.year == asked.year]
    return share(sum(one.cause == "因病" for one in back), len(back))


def _entered(asked: Asked, one: Indicator):
    known = [each for each in asked.rows.by(IndicatorValue, "indicator_id")[one.pk]
             if each.area_id == asked.area.pk and each.year <= asked.year and by_then(each.entered_at, asked.as_of)
             and not by_then(each.replaced_at, asked.as_of)]  # fmt: skip
    if not known:
        return None
    value = max(known, key=lambda each: each.year).value
    return int(value * 10_000) if one.unit == "万人" else value
