"""主要指标 (004 专栏3; R284): base and target as the plan prints them, where it stands now, and whether it is reached.

What the register can count it counts (poor people by standard, key villages, 因病返贫); the rest is what the named
source entered, the newest year by the one asked for, as it was known on the as-of day. The rates of schools (R156) stand
in the text of the plan: they have a block of their own and no line in the printed form.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.db.models import Q

from areas.models import Area
from households.models import StatusEvent
from office import clock
from office.days import written
from office.official_form import HeadCell, OfficialForm
from reporting.definitions import exit_tally, returns
from reporting.definitions.rows import FIRST, child_areas, report_rows, share
from reporting.lists import key_village_list, register_list
from reporting.report import (
    HOUSEHOLDS,
    PERCENT,
    PERSONS,
    PRINTED,
    VILLAGES,
    Block,
    Cell,
    Column,
    Figures,
    Progress,
    ReportDefinition,
    ReportRefused,
    Request,
    Value,
)
from villages.filters import STANDING
from villages.indicators import in_the_box
from villages.models import Indicator, IndicatorGoal, IndicatorValue, KeyVillage
from villages.models.key_village import WAY_THEN

BASE, TARGET, NOW, VERDICT = f"{PRINTED}base_", f"{PRINTED}target_", "now_", "verdict_"
LINES = (("基期（照印）", BASE), ("目标（照印）", TARGET), ("现在", NOW), ("实现", VERDICT))
REACHED, NOT_YET, OPEN = "已实现", "未实现", "待判断"
NOTE = "贫困人口、重点村和因病返贫由登记计算，其余由数据来源填报，取本年度以前最近一年；照印的数不改动。"
FORM_HEAD = ("类别", "指标", "单位", *(word for word, _ in LINES), "属性", "数据来源")
FORM_WIDTHS = (12, 40, 22, 14, 24, 12, 10, 10, 24)
# Words of a target that mean: none left.
NONE_LEFT = ("全部脱贫", "全部退出")
TEN_THOUSAND, PER_CENT = "万人", "％"
POOR_NATIONAL, POOR, KEY_VILLAGES, ILL_RETURN = (
    "poor-national",
    "poor-provincial",
    "key-villages",
    "ill-return",
)


def unit_of(one: Indicator) -> str:
    if one.unit == PER_CENT:
        return PERCENT
    return VILLAGES if one.code == KEY_VILLAGES else PERSONS


def stem(one: Indicator) -> str:
    """Of the keys of its cells: a ratio's ends in _rate."""
    return f"{one.code}_rate" if unit_of(one) == PERCENT else one.code


def check(request: Request) -> None:
    """Refused where the area had neither goals nor entered values nor anybody on the register by the day."""
    exit_tally.check(request)
    known = (
        IndicatorGoal.objects.in_area(request.area),
        IndicatorValue.objects.in_area(request.area).filter(entered_at__lt=clock.end_of(request.as_of)),
        StatusEvent.objects.in_area(request.area).known(request.until, request.as_of),
    )
    if not any(rows.exists() for rows in known):
        raise ReportRefused(f"{request.area}没有规划指标、填报的数和登记的贫困户，没有可统计的数")


def figures(request: Request, progress: Progress) -> Figures:
    progress(0, 2, "统计指标")
    counts, ill = exit_tally.count(request), returns.count(request)
    children = child_areas(request, [place for place, *_ in counts])
    places: list[tuple[Area, int | None]] = [(request.area, None), *((child, child.pk) for child in children)]
    areas = [area for area, _ in places]
    goals = {(goal.area_id, goal.indicator_id): goal for goal in IndicatorGoal.objects.filter(area__in=areas)}
    entered, standing = _entered(request, areas), _key_villages(request)
    progress(1, 2, "写成文件")
    cells: list[Cell] = []
    for area, place in places:
        counted: dict[str, tuple[Value, str | None]] = {
            POOR_NATIONAL: (
                counts[place, True, exit_tally.NOW, PERSONS],
                register_list(area.code, request.until, request.as_of, national=True),
            ),
            POOR: (
                counts[place, False, exit_tally.NOW, PERSONS],
                register_list(area.code, request.until, request.as_of),
            ),
            KEY_VILLAGES: (
                standing.get(area.pk, 0),
                key_village_list(area.code, STANDING, "", request.until, request.as_of),
            ),
            ILL_RETURN: (
                share(ill[place, returns.ILL, HOUSEHOLDS], ill[place, returns.RETURNED, HOUSEHOLDS]),
                None,
            ),
        }
        for one in Indicator.objects.all():
            now, url = counted.get(one.code) or (_shown(one, entered.get((area.pk, one.pk))), None)
            cells += _cells(area, one, goals.get((area.pk, one.pk)), now, url)
    notes = {one.category: NOTE for one in Indicator.objects.all()}
    return Figures(report_rows(request.area, children), cells, notes=notes)


