"""核对: what our own figures must come to, as values in the workbook; a figure that is off is named, in its row."""

import io
from dataclasses import replace

import openpyxl

from reporting import sums
from reporting.definitions import DEFINITIONS
from reporting.files import as_workbook
from reporting.models import ReportRun
from reporting.report import Figures, Request
from tests.reporting.test_details import made
from tests.reporting.test_workbooks import MADE, TODAY, county  # noqa: F401


def counted(kind, area):
    request = Request(area, 2018, TODAY)
    definition = DEFINITIONS[kind]
    return definition, definition.figures(request, lambda *_: None), definition.blocks(request)


def off(figures: Figures, row: str, column: str, by: int = 1) -> Figures:
    """The figures with one of them changed."""
    cells = [
        replace(cell, value=cell.value + by) if (cell.row, cell.column) == (row, column) else cell
        for cell in figures.cells
    ]
    return replace(figures, cells=cells)


def broken(definition, figures, blocks):
    return [
        (check.word, check.place, check.shown, check.other)
        for check in sums.broken(sums.checks_of(definition, figures, blocks))
    ]


def test_every_report_is_checked_and_comes_out(county):  # noqa: F811
    for kind in DEFINITIONS:
        definition, figures, blocks = counted(kind, county)
        checks = sums.checks_of(definition, figures, blocks)
        assert broken(definition, figures, blocks) == [], kind
        assert any(check.word == sums.ROWS_SUM for check in checks), kind
        rules = {rule.word for rule in definition.rules(figures)}
        assert rules <= {check.word for check in checks} | UNKNOWN.get(kind, set()), kind


# Of this county no plan prints a path.
UNKNOWN = {"channels": {"已退出−规划＝比规划"}}


def test_a_part_that_is_off_breaks_the_sum_of_its_row_and_that_of_the_rows(county, ground):  # noqa: F811
    definition, figures, blocks = counted("causes", county)
    town, code = ground.town.code, next(iter(ground_causes(figures)))
    found = broken(definition, off(figures, town, f"{code}_persons"), blocks)
    was = figures.value(town, "total_persons")
    whole = figures.value(county.code, f"{code}_persons")
    assert found == [
        ("各致贫原因相加＝合计", "东演示", was, was + 1),
        (sums.ROWS_SUM, "全区", whole, whole + 1),
    ]


def ground_causes(figures):
    return [
        cell.column.removesuffix("_persons")
        for cell in figures.cells
        if cell.column.endswith("_persons") and not cell.column.startswith("total")
    ]


# By kind a figure and the rule that no longer holds when it is another.
OFF = (
    ("exit-tally", "now_persons", "年初在册＋增加−减少＝现在册"),
    ("exit-tally", "net_households", "现在册−年初在册＝净增减"),
    ("rolling-plan", "actual_12", "实际：⑫＝⑧＋⑩＋⑪"),
    ("key-villages", "standing_total", "省定＋市定＝合计"),
    ("colours", "total_households", "四色加未评定＝合计"),
    ("structure", "total_persons", "各类年龄相加＝合计"),
    ("funds", "projects", "各环节相加＝项目"),
    ("cooperation", "projects_total", "各年相加＝三年合计"),
    ("points", "process", "有的不大于全部"),
    ("resettlers", "all_now_households", "已脱贫＋未脱贫＝登记户"),
    ("teams", "villages", "工作队足额＋工作队不足＝重点村"),
    ("houses", "completed_month", "本月不大于累计"),
    ("monthly", "year_total_items", "各类措施相加＝合计"),
    ("work-in-hand", "entry_total", "各环节相加＝在办"),
    ("returns", "ill_persons", "因病返贫不大于本年返贫"),
    ("channels", "c01_persons", "各渠道不大于退出合计"),
    ("coverage", "", "应享−已享＝应享未享"),
)


def test_a_figure_that_is_off_breaks_the_rule_of_its_kind(county):  # noqa: F811
    for kind, column, word in OFF:
        definition, figures, blocks = counted(kind, county)
        column = column or next(cell.column for cell in figures.cells if cell.column.startswith("unmet_"))
        wrong = off(figures, county.code, column, 99)
        assert word in {each[0] for each in broken(definition, wrong, blocks)}, (kind, column)


def test_the_sheet_has_both_values_and_the_word_and_the_form_says_so(county, ground):  # noqa: F811
    definition, figures, _ = counted("causes", county)
    wrong = off(figures, ground.town.code, "total_persons")
    run = ReportRun(
        kind="causes", area=county, year=2018, as_of=TODAY, figures_stored=wrong.stored(),
        checksum=wrong.checksum(),
    )  # fmt: skip
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(run, MADE)))
    rows = [[cell.value for cell in row] for row in book[sums.SHEET].iter_rows(min_row=4)]
    first = next(row for row in rows if row[0] == "各致贫原因相加＝合计")
    town = figures.value(ground.town.code, "total_persons")
    assert first[2:] == ["东演示", town + 1, "＝", town, "不符", None]
    assert all(isinstance(value, int) for row in rows[:4] for value in (row[3], row[5]))
    assert book[sums.SHEET]["G4"].fill.fgColor.rgb.endswith("FBD5D2")
    said = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert "核对有2处不符，见“核对”表。" in said
    marked = {cell.comment.text for row in book.worksheets[0].iter_rows() for cell in row if cell.comment}
    whole = figures.value(county.code, "total_persons")
    assert marked == {
        f"各致贫原因相加＝合计：另算的数是{town}",
        f"各行相加＝合计行：另算的数是{whole + 1}",
    }


def test_the_page_of_a_run_says_how_it_comes_out(county, ground, signed_in):  # noqa: F811
    run, client = made("causes", county), signed_in("district")
    assert "共32条，全部相符" in client.get(f"/reports/runs/{run.pk}/").content.decode()
    run.figures_stored = off(run.figures, ground.town.code, "total_persons").stored()
    run.save(update_fields=["figures_stored"])
    page = client.get(f"/reports/runs/{run.pk}/").content.decode()
    assert "共33条，2条不符" in page and "有 2 个数不可能成立" in page
    assert "各致贫原因相加＝合计：另算的数是" in page


def test_what_is_not_known_is_not_judged(county):  # noqa: F811
    definition, figures, blocks = counted("causes", county)
    cells = [replace(cell, value=None) if cell.column == "total_persons" else cell for cell in figures.cells]
    checks = sums.checks_of(definition, replace(figures, cells=cells), blocks)
    items = {check.item for check in checks}
    assert "户和人 合计 户" in items and "户和人 合计 人" not in items