def _cells(area: Area, one: Indicator, goal: IndicatorGoal | None, now: Value, url: str | None) -> list[Cell]:
    key, unit = stem(one), unit_of(one)
    return [
        Cell(area.code, f"{BASE}{key}", goal.base if goal else None, unit),
        Cell(area.code, f"{TARGET}{key}", goal.target if goal else None, unit),
        Cell(area.code, f"{NOW}{key}", now, unit, url),
        Cell(area.code, f"{VERDICT}{key}", verdict(one, goal, now), unit),
    ]


def verdict(one: Indicator, goal: IndicatorGoal | None, now: Value) -> str | None:
    """Reached or not yet; a target in other words than a figure is for people to judge. None without both."""
    if goal is None or now is None:
        return None
    if goal.target in NONE_LEFT:
        return REACHED if Decimal(now) == 0 else NOT_YET
    try:
        target = Decimal(goal.target)
    except InvalidOperation:
        return OPEN
    if one.unit == TEN_THOUSAND:
        target *= 10_000
    return REACHED if Decimal(now) >= target else NOT_YET


def _shown(one: Indicator, value: Decimal | None) -> Value:
    """万人 as persons; a percentage without the noughts behind it."""
    if value is None:
        return None
    if one.unit == TEN_THOUSAND:
        return int(value * 10_000)
    return f"{value.normalize():f}"


def _entered(request: Request, areas: Sequence[Area]) -> dict[tuple[int, int], Decimal]:
    """(area, indicator) → the newest year's value by the year asked for, as it stood on the as-of day."""
    end = clock.end_of(request.as_of)
    known = IndicatorValue.objects.filter(area__in=areas, year__lte=request.year, entered_at__lt=end)
    standing = known.filter(Q(replaced_at__isnull=True) | Q(replaced_at__gte=end)).order_by("year", "pk")
    return {(row.area_id, row.indicator_id): row.value for row in standing}


def _key_villages(request: Request) -> dict[int, int]:
    """Key villages on the list at the end of the day, by the id of each area above them."""
    found: dict[int, int] = {}
    villages = KeyVillage.objects.standing(request.until, request.as_of).placed(request.area)
    for places in villages.values_list(*WAY_THEN):
        for place in {*places}:
            found[place] = found.get(place, 0) + 1
    return found


def blocks(request: Request) -> Sequence[Block]:
    """A block a category of the plan's table."""
    columns: dict[str, list[Column]] = {}
    for one in Indicator.objects.all():
        head = (f"{one.name}（{_unit_word(one)}）",)
        columns.setdefault(one.category, []).append(Column(f"{NOW}{stem(one)}", head, unit_of(one)))
    title, first = f"{request.area.name}{request.year}年脱贫攻坚主要指标表", FIRST[request.area.level]
    return [
        Block(category, category, f"{title}（{category}）", "见表头", tuple(of_it), first, lines=LINES)
        for category, of_it in columns.items()
    ]


def printed_form(request: Request) -> Sequence[OfficialForm]:
    """专栏3 as it is printed, a line an indicator, of the area itself."""
    found, area = figures(request, lambda *_: None), request.area.code
    box = in_the_box()
    rows = [
        [
            one.category,
            one.name,
            _unit_word(one),
            *(found.value(area, f"{prefix}{stem(one)}") for _, prefix in LINES),
            one.attribute,
            one.source,
        ]
        for one in Indicator.objects.all()
        if one.code in box
    ]
    return [
        OfficialForm(
            title=f"{request.area.name}{request.year}年脱贫攻坚主要指标表",
            sheet="专栏3",
            head=[[HeadCell(word) for word in FORM_HEAD]],
            rows=rows,
            filler=request.area.name,
            as_of=written(request.as_of),
            notes=[f"注：{NOTE}"],
            widths=FORM_WIDTHS,
            fixed_columns=2,
        )
    ]


def _unit_word(one: Indicator) -> str:
    return f"照印{one.unit}，现在按人" if one.unit == TEN_THOUSAND else one.unit


def apart(cell: Cell) -> bool:
    """What its source enters of an area it enters of its parts or not: only what is counted adds up."""
    return cell.list_url is None


DEFINITION = ReportDefinition(
    kind="indicators",
    title="主要指标",
    explanation="规划专栏3的主要指标和正文的教育指标：基期和目标照印，现在的数，是否实现。",
    check=check,
    figures=figures,
    blocks=blocks,
    sheets=printed_form,
    apart=apart,
)
